//! Rules about commissions, and shops' plans.

use crate::domain::{Conditions, Rule, Tariff};
use crate::error::Error;
use kernel::{Actor, BasisPoints, CommissionRuleId, Ctx, DateTime, ProductId, TenantId, Timestamp};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::HashMap;
use uuid::Uuid;

/// A rule, with who made and ended it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RuleRow {
    pub id: Uuid,
    pub product_id: Option<Uuid>,
    pub shop_id: Option<Uuid>,
    pub category: Option<String>,
    pub plan: Option<String>,
    pub currency: Option<String>,
    pub rate_bp: i32,
    pub fixed: i64,
    pub floor: Option<i64>,
    pub cap: Option<i64>,
    pub tax_bp: i32,
    pub valid_from: DateTime,
    pub valid_to: Option<DateTime>,
    pub replaces: Option<Uuid>,
    pub note: String,
    pub made_by: Json<Actor>,
    pub made_at: DateTime,
    pub end_note: Option<String>,
    pub ended_by: Option<Json<Actor>>,
    pub ended_at: Option<DateTime>,
}

macro_rules! rules {
    ($rest:literal) => {
        concat!(
            "select r.id, r.product_id, r.shop_id, r.category, r.plan, r.currency, r.rate_bp, r.fixed, r.floor, r.cap,
                    r.tax_bp, r.valid_from, e.valid_to, r.replaces, r.note, r.made_by, r.made_at, e.note as end_note,
                    e.ended_by, e.ended_at
               from ledger.commission_rule r
               left join ledger.commission_rule_end e on e.rule_id = r.id ",
            $rest
        )
    };
}

impl RuleRow {
    pub fn rule(&self) -> Result<Rule, Error> {
        let currency = self
            .currency
            .as_deref()
            .map(super::entries::currency)
            .transpose()?;
        let share = |hundredths: i32| BasisPoints(u32::try_from(hundredths).unwrap_or(0));
        Ok(Rule {
            id: CommissionRuleId(self.id),
            conditions: Conditions {
                product: self.product_id.map(ProductId),
                shop: self.shop_id.map(TenantId),
                category: self.category.clone(),
                plan: self.plan.clone(),
                currency,
            },
            tariff: Tariff {
                rate: share(self.rate_bp),
                fixed: self.fixed,
                floor: self.floor,
                cap: self.cap,
                tax: share(self.tax_bp),
            },
            valid_from: self.valid_from,
            valid_to: self.valid_to,
        })
    }
}

/// Makes a rule, and ends the one that it takes the place of.
pub async fn insert(
    conn: &mut PgConnection,
    ctx: &Ctx,
    rule: &Rule,
    replaces: Option<CommissionRuleId>,
    note: &str,
) -> Result<(), sqlx::Error> {
    let Conditions {
        product,
        shop,
        category,
        plan,
        currency,
    } = &rule.conditions;
    sqlx::query(
        "insert into ledger.commission_rule
                (id, product_id, shop_id, category, plan, currency, rate_bp, fixed, floor, cap, tax_bp, valid_from,
                 replaces, note, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
    )
    .bind(rule.id)
    .bind(product)
    .bind(shop)
    .bind(category)
    .bind(plan)
    .bind(currency.map(|c| c.code()))
    .bind(i32::try_from(rule.tariff.rate.0).unwrap_or(i32::MAX))
    .bind(rule.tariff.fixed)
    .bind(rule.tariff.floor)
    .bind(rule.tariff.cap)
    .bind(i32::try_from(rule.tariff.tax.0).unwrap_or(i32::MAX))
    .bind(rule.valid_from)
    .bind(replaces)
    .bind(note)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a rule; false if it was ended before.
pub async fn end(
    conn: &mut PgConnection,
    ctx: &Ctx,
    rule: CommissionRuleId,
    at: Timestamp,
    note: &str,
) -> Result<bool, sqlx::Error> {
    let ended = sqlx::query(
        "insert into ledger.commission_rule_end (rule_id, valid_to, note, ended_by, ended_at)
         values ($1, $2, $3, $4, $5)
         on conflict on constraint commission_rule_end_pkey do nothing",
    )
    .bind(rule)
    .bind(at)
    .bind(note)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .execute(conn)
    .await?;
    Ok(ended.rows_affected() == 1)
}

/// Tells everybody who remembers rules or plans that they are others now. Whoever changes them does so alone until then.
pub async fn changed(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("update ledger.commission_version set version = version + 1")
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn version(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select version from ledger.commission_version")
        .fetch_one(conn)
        .await
}

pub async fn find(conn: &mut PgConnection, id: CommissionRuleId) -> Result<Option<RuleRow>, sqlx::Error> {
    sqlx::query_as(rules!("where r.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Which rules are wanted; those that are absent do not matter.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub shop: Option<TenantId>,
    pub product: Option<ProductId>,
    /// Valid at this moment.
    pub at: Option<Timestamp>,
    pub before: Option<CommissionRuleId>,
}

/// Rules, the latest first.
pub async fn list(conn: &mut PgConnection, wanted: &Wanted, limit: i64) -> Result<Vec<RuleRow>, sqlx::Error> {
    sqlx::query_as(rules!(
        "where ($1::uuid is null or r.shop_id = $1)
           and ($2::uuid is null or r.product_id = $2)
           and ($3::timestamptz is null or r.valid_from <= $3 and coalesce(e.valid_to > $3, true))
           and ($4::uuid is null or r.id < $4)
         order by r.id desc limit $5"
    ))
    .bind(wanted.shop)
    .bind(wanted.product)
    .bind(wanted.at)
    .bind(wanted.before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// The rules that are valid at a moment or will be.
pub async fn from(conn: &mut PgConnection, at: Timestamp, limit: i64) -> Result<Vec<RuleRow>, sqlx::Error> {
    sqlx::query_as(rules!(
        "where coalesce(e.valid_to > $1, true) order by r.id desc limit $2"
    ))
    .bind(at)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// How many rules are valid at a moment or will be.
pub async fn count(conn: &mut PgConnection, at: Timestamp) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "select count(*) from ledger.commission_rule r
           left join ledger.commission_rule_end e on e.rule_id = r.id
          where coalesce(e.valid_to > $1, true)",
    )
    .bind(at)
    .fetch_one(conn)
    .await
}

/// The plans of shops that have one.
pub async fn plans(conn: &mut PgConnection) -> Result<HashMap<TenantId, String>, sqlx::Error> {
    let rows: Vec<(TenantId, String)> =
        sqlx::query_as("select tenant_id, plan from ledger.terms where plan is not null")
            .fetch_all(conn)
            .await?;
    Ok(rows.into_iter().collect())
}

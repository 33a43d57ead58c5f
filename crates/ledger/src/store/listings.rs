//! Listed products, by which rules shops pay for them, and what they were charged.

use super::entries::currency;
use crate::domain::{ListingCharge, ListingRule};
use crate::error::Error;
use contracts::catalog::{ProductChanged, ProductStatus};
use kernel::{Actor, BasisPoints, Ctx, DateTime, ListingRuleId, Money, ProductId, TenantId, Timestamp};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::HashMap;
use uuid::Uuid;

/// A rule, with who made and ended it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ListingRuleRow {
    pub id: ListingRuleId,
    pub shop_id: Option<TenantId>,
    pub plan: Option<String>,
    pub currency: String,
    pub fee: i64,
    pub tax_bp: i32,
    pub period_days: Option<i32>,
    pub valid_from: DateTime,
    pub valid_to: Option<DateTime>,
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
            "select r.id, r.shop_id, r.plan, r.currency, r.fee, r.tax_bp, r.period_days, r.valid_from, e.valid_to, r.note,
                    r.made_by, r.made_at, e.note as end_note, e.ended_by, e.ended_at
               from ledger.listing_rule r
               left join ledger.listing_rule_end e on e.rule_id = r.id ",
            $rest
        )
    };
}

impl ListingRuleRow {
    pub fn rule(&self) -> Result<ListingRule, Error> {
        Ok(ListingRule {
            id: self.id,
            shop: self.shop_id,
            plan: self.plan.clone(),
            fee: Money::new(self.fee, currency(&self.currency)?),
            tax: BasisPoints(u32::try_from(self.tax_bp).unwrap_or(0)),
            period_days: self.period_days.and_then(|days| u16::try_from(days).ok()),
            valid_from: self.valid_from,
            valid_to: self.valid_to,
        })
    }
}

pub async fn insert_rule(
    conn: &mut PgConnection,
    ctx: &Ctx,
    rule: &ListingRule,
    note: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into ledger.listing_rule
                (id, shop_id, plan, currency, fee, tax_bp, period_days, valid_from, note, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(rule.id)
    .bind(rule.shop)
    .bind(&rule.plan)
    .bind(rule.fee.currency.code())
    .bind(rule.fee.amount)
    .bind(i32::try_from(rule.tax.0).unwrap_or(i32::MAX))
    .bind(rule.period_days.map(i32::from))
    .bind(rule.valid_from)
    .bind(note)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a rule; false if it was ended before.
pub async fn end_rule(
    conn: &mut PgConnection,
    ctx: &Ctx,
    rule: ListingRuleId,
    at: Timestamp,
    note: &str,
) -> Result<bool, sqlx::Error> {
    let ended = sqlx::query(
        "insert into ledger.listing_rule_end (rule_id, valid_to, note, ended_by, ended_at)
         values ($1, $2, $3, $4, $5)
         on conflict on constraint listing_rule_end_pkey do nothing",
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

pub async fn find_rule(
    conn: &mut PgConnection,
    id: ListingRuleId,
) -> Result<Option<ListingRuleRow>, sqlx::Error> {
    sqlx::query_as(rules!("where r.id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// All rules, or those for one shop, the latest first.
pub async fn list_rules(
    conn: &mut PgConnection,
    shop: Option<TenantId>,
    before: Option<ListingRuleId>,
    limit: i64,
) -> Result<Vec<ListingRuleRow>, sqlx::Error> {
    sqlx::query_as(rules!(
        "where ($1::uuid is null or r.shop_id = $1) and ($2::uuid is null or r.id < $2) order by r.id desc limit $3"
    ))
    .bind(shop)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// The rules that have not ended by a moment.
pub async fn live_rules(
    conn: &mut PgConnection,
    at: Timestamp,
    limit: i64,
) -> Result<Vec<ListingRuleRow>, sqlx::Error> {
    sqlx::query_as(rules!(
        "where coalesce(e.valid_to > $1, true) order by r.id desc limit $2"
    ))
    .bind(at)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Writes down what the catalogue tells of products: which are for sale from now on, and which not any more. What was paid
/// for before stays paid, and the time in which a product was not for sale is not charged.
pub async fn note(
    conn: &mut PgConnection,
    told: &[ProductChanged],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    // A statement touches a row once: of each product the last word counts.
    let last: HashMap<ProductId, &ProductChanged> = told.iter().map(|told| (told.product, told)).collect();
    let (listed, gone): (Vec<_>, Vec<_>) = last
        .into_values()
        .partition(|changed| changed.status == ProductStatus::Active);
    let columns = |of: Vec<&ProductChanged>| -> (Vec<Uuid>, Vec<Uuid>) {
        of.iter()
            .map(|changed| (changed.tenant.0, changed.product.0))
            .unzip()
    };
    let (tenants, products) = columns(listed);
    sqlx::query(
        "insert into ledger.listing as known (tenant_id, product_id, is_listed, due_at)
         select tenant, product, true, $3 from unnest($1::uuid[], $2::uuid[]) l (tenant, product)
         on conflict (tenant_id, product_id) do update
            set is_listed = true,
                due_at = case when known.due_at is not null then greatest(known.due_at, excluded.due_at) end
          where not known.is_listed",
    )
    .bind(tenants)
    .bind(products)
    .bind(now)
    .execute(&mut *conn)
    .await?;
    let (tenants, products) = columns(gone);
    sqlx::query(
        "update ledger.listing l set is_listed = false
           from unnest($1::uuid[], $2::uuid[]) g (tenant, product)
          where l.tenant_id = g.tenant and l.product_id = g.product and l.is_listed",
    )
    .bind(tenants)
    .bind(products)
    .execute(conn)
    .await?;
    Ok(())
}

/// Shops that have products listed for which nothing is paid at a moment, with their plans, above `after`, in order. Only
/// those that some rule may be about: `shops`, those on `plans`, or everybody.
pub async fn owing(
    conn: &mut PgConnection,
    rules: &[ListingRule],
    at: Timestamp,
    after: Option<TenantId>,
    limit: i64,
) -> Result<Vec<(TenantId, Option<String>)>, sqlx::Error> {
    let everybody = rules
        .iter()
        .any(|rule| rule.shop.is_none() && rule.plan.is_none());
    let shops: Vec<Uuid> = rules.iter().filter_map(|rule| Some(rule.shop?.0)).collect();
    let plans: Vec<&str> = rules.iter().filter_map(|rule| rule.plan.as_deref()).collect();
    sqlx::query_as(
        "select l.tenant_id, t.plan
           from (select distinct tenant_id from ledger.listing
                  where is_listed and due_at <= $1 and ($2::uuid is null or tenant_id > $2)
                    and ($3 or tenant_id = any($4 || array(select tenant_id from ledger.terms where plan = any($5))))) l
           left join ledger.terms t on t.tenant_id = l.tenant_id
          order by l.tenant_id
          limit $6",
    )
    .bind(at)
    .bind(after)
    .bind(everybody)
    .bind(shops)
    .bind(plans)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// A shop's products for which nothing is paid at a moment, and since when; locked, so that each is charged by one.
pub async fn take_due(
    conn: &mut PgConnection,
    shop: TenantId,
    at: Timestamp,
    limit: i64,
) -> Result<Vec<(ProductId, DateTime)>, sqlx::Error> {
    sqlx::query_as(
        "select product_id, due_at from ledger.listing
          where tenant_id = $1 and is_listed and due_at <= $2
          order by due_at
          limit $3
            for update skip locked",
    )
    .bind(shop)
    .bind(at)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Writes down until when a shop's products are paid for; without a time: for ever.
pub async fn paid(
    conn: &mut PgConnection,
    shop: TenantId,
    paid: &[(ProductId, Option<Timestamp>)],
) -> Result<(), sqlx::Error> {
    let (products, until): (Vec<Uuid>, Vec<Option<Timestamp>>) =
        paid.iter().map(|(product, until)| (product.0, *until)).unzip();
    sqlx::query(
        "update ledger.listing l set due_at = p.until
           from unnest($2::uuid[], $3::timestamptz[]) p (product, until)
          where l.tenant_id = $1 and l.product_id = p.product",
    )
    .bind(shop)
    .bind(products)
    .bind(until)
    .execute(conn)
    .await?;
    Ok(())
}

/// Keeps what a shop was charged. The entries are posted by the caller.
pub async fn insert_charges(
    conn: &mut PgConnection,
    shop: TenantId,
    rule: &ListingRule,
    charges: &[ListingCharge],
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    let entries: Vec<Uuid> = charges.iter().map(|charge| charge.entry.id.0).collect();
    let products: Vec<Uuid> = charges.iter().map(|charge| charge.product.0).collect();
    let taxes: Vec<i64> = charges.iter().map(|charge| charge.tax.amount).collect();
    let from: Vec<Timestamp> = charges.iter().map(|charge| charge.paid_from).collect();
    let until: Vec<Option<Timestamp>> = charges.iter().map(|charge| charge.paid_until).collect();
    sqlx::query(
        "insert into ledger.listing_charge
                (tenant_id, rule_id, currency, fee, at, entry_id, product_id, tax, paid_from, paid_until)
         select $1, $2, $3, $4, $5, c.*
           from unnest($6::uuid[], $7::uuid[], $8::bigint[], $9::timestamptz[], $10::timestamptz[]) c",
    )
    .bind(shop)
    .bind(rule.id)
    .bind(rule.fee.currency.code())
    .bind(rule.fee.amount)
    .bind(at)
    .bind(entries)
    .bind(products)
    .bind(taxes)
    .bind(from)
    .bind(until)
    .execute(conn)
    .await?;
    Ok(())
}

/// What a shop was charged for a product, and whether that was undone.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ListingChargeRow {
    pub entry_id: Uuid,
    pub product_id: ProductId,
    pub rule_id: ListingRuleId,
    pub currency: String,
    pub fee: i64,
    pub tax: i64,
    pub paid_from: DateTime,
    pub paid_until: Option<DateTime>,
    pub at: DateTime,
    pub reversed_by: Option<Uuid>,
    pub reason: Option<String>,
}

/// A shop's charges, the latest first.
pub async fn charges(
    conn: &mut PgConnection,
    shop: TenantId,
    before: Option<Uuid>,
    limit: i64,
) -> Result<Vec<ListingChargeRow>, sqlx::Error> {
    sqlx::query_as(
        "select c.entry_id, c.product_id, c.rule_id, c.currency, c.fee, c.tax, c.paid_from, c.paid_until, c.at,
                r.reversed_by, r.reason
           from ledger.listing_charge c
           left join ledger.reversal r on r.entry_id = c.entry_id
          where c.tenant_id = $1 and ($2::uuid is null or c.entry_id < $2)
          order by c.entry_id desc
          limit $3",
    )
    .bind(shop)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

//! All SQL of making, ending and listing promotions. What orders do to them is in [`crate::till`].

use crate::app::NewPromotion;
use crate::domain::{Benefit, Conditions, Limits, Promotion, Tally};
use crate::error::Error;
use kernel::{Actor, Ctx, Currency, ProductId, PromotionId, TenantId, Timestamp};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// A promotion, with who made and ended it, and how much of it is used.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PromotionRow {
    pub id: PromotionId,
    pub tenant_id: Option<TenantId>,
    pub name: String,
    pub code: Option<String>,
    pub benefit: Json<Benefit>,
    pub shop_id: Option<TenantId>,
    pub category: Option<String>,
    pub products: Vec<Uuid>,
    pub least: Option<i64>,
    pub currency: Option<String>,
    pub most: Option<i64>,
    pub budget: Option<i64>,
    pub uses_max: Option<i64>,
    pub uses_per_buyer: Option<i64>,
    pub starts_at: Timestamp,
    pub ends_at: Option<Timestamp>,
    pub note: String,
    pub made_by: Json<Actor>,
    pub made_at: Timestamp,
    pub ended_by: Option<Json<Actor>>,
    pub ended_at: Option<Timestamp>,
    pub end_note: Option<String>,
    pub uses: i64,
    pub spent: i64,
}

macro_rules! promotions {
    ($rest:literal) => {
        concat!(
            "select p.id, p.tenant_id, p.name, p.code, p.benefit, p.shop_id, p.category, p.products, p.least, p.currency::text,
                    p.most, p.budget, p.uses_max, p.uses_per_buyer, p.starts_at, p.ends_at, p.note, p.made_by, p.made_at,
                    p.ended_by, p.ended_at, p.end_note, t.uses, t.spent
               from promotions.promotion p
               join promotions.tally t on t.promotion_id = p.id ",
            $rest
        )
    };
}

impl PromotionRow {
    pub fn currency(&self) -> Result<Option<Currency>, Error> {
        let code = self.currency.as_deref();
        code.map(|code| code.parse().map_err(|e| Error::Broken(format!("{e}"))))
            .transpose()
    }

    pub fn limits(&self) -> Limits {
        Limits {
            budget: self.budget,
            uses: self.uses_max,
            uses_per_buyer: self.uses_per_buyer,
        }
    }

    pub fn promotion(&self) -> Result<Promotion, Error> {
        Ok(Promotion {
            id: self.id,
            shop: self.tenant_id,
            name: self.name.clone(),
            code: self.code.clone(),
            benefit: self.benefit.0,
            conditions: Conditions {
                shop: self.shop_id,
                category: self.category.clone(),
                products: self.products.iter().copied().map(ProductId).collect(),
                least: self.least,
            },
            currency: self.currency()?,
            most: self.most,
            limits: self.limits(),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
        })
    }
}

pub async fn insert(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: PromotionId,
    owner: Option<TenantId>,
    new: &NewPromotion,
) -> Result<(), sqlx::Error> {
    let products: Vec<Uuid> = new.conditions.products.iter().map(|id| id.0).collect();
    sqlx::query(
        "with made as (
            insert into promotions.promotion
                   (id, tenant_id, name, code, benefit, shop_id, category, products, least, currency, most, budget, uses_max,
                    uses_per_buyer, starts_at, ends_at, note, made_by, made_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
            returning id, tenant_id
         )
         insert into promotions.tally (promotion_id, tenant_id) select id, tenant_id from made",
    )
    .bind(id)
    .bind(owner)
    .bind(&new.name)
    .bind(&new.code)
    .bind(Json(new.benefit))
    .bind(new.conditions.shop)
    .bind(&new.conditions.category)
    .bind(products)
    .bind(new.conditions.least)
    .bind(new.currency.map(Currency::code))
    .bind(new.most)
    .bind(new.limits.budget)
    .bind(new.limits.uses)
    .bind(new.limits.uses_per_buyer)
    .bind(new.starts_at)
    .bind(new.ends_at)
    .bind(&new.note)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a promotion that has not ended.
pub async fn end(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: PromotionId,
    note: &str,
) -> Result<bool, sqlx::Error> {
    let ended = sqlx::query(
        "update promotions.promotion
            set ends_at = $2, ended_at = $2, ended_by = $3, end_note = $4
          where id = $1 and (ends_at is null or ends_at > $2)",
    )
    .bind(id)
    .bind(ctx.now)
    .bind(Json(&ctx.actor))
    .bind(note)
    .execute(conn)
    .await?;
    Ok(ended.rows_affected() == 1)
}

/// Tells everybody who remembers promotions that they are others now. Whoever changes them does so alone until then.
pub async fn changed(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("update promotions.version set version = version + 1")
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn version(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select version from promotions.version")
        .fetch_one(conn)
        .await
}

/// One of an owner's.
pub async fn find(
    conn: &mut PgConnection,
    owner: Option<TenantId>,
    id: PromotionId,
) -> Result<Option<PromotionRow>, sqlx::Error> {
    sqlx::query_as(promotions!(
        "where p.id = $1 and p.tenant_id is not distinct from $2"
    ))
    .bind(id)
    .bind(owner)
    .fetch_optional(conn)
    .await
}

/// An owner's promotions, the latest first.
pub async fn list(
    conn: &mut PgConnection,
    owner: Option<TenantId>,
    live_at: Option<Timestamp>,
    before: Option<PromotionId>,
    limit: i64,
) -> Result<Vec<PromotionRow>, sqlx::Error> {
    sqlx::query_as(promotions!(
        "where p.tenant_id is not distinct from $1
           and ($2::timestamptz is null or p.ends_at is null or p.ends_at > $2)
           and ($3::uuid is null or p.id < $3)
         order by p.id desc limit $4"
    ))
    .bind(owner)
    .bind(live_at)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// What an owner has already.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Own {
    /// How many hold at a moment or will.
    pub live: i64,
    /// And with those that have ended lately.
    pub lately: i64,
    /// Whether one that is live has a certain code.
    pub code_taken: bool,
}

pub async fn own(
    conn: &mut PgConnection,
    owner: Option<TenantId>,
    code: Option<&str>,
    at: Timestamp,
    since: Timestamp,
) -> Result<Own, sqlx::Error> {
    sqlx::query_as(
        "select count(*) filter (where live) as live, count(*) as lately,
                coalesce(bool_or(code = $4) filter (where live), false) as code_taken
           from (select code, ends_at is null or ends_at > $2 as live
                   from promotions.promotion
                  where tenant_id is not distinct from $1 and (ends_at is null or ends_at > $3)) own",
    )
    .bind(owner)
    .bind(at)
    .bind(since)
    .bind(code)
    .fetch_one(conn)
    .await
}

/// All that hold at a moment or will, and coupons that have ended since another.
pub async fn from(
    conn: &mut PgConnection,
    at: Timestamp,
    since: Timestamp,
) -> Result<Vec<PromotionRow>, sqlx::Error> {
    sqlx::query_as(promotions!(
        "where p.ends_at is null or p.ends_at > $1 or p.code is not null and p.ends_at > $2 order by p.id"
    ))
    .bind(at)
    .bind(since)
    .fetch_all(conn)
    .await
}

/// How much of a promotion is used.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Standing {
    pub id: PromotionId,
    budget: Option<i64>,
    uses_max: Option<i64>,
    uses_per_buyer: Option<i64>,
    ends_at: Option<Timestamp>,
    uses: i64,
    spent: i64,
    /// Uses of one buyer.
    pub of_buyer: i64,
}

impl Standing {
    pub fn tally(&self) -> Tally {
        Tally {
            limits: Limits {
                budget: self.budget,
                uses: self.uses_max,
                uses_per_buyer: self.uses_per_buyer,
            },
            uses: self.uses,
            spent: self.spent,
            ends_at: self.ends_at,
        }
    }
}

/// How much of these is used, in all and by one buyer, in one question.
pub async fn standing(
    conn: &mut PgConnection,
    promotions: &[Uuid],
    buyer: Option<&str>,
) -> Result<Vec<Standing>, sqlx::Error> {
    sqlx::query_as(
        "select p.id, p.budget, p.uses_max, p.uses_per_buyer, p.ends_at, t.uses, t.spent,
                (select count(*) from promotions.redemption r
                  where r.promotion_id = p.id and r.buyer = $2 and r.released_at is null) as of_buyer
           from promotions.promotion p
           join promotions.tally t on t.promotion_id = p.id
          where p.id = any($1)",
    )
    .bind(promotions)
    .bind(buyer)
    .fetch_all(conn)
    .await
}

/// Promotions whose tally is not what their redemptions sum to, and those that are used beyond their limits.
pub async fn inconsistent(
    conn: &mut PgConnection,
    limit: i64,
) -> Result<Vec<(PromotionId, String)>, sqlx::Error> {
    sqlx::query_as(
        "select promotion_id, problem
           from (select t.promotion_id,
                        case
                            when t.uses <> coalesce(r.uses, 0) or t.spent <> coalesce(r.spent, 0)
                                then format('tells of %s uses and %s spent, its orders of %s and %s',
                                            t.uses, t.spent, coalesce(r.uses, 0), coalesce(r.spent, 0))
                            when t.spent > p.budget then format('has spent %s of a budget of %s', t.spent, p.budget)
                            when t.uses > p.uses_max then format('was used %s times of at most %s', t.uses, p.uses_max)
                            when r.of_one > p.uses_per_buyer
                                then format('was used %s times by one buyer, of at most %s', r.of_one, p.uses_per_buyer)
                        end as problem
                   from promotions.tally t
                   join promotions.promotion p on p.id = t.promotion_id
                   left join (select promotion_id, sum(uses)::bigint as uses, sum(spent)::bigint as spent, max(uses) as of_one
                                from (select promotion_id, buyer, count(*) as uses, sum(amount)::bigint as spent
                                        from promotions.redemption
                                       where released_at is null
                                       group by promotion_id, buyer) of_buyer
                               group by promotion_id) r on r.promotion_id = t.promotion_id) checked
          where problem is not null
          order by promotion_id
          limit $1",
    )
    .bind(limit)
    .fetch_all(conn)
    .await
}

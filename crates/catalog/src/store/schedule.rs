//! Changes whose time is to come.

use contracts::catalog::schedule::ScheduledPatch;
use kernel::{Actor, DateTime, ProductId, ScheduledChangeId, TenantId, Timestamp};
use sqlx::PgConnection;
use sqlx::types::Json;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Scheduled {
    pub id: ScheduledChangeId,
    pub product_id: ProductId,
    pub at: DateTime,
    pub change: Json<ScheduledPatch>,
    pub actor: Json<Actor>,
    pub state: String,
    pub version: Option<i64>,
    pub failure_code: Option<String>,
    pub failure: Option<String>,
}

pub async fn add(
    conn: &mut PgConnection,
    tenant: TenantId,
    scheduled: &Scheduled,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into catalog.scheduled_change (tenant_id, id, product_id, at, change, actor, asked_at, state)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(tenant)
    .bind(scheduled.id)
    .bind(scheduled.product_id)
    .bind(scheduled.at)
    .bind(&scheduled.change)
    .bind(&scheduled.actor)
    .bind(now)
    .bind(&scheduled.state)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn by_id(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ScheduledChangeId,
) -> Result<Option<Scheduled>, sqlx::Error> {
    sqlx::query_as(
        "select id, product_id, at, change, actor, state, version, failure_code, failure
           from catalog.scheduled_change
          where tenant_id = $1 and id = $2",
    )
    .bind(tenant)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// How many changes of a product wait.
pub async fn waiting(
    conn: &mut PgConnection,
    tenant: TenantId,
    product: ProductId,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "select count(*) from catalog.scheduled_change where tenant_id = $1 and product_id = $2 and state = 'waiting'",
    )
    .bind(tenant)
    .bind(product)
    .fetch_one(conn)
    .await
}

/// Of a product, those asked for last first, below `before`.
pub async fn page(
    conn: &mut PgConnection,
    tenant: TenantId,
    product: ProductId,
    before: Option<ScheduledChangeId>,
    limit: i64,
) -> Result<Vec<Scheduled>, sqlx::Error> {
    sqlx::query_as(
        "select id, product_id, at, change, actor, state, version, failure_code, failure
           from catalog.scheduled_change
          where tenant_id = $1 and product_id = $2 and ($3::uuid is null or id < $3)
          order by id desc
          limit $4",
    )
    .bind(tenant)
    .bind(product)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Says what became of one that waits.
pub async fn settle(
    conn: &mut PgConnection,
    tenant: TenantId,
    scheduled: &Scheduled,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update catalog.scheduled_change
            set state = $3, version = $4, failure_code = $5, failure = $6, decided_at = $7
          where tenant_id = $1 and id = $2 and state = 'waiting'",
    )
    .bind(tenant)
    .bind(scheduled.id)
    .bind(&scheduled.state)
    .bind(scheduled.version)
    .bind(&scheduled.failure_code)
    .bind(&scheduled.failure)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

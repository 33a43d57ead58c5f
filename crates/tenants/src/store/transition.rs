use super::shop::{status_name, word};
use contracts::tenants::ShopStatus;
use kernel::{Ctx, TenantId, Timestamp, uuid_at};
use sqlx::PgExecutor;
use uuid::Uuid;

/// One step in a shop's life.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub from: Option<ShopStatus>,
    pub to: ShopStatus,
    pub reason: String,
    pub actor: serde_json::Value,
    pub at: Timestamp,
}

/// Steps listed.
const STEPS_MAX: i64 = 200;

/// Records the same step for each of these shops.
pub async fn insert(
    db: impl PgExecutor<'_>,
    ctx: &Ctx,
    tenants: &[TenantId],
    from: Option<ShopStatus>,
    to: ShopStatus,
    reason: &str,
) -> Result<(), sqlx::Error> {
    let actor = serde_json::to_value(&ctx.actor).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    let raw: Vec<Uuid> = tenants.iter().map(|t| t.0).collect();
    let ids: Vec<Uuid> = tenants.iter().map(|_| uuid_at(ctx.now)).collect();
    sqlx::query!(
        "insert into tenants.transition (tenant_id, id, from_status, to_status, reason, actor, at)
         select tenant_id, id, $3, $4, $5, $6, $7 from unnest($1::uuid[], $2::uuid[]) as step (tenant_id, id)",
        &raw,
        &ids,
        from.map(status_name),
        status_name(to),
        reason,
        actor,
        ctx.now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What happened to a shop, the newest first.
pub async fn list(db: impl PgExecutor<'_>, tenant: TenantId) -> Result<Vec<Step>, sqlx::Error> {
    let rows = sqlx::query!(
        "select from_status, to_status, reason, actor, at
           from tenants.transition
          where tenant_id = $1
          order by id desc
          limit $2",
        tenant.0,
        STEPS_MAX,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Step {
                from: row.from_status.map(word).transpose()?,
                to: word(row.to_status)?,
                reason: row.reason,
                actor: row.actor,
                at: row.at,
            })
        })
        .collect()
}

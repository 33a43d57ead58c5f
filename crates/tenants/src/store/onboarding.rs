use super::shop::word;
use crate::domain::{Item, ItemState, Statement};
use kernel::{TenantId, Timestamp};
use sqlx::PgExecutor;
use uuid::Uuid;

/// One line of a shop's check-list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemLine {
    pub item: Item,
    pub state: ItemState,
    pub holder: String,
    pub reference: String,
    pub remark: String,
    pub changed_at: Timestamp,
}

/// Writes the empty check-list of a new shop.
pub async fn insert_all(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    let items: Vec<String> = Item::ALL.iter().map(|item| item.name().to_owned()).collect();
    sqlx::query!(
        "insert into tenants.onboarding_item (tenant_id, item, state, changed_at)
         select $1, item, 'missing', $3 from unnest($2::text[]) as item",
        tenant.0,
        &items,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// A shop's check-list, in its order.
pub async fn list(db: impl PgExecutor<'_>, tenant: TenantId) -> Result<Vec<ItemLine>, sqlx::Error> {
    let rows = sqlx::query!(
        "select item, state, holder, reference, remark, changed_at
           from tenants.onboarding_item
          where tenant_id = $1
          order by array_position(array['identity', 'bank_account', 'legal_documents'], item)",
        tenant.0,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ItemLine {
                item: word(row.item)?,
                state: word(row.state)?,
                holder: row.holder,
                reference: row.reference,
                remark: row.remark,
                changed_at: row.changed_at,
            })
        })
        .collect()
}

pub async fn submit(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    item: Item,
    statement: &Statement,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update tenants.onboarding_item
            set state = 'submitted', holder = $3, reference = $4, remark = '', changed_at = $5
          where tenant_id = $1 and item = $2",
        tenant.0,
        item.name(),
        statement.holder,
        statement.reference,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Writes the operator's judgement.
pub async fn judge(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    item: Item,
    state: ItemState,
    remark: &str,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update tenants.onboarding_item set state = $3, remark = $4, changed_at = $5
          where tenant_id = $1 and item = $2",
        tenant.0,
        item.name(),
        state.name(),
        remark,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What is stated is accepted with the shop, what is not stated is waived.
pub async fn settle(db: impl PgExecutor<'_>, tenants: &[Uuid], now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update tenants.onboarding_item
            set state = case when state in ('submitted', 'accepted') then 'accepted' else 'waived' end, changed_at = $2
          where tenant_id = any($1)",
        tenants,
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

//! Roles. Those in shops are visible to system work alone: a transaction of one shop sees that shop's.

use kernel::{Role, TenantId, Timestamp, UserId};
use sqlx::PgExecutor;

/// A person's role in one shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShopRole {
    pub tenant: TenantId,
    pub role: Role,
}

/// The name of a role, as the column and the token spell it.
#[must_use]
pub fn name_of(role: Role) -> &'static str {
    match role {
        Role::Buyer => "buyer",
        Role::Owner => "owner",
        Role::Manager => "manager",
        Role::Clerk => "clerk",
        Role::Analyst => "analyst",
        Role::Support => "support",
        Role::Moderator => "moderator",
        Role::Finance => "finance",
        Role::Admin => "admin",
        Role::Carrier => "carrier",
    }
}

pub(super) fn role_of(name: &str) -> Result<Role, sqlx::Error> {
    serde_json::from_value(serde_json::Value::from(name)).map_err(|e| sqlx::Error::Decode(Box::new(e)))
}

/// The shops a person is staff of, the longest held first.
pub async fn shops_of(db: impl PgExecutor<'_>, account: UserId) -> Result<Vec<ShopRole>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select tenant_id as "tenant: TenantId", role
             from identity.shop_role
            where account_id = $1
            order by granted_at, tenant_id"#,
        account.0,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ShopRole {
                tenant: row.tenant,
                role: role_of(&row.role)?,
            })
        })
        .collect()
}

pub async fn in_shop(
    db: impl PgExecutor<'_>,
    account: UserId,
    tenant: TenantId,
) -> Result<Option<Role>, sqlx::Error> {
    let role = sqlx::query_scalar!(
        "select role from identity.shop_role where tenant_id = $1 and account_id = $2",
        tenant.0,
        account.0,
    )
    .fetch_optional(db)
    .await?;
    role.as_deref().map(role_of).transpose()
}

pub async fn operators(db: impl PgExecutor<'_>, account: UserId) -> Result<Option<Role>, sqlx::Error> {
    let role = sqlx::query_scalar!(
        "select role from identity.operator_role where account_id = $1",
        account.0
    )
    .fetch_optional(db)
    .await?;
    role.as_deref().map(role_of).transpose()
}

/// Takes note of a version of the shop's staff list that speaks of `account`; false when it is not newer than the newest
/// seen. Others who bring a version of the same person wait until the transaction ends.
pub async fn see_version(
    db: impl PgExecutor<'_>,
    account: UserId,
    tenant: TenantId,
    version: i64,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "insert into identity.shop_role_version as seen (tenant_id, account_id, version) values ($1, $2, $3)
         on conflict (tenant_id, account_id) do update set version = $3 where seen.version < $3",
        tenant.0,
        account.0,
        version,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Gives a role in a shop; false when it was held already.
pub async fn grant_in_shop(
    db: impl PgExecutor<'_>,
    account: UserId,
    tenant: TenantId,
    role: Role,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "insert into identity.shop_role as held (tenant_id, account_id, role, granted_at) values ($1, $2, $3, $4)
         on conflict (tenant_id, account_id) do update set role = $3 where held.role <> $3",
        tenant.0,
        account.0,
        name_of(role),
        now,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn revoke_in_shop(
    db: impl PgExecutor<'_>,
    account: UserId,
    tenant: TenantId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "delete from identity.shop_role where tenant_id = $1 and account_id = $2",
        tenant.0,
        account.0,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Gives an operator's role; false when it was held already.
pub async fn grant_operators(
    db: impl PgExecutor<'_>,
    account: UserId,
    role: Role,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "insert into identity.operator_role as held (account_id, role, granted_at) values ($1, $2, $3)
         on conflict (account_id) do update set role = $2 where held.role <> $2",
        account.0,
        name_of(role),
        now,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn revoke_operators(db: impl PgExecutor<'_>, account: UserId) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "delete from identity.operator_role where account_id = $1",
        account.0
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

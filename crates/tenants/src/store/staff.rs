use super::shop::word;
use crate::domain::Member;
use kernel::{Role, TenantId, Timestamp, UserId};
use sqlx::PgExecutor;
use uuid::Uuid;

/// Members listed.
const STAFF_MAX: i64 = 500;

#[must_use]
pub fn role_name(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Manager => "manager",
        Role::Clerk => "clerk",
        Role::Analyst => "analyst",
        // Refused by the domain and by the table.
        _ => "none",
    }
}

struct Row {
    id: Uuid,
    email: String,
    user_id: Option<UserId>,
    role: String,
    invited_at: Timestamp,
    joined_at: Option<Timestamp>,
}

impl Row {
    fn read(self) -> Result<Member, sqlx::Error> {
        Ok(Member {
            id: self.id,
            email: self.email,
            user: self.user_id,
            role: word::<Role>(self.role)?,
            invited_at: self.invited_at,
            joined_at: self.joined_at,
        })
    }
}

/// A shop's staff in order of their invitation.
pub async fn list(db: impl PgExecutor<'_>, tenant: TenantId) -> Result<Vec<Member>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"select id, email, user_id as "user_id: UserId", role, invited_at, joined_at
             from tenants.staff
            where tenant_id = $1
            order by id
            limit $2"#,
        tenant.0,
        STAFF_MAX,
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(Row::read)
    .collect()
}

/// As [`list`], and keeps others from changing the staff until the transaction ends.
pub async fn lock(db: impl PgExecutor<'_>, tenant: TenantId) -> Result<Vec<Member>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"select id, email, user_id as "user_id: UserId", role, invited_at, joined_at
             from tenants.staff
            where tenant_id = $1
            order by id
              for update"#,
        tenant.0,
    )
    .fetch_all(db)
    .await?
    .into_iter()
    .map(Row::read)
    .collect()
}

/// Inserts a member; false when the address is on the list already.
pub async fn insert(db: impl PgExecutor<'_>, tenant: TenantId, member: &Member) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "insert into tenants.staff (tenant_id, id, email, user_id, role, invited_at, joined_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (tenant_id, email) do nothing",
        tenant.0,
        member.id,
        member.email,
        member.user.map(|u| u.0),
        role_name(member.role),
        member.invited_at,
        member.joined_at,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn set_role(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    id: Uuid,
    role: Role,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update tenants.staff set role = $3 where tenant_id = $1 and id = $2",
        tenant.0,
        id,
        role_name(role),
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn delete(db: impl PgExecutor<'_>, tenant: TenantId, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from tenants.staff where tenant_id = $1 and id = $2",
        tenant.0,
        id
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The role a person has in a shop by its staff list.
pub async fn role_of(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    user: UserId,
) -> Result<Option<Role>, sqlx::Error> {
    let role = sqlx::query_scalar!(
        "select role from tenants.staff where tenant_id = $1 and user_id = $2",
        tenant.0,
        user.0,
    )
    .fetch_optional(db)
    .await?;
    role.map(word).transpose()
}

/// Links every open invitation of an address to its account; returns the shops and roles.
pub async fn join(
    db: impl PgExecutor<'_>,
    email: &str,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<(TenantId, Role)>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"update tenants.staff set user_id = $2, joined_at = $3
            where email = $1 and user_id is null
        returning tenant_id as "tenant: TenantId", role"#,
        email,
        user.0,
        now,
    )
    .fetch_all(db)
    .await?;
    rows.into_iter()
        .map(|row| Ok((row.tenant, word(row.role)?)))
        .collect()
}

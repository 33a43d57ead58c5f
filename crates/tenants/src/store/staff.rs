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
    user_id: UserId,
    role: String,
    joined_at: Timestamp,
}

impl Row {
    fn read(self) -> Result<Member, sqlx::Error> {
        Ok(Member {
            id: self.id,
            email: self.email,
            user: self.user_id,
            role: word::<Role>(self.role)?,
            joined_at: self.joined_at,
        })
    }
}

/// A shop's staff in order of their joining.
pub async fn list(db: impl PgExecutor<'_>, tenant: TenantId) -> Result<Vec<Member>, sqlx::Error> {
    sqlx::query_as!(
        Row,
        r#"select id, email, user_id as "user_id: UserId", role, joined_at
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
        r#"select id, email, user_id as "user_id: UserId", role, joined_at
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

/// Whether somebody of this address is on the staff.
pub async fn has_address(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    email: &str,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select 1 from tenants.staff where tenant_id = $1 and email = $2) as "has!""#,
        tenant.0,
        email,
    )
    .fetch_one(db)
    .await
}

/// Inserts a member; false when the person, or somebody of the same address, is on the list already.
pub async fn insert(db: impl PgExecutor<'_>, tenant: TenantId, member: &Member) -> Result<bool, sqlx::Error> {
    let done = sqlx::query!(
        "insert into tenants.staff (tenant_id, id, email, user_id, role, joined_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict do nothing",
        tenant.0,
        member.id,
        member.email,
        member.user.0,
        role_name(member.role),
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

/// Counts a change of the list about a person, in the transaction that makes it.
pub async fn raise_version(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    user: UserId,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into tenants.staff_version as known (tenant_id, user_id, version) values ($1, $2, 1)
         on conflict (tenant_id, user_id) do update set version = known.version + 1",
        tenant.0,
        user.0,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What the list says about a person.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// None when they are not on it.
    pub role: Option<Role>,
    /// How often it changed about them.
    pub version: i64,
}

/// Role and version as of one moment; none when the list never spoke of them.
pub async fn listed(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    user: UserId,
) -> Result<Option<Listed>, sqlx::Error> {
    let row = sqlx::query!(
        r#"select v.version, s.role as "role?"
             from tenants.staff_version v
             left join tenants.staff s on s.tenant_id = v.tenant_id and s.user_id = v.user_id
            where v.tenant_id = $1 and v.user_id = $2"#,
        tenant.0,
        user.0,
    )
    .fetch_optional(db)
    .await?;
    row.map(|row| {
        Ok(Listed {
            role: row.role.map(word).transpose()?,
            version: row.version,
        })
    })
    .transpose()
}

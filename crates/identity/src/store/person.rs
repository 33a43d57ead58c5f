//! Accounts as administrators see them.

use super::role::role_of;
use crate::domain::Email;
use contracts::people::Person;
use kernel::{Timestamp, UserId};
use sqlx::{FromRow, PgExecutor};

#[derive(FromRow)]
struct Row {
    id: UserId,
    email: String,
    name: String,
    email_verified: bool,
    created_at: Timestamp,
    role: Option<String>,
    second_factor_since: Option<Timestamp>,
}

impl Row {
    fn read(self) -> Result<Person, sqlx::Error> {
        Ok(Person {
            user: self.id,
            email: self.email,
            name: self.name,
            email_verified: self.email_verified,
            registered_at: self.created_at,
            role: self.role.as_deref().map(role_of).transpose()?,
            second_factor_since: self.second_factor_since,
        })
    }
}

macro_rules! select_people {
    ($rest:literal) => {
        concat!(
            "select a.id, a.email, a.name, a.email_verified_at is not null as email_verified, a.created_at, o.role,",
            " f.confirmed_at as second_factor_since",
            " from identity.account a",
            " left join identity.operator_role o on o.account_id = a.id",
            " left join identity.second_factor f on f.account_id = a.id ",
            $rest
        )
    };
}

/// Those with a role at the marketplace itself, by name.
pub async fn staff(db: impl PgExecutor<'_>, limit: i64) -> Result<Vec<Person>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(select_people!(
        "where o.role is not null order by a.name, a.email limit $1"
    ))
    .bind(limit)
    .fetch_all(db)
    .await?;
    rows.into_iter().map(Row::read).collect()
}

pub async fn by_email(db: impl PgExecutor<'_>, email: &Email) -> Result<Option<Person>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(select_people!("where a.email = $1"))
        .bind(email.as_str())
        .fetch_optional(db)
        .await?;
    row.map(Row::read).transpose()
}

pub async fn by_id(db: impl PgExecutor<'_>, id: UserId) -> Result<Option<Person>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(select_people!("where a.id = $1"))
        .bind(id.0)
        .fetch_optional(db)
        .await?;
    row.map(Row::read).transpose()
}

/// All administrators, held until the transaction ends: two of them cannot leave at one moment.
pub async fn lock_admins(db: impl PgExecutor<'_>) -> Result<Vec<UserId>, sqlx::Error> {
    sqlx::query_scalar(
        "select account_id from identity.operator_role where role = 'admin' order by account_id for update",
    )
    .fetch_all(db)
    .await
}

//! The sandbox's own SQL.

use super::notices;
use crate::error::Error;
use crate::provider::Authorize;
use kernel::{Currency, Money};
use sqlx::PgConnection;

pub struct ChargeRow {
    pub key: String,
    pub reference: String,
    pub currency: String,
    pub amount: i64,
    pub method: String,
    pub state: String,
    pub return_path: String,
}

impl ChargeRow {
    pub fn money(&self) -> Result<Money, Error> {
        let currency: Currency = self
            .currency
            .parse()
            .map_err(|e| Error::Corrupt(format!("{e}")))?;
        Ok(Money::new(self.amount, currency))
    }
}

/// Makes the charge, or gives the one that the key already made.
pub async fn charge(
    conn: &mut PgConnection,
    request: &Authorize,
    state: &str,
) -> Result<ChargeRow, sqlx::Error> {
    let made = sqlx::query!(
        "insert into payments.sandbox_charge (key, reference, currency, amount, method, state, return_path)
         values ($1, 'ch_' || replace(gen_random_uuid()::text, '-', ''), $2, $3, $4, $5, $6)
         on conflict (key) do nothing",
        request.key,
        request.amount.currency.code(),
        request.amount.amount,
        request.method,
        state,
        request.return_path
    )
    .execute(&mut *conn)
    .await?;
    let row = by_key(conn, &request.key)
        .await?
        .ok_or(sqlx::Error::RowNotFound)?;
    if made.rows_affected() == 1 {
        notices::push(conn, &row).await?;
    }
    Ok(row)
}

pub async fn by_key(conn: &mut PgConnection, key: &str) -> Result<Option<ChargeRow>, sqlx::Error> {
    sqlx::query_as!(
        ChargeRow,
        r#"select key, reference, currency as "currency!", amount, method, state, return_path
             from payments.sandbox_charge where key = $1"#,
        key
    )
    .fetch_optional(conn)
    .await
}

pub async fn by_reference(
    conn: &mut PgConnection,
    reference: &str,
) -> Result<Option<ChargeRow>, sqlx::Error> {
    sqlx::query_as!(
        ChargeRow,
        r#"select key, reference, currency as "currency!", amount, method, state, return_path
             from payments.sandbox_charge where reference = $1"#,
        reference
    )
    .fetch_optional(conn)
    .await
}

/// Moves a charge if it is in one of `from`; gives it as it then stands, or nothing for an unknown key.
pub async fn move_charge(
    conn: &mut PgConnection,
    key: &str,
    from: &[&str],
    to: &str,
) -> Result<Option<ChargeRow>, sqlx::Error> {
    let moved = sqlx::query(
        "update payments.sandbox_charge
            set state = $3, captured = case when $3 = 'captured' then amount else captured end
          where key = $1 and state = any($2)",
    )
    .bind(key)
    .bind(from)
    .bind(to)
    .execute(&mut *conn)
    .await?;
    let row = by_key(conn, key).await?;
    if let Some(row) = row.as_ref().filter(|_| moved.rows_affected() == 1) {
        notices::push(conn, row).await?;
    }
    Ok(row)
}

/// Answers an open challenge; gives the way back, or nothing if there was none to answer.
pub async fn answer(
    conn: &mut PgConnection,
    reference: &str,
    to: &str,
) -> Result<Option<String>, sqlx::Error> {
    let answered = sqlx::query!(
        "update payments.sandbox_charge set state = $2 where reference = $1 and state = 'requires_action'",
        reference,
        to
    )
    .execute(&mut *conn)
    .await?;
    if answered.rows_affected() == 0 {
        return Ok(None);
    }
    let row = by_reference(conn, reference)
        .await?
        .ok_or(sqlx::Error::RowNotFound)?;
    notices::push(conn, &row).await?;
    Ok(Some(row.return_path))
}

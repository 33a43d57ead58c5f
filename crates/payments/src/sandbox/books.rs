//! The sandbox's own SQL: each change is one statement, and what is told of it a part of that.

use crate::error::Error;
use crate::provider::Authorize;
use kernel::{Currency, Money};
use sqlx::{AssertSqlSafe, PgConnection, PgPool};

pub(super) const COLUMNS: &str = "key, reference, currency, amount, method, state, return_path";

/// Notes that what is in `changed` is to be told of. Whoever's webhooks are troubled has each sent three times, what comes later
/// in a charge's life earlier.
pub(super) const TELL: &str = "
insert into payments.sandbox_notice (id, key, kind, copies, due_at)
select 'msg_' || replace(gen_random_uuid()::text, '-', ''), key, 'charge.' || state,
       case when method = 'tok_webhooks' then 3 else 1 end,
       now() + case when method <> 'tok_webhooks' then interval '0'
                    when state = 'authorized' then interval '3 seconds'
                    when state = 'captured' then interval '1500 milliseconds'
                    else interval '500 milliseconds' end
  from changed";

#[derive(sqlx::FromRow)]
pub struct ChargeRow {
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
pub async fn charge(pool: &PgPool, request: &Authorize, state: &str) -> Result<ChargeRow, sqlx::Error> {
    let sql = format!(
        "with changed as (
             insert into payments.sandbox_charge (key, reference, currency, amount, method, state, return_path)
             values ($1, 'ch_' || replace(gen_random_uuid()::text, '-', ''), $2, $3, $4, $5, $6)
             on conflict (key) do nothing
             returning {COLUMNS}
         ), told as ({TELL})
         select * from changed
         union all
         select {COLUMNS} from payments.sandbox_charge where key = $1"
    );
    let row = sqlx::query_as(AssertSqlSafe(sql))
        .bind(&request.key)
        .bind(request.amount.currency.code())
        .bind(request.amount.amount)
        .bind(&request.method)
        .bind(state)
        .bind(&request.return_path)
        .fetch_optional(pool)
        .await?;
    match row {
        Some(row) => Ok(row),
        // Made by somebody else while this statement looked.
        None => by_key(pool, &request.key).await?.ok_or(sqlx::Error::RowNotFound),
    }
}

pub async fn by_key(pool: &PgPool, key: &str) -> Result<Option<ChargeRow>, sqlx::Error> {
    let sql = format!("select {COLUMNS} from payments.sandbox_charge where key = $1");
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(key)
        .fetch_optional(pool)
        .await
}

pub async fn by_reference(pool: &PgPool, reference: &str) -> Result<Option<ChargeRow>, sqlx::Error> {
    let sql = format!("select {COLUMNS} from payments.sandbox_charge where reference = $1");
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(reference)
        .fetch_optional(pool)
        .await
}

/// What a charge was made with, as its refund is asked for.
pub async fn method(conn: &mut PgConnection, key: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar("select method from payments.sandbox_charge where key = $1")
        .bind(key)
        .fetch_optional(conn)
        .await
}

/// Moves all of a charge over this amount if it is in one of `from` and nothing was taken of it; gives it as it then stands, or
/// nothing for an unknown key.
pub async fn move_charge(
    pool: &PgPool,
    key: &str,
    amount: Money,
    from: &[&str],
    to: &str,
) -> Result<Option<ChargeRow>, sqlx::Error> {
    let sql = format!(
        "with changed as (
             update payments.sandbox_charge
                set state = $3, captured = case when $3 = 'captured' then amount else captured end
              where key = $1 and state = any($2) and amount = $4 and currency = $5 and captured = 0
             returning {COLUMNS}
         ), told as ({TELL})
         select * from changed
         union all
         select {COLUMNS} from payments.sandbox_charge where key = $1 and not exists (select from changed)"
    );
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(key)
        .bind(from)
        .bind(to)
        .bind(amount.amount)
        .bind(amount.currency.code())
        .fetch_optional(pool)
        .await
}

/// Answers an open challenge; gives the way back, or nothing if there was none to answer.
pub async fn answer(pool: &PgPool, reference: &str, to: &str) -> Result<Option<String>, sqlx::Error> {
    let sql = format!(
        "with changed as (
             update payments.sandbox_charge set state = $2
              where reference = $1 and state = 'requires_action'
             returning {COLUMNS}
         ), told as ({TELL})
         select return_path from changed"
    );
    sqlx::query_scalar(AssertSqlSafe(sql))
        .bind(reference)
        .bind(to)
        .fetch_optional(pool)
        .await
}

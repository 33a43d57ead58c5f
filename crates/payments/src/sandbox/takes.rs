//! The sandbox's takes: parts of what a charge set aside, taken one by one while the rest stays set aside.

use super::books::{self, COLUMNS, ChargeRow, TELL};
use super::{Sandbox, answer_of};
use crate::charges::{declined, other_amount};
use crate::error::Error;
use crate::provider::{Answer, Captures, ProviderCharge, Rest, Take, Takes, Terms};
use crate::wire::Trouble;
use ::store::Scope;
use chrono::TimeDelta;
use kernel::{Money, Timestamp};
use sqlx::{AssertSqlSafe, FromRow, PgConnection, PgPool, Row};

/// The method of which all is taken or nothing.
pub const WHOLE: &str = "tok_capture_whole";
/// The method of which something is taken once.
pub const ONCE: &str = "tok_capture_once";
/// The method whose takes are made without an answer.
pub const UNHEARD: &str = "tok_take_timeout";

const TAKES_MAX: u32 = 50;
/// Days for which money is set aside, as with most cards.
const HOLD_DAYS: i64 = 7;

impl Takes for Sandbox {
    async fn set_aside(&self, charge: &ProviderCharge) -> Result<Option<Terms>, Trouble> {
        Ok(terms(self.db.pool(), charge).await?)
    }

    async fn taken(&self, take: &Take) -> Result<Answer, Trouble> {
        let mut tx = self.db.begin(Scope::System).await?;
        let method = books::method(&mut tx, &take.charge.key).await?;
        let answer = make(&mut tx, take).await?;
        tx.commit().await?;
        let unheard = method.is_some_and(|method| method == UNHEARD);
        Ok(if unheard { Answer::Unknown } else { answer })
    }

    async fn asked_of_take(&self, take: &Take) -> Result<Answer, Trouble> {
        let mut tx = self.db.begin(Scope::System).await?;
        let answer = asked(&mut tx, take).await?;
        tx.commit().await?;
        Ok(answer)
    }

    async fn released(&self, charge: &ProviderCharge) -> Result<Answer, Trouble> {
        let row = let_rest_go(self.db.pool(), charge).await?;
        Ok(row
            .as_ref()
            .map_or(Answer::NotFound, |row| match row.state.as_str() {
                // All that was taken went back.
                "refunded" => Answer::Captured {
                    reference: row.reference.clone(),
                },
                _ => answer_of(row),
            }))
    }
}

fn captures(method: &str) -> Captures {
    match method {
        WHOLE => Captures::Whole,
        ONCE => Captures::Once,
        _ => Captures::Parts { at_most: TAKES_MAX },
    }
}

/// On what terms a charge is set aside, if it is.
async fn terms(pool: &PgPool, charge: &ProviderCharge) -> Result<Option<Terms>, Error> {
    let row: Option<(String, Timestamp)> = sqlx::query_as(
        "select method, created_at from payments.sandbox_charge
          where key = $1 and amount = $2 and currency = $3 and state = 'authorized'",
    )
    .bind(&charge.key)
    .bind(charge.amount.amount)
    .bind(charge.amount.currency.code())
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|(method, created_at)| Terms {
        captures: captures(&method),
        lapses_at: created_at + TimeDelta::days(HOLD_DAYS),
    }))
}

#[derive(FromRow)]
struct TakeRow {
    charge: String,
    amount: i64,
}

impl TakeRow {
    fn answer(&self, take: &Take, charge: &ChargeRow) -> Answer {
        match (&*self.charge, self.amount) == (&*take.charge.key, take.amount.amount) {
            true => Answer::Captured {
                reference: charge.reference.clone(),
            },
            false => other_amount(),
        }
    }
}

/// Takes some of a charge, once for each key.
async fn make(conn: &mut PgConnection, take: &Take) -> Result<Answer, Error> {
    let Some((charge, captured)) = locked(conn, &take.charge.key).await? else {
        return Ok(Answer::NotFound);
    };
    if charge.money()? != take.charge.amount {
        return Ok(other_amount());
    }
    if let Some(before) = by_key(conn, &take.key).await? {
        return Ok(before.answer(take, &charge));
    }
    if charge.state != "authorized" {
        return Ok(untaken(&charge));
    }
    let takes = count(conn, &take.charge.key).await?;
    if let Some(refusal) = refusal(take, &charge, captured, takes) {
        return Ok(declined(refusal));
    }
    sqlx::query("insert into payments.sandbox_take (key, charge, amount) values ($1, $2, $3)")
        .bind(&take.key)
        .bind(&take.charge.key)
        .bind(take.amount.amount)
        .execute(&mut *conn)
        .await?;
    let sql = format!(
        "with changed as (
             update payments.sandbox_charge set captured = captured + $2, state = $3
              where key = $1
             returning {COLUMNS}
         ), told as ({TELL})
         select count(*) from changed"
    );
    sqlx::query(AssertSqlSafe(sql))
        .bind(&take.charge.key)
        .bind(take.amount.amount)
        .bind(match take.rest {
            Rest::Kept => "authorized",
            Rest::LetGo => "captured",
        })
        .execute(&mut *conn)
        .await?;
    Ok(Answer::Captured {
        reference: charge.reference,
    })
}

/// Why it is not taken, if it is not.
fn refusal(take: &Take, charge: &ChargeRow, captured: i64, takes: i64) -> Option<&'static str> {
    let Money { amount, currency } = take.amount;
    if currency.code() != charge.currency || amount <= 0 || amount > charge.amount - captured {
        return Some("More cannot be taken than is set aside.");
    }
    if take.taken.amount != captured {
        return Some("Something else was taken of it.");
    }
    let keeps = take.rest == Rest::Kept;
    match captures(&charge.method) {
        Captures::Whole if amount != charge.amount => Some("All of it is taken or nothing."),
        Captures::Once if keeps => Some("It is taken once, and the rest let go."),
        Captures::Parts { at_most } if takes >= i64::from(at_most) => Some("It was taken of too often."),
        _ if keeps && amount == charge.amount - captured => Some("There is no rest to keep."),
        _ => None,
    }
}

/// How a take stands.
async fn asked(conn: &mut PgConnection, take: &Take) -> Result<Answer, Error> {
    let Some((charge, _)) = locked(conn, &take.charge.key).await? else {
        return Ok(Answer::NotFound);
    };
    Ok(match by_key(conn, &take.key).await? {
        Some(before) => before.answer(take, &charge),
        None => untaken(&charge),
    })
}

/// How a take stands that was not made.
fn untaken(charge: &ChargeRow) -> Answer {
    match charge.state.as_str() {
        "captured" | "refunded" => Answer::Voided {
            reference: charge.reference.clone(),
        },
        _ => answer_of(charge),
    }
}

/// Lets go what is left of a charge of which some was taken; gives it as it then stands.
async fn let_rest_go(pool: &PgPool, charge: &ProviderCharge) -> Result<Option<ChargeRow>, Error> {
    let sql = format!(
        "with changed as (
             update payments.sandbox_charge
                set state = case when refunded = captured then 'refunded' else 'captured' end
              where key = $1 and amount = $2 and currency = $3 and state = 'authorized' and captured > 0
             returning {COLUMNS}
         ), told as ({TELL})
         select * from changed
         union all
         select {COLUMNS} from payments.sandbox_charge where key = $1 and not exists (select from changed)"
    );
    let row = sqlx::query_as(AssertSqlSafe(sql))
        .bind(&charge.key)
        .bind(charge.amount.amount)
        .bind(charge.amount.currency.code())
        .fetch_optional(pool)
        .await?;
    Ok(row)
}

/// What a take took of a charge, if it did.
pub async fn took(conn: &mut PgConnection, charge: &str, key: &str) -> Result<Option<i64>, sqlx::Error> {
    let row = by_key(conn, key).await?;
    Ok(row.filter(|row| row.charge == charge).map(|row| row.amount))
}

/// A charge and what was taken of it. Whoever holds its row says what is left.
async fn locked(conn: &mut PgConnection, key: &str) -> Result<Option<(ChargeRow, i64)>, sqlx::Error> {
    let sql = format!("select {COLUMNS}, captured from payments.sandbox_charge where key = $1 for update");
    let row = sqlx::query(AssertSqlSafe(sql))
        .bind(key)
        .fetch_optional(conn)
        .await?;
    row.map(|row| Ok((ChargeRow::from_row(&row)?, row.try_get("captured")?)))
        .transpose()
}

async fn by_key(conn: &mut PgConnection, key: &str) -> Result<Option<TakeRow>, sqlx::Error> {
    sqlx::query_as("select charge, amount from payments.sandbox_take where key = $1")
        .bind(key)
        .fetch_optional(conn)
        .await
}

async fn count(conn: &mut PgConnection, charge: &str) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select count(*) from payments.sandbox_take where charge = $1")
        .bind(charge)
        .fetch_one(conn)
        .await
}

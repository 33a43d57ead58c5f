//! The sandbox's refunds: parts of what a charge took, which go back one by one, at once or in a while, or fail.

use super::takes;
use crate::charges::{declined, nothing_taken, other_amount, too_much};
use crate::error::Error;
use crate::provider::{Answer, Refund};
use kernel::Money;
use sqlx::PgConnection;

/// Seconds for which a slow refund is under way.
const SLOW_S: f64 = 5.0;

/// What the charge's means of payment makes of its refunds.
struct Fate {
    settles_as: &'static str,
    after_s: f64,
    /// The first of them comes back so long after that.
    returns_after_s: Option<f64>,
}

impl Fate {
    fn of(method: &str) -> Self {
        let (settles_as, after_s, returns_after_s) = match method {
            "tok_refund_slow" => ("succeeded", SLOW_S, None),
            "tok_refund_fails" => ("failed", SLOW_S, None),
            "tok_refund_returns" => ("succeeded", 0.0, Some(SLOW_S)),
            _ => ("succeeded", 0.0, None),
        };
        Self {
            settles_as,
            after_s,
            returns_after_s,
        }
    }
}

#[derive(sqlx::FromRow)]
struct RefundRow {
    charge: String,
    reference: String,
    amount: i64,
    state: String,
}

impl RefundRow {
    fn answer(self) -> Answer {
        let reference = self.reference;
        match self.state.as_str() {
            "succeeded" => Answer::Refunded { reference },
            "pending" => Answer::Pending { reference },
            _ => declined("The bank sent the money back: the account is closed."),
        }
    }

    fn is(&self, refund: &Refund) -> bool {
        (&*self.charge, self.amount) == (&*refund.charge.key, refund.amount.amount)
    }
}

/// Gives back some of a charge, once for each key.
pub async fn make(conn: &mut PgConnection, refund: &Refund) -> Result<Answer, Error> {
    // Whoever holds the charge's row says what is left of it.
    let charge = sqlx::query_as::<_, (i64, String, String)>(
        "select captured, currency, method from payments.sandbox_charge where key = $1 for update",
    )
    .bind(&refund.charge.key)
    .fetch_optional(&mut *conn)
    .await?;
    let Some((captured, currency, method)) = charge else {
        return Ok(Answer::NotFound);
    };
    settle(conn).await?;
    if let Some(before) = by_key(conn, &refund.key).await? {
        return Ok(match before.is(refund) {
            true => before.answer(),
            false => other_amount(),
        });
    }
    if captured == 0 {
        return Ok(nothing_taken());
    }
    let mut left = captured - not_failed(conn, &refund.charge.key, None).await?;
    if let Some(take) = &refund.of {
        let Some(took) = takes::took(conn, &refund.charge.key, take).await? else {
            return Ok(nothing_taken());
        };
        left = left.min(took - not_failed(conn, &refund.charge.key, Some(take)).await?);
    }
    let Money {
        amount,
        currency: asked,
    } = refund.amount;
    if amount <= 0 || amount > left || asked.code() != currency {
        return Ok(too_much());
    }
    let fate = Fate::of(&method);
    sqlx::query(
        "insert into payments.sandbox_refund (key, charge, reference, amount, settles_as, settles_at, returns_at, take)
         values ($1, $2, 're_' || replace(gen_random_uuid()::text, '-', ''), $3, $4, now() + make_interval(secs => $5),
                 case when not exists (select from payments.sandbox_refund where charge = $2)
                      then now() + make_interval(secs => $6) end, $7)",
    )
    .bind(&refund.key)
    .bind(&refund.charge.key)
    .bind(amount)
    .bind(fate.settles_as)
    .bind(fate.after_s)
    .bind(fate.returns_after_s)
    .bind(&refund.of)
    .execute(&mut *conn)
    .await?;
    settle(conn).await?;
    let made = by_key(conn, &refund.key).await?;
    Ok(made.map_or(Answer::Unknown, RefundRow::answer))
}

/// How a refund stands.
pub async fn asked(conn: &mut PgConnection, refund: &Refund) -> Result<Answer, Error> {
    settle(conn).await?;
    let row = by_key(conn, &refund.key).await?;
    Ok(match row {
        Some(row) if row.is(refund) => row.answer(),
        Some(_) => other_amount(),
        None => Answer::NotFound,
    })
}

async fn by_key(conn: &mut PgConnection, key: &str) -> Result<Option<RefundRow>, sqlx::Error> {
    sqlx::query_as("select charge, reference, amount, state from payments.sandbox_refund where key = $1")
        .bind(key)
        .fetch_optional(conn)
        .await
}

/// What went back of a charge, or of one of its takes.
async fn not_failed(
    conn: &mut PgConnection,
    charge: &str,
    take: Option<&String>,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "select coalesce(sum(amount), 0)::bigint from payments.sandbox_refund
          where charge = $1 and state <> 'failed' and ($2::text is null or take = $2)",
    )
    .bind(charge)
    .bind(take)
    .fetch_one(conn)
    .await
}

/// Ends refunds whose time has come, and notes that they are to be told of.
pub async fn settle(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    send_back(conn).await?;
    sqlx::query(
        "with due as (
             select key from payments.sandbox_refund
              where state = 'pending' and settles_at <= now() order by key for update skip locked
         ), settled as (
             update payments.sandbox_refund r
                set state = r.settles_as
               from due
              where r.key = due.key
             returning r.key, r.charge, r.amount, r.state
         ), returned as (
             select charge, sum(amount)::bigint as amount from settled where state = 'succeeded' group by charge
         ), booked as (
             update payments.sandbox_charge c
                set refunded = c.refunded + r.amount,
                    -- what is still set aside may yet be taken
                    state = case when c.state = 'captured' and c.refunded + r.amount = c.captured then 'refunded' else c.state end
               from returned r
              where c.key = r.charge
         )
         insert into payments.sandbox_notice (id, key, refund, kind, copies, due_at)
         select 'msg_' || replace(gen_random_uuid()::text, '-', ''), s.charge, s.key,
                case s.state when 'succeeded' then 'charge.refunded' else 'refund.failed' end,
                case when c.method = $1 then 3 else 1 end, now()
           from settled s
           join payments.sandbox_charge c on c.key = s.charge",
    )
    .bind(super::notices::TROUBLED)
    .execute(conn)
    .await
    .map(drop)
}

/// Fails refunds that went through and that the buyer's bank sends back now.
async fn send_back(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with due as (
             select key from payments.sandbox_refund
              where state = 'succeeded' and returns_at <= now() order by key for update skip locked
         ), returned as (
             update payments.sandbox_refund r
                set state = 'failed'
               from due
              where r.key = due.key
             returning r.key, r.charge, r.amount
         ), booked as (
             update payments.sandbox_charge c
                set refunded = c.refunded - r.amount,
                    state = case when c.state = 'refunded' then 'captured' else c.state end
               from (select charge, sum(amount)::bigint as amount from returned group by charge) r
              where c.key = r.charge
         )
         insert into payments.sandbox_notice (id, key, refund, kind, copies, due_at)
         select 'msg_' || replace(gen_random_uuid()::text, '-', ''), charge, key, 'refund.failed', 1, now()
           from returned",
    )
    .execute(conn)
    .await
    .map(drop)
}

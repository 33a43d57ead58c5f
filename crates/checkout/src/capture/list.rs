//! What staff see of captures: what was done, and what was not done in time.

use crate::app::Checkouts;
use crate::error::Error;
use crate::till::settle::Told;
use chrono::TimeDelta;
use contracts::checkout::UncapturedPayment;
use kernel::{Currency, Cursor, Money, OrderId, Page, PageLimit, Timestamp};
use sqlx::types::Json;

/// Days for which it is listed that money lapsed.
const LAPSED_DAYS: i64 = 30;

#[derive(sqlx::FromRow)]
struct Row {
    order_id: OrderId,
    currency: String,
    open: i64,
    lapsed: i64,
    lapses_at: Timestamp,
    tries: i32,
    due_at: Option<Timestamp>,
}

/// What lapses soon or lapsed; and what was asked for in vain so often that it is called stuck
/// ([`STUCK_TRIES`](crate::desk::STUCK_TRIES)), which its index says as well. Parameters: since when it is listed that money
/// lapsed, how many, and behind which payment by when it lapses and whose it is.
const UNCAPTURED: &str = "
select c.order_id, o.currency, c.open, c.lapsed, c.lapses_at, c.tries, c.due_at
  from ((select order_id, open, lapsed, lapses_at, tries, due_at
           from checkout.capture
          where warned_at is not null and (open > 0 or lapsed > 0) and lapses_at > $1
            and ($3::timestamptz is null or (lapses_at, order_id) > ($3, $4::uuid))
          order by lapses_at, order_id
          limit $2)
        union
        (select order_id, open, lapsed, lapses_at, tries, due_at
           from checkout.capture
          where tries >= 8 and ended_at is null
            and ($3::timestamptz is null or (lapses_at, order_id) > ($3, $4::uuid))
          order by lapses_at, order_id
          limit $2)) c
  join orders.order o on o.id = c.order_id
 order by c.lapses_at, c.order_id
 limit $2";

impl Checkouts {
    /// What lapses soon or lapsed, and what is stuck.
    pub(crate) async fn list_uncaptured(
        &self,
        now: Timestamp,
        after: Option<Cursor>,
        limit: PageLimit,
    ) -> Result<Page<UncapturedPayment>, Error> {
        let (lapsing, order) = after.map(|cursor| place(&cursor)).transpose()?.unzip();
        let mut rows: Vec<Row> = sqlx::query_as(UNCAPTURED)
            .bind(now - TimeDelta::days(LAPSED_DAYS))
            .bind(limit.plus_one())
            .bind(lapsing)
            .bind(order)
            .fetch_all(self.db().pool())
            .await?;
        let has_more = rows.len() > limit.get();
        rows.truncate(limit.get());
        Ok(Page {
            next: rows.last().filter(|_| has_more).map(cursor),
            items: rows.iter().map(view).collect::<Result<_, _>>()?,
        })
    }

    /// What was done about the shares of an order; nothing where all of it was captured at once.
    pub(crate) async fn captures_of(&self, order: OrderId) -> Result<Vec<Told>, Error> {
        let history: Option<Json<Vec<Told>>> =
            sqlx::query_scalar("select history from checkout.capture where order_id = $1")
                .bind(order)
                .fetch_optional(self.db().pool())
                .await?;
        Ok(history.map(|history| history.0).unwrap_or_default())
    }
}

/// When it lapses, in microseconds, and the order.
fn cursor(row: &Row) -> Cursor {
    Cursor(format!("{}.{}", row.lapses_at.timestamp_micros(), row.order_id))
}

fn place(Cursor(text): &Cursor) -> Result<(Timestamp, OrderId), Error> {
    let read = || {
        let (micros, order) = text.split_once('.')?;
        let lapses_at = Timestamp::from_timestamp_micros(micros.parse().ok()?)?;
        Some((httpkit::moment("after", lapses_at).ok()?, order.parse().ok()?))
    };
    read().ok_or(Error::BadCursor)
}

fn view(row: &Row) -> Result<UncapturedPayment, Error> {
    let currency: Currency = row.currency.parse().map_err(|_| Error::Internal)?;
    Ok(UncapturedPayment {
        order: row.order_id,
        number: orders::domain::of_order(row.order_id),
        open: Money::new(row.open, currency),
        lapsed: Money::new(row.lapsed, currency),
        lapses_at: row.lapses_at,
        tries: u32::try_from(row.tries).unwrap_or(0),
        due_at: row.due_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::STUCK_TRIES;

    #[test]
    fn what_is_called_stuck_is_listed_and_indexed() {
        let stuck = format!("tries >= {STUCK_TRIES}");
        assert!(UNCAPTURED.contains(&stuck));
        assert!(include_str!("../../migrations/0004_capture.sql").contains(&stuck));
    }
}

//! What staff see of captures: what was done, and what was not done in time.

use crate::app::Checkouts;
use crate::error::Error;
use crate::till::settle::Told;
use chrono::TimeDelta;
use contracts::checkout::UncapturedPayment;
use kernel::{Currency, Money, OrderId, Timestamp};
use sqlx::types::Json;

/// Payments that are listed at once.
const LISTED_MAX: i64 = 100;
/// Days for which it is listed that money lapsed.
const LAPSED_DAYS: i64 = 30;

#[derive(sqlx::FromRow)]
struct Row {
    order_id: OrderId,
    currency: String,
    open: i64,
    lapsed: i64,
    lapses_at: Timestamp,
}

impl Checkouts {
    /// What lapses soon, or lapsed.
    pub(crate) async fn list_uncaptured(&self, now: Timestamp) -> Result<Vec<UncapturedPayment>, Error> {
        let rows: Vec<Row> = sqlx::query_as(
            "select c.order_id, o.currency, c.open, c.lapsed, c.lapses_at
               from checkout.capture c
               join orders.order o on o.id = c.order_id
              where c.warned_at is not null and (c.open > 0 or c.lapsed > 0) and c.lapses_at > $1
              order by c.lapses_at, c.order_id
              limit $2",
        )
        .bind(now - TimeDelta::days(LAPSED_DAYS))
        .bind(LISTED_MAX)
        .fetch_all(self.db().pool())
        .await?;
        rows.iter().map(view).collect()
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

fn view(row: &Row) -> Result<UncapturedPayment, Error> {
    let currency: Currency = row.currency.parse().map_err(|_| Error::Internal)?;
    Ok(UncapturedPayment {
        order: row.order_id,
        number: orders::domain::of_order(row.order_id),
        open: Money::new(row.open, currency),
        lapsed: Money::new(row.lapsed, currency),
        lapses_at: row.lapses_at,
    })
}

//! How shares that are captured as shops send are kept.

use super::super::saga::Told;
use super::Capturing;
use kernel::OrderId;
use payments::taking::Taking;
use postgres_types::Json;
use std::collections::HashMap;
use store::rows::Rows;
use tokio_postgres::{Client, Error, Row, Statement};
use uuid::Uuid;

/// Parameter: orders.
const FIND: &str = "
select c.order_id, c.version, c.taking, c.lapses_at, c.warned_at, c.tries, c.due_at, c.lease_until, c.history, c.ended_at
  from unnest($1::uuid[]) as wanted (order_id)
  join checkout.capture c on c.order_id = wanted.order_id";

/// Parameter: captures.
const SAVE: &str = "
insert into checkout.capture
       (order_id, version, taking, open, lapsed, lapses_at, warned_at, tries, due_at, lease_until, history, ended_at)
select * from unnest($1::checkout.capture_row[])
on conflict on constraint capture_pkey do update
   set version = excluded.version, taking = excluded.taking, open = excluded.open, lapsed = excluded.lapsed,
       warned_at = excluded.warned_at, tries = excluded.tries, due_at = excluded.due_at,
       lease_until = excluded.lease_until, history = excluded.history, ended_at = excluded.ended_at";

pub struct Captures {
    find: Statement,
    save: Statement,
}

impl Captures {
    pub async fn prepare(client: &Client) -> Result<Self, Error> {
        let (find, save) = tokio::try_join!(client.prepare(FIND), client.prepare(SAVE))?;
        Ok(Self { find, save })
    }

    /// Those of orders, which the orders' locks protect.
    pub async fn find(
        &self,
        client: &Client,
        orders: &[OrderId],
    ) -> Result<HashMap<OrderId, Capturing>, Error> {
        if orders.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = client.query(&self.find, &[&orders]).await?;
        rows.iter().map(capturing).collect()
    }

    pub async fn save(&self, client: &Client, captures: &[&Capturing]) -> Result<(), Error> {
        if captures.is_empty() {
            return Ok(());
        }
        fn column<'a, T>(captures: &[&'a Capturing], value: impl Fn(&'a Capturing) -> T) -> Vec<T> {
            captures.iter().map(|capturing| value(capturing)).collect()
        }
        client
            .execute(
                &self.save,
                &[&Rows([
                    &column(captures, |c| c.order),
                    &column(captures, |c| c.version),
                    &column(captures, |c| Json(&c.taking)),
                    &column(captures, |c| c.taking.split().open()),
                    &column(captures, Capturing::lapsed),
                    &column(captures, |c| c.lapses_at),
                    &column(captures, |c| c.warned_at),
                    &column(captures, |c| i32::try_from(c.tries).unwrap_or(i32::MAX)),
                    &column(captures, |c| c.due_at),
                    &column(captures, |c| c.lease_until),
                    &column(captures, |c| Json(&c.history)),
                    &column(captures, |c| c.ended_at),
                ])],
            )
            .await
            .map(drop)
    }
}

fn capturing(row: &Row) -> Result<(OrderId, Capturing), Error> {
    let order: Uuid = row.try_get(0)?;
    let Json(taking): Json<Taking> = row.try_get(2)?;
    let Json(history): Json<Vec<Told>> = row.try_get(8)?;
    let order = OrderId(order);
    let capturing = Capturing {
        order,
        version: row.try_get(1)?,
        taking,
        lapses_at: row.try_get(3)?,
        warned_at: row.try_get(4)?,
        tries: row.try_get(5).map(|n: i32| u32::try_from(n).unwrap_or(0))?,
        due_at: row.try_get(6)?,
        lease_until: row.try_get(7)?,
        history,
        ended_at: row.try_get(9)?,
    };
    Ok((order, capturing))
}

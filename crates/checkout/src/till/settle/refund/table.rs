//! How refunds are kept.

use super::{RefundKey, Refunding};
use crate::refund::Step;
use contracts::checkout::{RefundStatus, RefundTo};
use kernel::{Actor, OrderId, RefundId};
use orders::domain::{Refund, Tender};
use payments::domain::RefundedShare;
use postgres_types::Json;
use std::collections::HashMap;
use store::rows::Rows;
use tokio_postgres::{Client, Error, Row, Statement};
use uuid::Uuid;

use super::super::saga::Told;

/// Parameter: orders.
const FIND: &str = "
select r.order_id, r.id, r.version, r.attempt, r.charge, r.parts, r.asked_by, r.asked_at, r.key, r.request_hash, r.step,
       r.tries, r.due_at, r.lease_until, r.history, r.ended_at, r.tenders, r.goes_to, r.came_back, r.of_take
  from unnest($1::uuid[]) as wanted (order_id)
  join checkout.refund r on r.order_id = wanted.order_id
 order by r.order_id, r.id";

/// Parameter: refunds.
const SAVE: &str = "
insert into checkout.refund
       (order_id, id, version, attempt, charge, parts, amount, status, asked_by, asked_at, key, request_hash, step, tries,
        due_at, lease_until, history, ended_at, tenders, goes_to, came_back, of_take)
select * from unnest($1::checkout.refund_row[])
on conflict on constraint refund_pkey do update
   set version = excluded.version, attempt = excluded.attempt, status = excluded.status, step = excluded.step,
       tries = excluded.tries, due_at = excluded.due_at, lease_until = excluded.lease_until,
       history = excluded.history, ended_at = excluded.ended_at, tenders = excluded.tenders,
       came_back = excluded.came_back";

pub struct Refunds {
    find: Statement,
    save: Statement,
}

/// The word by which the table knows a status.
#[must_use]
pub fn status_name(status: RefundStatus) -> &'static str {
    match status {
        RefundStatus::Pending => "pending",
        RefundStatus::Refunded => "refunded",
        RefundStatus::Refused => "refused",
        RefundStatus::CameBack => "came_back",
    }
}

fn goes_to(to: RefundTo) -> &'static str {
    match to {
        RefundTo::Origin => "origin",
        RefundTo::StoreCredit => "store_credit",
    }
}

impl Refunds {
    pub async fn prepare(client: &Client) -> Result<Self, Error> {
        let (find, save) = tokio::try_join!(client.prepare(FIND), client.prepare(SAVE))?;
        Ok(Self { find, save })
    }

    /// The refunds of orders, which the orders' locks protect.
    pub async fn find(
        &self,
        client: &Client,
        orders: &[OrderId],
    ) -> Result<HashMap<OrderId, Vec<Refunding>>, Error> {
        let mut found: HashMap<OrderId, Vec<Refunding>> = HashMap::new();
        if orders.is_empty() {
            return Ok(found);
        }
        for row in client.query(&self.find, &[&orders]).await? {
            let refund = refunding(&row)?;
            found.entry(refund.order).or_default().push(refund);
        }
        Ok(found)
    }

    pub async fn save(&self, client: &Client, refunds: &[&Refunding]) -> Result<(), Error> {
        if refunds.is_empty() {
            return Ok(());
        }
        fn column<'a, T>(refunds: &[&'a Refunding], value: impl Fn(&'a Refunding) -> T) -> Vec<T> {
            refunds.iter().map(|refund| value(refund)).collect()
        }
        let count = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
        let key = |r: &Refunding| r.key.as_ref().map(|key| key.key.clone());
        let hash = |r: &Refunding| r.key.as_ref().map(|key| key.request_hash.clone());
        client
            .execute(
                &self.save,
                &[&Rows([
                    &column(refunds, |r| r.order),
                    &column(refunds, |r| r.id),
                    &column(refunds, |r| r.version),
                    &column(refunds, |r| count(r.attempt)),
                    &column(refunds, |r| r.charge.as_str()),
                    &column(refunds, |r| Json(&r.parts)),
                    &column(refunds, Refunding::amount),
                    &column(refunds, |r| status_name(r.status())),
                    &column(refunds, |r| Json(&r.asked_by)),
                    &column(refunds, |r| r.asked_at),
                    &column(refunds, key),
                    &column(refunds, hash),
                    &column(refunds, |r| Json(&r.step)),
                    &column(refunds, |r| count(r.tries)),
                    &column(refunds, |r| r.due_at),
                    &column(refunds, |r| r.lease_until),
                    &column(refunds, |r| Json(&r.history)),
                    &column(refunds, |r| r.ended_at),
                    &column(refunds, |r| Json(&r.tenders)),
                    &column(refunds, |r| goes_to(r.to)),
                    &column(refunds, |r| Json(&r.came_back)),
                    &column(refunds, |r| r.of.as_deref()),
                ])],
            )
            .await
            .map(drop)
    }
}

fn refunding(row: &Row) -> Result<Refunding, Error> {
    let count = |column: usize| row.try_get(column).map(|n: i32| u32::try_from(n).unwrap_or(0));
    let (order, id): (Uuid, Uuid) = (row.try_get(0)?, row.try_get(1)?);
    let Json(parts): Json<Vec<Refund>> = row.try_get(5)?;
    let Json(asked_by): Json<Actor> = row.try_get(6)?;
    let (key, hash): (Option<String>, Option<Vec<u8>>) = (row.try_get(8)?, row.try_get(9)?);
    let Json(step): Json<Step> = row.try_get(10)?;
    let Json(history): Json<Vec<Told>> = row.try_get(14)?;
    let Json(tenders): Json<Vec<Tender>> = row.try_get(16)?;
    let to: &str = row.try_get(17)?;
    let Json(came_back): Json<Vec<RefundedShare>> = row.try_get(18)?;
    Ok(Refunding {
        id: RefundId(id),
        order: OrderId(order),
        version: row.try_get(2)?,
        attempt: count(3)?,
        charge: row.try_get(4)?,
        of: row.try_get(19)?,
        parts,
        asked_by,
        asked_at: row.try_get(7)?,
        key: key
            .zip(hash)
            .map(|(key, request_hash)| RefundKey { key, request_hash }),
        step,
        tries: count(11)?,
        due_at: row.try_get(12)?,
        lease_until: row.try_get(13)?,
        history,
        ended_at: row.try_get(15)?,
        tenders,
        came_back,
        to: match to == goes_to(RefundTo::StoreCredit) {
            true => RefundTo::StoreCredit,
            false => RefundTo::Origin,
        },
    })
}

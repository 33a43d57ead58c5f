//! Proof that the read tables are what the histories say.

use crate::Orders;
use crate::domain::{Event, evolve};
use crate::project::{OrderRow, Rows, rows};
use crate::{Error, store};
use ::store::Scope;
use kernel::OrderId;
use sqlx::PgConnection;
use std::collections::HashMap;
use std::hash::Hash;
use uuid::Uuid;

/// Histories folded at once.
const BATCH: i64 = 500;
/// Findings named before a report stops; where there are more, the first ones tell enough.
const FINDINGS_MAX: usize = 100;

/// Folds every history and compares the rows it makes with those in the tables, in one snapshot and in batches. Says
/// in words what differs; empty when all is well.
pub async fn verify(orders: &Orders) -> Result<Vec<String>, Error> {
    let mut tx = orders.db().begin(Scope::System).await?;
    sqlx::query("set transaction isolation level repeatable read")
        .execute(&mut *tx)
        .await?;
    let mut findings = Vec::new();
    let mut counted = [0i64; 3];
    let mut after = None;
    while let Some(last) = check_batch(&mut tx, after, &mut counted, &mut findings).await? {
        if findings.len() >= FINDINGS_MAX {
            findings.truncate(FINDINGS_MAX);
            return Ok(findings);
        }
        after = Some(last);
    }
    let held = store::row_counts(&mut tx).await?;
    tx.commit().await?;
    for (table, (held, made)) in ["order", "sub_order", "line"]
        .iter()
        .zip(held.into_iter().zip(counted))
    {
        if held != made {
            findings.push(format!(
                "orders.{table} holds {held} rows, the histories make {made}"
            ));
        }
    }
    Ok(findings)
}

/// Checks the next histories above `after`; gives the last one's id, or `None` when there are no more.
async fn check_batch(
    conn: &mut PgConnection,
    after: Option<Uuid>,
    counted: &mut [i64; 3],
    findings: &mut Vec<String>,
) -> Result<Option<Uuid>, Error> {
    let events = store::histories_after(conn, after, BATCH).await?;
    let Some(last) = events.last().map(|event| event.0) else {
        return Ok(None);
    };
    let mut orders = HashMap::new();
    for (stream, version, at, payload) in events {
        let id = OrderId(stream);
        let event: Event = serde_json::from_value(payload)?;
        if let Some(order) = evolve(orders.remove(&id), id, version, at, event) {
            orders.insert(id, order);
        }
    }
    let expected: Vec<Rows> = orders.values().map(rows).collect();
    compare(conn, expected, counted, findings).await?;
    Ok(Some(last))
}

async fn compare(
    conn: &mut PgConnection,
    expected: Vec<Rows>,
    counted: &mut [i64; 3],
    findings: &mut Vec<String>,
) -> Result<(), Error> {
    let ids: Vec<Uuid> = expected.iter().map(|rows| rows.order.id.0).collect();
    let (tenants, sub_orders): (Vec<Uuid>, Vec<Uuid>) = expected
        .iter()
        .flat_map(|rows| &rows.sub_orders)
        .map(|sub_order| (sub_order.tenant_id.0, sub_order.id.0))
        .unzip();
    let held_orders = store::order_rows(conn, &ids).await?;
    let held_sub_orders = store::sub_order_rows(conn, &tenants, &sub_orders).await?;
    let held_lines = store::line_rows(conn, &tenants, &sub_orders).await?;

    let mut made: (Vec<OrderRow>, Vec<_>, Vec<_>) = Default::default();
    for rows in expected {
        made.0.push(rows.order);
        made.1.extend(rows.sub_orders);
        made.2.extend(rows.lines);
    }
    let sizes = [made.0.len(), made.1.len(), made.2.len()];
    for (counter, size) in counted.iter_mut().zip(sizes) {
        *counter += i64::try_from(size).unwrap_or(i64::MAX);
    }
    findings.extend(differences("order", made.0, held_orders, |row| row.id));
    findings.extend(differences("sub_order", made.1, held_sub_orders, |row| row.id));
    findings.extend(differences("line", made.2, held_lines, |row| row.id));
    Ok(())
}

/// Names the rows that are not as they should be.
fn differences<'a, T, K>(
    table: &'a str,
    made: Vec<T>,
    held: Vec<T>,
    key: impl Fn(&T) -> K + 'a,
) -> impl Iterator<Item = String> + 'a
where
    T: PartialEq + 'a,
    K: Eq + Hash + std::fmt::Display + 'a,
{
    let mut held: HashMap<K, T> = held.into_iter().map(|row| (key(&row), row)).collect();
    made.into_iter().filter_map(move |row| {
        let id = key(&row);
        match held.remove(&id) {
            Some(found) if found == row => None,
            Some(_) => Some(format!("orders.{table} {id} differs from what its history says")),
            None => Some(format!("orders.{table} {id} is missing")),
        }
    })
}

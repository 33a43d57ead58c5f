//! Proof that what the till wrote in one transaction still agrees across the contexts it wrote to. Each context proves
//! itself; here is what only holds between them.

use crate::{Checkouts, Error};
use sqlx::PgConnection;

/// Findings of one kind named at once; where there are more, the first ones tell enough.
const FINDINGS_MAX: i64 = 100;

/// Says in words what does not agree; empty when all is well. Reads in one snapshot.
pub async fn verify(checkouts: &Checkouts) -> Result<Vec<String>, Error> {
    let mut tx = checkouts.db().pool().begin().await?;
    sqlx::query("set transaction isolation level repeatable read, read only")
        .execute(&mut *tx)
        .await?;
    let mut findings = payments(&mut tx).await?;
    findings.extend(reservations(&mut tx).await?);
    findings.extend(postings(&mut tx).await?);
    findings.extend(claims(&mut tx).await?);
    tx.commit().await?;
    Ok(findings)
}

/// Every order has the one payment it names, over its total, shared out to its sellers, in a status that fits its own.
async fn payments(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    let rows = sqlx::query_file!("src/sql/verify_payments.sql", FINDINGS_MAX)
        .fetch_all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|r| format!("order {}: its payment {} {}", r.order_id, r.payment_id, r.problem))
        .collect())
}

/// Every line of an order is reserved in full, in the state that its order's status asks for.
async fn reservations(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    let rows = sqlx::query_file!("src/sql/verify_reservations.sql", FINDINGS_MAX)
        .fetch_all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            format!(
                "order {} ({}): {} units of SKU {} bought, {} reserved as they should be, {} otherwise",
                r.order_id, r.status, r.bought, r.sku_id, r.right, r.wrong
            )
        })
        .collect())
}

/// Every captured payment has its sale in the books and every refunded one its refund; no other has either.
async fn postings(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    let rows = sqlx::query_file!("src/sql/verify_postings.sql", FINDINGS_MAX)
        .fetch_all(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            format!(
                "order {}: its payment is {}, the books hold {} sales and {} refunds",
                r.order_id, r.status, r.sales, r.refunds
            )
        })
        .collect())
}

/// Every claim on a cart belongs to an order.
async fn claims(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    let rows = sqlx::query!(
        "select c.cart_id, c.order_id
           from checkout.cart_claim c
          where not exists (select from orders.order o where o.id = c.order_id)
          limit $1",
        FINDINGS_MAX,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| {
            format!(
                "cart {} is claimed for order {}, which does not exist",
                r.cart_id, r.order_id
            )
        })
        .collect())
}

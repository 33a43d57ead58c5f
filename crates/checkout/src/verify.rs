//! Proof that what the till wrote in one transaction still agrees across the contexts it wrote to. Each context proves
//! itself; here is what only holds between them.

use crate::{Checkouts, Error};
use kernel::{OrderId, PaymentId, PromotionId, ReturnId, SkuId, TenantId};
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection};

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
    findings.extend(captures(&mut tx).await?);
    findings.extend(refunds(&mut tx).await?);
    findings.extend(astray(&mut tx).await?);
    findings.extend(promotions(&mut tx).await?);
    findings.extend(funded(&mut tx).await?);
    findings.extend(taxes(&mut tx).await?);
    findings.extend(returns(&mut tx).await?);
    findings.extend(cancelled_units(&mut tx).await?);
    findings.extend(tenders(&mut tx).await?);
    findings.extend(claims(&mut tx).await?);
    tx.commit().await?;
    Ok(findings)
}

/// Every order has the one payment it names, over its total, shared out to its sellers, in a status that fits its own.
async fn payments(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    let rows: Vec<(OrderId, PaymentId, String)> =
        found(conn, include_str!("sql/verify_payments.sql")).await?;
    Ok(rows
        .into_iter()
        .map(|(order, payment, problem)| format!("order {order}: its payment {payment} {problem}"))
        .collect())
}

/// Every line of an order is reserved in full, in the state that its part's status asks for.
async fn reservations(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    let rows: Vec<(OrderId, String, SkuId, i64, i64, i64)> =
        found(conn, include_str!("sql/verify_reservations.sql")).await?;
    Ok(rows
        .into_iter()
        .map(|(order, status, sku, bought, right, wrong)| {
            format!(
                "order {order} ({status}): {bought} units of SKU {sku} bought, {right} reserved as they should be, {wrong} otherwise"
            )
        })
        .collect())
}

/// Every order that was paid, all of it at once, has its sale in the books; no other has.
async fn postings(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    let rows: Vec<(OrderId, String, i64)> = found(conn, include_str!("sql/verify_postings.sql")).await?;
    Ok(rows
        .into_iter()
        .map(|(order, status, sales)| {
            format!("order {order}: its payment is {status}, the books hold {sales} sales")
        })
        .collect())
}

/// Where shares are captured as shops send: captured, released and open are what was authorized, and what is posted is captured.
async fn captures(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    let rows: Vec<(OrderId, Option<TenantId>, String)> =
        found(conn, include_str!("sql/verify_captures.sql")).await?;
    Ok(rows
        .into_iter()
        .map(|(order, tenant, problem)| match tenant {
            Some(tenant) => format!("order {order}, the share of shop {tenant}: {problem}"),
            None => format!("order {order}: {problem}"),
        })
        .collect())
}

/// What went back for each shop's part of an order is the same for refunds, history, payment and books.
async fn refunds(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    let rows: Vec<(OrderId, TenantId, i64, i64, i64, i64)> =
        found(conn, include_str!("sql/verify_refunds.sql")).await?;
    Ok(rows
        .into_iter()
        .map(|(order, tenant, ended, told, posted, shared)| {
            format!(
                "order {order}, shop {tenant}: refunds gave back {ended}, the history tells {told}, the books {posted}, the payment {shared}"
            )
        })
        .collect())
}

/// What came back to the provider is owed to the buyers.
async fn astray(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    let rows: Vec<(OrderId, i64, i64)> = found(conn, include_str!("sql/verify_astray.sql")).await?;
    Ok(rows
        .into_iter()
        .map(|(order, said, owed)| {
            format!("order {order}: {said} of its refunds came back to the provider, the books owe {owed} of them to the buyer")
        })
        .collect())
}

/// Every promotion of an order that stands is claimed for it, over what it took off; those of one that ended are not.
async fn promotions(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    let rows: Vec<(OrderId, PromotionId, i64, i64)> =
        found(conn, include_str!("sql/verify_promotions.sql")).await?;
    Ok(rows
        .into_iter()
        .map(|(order, promotion, taken, claimed)| {
            format!("order {order}: promotion {promotion} took {taken} off it, {claimed} of its budget are claimed for it")
        })
        .collect())
}

/// What the marketplace pays for discounts is what its sale posted, and nothing is left of it when all went back.
async fn funded(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    let rows: Vec<(OrderId, TenantId, i64, i64)> = found(conn, include_str!("sql/verify_funded.sql")).await?;
    Ok(rows
        .into_iter()
        .map(|(order, tenant, owed, posted)| {
            format!("order {order}, shop {tenant}: the marketplace pays {owed} for discounts, the books say {posted}")
        })
        .collect())
}

/// Taxes of lines are those of their sub-orders, and what the marketplace keeps is what it posted.
async fn taxes(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    let kept: Vec<(OrderId, TenantId, i64, i64)> = found(conn, include_str!("sql/verify_taxes.sql")).await?;
    let sums: Vec<(OrderId, TenantId, i64, i64, i64)> =
        found(conn, include_str!("sql/verify_tax_sums.sql")).await?;
    let kept = kept.into_iter().map(|(order, tenant, kept, posted)| {
        format!(
            "order {order}, shop {tenant}: {kept} are kept as commission and taxes, the books say {posted}"
        )
    });
    let sums = sums.into_iter().map(|(order, tenant, tax, told, back)| {
        format!("order {order}, shop {tenant}: {tax} of it are tax, its lines and delivery say {told}; {back} went back")
    });
    Ok(kept.chain(sums).collect())
}

/// What returns put on the shelf is there once.
async fn returns(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    let rows: Vec<(ReturnId, SkuId, i64, i64)> = found(conn, include_str!("sql/verify_returns.sql")).await?;
    Ok(rows
        .into_iter()
        .map(|(id, sku, told, moved)| {
            format!("return {id}: {told} units of SKU {sku} are told to be for sale again, {moved} were put on the shelf")
        })
        .collect())
}

/// Units that were cancelled by themselves are for sale again.
async fn cancelled_units(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    let rows: Vec<(OrderId, SkuId, i64, i64)> =
        found(conn, include_str!("sql/verify_cancelled_units.sql")).await?;
    Ok(rows
        .into_iter()
        .map(|(order, sku, told, back)| {
            format!("order {order}: {told} units of SKU {sku} were cancelled, {back} of those that were sold are back")
        })
        .collect())
}

/// What gift cards and store credit pay of orders is set aside, spent, let go and given back as the orders say.
async fn tenders(conn: &mut PgConnection) -> Result<Vec<String>, Error> {
    let rows: Vec<(OrderId, String)> = found(conn, include_str!("sql/verify_tenders.sql")).await?;
    Ok(rows
        .into_iter()
        .map(|(order, problem)| format!("order {order}: {problem}"))
        .collect())
}

async fn found<T>(conn: &mut PgConnection, sql: &'static str) -> Result<Vec<T>, sqlx::Error>
where
    T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    sqlx::query_as(sql).bind(FINDINGS_MAX).fetch_all(conn).await
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

//! Which order a provider's charge is for, who has it, and what providers call charges and refunds.

use kernel::{OrderId, PaymentId, RefundId};
use sqlx::PgConnection;
use uuid::Uuid;

pub async fn note(
    conn: &mut PgConnection,
    payment: PaymentId,
    order: OrderId,
    reference: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into ledger.charge (payment_id, order_id, reference) values ($1, $2, $3) on conflict do nothing",
    )
    .bind(payment)
    .bind(order)
    .bind(reference)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn note_refund(
    conn: &mut PgConnection,
    refund: RefundId,
    payment: PaymentId,
    reference: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into ledger.charge_refund (refund_id, payment_id, reference) values ($1, $2, $3) on conflict do nothing",
    )
    .bind(refund)
    .bind(payment)
    .bind(reference)
    .execute(conn)
    .await?;
    Ok(())
}

/// The orders of some payments.
pub async fn orders(conn: &mut PgConnection, payments: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, sqlx::Error> {
    sqlx::query_as("select payment_id, order_id from ledger.charge where payment_id = any($1)")
        .bind(payments)
        .fetch_all(conn)
        .await
}

/// By provider and what it calls a charge, the order.
pub async fn named(
    conn: &mut PgConnection,
    references: &[&str],
) -> Result<Vec<(String, String, Uuid)>, sqlx::Error> {
    sqlx::query_as(
        "select provider, reference, order_id from ledger.charge where reference = any($1) and provider is not null",
    )
    .bind(references)
    .fetch_all(conn)
    .await
}

/// By provider and what it calls a refund, the refund.
pub async fn refunds_named(
    conn: &mut PgConnection,
    references: &[&str],
) -> Result<Vec<(String, String, Uuid)>, sqlx::Error> {
    sqlx::query_as(
        "select c.provider, r.reference, r.refund_id
           from ledger.charge_refund r
           join ledger.charge c on c.payment_id = r.payment_id
          where r.reference = any($1) and c.provider is not null",
    )
    .bind(references)
    .fetch_all(conn)
    .await
}

/// Charges of which nobody knows who has them, above `after`.
pub async fn of_nobody(
    conn: &mut PgConnection,
    after: Uuid,
    limit: i64,
) -> Result<Vec<PaymentId>, sqlx::Error> {
    sqlx::query_scalar(
        "select payment_id from ledger.charge where provider is null and payment_id > $1 order by payment_id limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Gives the orders of those that were not known before.
pub async fn set_providers(
    conn: &mut PgConnection,
    payments: &[Uuid],
    providers: &[String],
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar(
        "update ledger.charge c set provider = known.provider
           from unnest($1::uuid[], $2::text[]) as known (payment_id, provider)
          where c.payment_id = known.payment_id and c.provider is null
         returning c.order_id",
    )
    .bind(payments)
    .bind(providers)
    .fetch_all(conn)
    .await
}

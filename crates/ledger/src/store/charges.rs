//! Which order a provider's charge is for, who has it, and what providers call charges and refunds.

use kernel::PaymentId;
use sqlx::PgConnection;
use uuid::Uuid;

/// Notes which order each payment is for, and what the provider calls it, if it said.
pub async fn note(
    conn: &mut PgConnection,
    payments: &[Uuid],
    orders: &[Uuid],
    references: &[Option<&str>],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into ledger.charge (payment_id, order_id, reference)
         select * from unnest($1::uuid[], $2::uuid[], $3::text[]) on conflict do nothing",
    )
    .bind(payments)
    .bind(orders)
    .bind(references)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes of which payment each refund is, and what the provider calls it.
pub async fn note_refunds(
    conn: &mut PgConnection,
    refunds: &[Uuid],
    payments: &[Uuid],
    references: &[&str],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into ledger.charge_refund (refund_id, payment_id, reference)
         select * from unnest($1::uuid[], $2::uuid[], $3::text[]) on conflict do nothing",
    )
    .bind(refunds)
    .bind(payments)
    .bind(references)
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

//! Which order a provider's charge is for.

use kernel::{OrderId, PaymentId};
use sqlx::PgConnection;
use uuid::Uuid;

pub async fn note(conn: &mut PgConnection, payment: PaymentId, order: OrderId) -> Result<(), sqlx::Error> {
    sqlx::query("insert into ledger.charge (payment_id, order_id) values ($1, $2) on conflict do nothing")
        .bind(payment)
        .bind(order)
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

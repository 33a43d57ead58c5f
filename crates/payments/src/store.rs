//! All SQL of payments, save the till's batch and the sandbox's books.

use crate::error::Error;
use contracts::payments::{Payment, PaymentShare};
use kernel::{Currency, Money, OrderId, PaymentId, TenantId};
use sqlx::PgConnection;

/// A payment and its shares, in one statement.
pub async fn payment(conn: &mut PgConnection, id: PaymentId) -> Result<Payment, Error> {
    let rows = sqlx::query!(
        r#"select p.id, p.order_id, p.currency as "currency!", p.amount, p.captured, p.released, p.refunded, p.status, p.decline_reason,
                  p.action_url, p.updated_at,
                  s.tenant_id as "tenant_id?", s.amount as "share_amount?", s.captured as "share_captured?",
                  s.released as "share_released?", s.refunded as "share_refunded?"
             from payments.payment p
             left join payments.share s on s.payment_id = p.id
            where p.id = $1
            order by s.tenant_id"#,
        id.0
    )
    .fetch_all(conn)
    .await?;
    let first = rows.first().ok_or(Error::NotFound)?;
    let currency: Currency = first
        .currency
        .parse()
        .map_err(|e| Error::Corrupt(format!("{e}")))?;
    let money = |amount| Money::new(amount, currency);
    let status =
        crate::domain::status_of(&first.status).ok_or_else(|| Error::Corrupt(first.status.clone()))?;
    let authorized = |amount| money(if status.is_authorized() { amount } else { 0 });
    let released = |amount| (amount > 0).then(|| money(amount));
    Ok(Payment {
        id: PaymentId(first.id),
        order: OrderId(first.order_id),
        status,
        amount: money(first.amount),
        captured: money(first.captured),
        released: released(first.released),
        refunded: money(first.refunded),
        shares: rows
            .iter()
            .filter_map(|row| {
                let amount = row.share_amount?;
                Some(PaymentShare {
                    tenant: TenantId(row.tenant_id?),
                    amount: money(amount),
                    authorized: authorized(amount),
                    captured: money(row.share_captured?),
                    released: released(row.share_released?),
                    refunded: money(row.share_refunded?),
                })
            })
            .collect(),
        decline_reason: first.decline_reason.clone(),
        action_url: first.action_url.clone(),
        updated_at: first.updated_at,
    })
}

/// Who has the charges of some payments.
pub async fn providers(
    conn: &mut PgConnection,
    payments: &[PaymentId],
) -> Result<Vec<(PaymentId, String)>, sqlx::Error> {
    sqlx::query_as("select id, provider from payments.payment where id = any($1) and provider is not null")
        .bind(payments.iter().map(|payment| payment.0).collect::<Vec<_>>())
        .fetch_all(conn)
        .await
}

/// Payments whose row and shares are not what their events make of them, or do not sum; at most `limit`.
const INCONSISTENT: &str = include_str!("sql/inconsistent.sql");

#[derive(sqlx::FromRow)]
struct Inconsistent {
    id: uuid::Uuid,
    status: String,
    last: String,
    amount: i64,
    shared: i64,
    refunded: i64,
    told: i64,
}

/// Payments that do not agree with themselves, and how they stand, in words; at most `limit`.
pub async fn inconsistent(
    conn: &mut PgConnection,
    limit: i64,
) -> Result<Vec<(uuid::Uuid, String)>, sqlx::Error> {
    let rows: Vec<Inconsistent> = sqlx::query_as(INCONSISTENT).bind(limit).fetch_all(conn).await?;
    let words = |r: Inconsistent| {
        let words = format!(
            "status {} after event {:?}, amount {} in shares of {}, refunded {} after refunds of {}",
            r.status, r.last, r.amount, r.shared, r.refunded, r.told
        );
        (r.id, words)
    };
    Ok(rows.into_iter().map(words).collect())
}

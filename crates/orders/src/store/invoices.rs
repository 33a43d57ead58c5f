//! Invoices: their numbers, and who issued them.

use crate::papers::Issuer;
use contracts::Address;
use kernel::{SubOrderId, TenantId, Timestamp};
use sqlx::PgConnection;
use sqlx::types::Json;

/// What is kept of an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// From 1 in each shop.
    pub number: i64,
    pub issued_at: Timestamp,
    pub issuer: Issuer,
    pub buyer: Address,
}

pub async fn find(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: SubOrderId,
) -> Result<Option<Invoice>, sqlx::Error> {
    let row: Option<(i64, Timestamp, Json<Issuer>, Json<Address>)> = sqlx::query_as(
        "select number, issued_at, issuer, buyer from orders.invoice where tenant_id = $1 and sub_order_id = $2",
    )
    .bind(tenant)
    .bind(id)
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|(number, issued_at, issuer, buyer)| Invoice {
        number,
        issued_at,
        issuer: issuer.0,
        buyer: buyer.0,
    }))
}

/// Issues an invoice under the shop's next number. The sub-order's order is locked by the caller, so that it has one, to the
/// address that the order has.
pub async fn issue(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: SubOrderId,
    issuer: &Issuer,
    buyer: &Address,
    now: Timestamp,
) -> Result<Invoice, sqlx::Error> {
    let number = sqlx::query_scalar(
        "with drawn as (
             insert into orders.invoice_series as series (tenant_id, last) values ($1, 1)
             on conflict (tenant_id) do update set last = series.last + 1
             returning last
         )
         insert into orders.invoice (tenant_id, sub_order_id, number, issued_at, issuer, buyer)
         select $1, $2, last, $3, $4, $5 from drawn
         returning number",
    )
    .bind(tenant)
    .bind(id)
    .bind(now)
    .bind(Json(issuer))
    .bind(Json(buyer))
    .fetch_one(conn)
    .await?;
    Ok(Invoice {
        number,
        issued_at: now,
        issuer: issuer.clone(),
        buyer: buyer.clone(),
    })
}

/// Shops whose numbers are not 1 to their last one, each once.
pub async fn gaps(conn: &mut PgConnection) -> Result<Vec<TenantId>, sqlx::Error> {
    sqlx::query_scalar(
        "select coalesce(s.tenant_id, i.tenant_id)
           from orders.invoice_series s
           full join (select tenant_id, count(*) as issued, max(number) as highest
                        from orders.invoice group by tenant_id) i on i.tenant_id = s.tenant_id
          where (s.last, s.last) is distinct from (i.issued, i.highest)
          order by 1",
    )
    .fetch_all(conn)
    .await
}

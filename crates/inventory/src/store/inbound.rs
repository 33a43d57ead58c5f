//! Transfers and purchases.

use crate::app::InboundQuery;
use crate::domain::{Inbound, InboundKind, InboundLine, InboundState};
use kernel::{InboundId, ProductId, SkuId, TenantId, Timestamp, WarehouseId};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

macro_rules! columns {
    () => {
        "select id, kind, warehouse_id, source_id, supplier, expected_on, note, state, created_at, ended_at
           from inventory.inbound"
    };
}

#[derive(sqlx::FromRow)]
struct InboundRow {
    id: InboundId,
    kind: InboundKind,
    warehouse_id: WarehouseId,
    source_id: Option<WarehouseId>,
    supplier: Option<String>,
    expected_on: Option<chrono::NaiveDate>,
    note: Option<String>,
    state: InboundState,
    created_at: Timestamp,
    ended_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct LineRow {
    inbound_id: InboundId,
    sku_id: SkuId,
    product_id: ProductId,
    expected: i64,
    received: i64,
    missing: i64,
}

pub async fn insert(conn: &mut PgConnection, tenant: TenantId, inbound: &Inbound) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into inventory.inbound
                (tenant_id, id, kind, warehouse_id, source_id, supplier, expected_on, note, state, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(tenant)
    .bind(inbound.id)
    .bind(inbound.kind)
    .bind(inbound.warehouse)
    .bind(inbound.source)
    .bind(&inbound.supplier)
    .bind(inbound.expected_on)
    .bind(&inbound.note)
    .bind(inbound.state)
    .bind(inbound.created_at)
    .execute(&mut *conn)
    .await?;
    let skus: Vec<Uuid> = inbound.lines.iter().map(|l| l.sku.0).collect();
    let products: Vec<Uuid> = inbound.lines.iter().map(|l| l.product.0).collect();
    let expected: Vec<i64> = inbound.lines.iter().map(|l| l.expected).collect();
    sqlx::query(
        "insert into inventory.inbound_line (tenant_id, inbound_id, sku_id, product_id, expected)
         select $1, $2, * from unnest($3::uuid[], $4::uuid[], $5::bigint[])",
    )
    .bind(tenant)
    .bind(inbound.id)
    .bind(skus)
    .bind(products)
    .bind(expected)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes the state, and what was received and what is missing of each line.
pub async fn update(conn: &mut PgConnection, tenant: TenantId, inbound: &Inbound) -> Result<(), sqlx::Error> {
    sqlx::query("update inventory.inbound set state = $3, ended_at = $4 where tenant_id = $1 and id = $2")
        .bind(tenant)
        .bind(inbound.id)
        .bind(inbound.state)
        .bind(inbound.ended_at)
        .execute(&mut *conn)
        .await?;
    let skus: Vec<Uuid> = inbound.lines.iter().map(|l| l.sku.0).collect();
    let received: Vec<i64> = inbound.lines.iter().map(|l| l.received).collect();
    let missing: Vec<i64> = inbound.lines.iter().map(|l| l.missing).collect();
    sqlx::query(
        "update inventory.inbound_line l
            set received = d.received, missing = d.missing
           from unnest($3::uuid[], $4::bigint[], $5::bigint[]) as d (sku_id, received, missing)
          where l.tenant_id = $1 and l.inbound_id = $2 and l.sku_id = d.sku_id",
    )
    .bind(tenant)
    .bind(inbound.id)
    .bind(skus)
    .bind(received)
    .bind(missing)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn find(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: InboundId,
) -> Result<Option<Inbound>, sqlx::Error> {
    one(
        conn,
        concat!(columns!(), " where tenant_id = $1 and id = $2"),
        tenant,
        id,
    )
    .await
}

/// As [`find`], kept from others until the transaction ends.
pub async fn lock(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: InboundId,
) -> Result<Option<Inbound>, sqlx::Error> {
    let statement = concat!(columns!(), " where tenant_id = $1 and id = $2 for update");
    one(conn, statement, tenant, id).await
}

async fn one(
    conn: &mut PgConnection,
    statement: &'static str,
    tenant: TenantId,
    id: InboundId,
) -> Result<Option<Inbound>, sqlx::Error> {
    let row: Option<InboundRow> = sqlx::query_as(statement)
        .bind(tenant)
        .bind(id)
        .fetch_optional(&mut *conn)
        .await?;
    Ok(with_lines(conn, tenant, row.into_iter().collect()).await?.pop())
}

/// Newest first, below `query.before`; one more than asked for, if there are more.
pub async fn list(
    conn: &mut PgConnection,
    tenant: TenantId,
    query: InboundQuery,
) -> Result<Vec<Inbound>, sqlx::Error> {
    let rows: Vec<InboundRow> = sqlx::query_as(concat!(
        columns!(),
        " where tenant_id = $1
            and ($2::text is null or kind = $2)
            and ($3::text is null or state = $3)
            and ($4::uuid is null or warehouse_id = $4 or source_id = $4)
            and ($5::uuid is null or id < $5)
          order by id desc
          limit $6"
    ))
    .bind(tenant)
    .bind(query.kind)
    .bind(query.state)
    .bind(query.warehouse)
    .bind(query.before)
    .bind(query.limit.plus_one())
    .fetch_all(&mut *conn)
    .await?;
    with_lines(conn, tenant, rows).await
}

async fn with_lines(
    conn: &mut PgConnection,
    tenant: TenantId,
    rows: Vec<InboundRow>,
) -> Result<Vec<Inbound>, sqlx::Error> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let lines: Vec<LineRow> = sqlx::query_as(
        "select inbound_id, sku_id, product_id, expected, received, missing
           from inventory.inbound_line where tenant_id = $1 and inbound_id = any($2)
          order by sku_id",
    )
    .bind(tenant)
    .bind(ids)
    .fetch_all(conn)
    .await?;
    let mut by_inbound: HashMap<InboundId, Vec<InboundLine>> = HashMap::new();
    for line in lines {
        by_inbound.entry(line.inbound_id).or_default().push(InboundLine {
            sku: line.sku_id,
            product: line.product_id,
            expected: line.expected,
            received: line.received,
            missing: line.missing,
        });
    }
    let inbound = |row: InboundRow| Inbound {
        lines: by_inbound.remove(&row.id).unwrap_or_default(),
        id: row.id,
        kind: row.kind,
        warehouse: row.warehouse_id,
        source: row.source_id,
        supplier: row.supplier,
        expected_on: row.expected_on,
        note: row.note,
        state: row.state,
        created_at: row.created_at,
        ended_at: row.ended_at,
    };
    Ok(rows.into_iter().map(inbound).collect())
}

//! Comparisons with warehouses' own lists.

use crate::app::{Chosen, Feed, FeedLine, MismatchKind};
use crate::domain::FeedError;
use kernel::{PageLimit, ProductId, SkuId, StockFeedId, TenantId, Timestamp, WarehouseId};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

macro_rules! feed {
    () => {
        "select id, warehouse_id, file_name, created_at, rows, failed, matching, differing, unknown, missing, errors
           from inventory.feed"
    };
}

macro_rules! line {
    () => {
        "select position, kind, row, code, sku_id as sku, product_id as product, ours, theirs, adjusted_at
           from inventory.feed_line"
    };
}

#[derive(sqlx::FromRow)]
struct FeedRow {
    id: StockFeedId,
    warehouse_id: WarehouseId,
    file_name: String,
    created_at: Timestamp,
    rows: i64,
    failed: i64,
    matching: i64,
    differing: i64,
    unknown: i64,
    missing: i64,
    errors: Json<Vec<FeedError>>,
}

impl From<FeedRow> for Feed {
    fn from(row: FeedRow) -> Self {
        Self {
            id: row.id,
            warehouse: row.warehouse_id,
            file_name: row.file_name,
            created_at: row.created_at,
            rows: row.rows,
            failed: row.failed,
            matching: row.matching,
            differing: row.differing,
            unknown: row.unknown,
            missing: row.missing,
            errors: row.errors.0,
        }
    }
}

/// All that lies in a warehouse, by SKU.
pub async fn on_hand(
    conn: &mut PgConnection,
    tenant: TenantId,
    warehouse: WarehouseId,
) -> Result<HashMap<SkuId, (ProductId, i64)>, sqlx::Error> {
    let rows: Vec<(SkuId, ProductId, i64)> = sqlx::query_as(
        "select sku_id, product_id, on_hand from inventory.level where tenant_id = $1 and warehouse_id = $2",
    )
    .bind(tenant)
    .bind(warehouse)
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(sku, product, on_hand)| (sku, (product, on_hand)))
        .collect())
}

pub async fn insert(
    conn: &mut PgConnection,
    tenant: TenantId,
    feed: &Feed,
    lines: &[FeedLine],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into inventory.feed
                (tenant_id, id, warehouse_id, file_name, created_at, rows, failed, matching, differing, unknown, missing,
                 errors)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(tenant)
    .bind(feed.id)
    .bind(feed.warehouse)
    .bind(&feed.file_name)
    .bind(feed.created_at)
    .bind(feed.rows)
    .bind(feed.failed)
    .bind(feed.matching)
    .bind(feed.differing)
    .bind(feed.unknown)
    .bind(feed.missing)
    .bind(Json(&feed.errors))
    .execute(&mut *conn)
    .await?;
    for lines in lines.chunks(5_000) {
        sqlx::query(
            "insert into inventory.feed_line
                    (tenant_id, feed_id, position, kind, row, code, sku_id, product_id, ours, theirs)
             select $1, $2, * from unnest($3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::uuid[], $8::uuid[],
                                          $9::bigint[], $10::bigint[])",
        )
        .bind(tenant)
        .bind(feed.id)
        .bind(column(lines, |l| l.position))
        .bind(column(lines, |l| kind_name(l.kind)))
        .bind(column(lines, |l| l.row))
        .bind(column(lines, |l| l.code.clone()))
        .bind(column(lines, |l| l.sku.map(|sku| sku.0)))
        .bind(column(lines, |l| l.product.map(|product| product.0)))
        .bind(column(lines, |l| l.ours))
        .bind(column(lines, |l| l.theirs))
        .execute(&mut *conn)
        .await?;
    }
    Ok(())
}

fn column<T>(lines: &[FeedLine], of: impl Fn(&FeedLine) -> T) -> Vec<T> {
    lines.iter().map(of).collect()
}

/// As the table's check writes it.
fn kind_name(kind: MismatchKind) -> &'static str {
    match kind {
        MismatchKind::Differs => "differs",
        MismatchKind::Unknown => "unknown",
        MismatchKind::Missing => "missing",
    }
}

pub async fn find(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: StockFeedId,
) -> Result<Option<Feed>, sqlx::Error> {
    let row: Option<FeedRow> = sqlx::query_as(concat!(feed!(), " where tenant_id = $1 and id = $2"))
        .bind(tenant)
        .bind(id)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(Feed::from))
}

/// The kinds of which lines are not adjusted yet and could be.
pub async fn open_kinds(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: StockFeedId,
) -> Result<Vec<MismatchKind>, sqlx::Error> {
    sqlx::query_scalar(
        "select distinct kind from inventory.feed_line
          where tenant_id = $1 and feed_id = $2 and adjusted_at is null and sku_id is not null",
    )
    .bind(tenant)
    .bind(id)
    .fetch_all(conn)
    .await
}

/// Newest first, below `before`; one more than asked for, if there are more.
pub async fn list(
    conn: &mut PgConnection,
    tenant: TenantId,
    before: Option<StockFeedId>,
    limit: PageLimit,
) -> Result<Vec<Feed>, sqlx::Error> {
    let rows: Vec<FeedRow> = sqlx::query_as(concat!(
        feed!(),
        " where tenant_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3"
    ))
    .bind(tenant)
    .bind(before)
    .bind(limit.plus_one())
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Feed::from).collect())
}

pub async fn lines(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: StockFeedId,
    kind: Option<MismatchKind>,
    after: Option<i64>,
    limit: Option<i64>,
) -> Result<Vec<FeedLine>, sqlx::Error> {
    sqlx::query_as(concat!(
        line!(),
        " where tenant_id = $1 and feed_id = $2
            and ($3::text is null or kind = $3)
            and ($4::bigint is null or position > $4)
          order by position
          limit $5"
    ))
    .bind(tenant)
    .bind(id)
    .bind(kind)
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Locks the chosen lines that are not adjusted yet, above `after`.
pub async fn lock_open_lines(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: StockFeedId,
    chosen: &Chosen,
    after: i64,
    limit: i64,
) -> Result<Vec<FeedLine>, sqlx::Error> {
    let (skus, kinds): (Option<Vec<Uuid>>, Option<Vec<&str>>) = match chosen {
        Chosen::Skus(skus) => (Some(skus.iter().map(|sku| sku.0).collect()), None),
        Chosen::Kinds(kinds) => (None, Some(kinds.iter().copied().map(kind_name).collect())),
    };
    sqlx::query_as(concat!(
        line!(),
        " where tenant_id = $1 and feed_id = $2 and position > $3 and adjusted_at is null and sku_id is not null
            and ($4::uuid[] is null or sku_id = any($4))
            and ($5::text[] is null or kind = any($5))
          order by position
          limit $6
            for update"
    ))
    .bind(tenant)
    .bind(id)
    .bind(after)
    .bind(skus)
    .bind(kinds)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// The SKUs that somebody counted in the warehouse after a feed was read. Ids of movements are ordered by time.
pub async fn counted_since(
    conn: &mut PgConnection,
    tenant: TenantId,
    warehouse: WarehouseId,
    feed: StockFeedId,
    skus: &[SkuId],
) -> Result<HashSet<SkuId>, sqlx::Error> {
    let skus: Vec<Uuid> = skus.iter().map(|sku| sku.0).collect();
    let counted: Vec<SkuId> = sqlx::query_scalar(
        "select distinct sku_id from inventory.movement
          where tenant_id = $1 and id > $2 and warehouse_id = $3 and sku_id = any($4)
            and reason in ('count', 'adjustment', 'reconciliation')",
    )
    .bind(tenant)
    .bind(feed)
    .bind(warehouse)
    .bind(skus)
    .fetch_all(conn)
    .await?;
    Ok(counted.into_iter().collect())
}

pub async fn mark(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: StockFeedId,
    positions: &[i64],
    at: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update inventory.feed_line set adjusted_at = $4
          where tenant_id = $1 and feed_id = $2 and position = any($3)",
    )
    .bind(tenant)
    .bind(id)
    .bind(positions)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

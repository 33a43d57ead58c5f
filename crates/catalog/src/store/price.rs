//! Prices over time.

use super::rows::{money, status_of};
use contracts::catalog::price::LOOKED_BACK;
use contracts::catalog::{PricePoint, ProductChanged};
use kernel::{DateTime, ProductId, SkuId, TenantId, Timestamp};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

type Row = (SkuId, Timestamp, i64, String);

/// Takes back the prices from `now` on, and gives those of the past that the lowest price before a reduction may still be
/// among, in order of time.
pub async fn forget_planned(
    conn: &mut PgConnection,
    tenant: TenantId,
    skus: &[Uuid],
    now: Timestamp,
) -> Result<HashMap<SkuId, Vec<PricePoint>>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(
        "with forgotten as (delete from catalog.price_point where tenant_id = $1 and sku = any($2) and at >= $3),
              past as (
                  select sku, at, price_minor, currency,
                         lead(at) over (partition by sku order by at) as ended, max(at) over (partition by sku) as since
                    from catalog.price_point
                   where tenant_id = $1 and sku = any($2) and at < $3)
         select sku, at, price_minor, currency
           from past
          where ended is null or ended > since - make_interval(secs => $4)
          order by sku, at",
    )
    .bind(tenant)
    .bind(skus)
    .bind(now)
    .bind(LOOKED_BACK.as_secs_f64())
    .fetch_all(conn)
    .await?;
    let mut past: HashMap<SkuId, Vec<PricePoint>> = HashMap::new();
    for (sku, at, amount, currency) in rows {
        let price = money(amount, &currency)?;
        past.entry(sku).or_default().push(PricePoint { at, price });
    }
    Ok(past)
}

/// Keeps prices from moments on.
pub async fn put(
    conn: &mut PgConnection,
    tenant: TenantId,
    points: &[(SkuId, PricePoint)],
) -> Result<(), sqlx::Error> {
    if points.is_empty() {
        return Ok(());
    }
    let (mut skus, mut times, mut amounts, mut currencies) = (vec![], vec![], vec![], vec![]);
    for (sku, point) in points {
        skus.push(sku.0);
        times.push(point.at);
        amounts.push(point.price.amount);
        currencies.push(point.price.currency.code());
    }
    sqlx::query(
        "insert into catalog.price_point (tenant_id, sku, at, price_minor, currency)
         select $1, p.sku, p.at, p.price_minor, p.currency
           from unnest($2::uuid[], $3::timestamptz[], $4::bigint[], $5::text[]) as p (sku, at, price_minor, currency)
         on conflict (tenant_id, sku, at) do update set price_minor = excluded.price_minor, currency = excluded.currency",
    )
    .bind(tenant)
    .bind(skus)
    .bind(times)
    .bind(amounts)
    .bind(currencies)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes of which products a sale begins or ends when.
pub async fn note_due(
    conn: &mut PgConnection,
    tenant: TenantId,
    due: &BTreeSet<(DateTime, ProductId)>,
) -> Result<(), sqlx::Error> {
    if due.is_empty() {
        return Ok(());
    }
    let (times, products): (Vec<DateTime>, Vec<Uuid>) = due.iter().map(|(at, id)| (*at, id.0)).unzip();
    sqlx::query(
        "insert into catalog.price_due (tenant_id, at, product_id)
         select $1, d.at, d.product_id from unnest($2::timestamptz[], $3::uuid[]) as d (at, product_id)
         on conflict do nothing",
    )
    .bind(tenant)
    .bind(times)
    .bind(products)
    .execute(conn)
    .await?;
    Ok(())
}

/// The products of which a sale began or ended by `now`, as their listings stand. They are due no more.
pub async fn take_due(
    conn: &mut PgConnection,
    tenant: TenantId,
    now: Timestamp,
) -> Result<Vec<ProductChanged>, sqlx::Error> {
    let rows: Vec<(ProductId, i64, String)> = sqlx::query_as(
        "with due as (delete from catalog.price_due where tenant_id = $1 and at <= $2 returning product_id)
         select l.product_id, d.version, l.status
           from (select distinct product_id from due) as due
           join catalog.listing l using (product_id)
          cross join json_to_record(l.document) as d (version bigint)",
    )
    .bind(tenant)
    .bind(now)
    .fetch_all(conn)
    .await?;
    let changed = |(product, version, status): (ProductId, i64, String)| ProductChanged {
        product,
        tenant,
        version,
        status: status_of(&status),
    };
    Ok(rows.into_iter().map(changed).collect())
}

/// What variants cost until now and are to cost, each in order of time.
pub async fn history(
    conn: &mut PgConnection,
    tenant: TenantId,
    skus: &[Uuid],
    points_max: i64,
) -> Result<BTreeMap<SkuId, Vec<PricePoint>>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(
        "select p.sku, p.at, p.price_minor, p.currency
           from unnest($2::uuid[]) as s (sku)
          cross join lateral (
                select * from catalog.price_point
                 where tenant_id = $1 and sku = s.sku
                 order by at desc
                 limit $3) as p
          order by p.sku, p.at",
    )
    .bind(tenant)
    .bind(skus)
    .bind(points_max)
    .fetch_all(conn)
    .await?;
    let mut found: BTreeMap<SkuId, Vec<PricePoint>> = BTreeMap::new();
    for (sku, at, amount, currency) in rows {
        let price = money(amount, &currency)?;
        found.entry(sku).or_default().push(PricePoint { at, price });
    }
    Ok(found)
}

//! What shops of a place sell, newest first.

use contracts::catalog::Listing;
use kernel::{ProductId, TenantId, Timestamp};
use sqlx::PgPool;
use sqlx::types::Json;
use uuid::Uuid;

/// Of each shop only as many are looked at as the page has, which its index gives in order; documents are read of the page
/// alone. So it costs a look at the index for each shop of the place, whatever else is sold.
const OF_SHOPS: &str = "
select l.document
  from (select n.product_id, n.created_at
          from unnest($1::uuid[]) as s (tenant_id)
         cross join lateral (
               select product_id, created_at
                 from catalog.listing
                where tenant_id = s.tenant_id and status = 'active'
                  and (created_at, product_id) < (coalesce($2::timestamptz, 'infinity'), $3::uuid)
                order by created_at desc, product_id desc
                limit $4) as n
         order by n.created_at desc, n.product_id desc
         limit $4) as p
  join catalog.listing l using (product_id)
 order by p.created_at desc, p.product_id desc";

/// What the shops have for sale, newest first, below `before`.
pub async fn of_shops(
    pool: &PgPool,
    shops: &[TenantId],
    before: Option<(Timestamp, ProductId)>,
    limit: i64,
) -> Result<Vec<Listing>, sqlx::Error> {
    let shops: Vec<Uuid> = shops.iter().map(|shop| shop.0).collect();
    let rows: Vec<Json<Listing>> = sqlx::query_scalar(OF_SHOPS)
        .bind(shops)
        .bind(before.map(|(at, _)| at))
        .bind(before.map_or(Uuid::max(), |(_, id)| id.0))
        .bind(limit)
        .fetch_all(pool)
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};
    use testkit::TestDb;

    /// 120,000 listings of 1,200 shops, of which 300 are asked for; one listing in eight is not for sale.
    const MANY: &str = "
        insert into catalog.listing (product_id, tenant_id, status, created_at, document)
        select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
               ('00000000-0000-7000-9000-' || lpad(to_hex(n % 1200), 12, '0'))::uuid,
               case when n % 8 = 0 then 'draft' else 'active' end,
               timestamptz '2026-01-01' + make_interval(secs => (n::bigint * 7919) % 120000),
               json_build_object('n', n)
          from generate_series(1, 120000) as n";
    const PLAIN: &str = "
        select product_id from catalog.listing
         where tenant_id = any($1) and status = 'active' order by created_at desc, product_id desc limit 24";
    const WITHIN: Duration = Duration::from_millis(100);

    #[tokio::test]
    async fn what_a_place_sells_is_found_by_its_index_in_time() {
        let test_db = TestDb::new(&[crate::schema()]).await;
        let mut owner = test_db.owner().await;
        sqlx::query(MANY).execute(&mut owner).await.expect("listings");
        sqlx::query("vacuum analyze catalog.listing")
            .execute(&mut owner)
            .await
            .expect("statistics");
        let shops: Vec<Uuid> = (0..300)
            .map(|n| Uuid::from_u128((0x7000_9000_u128 << 48) | (n * 4)))
            .collect();
        let db = test_db.db(crate::CONTEXT);
        let ask = |sql: String| {
            sqlx::query_scalar::<_, String>(sqlx::AssertSqlSafe(sql))
                .bind(shops.clone())
                .bind(None::<Timestamp>)
                .bind(Uuid::max())
                .bind(24_i64)
                .fetch_all(db.pool())
        };
        let plan = ask(format!("explain {OF_SHOPS}"))
            .await
            .expect("a plan")
            .join("\n");
        assert!(plan.contains("listing_newest_of_shop"), "{plan}");
        assert!(
            plan.contains("listing_pkey") && !plan.contains("Seq Scan"),
            "{plan}"
        );

        let numbers = OF_SHOPS.replacen("l.document", "l.product_id::text", 1);
        let mut fastest = Duration::MAX;
        let mut found = Vec::new();
        for _ in 0..5 {
            let started = Instant::now();
            found = ask(numbers.clone()).await.expect("a page");
            fastest = fastest.min(started.elapsed());
        }
        println!("{fastest:?} for 300 of 1,200 shops with 120,000 listings");
        assert!(fastest < WITHIN, "{fastest:?}");
        let plain: Vec<Uuid> = sqlx::query_scalar(PLAIN)
            .bind(shops)
            .fetch_all(db.pool())
            .await
            .expect("the same by another way");
        let plain: Vec<String> = plain.iter().map(Uuid::to_string).collect();
        assert_eq!((found.len(), found), (24, plain));
    }
}

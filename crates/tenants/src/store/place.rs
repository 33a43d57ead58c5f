//! Which shops are where, and in which currencies they sell.

use kernel::TenantId;
use sqlx::PgExecutor;

// Two statements, so that each is planned for its own columns of the index.
const IN_COUNTRY: &str = "select tenant_id from tenants.shop where status = 'active' and country = $1";
const IN_REGION: &str =
    "select tenant_id from tenants.shop where status = 'active' and country = $1 and region = $2";

/// Active shops in a country, or in one of its regions.
pub async fn active_in(
    db: impl PgExecutor<'_>,
    country: &str,
    region: Option<&str>,
) -> Result<Vec<TenantId>, sqlx::Error> {
    match region {
        Some(region) => {
            sqlx::query_scalar(IN_REGION)
                .bind(country)
                .bind(region)
                .fetch_all(db)
                .await
        }
        None => sqlx::query_scalar(IN_COUNTRY).bind(country).fetch_all(db).await,
    }
}

/// In which active shops sell, the commonest first.
pub async fn currencies(db: impl PgExecutor<'_>) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(
        "select currency from tenants.shop where status = 'active' group by currency order by count(*) desc, currency",
    )
    .fetch_all(db)
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::Scope;
    use testkit::TestDb;

    /// 20,000 shops over 52 provinces, one in ten of them closed.
    const MANY: &str = "
        insert into tenants.shop (tenant_id, slug, name, story, status, currency, country, region, postcode, town,
                                  return_policy, delivery, owner_id, applied_at, updated_at)
        select gen_random_uuid(), 'shop-' || n, 'Shop', '', case when n % 10 = 0 then 'closed' else 'active' end, 'EUR', 'ES',
               'ES-' || n % 52, '28013', 'Madrid', '', '[]', gen_random_uuid(), now(), now()
          from generate_series(1, 20000) as n";

    #[tokio::test]
    async fn shops_of_a_place_are_found_by_its_index() {
        let test_db = TestDb::new(&[crate::schema()]).await;
        let mut owner = test_db.owner().await;
        sqlx::query(MANY).execute(&mut owner).await.expect("shops");
        sqlx::query("analyze tenants.shop")
            .execute(&mut owner)
            .await
            .expect("statistics");
        let db = test_db.db(crate::CONTEXT);
        let mut tx = db.begin(Scope::System).await.expect("begins");
        for (sql, region) in [(IN_REGION, Some("ES-7")), (IN_COUNTRY, None)] {
            let expected: i64 = sqlx::query_scalar(
                "select count(*) from tenants.shop where status = 'active' and ($1::text is null or region = $1)",
            )
            .bind(region)
            .fetch_one(&mut *tx)
            .await
            .expect("a number");
            let found = active_in(&mut *tx, "ES", region).await.expect("shops");
            assert!(expected > 100);
            assert_eq!(found.len() as i64, expected, "{sql}");
        }
        let explained = format!("explain {IN_REGION}");
        let plan: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(explained))
            .bind("ES")
            .bind("ES-7")
            .fetch_all(&mut *tx)
            .await
            .expect("a plan");
        let plan = plan.join("\n");
        assert!(
            plan.contains("shop_active_place") && !plan.contains("Seq Scan"),
            "{plan}"
        );
    }
}

//! What few products have, each in a table of its own: `tenant_id`, `product_id`, and a document that is called as its table
//! is. Where there is nothing, there is no row.

use kernel::{ProductId, TenantId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, PgConnection};
use std::collections::HashMap;
use uuid::Uuid;

/// How products are made to order.
pub const MAKING: Aside = Aside("making");
/// Which files of theirs are downloaded, and on what terms.
pub const DIGITAL: Aside = Aside("digital");

/// One of these tables.
#[derive(Clone, Copy, Debug)]
pub struct Aside(&'static str);

#[derive(Serialize)]
struct Row<'a, T> {
    product_id: ProductId,
    told: Option<&'a T>,
}

impl Aside {
    /// What those of these products have that have it.
    pub async fn of_products<T: DeserializeOwned + Send + Unpin + 'static>(
        self,
        conn: &mut PgConnection,
        tenant: TenantId,
        products: &[Uuid],
    ) -> Result<HashMap<ProductId, T>, sqlx::Error> {
        let Self(name) = self;
        let rows: Vec<(ProductId, Json<T>)> = sqlx::query_as(AssertSqlSafe(format!(
            "select product_id, {name}
               from catalog.{name}
              where tenant_id = $1 and product_id = any($2)"
        )))
        .bind(tenant)
        .bind(products)
        .fetch_all(conn)
        .await?;
        Ok(rows.into_iter().map(|(id, told)| (id, told.0)).collect())
    }

    /// Writes what these products have now: those that have it no longer lose their row.
    pub async fn put<'a, T: Serialize + 'a>(
        self,
        conn: &mut PgConnection,
        tenant: TenantId,
        products: impl Iterator<Item = (ProductId, Option<&'a T>)>,
    ) -> Result<(), sqlx::Error> {
        let Self(name) = self;
        let rows: Vec<Row<'_, T>> = products
            .map(|(product_id, told)| Row { product_id, told })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        sqlx::query(AssertSqlSafe(format!(
            "with given as (
                 select g.product_id, g.told from jsonb_to_recordset($2) as g (product_id uuid, told jsonb)
             ), gone as (
                 delete from catalog.{name} t
                  using given g
                  where t.tenant_id = $1 and t.product_id = g.product_id and g.told is null
             )
             insert into catalog.{name} (tenant_id, product_id, {name})
             select $1, g.product_id, g.told from given g where g.told is not null
             on conflict (tenant_id, product_id) do update set {name} = excluded.{name}"
        )))
        .bind(tenant)
        .bind(Json(rows))
        .execute(conn)
        .await?;
        Ok(())
    }
}

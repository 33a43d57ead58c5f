//! Where products are in the tree, by one statement.

use crate::domain::category::CategoryPath;
use contracts::catalog::ProductPlace;
use kernel::{ProductId, TenantId};
use sqlx::PgConnection;
use uuid::Uuid;

pub async fn places(
    conn: &mut PgConnection,
    products: &[(TenantId, ProductId)],
) -> Result<Vec<ProductPlace>, sqlx::Error> {
    let (tenants, ids): (Vec<Uuid>, Vec<Uuid>) = products.iter().map(|(of, id)| (of.0, id.0)).unzip();
    let rows: Vec<(ProductId, String)> = sqlx::query_as(
        "select p.id, c.path::text
           from unnest($1::uuid[], $2::uuid[]) as wanted (tenant_id, id)
           join catalog.product p on p.tenant_id = wanted.tenant_id and p.id = wanted.id
           join catalog.category c on c.id = p.category_id",
    )
    .bind(tenants)
    .bind(ids)
    .fetch_all(conn)
    .await?;
    let place = |(product, path): (ProductId, String)| ProductPlace {
        product,
        path: CategoryPath::of_ltree(&path),
    };
    Ok(rows.into_iter().map(place).collect())
}

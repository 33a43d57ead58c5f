//! One product, as its seller works on it.

use contracts::catalog::moderation::Review;
use contracts::catalog::{CodedSku, Listing, Translations};
use kernel::{ProductId, SkuId, TenantId, Timestamp};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// Its key and version, unless it is deleted.
pub async fn key_and_version(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ProductId,
) -> Result<Option<(String, i64)>, sqlx::Error> {
    let row = sqlx::query!(
        "select key, version from catalog.product where tenant_id = $1 and id = $2 and deleted_at is null",
        tenant.0,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.key, row.version)))
}

/// Marks them deleted and archived under their next versions. Their codes are free; their keys wait to revive them.
pub async fn delete(
    conn: &mut PgConnection,
    tenant: TenantId,
    ids: &[Uuid],
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with gone as (
            update catalog.variant set removed_at = $3
             where tenant_id = $1 and product_id = any($2) and removed_at is null)
         update catalog.product
            set status = 'archived', version = version + 1, content_hash = null, updated_at = $3, deleted_at = $3
          where tenant_id = $1 and id = any($2)",
    )
    .bind(tenant)
    .bind(ids)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// The listings of those that are not deleted.
pub async fn live_listings(
    conn: &mut PgConnection,
    tenant: TenantId,
    ids: &[Uuid],
) -> Result<Vec<Listing>, sqlx::Error> {
    let rows: Vec<Json<Listing>> = sqlx::query_scalar(
        "select coalesce(h.document, l.document)
           from catalog.product p
           join catalog.listing l on l.product_id = p.id
           left join catalog.held h on h.tenant_id = p.tenant_id and h.product_id = p.id
          where p.tenant_id = $1 and p.id = any($2) and p.deleted_at is null",
    )
    .bind(tenant)
    .bind(ids)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// The live product that has this key.
pub async fn id_by_key(
    conn: &mut PgConnection,
    tenant: TenantId,
    key: &str,
) -> Result<Option<ProductId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select id as "id: ProductId" from catalog.product where tenant_id = $1 and key = $2 and deleted_at is null"#,
        tenant.0,
        key
    )
    .fetch_optional(conn)
    .await
}

/// A product as its seller sees it.
#[derive(Clone, Debug, PartialEq, serde::Serialize, utoipa::ToSchema)]
pub struct OwnProduct {
    /// The seller's own key: uploads with this key change this product.
    pub key: String,
    /// The description as it was written.
    pub description: String,
    /// Where buyers do not see it as it is: it waits, or was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<Review>,
    /// The words in other languages as they were written.
    pub written: Translations,
    #[serde(flatten)]
    pub listing: Listing,
}

pub async fn own(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: ProductId,
) -> Result<Option<OwnProduct>, sqlx::Error> {
    let row: Option<(String, String, Json<Listing>)> = sqlx::query_as(
        "select p.key, p.description, coalesce(h.document, l.document)
           from catalog.product p
           join catalog.listing l on l.product_id = p.id
           left join catalog.held h on h.tenant_id = p.tenant_id and h.product_id = p.id
          where p.tenant_id = $1 and p.id = $2 and p.deleted_at is null",
    )
    .bind(tenant)
    .bind(id)
    .fetch_optional(&mut *conn)
    .await?;
    let words = match &row {
        Some((_, _, listing)) if !listing.0.translations.is_empty() => {
            super::translations::of(conn, tenant, &[id.0]).await?.remove(&id)
        }
        _ => None,
    };
    Ok(row.map(|(key, description, listing)| OwnProduct {
        key,
        description,
        review: None,
        written: words.unwrap_or_default().translations,
        listing: listing.0.without_prices(),
    }))
}

/// A shop's SKUs by its own codes; those taken out of their product are left out.
pub async fn skus_by_code(
    conn: &mut PgConnection,
    tenant: TenantId,
    codes: &[String],
) -> Result<Vec<CodedSku>, sqlx::Error> {
    let rows: Vec<(String, SkuId, ProductId)> = sqlx::query_as(
        "select code, sku, product_id from catalog.variant
          where tenant_id = $1 and code = any($2) and removed_at is null",
    )
    .bind(tenant)
    .bind(codes)
    .fetch_all(conn)
    .await?;
    let coded = rows.into_iter();
    Ok(coded
        .map(|(code, sku, product)| CodedSku { code, sku, product })
        .collect())
}

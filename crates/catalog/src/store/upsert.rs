//! The statements of one batch of drafts: each touches any number of rows.

use super::rows::{ProductRow, VariantRow, VersionRow, money, status_name, status_of};
use super::{aside, translations};
use crate::domain::ImageAddress;
use crate::domain::change::{Content, KeptVariant};
use contracts::catalog::history::VersionCause;
use contracts::catalog::{
    Attributes, Dimensions, Listing, OptionValue, Picture, ProductStatus, QuantityBreak, Sale,
};
use kernel::{Actor, CategoryId, ImportId, ProductId, SkuId, TenantId, Timestamp};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::HashMap;
use uuid::Uuid;

/// A product that is there already.
#[derive(Clone, Debug)]
pub struct Existing {
    pub id: ProductId,
    pub version: i64,
    pub content_hash: Option<Vec<u8>>,
    pub status: ProductStatus,
    pub created_at: Timestamp,
}

/// A variant that is there already, possibly of another product or removed.
#[derive(Clone, Debug)]
pub struct ExistingVariant {
    pub product: ProductId,
    pub kept: KeptVariant,
    pub stock_given: Option<i64>,
    pub removed: bool,
}

/// One shop's catalogue is changed by one transaction at a time: what a batch finds stays true until it commits,
/// and its events stand in the log in the order of their versions. No category is removed meanwhile
/// ([`super::category_removal::lock`]): that lock is shared and comes second, so that nobody holds it who waits for a shop.
pub async fn lock_shop(conn: &mut PgConnection, tenant: TenantId) -> Result<(), sqlx::Error> {
    sqlx::query(
        "select pg_advisory_xact_lock(hashtextextended('catalog ' || $1::text, 0)),
                pg_advisory_xact_lock_shared(hashtextextended('catalog categories', 0))",
    )
    .bind(tenant.0.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

/// Products by key.
pub async fn existing(
    conn: &mut PgConnection,
    tenant: TenantId,
    keys: &[String],
) -> Result<HashMap<String, Existing>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select key, id as "id: ProductId", version, content_hash, status, created_at
             from catalog.product
            where tenant_id = $1 and key = any($2)"#,
        tenant.0,
        keys
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let existing = Existing {
                id: row.id,
                version: row.version,
                content_hash: row.content_hash,
                status: status_of(&row.status),
                created_at: row.created_at,
            };
            (row.key, existing)
        })
        .collect())
}

/// Variants of these products, and live variants of any product with these codes.
pub async fn variants(
    conn: &mut PgConnection,
    tenant: TenantId,
    products: &[Uuid],
    codes: &[String],
) -> Result<Vec<ExistingVariant>, sqlx::Error> {
    let rows: Vec<VariantColumns> = sqlx::query_as(
        "select sku, product_id, code, options, price_minor, compare_at_minor, sale, breaks, dimensions, currency, weight_g, gtin,
                stock_given, removed_at is not null as removed
           from catalog.variant
          where tenant_id = $1 and (product_id = any($2) or (code = any($3) and removed_at is null))
          order by position",
    )
    .bind(tenant)
    .bind(products)
    .bind(codes)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            let price = money(row.price_minor, &row.currency)?;
            let compare_at = row
                .compare_at_minor
                .map(|c| money(c, &row.currency))
                .transpose()?;
            Ok(ExistingVariant {
                product: row.product_id,
                kept: KeptVariant {
                    sku: row.sku,
                    code: row.code,
                    options: row.options.0,
                    price,
                    compare_at,
                    sale: row.sale.map(|sale| sale.0),
                    breaks: row.breaks.0,
                    dimensions: row.dimensions.map(|dimensions| dimensions.0),
                    weight_g: u32::try_from(row.weight_g).unwrap_or(u32::MAX),
                    gtin: row.gtin,
                },
                stock_given: row.stock_given,
                removed: row.removed,
            })
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct VariantColumns {
    sku: SkuId,
    product_id: ProductId,
    code: String,
    options: Json<Vec<OptionValue>>,
    price_minor: i64,
    compare_at_minor: Option<i64>,
    sale: Option<Json<Sale>>,
    breaks: Json<Vec<QuantityBreak>>,
    currency: String,
    dimensions: Option<Json<Dimensions>>,
    weight_g: i64,
    gtin: Option<String>,
    stock_given: Option<i64>,
    removed: bool,
}

/// What these products hold, without their variants.
pub async fn contents(
    conn: &mut PgConnection,
    tenant: TenantId,
    products: &[Uuid],
) -> Result<HashMap<ProductId, Content>, sqlx::Error> {
    let mut makings = aside::MAKING.of_products(conn, tenant, products).await?;
    let mut digitals = aside::DIGITAL.of_products(conn, tenant, products).await?;
    let rows = sqlx::query!(
        r#"select id as "id: ProductId", title, description, brand, category_id as "category: CategoryId",
                  attributes as "attributes: Json<Attributes>", tags as "tags: Json<Vec<String>>", tax_category,
                  images as "images: Json<Vec<Picture>>", image_addresses as "image_addresses: Json<Vec<ImageAddress>>", status
             from catalog.product
            where tenant_id = $1 and id = any($2)"#,
        tenant.0,
        products
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut words = translations::of(conn, tenant, products).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let own = words.remove(&row.id).unwrap_or_default();
            let content = Content {
                title: row.title,
                description: row.description,
                language: own.language,
                translations: own.translations,
                brand: row.brand,
                category: row.category,
                attributes: row.attributes.0,
                tags: row.tags.0,
                tax_category: row.tax_category,
                status: status_of(&row.status),
                images: row.images.0,
                image_addresses: row.image_addresses.0,
                making: makings.remove(&row.id),
                digital: digitals.remove(&row.id),
                variants: Vec::new(),
            };
            (row.id, content)
        })
        .collect())
}

/// Adds products or changes them as a whole; a deleted one is there again.
pub async fn put_products(
    conn: &mut PgConnection,
    tenant: TenantId,
    now: Timestamp,
    rows: &[ProductRow<'_>],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into catalog.product (tenant_id, id, key, slug, title, description, description_html, brand, category_id,
                attributes, tags, tax_category, images, image_addresses, status, version, content_hash, created_at, updated_at)
         select $1, p.id, p.key, p.slug, p.title, p.description, p.description_html, p.brand, p.category_id,
                p.attributes, p.tags, p.tax_category, p.images, p.image_addresses, p.status, p.version, p.content_hash, p.created_at, $2
           from jsonb_to_recordset($3) as p (id uuid, key text, slug text, title text, description text,
                description_html text, brand text, category_id uuid, attributes jsonb, tags jsonb, tax_category text, images jsonb,
                image_addresses jsonb, status text, version bigint, content_hash bytea, created_at timestamptz)
         on conflict (tenant_id, id) do update set
                slug = excluded.slug, title = excluded.title, description = excluded.description,
                description_html = excluded.description_html, brand = excluded.brand, category_id = excluded.category_id,
                attributes = excluded.attributes, tags = excluded.tags, tax_category = excluded.tax_category, images = excluded.images,
                image_addresses = excluded.image_addresses, status = excluded.status, version = excluded.version,
                content_hash = excluded.content_hash, updated_at = excluded.updated_at, deleted_at = null",
        tenant.0,
        now,
        Json(rows) as _
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes variants out of sale. Their SKUs stay: orders name them.
pub async fn remove_variants(
    conn: &mut PgConnection,
    tenant: TenantId,
    now: Timestamp,
    skus: &[Uuid],
) -> Result<(), sqlx::Error> {
    if skus.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update catalog.variant set removed_at = $2 where tenant_id = $1 and sku = any($3)",
        tenant.0,
        now,
        skus
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn put_variants(
    conn: &mut PgConnection,
    tenant: TenantId,
    rows: &[VariantRow<'_>],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into catalog.variant (tenant_id, sku, product_id, position, code, options, price_minor, compare_at_minor,
                sale, breaks, dimensions, currency, weight_g, gtin)
         select $1, v.sku, v.product_id, v.position, v.code, v.options, v.price_minor, v.compare_at_minor, v.sale, v.breaks,
                v.dimensions, v.currency, v.weight_g, v.gtin
           from jsonb_to_recordset($2) as v (sku uuid, product_id uuid, position int, code text, options jsonb,
                price_minor bigint, compare_at_minor bigint, sale jsonb, breaks jsonb, dimensions jsonb, currency text, weight_g bigint,
                gtin text)
         on conflict (tenant_id, sku) do update set
                position = excluded.position, code = excluded.code, options = excluded.options,
                price_minor = excluded.price_minor, compare_at_minor = excluded.compare_at_minor, sale = excluded.sale,
                breaks = excluded.breaks, dimensions = excluded.dimensions, currency = excluded.currency, weight_g = excluded.weight_g, gtin = excluded.gtin,
                removed_at = null",
    )
    .bind(tenant)
    .bind(Json(rows))
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn add_offers(
    conn: &mut PgConnection,
    tenant: TenantId,
    skus: &[Uuid],
    products: &[Uuid],
) -> Result<(), sqlx::Error> {
    if skus.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into catalog.offer (sku, product_id, tenant_id)
         select o.sku, o.product_id, $1
           from unnest($2::uuid[], $3::uuid[]) as o (sku, product_id)",
        tenant.0,
        skus,
        products
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Shows buyers the present face of products.
pub async fn put_listings<'a>(
    conn: &mut PgConnection,
    tenant: TenantId,
    listings: impl Iterator<Item = &'a Listing>,
) -> Result<(), sqlx::Error> {
    let (mut ids, mut statuses, mut times, mut documents) = (vec![], vec![], vec![], vec![]);
    for listing in listings {
        ids.push(listing.id.0);
        statuses.push(status_name(listing.status).to_owned());
        times.push(listing.created_at);
        let document = serde_json::to_string(listing).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
        documents.push(document);
    }
    sqlx::query!(
        "insert into catalog.listing (product_id, tenant_id, status, created_at, document)
         select l.product_id, $1, l.status, l.created_at, l.document::json
           from unnest($2::uuid[], $3::text[], $4::timestamptz[], $5::text[])
                as l (product_id, status, created_at, document)
         on conflict (product_id) do update set status = excluded.status, document = excluded.document",
        tenant.0,
        &ids,
        &statuses,
        &times,
        &documents
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Who made versions, and what brought them about.
pub struct MadeBy<'a> {
    pub actor: &'a Actor,
    pub cause: Option<VersionCause>,
    pub import: Option<ImportId>,
}

pub async fn add_versions(
    conn: &mut PgConnection,
    tenant: TenantId,
    now: Timestamp,
    by: MadeBy<'_>,
    rows: &[VersionRow],
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into catalog.product_version (tenant_id, product_id, version, at, actor, cause, import_id, change)
         select $1, v.product_id, v.version, $2, $3, $4, $5, v.change
           from jsonb_to_recordset($6) as v (product_id uuid, version bigint, change jsonb)",
    )
    .bind(tenant)
    .bind(now)
    .bind(Json(by.actor))
    .bind(by.cause.map(Json))
    .bind(by.import)
    .bind(Json(rows))
    .execute(conn)
    .await?;
    Ok(())
}

//! Rows on their way into the database. A batch of them travels as one jsonb parameter and is taken apart by
//! `jsonb_to_recordset`, so the fields are named after the columns.

use crate::domain::{ImageAddress, ParsedDraft};
use contracts::catalog::{
    Attributes, Dimensions, Listing, OptionValue, Picture, ProductStatus, QuantityBreak, Sale,
};
use kernel::{CategoryId, Money, ProductId, SkuId, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::Value;

#[derive(Debug, Serialize)]
pub struct ProductRow<'a> {
    pub id: ProductId,
    pub key: &'a str,
    pub slug: &'a str,
    pub title: &'a str,
    pub description: &'a str,
    pub description_html: &'a str,
    pub brand: &'a str,
    pub category_id: Option<CategoryId>,
    pub attributes: &'a Attributes,
    pub tags: &'a [String],
    pub tax_category: &'a str,
    pub images: &'a [Picture],
    pub image_addresses: &'a [ImageAddress],
    pub status: ProductStatus,
    pub version: i64,
    #[serde(serialize_with = "as_bytea")]
    pub content_hash: Option<[u8; 32]>,
    pub created_at: Timestamp,
}

impl<'a> ProductRow<'a> {
    pub fn of(draft: &'a ParsedDraft, listing: &'a Listing, content_hash: Option<[u8; 32]>) -> Self {
        Self {
            id: listing.id,
            key: &draft.key,
            slug: &draft.slug,
            title: &draft.title,
            description: &draft.description,
            description_html: &draft.description_html,
            brand: &draft.brand,
            category_id: listing.category.as_ref().map(|c| c.id),
            attributes: &draft.attributes,
            tags: &draft.tags,
            tax_category: &listing.tax_category,
            images: &draft.images,
            image_addresses: &draft.image_addresses,
            status: listing.status,
            version: listing.version,
            content_hash,
            created_at: listing.created_at,
        }
    }
}

#[derive(Debug, Serialize)]
pub struct VariantRow<'a> {
    pub sku: SkuId,
    pub product_id: ProductId,
    pub position: usize,
    pub code: &'a str,
    pub options: &'a [OptionValue],
    pub price_minor: i64,
    pub compare_at_minor: Option<i64>,
    pub sale: Option<&'a Sale>,
    pub breaks: &'a [QuantityBreak],
    pub currency: &'static str,
    pub dimensions: Option<Dimensions>,
    pub weight_g: u32,
    pub gtin: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub struct VersionRow {
    pub product_id: ProductId,
    pub version: i64,
    pub change: Value,
}

/// PostgreSQL's text form of bytes.
fn as_bytea<S: Serializer>(bytes: &Option<[u8; 32]>, serializer: S) -> Result<S::Ok, S::Error> {
    let Some(bytes) = bytes else {
        return serializer.serialize_none();
    };
    let mut text = String::with_capacity(66);
    text.push_str("\\x");
    for byte in bytes {
        text.push(char::from(b"0123456789abcdef"[usize::from(byte >> 4)]));
        text.push(char::from(b"0123456789abcdef"[usize::from(byte & 15)]));
    }
    serializer.serialize_str(&text)
}

/// The status as its column has it.
pub fn status_name(status: ProductStatus) -> &'static str {
    match status {
        ProductStatus::Draft => "draft",
        ProductStatus::Active => "active",
        ProductStatus::Inactive => "inactive",
        ProductStatus::Archived => "archived",
    }
}

/// The check constraint lets no other name in.
pub fn status_of(name: &str) -> ProductStatus {
    match name {
        "active" => ProductStatus::Active,
        "inactive" => ProductStatus::Inactive,
        "archived" => ProductStatus::Archived,
        _ => ProductStatus::Draft,
    }
}

/// An amount from its columns; the check constraint and our own writes let only known currencies in.
pub fn money(amount: i64, currency: &str) -> Result<Money, sqlx::Error> {
    let currency = currency.parse().map_err(|e| sqlx::Error::Decode(Box::new(e)))?;
    Ok(Money::new(amount, currency))
}

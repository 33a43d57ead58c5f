//! What is for sale: products, their variants, categories.

use crate::service::{public_event, service};
use kernel::{CategoryId, DateTime, ImageId, Money, ProductId, SkuId, TenantId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductStatus {
    Draft,
    Active,
    Inactive,
    Archived,
}

/// A typed attribute value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum AttributeValue {
    Bool(bool),
    Number(f64),
    Text(String),
    Many(Vec<String>),
}

pub type Attributes = BTreeMap<String, AttributeValue>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Variant {
    pub sku: SkuId,
    /// The seller's own article number.
    pub code: String,
    /// Option names and values, such as size: M. Empty for a product without variants.
    pub options: Vec<OptionValue>,
    pub price: Money,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare_at: Option<Money>,
    pub weight_g: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OptionValue {
    pub name: String,
    pub value: String,
}

/// A product as buyers and the search index see it: everything a page needs, in one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Listing {
    pub id: ProductId,
    pub tenant: TenantId,
    pub version: i64,
    pub status: ProductStatus,
    pub slug: String,
    pub title: String,
    /// Sanitised HTML.
    pub description_html: String,
    pub brand: String,
    pub category: Option<CategoryRef>,
    pub attributes: Attributes,
    pub tags: Vec<String>,
    pub images: Vec<Picture>,
    /// At least one; the first is shown first.
    pub variants: Vec<Variant>,
    pub created_at: DateTime,
    pub updated_at: DateTime,
}

/// A category and the path that leads to it, root first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CategoryRef {
    pub id: CategoryId,
    /// Slugs from the root, joined by `/`.
    #[schema(example = "ceramics/bowls")]
    pub path: String,
    pub name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Picture {
    pub image: ImageId,
    pub alt: String,
    pub width: u32,
    pub height: u32,
    /// Path below the site's root; content-addressed, so it may be cached for ever.
    pub url: String,
}

impl Picture {
    /// Widths that are kept beside the largest, of pictures that are wider.
    pub const SMALLER_WIDTHS: [u32; 2] = [640, 320];

    /// Every size of the picture: its width and address, the smallest first. A drawing has one.
    #[must_use]
    pub fn sizes(&self) -> Vec<(u32, String)> {
        let mut sizes = vec![(self.width, self.url.clone())];
        if let Some((stem, extension)) = self.url.rsplit_once('.')
            && extension != "svg"
        {
            let smaller = Self::SMALLER_WIDTHS.iter().filter(|w| **w < self.width);
            sizes.extend(smaller.map(|w| (*w, format!("{stem}-{w}.{extension}"))));
        }
        sizes.reverse();
        sizes
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Category {
    pub id: CategoryId,
    pub path: String,
    pub slug: String,
    pub name: String,
    #[serde(default)]
    pub name_es: String,
    pub depth: u16,
    pub position: i32,
}

/// What the cart and the till must know of a SKU.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    pub sku: SkuId,
    pub product: ProductId,
    pub tenant: TenantId,
    pub code: String,
    pub title: String,
    pub slug: String,
    pub options: Vec<OptionValue>,
    pub price: Money,
    pub weight_g: u32,
    pub image: Option<Picture>,
    /// Whether it may be bought at all (status active, not deleted); stock is inventory's matter.
    pub for_sale: bool,
}

/// A product as a seller (or a file of theirs) describes it. `key` is the seller's own, and makes uploads repeatable.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProductDraft {
    pub key: String,
    pub title: String,
    /// HTML or Markdown; sanitised on the way in.
    pub description: String,
    pub brand: String,
    /// Path of slugs; created on the way when the operator allows it, else matched.
    pub category: Option<String>,
    pub attributes: Attributes,
    pub tags: Vec<String>,
    pub status: Option<ProductStatus>,
    pub images: Vec<DraftImage>,
    pub variants: Vec<VariantDraft>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DraftImage {
    /// Already stored.
    Stored(Picture),
    /// Known by its address only; fetched later by the guarded fetcher.
    Address { url: String, alt: String },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VariantDraft {
    pub code: String,
    pub options: Vec<OptionValue>,
    pub price: Money,
    pub compare_at: Option<Money>,
    pub weight_g: u32,
    pub gtin: Option<String>,
    /// Units to have on hand; left alone when absent.
    pub stock: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UpsertCounts {
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
}

/// A category the operator keeps, with names in both languages of the storefront.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryDraft {
    pub path: String,
    pub name: String,
    pub name_es: String,
    pub position: i32,
}

/// A picture to be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPicture {
    pub bytes: Vec<u8>,
    pub alt: String,
}

service! {
    /// The catalogue context.
    Catalog as "catalog", remote RemoteCatalog, served ServedCatalog {
        /// Offers by SKU; unknown SKUs are left out.
        fn offers(skus: Vec<SkuId>) -> Vec<Offer>;
        /// Listings by product, whatever their status; unknown ones are left out.
        fn listings(ids: Vec<ProductId>) -> Vec<Listing>;
        /// The whole tree, parents before children.
        fn categories() -> Vec<Category>;
        /// Newest active listings (of one shop, if given).
        fn newest(tenant: Option<TenantId>, limit: u16) -> Vec<Listing>;
        /// Product ids above `after` in id order, in any status: for rebuilding an index.
        fn scan(after: Option<ProductId>, limit: u16) -> Vec<ProductId>;
        /// As `scan`, of one shop: for what follows a shop's opening or closing.
        fn scan_shop(tenant: TenantId, after: Option<ProductId>, limit: u16) -> Vec<ProductId>;
        /// Writes a batch of drafts of one shop, stock included: set-based, repeatable by key.
        fn upsert(tenant: TenantId, drafts: Vec<ProductDraft>) -> UpsertCounts;
        fn upsert_categories(categories: Vec<CategoryDraft>) -> ();
        /// Stores a picture by content; the same bytes give the same picture.
        fn store_image(bytes: Vec<u8>, alt: String) -> Picture;
        /// As `store_image`, for many at once; answers in their order.
        fn store_images(pictures: Vec<NewPicture>) -> Vec<Picture>;
        /// Stored pictures by id, without words; unknown ones are left out.
        fn pictures(ids: Vec<ImageId>) -> Vec<Picture>;
    }
}

public_event! {
    /// A product was created or changed in any way; read it anew.
    "catalog.product_changed" ProductChanged { product: ProductId, tenant: TenantId, version: i64, status: ProductStatus } key product, tenant |e| Some(e.tenant)
}

//! What is for sale: products, their variants, categories.

mod dimensions;
pub mod gtin;
pub mod history;
mod item;
pub mod moderation;
pub mod price;
pub mod schedule;
mod schema;
pub mod uploads;
mod words;

pub use dimensions::Dimensions;
pub use item::{ItemOffer, ItemProposal, OfferStanding, WinningRule};
pub use price::{DraftSale, PricePoint, QuantityBreak, Sale};
pub use schema::{
    AttributeChoice, AttributeKind, CategoryAttribute, CategoryChange, CategoryDesk, CategoryDossier,
    CategoryPatch, CategorySchema, NeedyListing, NeedyListings, NewCategory, RemoteCategoryDesk,
    ServedCategoryDesk, TendedCategory,
};
pub use words::{Titles, TranslatedWords, Translation, Translations};

use crate::Blob;
use crate::digital::{Digital, DigitalChoice, DigitalFile};
use crate::making::Making;
use crate::service::{public_event, service};
use kernel::{CategoryId, Cursor, DateTime, ImageId, ImportId, Money, Page, ProductId, SkuId, TenantId};
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
    /// What one unit costs. Buyers read what is asked now; its seller reads the base price, which is asked outside sales.
    pub price: Money,
    /// What the price is compared with: during a sale the base price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare_at: Option<Money>,
    /// The lowest price of the thirty days before the present one, where that is compared with another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lowest_30_days: Option<Money>,
    /// One that is on or to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale: Option<Sale>,
    /// Quantities from which each unit costs less, in rising order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<QuantityBreak>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<Dimensions>,
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
    /// Of these words, if the seller said: a tag of BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "en")]
    pub language: Option<String>,
    /// The same words in other languages, by their tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<String, TranslatedWords>,
    pub brand: String,
    pub category: Option<CategoryRef>,
    pub attributes: Attributes,
    pub tags: Vec<String>,
    /// The code of its tax category.
    #[serde(default = "crate::taxes::standard")]
    #[schema(example = "standard")]
    pub tax_category: String,
    pub images: Vec<Picture>,
    /// At least one; the first is shown first.
    pub variants: Vec<Variant>,
    /// How it is made to order; absent for plain goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub making: Option<Box<Making>>,
    /// Its files; absent for what is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digital: Option<Box<Digital>>,
    /// Prices by variant, those of the past that matter still and those to come. Only of listings as they are kept, and
    /// only of variants whose price is not the same for ever.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    #[schema(ignore)]
    pub price_points: BTreeMap<SkuId, Vec<PricePoint>>,
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

/// Where a product is in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductPlace {
    pub product: ProductId,
    /// Of its category, such as `home/ceramics`.
    pub path: String,
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
    /// Of one unit, now. Of several [`Offer::unit_price`] tells.
    pub price: Money,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<QuantityBreak>,
    pub weight_g: u32,
    /// The path of its category, root first, joined by `/`.
    #[serde(default)]
    pub category: Option<String>,
    /// The code of its tax category.
    #[serde(default = "crate::taxes::standard")]
    pub tax_category: String,
    pub image: Option<Picture>,
    /// How it is made to order; none for plain goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub making: Option<Box<Making>>,
    /// Its files; none for what is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digital: Option<Box<Digital>>,
    /// Whether it may be bought at all (status active, not deleted); stock is inventory's matter.
    pub for_sale: bool,
}

/// A SKU and the seller's own code for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodedSku {
    pub code: String,
    pub sku: SkuId,
    pub product: ProductId,
}

/// A product as a seller (or a file of theirs) describes it. `key` is the seller's own, and makes uploads repeatable.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProductDraft {
    pub key: String,
    pub title: String,
    /// HTML or Markdown; sanitised on the way in.
    pub description: String,
    /// Of these words; as it was where absent, and nobody's where empty.
    #[serde(default)]
    pub language: Option<String>,
    /// The same in other languages, all of them; as they were where absent.
    #[serde(default)]
    pub translations: Option<Translations>,
    pub brand: String,
    /// Path of slugs; created on the way when the operator allows it, else matched.
    pub category: Option<String>,
    pub attributes: Attributes,
    pub tags: Vec<String>,
    /// The code of its tax category; as it was, or `standard` for a new product, where absent.
    pub tax_category: Option<String>,
    pub status: Option<ProductStatus>,
    pub images: Vec<DraftImage>,
    /// How it is made to order; as it was where absent. One that asks nothing makes it plain goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub making: Option<Box<Making>>,
    /// Which files its buyers download; as it was where absent. One without files makes it a product that is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digital: Option<Box<DigitalChoice>>,
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
    /// The base price, which is asked outside sales.
    pub price: Money,
    pub compare_at: Option<Money>,
    #[serde(default, skip_serializing_if = "DraftSale::is_kept")]
    pub sale: DraftSale,
    /// As they were where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breaks: Option<Vec<QuantityBreak>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<Dimensions>,
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
    /// What its products say of themselves; as it was where absent.
    #[serde(default)]
    pub attributes: Option<Vec<CategoryAttribute>>,
}

/// What the address of a product's page is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductAddress {
    pub id: ProductId,
    pub slug: String,
    pub updated_at: DateTime,
}

/// A picture to be stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPicture {
    #[serde(with = "crate::blob")]
    pub bytes: Vec<u8>,
    pub alt: String,
}

service! {
    /// The catalogue context.
    Catalog as "catalog", remote RemoteCatalog, served ServedCatalog {
        /// Offers by SKU; unknown SKUs are left out.
        fn offers(skus: Vec<SkuId>) -> Vec<Offer>;
        /// A shop's SKUs by the seller's own codes; unknown codes are left out.
        fn skus_by_code(tenant: TenantId, codes: Vec<String>) -> Vec<CodedSku>;
        /// Listings by product, whatever their status; unknown ones are left out.
        fn listings(ids: Vec<ProductId>) -> Vec<Listing>;
        /// As `listings`, as they are now and not as somebody remembers them: for those whom the log tells of changes, and who
        /// would otherwise keep what was there before.
        fn listings_now(ids: Vec<ProductId>) -> Vec<Listing>;
        /// The whole tree, parents before children.
        fn categories() -> Vec<Category>;
        /// As `categories`, as they are now.
        fn categories_now() -> Vec<Category>;
        /// What the products of a category say of themselves, what it inherits first; nothing for an unknown path.
        fn category_attributes(path: String) -> Vec<CategoryAttribute>;
        /// All shops' offers of the item that a product is an offer of, the one put first in front; nothing where it is the only one.
        fn item_offers(product: ProductId) -> Vec<ItemOffer>;
        /// Of each item that one of these is an offer of and that has several: all its products, whatever their status.
        fn items_of(products: Vec<ProductId>) -> Vec<Vec<ProductId>>;
        /// Puts each item's offers in the order of the marketplace's rule, the winner first.
        fn rank_offers(items: Vec<Vec<OfferStanding>>) -> Vec<Vec<ProductId>>;
        /// What the products of each category say of themselves, parents before children; categories without are left out.
        fn schemas() -> Vec<CategorySchema>;
        /// As `schemas`, as they are now.
        fn schemas_now() -> Vec<CategorySchema>;
        /// In which category shops' products are; those that are gone or in none are left out.
        fn categories_of(products: Vec<(TenantId, ProductId)>) -> Vec<ProductPlace>;
        /// Newest active listings (of one shop, if given).
        fn newest(tenant: Option<TenantId>, limit: u16) -> Vec<Listing>;
        /// Product ids above `after` in id order, in any status: for rebuilding an index.
        fn scan(after: Option<ProductId>, limit: u16) -> Vec<ProductId>;
        /// As `scan`, of one shop: for what follows a shop's opening or closing.
        fn scan_shop(tenant: TenantId, after: Option<ProductId>, limit: u16) -> Vec<ProductId>;
        /// Where a shop's products that are for sale stand, by id.
        fn addresses(tenant: TenantId, after: Option<ProductId>, limit: u16) -> Vec<ProductAddress>;
        /// Writes a batch of drafts of one shop, stock included: set-based, repeatable by key.
        fn upsert(tenant: TenantId, drafts: Vec<ProductDraft>) -> UpsertCounts;
        fn upsert_categories(categories: Vec<CategoryDraft>) -> ();
        /// Stores a picture by content; the same bytes give the same picture.
        fn store_image(bytes: Blob, alt: String) -> Picture;
        /// As `store_image`, for many at once; answers in their order.
        fn store_images(pictures: Vec<NewPicture>) -> Vec<Picture>;
        /// Stored pictures by id, without words; unknown ones are left out.
        fn pictures(ids: Vec<ImageId>) -> Vec<Picture>;
    }
}

/// A file of products that a shop uploads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductFile {
    pub name: String,
    #[serde(with = "crate::blob")]
    pub bytes: Vec<u8>,
    /// Of products that do not say.
    pub status: ProductStatus,
    /// Units of rows without stock; left alone if absent.
    pub default_stock: Option<i64>,
}

/// How an upload went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    pub id: ImportId,
    pub file_name: String,
    /// `csv`, `ndjson` or `json_array`.
    pub format: String,
    pub finished: bool,
    /// Rows read, header included.
    pub rows_done: u64,
    pub rows_failed: u64,
    pub counts: UpsertCounts,
    /// Why it broke off.
    pub failure: Option<String>,
    pub started_at: DateTime,
    /// The first errors.
    pub errors: Vec<UploadError>,
}

/// What is wrong with one row of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadError {
    pub row: u64,
    /// Empty when the row as a whole is at fault.
    pub column: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// A shop's products, counted by status; deleted ones are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductTally {
    pub draft: u64,
    pub active: u64,
    pub inactive: u64,
    pub archived: u64,
}

/// Which of a shop's products to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnQuery {
    pub status: Option<ProductStatus>,
    /// Words, each of which begins one of the title or of the seller's key.
    pub text: String,
    pub after: Option<Cursor>,
    pub limit: u16,
}

/// A product as its seller works on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnListing {
    /// The seller's own key: uploads with this key change this product.
    pub key: String,
    /// The description as it was written.
    pub description: String,
    /// The words in other languages as they were written.
    #[serde(default)]
    pub translations: Translations,
    pub listing: Listing,
    /// Where buyers do not see it as it is: it waits, or was refused.
    #[serde(default)]
    pub review: Option<moderation::Review>,
}

service! {
    /// What a shop's staff do with their own products.
    Workbench as "workbench", remote RemoteWorkbench, served ServedWorkbench {
        /// Newest first, in any status but deleted.
        fn own_products(tenant: TenantId, query: OwnQuery) -> Page<Listing>;
        fn own_product(tenant: TenantId, id: ProductId) -> OwnListing;
        fn product_tally(tenant: TenantId) -> ProductTally;
        /// Products on sale that do not say what their category asks for by now.
        fn needy_products(tenant: TenantId, after: Option<Cursor>, limit: u16) -> NeedyListings;
        /// Creates a product. A key that is taken is refused.
        fn create_product(tenant: TenantId, draft: ProductDraft) -> Listing;
        /// Writes a product of which the caller saw `version`; the draft's key is passed over.
        fn change_product(tenant: TenantId, id: ProductId, version: i64, draft: ProductDraft) -> Listing;
        /// Deletes it softly: orders still know it.
        fn delete_product(tenant: TenantId, id: ProductId) -> ();
        /// Stores a photograph: PNG, JPEG or WebP, told by its content.
        fn upload_picture(bytes: Blob, alt: String) -> Picture;
        /// Keeps a file that buyers of a product are to download.
        fn keep_product_file(tenant: TenantId, name: String, bytes: Blob) -> DigitalFile;
        /// What is proposed for a product and not decided.
        fn item_proposal(tenant: TenantId, product: ProductId) -> Option<ItemProposal>;
        /// Proposes that a product is the same thing as another shop's, in the place of what was proposed for it before.
        fn propose_item(tenant: TenantId, product: ProductId, same_as: ProductId) -> ();
        /// Takes back what is proposed for a product and not decided.
        fn withdraw_item_proposal(tenant: TenantId, product: ProductId) -> ();
        /// Reads a file to its end: rows that cannot be read spoil no other, and the same file again changes nothing.
        fn upload_file(tenant: TenantId, file: ProductFile) -> Upload;
        fn upload(tenant: TenantId, id: ImportId) -> Upload;
        /// The latest uploads, without their errors.
        fn uploads(tenant: TenantId, limit: u16) -> Vec<Upload>;
    }
}

public_event! {
    /// A product was created or changed in any way; read it anew.
    "catalog.product_changed" ProductChanged { product: ProductId, tenant: TenantId, version: i64, status: ProductStatus } key product, tenant |e| Some(e.tenant)
}

public_event! {
    /// An item that `product` is or was an offer of has other offers: read it and `others` anew, and what belongs to them.
    "catalog.item_changed" ItemChanged { product: ProductId, others: Vec<ProductId> } key product, tenant |_| None
}

public_event! {
    /// The category tree is another one: read it anew. `renamed` names those that existed and read differently now.
    "catalog.categories_changed" CategoriesChanged { category: CategoryId, renamed: Vec<CategoryId> } key category, tenant |_| None
}

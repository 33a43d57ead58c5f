//! The catalogue's limits.

pub const KEY_CHARS_MAX: usize = 200;
pub const TITLE_CHARS_MAX: usize = 500;
pub const DESCRIPTION_CHARS_MAX: usize = 50_000;
pub const BRAND_CHARS_MAX: usize = 120;
pub const SKU_CODE_CHARS_MAX: usize = 120;
pub const TAGS_MAX: usize = 50;
pub const TAG_CHARS_MAX: usize = 64;
pub const ATTRIBUTES_MAX: usize = 200;
pub const ATTRIBUTE_KEY_CHARS_MAX: usize = 64;
pub const ATTRIBUTE_TEXT_CHARS_MAX: usize = 10_000;
pub const ATTRIBUTE_LIST_MAX: usize = 200;
/// Attributes that one category defines itself.
pub const CATEGORY_ATTRIBUTES_MAX: usize = 60;
/// Values that one attribute allows.
pub const ATTRIBUTE_CHOICES_MAX: usize = 200;
pub const ATTRIBUTE_UNIT_CHARS_MAX: usize = 16;
/// Languages of a product's words beside its own.
pub const LANGUAGES_MAX: usize = 20;
pub const LANGUAGE_TAG_CHARS_MAX: usize = 35;
pub const IMAGES_MAX: usize = 20;
pub const IMAGE_ADDRESS_CHARS_MAX: usize = 2_000;
pub const ALT_CHARS_MAX: usize = 300;
pub const VARIANTS_MAX: usize = 250;
pub const OPTIONS_MAX: usize = 5;
pub const OPTION_CHARS_MAX: usize = 120;
pub const CATEGORY_DEPTH_MAX: usize = 8;
pub const CATEGORY_NAME_CHARS_MAX: usize = 120;
pub const SLUG_CHARS_MAX: usize = 64;
/// Minor units. A thousand of these still fit an `i64` many times over.
pub const PRICE_MINOR_MAX: i64 = 1_000_000_000_000;
/// Grams: a thousand tonnes.
pub const WEIGHT_G_MAX: u32 = 1_000_000_000;
/// Units of one SKU.
pub const STOCK_MAX: i64 = 1_000_000_000;

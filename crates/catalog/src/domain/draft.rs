//! A seller's draft, parsed: a [`ParsedDraft`] can be written as it is.

use super::category::CategoryPath;
use super::digital::{self, ParsedChoice};
use super::limits::{
    ALT_CHARS_MAX, BRAND_CHARS_MAX, DESCRIPTION_CHARS_MAX, IMAGE_ADDRESS_CHARS_MAX, IMAGES_MAX,
    KEY_CHARS_MAX, OPTION_CHARS_MAX, OPTIONS_MAX, PRICE_MINOR_MAX, SKU_CODE_CHARS_MAX, STOCK_MAX,
    TAG_CHARS_MAX, TAGS_MAX, TITLE_CHARS_MAX, VARIANTS_MAX, WEIGHT_G_MAX,
};
use super::price::{parse_breaks, parse_sale};
use super::said::{Said, Surcharge};
use super::{attributes, description, languages, making, slug};
use contracts::catalog::{
    Attributes, Dimensions, DraftImage, DraftSale, OptionValue, Picture, ProductDraft, ProductStatus,
    QuantityBreak, Translations, VariantDraft,
};
use contracts::making::Making;
use kernel::Money;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Why a draft, or one row of a file, is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {message}")]
pub struct Refusal {
    /// The field, as a path below the draft: `variants/0/price`.
    pub pointer: String,
    pub code: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
    /// What else is wrong, where all of it is known at once.
    pub also: Vec<Refusal>,
}

impl Refusal {
    pub fn new(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            message: message.into(),
            also: Vec::new(),
        }
    }

    /// Several refusals as one; none where there are none.
    pub fn of_all(refusals: Vec<Self>) -> Option<Self> {
        let mut refusals = refusals.into_iter();
        let first = refusals.next()?;
        Some(Self {
            also: refusals.collect(),
            ..first
        })
    }
}

/// A picture that is known by its address only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub struct ImageAddress {
    pub url: String,
    pub alt: String,
}

/// A draft within all limits, normalised.
#[derive(Clone, Debug, Serialize)]
pub struct ParsedDraft {
    pub key: String,
    pub title: String,
    pub description: String,
    pub brand: String,
    pub category: Option<CategoryPath>,
    pub attributes: Attributes,
    pub tags: Vec<String>,
    /// None leaves it as it is.
    pub tax_category: Option<String>,
    pub status: Option<ProductStatus>,
    pub images: Vec<Picture>,
    pub image_addresses: Vec<ImageAddress>,
    /// None leaves it as it is.
    pub making: Option<Making>,
    /// None leaves it as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digital: Option<ParsedChoice>,
    pub variants: Vec<ParsedVariant>,
    /// None leaves it as it is; none within takes it away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Option<String>>,
    /// None leaves them as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub translations: Option<Translations>,
    #[serde(skip)]
    pub slug: String,
    #[serde(skip)]
    pub description_html: String,
    /// Of a draft that a file's rows make: what they have columns for.
    #[serde(skip)]
    pub said: Option<Arc<Said>>,
    /// Whether some rows of the product could not be read: what they sold stays on sale as it was.
    #[serde(skip)]
    pub lacks_rows: bool,
    /// Of combinations whose product has not been found: what each costs beyond it.
    #[serde(skip)]
    pub surcharges: Option<Vec<Surcharge>>,
    /// SHA-256 of all of the above: the same draft twice has the same hash.
    #[serde(skip)]
    pub content_hash: [u8; 32],
}

impl ParsedDraft {
    /// The draft as the rows of a file make it.
    #[must_use]
    pub fn told_by_rows(mut self, said: Arc<Said>, lacks_rows: bool, surcharges: Vec<Surcharge>) -> Self {
        self.surcharges = Some(surcharges).filter(|_| matches!(*said, Said::Combinations(_)));
        if *said != Said::Everything || lacks_rows {
            let mut hash = Sha256::new();
            hash.update(self.content_hash);
            serde_json::to_writer(&mut hash, &(&*said, lacks_rows, &self.surcharges))
                .expect("what is said is JSON");
            self.content_hash = hash.finalize().into();
        }
        self.said = Some(said);
        self.lacks_rows = lacks_rows;
        self
    }
}

#[derive(Clone, Debug, Serialize)]
pub struct ParsedVariant {
    pub code: String,
    pub options: Vec<OptionValue>,
    pub price: Money,
    pub compare_at: Option<Money>,
    #[serde(skip_serializing_if = "DraftSale::is_kept")]
    pub sale: DraftSale,
    /// None leaves them as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breaks: Option<Vec<QuantityBreak>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<Dimensions>,
    pub weight_g: u32,
    pub gtin: Option<String>,
    /// Not part of the content: a new count makes no new version.
    #[serde(skip)]
    pub stock: Option<i64>,
}

impl Serialize for CategoryPath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Checks and normalises a draft.
pub fn parse(draft: ProductDraft) -> Result<ParsedDraft, Refusal> {
    // First, because a key may have been taken from the first variant.
    let variants = parse_variants(draft.variants)?;
    let key = line("key", &draft.key, KEY_CHARS_MAX)?;
    let title = line("title", &draft.title, TITLE_CHARS_MAX)?;
    let brand = optional_line("brand", &draft.brand, BRAND_CHARS_MAX)?;
    let description = paragraphs("description", &draft.description, DESCRIPTION_CHARS_MAX)?;
    let category = draft.category.as_deref().map(parse_category).transpose()?;
    let attributes = attributes::parse(draft.attributes)?;
    let tags = parse_tags(draft.tags)?;
    let tax_category = draft.tax_category.map(parse_tax_category).transpose()?;
    let (images, image_addresses) = parse_images(draft.images)?;
    let language = draft
        .language
        .as_deref()
        .map(languages::parse_language)
        .transpose()?;
    let translations = draft.translations.map(languages::parse).transpose()?;
    let making = draft.making.map(|making| making::parse(*making)).transpose()?;
    let digital = draft.digital.map(|choice| digital::parse(*choice)).transpose()?;
    let is_downloaded = digital.as_ref().is_some_and(|choice| !choice.files.is_empty());
    if is_downloaded && making.as_ref().is_some_and(|making| !making.is_plain()) {
        return Err(Refusal::new(
            "digital",
            "made_and_downloaded",
            "What is made for its buyer cannot be a file that is there already. Sell the two as two products.",
        ));
    }
    let mut parsed = ParsedDraft {
        slug: slug_of(&title, &key),
        description_html: description::html(&description),
        said: None,
        lacks_rows: false,
        surcharges: None,
        content_hash: [0; 32],
        key,
        title,
        description,
        brand,
        category,
        attributes,
        tags,
        tax_category,
        status: draft.status,
        images,
        image_addresses,
        making,
        digital,
        variants,
        language,
        translations,
    };
    let mut hash = Sha256::new();
    // Writing to a hash does not fail, and every part of the draft has a JSON form.
    serde_json::to_writer(&mut hash, &parsed).expect("a parsed draft is JSON");
    parsed.content_hash = hash.finalize().into();
    Ok(parsed)
}

/// What stands in the address of its page.
pub fn slug_of(title: &str, key: &str) -> String {
    [slug::slug(title), slug::slug(key)]
        .into_iter()
        .find(|s| !s.is_empty())
        .unwrap_or_else(|| "product".to_owned())
}

fn parse_category(text: &str) -> Result<CategoryPath, Refusal> {
    CategoryPath::parse(text).ok_or_else(|| {
        Refusal::new(
            "category",
            "category_invalid",
            "Write the category as a path of at most 8 parts, such as `ceramics/bowls`.",
        )
    })
}

/// Whether there is such a category is for those to say who know all of them; goods of one that there is not are taxed as
/// goods are.
fn parse_tax_category(code: String) -> Result<String, Refusal> {
    match contracts::taxes::category_code(&code) {
        true => Ok(code),
        false => Err(Refusal::new(
            "tax_category",
            "tax_category_invalid",
            "Name the tax category by its code, such as `standard` or `reduced`.",
        )),
    }
}

fn parse_tags(given: Vec<String>) -> Result<Vec<String>, Refusal> {
    let mut tags = Vec::with_capacity(given.len());
    for tag in given {
        let tag = optional_line("tags", &tag, TAG_CHARS_MAX)?;
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    at_most("tags", tags.len(), TAGS_MAX)?;
    Ok(tags)
}

fn parse_images(given: Vec<DraftImage>) -> Result<(Vec<Picture>, Vec<ImageAddress>), Refusal> {
    // A picture may be here and its address known as well: each are counted by themselves.
    let stored = given
        .iter()
        .filter(|i| matches!(i, DraftImage::Stored(_)))
        .count();
    at_most("images", stored.max(given.len() - stored), IMAGES_MAX)?;
    let (mut images, mut addresses) = (Vec::new(), Vec::new());
    for (i, image) in given.into_iter().enumerate() {
        match image {
            DraftImage::Stored(picture) => images.push(picture),
            DraftImage::Address { url, alt } => {
                let pointer = format!("images/{i}");
                let url = line(&pointer, &url, IMAGE_ADDRESS_CHARS_MAX)?;
                if !(url.starts_with("https://") || url.starts_with("http://")) {
                    return Err(Refusal::new(
                        pointer,
                        "image_address_invalid",
                        "A picture's address must begin with https:// or http://.",
                    ));
                }
                let alt = optional_line(&pointer, &alt, ALT_CHARS_MAX)?;
                addresses.push(ImageAddress { url, alt });
            }
        }
    }
    Ok((images, addresses))
}

fn parse_variants(given: Vec<VariantDraft>) -> Result<Vec<ParsedVariant>, Refusal> {
    if given.is_empty() {
        return Err(Refusal::new(
            "variants",
            "variants_missing",
            "A product needs at least one variant: what is sold, at what price.",
        ));
    }
    at_most("variants", given.len(), VARIANTS_MAX)?;
    let mut variants: Vec<ParsedVariant> = Vec::with_capacity(given.len());
    for (i, variant) in given.into_iter().enumerate() {
        let parsed = parse_variant(i, variant)?;
        if variants.iter().any(|v| v.code == parsed.code) {
            return Err(Refusal::new(
                format!("variants/{i}/code"),
                "sku_repeated",
                format!(
                    "The SKU `{}` stands twice in this product; each variant needs its own.",
                    parsed.code
                ),
            ));
        }
        variants.push(parsed);
    }
    Ok(variants)
}

fn parse_variant(i: usize, variant: VariantDraft) -> Result<ParsedVariant, Refusal> {
    let at = |field: &str| format!("variants/{i}/{field}");
    let price = variant.price;
    if !(0..=PRICE_MINOR_MAX).contains(&price.amount) {
        return Err(Refusal::new(
            at("price"),
            "price_out_of_range",
            "A price must not be negative nor absurd.",
        ));
    }
    if let Some(compare_at) = variant.compare_at
        && (compare_at.currency != price.currency || !(0..=PRICE_MINOR_MAX).contains(&compare_at.amount))
    {
        return Err(Refusal::new(
            at("compare_at"),
            "compare_at_invalid",
            "The price to compare with must be in the price's currency and not negative.",
        ));
    }
    if variant
        .dimensions
        .is_some_and(|dimensions| !dimensions.is_possible())
    {
        return Err(Refusal::new(
            at("dimensions"),
            "dimensions_out_of_range",
            format!(
                "Length, width and height are in millimetres, each from 1 to {}.",
                Dimensions::MM_MAX
            ),
        ));
    }
    if variant.weight_g > WEIGHT_G_MAX {
        return Err(Refusal::new(
            at("weight_g"),
            "weight_out_of_range",
            "The weight is in grams, at most a thousand tonnes.",
        ));
    }
    if variant.stock.is_some_and(|s| !(0..=STOCK_MAX).contains(&s)) {
        return Err(Refusal::new(
            at("stock"),
            "stock_out_of_range",
            "Stock must be 0 or more units.",
        ));
    }
    at_most(&at("options"), variant.options.len(), OPTIONS_MAX)?;
    let options = variant
        .options
        .into_iter()
        .map(|o| {
            Ok(OptionValue {
                name: line(&at("options"), &o.name, OPTION_CHARS_MAX)?,
                value: line(&at("options"), &o.value, OPTION_CHARS_MAX)?,
            })
        })
        .collect::<Result<_, Refusal>>()?;
    Ok(ParsedVariant {
        code: line(&at("code"), &variant.code, SKU_CODE_CHARS_MAX)?,
        options,
        price,
        // A price to compare with that is not higher is no discount.
        compare_at: variant.compare_at.filter(|c| c.amount > price.amount),
        sale: parse_sale(&at("sale"), price, variant.sale)?,
        breaks: variant
            .breaks
            .map(|breaks| parse_breaks(&at("breaks"), price, breaks))
            .transpose()?,
        dimensions: variant.dimensions,
        weight_g: variant.weight_g,
        gtin: variant
            .gtin
            .as_deref()
            .map(|g| parse_gtin(&at("gtin"), g))
            .transpose()?
            .flatten(),
        stock: variant.stock,
    })
}

/// GTIN-8, -12, -13 or -14, or what scanners make of them: 8 to 14 digits.
fn parse_gtin(pointer: &str, text: &str) -> Result<Option<String>, Refusal> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if digits.is_empty() {
        return Ok(None);
    }
    if !(8..=14).contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Refusal::new(
            pointer,
            "gtin_invalid",
            "A GTIN (EAN, UPC) has 8 to 14 digits and nothing else.",
        ));
    }
    Ok(Some(digits))
}

fn at_most(pointer: &str, count: usize, max: usize) -> Result<(), Refusal> {
    if count <= max {
        return Ok(());
    }
    Err(Refusal::new(
        pointer,
        "too_many",
        format!("There are {count}; at most {max} are allowed."),
    ))
}

pub(super) fn line(pointer: &str, text: &str, chars_max: usize) -> Result<String, Refusal> {
    let text = optional_line(pointer, text, chars_max)?;
    if text.is_empty() {
        return Err(Refusal::new(pointer, "text_empty", "This must not be empty."));
    }
    Ok(text)
}

/// Text of one line, trimmed; it may be empty.
pub fn optional_line(pointer: &str, text: &str, chars_max: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.len() > chars_max && text.chars().count() > chars_max {
        return Err(Refusal::new(
            pointer,
            "text_too_long",
            format!("This may have at most {chars_max} characters."),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(Refusal::new(
            pointer,
            "text_control",
            "This must be one line without control characters.",
        ));
    }
    Ok(text.to_owned())
}

/// Text of several lines, trimmed.
pub fn paragraphs(pointer: &str, text: &str, chars_max: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.len() > chars_max && text.chars().count() > chars_max {
        return Err(Refusal::new(
            pointer,
            "text_too_long",
            format!("This may have at most {chars_max} characters."),
        ));
    }
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(Refusal::new(
            pointer,
            "text_control",
            "Control characters other than line breaks are not allowed.",
        ));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Currency;

    fn bowl() -> ProductDraft {
        ProductDraft {
            key: "bowl-1".to_owned(),
            title: "Oak bowl".to_owned(),
            variants: vec![VariantDraft {
                code: "B1".to_owned(),
                options: vec![],
                price: Money::new(1990, Currency::EUR),
                compare_at: None,
                sale: DraftSale::Kept,
                breaks: None,
                dimensions: None,
                weight_g: 400,
                gtin: Some("401 2345-678901".to_owned()),
                stock: Some(3),
            }],
            ..ProductDraft::default()
        }
    }

    fn refused(change: impl FnOnce(&mut ProductDraft)) -> (String, &'static str) {
        let mut draft = bowl();
        change(&mut draft);
        let refusal = parse(draft).expect_err("refused");
        (refusal.pointer, refusal.code)
    }

    #[test]
    fn a_good_draft_is_normalised() {
        let parsed = parse(bowl()).expect("good");
        assert_eq!(parsed.slug, "oak-bowl");
        assert_eq!(parsed.variants[0].gtin.as_deref(), Some("4012345678901"));
    }

    #[test]
    fn the_same_draft_has_the_same_hash_and_another_price_another() {
        let hash = |d: ProductDraft| parse(d).expect("good").content_hash;
        let mut spaced = bowl();
        spaced.title = "  Oak bowl ".to_owned();
        assert_eq!(hash(bowl()), hash(spaced));
        let mut dearer = bowl();
        dearer.variants[0].price.amount += 1;
        assert_ne!(hash(bowl()), hash(dearer));
    }

    #[test]
    fn what_breaks_a_rule_is_refused_by_field() {
        type Change = fn(&mut ProductDraft);
        let cases: [(&str, &str, Change); 9] = [
            ("title", "text_empty", |d| d.title = " \t".to_owned()),
            ("title", "text_control", |d| d.title = "a\0b".to_owned()),
            ("description", "text_control", |d| {
                d.description = "a\0b".to_owned();
            }),
            ("key", "text_too_long", |d| d.key = "k".repeat(201)),
            ("variants", "variants_missing", |d| d.variants.clear()),
            ("variants/0/price", "price_out_of_range", |d| {
                d.variants[0].price.amount = -1;
            }),
            ("variants/0/stock", "stock_out_of_range", |d| {
                d.variants[0].stock = Some(-1);
            }),
            ("variants/1/code", "sku_repeated", |d| {
                d.variants.push(d.variants[0].clone());
            }),
            ("variants/0/gtin", "gtin_invalid", |d| {
                d.variants[0].gtin = Some("12345".to_owned());
            }),
        ];
        for (pointer, code, change) in cases {
            assert_eq!(refused(change), (pointer.to_owned(), code));
        }
    }

    #[test]
    fn a_picture_must_have_a_web_address() {
        let (pointer, code) = refused(|d| {
            d.images.push(DraftImage::Address {
                url: "file:///etc/passwd".to_owned(),
                alt: String::new(),
            });
        });
        assert_eq!((pointer.as_str(), code), ("images/0", "image_address_invalid"));
    }
}

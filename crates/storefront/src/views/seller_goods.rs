//! The seller's products: the list, one of them as a form, and files of many.

use askama::Template;

use super::common::{Choice, Field, Image, Link};
use super::downloads::DigitalForm;
use super::making::MakingForm;
use super::page::{Page, Tone};
use super::seller_history::UploadUndo;
use super::work::{Status, Tab, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "seller_products.html")]
pub struct SellerProductsPage {
    pub page: Page,
    pub work: WorkBar,
    pub tabs: Vec<Tab>,
    /// The state that the search keeps to; empty for all.
    pub state: String,
    /// Part of a title, as it was searched for.
    pub text: String,
    pub rows: Vec<ProductRow>,
    pub more: Option<Link>,
    pub may_edit: bool,
}

#[derive(Clone, Debug)]
pub struct ProductRow {
    pub title: String,
    pub href: String,
    pub image: Option<Image>,
    pub sku: String,
    pub category: String,
    pub price: String,
    /// Units available over all variants; none where nobody counted.
    pub stock: Option<i64>,
    /// Whether it is downloaded and does not run out: its units are no number to read.
    pub is_unlimited: bool,
    /// What runs low of it; none while nothing does.
    pub low: Option<String>,
    /// What its category asks for and it does not say; empty where nothing is lacking.
    pub needs: String,
    pub status: Status,
    pub changed: String,
}

#[derive(Clone, Debug, Template)]
#[template(path = "seller_product.html")]
pub struct SellerProductPage {
    pub page: Page,
    pub work: WorkBar,
    pub heading: String,
    pub status: Option<Status>,
    /// Where the form is posted.
    pub action: String,
    /// The version that the form changes; none for a new product.
    pub version: Option<i64>,
    /// Why buyers do not see it as it is.
    pub review: Option<(Tone, String)>,
    /// What buyers see of it, where they see it.
    pub public_href: Option<String>,
    pub delete: Option<String>,
    /// About the form as a whole.
    pub error: Option<String>,
    pub may_edit: bool,
    pub title: Field,
    pub description: Field,
    pub brand: Field,
    pub category: Field,
    pub categories: Vec<Choice>,
    pub tax_categories: Vec<Choice>,
    pub tags: Field,
    /// One a line: `Material: stoneware`.
    pub attributes: Field,
    /// What its category asks for, and what that is called.
    pub asked: Vec<AskedField>,
    pub asked_of: String,
    pub words: WordsFields,
    pub states: Vec<Choice>,
    pub pictures: Vec<FormPicture>,
    pub variants: Vec<VariantRow>,
    pub making: MakingForm,
    pub digital: DigitalForm,
    /// Of all prices of the form.
    pub currency: String,
}

impl SellerProductPage {
    /// Rows of variants that are sold, and the empty ones that wait for more.
    fn sold(&self) -> impl Iterator<Item = &VariantRow> {
        self.variants.iter().filter(|v| !v.is_blank)
    }

    fn blank(&self) -> impl Iterator<Item = &VariantRow> {
        self.variants.iter().filter(|v| v.is_blank)
    }
}

/// A product's words in other languages, and which its own are in.
#[derive(Clone, Debug, Default)]
pub struct WordsFields {
    pub languages: Vec<Choice>,
    pub translations: Vec<TranslationFields>,
}

#[derive(Clone, Debug)]
pub struct TranslationFields {
    /// The language's tag.
    pub tag: String,
    pub called: String,
    pub is_open: bool,
    pub title: Field,
    pub description: Field,
}

/// An attribute that the product's category asks for.
#[derive(Clone, Debug, Default)]
pub struct AskedField {
    pub key: String,
    pub label: String,
    pub required: bool,
    pub input: AskedInput,
    pub error: Option<String>,
}

#[derive(Clone, Debug)]
pub enum AskedInput {
    Text(String),
    /// And its unit, which may be empty.
    Number(String, String),
    /// Whether it is ticked, and whether anything was said before.
    Tick(bool, bool),
    /// One of these.
    Choice(Vec<Choice>),
    /// Several of these.
    Choices(Vec<Choice>),
}

impl Default for AskedInput {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

/// A picture that the product has.
#[derive(Clone, Debug)]
pub struct FormPicture {
    pub id: String,
    pub image: Image,
    pub alt: String,
    /// From 1.
    pub position: usize,
}

/// What a line asks beside its price: a sale, and less for each of many.
#[derive(Clone, Debug, Default)]
pub struct TermFields {
    pub price: Field,
    pub from: Field,
    pub until: Field,
    /// `6: 16.00; 12: 15.00`
    pub breaks: Field,
}

impl TermFields {
    pub fn is_said(&self) -> bool {
        let fields = [&self.price, &self.from, &self.until, &self.breaks];
        fields
            .iter()
            .any(|field| !field.value.is_empty() || field.error.is_some())
    }
}

/// One line of what is sold.
#[derive(Clone, Debug, Default)]
pub struct VariantRow {
    /// Distinguishes the fields of this line.
    pub index: usize,
    pub code: Field,
    /// `Size: large, Colour: blue`; empty where there is one variant.
    pub options: Field,
    pub price: Field,
    pub compare_at: Field,
    pub terms: TermFields,
    /// Packed, in millimetres: `300 × 200 × 80`.
    pub dimensions: Field,
    pub weight: Field,
    pub stock: Field,
    /// The number under its bar code.
    pub gtin: Field,
    /// Units held for orders.
    pub reserved: i64,
    pub is_blank: bool,
}

#[derive(Clone, Debug, Template)]
#[template(path = "seller_uploads.html")]
pub struct SellerUploadsPage {
    pub page: Page,
    pub work: WorkBar,
    pub error: Option<String>,
    /// The latest first.
    pub rows: Vec<UploadRow>,
}

#[derive(Clone, Debug)]
pub struct UploadRow {
    pub file: String,
    pub href: String,
    pub at: String,
    pub rows: u64,
    pub failed: u64,
    pub created: u64,
    pub updated: u64,
    pub unchanged: u64,
    pub status: Status,
}

#[derive(Clone, Debug, Template)]
#[template(path = "seller_upload.html")]
pub struct SellerUploadPage {
    pub page: Page,
    pub work: WorkBar,
    pub upload: UploadRow,
    pub undo: UploadUndo,
    /// While it runs.
    pub progress: Option<UploadBar>,
    /// Whether its rows are kept, so that the failed ones can be had back.
    pub has_rows: bool,
    /// Why it broke off.
    pub failure: Option<String>,
    pub errors: Vec<UploadProblem>,
}

/// How far an upload is.
#[derive(Clone, Debug)]
pub struct UploadBar {
    pub percent: u8,
    pub speed: String,
}

#[derive(Clone, Debug)]
pub struct UploadProblem {
    pub row: u64,
    pub column: String,
    pub message: String,
}

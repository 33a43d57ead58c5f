//! What a product may be: parsing and normalising what sellers say, and comparing it with what was. No IO.

pub mod attributes;
pub mod category;
pub mod change;
pub mod description;
pub mod digital;
mod draft;
pub mod flags;
pub mod languages;
pub mod limits;
pub mod making;
pub mod price;
pub mod said;
pub mod schema;
pub mod slug;
pub mod units;
pub mod winning;
pub mod words;

pub use draft::{
    ImageAddress, ParsedDraft, ParsedVariant, Refusal, optional_line, paragraphs, parse, slug_of,
};

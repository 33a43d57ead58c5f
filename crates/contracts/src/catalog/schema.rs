//! What the products of a category say of themselves, and how an operator tends the tree.

use super::{Category, ItemProposal, Listing};
use crate::service::service;
use kernel::{Actor, CategoryId, Cursor, DateTime, FieldError, ProductId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    Text,
    Number,
    Boolean,
    /// One or several of `values`.
    Choice,
}

/// One of the values that a choice allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AttributeChoice {
    /// As products carry it.
    #[schema(example = "stoneware")]
    pub value: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(example = "Stoneware")]
    pub label: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(example = "Gres")]
    pub label_es: String,
}

/// An attribute that products of a category have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CategoryAttribute {
    /// snake_case, as products carry it.
    #[schema(example = "height_cm")]
    pub key: String,
    #[schema(example = "Height")]
    pub label: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schema(example = "Alto")]
    pub label_es: String,
    pub kind: AttributeKind,
    /// Of numbers: what they are counted in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "cm")]
    pub unit: Option<String>,
    /// A product without it cannot be put on sale.
    #[serde(default)]
    pub required: bool,
    /// Whether buyers filter by it.
    #[serde(default)]
    pub facetable: bool,
    /// Of choices: what is allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<AttributeChoice>,
    /// The path of the category it comes from; absent where it is the category's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "ceramics")]
    pub inherited_from: Option<String>,
}

/// What holds in a category, what it inherits first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategorySchema {
    pub path: String,
    pub attributes: Vec<CategoryAttribute>,
}

/// A product on sale that lacks what its category asks for by now, or says it otherwise.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NeedyListing {
    pub listing: Listing,
    /// What is wrong with which attribute, and what would be right.
    pub faults: Vec<FieldError>,
    /// These attributes, in the order of `faults`.
    pub attributes: Vec<CategoryAttribute>,
}

/// A shop's products that need attention.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NeedyListings {
    /// How many of the newest 5,000 on sale, on whatever page.
    pub total: u64,
    /// Newest first. A page looks at 5,000 products on sale: it may have few items, or none, and more follow.
    pub items: Vec<NeedyListing>,
    /// Where to read on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

/// A category as the operator tends it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TendedCategory {
    pub category: Category,
    pub version: i64,
    /// What it defines itself.
    pub own_attributes: Vec<CategoryAttribute>,
    /// What holds in the end: with what the categories above it define.
    pub attributes: Vec<CategoryAttribute>,
}

/// A category with what was done to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CategoryDossier {
    pub tended: TendedCategory,
    /// The latest changes, newest first.
    pub changes: Vec<CategoryChange>,
}

/// Who changed a category, when and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CategoryChange {
    pub version: i64,
    pub at: DateTime,
    #[schema(value_type = Object)]
    pub actor: Actor,
    /// Field by field: what it was and what it became.
    #[schema(value_type = Object)]
    pub change: serde_json::Value,
}

/// A category to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCategory {
    /// Path of the category it lies in; empty for a new root.
    pub parent: String,
    /// Its part of the path; made of the name if empty.
    pub slug: String,
    pub name: String,
    pub name_es: String,
    pub attributes: Vec<CategoryAttribute>,
}

/// What is to change of a category; what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryPatch {
    pub name: Option<String>,
    pub name_es: Option<String>,
    pub slug: Option<String>,
    /// Path of the category it is to lie in; empty for the root.
    pub parent: Option<String>,
    /// Its place among its siblings, from 0; they make room.
    pub place: Option<u16>,
    /// All attributes that it defines itself.
    pub attributes: Option<Vec<CategoryAttribute>>,
}

service! {
    /// What the operator does with the category tree.
    CategoryDesk as "category_desk", remote RemoteCategoryDesk, served ServedCategoryDesk {
        /// The whole tree, parents before children.
        fn tended_categories() -> Vec<TendedCategory>;
        fn tended_category(id: CategoryId) -> CategoryDossier;
        fn create_category(new: NewCategory) -> TendedCategory;
        /// Changes a category of which the caller saw `version`.
        fn change_category(id: CategoryId, version: i64, patch: CategoryPatch) -> TendedCategory;
        /// What sellers say is the same thing, and nobody has decided; the latest first.
        fn item_proposals() -> Vec<ItemProposal>;
        /// Says that a product is the same thing as another, or as none, and settles what was proposed for it.
        fn match_item(product: ProductId, same_as: Option<ProductId>) -> ();
        fn refuse_item_proposal(product: ProductId) -> ();
    }
}

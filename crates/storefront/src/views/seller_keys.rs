//! The shop's own programs: their keys.

use askama::Template;

use super::common::{Choice, Field};
use super::page::Page;
use super::work::{Section, Status, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "seller_api_keys.html")]
pub struct SellerApiKeysPage {
    pub page: Page,
    pub work: WorkBar,
    pub parts: Vec<Section>,
    /// Why nothing was done, where that is not the form's fault.
    pub error: Option<String>,
    /// The secret of the key that was just made: it is here and nowhere else.
    pub secret: Option<String>,
    pub rows: Vec<ApiKeyRow>,
    /// For how long a key goes on beside the one that takes its place.
    pub overlaps: Vec<Choice>,
    pub form: ApiKeyFields,
}

#[derive(Clone, Debug)]
pub struct ApiKeyRow {
    pub id: String,
    pub name: String,
    pub prefix: String,
    pub scopes: Vec<String>,
    pub made: String,
    pub expires: String,
    pub used: String,
    pub status: Status,
    /// Where its successor is made; absent when it is over or has one.
    pub rotate: Option<String>,
    pub revoke: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct ApiKeyFields {
    pub refused: Option<String>,
    pub name: Field,
    pub scopes: Vec<ScopeBox>,
    pub expires: Field,
}

#[derive(Clone, Debug)]
pub struct ScopeBox {
    /// As the API spells it.
    pub name: String,
    pub label: String,
    pub ticked: bool,
}

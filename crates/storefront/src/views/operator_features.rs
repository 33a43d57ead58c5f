//! Which features shops may use, for all of them and for each.

use askama::Template;

use super::common::{Choice, Field, Link};
use super::page::Page;
use super::work::{Status, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "operator_features.html")]
pub struct OperatorFeaturesPage {
    pub page: Page,
    pub work: WorkBar,
    pub rows: Vec<FeatureRow>,
    pub form: OneShopFields,
}

/// A feature, what it does, and the shops for which it was decided by itself.
#[derive(Clone, Debug)]
pub struct FeatureRow {
    pub code: &'static str,
    pub name: String,
    pub text: String,
    pub status: Status,
    pub is_on: bool,
    pub action: String,
    pub own: Vec<OwnStateRow>,
}

#[derive(Clone, Debug)]
pub struct OwnStateRow {
    pub shop: Link,
    pub status: Status,
    /// Where it is cleared.
    pub action: String,
}

/// The form that decides for one shop.
#[derive(Clone, Debug)]
pub struct OneShopFields {
    pub shop: Field,
    /// Addresses and names of shops that sell.
    pub shops: Vec<Choice>,
    pub features: Vec<Choice>,
    pub states: Vec<Choice>,
}

/// A feature on the page of one shop.
#[derive(Clone, Debug)]
pub struct ShopFeatureRow {
    pub name: String,
    pub status: Status,
    pub is_on: bool,
    /// Whether it was decided for this shop.
    pub is_own: bool,
    pub action: String,
}

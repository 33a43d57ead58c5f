//! A seller's own page.

use askama::Template;

use super::common::{Accent, Choice, Image, Link, ProductCard};
use super::listing::More;
use super::page::Page;
use super::reviews::Stars;
use crate::markup::Markup;

#[derive(Clone, Debug, Template)]
#[template(path = "shop.html")]
pub struct ShopPage {
    pub page: Page,
    pub name: String,
    /// This page's path, without query.
    pub href: String,
    pub place: String,
    pub since: String,
    pub accent: Accent,
    pub banner: Option<Image>,
    pub logo: Option<Image>,
    pub story: Markup,
    pub dispatch_days: u64,
    pub returns: String,
    /// Set while the workshop rests.
    pub holiday: Option<String>,
    /// What buyers gave its products.
    pub rating: Option<Stars>,
    /// How soon it answers.
    pub answers: Option<String>,
    /// Where one writes to it.
    pub ask: String,
    pub total: u64,
    pub cards: Vec<ProductCard>,
    /// The shop's own categories; the current one first or marked by its address.
    pub categories: Vec<ShopCategory>,
    pub sort: Vec<Choice>,
    pub more: Option<More>,
}

impl ShopPage {
    fn reviews_href(&self) -> String {
        format!("{}/reviews", self.href)
    }

    /// Stands where a logo would.
    fn initial(&self) -> String {
        self.name
            .chars()
            .find(|letter| letter.is_alphanumeric())
            .into_iter()
            .flat_map(char::to_uppercase)
            .collect()
    }
}

#[derive(Clone, Debug)]
pub struct ShopCategory {
    pub link: Link,
    /// Its path; empty for all.
    pub value: String,
    pub current: bool,
}

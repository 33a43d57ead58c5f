//! The front door.

use askama::Template;

use super::common::{Image, ProductCard};
use super::map::{Dot, dots};
use super::page::Page;

#[derive(Clone, Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage {
    pub page: Page,
    pub makers_total: u64,
    pub products_total: u64,
    pub categories: Vec<CategoryTile>,
    pub fresh: Vec<ProductCard>,
    /// What the visitor looked at lately.
    pub viewed: Vec<ProductCard>,
    /// Where it is compared: nowhere, from the front door.
    pub compare: Option<String>,
    pub makers: Vec<MakerCard>,
    /// Where makers work, most first.
    pub provinces: Vec<ProvinceCount>,
}

impl HomePage {
    fn dots(&self) -> impl Iterator<Item = Dot> + '_ {
        dots(&self.provinces)
    }
}

#[derive(Clone, Debug)]
pub struct CategoryTile {
    pub name: String,
    pub href: String,
    pub count: u64,
    pub image: Option<Image>,
}

/// A shop, introduced by its maker.
#[derive(Clone, Debug)]
pub struct MakerCard {
    pub name: String,
    pub href: String,
    pub craft: String,
    pub place: String,
    pub image: Option<Image>,
    pub products: u64,
}

#[derive(Clone, Debug)]
pub struct ProvinceCount {
    /// ISO 3166-2, as `ES-SE`.
    pub code: String,
    pub name: String,
    pub href: String,
    pub makers: u64,
}

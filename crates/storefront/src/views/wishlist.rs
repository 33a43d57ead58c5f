//! Wish lists, what was looked at lately, and products side by side.

use askama::Template;

use super::common::{Image, Link, Price, ProductCard, Stock};
use super::page::Page;
use super::reviews::Stars;

#[derive(Clone, Debug, Template)]
#[template(path = "wishlist.html")]
pub struct WishlistPage {
    pub page: Page,
    pub wishes: Vec<Wish>,
    /// Wishes that are not for sale any more, and not shown.
    pub gone: u64,
    /// The address that others read it at, where it is shared.
    pub shared: Option<String>,
    /// Whether the visitor is signed in: only then it can be shared, and is kept for good.
    pub signed_in: bool,
}

#[derive(Clone, Debug)]
pub struct Wish {
    pub card: ProductCard,
    pub id: String,
    /// `2,00 € less than when you added it`.
    pub fell: Option<String>,
    pub next: NextStep,
}

/// What one can do with a wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Its one variant goes into the basket at once.
    Buy(String),
    /// There are versions or wishes to choose from first.
    Choose,
    /// Nothing is left of it.
    Look,
}

/// Somebody's list, as others read it.
#[derive(Clone, Debug, Template)]
#[template(path = "wishlist_shared.html")]
pub struct SharedWishlistPage {
    pub page: Page,
    pub heading: String,
    /// Wishes that are not for sale any more, and not shown.
    pub gone: u64,
    pub cards: Vec<ProductCard>,
}

#[derive(Clone, Debug, Template)]
#[template(path = "viewed.html")]
pub struct ViewedPage {
    pub page: Page,
    /// Whether it is kept.
    pub kept: bool,
    pub cards: Vec<ProductCard>,
}

/// Up to four products side by side.
#[derive(Clone, Debug, Template)]
#[template(path = "compare.html")]
pub struct ComparePage {
    pub page: Page,
    pub columns: Vec<Compared>,
    pub rows: Vec<CompareRow>,
    /// Those asked for that are not for sale any more.
    pub gone: u64,
    /// Whether more were asked for than stand beside each other.
    pub too_many: bool,
    /// What could be put beside them.
    pub others: Vec<Another>,
}

/// Something that could be put beside them.
#[derive(Clone, Debug)]
pub struct Another {
    pub title: String,
    pub image: Option<Image>,
    pub price: Price,
    /// All of them together.
    pub with: String,
}

#[derive(Clone, Debug)]
pub struct Compared {
    /// Its id, for the heart.
    pub product: String,
    pub title: String,
    pub href: String,
    pub image: Option<Image>,
    pub price: Price,
    /// True when other variants cost more.
    pub from: bool,
    pub seller: Link,
    pub place: String,
    pub stock: Stock,
    pub stars: Option<Stars>,
    /// The others without this one.
    pub without: String,
}

#[derive(Clone, Debug)]
pub struct CompareRow {
    pub name: String,
    /// One for each product; empty where it says nothing.
    pub values: Vec<String>,
    pub differs: bool,
}

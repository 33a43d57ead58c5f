//! The demo marketplace: artisan shops with their towns and tales, what they make, how it looks, who buys it. Everything follows
//! from one seed, so two demos of the same seed and scale are the same to the byte; a larger scale only adds. It is plain data:
//! loading it is the caller's business, through the same doors that real sellers and buyers use.
//!
//! What is absent: clocks, files, networks, and the types of the other crates. Amounts are minor units of the euro.

pub mod art;
mod buyer;
mod category;
mod crafts;
mod dice;
mod lines;
mod opinion;
mod order;
mod people;
mod picture;
mod places;
mod product;
mod regions;
mod seller;
mod shops;
mod text;
mod variant;

pub use buyer::{Address, Buyer};
pub use category::{
    ATTRIBUTES, AttributeKind, AttributeSpec, Category, CategoryAttribute, attribute, choices, conforms,
};
pub use crafts::Craft;
pub use opinion::Opinion;
pub use order::{OrderLine, OrderPlan};
pub use places::Place;
pub use product::{Attribute, AttributeValue, Product};
pub use seller::{DeliveryOption, DeliveryRate, DeliveryZone, EUROPE, Seller};
pub use variant::{Options, Variant};

use order::Shelf;
use std::collections::HashSet;

/// Products at scale 1.
pub const PRODUCTS_PER_SCALE: u64 = 3_060;
/// Buyers at scale 1.
pub const BUYERS_PER_SCALE: u32 = 500;
/// Baskets at scale 1.
pub const ORDERS_PER_SCALE: u32 = 2_000;

/// A marketplace of one seed and scale.
pub struct Sampler {
    seed: u64,
    scale: u32,
    sellers: Vec<Seller>,
}

impl Sampler {
    /// A scale of 0 counts as 1.
    pub fn new(seed: u64, scale: u32) -> Sampler {
        let scale = scale.max(1);
        Sampler {
            seed,
            scale,
            sellers: seller::all(seed, scale, PRODUCTS_PER_SCALE * u64::from(scale)),
        }
    }

    /// The shops; those of a smaller scale come first, unchanged but for their number of products.
    pub fn sellers(&self) -> impl Iterator<Item = Seller> {
        self.sellers.iter().cloned()
    }

    /// The category tree, parents before children.
    pub fn categories(&self) -> impl Iterator<Item = Category> {
        category::all()
    }

    /// What a shop sells, in an order that does not depend on the scale.
    pub fn products_of(&self, seller: &Seller) -> impl Iterator<Item = Product> {
        let seed = self.seed;
        let mut titles = HashSet::with_capacity(seller.products as usize);
        (0..seller.products).map(move |ordinal| product::product(seed, seller, ordinal, &mut titles))
    }

    /// The buyers; the first of them shop most.
    pub fn buyers(&self) -> impl Iterator<Item = Buyer> {
        let seed = self.seed;
        (0..BUYERS_PER_SCALE * self.scale).map(move |index| buyer::buyer(seed, index))
    }

    /// What a buyer says of the `line`-th thing of the order of an index, if anything.
    #[must_use]
    pub fn opinion(&self, buyer: &Buyer, order: u32, line: u32) -> Option<Opinion> {
        opinion::opinion(self.seed, buyer, order, line)
    }

    /// Baskets to place, oldest first. Bought in this order and with the stock of `Variant::stock`, none finds a shelf empty.
    pub fn orders(&self) -> impl Iterator<Item = OrderPlan> {
        let (seed, buyers) = (self.seed, BUYERS_PER_SCALE * self.scale);
        let mut shelf = Shelf::new(
            self.sellers.iter().flat_map(|seller| self.products_of(seller)),
            seed,
        );
        (0..ORDERS_PER_SCALE * self.scale)
            .map(move |index| shelf.basket(seed, index, buyers))
            .filter(|plan| !plan.lines.is_empty())
    }
}

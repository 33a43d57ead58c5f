//! Baskets to be bought: who buys what, with a few favourites and a long tail.

use crate::dice::Dice;
use crate::product::Product;
use serde::Serialize;

/// One buyer's basket; placing it is the caller's business.
#[derive(Clone, Debug, Serialize)]
pub struct OrderPlan {
    pub index: u32,
    /// `Buyer::index`.
    pub buyer: u32,
    pub lines: Vec<OrderLine>,
}

#[derive(Clone, Debug, Serialize)]
pub struct OrderLine {
    /// `Product::key`.
    pub product: String,
    /// `Variant::sku`.
    pub sku: String,
    /// `Seller::index`.
    pub seller: u32,
    pub quantity: i64,
}

/// What may be bought, and how much people like it.
pub(crate) struct Shelf {
    products: Vec<Shelved>,
    /// Popularity is not the order of the catalogue.
    ranks: Vec<u32>,
    /// Sum of weights up to each rank; the weight of rank r is one million over r to the power 0.8, in whole numbers.
    sums: Vec<u64>,
}

/// A product on the shelf.
struct Shelved {
    key: String,
    seller: u32,
    /// SKU and units left of each variant.
    left: Vec<(String, i64)>,
}

impl Shelf {
    pub fn new(products: impl Iterator<Item = Product>, seed: u64) -> Shelf {
        let products: Vec<Shelved> = products
            .map(|product| {
                let left = product
                    .variants
                    .into_iter()
                    .map(|variant| (variant.sku, variant.stock))
                    .collect();
                Shelved {
                    key: product.key,
                    seller: product.seller,
                    left,
                }
            })
            .collect();
        let mut dice = Dice::keyed(seed, 0x5e1f, 0);
        let mut ranks: Vec<u32> = (0..products.len() as u32).collect();
        for at in (1..ranks.len()).rev() {
            ranks.swap(at, dice.below(at + 1));
        }
        let mut sum = 0;
        let sums = (1..=products.len())
            .map(|rank| {
                sum += (1_000_000.0 / (rank as f64).powf(0.8)) as u64;
                sum
            })
            .collect();
        Shelf {
            products,
            ranks,
            sums,
        }
    }

    /// A product by its popularity.
    fn favourite(&self, dice: &mut Dice) -> usize {
        let total = self.sums.last().copied().unwrap_or(1);
        let drawn = dice.int(0, total as i64 - 1) as u64;
        let rank = self.sums.partition_point(|&sum| sum <= drawn);
        self.ranks[rank.min(self.ranks.len() - 1)] as usize
    }

    /// The next basket. Every unit it names is in stock, if baskets are bought in order.
    pub fn basket(&mut self, seed: u64, index: u32, buyers: u32) -> OrderPlan {
        let mut dice = Dice::keyed(seed, 0x0_4de4, u64::from(index));
        // Some people shop often: the lower of two draws.
        let buyer = dice.below(buyers as usize).min(dice.below(buyers as usize)) as u32;
        let wanted = match dice.below(100) {
            0..=34 => 1,
            35..=64 => 2,
            65..=84 => 3,
            85..=94 => 4,
            _ => dice.int(5, 7),
        };
        let mut lines: Vec<OrderLine> = Vec::with_capacity(wanted as usize);
        let mut tries = 0;
        while lines.len() < wanted as usize && tries < 40 {
            tries += 1;
            let at = self.favourite(&mut dice);
            let Shelved {
                key,
                seller,
                left: variants,
            } = &mut self.products[at];
            let choice = dice.below(variants.len());
            let quantity = if dice.chance(82) { 1 } else { dice.int(2, 3) };
            let (sku, left) = &mut variants[choice];
            if *left < quantity || lines.iter().any(|line| line.product == *key) {
                continue;
            }
            *left -= quantity;
            lines.push(OrderLine {
                product: key.clone(),
                sku: sku.clone(),
                seller: *seller,
                quantity,
            });
        }
        OrderPlan { index, buyer, lines }
    }
}

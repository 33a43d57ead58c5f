//! What is bought of a product: sizes, sets, colours, with price, weight and stock.

use crate::dice::Dice;
use crate::lines::{Choice, Shade};
use crate::product::{Pick, own};
use crate::seller::Seller;
use crate::text::capital;
use serde::Serialize;

/// Option names and values.
pub type Options = Vec<(&'static str, String)>;

/// What is bought: one choice of the product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Variant {
    /// Unique among all sellers.
    pub sku: String,
    /// Option name and value; empty where there is nothing to choose.
    pub options: Options,
    /// In minor units of the seller's currency.
    pub price_minor: i64,
    /// The former price, where the product is on sale.
    pub compare_at_minor: Option<i64>,
    pub weight_g: u32,
    /// Units on hand, 0 to 60.
    pub stock: i64,
}

/// Prices end as shops end them: tens of cents below five euros, halves below twenty, whole euros above.
fn round(price: i64) -> i64 {
    let step = if price < 500 {
        10
    } else if price < 2000 {
        50
    } else {
        100
    };
    ((price + step / 2) / step * step).max(step)
}

fn stock(dice: &mut Dice, single: bool) -> i64 {
    match dice.below(100) {
        0..=3 => 0,
        4..=15 if single => 1,
        4..=18 => dice.int(2, 4),
        _ => dice.int(5, 60),
    }
}

/// The variants, and the shades beyond the first where the choice is between shades.
pub(crate) fn variants(
    choice: &Pick,
    seller: &Seller,
    number: u32,
    dice: &mut Dice,
) -> (Vec<Variant>, Vec<&'static Shade>) {
    let line = choice.line;
    let price = dice.int(line.price.0, line.price.1) * choice.noun.size / 100;
    let weight = (dice.int(line.weight_g.0, line.weight_g.1) * choice.noun.size / 100).max(3);
    let sale = dice.chance(13).then(|| dice.int(115, 135));
    let mut shades: Vec<&'static Shade> = Vec::new();
    // Options, price percent, weight percent.
    let mut choices: Vec<(Options, i64, i64)> = Vec::new();
    match line.choice {
        Choice::One => choices.push((Vec::new(), 100, 100)),
        Choice::Options(name, values) => {
            let usual = values.iter().position(|value| value.1 == 100).unwrap_or(0);
            // Not every shop makes every size, but every one makes the usual.
            let from = if values.len() > 3 || dice.chance(70) {
                0
            } else {
                dice.below(usual + 1)
            };
            let to = if dice.chance(75) {
                values.len()
            } else {
                (usual + 1 + dice.below(values.len() - usual)).min(values.len())
            };
            for (value, price, weight) in &values[from..to.max(from + 1)] {
                choices.push((vec![(name, (*value).to_owned())], *price, *weight));
            }
        }
        Choice::Shades => {
            shades.push(choice.shade);
            for _ in 0..dice.int(0, 4) {
                let another = own(line.shades, seller.house >> 4, dice);
                if shades.iter().all(|known| known.name != another.name) {
                    shades.push(another);
                }
            }
            for shade in &shades {
                choices.push((vec![("Colour", capital(shade.name))], 100, 100));
            }
            shades.remove(0);
        }
    }
    let single = choices.len() == 1;
    let variants = choices
        .into_iter()
        .zip('A'..='F')
        .map(|((options, price_percent, weight_percent), letter)| {
            let now = round(price * price_percent / 100);
            Variant {
                sku: format!("{}-{number:04}-{letter}", seller.code),
                options,
                price_minor: now,
                compare_at_minor: sale
                    .map(|percent| round(now * percent / 100))
                    .filter(|former| *former > now),
                weight_g: (weight * weight_percent / 100).max(2) as u32,
                stock: stock(dice, single),
            }
        })
        .collect();
    (variants, shades)
}

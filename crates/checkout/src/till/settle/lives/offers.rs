//! What takes something off prices, of which there is not enough for everybody.

use super::chance::Dice;
use super::goods::Shop;
use kernel::{BasisPoints, Currency, PromotionId, TenantId, Timestamp};
use orders::domain::{Discount, Part, Placed};
use promotions::domain::{
    Basket, BasketLine, BasketPart, Benefit, Book, Buyer, Claim, Conditions, DeliveryCost, Limits, Off,
    Promotion, Tallies, Tally, apply,
};
use std::collections::HashMap;
use uuid::Uuid;

/// The coupon that half of the buyers have, and half of the promotions ask for.
const CODE: &str = "CODE";

pub struct Offers {
    book: Book,
    /// As the orders that were placed leave them.
    pub tallies: Tallies,
    /// As they were when the market opened: what a buyer sees who thinks it over for long.
    untouched: Tallies,
}

impl Offers {
    /// In the currency of each shop two promotions: its own, and one of the marketplace's.
    pub fn open(shops: &[Shop], now: Timestamp, dice: &mut Dice) -> Self {
        let mut promotions = Vec::new();
        for shop in shops {
            for owner in [Some(shop.tenant), None] {
                let id = PromotionId(Uuid::from_u128(12 << 64 | promotions.len() as u128));
                promotions.push(promotion(id, owner, shop.currency, now, dice));
            }
        }
        let tally = |promotion: &Promotion| Tally {
            limits: promotion.limits,
            ends_at: promotion.ends_at,
            ..Tally::default()
        };
        let of = promotions
            .iter()
            .map(|promotion| (promotion.id, tally(promotion)));
        let tallies = Tallies::new(of.collect(), HashMap::new());
        Self {
            book: Book::new(promotions),
            untouched: tallies.clone(),
            tallies,
        }
    }

    /// Takes off an order what holds for it, or did when its buyer looked.
    pub fn take_off(&self, placed: &mut Placed, now: Timestamp, dice: &mut Dice) {
        let codes: Vec<String> = dice.one_in(2).then(|| CODE.to_owned()).into_iter().collect();
        let standing = match dice.one_in(4) {
            true => &self.untouched,
            false => &self.tallies,
        };
        let buyer = Buyer::of(placed.buyer, &placed.email);
        let candidates = self.book.candidates(placed.tenants(), &codes);
        let basket = Basket {
            currency: placed.currency,
            parts: placed.parts.iter().map(basket_part).collect(),
        };
        let applied = apply(&candidates, standing, Some(&buyer), &basket, now).expect("in range");
        for (part, off) in placed.parts.iter_mut().zip(applied.parts) {
            for (line, off) in part.lines.iter_mut().zip(off.lines) {
                line.discounts = told(&off);
            }
            part.delivery.discounts = told(&off.delivery);
            part.delivery.price -= off.delivery.iter().map(|off| off.amount).sum::<i64>();
        }
    }

    /// What is used of them is what the orders that stand claim, and no more than there is.
    pub fn check(&self, of: &[Claim], standing: &[&[Claim]]) {
        for known in of {
            let same = |claim: &&Claim| claim.promotion == known.promotion;
            let claims = || standing.iter().copied().flatten().filter(same);
            let tally = self.tallies.get(known.promotion).expect("it was applied");
            let spent = claims().map(|claim| claim.amount).sum();
            assert_eq!((tally.uses, tally.spent), (claims().count() as i64, spent));
            let of_buyer = claims().filter(|claim| claim.buyer == known.buyer).count() as i64;
            assert_eq!(self.tallies.uses_of(known.promotion, &known.buyer), of_buyer);
            let Limits {
                budget,
                uses,
                uses_per_buyer,
            } = tally.limits;
            assert!(budget.is_none_or(|budget| tally.spent <= budget), "{tally:?}");
            assert!(uses.is_none_or(|uses| tally.uses <= uses), "{tally:?}");
            assert!(uses_per_buyer.is_none_or(|uses| of_buyer <= uses), "{tally:?}");
        }
    }
}

fn promotion(
    id: PromotionId,
    shop: Option<TenantId>,
    currency: Currency,
    now: Timestamp,
    dice: &mut Dice,
) -> Promotion {
    let rate = BasisPoints(match dice.below(3) {
        // For nothing is a price like others.
        0 => 10_000,
        _ => 1 + dice.below(5_000) as u32,
    });
    let amount = 1 + dice.below(3_000) as i64;
    Promotion {
        id,
        shop,
        name: String::new(),
        code: dice.one_in(2).then(|| CODE.to_owned()),
        benefit: dice.pick(&[
            Benefit::Percent(rate),
            Benefit::Fixed(amount),
            Benefit::BuyGet { buy: 1, get: 1, rate },
            Benefit::FreeDelivery,
        ]),
        conditions: Conditions::default(),
        currency: Some(currency),
        most: dice.one_in(4).then_some(amount),
        limits: Limits {
            budget: dice.one_in(3).then(|| 1 + dice.below(10_000) as i64),
            uses: dice.one_in(3).then(|| 1 + dice.below(3) as i64),
            uses_per_buyer: dice.one_in(3).then_some(1),
        },
        starts_at: now,
        ends_at: dice.one_in(4).then(|| now + chrono::TimeDelta::seconds(60)),
    }
}

fn basket_part(part: &Part) -> BasketPart<'_> {
    let lines = part.lines.iter().map(|line| BasketLine {
        product: line.product,
        category: None,
        quantity: line.quantity,
        total: line.list_total(),
    });
    BasketPart {
        shop: part.tenant,
        lines: lines.collect(),
        delivery: Some(DeliveryCost {
            chosen: part.delivery.price,
            cheapest: part.delivery.price,
        }),
    }
}

fn told(off: &[Off]) -> Vec<Discount> {
    let told = |off: &Off| Discount {
        promotion: off.promotion.id,
        name: off.promotion.name.clone(),
        funder: off.promotion.funder(),
        amount: off.amount,
    };
    off.iter().map(told).collect()
}

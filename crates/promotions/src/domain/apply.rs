//! What promotions make of a basket.
//!
//! Goods first, delivery after them; of both, each shop's own promotions before the marketplace's, and of each house what
//! needs no coupon before what does. At every one of these steps one promotion at most takes something off: the one that
//! gives the most, the oldest where several give the same. It counts on what those before it have left, so that no line
//! is ever discounted below nothing.
//!
//! What a promotion takes off is worked out once for all of its goods, rounded once (half to even), and split over their
//! lines by largest remainder in proportion to what is left of each.

use super::{Benefit, Buyer, Candidates, Promotion, Tallies, Why};
use contracts::promotions::{CodeRefusal, RefusedCode};
use kernel::{
    BasisPoints, Currency, Money, MoneyError, ProductId, PromotionId, TenantId, Timestamp, allocate,
};
use std::cmp::Reverse;
use std::sync::Arc;

/// What is bought, shop by shop. Amounts are minor units of its currency.
#[derive(Clone, Debug)]
pub struct Basket<'a> {
    pub currency: Currency,
    pub parts: Vec<BasketPart<'a>>,
}

/// What is bought of one shop.
#[derive(Clone, Debug)]
pub struct BasketPart<'a> {
    pub shop: TenantId,
    pub lines: Vec<BasketLine<'a>>,
    /// None while it is not known where it goes.
    pub delivery: Option<DeliveryCost>,
}

#[derive(Clone, Copy, Debug)]
pub struct DeliveryCost {
    pub chosen: i64,
    /// Of the shop's ways of delivery to the address.
    pub cheapest: i64,
}

#[derive(Clone, Copy, Debug)]
pub struct BasketLine<'a> {
    pub product: ProductId,
    pub category: Option<&'a str>,
    pub quantity: u32,
    /// Of all units, before any discount.
    pub total: i64,
}

/// What one promotion takes off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Off {
    pub promotion: Arc<Promotion>,
    pub amount: i64,
}

/// What is taken off one shop's part, in the order in which it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartOff {
    /// One for each of its lines.
    pub lines: Vec<Vec<Off>>,
    pub delivery: Vec<Off>,
}

/// What promotions make of a basket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// One for each of its parts.
    pub parts: Vec<PartOff>,
    /// Each once, with all that it takes off; nothing yet where it waits for an address.
    pub taken: Vec<Off>,
    pub refused: Vec<RefusedCode>,
}

/// Why a promotion does nothing for a basket, and what is missing of its goods until it does.
type Refusal = (CodeRefusal, Option<i64>);

/// A line of a basket: its part, and its place there.
type Place = (usize, usize);

/// Applies what holds. `standing` knows how much of each limited candidate is used, `buyer` is known once they say who
/// they are.
pub fn apply(
    candidates: &Candidates,
    standing: &Tallies,
    buyer: Option<&Buyer>,
    basket: &Basket<'_>,
    at: Timestamp,
) -> Result<Applied, MoneyError> {
    let mut work = Work {
        basket,
        standing,
        buyer,
        at,
        left: basket
            .parts
            .iter()
            .map(|part| part.lines.iter().map(|l| l.total).collect())
            .collect(),
        left_delivery: basket
            .parts
            .iter()
            .map(|part| part.delivery.map(|d| d.chosen))
            .collect(),
        applied: Applied {
            parts: basket.parts.iter().map(PartOff::none).collect(),
            ..Applied::default()
        },
    };
    let mut outcomes: Vec<Option<Refusal>> = candidates.coupons.iter().map(|_| None).collect();
    let mut brought = vec![false; candidates.coupons.len()];
    let houses: Vec<Option<TenantId>> = basket
        .parts
        .iter()
        .map(|part| Some(part.shop))
        .chain([None])
        .collect();
    for of_delivery in [false, true] {
        for house in &houses {
            let is_here = |promotion: &Promotion| {
                promotion.shop == *house && (promotion.benefit == Benefit::FreeDelivery) == of_delivery
            };
            let automatic = candidates.automatic.iter().filter(|promotion| is_here(promotion));
            work.best(automatic.map(|promotion| (0, promotion)))?;
            let coupons = candidates.coupons.iter().enumerate();
            let coupons =
                coupons.flat_map(|(place, (_, known))| known.iter().map(move |known| (place, known)));
            let told = work.best(coupons.filter(|(_, promotion)| is_here(promotion)))?;
            for (place, refused) in told {
                match refused {
                    None => brought[place] = true,
                    Some(refusal) => keep_telling(&mut outcomes[place], refusal),
                }
            }
        }
    }
    let codes = candidates.coupons.iter().zip(outcomes).zip(brought);
    let refused = codes
        .filter(|(_, brought)| !brought)
        .map(|(((code, known), refusal), _)| {
            let otherwise = match known.is_empty() {
                true => CodeRefusal::Unknown,
                // It is another shop's, of which nothing is bought.
                false => CodeRefusal::NoGoods,
            };
            let (reason, missing) = refusal.unwrap_or((otherwise, None));
            RefusedCode {
                code: code.clone(),
                reason,
                missing: missing.map(|missing| Money::new(missing, basket.currency)),
            }
        });
    work.applied.refused = refused.collect();
    Ok(work.applied)
}

/// Those of which it must be known how much is left: limited ones that are for something in the basket.
pub fn limited<'c>(
    candidates: &'c Candidates,
    basket: &'c Basket<'_>,
    at: Timestamp,
) -> impl Iterator<Item = PromotionId> + 'c {
    let limited = candidates.all().filter(|promotion| !promotion.limits.are_none());
    limited
        .filter(move |promotion| basket.goods(promotion, at).is_ok())
        .map(|promotion| promotion.id)
}

impl Basket<'_> {
    /// The lines that a promotion is for, if it holds for the basket.
    fn goods(&self, promotion: &Promotion, at: Timestamp) -> Result<Vec<Place>, Refusal> {
        let refuse = |reason| Err((reason, None));
        if at < promotion.starts_at {
            return refuse(CodeRefusal::NotStarted);
        }
        if promotion.ends_at.is_some_and(|end| at >= end) {
            return refuse(CodeRefusal::Ended);
        }
        if promotion
            .currency
            .is_some_and(|currency| currency != self.currency)
        {
            return refuse(CodeRefusal::OtherCurrency);
        }
        let mut places = Vec::new();
        let mut total = 0i64;
        for (p, part) in self.parts.iter().enumerate() {
            for (l, line) in part.lines.iter().enumerate() {
                if promotion.is_for(part.shop, line) {
                    places.push((p, l));
                    total = total.saturating_add(line.total);
                }
            }
        }
        if places.is_empty() {
            return refuse(CodeRefusal::NoGoods);
        }
        match promotion.conditions.least {
            Some(least) if total < least => Err((CodeRefusal::BasketTooSmall, Some(least - total))),
            _ => Ok(places),
        }
    }
}

/// Of several promotions with one code the first tells why the code does nothing, unless that is only that it is for
/// other goods.
fn keep_telling(told: &mut Option<Refusal>, refusal: Refusal) {
    match told {
        Some((reason, _)) if *reason != CodeRefusal::NoGoods => {}
        _ => *told = Some(refusal),
    }
}

impl PartOff {
    fn none(part: &BasketPart<'_>) -> Self {
        Self {
            lines: vec![Vec::new(); part.lines.len()],
            delivery: Vec::new(),
        }
    }
}

/// What a promotion would take off.
struct Offering {
    lines: Vec<(Place, i64)>,
    /// By part.
    deliveries: Vec<(usize, i64)>,
    amount: i64,
}

struct Work<'a> {
    basket: &'a Basket<'a>,
    standing: &'a Tallies,
    buyer: Option<&'a Buyer>,
    at: Timestamp,
    left: Vec<Vec<i64>>,
    left_delivery: Vec<Option<i64>>,
    applied: Applied,
}

impl Work<'_> {
    /// Lets the one of these take something off that gives the most. Tells of each, by the number it came with, why it
    /// does not; none of the one that does.
    fn best<'p>(
        &mut self,
        candidates: impl Iterator<Item = (usize, &'p Arc<Promotion>)>,
    ) -> Result<Vec<(usize, Option<Refusal>)>, MoneyError> {
        let mut told = Vec::new();
        let mut best: Option<(usize, &Arc<Promotion>, Offering)> = None;
        for (number, promotion) in candidates {
            match self.offering(promotion)? {
                Err(refusal) => told.push((number, Some(refusal))),
                Ok(offering) => {
                    let gives_more = best.as_ref().is_none_or(|(_, rival, other)| {
                        (offering.amount, Reverse(promotion.id)) > (other.amount, Reverse(rival.id))
                    });
                    let beaten = match gives_more {
                        true => best
                            .replace((number, promotion, offering))
                            .map(|(rival, ..)| rival),
                        false => Some(number),
                    };
                    told.extend(beaten.map(|number| (number, Some((CodeRefusal::Superseded, None)))));
                }
            }
        }
        if let Some((number, promotion, offering)) = best {
            self.take(promotion, offering);
            told.push((number, None));
        }
        Ok(told)
    }

    fn take(&mut self, promotion: &Arc<Promotion>, offering: Offering) {
        let off = |amount| Off {
            promotion: Arc::clone(promotion),
            amount,
        };
        for ((part, line), amount) in offering.lines.into_iter().filter(|(_, amount)| *amount > 0) {
            self.left[part][line] -= amount;
            self.applied.parts[part].lines[line].push(off(amount));
        }
        for (part, amount) in offering.deliveries.into_iter().filter(|(_, amount)| *amount > 0) {
            self.left_delivery[part] = self.left_delivery[part].map(|left| left - amount);
            self.applied.parts[part].delivery.push(off(amount));
        }
        self.applied.taken.push(off(offering.amount));
    }

    fn offering(&self, promotion: &Promotion) -> Result<Result<Offering, Refusal>, MoneyError> {
        let places = match self.basket.goods(promotion, self.at) {
            Ok(places) => places,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let offering = match promotion.benefit {
            Benefit::FreeDelivery => self.free_delivery(promotion, &places),
            _ => self.off_goods(promotion, &places)?,
        };
        Ok(offering.and_then(|offering| {
            self.has_room(promotion, offering.amount)?;
            Ok(offering)
        }))
    }

    fn off_goods(
        &self,
        promotion: &Promotion,
        places: &[Place],
    ) -> Result<Result<Offering, Refusal>, MoneyError> {
        let left: Vec<i64> = places.iter().map(|&(part, line)| self.left[part][line]).collect();
        let all = left.iter().fold(0i64, |sum, left| sum.saturating_add(*left));
        let amount = match promotion.benefit {
            Benefit::Percent(rate) => self.share(all, rate)?,
            Benefit::Fixed(amount) => amount.min(all),
            Benefit::BuyGet { buy, get, rate } => match self.bargains(places, buy, get) {
                0 if !self.has_units(places, buy, get) => return Ok(Err((CodeRefusal::NoGoods, None))),
                bargains => self.share(bargains, rate)?,
            },
            Benefit::FreeDelivery => 0,
        };
        let amount = at_most(promotion, amount);
        if amount <= 0 {
            return Ok(Err((CodeRefusal::Superseded, None)));
        }
        let shares = allocate(amount, &weights(&left));
        Ok(Ok(Offering {
            lines: places.iter().copied().zip(shares).collect(),
            deliveries: Vec::new(),
            amount,
        }))
    }

    fn share(&self, amount: i64, rate: BasisPoints) -> Result<i64, MoneyError> {
        Ok(Money::new(amount, self.basket.currency)
            .share(rate)?
            .amount
            .min(amount))
    }

    fn line(&self, (part, line): Place) -> &BasketLine<'_> {
        &self.basket.parts[part].lines[line]
    }

    fn units(&self, places: &[Place]) -> u64 {
        places
            .iter()
            .map(|place| u64::from(self.line(*place).quantity))
            .sum()
    }

    fn has_units(&self, places: &[Place], buy: u32, get: u32) -> bool {
        self.units(places) >= u64::from(buy) + u64::from(get)
    }

    /// What is left to pay for the cheapest units: `get` of every `buy + get`.
    fn bargains(&self, places: &[Place], buy: u32, get: u32) -> i64 {
        let mut free = self.units(places) / (u64::from(buy) + u64::from(get)).max(1) * u64::from(get);
        let mut cheapest: Vec<Place> = places.to_vec();
        let unit_price = |line: &BasketLine<'_>| line.total / i64::from(line.quantity.max(1));
        cheapest.sort_by_key(|place| unit_price(self.line(*place)));
        let mut worth = 0i64;
        for place in cheapest {
            let quantity = u64::from(self.line(place).quantity);
            let units = free.min(quantity);
            let shares = allocate(self.left[place.0][place.1], &[units, quantity - units]);
            worth = worth.saturating_add(shares.first().copied().filter(|_| units > 0).unwrap_or(0));
            free -= units;
        }
        worth
    }

    /// What the cheapest delivery of the parts costs, as far as it is to be paid; nothing yet where no address is known.
    fn free_delivery(&self, promotion: &Promotion, places: &[Place]) -> Result<Offering, Refusal> {
        let mut parts: Vec<usize> = places.iter().map(|(part, _)| *part).collect();
        parts.dedup();
        let (parts, costs): (Vec<usize>, Vec<i64>) = parts
            .iter()
            .filter_map(|&part| {
                let cheapest = self.basket.parts[part].delivery?.cheapest;
                Some((part, self.left_delivery[part]?.min(cheapest)))
            })
            .unzip();
        let amount = at_most(promotion, costs.iter().sum());
        if amount == 0 && !parts.is_empty() {
            return Err((CodeRefusal::Superseded, None));
        }
        Ok(Offering {
            lines: Vec::new(),
            deliveries: parts
                .into_iter()
                .zip(allocate(amount, &weights(&costs)))
                .collect(),
            amount,
        })
    }

    fn has_room(&self, promotion: &Promotion, amount: i64) -> Result<(), Refusal> {
        if promotion.limits.are_none() {
            return Ok(());
        }
        let uses = self
            .buyer
            .map_or(0, |buyer| self.standing.uses_of(promotion.id, buyer));
        let room = match self.standing.get(promotion.id) {
            Some(tally) => tally.has_room(amount, uses, self.at),
            None => Err(Why::Ended),
        };
        room.map_err(|why| (refusal(why), None))
    }
}

/// What a promotion takes off one order, of what it would.
fn at_most(promotion: &Promotion, amount: i64) -> i64 {
    promotion.most.map_or(amount, |most| amount.min(most))
}

fn weights(amounts: &[i64]) -> Vec<u64> {
    let weights = amounts.iter().map(|&amount| u64::try_from(amount).unwrap_or(0));
    weights.collect()
}

/// The reason, as buyers are told it.
#[must_use]
pub fn refusal(why: Why) -> CodeRefusal {
    match why {
        Why::Ended => CodeRefusal::Ended,
        Why::UsedUp => CodeRefusal::UsedUp,
        Why::BudgetGone => CodeRefusal::BudgetGone,
        Why::UsedByBuyer => CodeRefusal::UsedByBuyer,
    }
}

#[cfg(test)]
mod tests;

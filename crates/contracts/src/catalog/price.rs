//! What one unit costs: the base price, a sale with its period, and quantities from which it is cheaper. Pure: whoever
//! computes a price does it with what stands here, and with the clock of the request.

use super::{Listing, Offer, Variant};
use kernel::{DateTime, Money};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Steps that one variant may have.
pub const BREAKS_MAX: usize = 10;
/// How far back the lowest price before a reduction is looked for (Directive 98/6/EC, article 6a).
pub const LOOKED_BACK: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// A lower price for a while: from `from` on, and no more at `until`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sale {
    /// Below the base price, in its currency.
    pub price: Money,
    /// The first moment of the sale, in UTC; at once if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-11-27T00:00:00Z")]
    pub from: Option<DateTime>,
    /// The first moment after the sale, in UTC; open if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "2026-12-01T00:00:00Z")]
    pub until: Option<DateTime>,
}

/// What one unit costs for whoever buys at least so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuantityBreak {
    /// Units of the variant in the cart, 2 or more.
    #[schema(example = 6, minimum = 2)]
    pub from_quantity: u32,
    /// For each of them.
    pub price: Money,
}

/// A price that was or will be asked from a moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PricePoint {
    pub at: DateTime,
    pub price: Money,
}

/// What a draft says of a variant's sale.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftSale {
    /// Nothing: it stays as it was.
    #[default]
    Kept,
    /// There is none.
    None,
    Is(Sale),
}

impl DraftSale {
    #[must_use]
    pub fn is_kept(&self) -> bool {
        *self == Self::Kept
    }

    /// What is said, where something is.
    #[must_use]
    pub fn said(&self) -> Option<&Sale> {
        match self {
            Self::Kept | Self::None => None,
            Self::Is(sale) => Some(sale),
        }
    }
}

impl From<Option<Sale>> for DraftSale {
    fn from(sale: Option<Sale>) -> Self {
        sale.map_or(Self::None, Self::Is)
    }
}

impl Sale {
    /// Whether it is on: the period is half open.
    #[must_use]
    pub fn is_on(&self, now: DateTime) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }

    /// Whether it was on and will not be again.
    #[must_use]
    pub fn is_over(&self, now: DateTime) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// Its beginning and its end, in order, as far as it has them.
    fn edges(&self) -> impl Iterator<Item = DateTime> {
        self.from.into_iter().chain(self.until)
    }
}

/// What one unit costs at `now`: the sale's price while it is on, and never more than the base price.
#[must_use]
pub fn asked(base: Money, sale: Option<&Sale>, now: DateTime) -> Money {
    lower(base, sale.filter(|sale| sale.is_on(now)).map(|sale| sale.price))
}

/// What each of `quantity` units costs: the price of the highest step they reach, unless one unit is cheaper than that.
#[must_use]
pub fn unit_price(asked: Money, breaks: &[QuantityBreak], quantity: u32) -> Money {
    let reached = breaks.iter().rev().find(|step| step.from_quantity <= quantity);
    lower(asked, reached.map(|step| step.price))
}

/// A price in another currency or below nothing is none.
fn lower(price: Money, other: Option<Money>) -> Money {
    other
        .filter(|other| other.currency == price.currency && (0..=price.amount).contains(&other.amount))
        .unwrap_or(price)
}

/// The prices that are asked from `now` on if nobody changes anything, the present one first.
#[must_use]
pub fn to_come(base: Money, sale: Option<&Sale>, now: DateTime) -> Vec<PricePoint> {
    let edges = sale.into_iter().flat_map(Sale::edges).filter(|at| *at > now);
    let mut points: Vec<PricePoint> = Vec::with_capacity(3);
    for at in std::iter::once(now).chain(edges) {
        let price = asked(base, sale, at);
        if points.last().is_none_or(|last| last.price != price) {
            points.push(PricePoint { at, price });
        }
    }
    points
}

/// The lowest price that was asked in the thirty days before the present price began; nothing where it is the first one.
/// `points` are in order of time. Prices in other currencies do not count.
#[must_use]
pub fn lowest_before(points: &[PricePoint], now: DateTime) -> Option<Money> {
    let begun = points.iter().rposition(|point| point.at <= now)?;
    let present = points[begun];
    let earliest = present.at - LOOKED_BACK;
    let ends = points[1..=begun].iter().map(|next| next.at);
    points[..begun]
        .iter()
        .zip(ends)
        .filter(|(point, end)| *end > earliest && point.price.currency == present.price.currency)
        .map(|(point, _)| point.price)
        .min_by_key(|price| price.amount)
}

impl Variant {
    /// The variant as its buyers see it at `now`: while a sale is on, `price` is the sale's and `compare_at` the base price.
    fn face(&mut self, now: DateTime) {
        let base = self.price;
        self.price = asked(base, self.sale.as_ref(), now);
        if self.price != base {
            self.compare_at = Some(base);
        }
        // What is over nobody needs to know of.
        self.sale = self.sale.take().filter(|sale| !sale.is_over(now));
    }
}

impl Listing {
    /// Whether it is another at another time: it has a sale, or prices before the present ones.
    #[must_use]
    pub fn depends_on_time(&self) -> bool {
        !self.price_points.is_empty() || self.variants.iter().any(|variant| variant.sale.is_some())
    }

    /// Until when it is as it is at `now`; nothing where that is for ever.
    #[must_use]
    pub fn until(&self, now: DateTime) -> Option<DateTime> {
        let sales = self.variants.iter().filter_map(|variant| variant.sale.as_ref());
        sales.flat_map(Sale::edges).filter(|at| *at > now).min()
    }

    /// The listing as its seller works on it: with base prices and sales as they were stated.
    #[must_use]
    pub fn without_prices(mut self) -> Self {
        self.price_points.clear();
        self
    }

    /// The listing as its buyers see it at `now`, from the one that is kept.
    #[must_use]
    pub fn at(mut self, now: DateTime) -> Self {
        let points = std::mem::take(&mut self.price_points);
        for variant in &mut self.variants {
            variant.face(now);
            let is_reduced = variant.compare_at.is_some();
            let points = points.get(&variant.sku).filter(|_| is_reduced);
            variant.lowest_30_days = points.and_then(|points| lowest_before(points, now));
        }
        self
    }
}

impl Offer {
    /// What each of `quantity` units of it costs.
    #[must_use]
    pub fn unit_price(&self, quantity: u32) -> Money {
        unit_price(self.price, &self.breaks, quantity)
    }
}

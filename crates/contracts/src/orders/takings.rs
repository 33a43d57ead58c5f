use chrono::NaiveDate;
use kernel::{Money, ProductId};
use serde::{Deserialize, Serialize};

/// What a shop has sold since some time: orders that were paid and are not cancelled as a whole, as they stand now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Takings {
    /// By currency, the most orders first.
    pub totals: Vec<CurrencyTakings>,
    /// Days of UTC on which something was sold, in order; each currency by itself.
    pub days: Vec<DayTakings>,
    /// The few products that brought most.
    pub top: Vec<ProductTakings>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CurrencyTakings {
    pub orders: u64,
    /// Pieces, without those that were cancelled.
    pub units: u64,
    /// What buyers paid with delivery and taxes, less what went back to them.
    pub sold: Money,
    /// What of it is the shop's, as the ledger has it: with what the marketplace pays for its discounts, without its
    /// commission and the taxes that it owes.
    pub share: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayTakings {
    pub day: NaiveDate,
    pub sold: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductTakings {
    pub product: ProductId,
    /// As it read when it was sold last.
    pub title: String,
    pub units: u64,
    /// Its pieces at their prices, less discounts and what went back for them.
    pub sold: Money,
}

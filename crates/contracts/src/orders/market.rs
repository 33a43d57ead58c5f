//! What the marketplace has sold over all shops, and any order found by what somebody knows of it.

use super::OrderSummary;
use crate::service::service;
use kernel::{Currency, Cursor, DateTime, Money, OrderId, Page, ProductId, TenantId};
use serde::{Deserialize, Serialize};

/// What was sold in one currency: orders that were paid and are not cancelled, as they stand now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarketTotal {
    pub orders: u64,
    /// Shops that sold something.
    pub shops: u64,
    /// What buyers paid, less what went back to them.
    pub sold: Money,
}

/// The same, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarketSales {
    /// Where it was sent, the best place first.
    pub places: Vec<PlaceSales>,
    /// The best shops, the best first.
    pub shops: Vec<ShopSales>,
    /// The best products, the best first.
    pub products: Vec<ProductSales>,
    /// All that was sold, and the goods in it: what the listed shops and products leave out is the difference.
    pub sold: Option<Money>,
    pub goods: Option<Money>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceSales {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// ISO 3166-2; of Spanish places alone.
    pub region: Option<String>,
    pub orders: u64,
    pub sold: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShopSales {
    pub tenant: TenantId,
    pub orders: u64,
    pub sold: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductSales {
    pub tenant: TenantId,
    pub product: ProductId,
    /// As it read when it was sold last.
    pub title: String,
    pub units: u64,
    /// Its pieces at their prices, less discounts and what went back for them, without delivery.
    pub sold: Money,
}

/// How far orders came that were placed in a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFunnel {
    pub placed: u64,
    /// Of them.
    pub paid: u64,
    /// Of those, all of whose goods have arrived.
    pub delivered: u64,
}

/// How an order stands for those who look for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStanding {
    /// Payment is due.
    Unpaid,
    /// Paid, and something is not on its way yet.
    ToSend,
    /// All of it is on its way, or has arrived in part.
    OnItsWay,
    Delivered,
    Cancelled,
}

impl OrderStanding {
    pub const ALL: [Self; 5] = [
        Self::Unpaid,
        Self::ToSend,
        Self::OnItsWay,
        Self::Delivered,
        Self::Cancelled,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unpaid => "unpaid",
            Self::ToSend => "to_send",
            Self::OnItsWay => "on_its_way",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What is known of an order that is looked for. Absent: all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderSearch {
    /// Its number, its buyer's e-mail, a parcel's tracking number or the payment provider's reference, as it was written.
    pub words: Option<String>,
    pub shop: Option<TenantId>,
    pub standing: Option<OrderStanding>,
    /// Placed then or later.
    pub from: Option<DateTime>,
    /// Placed before.
    pub until: Option<DateTime>,
    pub after: Option<Cursor>,
    pub limit: u16,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundOrder {
    pub order: OrderSummary,
    pub standing: OrderStanding,
    pub email: String,
}

service! {
    /// What the operator asks of all shops' orders.
    MarketDesk as "market_desk", remote RemoteMarketDesk, served ServedMarketDesk {
        /// Of orders placed from one moment on and before another, by currency, the most orders first.
        fn totals(from: DateTime, until: DateTime) -> Vec<MarketTotal>;
        fn sales(from: DateTime, until: DateTime, currency: Currency) -> MarketSales;
        fn funnel(from: DateTime, until: DateTime) -> OrderFunnel;
        /// Newest first.
        fn find(search: OrderSearch) -> Page<FoundOrder>;
        /// The order of this number.
        fn by_number(number: String) -> OrderId;
    }
}

//! Orders: what a buyer pays once, and each seller's share of it.

use crate::service::{public_event, service};
use crate::{Address, cart::CartOwner};
use kernel::{
    Cursor, DateTime, LineId, Money, OrderId, Page, PaymentId, ProductId, SkuId, SubOrderId, TenantId, UserId,
};
use serde::{Deserialize, Serialize};

/// Where an order stands, as its buyer sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Stock is held, payment is due.
    Placed,
    /// Paid.
    Confirmed,
    Cancelled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubOrderStatus {
    Placed,
    Confirmed,
    Cancelled,
}

/// Why an order ended before it was paid, or after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    Buyer,
    /// The hold on the stock ran out before payment.
    Expired,
    Seller,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrderLine {
    pub id: LineId,
    pub sku: SkuId,
    pub product: ProductId,
    /// As it read when it was bought.
    pub title: String,
    /// Options in words: "Size: M, Colour: blue".
    pub options: String,
    pub code: String,
    pub quantity: u32,
    pub unit_price: Money,
    pub total: Money,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SubOrder {
    pub id: SubOrderId,
    pub order: OrderId,
    pub tenant: TenantId,
    /// For people: the order's number and the seller's position in it, such as `K7F3-9QXA-2`.
    pub number: String,
    pub status: SubOrderStatus,
    pub lines: Vec<OrderLine>,
    pub delivery_code: String,
    pub delivery_name: String,
    pub subtotal: Money,
    pub delivery: Money,
    pub total: Money,
    /// What the marketplace keeps of it, frozen at sale.
    pub commission: Money,
    pub placed_at: DateTime,
    /// Where it goes. Sellers see it once the order is confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Order {
    pub id: OrderId,
    /// For people, such as `K7F3-9QXA`.
    pub number: String,
    pub status: OrderStatus,
    /// Version of its stream: 1 when placed, one more with every event.
    pub version: i64,
    pub email: String,
    pub address: Address,
    pub sub_orders: Vec<SubOrder>,
    pub subtotal: Money,
    pub delivery: Money,
    pub total: Money,
    pub payment: PaymentId,
    pub placed_at: DateTime,
    /// Until when the stock is held for it, while it is unpaid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reserved_until: Option<DateTime>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<CancelReason>,
}

/// One line of a list of orders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrderSummary {
    pub id: OrderId,
    pub number: String,
    pub status: OrderStatus,
    pub total: Money,
    pub sellers: u32,
    pub units: u32,
    pub placed_at: DateTime,
}

/// What happened to an order, for its timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrderEvent {
    pub version: i64,
    /// Stable name, such as `placed`, `payment_declined`, `confirmed`, `cancelled`, `reopened`.
    pub name: String,
    pub at: DateTime,
    pub payload: serde_json::Value,
}

/// An order as it stood: at a version, or at a time; now when both are absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsOf {
    pub version: Option<i64>,
    pub at: Option<DateTime>,
}

service! {
    /// The orders context.
    Orders as "orders", remote RemoteOrders, served ServedOrders {
        /// An order, for its buyer (`owner`) or, with none, for system work and permitted operators.
        fn order(owner: Option<CartOwner>, id: OrderId, as_of: AsOf) -> Order;
        fn history(owner: Option<CartOwner>, id: OrderId) -> Vec<OrderEvent>;
        fn of_buyer(buyer: UserId, after: Option<Cursor>, limit: u16) -> Page<OrderSummary>;
        /// A shop's sub-orders, newest first.
        fn of_seller(tenant: TenantId, status: Option<SubOrderStatus>, after: Option<Cursor>, limit: u16) -> Page<SubOrder>;
        fn sub_order(tenant: TenantId, id: SubOrderId) -> SubOrder;
    }
}

/// A shop's sub-orders, counted by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalesTally {
    pub placed: u64,
    pub confirmed: u64,
    pub cancelled: u64,
}

service! {
    /// What the pages of buyers and sellers ask beside the orders themselves.
    OrderDesk as "order_desk", remote RemoteOrderDesk, served ServedOrderDesk {
        fn tally(tenant: TenantId) -> SalesTally;
        /// Where a buyer's latest orders went, each address once, the latest used first; at most 10.
        fn addresses(buyer: UserId) -> Vec<Address>;
        /// The pictures' products of some of a buyer's orders: the first few of each, in order of purchase.
        fn products(orders: Vec<OrderId>) -> Vec<OrderProducts>;
    }
}

/// What an order is made of, for a row of small pictures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderProducts {
    pub order: OrderId,
    pub products: Vec<ProductId>,
}

/// How much of a product an order bought, over all its variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoldProduct {
    pub product: ProductId,
    pub units: u32,
}

public_event! {
    "orders.order_placed" OrderPlaced {
        order: OrderId, buyer: Option<UserId>, total: Money, tenants: Vec<TenantId>, reserved_until: DateTime,
    } key order, tenant |_| None
}
public_event! {
    /// Paid: sellers may pack.
    "orders.order_confirmed" OrderConfirmed {
        order: OrderId, buyer: Option<UserId>, total: Money, tenants: Vec<TenantId>,
        /// Each product once. Older events do not tell.
        #[serde(default)]
        sold: Vec<SoldProduct>,
    } key order, tenant |_| None
}
public_event! {
    "orders.order_cancelled" OrderCancelled { order: OrderId, buyer: Option<UserId>, reason: CancelReason, tenants: Vec<TenantId> } key order, tenant |_| None
}
public_event! {
    /// It had expired, its payment came after all, and its goods were still there: they are held again.
    "orders.order_reopened" OrderReopened {
        order: OrderId, buyer: Option<UserId>, tenants: Vec<TenantId>, reserved_until: DateTime,
    } key order, tenant |_| None
}

//! Own events to read tables: the rows that an order makes. The till inserts and updates these rows in the transaction
//! of the events; [`crate::verify`] makes them anew from the histories and compares.

use crate::domain::{Line, Order, Part, of_sub_order, status_name, sub_order_status};
use contracts::Address;
use contracts::orders::{CancelReason, OrderStatus, SubOrderStatus};
use kernel::{LineId, OrderId, PaymentId, ProductId, SkuId, SubOrderId, TenantId, Timestamp, UserId};

/// All rows of one order.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    pub order: OrderRow,
    pub sub_orders: Vec<SubOrderRow>,
    pub lines: Vec<LineRow>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct OrderRow {
    pub id: OrderId,
    pub version: i64,
    pub number: String,
    pub buyer_id: Option<UserId>,
    pub status: String,
    pub cancel_reason: Option<String>,
    pub currency: String,
    pub total: i64,
    pub sellers: i32,
    pub units: i64,
    pub payment_id: PaymentId,
    pub placed_at: Timestamp,
    pub reserved_until: Timestamp,
}

#[derive(Clone, Debug, PartialEq)]
pub struct SubOrderRow {
    pub tenant_id: TenantId,
    pub id: SubOrderId,
    pub order_id: OrderId,
    pub number: String,
    pub status: String,
    pub currency: String,
    pub subtotal: i64,
    pub delivery: i64,
    pub total: i64,
    pub commission: i64,
    pub delivery_code: String,
    pub delivery_name: String,
    pub placed_at: Timestamp,
    /// Only while the order is confirmed: before and after, the seller has no business with it.
    pub address: Option<Address>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LineRow {
    pub tenant_id: TenantId,
    pub sub_order_id: SubOrderId,
    pub id: LineId,
    pub sku_id: SkuId,
    pub product_id: ProductId,
    pub title: String,
    pub options: String,
    pub code: String,
    pub quantity: i64,
    pub unit_price: i64,
}

/// The rows of an order as it stands.
#[must_use]
pub fn rows(order: &Order) -> Rows {
    let parts = &order.placed.parts;
    let number = order.number();
    Rows {
        sub_orders: parts
            .iter()
            .enumerate()
            .map(|(i, part)| sub_order(order, &number, i, part))
            .collect(),
        lines: parts
            .iter()
            .flat_map(|part| part.lines.iter().map(|line| self::line(part, line)))
            .collect(),
        order: self::order(order, number),
    }
}

fn order(order: &Order, number: String) -> OrderRow {
    let placed = &order.placed;
    OrderRow {
        id: order.id,
        version: order.version,
        number,
        buyer_id: placed.buyer,
        status: status_name(order.status).to_owned(),
        cancel_reason: order.cancel_reason.map(|r| reason_name(r).to_owned()),
        currency: placed.currency.code().to_owned(),
        total: placed.total(),
        // At most as many as a cart has lines.
        sellers: placed.parts.len() as i32,
        units: placed.units(),
        payment_id: placed.payment,
        placed_at: order.placed_at,
        reserved_until: placed.reserved_until,
    }
}

fn sub_order(order: &Order, number: &str, index: usize, part: &Part) -> SubOrderRow {
    SubOrderRow {
        tenant_id: part.tenant,
        id: part.id,
        order_id: order.id,
        number: of_sub_order(number, index),
        status: status_name(order.status).to_owned(),
        currency: order.currency().code().to_owned(),
        subtotal: part.subtotal(),
        delivery: part.delivery.price,
        total: part.total(),
        commission: part.commission,
        delivery_code: part.delivery.code.clone(),
        delivery_name: part.delivery.name.clone(),
        placed_at: order.placed_at,
        address: seller_address(order).cloned(),
    }
}

fn line(part: &Part, line: &Line) -> LineRow {
    LineRow {
        tenant_id: part.tenant,
        sub_order_id: part.id,
        id: line.id,
        sku_id: line.sku,
        product_id: line.product,
        title: line.title.clone(),
        options: line.options.clone(),
        code: line.code.clone(),
        quantity: i64::from(line.quantity),
        unit_price: line.unit_price,
    }
}

/// Where the order goes, as far as its sellers may know.
#[must_use]
pub fn seller_address(order: &Order) -> Option<&Address> {
    (sub_order_status(order.status) == SubOrderStatus::Confirmed).then_some(&order.placed.address)
}

/// The word by which tables know a reason.
#[must_use]
pub fn reason_name(reason: CancelReason) -> &'static str {
    match reason {
        CancelReason::Buyer => "buyer",
        CancelReason::Expired => "expired",
        CancelReason::Seller => "seller",
    }
}

/// The status behind a table's word, which its check constraint limits to these.
#[must_use]
pub fn status_of(name: &str) -> OrderStatus {
    match name {
        "confirmed" => OrderStatus::Confirmed,
        "cancelled" => OrderStatus::Cancelled,
        _ => OrderStatus::Placed,
    }
}

//! Own events to read tables: the rows that an order makes. The till inserts and updates these rows in the transaction
//! of the events; [`crate::replay()`] makes them anew from the histories and compares. Field names are column names.

use crate::domain::{
    Dates, Discount, Line, Order, SubOrder, Tax, of_sub_order, status_name, sub_order_status_name,
};
use contracts::Address;
use contracts::digital::SoldDigital;
use contracts::making::Made;
use contracts::orders::{
    CancelReason, Fulfilment, OrderStatus, Parcel, Refund, Return, SubOrderStatus, UnitsCancellation,
};
use contracts::taxes::TaxOwner;
use kernel::{LineId, OrderId, PaymentId, ProductId, SkuId, SubOrderId, TenantId, Timestamp, UserId};
use serde::Serialize;
use sqlx::types::Json;

/// All rows of one order.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    pub order: OrderRow,
    pub sub_orders: Vec<SubOrderRow>,
    pub lines: Vec<LineRow>,
}

#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
pub struct OrderRow {
    pub id: OrderId,
    pub version: i64,
    pub number: String,
    pub buyer_id: Option<UserId>,
    pub status: String,
    pub fulfilment: String,
    pub cancel_reason: Option<String>,
    pub currency: String,
    pub total: i64,
    pub refunded: i64,
    pub sellers: i32,
    pub units: i64,
    pub payment_id: PaymentId,
    pub placed_at: Timestamp,
    pub reserved_until: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
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
    pub funded: i64,
    pub funded_refunded: i64,
    /// None where there are none.
    pub delivery_discounts: Option<Json<Vec<Discount>>>,
    /// What of the total is tax, and what of that went back.
    pub tax: i64,
    pub tax_refunded: i64,
    /// Whether the marketplace owes it to the authorities, and not the shop.
    pub tax_by_marketplace: bool,
    /// None where none is due.
    pub delivery_tax: Option<Json<Tax>>,
    pub commission: i64,
    pub refunded: i64,
    pub commission_refunded: i64,
    pub delivery_code: String,
    pub delivery_name: String,
    #[serde(flatten)]
    pub dates: Dates,
    /// From confirmed on, unless it is cancelled: before and after, the seller has no business with it.
    pub address: Option<Address>,
    pub cancel_reason: Option<String>,
    pub cancel_note: Option<String>,
    /// Of units, while others are sent.
    pub cancellations: Vec<UnitsCancellation>,
    pub parcels: Vec<Parcel>,
    pub refunds: Vec<Refund>,
    pub returns: Vec<Return>,
    /// Of these, how many more is expected of.
    pub open_returns: i32,
    /// Until when its buyer may ask for one.
    pub return_until: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow)]
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
    /// None where there are none.
    pub discounts: Option<Json<Vec<Discount>>>,
    /// None where none is due.
    pub tax: Option<Json<Tax>>,
    /// None for plain goods.
    pub made: Option<Json<Made>>,
    /// None for what is sent.
    pub digital: Option<Json<SoldDigital>>,
    pub shipped: i64,
    pub cancelled: i64,
    /// Minor units given back for it as such.
    pub refunded: i64,
}

/// The rows of an order as it stands.
#[must_use]
pub fn rows(order: &Order) -> Rows {
    let number = order.number();
    let sub_orders = order.sub_orders();
    Rows {
        lines: order.sub_orders().flat_map(lines).collect(),
        sub_orders: sub_orders.map(|part| sub_order(&number, &part)).collect(),
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
        fulfilment: fulfilment_name(order.fulfilment()).to_owned(),
        cancel_reason: order.cancel_reason.map(|r| reason_name(r).to_owned()),
        currency: placed.currency.code().to_owned(),
        total: placed.total(),
        refunded: order.refunded(),
        // At most as many as a cart has lines.
        sellers: placed.parts.len() as i32,
        units: placed.units(),
        payment_id: placed.payment,
        placed_at: order.placed_at,
        reserved_until: placed.reserved_until,
    }
}

/// The row of one part. `number` is its order's.
#[must_use]
pub fn sub_order(number: &str, sub_order: &SubOrder<'_>) -> SubOrderRow {
    let (order, part) = (sub_order.order, sub_order.part);
    let (cancellation, undone) = (sub_order.cancellation(), sub_order.undone());
    SubOrderRow {
        tenant_id: part.tenant,
        id: part.id,
        order_id: order.id,
        number: of_sub_order(number, sub_order.index),
        status: sub_order_status_name(sub_order.status()).to_owned(),
        currency: order.currency().code().to_owned(),
        subtotal: part.subtotal(),
        delivery: part.delivery.price,
        total: part.total(),
        funded: part.funded(),
        funded_refunded: undone.funded,
        delivery_discounts: kept(&part.delivery.discounts),
        tax: part.tax(),
        tax_refunded: sub_order.tax_refunded(),
        tax_by_marketplace: part.tax_owed_by == TaxOwner::Marketplace,
        delivery_tax: part.delivery.tax.clone().map(Json),
        commission: part.kept(),
        refunded: sub_order.refunded(),
        commission_refunded: undone.kept(),
        delivery_code: part.delivery.code.clone(),
        delivery_name: part.delivery.name.clone(),
        dates: sub_order.dates(),
        address: seller_address(sub_order).cloned(),
        cancel_reason: cancellation.as_ref().map(|c| reason_name(c.reason).to_owned()),
        cancel_note: cancellation.map(|c| c.note).filter(|note| !note.is_empty()),
        cancellations: sub_order.cancellations(),
        parcels: sub_order.parcels(),
        refunds: sub_order.refunds(),
        returns: sub_order.returns(),
        // At most as many as a sub-order has returns.
        open_returns: sub_order.open_returns().count() as i32,
        return_until: sub_order.return_until(),
    }
}

/// The rows of one part's lines.
pub fn lines(sub_order: SubOrder<'_>) -> impl Iterator<Item = LineRow> {
    let lines = sub_order.part.lines.iter();
    lines.map(move |line| self::line(&sub_order, line))
}

fn line(sub_order: &SubOrder<'_>, line: &Line) -> LineRow {
    LineRow {
        tenant_id: sub_order.part.tenant,
        sub_order_id: sub_order.part.id,
        id: line.id,
        sku_id: line.sku,
        product_id: line.product,
        title: line.title.clone(),
        options: line.options.clone(),
        code: line.code.clone(),
        quantity: i64::from(line.quantity),
        unit_price: line.unit_price,
        discounts: kept(&line.discounts),
        tax: line.tax.clone().map(Json),
        made: line.made.as_deref().cloned().map(Json),
        digital: line.digital.as_deref().cloned().map(Json),
        shipped: i64::from(sub_order.shipped(line.id)),
        cancelled: i64::from(sub_order.cancelled(line.id)),
        refunded: sub_order.line_refunded(line.id).0,
    }
}

/// Most lines have none, and keep nothing of it.
fn kept(discounts: &[Discount]) -> Option<Json<Vec<Discount>>> {
    (!discounts.is_empty()).then(|| Json(discounts.to_vec()))
}

/// Where a part goes, as far as its seller may know.
fn seller_address<'a>(sub_order: &SubOrder<'a>) -> Option<&'a Address> {
    match sub_order.status() {
        SubOrderStatus::Placed | SubOrderStatus::Cancelled => None,
        _ => Some(&sub_order.order.placed.address),
    }
}

/// The word by which tables know a reason.
#[must_use]
pub fn reason_name(reason: CancelReason) -> &'static str {
    match reason {
        CancelReason::Buyer => "buyer",
        CancelReason::Expired => "expired",
        CancelReason::Seller => "seller",
        CancelReason::Operator => "operator",
    }
}

/// The reason behind a table's word.
#[must_use]
pub fn reason_of(name: &str) -> CancelReason {
    match name {
        "buyer" => CancelReason::Buyer,
        "seller" => CancelReason::Seller,
        "operator" => CancelReason::Operator,
        _ => CancelReason::Expired,
    }
}

#[must_use]
pub fn fulfilment_name(fulfilment: Fulfilment) -> &'static str {
    match fulfilment {
        Fulfilment::Pending => "pending",
        Fulfilment::PartlyShipped => "partly_shipped",
        Fulfilment::Shipped => "shipped",
        Fulfilment::Delivered => "delivered",
    }
}

#[must_use]
pub fn fulfilment_of(name: &str) -> Fulfilment {
    match name {
        "partly_shipped" => Fulfilment::PartlyShipped,
        "shipped" => Fulfilment::Shipped,
        "delivered" => Fulfilment::Delivered,
        _ => Fulfilment::Pending,
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

#[must_use]
pub fn sub_order_status_of(name: &str) -> SubOrderStatus {
    match name {
        "confirmed" => SubOrderStatus::Confirmed,
        "packed" => SubOrderStatus::Packed,
        "partly_shipped" => SubOrderStatus::PartlyShipped,
        "shipped" => SubOrderStatus::Shipped,
        "delivered" => SubOrderStatus::Delivered,
        "return_requested" => SubOrderStatus::ReturnRequested,
        "returned" => SubOrderStatus::Returned,
        "cancelled" => SubOrderStatus::Cancelled,
        "refunded" => SubOrderStatus::Refunded,
        _ => SubOrderStatus::Placed,
    }
}

//! Orders: what a buyer pays once, and each seller's share of it.

mod market;
mod returns;
mod takings;

pub use market::*;
pub use returns::*;
pub use takings::*;

use crate::digital::SoldDigital;
use crate::making::Made;
use crate::promotions::Discount;
use crate::purses::Tender;
use crate::service::{public_event, service};
use crate::taxes::{Tax, TaxOwner, TaxSum};
use crate::{Address, Document, Language, cart::CartOwner};
use kernel::{
    CartId, Cursor, DateTime, FileId, LineId, Money, OrderId, Page, ParcelId, PaymentId, ProductId, RefundId,
    ReturnId, SkuId, SubOrderId, TenantId, UserId,
};
use serde::{Deserialize, Serialize};

/// Where an order stands with its payment. How far its goods are says [`Fulfilment`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Stock is held, payment is due.
    Placed,
    /// Paid.
    Confirmed,
    /// As a whole: every sub-order is.
    Cancelled,
}

/// How far an order's goods are, over all its sub-orders that were not cancelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fulfilment {
    /// Nothing has been sent yet.
    #[default]
    Pending,
    /// Something is on its way, something is not.
    PartlyShipped,
    /// Everything is on its way, or has arrived in part.
    Shipped,
    /// Everything has arrived.
    Delivered,
}

/// Where a sub-order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SubOrderStatus {
    /// Its stock is held, its payment is due.
    Placed,
    /// Paid: to be packed.
    Confirmed,
    Packed,
    /// Some of its units are on their way.
    PartlyShipped,
    /// All of its units are on their way, or have arrived in part.
    Shipped,
    /// All of its units have arrived.
    Delivered,
    /// They have, and a return of some is under way.
    ReturnRequested,
    /// All of its units came back.
    Returned,
    Cancelled,
    /// It was delivered, all its money was given back, and nothing is on its way back: nothing more will happen.
    Refunded,
}

/// Why an order or a sub-order was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    Buyer,
    /// The hold on the stock ran out before payment.
    Expired,
    Seller,
    /// The marketplace's staff, when a payment cannot be brought to its end.
    Operator,
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
    /// Units bought.
    pub quantity: u32,
    /// Units sent so far.
    pub shipped: u32,
    /// Units cancelled by themselves: they will not be sent. Of a cancelled sub-order none will be.
    pub cancelled: u32,
    pub unit_price: Money,
    /// Of all its units, before discounts.
    pub list_total: Money,
    /// What promotions took off it, in the order in which they did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<Discount>,
    /// What is paid for it: after discounts, with tax. As much can be given back.
    pub total: Money,
    /// The tax in that; absent where none is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Tax>,
    /// How its units are made to order: its buyer's answers, and what they cost, which the unit price has in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Box<Made>>,
    /// What is downloaded of it; absent for what is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digital: Option<Box<SoldDigital>>,
}

/// Some units of a sub-order that were sent together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Parcel {
    pub id: ParcelId,
    pub lines: Vec<ParcelLine>,
    /// Such as `Correos`; empty where none was told.
    pub carrier: String,
    /// The carrier's number; empty where there is none.
    pub tracking: String,
    /// The return whose goods it replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<ReturnId>,
    pub shipped_at: DateTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<DateTime>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ParcelLine {
    pub line: LineId,
    #[schema(minimum = 1)]
    pub quantity: u32,
}

/// Units that will not be sent, while others of their sub-order are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UnitsCancellation {
    pub lines: Vec<ParcelLine>,
    pub reason: CancelReason,
    /// What whoever cancelled them said about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    pub at: DateTime,
}

/// A parcel to be sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewParcel {
    /// Chosen by the caller: sent again under the same id, it is sent once.
    pub id: ParcelId,
    /// None: all that is left to be sent.
    pub lines: Option<Vec<ParcelLine>>,
    pub carrier: String,
    pub tracking: String,
    /// The return whose goods are sent again.
    pub exchange: Option<ReturnId>,
}

/// Money given back for a sub-order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Refund {
    pub id: RefundId,
    /// What it was given back for; empty where it was given back as an amount.
    pub lines: Vec<RefundLine>,
    /// Of it, for the delivery.
    pub delivery: Money,
    pub amount: Money,
    pub reason: String,
    /// The return that it was given back for.
    #[serde(default, rename = "return", skip_serializing_if = "Option::is_none")]
    pub of_return: Option<ReturnId>,
    /// What was kept of what was paid for its lines, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deduction: Option<Deduction>,
    pub at: DateTime,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RefundLine {
    pub line: LineId,
    /// Units it was given back for; 0 where it was a part of their price.
    pub quantity: u32,
    pub amount: Money,
}

/// A point of a sub-order's way, in order of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Milestone {
    /// `placed`, `confirmed`, `packed`, `shipped`, `delivered`, `cancelled` or `refunded`.
    pub name: String,
    pub at: DateTime,
    /// Which parcel was shipped or delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<ParcelId>,
    /// Which money was given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<RefundId>,
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
    /// What is paid for the goods: after discounts, with tax.
    pub subtotal: Money,
    /// What is paid for the delivery: after discounts, with tax.
    pub delivery: Money,
    /// What promotions took off, of goods and delivery.
    pub discount: Money,
    /// Of it, off the delivery.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delivery_discounts: Vec<Discount>,
    /// The tax in the delivery; absent where none is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_tax: Option<Tax>,
    pub total: Money,
    /// Of `total`, what is tax.
    pub tax: Money,
    /// The same by rate.
    pub taxes: Vec<TaxSum>,
    /// Who owes it to the authorities.
    pub tax_owed_by: TaxOwner,
    /// What of `tax` went back with what was given back.
    pub tax_refunded: Money,
    /// What of `discount` the marketplace pays for: the shop is owed it beside `total`.
    pub funded: Money,
    /// What the marketplace took back of that with what was given back.
    pub funded_refunded: Money,
    /// What the marketplace keeps of it, with the tax on that; frozen at sale. Told to the shop alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commission: Option<Money>,
    /// What was given back of `total` so far.
    pub refunded: Money,
    /// What the marketplace gave back of its commission with it, and of the tax on that. Told to the shop alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commission_refunded: Option<Money>,
    pub placed_at: DateTime,
    /// Where it goes. Sellers see it once the order is confirmed, until it is cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// Of units, while others are sent; oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cancellations: Vec<UnitsCancellation>,
    /// In the order in which they were sent.
    pub parcels: Vec<Parcel>,
    pub refunds: Vec<Refund>,
    /// Oldest first.
    pub returns: Vec<Return>,
    /// Until when its buyer may ask for a return, once it is delivered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_until: Option<DateTime>,
    /// Units that its buyer may still ask to return until then; told to buyers alone.
    pub returnable: Vec<ParcelLine>,
    pub timeline: Vec<Milestone>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_reason: Option<CancelReason>,
    /// What the seller said about it, or the buyer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel_note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Order {
    pub id: OrderId,
    /// For people, such as `K7F3-9QXA`.
    pub number: String,
    pub status: OrderStatus,
    pub fulfilment: Fulfilment,
    /// Version of its stream: 1 when placed, one more with every event.
    pub version: i64,
    pub email: String,
    pub address: Address,
    pub sub_orders: Vec<SubOrder>,
    pub subtotal: Money,
    pub delivery: Money,
    /// What promotions took off: subtotal and delivery are after it, and have taxes in them.
    pub discount: Money,
    pub total: Money,
    /// Of `total`, what is tax.
    pub tax: Money,
    /// The same by rate.
    pub taxes: Vec<TaxSum>,
    /// What was given back of `total` for its sub-orders so far.
    pub refunded: Money,
    pub payment: PaymentId,
    /// What of `total` gift cards and store credit pay.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tenders: Vec<Tender>,
    /// The rest of it, which a payment provider is asked for.
    pub charged: Money,
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
    pub fulfilment: Fulfilment,
    pub total: Money,
    pub sellers: u32,
    pub units: u32,
    pub placed_at: DateTime,
}

/// What happened to an order, for its timeline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrderEvent {
    pub version: i64,
    /// Stable name: `placed`, `payment_declined`, `confirmed`, `cancelled`, `reopened`, `readdressed`; of one sub-order: `provided`, `packed`,
    /// `shipped`, `delivered`, `part_cancelled`, `units_cancelled`, `refunded`; of one return: `return_requested`,
    /// `return_authorised`, `return_refused`, `return_withdrawn`, `return_sent_back`, `return_received`,
    /// `return_exchanged`, `return_closed`.
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
        /// A guest's order, by the link of a mail that is still good: whoever has the link may see it, and do nothing with it.
        fn by_link(link: String) -> Order;
        fn history(owner: Option<CartOwner>, id: OrderId) -> Vec<OrderEvent>;
        fn of_buyer(buyer: UserId, after: Option<Cursor>, limit: u16) -> Page<OrderSummary>;
        /// A shop's sub-orders, newest first.
        fn of_seller(tenant: TenantId, status: Option<SubOrderStatus>, after: Option<Cursor>, limit: u16) -> Page<SubOrder>;
        fn sub_order(tenant: TenantId, id: SubOrderId) -> SubOrder;
        fn pack(tenant: TenantId, id: SubOrderId) -> SubOrder;
        fn ship(tenant: TenantId, id: SubOrderId, parcel: NewParcel) -> SubOrder;
        /// A parcel whose label was booked for its lines before: what was cancelled or sent otherwise since is not in it.
        fn ship_booked(tenant: TenantId, id: SubOrderId, parcel: NewParcel) -> SubOrder;
        /// A parcel has arrived.
        fn deliver(tenant: TenantId, id: SubOrderId, parcel: ParcelId) -> SubOrder;
        /// The buyer wants to send units of a delivered sub-order back.
        fn request_return(owner: CartOwner, order: OrderId, request: NewReturn) -> Order;
        /// The buyer has sent them, and may say how.
        fn send_back(owner: CartOwner, order: OrderId, of: ReturnId, carrier: String, tracking: String) -> Order;
        fn answer_return(tenant: TenantId, id: SubOrderId, of: ReturnId, answer: ReturnAnswer) -> SubOrder;
        /// One for each refund of an order, for its buyer (`owner`) or, with none, for a permitted operator.
        fn credit_notes(owner: Option<CartOwner>, order: OrderId) -> Vec<CreditNote>;
        /// The same of a sub-order, for its shop.
        fn credit_notes_of_sale(tenant: TenantId, id: SubOrderId) -> Vec<CreditNote>;
        /// A shop's returns, those of the newest sub-orders first; with `open`, only those of which more is expected.
        /// `limit` is of sub-orders.
        fn returns_of_seller(tenant: TenantId, open: bool, after: Option<Cursor>, limit: u16) -> Page<SellerReturn>;
    }
}

/// A shop's sub-orders, counted by status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalesTally {
    pub placed: u64,
    pub confirmed: u64,
    pub packed: u64,
    pub partly_shipped: u64,
    pub shipped: u64,
    pub delivered: u64,
    pub return_requested: u64,
    pub returned: u64,
    pub cancelled: u64,
    pub refunded: u64,
}

/// A shop's returns, each counted by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnsTally {
    /// Of which more is expected.
    pub open: u64,
    pub all: u64,
}

service! {
    /// What the pages of buyers and sellers ask beside the orders themselves.
    OrderDesk as "order_desk", remote RemoteOrderDesk, served ServedOrderDesk {
        fn tally(tenant: TenantId) -> SalesTally;
        fn tally_returns(tenant: TenantId) -> ReturnsTally;
        fn takings(tenant: TenantId, since: DateTime) -> Takings;
        /// Where a buyer's latest orders went, each address once, the latest used first; at most 10.
        fn addresses(buyer: UserId) -> Vec<Address>;
        /// The pictures' products of some of a buyer's orders: the first few of each, in order of purchase.
        fn products(orders: Vec<OrderId>) -> Vec<OrderProducts>;
        /// A shop's part of each of some orders; orders that have none of it are left out.
        fn sales(tenant: TenantId, orders: Vec<OrderId>) -> Vec<SaleCard>;
        /// For people, in order.
        fn numbers(orders: Vec<OrderId>) -> Vec<String>;
    }
}

service! {
    /// Documents of orders. Shops' names come from the tenants context.
    OrderPapers as "order_papers", remote RemoteOrderPapers, served ServedOrderPapers {
        /// The invoice of a sub-order, for its buyer. It gets the shop's next number when it is asked for first.
        fn invoice(owner: Option<CartOwner>, order: OrderId, id: SubOrderId, language: Language) -> Document;
        /// The same, for its seller.
        fn sale_invoice(tenant: TenantId, id: SubOrderId, language: Language) -> Document;
        /// The credit note of money that was given back for an order, for its buyer (`owner`) or, with none, for a permitted
        /// operator.
        fn credit_note(owner: Option<CartOwner>, order: OrderId, refund: RefundId, language: Language) -> Document;
        /// The same, for its seller.
        fn sale_credit_note(tenant: TenantId, id: SubOrderId, refund: RefundId, language: Language) -> Document;
        /// What goes into the parcel beside the goods: what was bought, without prices.
        fn packing_slip(tenant: TenantId, id: SubOrderId, language: Language) -> Document;
    }
}

/// A shop's part of an order, and what the marketplace keeps of each of its lines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaleCard {
    pub order: OrderId,
    pub id: SubOrderId,
    /// For people, such as `K7F3-9QXA-2`.
    pub number: String,
    pub fees: Vec<LineFee>,
}

/// What the marketplace keeps of all units of a line, frozen at sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineFee {
    pub line: LineId,
    /// With the tax on it.
    pub kept: Money,
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
        /// What it was ordered from. Older events do not tell.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cart: Option<CartId>,
    } key order, tenant |_| None
}
public_event! {
    "orders.order_cancelled" OrderCancelled {
        order: OrderId, buyer: Option<UserId>, reason: CancelReason, tenants: Vec<TenantId>,
        /// What had been told as sold and is not, each product once. Older events do not tell.
        #[serde(default)]
        unsold: Vec<SoldProduct>,
    } key order, tenant |_| None
}
public_event! {
    /// It had expired, its payment came after all, and its goods were still there: they are held again.
    "orders.order_reopened" OrderReopened {
        order: OrderId, buyer: Option<UserId>, tenants: Vec<TenantId>, reserved_until: DateTime,
    } key order, tenant |_| None
}
public_event! {
    /// It goes elsewhere; whoever may know where asks the order.
    "orders.order_readdressed" OrderReaddressed { order: OrderId, buyer: Option<UserId>, tenants: Vec<TenantId> } key order, tenant |_| None
}
public_event! {
    /// What of a sub-order is downloaded can be downloaded.
    "orders.downloads_ready" DownloadsReady {
        order: OrderId, sub_order: SubOrderId, tenant: TenantId, buyer: Option<UserId>,
        files: Vec<FileId>,
        /// When the last of them can be downloaded no more.
        until: DateTime,
    } key order, tenant |e| Some(e.tenant)
}
public_event! {
    "orders.sub_order_packed" SubOrderPacked { order: OrderId, sub_order: SubOrderId, tenant: TenantId, buyer: Option<UserId> } key order, tenant |e| Some(e.tenant)
}
public_event! {
    /// A parcel is on its way.
    "orders.sub_order_shipped" SubOrderShipped {
        order: OrderId, sub_order: SubOrderId, tenant: TenantId, buyer: Option<UserId>,
        parcel: ParcelId, carrier: String, tracking: String,
        /// Whether nothing of the sub-order is left to be sent.
        complete: bool,
    } key order, tenant |e| Some(e.tenant)
}
public_event! {
    /// A parcel has arrived.
    "orders.parcel_delivered" ParcelDelivered {
        order: OrderId, sub_order: SubOrderId, tenant: TenantId, buyer: Option<UserId>, parcel: ParcelId,
    } key order, tenant |e| Some(e.tenant)
}
public_event! {
    /// All of its parcels have arrived, and nothing of it is left to be sent.
    "orders.sub_order_delivered" SubOrderDelivered {
        order: OrderId, sub_order: SubOrderId, tenant: TenantId, buyer: Option<UserId>, delivered_at: DateTime,
        /// What was not cancelled of it, each product once. Older events do not tell.
        #[serde(default)]
        goods: Vec<SoldProduct>,
    } key order, tenant |e| Some(e.tenant)
}
public_event! {
    /// One sub-order of a paid order. When it was the last one, `orders.order_cancelled` follows. An order that is
    /// cancelled as a whole tells only that.
    "orders.sub_order_cancelled" SubOrderCancelled {
        order: OrderId, sub_order: SubOrderId, tenant: TenantId, buyer: Option<UserId>, reason: CancelReason, note: String,
        /// What was paid for it and not given back before: it goes back now, or is let go where it was only set aside.
        left: Money,
        /// As in `orders.order_cancelled`.
        #[serde(default)]
        unsold: Vec<SoldProduct>,
    } key order, tenant |e| Some(e.tenant)
}
public_event! {
    /// Some units of a sub-order will not be sent.
    "orders.sub_order_units_cancelled" SubOrderUnitsCancelled {
        order: OrderId, sub_order: SubOrderId, tenant: TenantId, buyer: Option<UserId>, units: Vec<ParcelLine>,
        reason: CancelReason, note: String,
        /// As in `orders.order_cancelled`.
        #[serde(default)]
        unsold: Vec<SoldProduct>,
    } key order, tenant |e| Some(e.tenant)
}
public_event! {
    "orders.sub_order_refunded" SubOrderRefunded {
        order: OrderId, sub_order: SubOrderId, tenant: TenantId, buyer: Option<UserId>, refund: RefundId, amount: Money,
        /// Whether it was only set aside and is let go: the buyer is never charged it.
        #[serde(default)]
        released: bool,
    } key order, tenant |e| Some(e.tenant)
}

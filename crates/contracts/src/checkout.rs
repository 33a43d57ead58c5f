//! From cart to order: what it would cost, placing it, paying it.

mod desk;

pub use desk::*;

use crate::cart::CartOwner;
use crate::catalog::Offer;
use crate::making::Made;
use crate::orders::{Deduction, Order, ParcelLine, RefundLine, SubOrder};
use crate::payments::PaymentStatus;
use crate::promotions::{Discount, RefusedCode, TakenPromotion};
use crate::purses::{Tender, TenderWish};
use crate::service::service;
use crate::taxes::{Tax, TaxSum};
use crate::{Address, Language};
use kernel::{
    CartId, CartLineId, Cursor, DateTime, LineId, Money, OrderId, Page, RefundId, ReturnId, SkuId,
    SubOrderId, TenantId, UserId,
};
use serde::{Deserialize, Serialize};

/// What a cart would cost, delivered to a place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuoteRequest {
    pub owner: CartOwner,
    pub cart: CartId,
    /// The least version of the cart the caller has seen.
    pub cart_version: Option<i64>,
    /// Without it delivery is left out of the totals.
    pub address: Option<Address>,
    /// Chosen option per shop; the cheapest where none is named.
    pub delivery: Vec<DeliveryChoice>,
    /// By which a guest's uses of promotions are counted, once they gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "TenderWish::is_default")]
    pub tender: TenderWish,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeliveryChoice {
    pub tenant: TenantId,
    #[schema(example = "standard")]
    pub code: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quote {
    pub cart: CartId,
    pub cart_version: i64,
    pub groups: Vec<QuoteGroup>,
    /// Of the goods, after discounts, with tax.
    pub subtotal: Money,
    /// After discounts, with tax; absent while there is no address.
    pub delivery: Option<Money>,
    /// What promotions take off: subtotal and delivery are after it.
    pub discount: Money,
    pub total: Money,
    /// Of `total`, what is tax, by rate.
    pub taxes: Vec<TaxSum>,
    /// What of it comes on top of prices that do not include it.
    pub tax_added: Money,
    /// Whether it is not known yet where the goods go: then each shop's are taxed as if they went where it is.
    pub tax_estimated: bool,
    /// What the basket gets something from, in the order in which it is taken off.
    pub promotions: Vec<TakenPromotion>,
    /// Coupons of the cart that do nothing for it.
    pub refused_codes: Vec<RefusedCode>,
    /// What gift cards and store credit would pay of the total.
    pub tenders: Vec<Tender>,
    /// The rest of it.
    pub due: Money,
}

/// One seller's part of a quote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuoteGroup {
    pub tenant: TenantId,
    pub shop_name: String,
    pub shop_slug: String,
    pub lines: Vec<QuoteLine>,
    /// Of the goods, after discounts, with tax.
    pub subtotal: Money,
    /// Ways of delivery to the address, cheapest first; empty while there is no address, or when none covers it. Prices are
    /// as the shop says them, with tax or without.
    pub options: Vec<DeliveryQuote>,
    pub chosen: Option<String>,
    /// Why there is no way of delivery to the address.
    pub unserved: Option<Unserved>,
    /// After discounts, with tax.
    pub delivery: Option<Money>,
    /// What promotions take off, of goods and delivery.
    pub discount: Money,
    /// Of it, off the delivery.
    pub delivery_discounts: Vec<Discount>,
    /// The tax in the delivery.
    pub delivery_tax: Option<Tax>,
    /// What is tax of the goods and the delivery, by rate.
    pub taxes: Vec<TaxSum>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuoteLine {
    pub offer: Offer,
    pub quantity: u32,
    /// Of all units, before discounts.
    pub list_total: Money,
    /// What promotions take off it.
    pub discounts: Vec<Discount>,
    /// After discounts, with tax.
    pub total: Money,
    /// The tax in that; none where none is due.
    pub tax: Option<Tax>,
    /// What it cost when it was put in, when that differs.
    pub price_was: Option<Money>,
    /// What is left of it beside the lines before this one.
    pub available: i64,
    /// The line of the cart that it stands for.
    pub line: CartLineId,
    /// How it is to be made; none for plain goods, and for answers that do not fit any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Box<Made>>,
    /// Whether the product asks something else by now: such a line cannot be ordered.
    #[serde(default)]
    pub is_outdated: bool,
}

impl Quote {
    /// What the goods cost before discounts.
    #[must_use]
    pub fn list_subtotal(&self) -> Money {
        sum_of(self.groups.iter().map(QuoteGroup::list_subtotal), self.subtotal)
    }

    /// What the delivery costs before discounts, and before tax that comes on top.
    #[must_use]
    pub fn list_delivery(&self) -> Option<Money> {
        let off = |group: &QuoteGroup| off(&group.delivery_discounts) - added(group.delivery_tax.as_ref());
        let off: i64 = self.groups.iter().map(off).sum();
        self.delivery
            .map(|delivery| Money::new(delivery.amount + off, delivery.currency))
    }
}

impl QuoteGroup {
    /// What its goods cost before discounts.
    #[must_use]
    pub fn list_subtotal(&self) -> Money {
        sum_of(self.lines.iter().map(|line| line.list_total), self.subtotal)
    }
}

/// Of amounts in the currency of `like`, whose sum was made before with discounts taken off.
fn sum_of(amounts: impl Iterator<Item = Money>, like: Money) -> Money {
    Money::new(amounts.map(|money| money.amount).sum(), like.currency)
}

/// What of a tax comes on top.
fn added(tax: Option<&Tax>) -> i64 {
    tax.filter(|tax| !tax.included).map_or(0, |tax| tax.amount.amount)
}

fn off(discounts: &[Discount]) -> i64 {
    discounts.iter().map(|discount| discount.amount.amount).sum()
}

impl QuoteLine {
    /// Whether this line can be ordered as it is.
    #[must_use]
    pub fn orderable(&self) -> bool {
        self.offer.for_sale && self.available >= i64::from(self.quantity)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeliveryQuote {
    pub code: String,
    pub name: String,
    pub price: Money,
    pub days_min: u16,
    pub days_max: u16,
}

/// Why a shop does not deliver its goods to an address.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Unserved {
    /// No rate of the shop's covers the place.
    NotCovered,
    /// The shop has closed the place.
    Closed,
    /// The goods weigh more than the shop sends there at once.
    TooHeavy,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaceOrder {
    pub owner: CartOwner,
    /// The signed-in buyer, if there is one.
    pub buyer: Option<UserId>,
    /// The same key twice is one order; the second call gets the first one's answer.
    pub idempotency_key: String,
    pub cart: CartId,
    pub cart_version: i64,
    /// What the buyer agreed to pay; anything else is refused with the new total.
    pub expected_total: Money,
    pub email: String,
    pub address: Address,
    pub delivery: Vec<DeliveryChoice>,
    #[serde(default, skip_serializing_if = "TenderWish::is_default")]
    pub tender: TenderWish,
    /// What the buyer agreed to pay beside gift cards and store credit; anything else is refused with what it would be. Only
    /// needed with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_due: Option<Money>,
    /// Whether the buyer agrees to [`crate::digital::consent`]. Needed where something is downloaded.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub consents_to_downloads: bool,
    /// In which the buyer is mailed of the order.
    #[serde(default, skip_serializing_if = "Language::is_usual")]
    pub language: Language,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pay {
    pub owner: CartOwner,
    pub order: OrderId,
    /// The provider's token for the buyer's means of payment; never a card number. Empty where the order costs nothing.
    pub method: String,
    /// Where the bank sends the buyer back to, a path of this site.
    pub return_path: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PayOutcome {
    pub status: PaymentStatus,
    pub order: Order,
    pub decline_reason: Option<String>,
    pub action_url: Option<String>,
}

/// A line that cannot be had, in the `shortages` member of an `out_of_stock` refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Shortage {
    pub sku: SkuId,
    pub requested: i64,
    pub available: i64,
}

/// Units of a sub-order that are not to be sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CancelUnits {
    pub sub_order: SubOrderId,
    /// Each line once.
    pub lines: Vec<ParcelLine>,
    /// Why; a shop must say.
    pub note: String,
    /// The same key twice is one cancellation.
    pub idempotency_key: String,
}

/// How a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// The provider is being asked, or has not told yet what became of it.
    Pending,
    /// The money is on its way to the buyer; order, payment and ledger say so.
    Refunded,
    /// The provider will not do it. It can be tried again.
    Refused,
    /// It went through, and the buyer's bank sent it back. Order, credit note and what the shop owes stay as they are; the
    /// marketplace owes it to the buyer until it is tried again.
    CameBack,
}

/// Money to be given back for one sub-order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RefundOrder {
    pub sub_order: SubOrderId,
    pub wish: RefundWish,
    /// The buyer is told.
    pub reason: String,
    #[serde(default)]
    pub to: RefundTo,
    /// The same key twice is one refund; the second call gets the first one's answer.
    pub idempotency_key: String,
}

/// Where money goes back to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RefundTo {
    /// Where it came from: store credit and gift cards first, then the means of payment.
    #[default]
    Origin,
    /// The buyer's store credit, all of it: the buyer wants that, and has an account.
    StoreCredit,
}

/// How much is to be given back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundWish {
    /// What was paid for these units, and for the delivery if that is wanted.
    Lines {
        lines: Vec<RefundUnits>,
        delivery: bool,
    },
    Amount(Money),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundUnits {
    pub line: LineId,
    #[schema(minimum = 1)]
    pub quantity: u32,
}

/// Money on its way back to a buyer, or there: one refund at the provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OrderRefund {
    pub id: RefundId,
    pub order: OrderId,
    pub status: RefundStatus,
    pub amount: Money,
    /// What it is given back for; one per sub-order. A shop sees its own.
    pub parts: Vec<RefundPart>,
    /// What of it goes to gift cards and store credit; the rest goes by the payment provider.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tenders: Vec<Tender>,
    /// The buyer is told.
    pub reason: String,
    /// Why the provider will not do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// Who wanted it: `buyer`, `seller`, `operator` or `system`.
    pub asked_by: String,
    pub asked_at: DateTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<DateTime>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RefundPart {
    pub sub_order: SubOrderId,
    /// Empty where it is given back as an amount.
    pub lines: Vec<RefundLine>,
    /// Of it, for the delivery.
    pub delivery: Money,
    pub amount: Money,
    /// The return that it is given back for.
    #[serde(default, rename = "return", skip_serializing_if = "Option::is_none")]
    pub of_return: Option<ReturnId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deduction: Option<Deduction>,
}

/// How money goes back for a return: what was paid for its units and is not given back yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnTerms {
    /// Whether what was paid for the delivery, and is left of it, goes back too.
    pub delivery: bool,
    pub deduction: Option<Deduction>,
}

/// Goods of a return that came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Each line once; units of the return that are in none have not come.
    pub lines: Vec<ReceiptLine>,
    pub then: AfterReceipt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptLine {
    pub line: LineId,
    /// Units that are for sale again.
    #[serde(default)]
    pub restocked: u32,
    /// Units that are not.
    #[serde(default)]
    pub written_off: u32,
}

/// What follows when the goods of a return are there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterReceipt {
    /// The money goes back, unless it did before.
    Refund(ReturnTerms),
    /// The same goods are sent again.
    Exchange,
    /// The shop says later.
    Nothing,
}

service! {
    /// The till.
    Checkout as "checkout", remote RemoteCheckout, served ServedCheckout {
        fn quote(request: QuoteRequest) -> Quote;
        /// Holds the stock of every line and records the order, or does nothing at all.
        fn place(request: PlaceOrder) -> Order;
        /// Pays a placed order, or asks again what became of an earlier attempt.
        fn pay(request: Pay) -> PayOutcome;
        /// The buyer came back from their bank, or wonders how it stands.
        fn resume(owner: CartOwner, order: OrderId) -> PayOutcome;
        /// Cancels an order of the owner's: frees its stock, and returns the money if it was paid.
        fn cancel(owner: CartOwner, order: OrderId) -> Order;
        /// Cancels one sub-order of a paid order of the owner's, before it is packed. The others are not touched.
        fn cancel_part(owner: CartOwner, order: OrderId, sub_order: SubOrderId) -> Order;
        /// Sends an order of the owner's elsewhere, before anything of it is packed. Refused where anything of it would cost
        /// something else there.
        fn change_address(owner: CartOwner, order: OrderId, address: Address) -> Order;
        /// Cancels units of a sub-order of a paid order of the owner's, before it is packed: what was paid for them goes back.
        /// With the last of them goes the sub-order.
        fn cancel_units(owner: CartOwner, order: OrderId, request: CancelUnits) -> Order;
        /// Cancels a sub-order of the shop's, before anything of it is sent. The buyer is told the note.
        fn cancel_sale(tenant: TenantId, sub_order: SubOrderId, note: String) -> SubOrder;
        /// Cancels units of a sub-order of the shop's that are not sent. The buyer is told the note.
        fn cancel_sale_units(tenant: TenantId, request: CancelUnits) -> SubOrder;
        /// Gives money back for a sub-order of the shop's.
        fn refund_sale(tenant: TenantId, request: RefundOrder) -> OrderRefund;
        /// Gives money back for any sub-order of an order, for a permitted operator.
        fn refund_order(order: OrderId, request: RefundOrder) -> OrderRefund;
        /// What was given back for a sub-order of the shop's, and what is on its way; oldest first.
        fn refunds_of_sale(tenant: TenantId, sub_order: SubOrderId) -> Vec<OrderRefund>;
        /// The same of an order, for its buyer (`owner`) or, with none, for a permitted operator.
        fn refunds_of_order(owner: Option<CartOwner>, order: OrderId) -> Vec<OrderRefund>;
        /// Asks the provider again for a refund that it refused or that came back.
        fn retry_refund(order: OrderId, refund: RefundId) -> OrderRefund;
        /// What providers refuse to give back, or have again, latest first.
        fn refused_refunds(after: Option<Cursor>, limit: u16) -> Page<OrderRefund>;
        /// The owner keeps what they wanted to return; nothing of it is sent yet.
        fn withdraw_return(owner: CartOwner, order: OrderId, of: ReturnId) -> Order;
        /// The goods of a return came back to the shop: they are stock again or written off, and what is due follows.
        fn receive_return(tenant: TenantId, sub_order: SubOrderId, of: ReturnId, receipt: Receipt) -> SubOrder;
        /// Gives money back for a return, also before its goods are there. Once for each.
        fn refund_return(tenant: TenantId, sub_order: SubOrderId, of: ReturnId, terms: ReturnTerms) -> OrderRefund;
        /// Takes the same goods from stock again for a return whose goods are there.
        fn exchange_return(tenant: TenantId, sub_order: SubOrderId, of: ReturnId) -> SubOrder;
        /// Nothing more is expected of a return, and the note says why. What was to be sent again is back in stock.
        fn close_return(tenant: TenantId, sub_order: SubOrderId, of: ReturnId, note: String) -> SubOrder;
    }
}

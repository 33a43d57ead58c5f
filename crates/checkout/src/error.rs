//! Everything checkout refuses, and what callers are told.

use crate::tender::CardRefusal;
use contracts::checkout::{SagaAnswer, Shortage, Unserved};
use contracts::purses::PurseKind;
use kernel::{Fault, Kind, Money, OrderId, TenantId};
use promotions::domain::refusal;
use promotions::till::Why;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("The cart is empty. Add something to it first.")]
    CartEmpty,
    #[error("The cart changed since you last saw it. Look at it again and confirm.")]
    CartChanged { current: i64 },
    #[error("An order was placed from this cart already.")]
    CartOrdered(OrderId),
    #[error("Some of the goods are not available in the wanted quantity.")]
    OutOfStock(Shortages),
    #[error("There is not enough in stock to send the same again. Give the money back instead.")]
    ExchangeShort(Shortages),
    #[error("`{title}` is not for sale any more. Take it out of the cart.")]
    NotForSale { title: String, sku: kernel::SkuId },
    #[error(
        "`{title}` asks something else of its buyers by now. Take it out of the cart, and put it in with answers that fit."
    )]
    AnswersOutdated { title: String, line: kernel::CartLineId },
    #[error(
        "Something of this is downloaded. Say that you want it as soon as it is paid, and know that your right to withdraw from it ends with that (`consents_to_downloads`)."
    )]
    ConsentMissing,
    #[error(
        "The offer `{name}` cannot be had any more: {}. Look at the order again and confirm.",
        gone(*.why)
    )]
    PromotionGone {
        promotion: kernel::PromotionId,
        name: String,
        why: Why,
    },
    #[error("{}", .why.words())]
    GiftCard { index: usize, why: CardRefusal },
    #[error("An order is paid with at most {} gift cards.", crate::tender::GIFT_CARDS_MAX)]
    TooManyGiftCards,
    #[error("Store credit belongs to an account. Sign in to use it.")]
    NoCreditForGuests,
    #[error("The buyer has no account, and so no store credit. Give it back where it came from.")]
    BuyerWithoutAccount,
    #[error("Say what is left to pay beside gift cards and store credit, as the quote told it.")]
    DueMissing,
    #[error(
        "Beside gift cards and store credit {now} is left to pay, not what you agreed to. Look at the order again and confirm."
    )]
    DueChanged { now: Money },
    #[error("{} {spendable} is left, less than the order was to be paid with. Look at the order again and confirm.", purse(*.kind))]
    TenderGone {
        kind: PurseKind,
        hint: String,
        spendable: Money,
    },
    #[error("The total is {now}, not what you agreed to. Look at the order again and confirm.")]
    TotalChanged { now: Money },
    #[error("{}", unserved(*.why))]
    NotDelivered { tenant: TenantId, why: Unserved },
    #[error(
        "A shop's delivery to this address costs {now}, and {was} to the one before. Choose another address, or cancel and order again."
    )]
    DeliveryDiffers {
        tenant: TenantId,
        was: Money,
        now: Money,
    },
    #[error(
        "Other taxes are due at this address than at the one before. Choose another address, or cancel and order again."
    )]
    TaxDiffers { tenant: TenantId },
    #[error("The shop has no delivery `{code}` to this address.")]
    NoSuchDelivery { index: usize, code: String },
    #[error("Choose one delivery per shop of the cart; this shop is not in it, or is named twice.")]
    StrayDelivery { index: usize },
    #[error("Say what it is paid with: only an order that costs nothing needs no means of payment.")]
    MethodMissing,
    #[error("The amounts cannot be added up: {0}.")]
    Money(#[from] kernel::MoneyError),
    #[error("This Idempotency-Key was used for another request. Use a new key for a new request.")]
    KeyReused,
    #[error("The time for which the stock was held is over. Order again.")]
    HoldEnded,
    #[error("Too many orders are being placed at this moment. Please try again.")]
    Busy,
    #[error("the till cannot be reached")]
    Unavailable,
    /// Logged where it happened.
    #[error("the till failed")]
    Internal,
    /// The order does not allow it.
    #[error(transparent)]
    Order(#[from] orders::domain::Refusal),
    #[error(transparent)]
    Orders(#[from] orders::Error),
    /// The payment moved on in the meantime; whoever asked looks again.
    #[error("the payment moved on")]
    Stale,
    #[error("There is no such payment: no order of this id was ever tried to be paid.")]
    NoSuchSaga,
    #[error("Somebody is at it just now. Try again in a second.")]
    SagaBusy,
    #[error(
        "This payment has ended: {0}. There is nothing left to try; compensate it to give the money back."
    )]
    SagaEnded(&'static str),
    #[error("This refund went through. If the buyer's bank sent it back, say so.")]
    RefundEnded(&'static [SagaAnswer]),
    #[error("The order is cancelled already: its money goes back, or is back.")]
    SagaCompensated,
    #[error(
        "At `{step}` nothing can be put in the provider's place but {}.",
        words(allowed)
    )]
    NotSkippable {
        step: &'static str,
        allowed: &'static [SagaAnswer],
    },
    #[error("Say under which reference the provider knows it.")]
    ReferenceMissing,
    #[error("There is no such refund of this order.")]
    NoSuchRefund,
    #[error(
        "An order has at most {} refunds. Give the rest back at once, or cancel what is left of it.",
        crate::till::settle::refund::REFUNDS_MAX
    )]
    TooManyRefunds,
    #[error("The money of this part is being captured just now. Try again in a moment.")]
    BeingCaptured,
    #[error(
        "The parts of this order were captured one by one, and go back one by one. Cancel each part by itself."
    )]
    CapturedApart,
    #[error(
        "Nothing of this part was captured yet, so there is nothing to credit. Give it back where it came from."
    )]
    NotCaptured,
    #[error("There is nothing to capture of this order: it was captured as it was paid, or never paid.")]
    NoSuchCapture,
    #[error("Nothing of this payment is left to capture or to let go.")]
    CaptureEnded,
    #[error("Refunds are in the currency of the order, {currency}.")]
    WrongCurrency { currency: kernel::Currency },
    #[error("Pass `next` of the page before, unchanged.")]
    BadCursor,
    #[error("There is no such payment provider.")]
    NoSuchProvider,
    #[error(transparent)]
    Webhook(#[from] payments::webhook::Refusal),
    /// A refusal of another context, or of a field.
    #[error("{0}")]
    Fault(Box<Fault>),
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
}

fn words(allowed: &[SagaAnswer]) -> String {
    match allowed {
        [] => "a retry".to_owned(),
        allowed => allowed
            .iter()
            .map(|answer| answer.name())
            .collect::<Vec<_>>()
            .join(" or "),
    }
}

/// Why a shop does not deliver, and what can be done about it.
fn unserved(why: Unserved) -> &'static str {
    match why {
        Unserved::NotCovered => {
            "The shop does not deliver to this address. Choose another address, or take its goods out of the cart."
        }
        Unserved::Closed => {
            "The shop has closed this place for its deliveries. Choose another address, or take its goods out of the cart."
        }
        Unserved::TooHeavy => {
            "The goods of this shop are heavier than it sends to this address at once. Order fewer of them at a time."
        }
    }
}

fn purse(kind: PurseKind) -> &'static str {
    match kind {
        PurseKind::GiftCard => "On a gift card",
        PurseKind::StoreCredit => "Of your store credit",
    }
}

/// Why there is not enough of a promotion left.
fn gone(why: Why) -> &'static str {
    match why {
        Why::Ended => "it has ended",
        Why::UsedUp => "as many orders as may have used it",
        Why::BudgetGone => "its budget is used up",
        Why::UsedByBuyer => "you have used it as often as one may",
    }
}

/// The lines that cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortages(pub Vec<Shortage>);

impl From<Vec<inventory::till::Shortage>> for Shortages {
    fn from(shortages: Vec<inventory::till::Shortage>) -> Self {
        let shortage = |s: inventory::till::Shortage| Shortage {
            sku: s.sku,
            requested: s.requested,
            available: s.available,
        };
        Self(shortages.into_iter().map(shortage).collect())
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Fault(Box::new(fault))
    }
}

impl Error {
    /// What the caller is told. The one place that decides it.
    #[must_use]
    pub fn fault(&self) -> Fault {
        let plain = |kind, code| Fault::new(kind, code, self.to_string());
        match self {
            Self::CartEmpty => plain(Kind::Unprocessable, "cart_empty"),
            Self::CartChanged { current } => plain(Kind::Conflict, "cart_changed")
                .at("/cart_version")
                .with("cart_version", current),
            Self::CartOrdered(order) => plain(Kind::Conflict, "cart_ordered").with("order", order),
            Self::OutOfStock(Shortages(shortages)) => {
                plain(Kind::Conflict, "out_of_stock").with("shortages", shortages)
            }
            Self::ExchangeShort(Shortages(shortages)) => plain(Kind::Conflict, "exchange_out_of_stock")
                .with("shortages", shortages)
                .with("allowed", ["refunded"]),
            Self::NotForSale { sku, .. } => plain(Kind::Conflict, "not_for_sale").with("sku", sku),
            Self::AnswersOutdated { line, .. } => {
                plain(Kind::Conflict, "answers_outdated").with("line", line)
            }
            Self::ConsentMissing => {
                plain(Kind::Unprocessable, "download_consent_missing").at("/consents_to_downloads")
            }
            Self::PromotionGone { promotion, why, .. } => plain(Kind::Conflict, "promotion_gone")
                .with("promotion", promotion)
                .with("reason", refusal(*why)),
            Self::GiftCard { index, why } => {
                plain(Kind::Unprocessable, why.code()).at(format!("/gift_cards/{index}"))
            }
            Self::TooManyGiftCards => plain(Kind::Unprocessable, "gift_cards_too_many").at("/gift_cards"),
            Self::NoCreditForGuests => plain(Kind::Unprocessable, "store_credit_guest").at("/store_credit"),
            Self::BuyerWithoutAccount => plain(Kind::Unprocessable, "buyer_without_account").at("/to"),
            Self::DueMissing => Fault::field("due_missing", "/expected_due", self.to_string()),
            Self::DueChanged { now } => plain(Kind::Conflict, "due_changed")
                .at("/expected_due")
                .with("due", now),
            Self::TenderGone {
                kind,
                hint,
                spendable,
            } => plain(Kind::Conflict, "tender_gone")
                .with("kind", kind)
                .with("hint", hint)
                .with("spendable", spendable),
            Self::TotalChanged { now } => plain(Kind::Conflict, "total_changed")
                .at("/expected_total")
                .with("total", now),
            Self::NotDelivered { tenant, why } => plain(Kind::Unprocessable, "address_not_served")
                .at("/address")
                .with("tenant", tenant)
                .with("reason", why),
            Self::DeliveryDiffers { tenant, was, now } => plain(Kind::Conflict, "delivery_price_differs")
                .at("/address")
                .with("tenant", tenant)
                .with("was", was)
                .with("now", now),
            Self::TaxDiffers { tenant } => plain(Kind::Conflict, "taxes_differ")
                .at("/address")
                .with("tenant", tenant),
            Self::NoSuchDelivery { index, .. } => {
                plain(Kind::Unprocessable, "delivery_unavailable").at(format!("/delivery/{index}/code"))
            }
            Self::StrayDelivery { index } => {
                plain(Kind::Unprocessable, "delivery_stray").at(format!("/delivery/{index}/tenant"))
            }
            Self::MethodMissing => Fault::field("text_empty", "/method", self.to_string()),
            Self::Money(_) => plain(Kind::Unprocessable, "amounts_incompatible"),
            Self::KeyReused => plain(Kind::Unprocessable, "idempotency_key_reused").at("Idempotency-Key"),
            Self::HoldEnded => plain(Kind::Conflict, "hold_ended").allowing(&["cancelled"]),
            Self::Busy => {
                let mut fault = plain(Kind::TooMany, "till_busy");
                fault.retry_after_s = Some(1);
                fault
            }
            Self::Unavailable => Fault::unavailable("The till"),
            Self::NoSuchSaga => Fault::not_found("payment"),
            Self::SagaBusy => {
                let mut fault = plain(Kind::Conflict, "payment_busy");
                fault.retry_after_s = Some(1);
                fault
            }
            Self::SagaEnded(_) => plain(Kind::Conflict, "payment_ended").with("allowed", ["compensate"]),
            Self::RefundEnded(allowed) => plain(Kind::Conflict, "refund_ended").with("allowed", allowed),
            Self::SagaCompensated => plain(Kind::Conflict, "order_cancelled").allowing(&[]),
            Self::NotSkippable { allowed, .. } => plain(Kind::Conflict, "step_not_skippable")
                .at("/answer")
                .with("allowed", allowed),
            Self::ReferenceMissing => Fault::field("text_empty", "/reference", self.to_string()),
            Self::NoSuchRefund => Fault::not_found("refund"),
            Self::BeingCaptured => {
                let mut fault = plain(Kind::Conflict, "capture_under_way");
                fault.retry_after_s = Some(1);
                fault
            }
            Self::NoSuchCapture => Fault::not_found("uncaptured payment"),
            Self::CaptureEnded => plain(Kind::Conflict, "capture_ended").allowing(&[]),
            Self::CapturedApart => plain(Kind::Conflict, "captured_apart").with("allowed", ["cancel_part"]),
            Self::NotCaptured => plain(Kind::Conflict, "not_captured")
                .at("/to")
                .with("allowed", ["origin"]),
            Self::TooManyRefunds => plain(Kind::Conflict, "refunds_too_many"),
            Self::BadCursor => Fault::field("cursor_invalid", "after", self.to_string()),
            Self::WrongCurrency { .. } => {
                plain(Kind::Unprocessable, "currency_differs").at("/amount/currency")
            }
            Self::NoSuchProvider => Fault::not_found("payment provider"),
            Self::Webhook(refusal) => self.webhook(refusal),
            Self::Order(refusal) => refusal.clone().into(),
            Self::Fault(fault) => (**fault).clone(),
            Self::Database(error) if ::store::is_outage(error) => ::store::out_of_reach(error),
            Self::Internal | Self::Stale | Self::Orders(_) | Self::Database(_) => {
                tracing::error!(error = %self, "checkout failed");
                Fault::internal()
            }
        }
    }
}

impl Error {
    fn webhook(&self, refusal: &payments::webhook::Refusal) -> Fault {
        use payments::webhook::Refusal as R;
        match refusal {
            R::Signature => Fault::new(Kind::Unauthenticated, "webhook_signature", self.to_string())
                .at("webhook-signature"),
            R::Stale => Fault::field("webhook_stale", "webhook-timestamp", self.to_string()),
            R::Header(name) => Fault::field("webhook_malformed", *name, self.to_string()),
            R::Body(_) => Fault::field("webhook_malformed", "", self.to_string()),
            R::Unavailable => Fault::unavailable("The payment provider"),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error {
            Error::Orders(error) => error.into(),
            error => error.fault(),
        }
    }
}

//! From cart to order in four steps, and the sandbox bank's challenge.

use askama::Template;

use super::cart::{Change, Coupons, Saving, Taxes};
use super::common::{Choice, Field, Image, Price};
use super::making::Made;
use super::page::Page;

/// Where the buyer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub enum Step {
    Address,
    Delivery,
    Payment,
    Review,
}

impl Step {
    pub const ALL: [Step; 4] = [Step::Address, Step::Delivery, Step::Payment, Step::Review];

    pub fn key(&self) -> &'static str {
        match self {
            Step::Address => "checkout.step.address",
            Step::Delivery => "checkout.step.delivery",
            Step::Payment => "checkout.step.payment",
            Step::Review => "checkout.step.review",
        }
    }

    pub fn href(&self) -> &'static str {
        match self {
            Step::Address => "/checkout/address",
            Step::Delivery => "/checkout/delivery",
            Step::Payment => "/checkout/payment",
            Step::Review => "/checkout/review",
        }
    }
}

/// The side summary of every step.
#[derive(Clone, Debug)]
pub struct Summary {
    pub sellers: Vec<SummarySeller>,
    pub items: u64,
    /// Before discounts.
    pub subtotal: Price,
    pub savings: Vec<Saving>,
    /// None where it is too late for them: the order is placed.
    pub coupons: Option<Coupons>,
    /// None until the delivery is chosen.
    pub delivery: Option<Price>,
    pub taxes: Taxes,
    pub total: Price,
    /// What gift cards and store credit pay of it.
    pub tenders: Vec<Saving>,
    /// What is left to pay.
    pub due: Price,
}

#[derive(Clone, Debug)]
pub struct SummarySeller {
    pub name: String,
    pub lines: Vec<SummaryLine>,
}

#[derive(Clone, Debug)]
pub struct SummaryLine {
    pub title: String,
    pub variant: String,
    pub made: Option<Made>,
    pub quantity: u64,
    pub image: Option<Image>,
    pub total: Price,
}

/// A postal address as a form.
#[derive(Clone, Debug, Default)]
pub struct AddressForm {
    pub name: Field,
    pub line1: Field,
    pub line2: Field,
    pub postcode: Field,
    pub city: Field,
    pub province: Field,
    pub provinces: Vec<Choice>,
    pub country: Field,
    pub countries: Vec<Choice>,
    pub phone: Field,
}

#[derive(Clone, Debug, Template)]
#[template(path = "checkout_address.html")]
pub struct CheckoutAddressPage {
    pub page: Page,
    pub step: Step,
    pub summary: Summary,
    pub email: Field,
    pub address: AddressForm,
    /// Addresses the signed-in buyer has used before.
    pub saved: Vec<SavedAddress>,
}

/// An address to fill the form with.
#[derive(Clone, Debug)]
pub struct SavedAddress {
    pub label: String,
    pub href: String,
    /// Whether the form holds it.
    pub current: bool,
}

#[derive(Clone, Debug, Template)]
#[template(path = "checkout_delivery.html")]
pub struct CheckoutDeliveryPage {
    pub page: Page,
    pub step: Step,
    pub summary: Summary,
    pub ship_to: String,
    pub sellers: Vec<DeliveryChoice>,
}

impl CheckoutDeliveryPage {
    /// False while a seller does not send to this address.
    fn deliverable(&self) -> bool {
        self.sellers.iter().all(|seller| seller.refused.is_none())
    }
}

/// The ways in which one seller can send.
#[derive(Clone, Debug)]
pub struct DeliveryChoice {
    /// Form field: `delivery.<seller id>`.
    pub name: String,
    pub seller: String,
    pub place: String,
    pub items: Vec<String>,
    /// Whether nothing of it is sent, so that nothing is chosen.
    pub is_downloaded: bool,
    pub options: Vec<DeliveryOption>,
    /// Set where the seller does not send to this address.
    pub refused: Option<String>,
}

#[derive(Clone, Debug)]
pub struct DeliveryOption {
    pub value: String,
    pub label: String,
    pub window: String,
    pub price: Option<Price>,
    pub selected: bool,
}

#[derive(Clone, Debug, Template)]
#[template(path = "checkout_payment.html")]
pub struct CheckoutPaymentPage {
    pub page: Page,
    /// Where the choice is posted: the checkout's own step, or an order that is paid again.
    pub action: String,
    /// The order that is paid again; none on the way to one.
    pub order_href: Option<String>,
    pub step: Step,
    pub summary: Summary,
    /// None where nothing is left to pay.
    pub methods: Vec<PaymentMethod>,
    /// None where it is too late for them: the order is placed.
    pub purses: Option<PurseForms>,
    pub error: Option<String>,
    /// True where the sandbox provider is the one that charges.
    pub sandbox: bool,
}

/// Gift cards that were put in, a form for another, and the buyer's store credit.
#[derive(Clone, Debug, Default)]
pub struct PurseForms {
    pub cards: Vec<CardRow>,
    /// False where as many were put in as one order takes.
    pub takes_more: bool,
    /// What the buyer has; none where that is nothing.
    pub credit: Option<Price>,
    pub uses_credit: bool,
}

#[derive(Clone, Debug)]
pub struct CardRow {
    /// Its place among those that were put in: how its form names it.
    pub index: usize,
    pub hint: String,
    /// What it pays; none where nothing was left for it.
    pub amount: Option<Price>,
}

/// A way to pay. The token is the provider's; no card number ever comes here.
#[derive(Clone, Debug)]
pub struct PaymentMethod {
    pub token: String,
    pub label: String,
    pub hint: String,
    pub selected: bool,
}

#[derive(Clone, Debug, Template)]
#[template(path = "checkout_review.html")]
pub struct CheckoutReviewPage {
    pub page: Page,
    pub step: Step,
    pub summary: Summary,
    pub email: String,
    pub address: Vec<String>,
    pub deliveries: Vec<ReviewDelivery>,
    pub payment: String,
    pub changes: Vec<Change>,
    /// Whether prices changed, which the buyer must accept.
    pub repriced: bool,
    /// Whether less is left than the basket holds: it must be adjusted first.
    pub short: bool,
    /// Makes the same press of the button the same order.
    pub idempotency_key: String,
    /// What the buyer sees and agrees to: the basket's version and the total's decimal.
    pub cart_version: i64,
    /// What the buyer agrees to where something is downloaded.
    pub download_consent: Option<&'static str>,
    pub error: Option<String>,
}

#[derive(Clone, Debug)]
pub struct ReviewDelivery {
    pub seller: String,
    pub label: String,
    pub window: String,
    pub price: Option<Price>,
}

/// The sandbox bank asks the buyer to confirm. It stands outside the marketplace's frame, as a bank's page does.
#[derive(Clone, Debug, Template)]
#[template(path = "bank_challenge.html")]
pub struct BankChallengePage {
    pub page: Page,
    pub merchant: String,
    pub amount: Price,
    pub card: String,
    pub reference: String,
    /// Where the two answers are posted.
    pub action: String,
}

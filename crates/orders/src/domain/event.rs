use super::tax::{Tax, added};
use super::tender::Tender;
use contracts::digital::SoldDigital;
use contracts::making::Made;
use contracts::orders::{CancelReason, ReturnReason, ReturnWish};
use contracts::promotions::Funder;
use contracts::taxes::TaxOwner;
use contracts::tenants::return_days;
use contracts::{Address, Language};
use kernel::{
    CartId, CommissionRuleId, Currency, LineId, ParcelId, PaymentId, ProductId, PromotionId, RefundId,
    ReturnId, SkuId, SubOrderId, TenantId, Timestamp, UserId, allocate,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened to an order. Its JSON is kept for ever, so it only changes compatibly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    Placed(Box<Placed>),
    PaymentDeclined {
        reason: String,
    },
    Confirmed,
    /// As a whole.
    Cancelled {
        reason: CancelReason,
    },
    /// It had expired, its payment came after all, and its goods were still there: they are held again.
    Reopened {
        reserved_until: Timestamp,
    },
    /// Nothing of it is packed: it goes elsewhere.
    Readdressed {
        address: Box<Address>,
    },
    /// With its payment: what is downloaded of it can be downloaded, and is delivered with that.
    Provided {
        part: SubOrderId,
    },
    Packed {
        part: SubOrderId,
    },
    Shipped {
        part: SubOrderId,
        parcel: Parcel,
    },
    Delivered {
        part: SubOrderId,
        parcel: ParcelId,
    },
    /// One sub-order of a paid order, nothing of which was sent. The others go on.
    PartCancelled {
        part: SubOrderId,
        reason: CancelReason,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    },
    /// Some units of a sub-order of a paid order will not be sent.
    UnitsCancelled {
        part: SubOrderId,
        units: Vec<Units>,
        reason: CancelReason,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
        /// By what whoever asked knows it; older histories do not tell.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        key: String,
    },
    /// Money was given back.
    Refunded {
        refund: Refund,
    },
    /// A return of units that were delivered got somewhere.
    Return {
        part: SubOrderId,
        id: ReturnId,
        step: ReturnStep,
    },
}

/// What happens to a return. Money that goes back for it is an [`Event::Refunded`] that names it, goods that are sent again
/// an [`Event::Shipped`] whose parcel does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnStep {
    Requested(ReturnRequest),
    Authorised {
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
    },
    Refused {
        note: String,
    },
    Withdrawn,
    SentBack {
        #[serde(default, skip_serializing_if = "String::is_empty")]
        carrier: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        tracking: String,
    },
    Received {
        lines: Vec<Received>,
    },
    /// What came back is sent again, at no charge.
    Exchanged,
    /// By its shop: nothing more is expected of it.
    Closed {
        note: String,
    },
}

/// What a buyer wants to give back, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnRequest {
    /// Each line once.
    pub lines: Vec<Units>,
    pub reason: ReturnReason,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    #[serde(default)]
    pub wish: ReturnWish,
}

/// Units of a line that came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    pub line: LineId,
    /// For sale again.
    pub restocked: u32,
    /// Not.
    pub written_off: u32,
}

impl Received {
    #[must_use]
    pub fn units(&self) -> u32 {
        self.restocked.saturating_add(self.written_off)
    }
}

/// Some units of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Units {
    pub line: LineId,
    pub quantity: u32,
}

/// What is sent together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    pub id: ParcelId,
    /// Each line once.
    pub lines: Vec<Units>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub carrier: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tracking: String,
    /// The return whose goods are sent again in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<ReturnId>,
}

/// Money given back for one sub-order, in minor units of the order's currency: for lines and delivery, whose sum is
/// `amount`, or, where neither is named, `amount` as such.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    pub id: RefundId,
    pub part: SubOrderId,
    /// Each line once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<RefundLine>,
    #[serde(default)]
    pub delivery: i64,
    pub amount: i64,
    pub reason: String,
    /// The return that it is given back for.
    #[serde(default, rename = "return", skip_serializing_if = "Option::is_none")]
    pub of_return: Option<ReturnId>,
    /// Whether it was only set aside and is let go: the buyer is never charged, so that nothing goes back to them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub released: bool,
    /// What was kept of the price of its lines.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deduction: Option<Deduction>,
}

/// Money that a shop keeps of what was paid for goods that came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deduction {
    /// Minor units of the order's currency.
    pub amount: i64,
    pub reason: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundLine {
    pub line: LineId,
    /// Units it is given back for; 0 where it is a part of their price.
    pub quantity: u32,
    pub amount: i64,
}

/// Everything an order is made of. Amounts are minor units of `currency`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Placed {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<UserId>,
    /// Hash of the secret of the guest's cart, by which a guest proves that the order is theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guest: Option<String>,
    pub cart: CartId,
    pub email: String,
    pub address: Address,
    pub currency: Currency,
    pub payment: PaymentId,
    pub reserved_until: Timestamp,
    /// One per seller.
    pub parts: Vec<Part>,
    /// What of it gift cards and store credit pay, in the order in which they are used: set aside when it is placed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tenders: Vec<Tender>,
    /// In which its buyer is mailed of it.
    #[serde(default, skip_serializing_if = "Language::is_usual")]
    pub language: Language,
}

/// What one seller sells in an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub id: SubOrderId,
    pub tenant: TenantId,
    pub lines: Vec<Line>,
    pub delivery: Delivery,
    /// What the marketplace keeps of it, frozen here: the sum of its lines'.
    pub commission: i64,
    /// The tax on that.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub commission_tax: i64,
    /// Days from delivery in which its buyer may ask to send something back, frozen here.
    #[serde(default = "return_days", skip_serializing_if = "is_usual")]
    pub return_days: u16,
    /// Who owes the taxes in it to the authorities.
    #[serde(default, skip_serializing_if = "is_sellers")]
    pub tax_owed_by: TaxOwner,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "fits `skip_serializing_if`")]
fn is_usual(days: &u16) -> bool {
    *days == return_days()
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "fits `skip_serializing_if`")]
fn is_sellers(owner: &TaxOwner) -> bool {
    *owner == TaxOwner::Seller
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    pub code: String,
    pub name: String,
    /// What is paid for it: after discounts, with tax.
    pub price: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<Discount>,
    /// What of the price is tax; none where none is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Tax>,
}

/// What a promotion took off a line, or off a delivery; above zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    pub promotion: PromotionId,
    /// As it read when it was taken off.
    pub name: String,
    pub funder: Funder,
    pub amount: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub id: LineId,
    pub sku: SkuId,
    pub product: ProductId,
    /// As it read when it was bought.
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub options: String,
    pub code: String,
    pub quantity: u32,
    pub unit_price: i64,
    /// What the marketplace keeps of all its units, frozen here; zero in orders older than commissions of lines.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub commission: i64,
    /// The tax on that.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub commission_tax: i64,
    /// The rule that says so; none where the house's rate held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<CommissionRuleId>,
    /// Off the price of all its units, in the order in which they were taken off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<Discount>,
    /// The tax in what is paid for it, frozen here; none where none is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<Tax>,
    /// How its units are made to order, frozen here: the unit price has its surcharges in it. None for plain goods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<Box<Made>>,
    /// What is downloaded of it, frozen here; none for what is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digital: Option<Box<SoldDigital>>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "fits `skip_serializing_if`")]
fn is_zero(amount: &i64) -> bool {
    *amount == 0
}

impl Part {
    /// What is kept of it: commission, and the tax on it.
    #[must_use]
    pub fn kept(&self) -> i64 {
        self.commission.saturating_add(self.commission_tax)
    }
}

impl Event {
    /// Stable, in snake case.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Placed(_) => "placed",
            Self::PaymentDeclined { .. } => "payment_declined",
            Self::Confirmed => "confirmed",
            Self::Cancelled { .. } => "cancelled",
            Self::Reopened { .. } => "reopened",
            Self::Readdressed { .. } => "readdressed",
            Self::Provided { .. } => "provided",
            Self::Packed { .. } => "packed",
            Self::Shipped { .. } => "shipped",
            Self::Delivered { .. } => "delivered",
            Self::PartCancelled { .. } => "part_cancelled",
            Self::UnitsCancelled { .. } => "units_cancelled",
            Self::Refunded { .. } => "refunded",
            Self::Return { step, .. } => step.name(),
        }
    }

    /// The one sub-order that it happened to; none if it happened to the order.
    #[must_use]
    pub fn part(&self) -> Option<SubOrderId> {
        match self {
            Self::Placed(_)
            | Self::PaymentDeclined { .. }
            | Self::Confirmed
            | Self::Cancelled { .. }
            | Self::Reopened { .. }
            | Self::Readdressed { .. } => None,
            Self::Provided { part }
            | Self::Packed { part }
            | Self::Shipped { part, .. }
            | Self::Delivered { part, .. }
            | Self::PartCancelled { part, .. }
            | Self::UnitsCancelled { part, .. }
            | Self::Return { part, .. } => Some(*part),
            Self::Refunded { refund } => Some(refund.part),
        }
    }
}

impl ReturnStep {
    /// Stable, in snake case.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Requested(_) => "return_requested",
            Self::Authorised { .. } => "return_authorised",
            Self::Refused { .. } => "return_refused",
            Self::Withdrawn => "return_withdrawn",
            Self::SentBack { .. } => "return_sent_back",
            Self::Received { .. } => "return_received",
            Self::Exchanged => "return_exchanged",
            Self::Closed { .. } => "return_closed",
        }
    }
}

impl store::streams::StreamEvent for Event {
    fn name(&self) -> &'static str {
        self.name()
    }
}

/// What promotions took off.
#[must_use]
pub fn discount(discounts: &[Discount]) -> i64 {
    discounts.iter().map(|discount| discount.amount).sum()
}

/// What of it the marketplace pays for.
#[must_use]
pub fn funded(discounts: &[Discount]) -> i64 {
    let funded = discounts.iter().filter(|d| d.funder == Funder::Marketplace);
    funded.map(|discount| discount.amount).sum()
}

impl Line {
    /// What is kept of it: commission, and the tax on it.
    #[must_use]
    pub fn kept(&self) -> i64 {
        self.commission.saturating_add(self.commission_tax)
    }

    /// What its units cost before discounts.
    #[must_use]
    pub fn list_total(&self) -> i64 {
        self.unit_price * i64::from(self.quantity)
    }

    /// What is paid for it: after discounts, with tax.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.list_total() - discount(&self.discounts) + added(self.tax.as_ref())
    }

    /// What is paid for some of its units, when others of them were counted before: together, for all of them, its total.
    #[must_use]
    pub fn paid_for(&self, units: u32, before: u32) -> i64 {
        self.paid_for_first(before.saturating_add(units))
            .saturating_sub(self.paid_for_first(before))
    }

    /// Units that were never bought count at their list price, so that whoever asks for too many asks for too much.
    fn paid_for_first(&self, units: u32) -> i64 {
        let bought = units.min(self.quantity);
        let shares = allocate(
            self.total(),
            &[u64::from(bought), u64::from(self.quantity - bought)],
        );
        let paid = shares.first().copied().filter(|_| bought > 0).unwrap_or(0);
        let beyond = self.unit_price.saturating_mul(i64::from(units - bought));
        paid.saturating_add(beyond)
    }
}

impl Delivery {
    #[must_use]
    pub fn list_price(&self) -> i64 {
        self.price + discount(&self.discounts) - added(self.tax.as_ref())
    }
}

impl Part {
    #[must_use]
    pub fn subtotal(&self) -> i64 {
        self.lines.iter().map(Line::total).sum()
    }

    /// What is paid for it, goods and delivery.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.subtotal() + self.delivery.price
    }

    /// What promotions took off it.
    #[must_use]
    pub fn discount(&self) -> i64 {
        self.discounts().map(|discount| discount.amount).sum()
    }

    /// What of its discounts the marketplace pays for: the shop is owed it beside what the buyer pays.
    #[must_use]
    pub fn funded(&self) -> i64 {
        let lines = self.lines.iter().map(|line| funded(&line.discounts)).sum::<i64>();
        lines + funded(&self.delivery.discounts)
    }

    pub fn discounts(&self) -> impl Iterator<Item = &Discount> {
        let lines = self.lines.iter().flat_map(|line| &line.discounts);
        lines.chain(&self.delivery.discounts)
    }
}

impl Placed {
    #[must_use]
    pub fn subtotal(&self) -> i64 {
        self.parts.iter().map(Part::subtotal).sum()
    }

    #[must_use]
    pub fn delivery(&self) -> i64 {
        self.parts.iter().map(|p| p.delivery.price).sum()
    }

    /// What promotions took off it.
    #[must_use]
    pub fn discount(&self) -> i64 {
        self.parts.iter().map(Part::discount).sum()
    }

    /// What each of its promotions took off it, in order of their ids.
    #[must_use]
    pub fn promotions(&self) -> BTreeMap<PromotionId, i64> {
        let mut taken = BTreeMap::new();
        for discount in self.parts.iter().flat_map(Part::discounts) {
            *taken.entry(discount.promotion).or_default() += discount.amount;
        }
        taken
    }

    #[must_use]
    pub fn total(&self) -> i64 {
        self.subtotal() + self.delivery()
    }

    #[must_use]
    pub fn units(&self) -> i64 {
        self.parts
            .iter()
            .flat_map(|p| &p.lines)
            .map(|l| i64::from(l.quantity))
            .sum()
    }

    pub fn tenants(&self) -> impl Iterator<Item = TenantId> {
        self.parts.iter().map(|p| p.tenant)
    }
}

//! One charge per order, and each seller's share of it.

use crate::service::{public_event, service};
use kernel::{DateTime, Money, OrderId, PaymentId, RefundId, TenantId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Nothing was asked of the provider yet.
    Due,
    /// The provider was asked and has not answered for certain; it is being asked what became of it.
    Processing,
    /// The buyer has to confirm with their bank.
    RequiresAction,
    /// Set aside: something of it is still to be taken, as the shops send.
    Authorized,
    /// Taken, and nothing of it is left to take.
    Captured,
    Declined,
    /// Nothing was taken, because the order ended before it was, or its shops did not send in time; an authorisation, if any,
    /// was let go.
    Voided,
    Refunded,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Payment {
    pub id: PaymentId,
    pub order: OrderId,
    pub status: PaymentStatus,
    pub amount: Money,
    pub captured: Money,
    /// What is set aside and will not be taken, where something was released.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<Money>,
    pub refunded: Money,
    pub shares: Vec<PaymentShare>,
    /// Why it was declined, in words a buyer understands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_reason: Option<String>,
    /// Where the buyer confirms with their bank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_url: Option<String>,
    pub updated_at: DateTime,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PaymentShare {
    pub tenant: TenantId,
    pub amount: Money,
    /// What the provider has set aside or taken: all of it or nothing, as a payment is authorised once.
    pub authorized: Money,
    pub captured: Money,
    /// What of it will not be taken, because it was cancelled before it was; absent where nothing was. Captured, released and
    /// what is still open are what is authorised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released: Option<Money>,
    pub refunded: Money,
}

/// The payment provider that has a payment's charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderOf {
    pub payment: PaymentId,
    pub provider: String,
}

/// When the money that a buyer's bank set aside is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaptureTime {
    /// All of it, as the order is confirmed.
    #[default]
    AtOnce,
    /// Each shop's share, as the shop sends its goods.
    OnDispatch,
}

/// Kinds of means of payment. Given instead of a token, the provider asks the buyer for the rest on its own page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MethodType {
    Card,
    NetBanking,
    Upi,
    Wallet,
}

impl CaptureTime {
    pub const ALL: [Self; 2] = [Self::AtOnce, Self::OnDispatch];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::AtOnce => "at_once",
            Self::OnDispatch => "on_dispatch",
        }
    }

    /// The reverse of [`Self::name`].
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|time| time.name() == name)
    }
}

impl PaymentStatus {
    /// Whether the buyer's money is set aside, or was taken.
    #[must_use]
    pub fn is_authorized(self) -> bool {
        matches!(self, Self::Authorized | Self::Captured | Self::Refunded)
    }
}

impl MethodType {
    pub const ALL: [Self; 4] = [Self::Card, Self::NetBanking, Self::Upi, Self::Wallet];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::NetBanking => "net_banking",
            Self::Upi => "upi",
            Self::Wallet => "wallet",
        }
    }

    /// The reverse of [`Self::name`].
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A confirmation at the sandbox's bank.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SandboxChallenge {
    pub amount: Money,
    pub return_path: String,
    /// Whether it still waits for an answer.
    pub open: bool,
}

service! {
    /// The payments context.
    Payments as "payments", remote RemotePayments, served ServedPayments {
        fn payment(id: PaymentId) -> Payment;
        /// Who has the charges of some payments; those that nobody was asked for yet are left out.
        fn providers(payments: Vec<PaymentId>) -> Vec<ProviderOf>;
        /// The sandbox bank's page: what the buyer is asked to confirm.
        fn sandbox_challenge(reference: String) -> SandboxChallenge;
        /// The buyer's answer to the sandbox bank; gives the path that leads back to the shop.
        fn sandbox_answer(reference: String, approve: bool) -> String;
    }
}

public_event! {
    "payments.payment_captured" PaymentCaptured {
        payment: PaymentId, order: OrderId, amount: Money,
        /// The provider's own name of the charge.
        #[serde(default)]
        reference: Option<String>,
    } key order, tenant |_| None
}
public_event! {
    "payments.payment_declined" PaymentDeclined { payment: PaymentId, order: OrderId, reason: String } key order, tenant |_| None
}
public_event! {
    "payments.refund_came_back" RefundCameBack {
        payment: PaymentId, order: OrderId, refund: RefundId,
        /// What the provider has again; gift cards and store credit keep what they got.
        amount: Money,
    } key order, tenant |_| None
}
public_event! {
    "payments.payment_refunded" PaymentRefunded {
        payment: PaymentId, order: OrderId,
        /// What this refund gave back: all of the payment, or a part of it.
        amount: Money,
        /// None of money that was never sold for, all of which went back.
        #[serde(default)]
        refund: Option<RefundId>,
        /// The provider's own name of what it did.
        #[serde(default)]
        reference: Option<String>,
        /// Whether its order was confirmed before; if not, the money came when the goods were gone, and the buyer must learn why.
        sold: bool,
    } key order, tenant |_| None
}

//! What a notice's words are made of, and where it leads.

use contracts::notifications::{NoticeKind, NoticeReader};
use kernel::{DateTime, Money, OrderId, ProductId, SubOrderId, TenantId, ThreadId, WebhookEndpointId};
use serde::{Deserialize, Serialize};

/// What the event said that somebody may want to read. Names of things are asked for when it is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_order: Option<SubOrderId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shop: Option<TenantId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<ProductId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<ThreadId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Units that are left, or stars.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime>,
    /// As a shop or a bank wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where one of the shop's programs is told of what happens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<WebhookEndpointId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
}

/// The page that a notice leads to. `part` is the shop's part of the order.
pub fn href(kind: NoticeKind, facts: &Facts, reader: NoticeReader, part: Option<SubOrderId>) -> String {
    use NoticeKind as K;
    match (reader, kind) {
        (
            NoticeReader::Person { .. },
            K::AccountLocked | K::PasswordChanged | K::TokenReused | K::NewDevice,
        ) => "/account".to_owned(),
        (
            NoticeReader::Person { .. },
            K::SecondFactorOn | K::SecondFactorOff | K::RecoveryCodesMade | K::RecoveryCodeUsed,
        ) => "/account/second-factor".to_owned(),
        (NoticeReader::Person { .. }, K::ReviewAnswered | K::ReviewApproved | K::ReviewRejected) => {
            "/account/reviews".to_owned()
        }
        (NoticeReader::Person { .. }, _) => match (facts.thread, facts.order) {
            (Some(thread), _) => format!("/account/messages/{thread}"),
            (None, Some(order)) => format!("/orders/{order}"),
            (None, None) => "/account/notifications".to_owned(),
        },
        (NoticeReader::Staff { .. }, K::ReviewReceived) => "/seller/reviews".to_owned(),
        (NoticeReader::Staff { .. }, K::LowStock | K::OutOfStock) => "/seller/stock".to_owned(),
        (NoticeReader::Staff { .. }, K::PayoutPaid | K::PayoutFailed | K::PayoutReturned) => {
            "/seller/settlement/payouts".to_owned()
        }
        (NoticeReader::Staff { .. }, K::EndpointPaused) => match facts.endpoint {
            Some(endpoint) => format!("/seller/webhooks/{endpoint}"),
            None => "/seller/webhooks".to_owned(),
        },
        (NoticeReader::Staff { .. }, _) => match (facts.thread, part.or(facts.sub_order), facts.product) {
            (Some(thread), ..) => format!("/seller/messages/{thread}"),
            (None, Some(part), _) => format!("/seller/orders/{part}"),
            (None, None, Some(product)) => format!("/seller/products/{product}"),
            (None, None, None) => "/seller/orders".to_owned(),
        },
    }
}

//! Webhooks: where shops are told of what happens, program to program.

use crate::service::{public_event, service};
use kernel::{Cursor, DateTime, EventId, Page, TenantId, WebhookEndpointId};
use serde::{Deserialize, Serialize};

/// Days for which messages and attempts are kept.
pub const KEPT_DAYS: i64 = 30;

// Names are token trees: attributes that read them do not see into literals.
macro_rules! kinds {
    ($( $(#[$doc:meta])* $kind:ident $name:tt, )+) => {
        /// What a shop can be told of.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
        )]
        #[schema(as = WebhookEventType)]
        pub enum WebhookKind {
            $( $(#[$doc])* #[serde(rename = $name)] $kind, )+
        }

        impl WebhookKind {
            pub const ALL: &[Self] = &[$( Self::$kind, )+];

            /// As messages and the API spell it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $( Self::$kind => $name, )+
                }
            }

            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.name() == name)
            }
        }
    };
}

kinds! {
    /// An order with goods of the shop's is paid: they may be packed.
    OrderConfirmed "order.confirmed",
    /// Before it was sent, units of it were cancelled or it goes elsewhere: it is to be read anew.
    OrderChanged "order.changed",
    /// A paid order is cancelled, or the shop's part of one.
    OrderCancelled "order.cancelled",
    /// A parcel is on its way.
    ParcelShipped "parcel.shipped",
    /// All parcels of the shop's part of an order have arrived.
    OrderDelivered "order.delivered",
    /// A return was asked for, or went a step on.
    ReturnChanged "return.changed",
    /// Money went back to the buyer for the shop's part of an order.
    RefundCompleted "refund.completed",
    /// A payout is paid.
    PayoutPaid "payout.paid",
    /// A product was made or changed, or its status was.
    ProductChanged "product.changed",
    /// A SKU fell below its reorder point.
    StockLow "stock.low",
}

/// Why an endpoint is told of nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookPause)]
pub enum Pause {
    /// The shop turned it off.
    Shop,
    /// Nothing reached it for five days, or it answered 410.
    Failing,
}

/// Where a shop is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = WebhookEndpoint)]
pub struct Endpoint {
    pub id: WebhookEndpointId,
    #[schema(example = "https://example.com/hooks/stoa")]
    pub url: String,
    pub description: String,
    /// Of what it is told; of everything where it is empty.
    pub events: Vec<WebhookKind>,
    /// Absent while it is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<Pause>,
    /// Since when nothing has reached it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<DateTime>,
    /// Until when messages are signed with the secret of before as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub old_secret_until: Option<DateTime>,
    pub created_at: DateTime,
}

/// An endpoint, and its secret, this once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = NewWebhookEndpoint)]
pub struct MadeEndpoint {
    /// By which its messages are signed: `whsec_` and base64. It is shown this once.
    pub secret: String,
    pub endpoint: Endpoint,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MakeWebhookEndpointRequest)]
pub struct MakeEndpoint {
    /// `https://`, on a port of the web's (443, 8443, 80, 8080); never in a private network.
    #[schema(example = "https://example.com/hooks/stoa", min_length = 1, max_length = 500)]
    pub url: String,
    #[serde(default)]
    #[schema(max_length = 200)]
    pub description: String,
    /// Of what it is told; of everything where it is empty.
    #[serde(default)]
    pub events: Vec<WebhookKind>,
}

/// What is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChangeWebhookEndpointRequest)]
pub struct ChangeEndpoint {
    #[serde(default)]
    #[schema(max_length = 500)]
    pub url: Option<String>,
    #[serde(default)]
    #[schema(max_length = 200)]
    pub description: Option<String>,
    #[serde(default)]
    pub events: Option<Vec<WebhookKind>>,
    /// Turned on, it is told of what comes; what came meanwhile is replayed on demand.
    #[serde(default)]
    pub enabled: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = WebhookDeliveryState)]
pub enum DeliveryState {
    /// On its way, or to be tried again once the endpoint is told of anything.
    Pending,
    Delivered,
    /// Tried as often as it may be.
    Failed,
}

/// A message on its way to one endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = WebhookDelivery)]
pub struct Delivery {
    /// Of the message: `webhook-id`. The same however often it is sent, and to each endpoint.
    pub message: EventId,
    /// One of the event types, or `webhook.test`.
    #[schema(example = "order.confirmed")]
    pub event: String,
    pub state: DeliveryState,
    /// When it happened.
    pub at: DateTime,
    /// The latest first, at most 20.
    pub attempts: Vec<Attempt>,
    /// When it is tried again; absent while the endpoint is told of nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<DateTime>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = WebhookAttempt)]
pub struct Attempt {
    pub at: DateTime,
    /// Absent where nobody answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    pub duration_ms: u32,
    /// The first 500 bytes of the answer, or why there is none.
    pub said: String,
}

service! {
    /// The webhooks context.
    Webhooks as "webhooks", remote RemoteWebhooks, served ServedWebhooks {
        /// The newest first; at most 20.
        fn endpoints(tenant: TenantId) -> Vec<Endpoint>;
        fn endpoint(tenant: TenantId, id: WebhookEndpointId) -> Endpoint;
        /// Its secret is in this answer and nowhere else.
        fn make(tenant: TenantId, new: MakeEndpoint) -> MadeEndpoint;
        fn change(tenant: TenantId, id: WebhookEndpointId, change: ChangeEndpoint) -> Endpoint;
        fn delete(tenant: TenantId, id: WebhookEndpointId) -> ();
        /// A new secret. Messages are signed with the old one as well for a day.
        fn rotate(tenant: TenantId, id: WebhookEndpointId) -> MadeEndpoint;
        /// Sends a message that tells of nothing.
        fn test(tenant: TenantId, id: WebhookEndpointId) -> EventId;
        /// Sends again what it is told of and happened since then; how many messages that are.
        fn replay(tenant: TenantId, id: WebhookEndpointId, since: DateTime) -> u64;
        /// What is or was on its way to it, the latest first.
        fn deliveries(tenant: TenantId, id: WebhookEndpointId, after: Option<Cursor>, limit: u16) -> Page<Delivery>;
        /// Sends one message again, from the first attempt on.
        fn retry(tenant: TenantId, id: WebhookEndpointId, message: EventId) -> ();
    }
}

public_event! {
    /// Nothing reached it for five days, or it answered 410: it is told no more until the shop turns it on again.
    "webhooks.endpoint_paused" EndpointPaused {
        endpoint: WebhookEndpointId, tenant: TenantId,
        /// Of its address.
        host: String,
    } key endpoint, tenant |e| Some(e.tenant)
}

//! Shipping: parcels in the hands of carriers.

use crate::orders::ParcelLine;
use crate::service::{public_event, service};
use crate::{Address, Document, Language};
use kernel::{DateTime, OrderId, ParcelId, ReturnId, ShipmentId, SubOrderId, TenantId};
use serde::{Deserialize, Serialize};

/// A carrier that labels can be booked with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Carrier {
    /// By which shipments and webhooks name it.
    #[schema(example = "sandbox")]
    pub name: String,
    pub services: Vec<CarrierService>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CarrierService {
    #[schema(example = "standard")]
    pub code: String,
    pub name: String,
}

/// Where a shipment stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ShipmentState {
    /// The carrier was asked for a label and has not answered.
    Requested,
    /// The carrier will not take it; `reason` says why.
    Refused,
    /// There is a label.
    Booked,
    /// The carrier has it.
    Accepted,
    InTransit,
    OutForDelivery,
    /// Nobody was there; the carrier tries again or keeps it.
    Attempted,
    /// Something went wrong on the way.
    Exception,
    Delivered,
    /// It came back to its sender.
    Returned,
}

/// What a carrier tells of a parcel.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TrackingKind {
    Accepted,
    InTransit,
    OutForDelivery,
    Attempted,
    Exception,
    Delivered,
    Returned,
}

/// Who took a parcel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeliveryProof {
    /// As they signed.
    #[serde(default)]
    #[schema(max_length = 80)]
    pub signed_by: String,
    /// Under which the carrier keeps signature or picture.
    #[serde(default)]
    #[schema(max_length = 80)]
    pub reference: String,
}

/// A point of a parcel's way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TrackingEvent {
    /// The carrier's: the same id is the same event.
    pub id: String,
    pub kind: TrackingKind,
    /// When it happened, says the carrier.
    pub at: DateTime,
    /// Such as `Sevilla`; may be empty.
    pub place: String,
    /// In the carrier's words; may be empty.
    pub note: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<DeliveryProof>,
}

/// A parcel that a label was asked for, and its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Shipment {
    pub id: ShipmentId,
    pub order: OrderId,
    pub sub_order: SubOrderId,
    pub tenant: TenantId,
    /// What it is in its sub-order, once it is on its way.
    pub parcel: ParcelId,
    pub lines: Vec<ParcelLine>,
    /// The return whose goods are sent again in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<ReturnId>,
    pub carrier: String,
    pub service: String,
    pub weight_g: u32,
    /// Where the shop is registered.
    pub sender: Address,
    pub recipient: Address,
    pub state: ShipmentState,
    /// The carrier's number of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    /// Why the carrier refused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When the carrier means to deliver it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eta: Option<DateTime>,
    pub created_at: DateTime,
    /// In the carrier's order of time.
    pub events: Vec<TrackingEvent>,
}

/// A label that a seller wants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewShipment {
    /// Chosen by the caller: asked for again under the same id, it is booked once.
    pub id: ShipmentId,
    /// None: all that is left to be sent.
    pub lines: Option<Vec<ParcelLine>>,
    pub carrier: String,
    pub service: String,
    pub weight_g: u32,
    /// The return whose goods are sent again.
    #[serde(default)]
    pub exchange: Option<ReturnId>,
}

service! {
    /// The shipping context.
    Shipping as "shipping", remote RemoteShipping, served ServedShipping {
        fn carriers() -> Vec<Carrier>;
        /// Asks a carrier for a label. The shipment is `requested` where the carrier did not answer; it is asked again.
        fn book(tenant: TenantId, id: SubOrderId, new: NewShipment) -> Shipment;
        /// Says that the carrier has the parcel: the sub-order ships it, with carrier and tracking number.
        fn hand_over(tenant: TenantId, id: ShipmentId) -> Shipment;
        /// A shop's shipments of a sub-order, the oldest first.
        fn of_sub_order(tenant: TenantId, id: SubOrderId) -> Vec<Shipment>;
        /// All shipments of an order, the oldest first: for whoever has made sure that the caller may see the order.
        fn of_order(order: OrderId) -> Vec<Shipment>;
        fn label(tenant: TenantId, id: ShipmentId, language: Language) -> Document;
    }
}

public_event! {
    /// A shipment has come further on its way than before; what comes late changes nothing and is not told.
    "shipping.shipment_progressed" ShipmentProgressed {
        shipment: ShipmentId, order: OrderId, sub_order: SubOrderId, tenant: TenantId, parcel: ParcelId,
        lines: Vec<ParcelLine>, carrier: String, tracking: String, state: ShipmentState,
        /// Of the carrier's event.
        at: DateTime,
        /// The return whose goods are sent again in it.
        #[serde(default)]
        exchange: Option<ReturnId>,
    } key shipment, tenant |e| Some(e.tenant)
}

//! Everything shipping refuses, and what callers are told.

use contracts::shipping::ShipmentState;
use httpkit::webhook::Unbelieved;
use kernel::{Fault, Kind};

use crate::domain::state_name;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("There is no such shipment.")]
    NoSuchShipment,
    #[error("There is no such carrier here. `GET /v1/seller/carriers` lists those there are.")]
    NoSuchCarrier,
    #[error("This carrier has no such service. `GET /v1/seller/carriers` lists what it has.")]
    NoSuchService,
    #[error("A parcel weighs 1 to {0} grams.")]
    Weight(u32),
    #[error(
        "A label is booked for a sub-order that is packed, or of which a part was sent; this one is {0}."
    )]
    NotPacked(String),
    #[error("There is no such return of this sub-order.")]
    NoSuchReturn,
    #[error(
        "A label is booked for goods of a return once they are exchanged, until all of them are sent; this return is {0}."
    )]
    NotExchanged(String),
    #[error("Name each line once, with at least one unit, and no more units than are left to be sent.")]
    Units,
    #[error("This id was used for another shipment. Choose a new one.")]
    IdTaken,
    #[error("The shipment is {}: that is possible once it is booked.", state_name(*.0))]
    NotBooked(ShipmentState),
    #[error(
        "An event of this id was told before, with something else in it. Give each event an id of its own."
    )]
    EventIdTaken,
    #[error("An event cannot lie in the future, nor before its shipment was booked by more than a day.")]
    EventTime(usize),
    #[error("The body is not a message of this carrier: {0}.")]
    Body(String),
    #[error("{}", unbelieved(*.0))]
    Unbelieved(Unbelieved),
    #[error("The carrier does not answer. Try again in a moment.")]
    Silent,
    /// A refusal of another context, or of a text.
    #[error("{}", .0.detail)]
    Elsewhere(Fault),
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    #[error("an event could not be written or read: {0}")]
    Json(#[from] serde_json::Error),
}

fn unbelieved(why: Unbelieved) -> String {
    match why {
        Unbelieved::Header(name) => format!("The header `{name}` is missing or cannot be read."),
        Unbelieved::Stale => "The webhook's time is too far from ours: it came too late, or is a replay. \
             Send it again with the present time and a new signature."
            .to_owned(),
        Unbelieved::Signature => {
            "The signature does not fit the message. Check the signing secret, and send the body \
             unchanged."
                .to_owned()
        }
    }
}

impl ::store::TxError for Error {
    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self::Elsewhere(fault)
    }
}

impl From<Unbelieved> for Error {
    fn from(why: Unbelieved) -> Self {
        Self::Unbelieved(why)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let detail = error.to_string();
        match error {
            Error::NoSuchShipment => Self::not_found("shipment"),
            Error::NoSuchCarrier => Self::field("carrier_unknown", "/carrier", detail),
            Error::NoSuchService => Self::field("service_unknown", "/service", detail),
            Error::Weight(_) => Self::field("weight_invalid", "/weight_g", detail),
            Error::NotPacked(from) => Self::new(Kind::Conflict, "transition_illegal", detail)
                .with("from", from)
                .with("allowed", ["packed", "partly_shipped"]),
            Error::NoSuchReturn => Self::not_found("return"),
            Error::NotExchanged(from) => Self::new(Kind::Conflict, "transition_illegal", detail)
                .with("from", from)
                .with("allowed", ["exchanged"]),
            Error::Units => Self::field("units_invalid", "/lines", detail),
            Error::IdTaken => Self::new(Kind::Conflict, "id_taken", detail),
            Error::NotBooked(from) => {
                Self::new(Kind::Conflict, "not_booked", detail).with("from", state_name(from))
            }
            Error::EventIdTaken => Self::new(Kind::Conflict, "event_id_taken", detail),
            Error::EventTime(place) => Self::field("event_time", format!("/events/{place}/at"), detail),
            Error::Body(_) => Self::field("webhook_malformed", "", detail),
            Error::Unbelieved(Unbelieved::Signature) => {
                Self::new(Kind::Unauthenticated, "webhook_signature", detail)
            }
            Error::Unbelieved(Unbelieved::Header(name)) => Self::field("webhook_malformed", name, detail),
            Error::Unbelieved(Unbelieved::Stale) => Self::field("webhook_stale", "webhook-timestamp", detail),
            Error::Silent => Self::unavailable("The carrier"),
            Error::Elsewhere(fault) => fault,
            Error::Database(ref error) if ::store::is_outage(error) => ::store::out_of_reach(error),
            Error::Database(_) | Error::Json(_) => {
                tracing::error!(error = %detail, "shipping failed");
                Self::internal()
            }
        }
    }
}

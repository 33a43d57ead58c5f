//! The port to carriers.

use crate::error::Error;
use contracts::shipping::{CarrierService, TrackingEvent};
use contracts::{Address, Language};
use futures::future::BoxFuture;
use httpkit::webhook::Message;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Characters of a carrier's number.
const TRACKING_CHARS_MAX: usize = 40;

/// Whether this can be a carrier's number: it fits on a label and into an address.
#[must_use]
pub fn is_tracking(number: &str) -> bool {
    let is_printable = |byte: u8| byte.is_ascii_graphic() && byte != b'/';
    (1..=TRACKING_CHARS_MAX).contains(&number.len()) && number.bytes().all(is_printable)
}

/// A parcel that a carrier is asked to take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// The same key is the same parcel, however often it is asked for.
    pub key: String,
    pub service: String,
    pub weight_g: u32,
    pub sender: Address,
    pub recipient: Address,
    /// What the sender calls it: the sub-order's number.
    pub reference: String,
}

/// What a carrier says of a booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Booked {
        /// In printable ASCII, at most 40 characters.
        tracking: String,
        eta: Option<Timestamp>,
    },
    Refused {
        reason: String,
    },
    /// No answer came, so the label may or may not have been booked. Only asking can tell: [`Carrier::inquire`].
    Unknown,
    /// The carrier has never heard of the key: it may be booked again.
    NotFound,
}

/// An event, and which parcel it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    pub tracking: String,
    pub event: TrackingEvent,
    /// When the carrier now means to deliver; none where it says nothing of that.
    pub eta: Option<Timestamp>,
}

/// A carrier. Every call is idempotent by the booking's key.
pub trait Carrier: Send + Sync + 'static {
    fn name(&self) -> &'static str;
    fn services(&self) -> Vec<CarrierService>;
    fn book(&self, booking: Booking, now: Timestamp) -> BoxFuture<'_, Answer>;
    /// How a booking stands; the only way to learn what became of an unanswered one.
    fn inquire(&self, key: String) -> BoxFuture<'_, Answer>;
    /// The label of a booking as PDF; none where the carrier does not answer.
    fn label(&self, key: String, language: Language) -> BoxFuture<'_, Option<Vec<u8>>>;
    /// What a webhook tells, if it is this carrier's and no replay.
    fn read_webhook(&self, message: &Message, now: Timestamp) -> Result<News, Error>;
}

/// Those there are.
#[derive(Clone)]
pub struct Carriers(Arc<Vec<Arc<dyn Carrier>>>);

impl Carriers {
    #[must_use]
    pub fn new(carriers: Vec<Arc<dyn Carrier>>) -> Self {
        Self(Arc::new(carriers))
    }

    #[must_use]
    pub fn called(&self, name: &str) -> Option<&dyn Carrier> {
        let mut carriers = self.0.iter();
        carriers.find(|carrier| carrier.name() == name).map(AsRef::as_ref)
    }

    pub fn iter(&self) -> impl Iterator<Item = &dyn Carrier> {
        self.0.iter().map(AsRef::as_ref)
    }
}

#[cfg(test)]
mod tests {
    use super::is_tracking;

    #[test]
    fn numbers_fit_on_a_label_and_into_an_address() {
        assert!(is_tracking("SB000000000017"));
        for bad in ["", "ñ", "a b", "a/b", "a\0", &"1".repeat(41)] {
            assert!(!is_tracking(bad), "{bad}");
        }
    }
}

//! Parcels on their way, and the labels of those that have not left.

use super::common::{Choice, Field};
use super::seller::ShipLine;

/// A point of a parcel's way, as its carrier told it.
#[derive(Clone, Debug)]
pub struct WayPoint {
    pub label: String,
    pub at: String,
    /// Where, what the carrier says, and who signed; may be empty.
    pub note: String,
}

/// A label of a parcel that has not left.
#[derive(Clone, Debug)]
pub struct Label {
    pub carrier: String,
    pub tracking: String,
    /// How it stands, in words.
    pub state: String,
    /// Where the label is, once the carrier has given one.
    pub download: Option<String>,
    /// Where the form posts that gives the parcel away.
    pub hand_over: Option<String>,
}

/// Asks a carrier for a label.
#[derive(Clone, Debug)]
pub struct BookForm {
    pub action: String,
    /// The id that the shipment gets, so that a form sent twice books once.
    pub shipment: String,
    /// What is left to be sent.
    pub lines: Vec<ShipLine>,
    /// The return whose goods are sent again; empty where it is none's.
    pub exchange: String,
    pub services: Vec<Choice>,
    /// In grams.
    pub weight: Field,
    /// Why it came back, if it did.
    pub refused: Option<String>,
}

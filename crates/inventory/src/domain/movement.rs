/// Why a level changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// A seller counted.
    Count,
    /// A seller added or took away.
    Adjustment,
    /// An order was placed: units are reserved for it.
    Hold,
    /// The order ended unpaid: its units are free again.
    Release,
    /// The order was paid: its units are gone.
    Sale,
    /// A paid order was cancelled, or units of it were returned: they are back.
    Return,
    /// A transfer left this warehouse.
    Dispatched,
    /// A transfer or a purchase is on its way to this warehouse.
    Expected,
    /// Units of it arrived.
    Received,
    /// Units of it will not arrive.
    NotReceived,
    /// The warehouse's own list said otherwise, and was believed.
    Reconciliation,
}

impl Reason {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Adjustment => "adjustment",
            Self::Hold => "hold",
            Self::Release => "release",
            Self::Sale => "sale",
            Self::Return => "return",
            Self::Dispatched => "dispatched",
            Self::Expected => "expected",
            Self::Received => "received",
            Self::NotReceived => "not_received",
            Self::Reconciliation => "reconciliation",
        }
    }
}

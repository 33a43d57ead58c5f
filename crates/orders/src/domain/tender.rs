//! What of an order is paid by gift cards and store credit, and what is left for a payment provider.

use super::{Order, Placed};
use contracts::purses::{self as api, PurseKind};
use kernel::{Money, PurseId};
use serde::{Deserialize, Serialize};

/// What an order, or a refund of it, moves of one gift card or of its buyer's store credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tender {
    pub purse: PurseId,
    pub kind: PurseKind,
    /// The last letters of the gift card's code; empty for store credit.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
    /// Minor units of the order's currency, above zero.
    pub amount: i64,
}

impl Tender {
    #[must_use]
    pub fn view(&self, currency: kernel::Currency) -> api::Tender {
        api::Tender {
            kind: self.kind,
            hint: self.hint.clone(),
            amount: Money::new(self.amount, currency),
        }
    }
}

impl Placed {
    /// What gift cards and store credit pay, in minor units.
    #[must_use]
    pub fn tendered(&self) -> i64 {
        self.tenders.iter().map(|tender| tender.amount).sum()
    }
}

impl Order {
    /// What a payment provider is asked for: the total, less what gift cards and store credit pay of it.
    #[must_use]
    pub fn charged(&self) -> Money {
        self.money(self.placed.total() - self.placed.tendered())
    }
}

//! How a payment may move from one status to another.

pub mod split;

use contracts::payments::PaymentStatus;
use kernel::{RefundId, TenantId};
use serde::{Deserialize, Serialize};
use store::streams::StreamEvent;

/// What happened to a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum Event {
    /// The provider is about to be asked.
    Started {
        attempt: u32,
        provider: String,
        method: String,
    },
    ActionRequired {
        reference: String,
        url: String,
    },
    Authorized {
        reference: String,
    },
    /// Some of what is set aside was taken, by shops. The payment stays authorized while something of it is open.
    SharesCaptured {
        reference: String,
        /// Minor units; what the shares sum to.
        amount: i64,
        shares: Vec<CapturedShare>,
    },
    /// Some of what is set aside will not be taken.
    SharesReleased {
        /// Minor units; what the shares sum to.
        amount: i64,
        shares: Vec<ReleasedShare>,
    },
    /// All of it, each shop's share with it. Also of a payment that was voided: money may come late.
    Captured {
        reference: String,
    },
    Declined {
        reason: String,
    },
    /// The order ended unpaid.
    Voided,
    /// All of it, each shop's share with it: it was never sold for.
    Refunded {
        reference: String,
    },
    /// Some of what was sold for, or the last of it. The payment stays captured until all of it went back.
    PartlyRefunded {
        refund: RefundId,
        /// The provider's name of the refund.
        reference: String,
        /// Minor units; what the shares sum to.
        amount: i64,
        shares: Vec<RefundedShare>,
    },
    /// What a refund gave back did not reach the buyer: the provider has it again.
    RefundCameBack {
        refund: RefundId,
        /// Minor units; what the shares sum to.
        amount: i64,
        shares: Vec<RefundedShare>,
    },
}

/// What was taken of one shop's share of a payment, in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapturedShare {
    pub tenant: TenantId,
    pub amount: i64,
    /// Of it, what had been released: some providers take all or nothing, and it is given back afterwards.
    #[serde(default)]
    pub unreleased: i64,
}

/// What will not be taken of one shop's share of a payment, in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedShare {
    pub tenant: TenantId,
    pub amount: i64,
}

/// What one shop's share of a payment gave back, in minor units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundedShare {
    pub tenant: TenantId,
    pub amount: i64,
}

impl StreamEvent for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Started { .. } => "started",
            Self::ActionRequired { .. } => "action_required",
            Self::Authorized { .. } => "authorized",
            Self::SharesCaptured { .. } => "shares_captured",
            Self::SharesReleased { .. } => "shares_released",
            Self::Captured { .. } => "captured",
            Self::Declined { .. } => "declined",
            Self::Voided => "voided",
            Self::Refunded { .. } => "refunded",
            Self::PartlyRefunded { .. } => "partly_refunded",
            Self::RefundCameBack { .. } => "refund_came_back",
        }
    }
}

impl Event {
    /// The status it leads to. Where it is about some of a payment, the till's statement sees what that makes of all of it: a
    /// payment is `Authorized` while something of it is open, and `Refunded` once all that was taken went back.
    #[must_use]
    pub fn status(&self) -> PaymentStatus {
        match self {
            Self::Started { .. } => PaymentStatus::Processing,
            Self::ActionRequired { .. } => PaymentStatus::RequiresAction,
            Self::Authorized { .. } | Self::SharesCaptured { .. } | Self::SharesReleased { .. } => {
                PaymentStatus::Authorized
            }
            Self::Captured { .. } | Self::PartlyRefunded { .. } | Self::RefundCameBack { .. } => {
                PaymentStatus::Captured
            }
            Self::Declined { .. } => PaymentStatus::Declined,
            Self::Voided => PaymentStatus::Voided,
            Self::Refunded { .. } => PaymentStatus::Refunded,
        }
    }

    /// The statuses from which it may happen. A payment in any other stays as it is.
    #[must_use]
    pub fn allowed_from(&self) -> &'static [PaymentStatus] {
        use PaymentStatus as S;
        match self {
            Self::Started { .. } => &[S::Due, S::Declined],
            Self::ActionRequired { .. } => &[S::Processing],
            // Voided says that the order ended unpaid; the provider may still have been at it. Then the order is opened
            // again, or the money goes back.
            Self::Authorized { .. } => &[S::Processing, S::RequiresAction, S::Authorized, S::Voided],
            Self::SharesCaptured { .. } | Self::SharesReleased { .. } => &[S::Authorized],
            Self::Declined { .. } => &[S::Processing, S::RequiresAction, S::Authorized],
            Self::Captured { .. } => &[S::Processing, S::RequiresAction, S::Authorized, S::Voided],
            Self::Voided => &[
                S::Due,
                S::Processing,
                S::RequiresAction,
                S::Authorized,
                S::Declined,
            ],
            Self::Refunded { .. } => &[S::Captured, S::Voided],
            // Of what was taken, also while the rest is set aside.
            Self::PartlyRefunded { .. } => &[S::Authorized, S::Captured],
            Self::RefundCameBack { .. } => &[S::Authorized, S::Captured, S::Refunded],
        }
    }
}

/// The status as the database spells it.
#[must_use]
pub fn status_name(status: PaymentStatus) -> &'static str {
    match status {
        PaymentStatus::Due => "due",
        PaymentStatus::Processing => "processing",
        PaymentStatus::RequiresAction => "requires_action",
        PaymentStatus::Authorized => "authorized",
        PaymentStatus::Captured => "captured",
        PaymentStatus::Declined => "declined",
        PaymentStatus::Voided => "voided",
        PaymentStatus::Refunded => "refunded",
    }
}

/// The reverse of [`status_name`].
#[must_use]
pub fn status_of(name: &str) -> Option<PaymentStatus> {
    use PaymentStatus as S;
    [
        S::Due,
        S::Processing,
        S::RequiresAction,
        S::Authorized,
        S::Captured,
        S::Declined,
        S::Voided,
        S::Refunded,
    ]
    .into_iter()
    .find(|&s| status_name(s) == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use PaymentStatus as S;

    fn captured() -> Event {
        Event::Captured {
            reference: "r".into(),
        }
    }

    #[test]
    fn captured_money_is_refunded_never_voided() {
        assert!(!Event::Voided.allowed_from().contains(&S::Captured));
        assert_eq!(
            Event::Refunded {
                reference: "r".into()
            }
            .allowed_from(),
            &[S::Captured, S::Voided]
        );
    }

    #[test]
    fn nothing_is_captured_twice_or_without_being_asked_for() {
        for ended in [S::Captured, S::Refunded, S::Declined, S::Due] {
            assert!(!captured().allowed_from().contains(&ended), "{ended:?}");
        }
    }

    #[test]
    fn a_declined_payment_may_be_tried_again_and_a_running_one_may_not() {
        let again = Event::Started {
            attempt: 2,
            provider: "sandbox".into(),
            method: "tok_visa".into(),
        };
        assert!(again.allowed_from().contains(&S::Declined));
        assert!(!again.allowed_from().contains(&S::Processing));
    }

    #[test]
    fn shares_are_taken_and_released_while_money_is_set_aside() {
        let (amount, shares) = (0, Vec::new());
        let released = Event::SharesReleased { amount, shares };
        let taken = Event::SharesCaptured {
            reference: "r".into(),
            amount,
            shares: Vec::new(),
        };
        for event in [released, taken] {
            assert_eq!(event.allowed_from(), &[S::Authorized]);
            assert_eq!(event.status(), S::Authorized);
        }
    }

    #[test]
    fn what_came_back_can_be_given_again() {
        let came_back = Event::RefundCameBack {
            refund: RefundId(uuid::Uuid::from_u128(1)),
            amount: 1,
            shares: Vec::new(),
        };
        assert_eq!(
            came_back.allowed_from(),
            &[S::Authorized, S::Captured, S::Refunded]
        );
        assert_eq!(came_back.status(), S::Captured);
    }

    #[test]
    fn statuses_are_read_as_they_are_written() {
        for name in [
            "due",
            "processing",
            "requires_action",
            "authorized",
            "captured",
            "declined",
            "voided",
            "refunded",
        ] {
            assert_eq!(status_of(name).map(status_name), Some(name));
        }
        assert_eq!(status_of("paid"), None);
    }
}

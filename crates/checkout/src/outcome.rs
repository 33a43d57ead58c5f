//! How a payment stands, as its buyer is told.

use crate::app::Checkouts;
use crate::error::Error;
use crate::saga::{End, Step};
use crate::till::settle::Case;
use contracts::checkout::PayOutcome;
use contracts::orders::OrderStatus;
use contracts::payments::{CaptureTime, PaymentStatus};
use kernel::OrderId;
use payments::domain::split::Split;
use payments::taking::Taking;
use sqlx::PgPool;
use sqlx::types::Json;

/// Told to the buyer whose money came when their goods were gone.
const CAME_TOO_LATE: &str = "The payment came after the time for which the goods were held, and somebody else \
    bought them meanwhile. All of it goes back the way it came.";

impl Checkouts {
    /// How a payment stands. Of an order that was paid before, how its shops' shares stand by now is looked up, where they are
    /// captured as the shops send.
    pub(crate) async fn outcome(&self, case: &Case) -> Result<PayOutcome, Error> {
        let shares = match &case.capturing {
            Some(capturing) => Some(of_shares(capturing.taking.split())),
            None if is_set_aside(case) => shares_of(self.db().pool(), case.order.id).await?,
            None => None,
        };
        Ok(told(case, shares))
    }
}

/// Whether the shares of a payment are captured as their shops send.
fn is_set_aside(case: &Case) -> bool {
    let saga = case.saga.as_ref();
    case.order.paid && saga.is_some_and(|saga| saga.capture == CaptureTime::OnDispatch)
}

async fn shares_of(pool: &PgPool, order: OrderId) -> Result<Option<PaymentStatus>, sqlx::Error> {
    let taking: Option<Json<Taking>> =
        sqlx::query_scalar("select taking from checkout.capture where order_id = $1")
            .bind(order)
            .fetch_optional(pool)
            .await?;
    Ok(taking.map(|taking| of_shares(taking.0.split())))
}

/// A payment is captured when nothing of it is left to capture, whatever of it was released meanwhile.
fn of_shares(split: &Split) -> PaymentStatus {
    match (split.open(), split.captured()) {
        (1.., _) => PaymentStatus::Authorized,
        (_, 1..) => PaymentStatus::Captured,
        _ => PaymentStatus::Voided,
    }
}

/// Whether it is not yet known where a payment under way leads.
fn is_open(step: &Step) -> bool {
    step.needs_open_order()
        || matches!(
            step,
            Step::InquireLate | Step::Reopen { .. } | Step::Confirm { .. } | Step::ConfirmAuthorized { .. }
        )
}

/// `shares` is how the shares stand, where they are captured as their shops send.
fn told(case: &Case, shares: Option<PaymentStatus>) -> PayOutcome {
    let step = case.saga.as_ref().map(|saga| &saga.step);
    let status = match (case.order.status, step) {
        (OrderStatus::Confirmed, _) => shares.unwrap_or(PaymentStatus::Captured),
        // Nothing of it was taken, so that nothing goes back.
        (OrderStatus::Cancelled, _) if shares == Some(PaymentStatus::Voided) => PaymentStatus::Voided,
        (OrderStatus::Cancelled, _) if case.order.paid => {
            match case.order.refunded() < case.order.total().amount {
                true => PaymentStatus::Captured,
                false => PaymentStatus::Refunded,
            }
        }
        (_, None) => PaymentStatus::Due,
        (OrderStatus::Placed, Some(Step::AwaitBuyer { .. })) => PaymentStatus::RequiresAction,
        (
            OrderStatus::Placed,
            Some(Step::Ended {
                end: End::Declined { .. },
            }),
        ) => PaymentStatus::Declined,
        (OrderStatus::Placed, Some(_)) => PaymentStatus::Processing,
        (
            OrderStatus::Cancelled,
            Some(Step::Ended {
                end: End::Refunded { .. },
            }),
        ) => PaymentStatus::Refunded,
        (OrderStatus::Cancelled, Some(Step::Refund)) => PaymentStatus::Captured,
        // The provider is being asked how it stands: the goods may be there still, or the money go back.
        (OrderStatus::Cancelled, Some(step)) if case.order.has_expired() && is_open(step) => {
            PaymentStatus::Processing
        }
        (OrderStatus::Cancelled, Some(_)) => PaymentStatus::Voided,
    };
    PayOutcome {
        status,
        decline_reason: match status {
            PaymentStatus::Declined => case.order.declined.clone(),
            PaymentStatus::Captured | PaymentStatus::Refunded if case.order.has_expired() => {
                Some(CAME_TOO_LATE.to_owned())
            }
            _ => None,
        },
        action_url: match step {
            Some(Step::AwaitBuyer { url, .. }) if status == PaymentStatus::RequiresAction => {
                Some(url.clone())
            }
            _ => None,
        },
        order: case.order.view(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::TenantId;
    use payments::Captures;
    use payments::domain::split::Outcome;
    use uuid::Uuid;

    fn tenant(n: u128) -> TenantId {
        TenantId(Uuid::from_u128(n))
    }

    fn set_aside() -> Split {
        let shares = [(tenant(1), 3_500), (tenant(2), 2_000)];
        Split::new(Captures::Parts { at_most: 9 }, shares).expect("shares")
    }

    fn captured(split: Split, shop: u128) -> Split {
        let (asked, _) = split.sent(tenant(shop)).expect("a share").ask();
        asked.came(Outcome::Took)
    }

    #[test]
    fn a_payment_is_captured_once_nothing_of_it_is_left_to_capture() {
        let first = captured(set_aside(), 1);
        assert_eq!(of_shares(&first), PaymentStatus::Authorized);
        assert_eq!(of_shares(&captured(first.clone(), 2)), PaymentStatus::Captured);
        let cancelled = first.give_back(tenant(2), 2_000).expect("open");
        assert_eq!(of_shares(&cancelled), PaymentStatus::Captured);
    }

    #[test]
    fn what_is_released_before_anything_is_captured_was_never_taken() {
        let one = set_aside().give_back(tenant(1), 3_500).expect("open");
        assert_eq!(of_shares(&one), PaymentStatus::Authorized);
        let both = one.give_back(tenant(2), 2_000).expect("open");
        assert_eq!(of_shares(&both), PaymentStatus::Voided);
    }
}

//! Razorpay takes all of a payment or nothing: <https://razorpay.com/docs/api/payments/capture/>. So there is one take of a
//! charge, over all of it, and nothing is left to let go.

use super::{ALL_OR_NOTHING, EXPIRY_MINUTES, Known, LATER_EXPIRY_MINUTES, Razorpay};
use crate::charges::{declined, other_amount};
use crate::provider::{Answer, Captures, ProviderCharge, Take, Terms};
use crate::wire::Trouble;
use chrono::TimeDelta;
use kernel::Timestamp;

impl Razorpay {
    pub(super) async fn terms_of(&self, asked: &ProviderCharge) -> Result<Option<Terms>, Trouble> {
        let Known::Order { id, charge } = self.known(&asked.key, Some(asked.amount)).await? else {
            return Ok(None);
        };
        let payments = self.payments(&id).await?;
        let Some(payment) = payments.authorized().filter(|_| !charge.let_go) else {
            return Ok(None);
        };
        // How long it is set aside stands in no answer of Razorpay's but in what we noted at it.
        let order = self.find(&asked.key).await?.filter(|order| order.id == id);
        let minutes = match order.is_some_and(|order| order.is_taken_later()) {
            true => LATER_EXPIRY_MINUTES,
            false => EXPIRY_MINUTES,
        };
        let since = Timestamp::from_timestamp(payment.created_at, 0);
        Ok(since.map(|since| Terms {
            captures: Captures::Whole,
            lapses_at: since + TimeDelta::minutes(i64::from(minutes)),
        }))
    }
}

/// Why a take is not what Razorpay takes, if it is not.
pub fn refusal(take: &Take) -> Option<Answer> {
    if take.amount.currency != take.charge.amount.currency {
        return Some(other_amount());
    }
    let all = take.amount == take.charge.amount && take.taken.amount == 0;
    (!all).then(|| declined(ALL_OR_NOTHING))
}

/// How a take of everything stands, by how its charge does. That it went back since does not undo it.
pub fn answer(charge: Answer) -> Answer {
    match charge {
        Answer::Refunded { reference } => Answer::Captured { reference },
        answer => answer,
    }
}

//! Razorpay takes all of a payment or nothing: <https://razorpay.com/docs/api/payments/capture/>. So there is one take of a
//! charge, over all of it, and nothing is left to let go.

use super::{ALL_OR_NOTHING, EXPIRY_MINUTES, LATER_EXPIRY_MINUTES, Razorpay};
use crate::charges::{Known, declined, other_amount};
use crate::provider::{Adapter, Answer, Captures, ProviderCharge, Take, Takes, Terms};
use crate::wire::Trouble;
use chrono::TimeDelta;
use kernel::Timestamp;

impl Takes for Razorpay {
    async fn set_aside(&self, asked: &ProviderCharge) -> Result<Option<Terms>, Trouble> {
        let Known::Here { id, charge } = self.known(&asked.key, Some(asked.amount)).await? else {
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

    async fn taken(&self, take: &Take) -> Result<Answer, Trouble> {
        match refusal(take) {
            Some(refusal) => Ok(refusal),
            None => Ok(answer(self.captured(&take.charge).await?)),
        }
    }

    async fn asked_of_take(&self, take: &Take) -> Result<Answer, Trouble> {
        match refusal(take) {
            Some(refusal) => Ok(refusal),
            None => Ok(answer(self.asked(&take.charge.key).await?)),
        }
    }

    async fn released(&self, charge: &ProviderCharge) -> Result<Answer, Trouble> {
        Ok(answer(self.asked(&charge.key).await?))
    }
}

/// Why a take is not what Razorpay takes, if it is not.
fn refusal(take: &Take) -> Option<Answer> {
    if take.amount.currency != take.charge.amount.currency {
        return Some(other_amount());
    }
    let all = take.amount == take.charge.amount && take.taken.amount == 0;
    (!all).then(|| declined(ALL_OR_NOTHING))
}

/// How a take of everything stands, by how its charge does. That it went back since does not undo it.
fn answer(charge: Answer) -> Answer {
    match charge {
        Answer::Refunded { reference } => Answer::Captured { reference },
        answer => answer,
    }
}

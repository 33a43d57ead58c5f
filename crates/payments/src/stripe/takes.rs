//! Parts of what a PaymentIntent set aside: <https://docs.stripe.com/payments/multicapture>.
//!
//! Stripe names no captures: what it has received tells which of them were made. So they are asked for one at a time, each
//! with what was received before it, and under an idempotency key of its own: what Stripe kept of one answers no other.

use super::intent::{Failure, Intent, decline_reason};
use super::{Checked, Stripe, amounts};
use crate::charges::declined;
use crate::provider::{Answer, Captures, ProviderCharge, Rest, Take, Takes, Terms};
use crate::wire::Trouble;
use chrono::TimeDelta;
use hyper::StatusCode;
use kernel::{Money, Timestamp};

/// Said of a capture that Stripe does not make as it was asked for.
const REFUSED: &str = "Stripe refuses to take this.";
/// Captures of one PaymentIntent, where its card allows more than one.
const CAPTURES_MAX: u32 = 50;
/// Days after which most cards let go, where Stripe does not say when.
const HOLD_DAYS: i64 = 7;

/// A PaymentIntent that was found, or the answer where there is none.
enum Found {
    Here(Box<Intent>),
    Answer(Answer),
}

impl Takes for Stripe {
    async fn set_aside(&self, charge: &ProviderCharge) -> Result<Option<Terms>, Trouble> {
        let Found::Here(intent) = self.intent_of(charge).await? else {
            return Ok(None);
        };
        if !intent.is_set_aside() {
            return Ok(None);
        }
        let at = |seconds| Timestamp::from_timestamp(seconds, 0);
        let lapses_at = match intent.capture_before() {
            Some(before) => at(before),
            None => intent
                .created
                .and_then(at)
                .map(|made| made + TimeDelta::days(HOLD_DAYS)),
        };
        Ok(lapses_at.map(|lapses_at| Terms {
            captures: captures(&intent, charge.amount),
            lapses_at,
        }))
    }

    async fn taken(&self, take: &Take) -> Result<Answer, Trouble> {
        let intent = match self.intent_of(&take.charge).await? {
            Found::Here(intent) => intent,
            Found::Answer(answer) => return Ok(answer),
        };
        let id = intent.id.clone();
        let before = stands(*intent, take)?;
        if !matches!(before, Answer::Authorized { .. }) {
            return Ok(before);
        }
        let Ok(units) = amounts::units(take.amount) else {
            return Ok(declined("Stripe cannot take such an amount."));
        };
        let mut fields = vec![("amount_to_capture", units.to_string())];
        // Only what may be captured several times takes the word; that it is the last time is what Stripe expects.
        if take.rest == Rest::Kept {
            fields.push(("final_capture", "false".to_owned()));
        }
        let path = format!("/v1/payment_intents/{id}/capture");
        let said = self.post(&path, &take.key, &fields).await?;
        if said.is_success() {
            return stands_after(&said.read()?, take);
        }
        let failure = Failure::read(&said)?;
        match failure.kind.as_str() {
            "card_error" => Ok(declined(decline_reason(
                failure.code.as_deref(),
                failure.decline_code.as_deref(),
            ))),
            // Somebody else was quicker, or it is too late: then how it stands is the answer. Where nothing was taken, Stripe keeps
            // the refusal for the key: nothing ever is under it, and the shares are asked for under another.
            "invalid_request_error" => match stands(self.look(&id).await?, take)? {
                Answer::Authorized { .. } if said.status == StatusCode::BAD_REQUEST => {
                    tracing::warn!(key = %take.key, code = ?failure.code, "Stripe refuses a capture as it was asked for");
                    Ok(declined(REFUSED))
                }
                Answer::Authorized { .. } => Err(said.odd()),
                answer => Ok(answer),
            },
            _ => Err(said.odd()),
        }
    }

    async fn asked_of_take(&self, take: &Take) -> Result<Answer, Trouble> {
        match self.intent_of(&take.charge).await? {
            Found::Here(intent) => stands(*intent, take),
            Found::Answer(answer) => Ok(answer),
        }
    }

    /// A last capture of nothing lets the rest go.
    async fn released(&self, charge: &ProviderCharge) -> Result<Answer, Trouble> {
        let intent = match self.intent_of(charge).await? {
            Found::Here(intent) => intent,
            Found::Answer(answer) => return Ok(answer),
        };
        if !intent.is_set_aside() || intent.received == 0 {
            return released(*intent, charge.amount);
        }
        let id = intent.id;
        let path = format!("/v1/payment_intents/{id}/capture");
        let fields = [
            ("amount_to_capture", "0".to_owned()),
            ("final_capture", "true".to_owned()),
        ];
        let key = format!("{}-release", charge.key);
        let said = self.post(&path, &key, &fields).await?;
        if said.is_success() {
            return released(said.read()?, charge.amount);
        }
        match Failure::read(&said)?.kind.as_str() {
            "invalid_request_error" => match released(self.look(&id).await?, charge.amount)? {
                Answer::Authorized { .. } => Err(said.odd()),
                answer => Ok(answer),
            },
            _ => Err(said.odd()),
        }
    }
}

impl Stripe {
    async fn intent_of(&self, charge: &ProviderCharge) -> Result<Found, Trouble> {
        Ok(match self.checked(charge).await? {
            Checked::Not(answer) => Found::Answer(answer),
            Checked::Known(id) => Found::Here(Box::new(self.look(&id).await?)),
        })
    }
}

fn captures(intent: &Intent, amount: Money) -> Captures {
    // Where Stripe cannot be told every amount, a shop's share may be one of those.
    if amounts::units(Money { amount: 1, ..amount }).is_err() {
        return Captures::Whole;
    }
    match intent.is_captured_in_parts() {
        true => Captures::Parts {
            at_most: CAPTURES_MAX,
        },
        false => Captures::Once,
    }
}

/// How a take stands, by what was received.
fn stands(intent: Intent, take: &Take) -> Result<Answer, Trouble> {
    let (received, set_aside) = (intent.received_money()?, intent.is_set_aside());
    let with_it = take
        .taken_with_it()
        .map_err(|error| Trouble::Odd(error.to_string()))?;
    let id = intent.id.clone();
    let stands = intent.answer(Some(take.charge.amount))?;
    if !matches!(
        stands,
        Answer::Authorized { .. } | Answer::Captured { .. } | Answer::Refunded { .. }
    ) {
        return Ok(stands);
    }
    match received {
        received if received == with_it => Ok(Answer::Captured { reference: id }),
        received if received != take.taken => Err(Trouble::Odd(format!(
            "{id} has received {} {}, not what was asked for",
            received.amount, received.currency
        ))),
        _ if set_aside => Ok(Answer::Authorized { reference: id }),
        _ => Ok(Answer::Voided { reference: id }),
    }
}

/// What a capture that was answered says. What it did not take it was not asked for.
fn stands_after(intent: &Intent, take: &Take) -> Result<Answer, Trouble> {
    let with_it = take
        .taken_with_it()
        .map_err(|error| Trouble::Odd(error.to_string()))?;
    let received = intent.received_money()?;
    match received == with_it {
        true => Ok(Answer::Captured {
            reference: intent.id.clone(),
        }),
        false => Err(Trouble::Odd(format!(
            "{} was asked for {} and has received {}",
            intent.id, with_it.amount, received.amount
        ))),
    }
}

/// How a charge stands whose rest was let go. That what was taken went back is not for this to say.
fn released(intent: Intent, amount: Money) -> Result<Answer, Trouble> {
    Ok(match intent.answer(Some(amount))? {
        Answer::Refunded { reference } => Answer::Captured { reference },
        answer => answer,
    })
}

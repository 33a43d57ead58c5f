//! Parts of what an order's authorisation set aside: <https://developer.paypal.com/docs/api/payments/v2/#authorizations_capture>.
//!
//! A capture carries its take's key as `invoice_id`, by which it is found again, and by which a refund finds what it is of. Its
//! account has to be allowed to capture an authorisation several times ([`super::Config::captures_max`]).

use super::order::{Failure, Order, Part, Stands, decline_reason};
use super::{PayPal, amounts, gone};
use crate::charges::{Charge, Known, declined};
use crate::provider::{Answer, Captures, ProviderCharge, Rest, Take, Takes, Terms};
use crate::wire::Trouble;
use hyper::StatusCode;
use kernel::Money;
use serde_json::json;

/// What PayPal says of an authorisation whose time ran out.
const EXPIRED: &str = "AUTHORIZATION_EXPIRED";

impl Takes for PayPal {
    async fn set_aside(&self, asked: &ProviderCharge) -> Result<Option<Terms>, Trouble> {
        let Known::Here { id, charge } = self.known(&asked.key, Some(asked.amount)).await? else {
            return Ok(None);
        };
        let Some(order) = self.look(&id).await?.filter(|_| !charge.let_go) else {
            return Ok(None);
        };
        let (Stands::Authorized(_) | Stands::Partly(_)) = order.stands()? else {
            return Ok(None);
        };
        Ok(order.lapses_at().map(|lapses_at| Terms {
            captures: self.captures(asked.amount),
            lapses_at,
        }))
    }

    async fn taken(&self, take: &Take) -> Result<Answer, Trouble> {
        let (id, charge) = match self.known(&take.charge.key, Some(take.charge.amount)).await? {
            Known::Here { id, charge } => (id, charge),
            Known::Not(answer) => return Ok(answer),
        };
        let order = self.approved(&id, &charge).await?;
        order.check(charge.amount)?;
        if let Some(part) = order.take(&take.key) {
            return part.take_answer(&id, take);
        }
        let authorization = match order.stands()? {
            Stands::Authorized(authorization) | Stands::Partly(authorization) if !charge.let_go => {
                authorization
            }
            _ => return self.untaken(order, &charge).await,
        };
        order.check_taken(take.taken)?;
        let Ok(amount) = amounts::amount(take.amount) else {
            return Ok(declined("PayPal cannot take such an amount."));
        };
        let body = json!({
            "amount": amount,
            "invoice_id": take.key,
            "final_capture": take.rest == Rest::LetGo,
        });
        let path = format!("/v2/payments/authorizations/{authorization}/capture");
        let said = self.session.post(&path, &take.key, &body).await?;
        if said.is_success() {
            return said.read::<Part>()?.take_answer(&id, take);
        }
        if said.status != StatusCode::UNPROCESSABLE_ENTITY {
            return Err(said.odd());
        }
        let failure: Failure = said.read()?;
        if failure.issue() == EXPIRED {
            return Ok(Answer::Voided { reference: id });
        }
        // The other shares' money stays set aside: it is not let go as where a whole charge is refused.
        if let Some(reason) = decline_reason(failure.issue()) {
            return Ok(declined(reason));
        }
        // Somebody else was quicker, or it is too late: then how it stands is the answer.
        match self.asked_of_take(take).await? {
            Answer::Authorized { .. } => Err(said.odd()),
            answer => Ok(answer),
        }
    }

    async fn asked_of_take(&self, take: &Take) -> Result<Answer, Trouble> {
        let (id, charge) = match self.known(&take.charge.key, Some(take.charge.amount)).await? {
            Known::Here { id, charge } => (id, charge),
            Known::Not(answer) => return Ok(answer),
        };
        let Some(order) = self.look(&id).await? else {
            return Ok(gone(id, &charge));
        };
        match order.take(&take.key) {
            Some(part) => part.take_answer(&id, take),
            None => self.untaken(order, &charge).await,
        }
    }

    /// Voids what is left of an authorisation of which some was captured.
    async fn released(&self, asked: &ProviderCharge) -> Result<Answer, Trouble> {
        let (id, charge) = match self.known(&asked.key, Some(asked.amount)).await? {
            Known::Here { id, charge } => (id, charge),
            Known::Not(answer) => return Ok(answer),
        };
        let Some(order) = self.look(&id).await? else {
            return Ok(gone(id, &charge));
        };
        let took_some = order.took_some();
        match order.stands()? {
            Stands::Partly(authorization) => {
                self.void_authorization(&authorization, &charge).await?;
                Ok(Answer::Captured { reference: id })
            }
            Stands::Captured(_) | Stands::Refunded | Stands::Voided if took_some => {
                Ok(Answer::Captured { reference: id })
            }
            _ => self.answer(order, &charge).await,
        }
    }
}

impl PayPal {
    fn captures(&self, amount: Money) -> Captures {
        // Where PayPal cannot be told every amount, a shop's share may be one of those.
        if amounts::amount(Money { amount: 1, ..amount }).is_err() {
            return Captures::Whole;
        }
        match self.config.captures_max {
            0 | 1 => Captures::Once,
            at_most => Captures::Parts { at_most },
        }
    }

    /// How a take stands that PayPal knows nothing of, by how its order does.
    async fn untaken(&self, order: Order, charge: &Charge) -> Result<Answer, Trouble> {
        order.check(charge.amount)?;
        let reference = order.id.clone();
        Ok(match order.stands()? {
            Stands::Authorized(_) | Stands::Partly(_) if !charge.let_go => Answer::Authorized { reference },
            Stands::Authorized(_)
            | Stands::Partly(_)
            | Stands::Captured(_)
            | Stands::Refunded
            | Stands::Voided => Answer::Voided { reference },
            _ => return self.answer(order, charge).await,
        })
    }
}

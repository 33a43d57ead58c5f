//! The built-in provider: behaves as its tokens say, and remembers its charges as a real one does.
//!
//! | token | behaviour |
//! |---|---|
//! | `tok_visa` | authorised at once |
//! | `tok_declined` | declined: insufficient funds |
//! | `tok_3ds` | the buyer confirms at their bank first |
//! | `tok_timeout` | the charge is made but its answer is lost |
//! | `tok_timeout_declined` | declined, and the answer is lost |
//! | `tok_lost` | the request never arrives: no charge, no answer |
//! | `tok_webhooks` | authorised at once; its webhooks come three times each, late, and in the wrong order |
//! | `tok_refund_slow` | authorised at once; its refunds are under way for some seconds |
//! | `tok_refund_fails` | authorised at once; its refunds are under way for some seconds, and fail |
//! | `tok_refund_returns` | authorised at once; its first refund seems to go through, and comes back some seconds later |
//! | `tok_refund_timeout` | authorised at once; its refunds are made but their answers are lost |
//! | `tok_capture_whole` | authorised at once; all of it is taken or nothing |
//! | `tok_capture_once` | authorised at once; it is taken once, and the rest let go |
//! | `tok_take_timeout` | authorised at once; what is taken of it in parts is taken but the answers are lost |
//!
//! It tells of every change by webhook as well (`notices`), signed with its secret, and sends again what was not heard.

mod books;
mod notices;
mod refunds;
mod takes;

use crate::breaker::Circuit;
use crate::charges::{declined, other_amount};
use crate::error::Error;
use crate::provider::{Adapter, Answer, Authorize, ProviderCharge, Refund};
use crate::webhook::{Notice, Refusal, Secret, Webhook};
use crate::wire::Trouble;
use ::store::{Db, Scope};
use books::ChargeRow;
use futures::future::join_all;
use kernel::{Money, SharedClock, Timestamp};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

pub const METHODS: [&str; 14] = [
    "tok_visa",
    "tok_declined",
    "tok_3ds",
    "tok_timeout",
    "tok_timeout_declined",
    "tok_lost",
    notices::TROUBLED,
    "tok_refund_slow",
    "tok_refund_fails",
    "tok_refund_returns",
    REFUNDS_UNHEARD,
    takes::WHOLE,
    takes::ONCE,
    takes::UNHEARD,
];

/// The method whose refunds are made without an answer.
const REFUNDS_UNHEARD: &str = "tok_refund_timeout";

/// How often is looked for something to tell.
const TELL_PERIOD: Duration = Duration::from_millis(250);

#[derive(Clone)]
pub struct Sandbox {
    db: Db,
    secret: Secret,
}

/// A buyer's confirmation with the sandbox's bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    pub amount: Money,
    pub return_path: String,
    /// Whether it still waits for an answer.
    pub open: bool,
}

impl Sandbox {
    /// Its books live in the payments schema, where nothing of ours reads them.
    #[must_use]
    pub fn new(db: Db, secret: Secret) -> Self {
        Self { db, secret }
    }

    /// Sends webhooks until told to stop. `listener` says whether it heard; what it did not hear is sent again.
    pub async fn tell<L, F>(self, listener: L, clock: SharedClock, stop: CancellationToken)
    where
        L: Fn(Webhook) -> F,
        F: Future<Output = bool>,
    {
        while !stop.is_cancelled() {
            let sent = self.tell_due(&listener, &clock).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "the sandbox provider's webhooks could not be sent");
                0
            });
            if sent < notices::BATCH as usize {
                tokio::select! {
                    () = tokio::time::sleep(TELL_PERIOD) => {}
                    () = stop.cancelled() => return,
                }
            }
        }
    }

    /// Sends what is due and says how much it was.
    async fn tell_due<L, F>(&self, listener: &L, clock: &SharedClock) -> Result<usize, sqlx::Error>
    where
        L: Fn(Webhook) -> F,
        F: Future<Output = bool>,
    {
        let due = notices::take(&self.db).await?;
        let sent = due.into_iter().map(|due| async {
            let heard = listener(due.signed(&self.secret, clock.now())).await;
            (due, heard)
        });
        let sent = join_all(sent).await;
        if !sent.is_empty() {
            notices::heard(&self.db, &sent).await?;
        }
        Ok(sent.len())
    }

    /// The confirmation behind a reference.
    pub async fn challenge(&self, reference: &str) -> Result<Challenge, Error> {
        let row = books::by_reference(self.db.pool(), reference)
            .await?
            .ok_or(Error::NotFound)?;
        Ok(Challenge {
            amount: row.money()?,
            open: row.state == "requires_action",
            return_path: row.return_path,
        })
    }

    /// The buyer's answer; gives the path that leads back to the shop.
    pub async fn answer(&self, reference: &str, approve: bool) -> Result<String, Error> {
        let to = if approve { "authorized" } else { "declined" };
        books::answer(self.db.pool(), reference, to)
            .await?
            .ok_or(Error::NoChallenge)
    }

    fn notice(&self, webhook: &Webhook, now: Timestamp) -> Result<Notice, Refusal> {
        self.secret.verify(webhook, now)?;
        let message: notices::Message =
            serde_json::from_slice(&webhook.body).map_err(|e| Refusal::Body(e.to_string()))?;
        Ok(Notice {
            id: webhook.id.clone(),
            kind: message.kind,
            key: message.data.key,
            refund: message.data.refund,
        })
    }

    async fn moved(&self, charge: &ProviderCharge, from: &[&str], to: &str) -> Result<Answer, Trouble> {
        let pool = self.db.pool();
        let row = books::move_charge(pool, &charge.key, charge.amount, from, to).await?;
        match row {
            Some(row) if row.money()? != charge.amount => Ok(other_amount()),
            row => Ok(row.as_ref().map_or(Answer::NotFound, answer_of)),
        }
    }
}

fn answer_of(row: &ChargeRow) -> Answer {
    let reference = row.reference.clone();
    match row.state.as_str() {
        "authorized" => Answer::Authorized { reference },
        "captured" => Answer::Captured { reference },
        "voided" => Answer::Voided { reference },
        "refunded" => Answer::Refunded { reference },
        "requires_action" => {
            let url = format!("/sandbox/3ds/{reference}");
            Answer::RequiresAction { reference, url }
        }
        _ => declined(decline_reason(&row.method)),
    }
}

fn decline_reason(method: &str) -> &'static str {
    match method {
        "tok_declined" | "tok_timeout_declined" => "The card has insufficient funds.",
        "tok_3ds" => "The payment was not confirmed with the bank.",
        _ => "The means of payment is not known.",
    }
}

impl Adapter for Sandbox {
    const NAME: &'static str = "sandbox";

    async fn authorized(&self, request: &Authorize) -> Result<Answer, Trouble> {
        if request.method == "tok_lost" {
            return Ok(Answer::Unknown);
        }
        let state = match request.method.as_str() {
            "tok_visa" | "tok_timeout" | notices::TROUBLED => "authorized",
            "tok_refund_slow" | "tok_refund_fails" | "tok_refund_returns" | REFUNDS_UNHEARD => "authorized",
            takes::WHOLE | takes::ONCE | takes::UNHEARD => "authorized",
            "tok_3ds" => "requires_action",
            _ => "declined",
        };
        let row = books::charge(self.db.pool(), request, state).await?;
        if row.money()? != request.amount {
            return Ok(other_amount());
        }
        if request.method.starts_with("tok_timeout") {
            return Ok(Answer::Unknown);
        }
        Ok(answer_of(&row))
    }

    async fn captured(&self, charge: &ProviderCharge) -> Result<Answer, Trouble> {
        self.moved(charge, &["authorized"], "captured").await
    }

    async fn voided(&self, charge: &ProviderCharge) -> Result<Answer, Trouble> {
        self.moved(charge, &["requires_action", "authorized"], "voided")
            .await
    }

    async fn refunded(&self, refund: &Refund) -> Result<Answer, Trouble> {
        let mut tx = self.db.begin(Scope::System).await?;
        let method = books::method(&mut tx, &refund.charge.key).await?;
        let answer = refunds::make(&mut tx, refund).await?;
        tx.commit().await?;
        let unheard = method.is_some_and(|method| method == REFUNDS_UNHEARD);
        Ok(if unheard { Answer::Unknown } else { answer })
    }

    async fn asked(&self, key: &str) -> Result<Answer, Trouble> {
        let row = books::by_key(self.db.pool(), key).await?;
        Ok(row.as_ref().map_or(Answer::NotFound, answer_of))
    }

    async fn asked_of_refund(&self, refund: &Refund) -> Result<Answer, Trouble> {
        let mut tx = self.db.begin(Scope::System).await?;
        let answer = refunds::asked(&mut tx, refund).await?;
        tx.commit().await?;
        Ok(answer)
    }

    async fn heard(&self, webhook: &Webhook, now: Timestamp) -> Result<Notice, Refusal> {
        self.notice(webhook, now)
    }

    /// Its tokens are whatever nobody else takes: it says itself which it does not know.
    fn unpayable(&self, _method: &str, _amount: Money) -> Option<String> {
        None
    }

    fn line(&self) -> Option<&Circuit> {
        None
    }
}

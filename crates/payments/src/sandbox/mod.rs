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

mod books;

use crate::error::Error;
use crate::provider::{Answer, Authorize, Provider, ProviderCharge};
use ::store::{Db, Scope};
use books::ChargeRow;
use futures::future::BoxFuture;
use kernel::Money;

pub const METHODS: [&str; 6] = [
    "tok_visa",
    "tok_declined",
    "tok_3ds",
    "tok_timeout",
    "tok_timeout_declined",
    "tok_lost",
];

#[derive(Clone)]
pub struct Sandbox {
    db: Db,
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
    pub fn new(db: Db) -> Self {
        Self { db }
    }

    /// The confirmation behind a reference.
    pub async fn challenge(&self, reference: &str) -> Result<Challenge, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let row = books::by_reference(&mut tx, reference)
            .await?
            .ok_or(Error::NotFound)?;
        tx.commit().await?;
        Ok(Challenge {
            amount: row.money()?,
            open: row.state == "requires_action",
            return_path: row.return_path,
        })
    }

    /// The buyer's answer; gives the path that leads back to the shop.
    pub async fn answer(&self, reference: &str, approve: bool) -> Result<String, Error> {
        let to = if approve { "authorized" } else { "declined" };
        let mut tx = self.db.begin(Scope::System).await?;
        let path = books::answer(&mut tx, reference, to)
            .await?
            .ok_or(Error::NoChallenge)?;
        tx.commit().await?;
        Ok(path)
    }

    async fn authorized(&self, request: &Authorize) -> Result<Answer, Error> {
        if request.method == "tok_lost" {
            return Ok(Answer::Unknown);
        }
        let state = match request.method.as_str() {
            "tok_visa" | "tok_timeout" => "authorized",
            "tok_3ds" => "requires_action",
            _ => "declined",
        };
        let mut tx = self.db.begin(Scope::System).await?;
        let row = books::charge(&mut tx, request, state).await?;
        tx.commit().await?;
        if request.method.starts_with("tok_timeout") {
            return Ok(Answer::Unknown);
        }
        Ok(answer_of(&row))
    }

    async fn moved(
        &self,
        charge: &ProviderCharge,
        from: &'static [&'static str],
        to: &'static str,
    ) -> Result<Answer, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let row = books::move_charge(&mut tx, &charge.key, from, to).await?;
        tx.commit().await?;
        Ok(row.as_ref().map_or(Answer::NotFound, answer_of))
    }

    async fn asked(&self, key: &str) -> Result<Answer, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let row = books::by_key(&mut tx, key).await?;
        tx.commit().await?;
        Ok(row.as_ref().map_or(Answer::NotFound, answer_of))
    }
}

/// A sandbox that cannot reach its books is a provider that does not answer.
fn or_unknown(outcome: Result<Answer, Error>) -> Answer {
    outcome.unwrap_or_else(|error| {
        tracing::warn!(%error, "the sandbox provider does not answer");
        Answer::Unknown
    })
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
        _ => Answer::Declined {
            reason: decline_reason(&row.method).to_owned(),
        },
    }
}

fn decline_reason(method: &str) -> &'static str {
    match method {
        "tok_declined" | "tok_timeout_declined" => "The card has insufficient funds.",
        "tok_3ds" => "The payment was not confirmed with the bank.",
        _ => "The means of payment is not known.",
    }
}

impl Provider for Sandbox {
    fn name(&self) -> &'static str {
        "sandbox"
    }

    fn authorize(&self, request: Authorize) -> BoxFuture<'_, Answer> {
        Box::pin(async move { or_unknown(self.authorized(&request).await) })
    }

    fn capture(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        Box::pin(async move { or_unknown(self.moved(&charge, &["authorized"], "captured").await) })
    }

    fn void(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        Box::pin(async move {
            or_unknown(
                self.moved(&charge, &["requires_action", "authorized"], "voided")
                    .await,
            )
        })
    }

    fn refund(&self, charge: ProviderCharge) -> BoxFuture<'_, Answer> {
        Box::pin(async move { or_unknown(self.moved(&charge, &["captured"], "refunded").await) })
    }

    fn inquire(&self, key: String) -> BoxFuture<'_, Answer> {
        Box::pin(async move { or_unknown(self.asked(&key).await) })
    }
}

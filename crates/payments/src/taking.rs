//! Takes shops' shares of a charge, one question after the other, whatever becomes of whoever asks.
//!
//! What is to be kept comes with each question and is kept before it is asked. Whoever takes over finds a question that may have
//! been asked, and inquires before it is asked again; nothing is asked for under two keys before it is known what became of
//! the first.

use crate::domain::split::{Ask, Outcome, Refused, Split};
use crate::provider::{Answer, Captures, Provider, ProviderCharge, Take, take_key};
use kernel::{Money, TenantId};
use serde::{Deserialize, Serialize};

/// Where the taking of a charge stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taking {
    split: Split,
    charge: ProviderCharge,
    /// Whether the take at hand may have been asked for.
    doubtful: bool,
}

/// What the provider is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    Take(Take),
    InquireTake(Take),
    Release(ProviderCharge),
    Void(ProviderCharge),
}

/// When the next question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pause {
    None,
    /// It did not answer, or not so that it can be gone on.
    Backoff,
}

impl Taking {
    /// Nothing of it is taken yet. The shares sum to the charge.
    pub fn begun(
        charge: ProviderCharge,
        captures: Captures,
        shares: impl IntoIterator<Item = (TenantId, i64)>,
    ) -> Result<Self, Refused> {
        let split = Split::new(captures, shares)?;
        match split.open() == charge.amount.amount {
            true => Ok(Self {
                split,
                charge,
                doubtful: false,
            }),
            false => Err(Refused::TooMuch),
        }
    }

    #[must_use]
    pub fn split(&self) -> &Split {
        &self.split
    }

    /// With one of the split's own steps: goods were sent, money is to go back.
    pub fn changed(self, step: impl FnOnce(Split) -> Result<Split, Refused>) -> Result<Self, Refused> {
        Ok(Self {
            split: step(self.split)?,
            ..self
        })
    }

    /// What the provider is to be asked now, if anything, and what is to be kept before it is.
    #[must_use]
    pub fn ask(self) -> (Self, Option<Question>) {
        let (split, ask) = self.split.ask();
        let charge = || self.charge.clone();
        let money = |amount| Money::new(amount, self.charge.amount.currency);
        let question = ask.map(|ask| match ask {
            Ask::Take(take) => {
                let take = Take {
                    key: take_key(&self.charge.key, take.number),
                    charge: charge(),
                    amount: money(take.amount),
                    taken: money(take.taken),
                    rest: take.rest,
                };
                match self.doubtful {
                    true => Question::InquireTake(take),
                    false => Question::Take(take),
                }
            }
            Ask::Release => Question::Release(charge()),
            Ask::Void => Question::Void(charge()),
        });
        let doubtful = matches!(question, Some(Question::Take(_) | Question::InquireTake(_)));
        let kept = Self {
            split,
            doubtful,
            ..self
        };
        (kept, question)
    }

    /// What is to be kept once the question is answered, and when the next one is asked.
    #[must_use]
    pub fn answered(self, question: &Question, answer: &Answer) -> (Self, Pause) {
        match question {
            Question::Take(_) | Question::InquireTake(_) => self.take_answered(question, answer),
            Question::Release(_) => match answer {
                Answer::Captured { .. } | Answer::Voided { .. } => self.came(Outcome::LetGo, Pause::None),
                _ => (self, Pause::Backoff),
            },
            Question::Void(_) => match answer {
                Answer::Voided { .. } | Answer::Declined { .. } | Answer::NotFound => {
                    self.came(Outcome::LetGo, Pause::None)
                }
                _ => (self, Pause::Backoff),
            },
        }
    }

    fn take_answered(self, question: &Question, answer: &Answer) -> (Self, Pause) {
        match answer {
            Answer::Captured { .. } => self.came(Outcome::Took, Pause::None),
            // Nothing is ever taken under its key: it is tried anew, under another.
            Answer::Declined { .. } => self.came(Outcome::Refused, Pause::Backoff),
            Answer::Voided { .. } => self.came(Outcome::Gone, Pause::None),
            Answer::Authorized { .. } => {
                let pause = match question {
                    // It was not asked for, or in vain.
                    Question::InquireTake(_) => Pause::None,
                    _ => Pause::Backoff,
                };
                let doubtful = false;
                (Self { doubtful, ..self }, pause)
            }
            // That a charge is not known, or waits for its buyer, is not what was set aside: somebody has to see to it.
            Answer::Unknown
            | Answer::NotFound
            | Answer::Pending { .. }
            | Answer::RequiresAction { .. }
            | Answer::Refunded { .. } => (self, Pause::Backoff),
        }
    }

    fn came(self, outcome: Outcome, pause: Pause) -> (Self, Pause) {
        let kept = Self {
            split: self.split.came(outcome),
            doubtful: false,
            ..self
        };
        (kept, pause)
    }

    /// The time for which it was set aside is over: what is open of it cannot be taken any more. A take that is being asked
    /// for says itself what became of it.
    #[must_use]
    pub fn lapsed(self) -> Self {
        match self.split.is_asking() {
            true => self,
            false => self.came(Outcome::Gone, Pause::None).0,
        }
    }

    /// The key of the take that took a shop's share, by which a refund of it names what it goes back of.
    #[must_use]
    pub fn take_of(&self, tenant: TenantId) -> Option<String> {
        let mut shares = self.split.shares().iter();
        let number = shares.find(|share| share.tenant == tenant)?.taken_by?;
        Some(take_key(&self.charge.key, number))
    }
}

impl Question {
    /// Puts it to the provider.
    pub async fn put(&self, provider: &dyn Provider) -> Answer {
        match self {
            Self::Take(take) => provider.take(take.clone()).await,
            Self::InquireTake(take) => provider.inquire_take(take.clone()).await,
            Self::Release(charge) => provider.release(charge.clone()).await,
            Self::Void(charge) => provider.void(charge.clone()).await,
        }
    }
}

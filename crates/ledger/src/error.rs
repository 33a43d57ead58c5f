use crate::domain::{FileRefusal, PayoutState, ScheduleError};
use kernel::{Fault, Kind, Money, MoneyError};
use store::TxError;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the amounts cannot be added up: {0}")]
    Money(#[from] MoneyError),
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("an event cannot be written or read: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the ledger holds what it should not: {0}")]
    Broken(String),
    /// The tenants context refused or could not be asked.
    #[error("{}", .0.detail)]
    Elsewhere(Fault),
    #[error("there is no such {0}")]
    NotFound(&'static str),
    #[error("the entry was reversed before")]
    AlreadyReversed,
    #[error("entries of kind {0} are not reversed by hand")]
    NotReversible(String),
    #[error("the rule has an end already")]
    RuleEnded,
    #[error("there are too many commission rules")]
    TooManyRules,
    #[error("the hold has ended")]
    HoldEnded,
    #[error("a hold's release must lie ahead")]
    ReleaseInThePast,
    /// It cannot have come back.
    #[error("the payout is {}", .0.name())]
    PayoutNotPaid(PayoutState),
    #[error("nothing can be paid out: {available} is available, the minimum is {minimum}")]
    NothingDue { available: Money, minimum: Money },
    #[error(
        "No bank is connected to this marketplace, so nothing can be paid out yet. What is due stays due."
    )]
    NoBank,
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    #[error(
        "A gift card was issued under this key. Its code was told then, and is not told again: if nobody has it, switch the card off and issue another one."
    )]
    CardIssued(kernel::PurseId),
    #[error("This Idempotency-Key was used for another request. Use a new key for a new request.")]
    KeyReused,
    #[error("No gift card has this code. Read it again: it has twenty letters and digits.")]
    UnknownCode(usize),
    #[error("{field}: {detail}")]
    Field { field: &'static str, detail: String },
    #[error(transparent)]
    File(#[from] FileRefusal),
    #[error("line {line}: {reference} was imported before with other amounts")]
    LineChanged { line: u32, reference: String },
}

impl TxError for Error {
    fn database(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        let said = error.to_string();
        match error {
            Error::Database(error) if store::is_outage(&error) => store::out_of_reach(&error),
            Error::Database(error) if store::constraint_of(&error) == Some("reversal_pkey") => {
                Error::AlreadyReversed.into()
            }
            Error::Money(_) | Error::Database(_) | Error::Json(_) | Error::Broken(_) => {
                tracing::error!(error = said, "the ledger failed");
                Self::internal()
            }
            Error::Elsewhere(fault) => fault,
            Error::NotFound(what) => Self::not_found(what),
            Error::AlreadyReversed => Self::new(
                Kind::Conflict,
                "already_reversed",
                "The entry was reversed before; an entry is reversed once. Read it to see by which.",
            )
            .allowing(&[]),
            Error::NotReversible(kind) => Self::new(
                Kind::Conflict,
                "not_reversible",
                format!(
                    "An entry of kind `{kind}` follows from what happened elsewhere. Undo that: cancel the order, lift the hold, or wait for the bank."
                ),
            ),
            Error::HoldEnded => Self::new(
                Kind::Conflict,
                "hold_ended",
                "The hold has ended already, and its money is not held any more. Nothing can be done with it; place another one to set money aside.",
            )
            .allowing(&[]),
            Error::RuleEnded => Self::new(
                Kind::Conflict,
                "rule_ended",
                "The rule has an end already, and an end is not changed. Make another rule for what is to hold.",
            )
            .allowing(&[]),
            Error::PayoutNotPaid(state) => Self::new(
                Kind::Conflict,
                "payout_not_paid",
                format!(
                    "Only a payout that was paid can come back; this one is {}. {}",
                    state.name(),
                    match state {
                        PayoutState::Failed | PayoutState::Returned => "Its money is owed to the shop again already.",
                        _ => "Wait for what the bank says of it.",
                    }
                ),
            )
            .with("status", state.name())
            .allowing(&[]),
            Error::TooManyRules => Self::new(
                Kind::Conflict,
                "too_many_rules",
                "There are as many commission rules as can be remembered. End some, or name categories and plans instead of products.",
            ),
            Error::CardIssued(card) => {
                Self::new(Kind::Conflict, "gift_card_issued", said).with("id", card)
            }
            Error::KeyReused => {
                Self::new(Kind::Unprocessable, "idempotency_key_reused", said).at("Idempotency-Key")
            }
            Error::UnknownCode(_) => Self::new(Kind::Unprocessable, "gift_card_unknown", said),
            Error::NoBank => Self::new(Kind::Conflict, "no_bank", said),
            Error::ReleaseInThePast => Self::field(
                "release_in_the_past",
                "/release_at",
                "`release_at` must lie ahead; leave it out to hold until somebody lifts it.",
            ),
            Error::NothingDue { available, minimum } => Self::new(
                Kind::Conflict,
                "nothing_due",
                format!(
                    "Nothing can be paid out now: {available} is available and the least that is paid out is {minimum}. Wait until holds end, or lower the minimum."
                ),
            )
            .with("available", available)
            .with("minimum", minimum),
            Error::Schedule(error) => {
                let pointer = match error {
                    ScheduleError::Weekday => "/weekday",
                    ScheduleError::MonthDay => "/month_day",
                };
                Self::field("schedule_invalid", pointer, said)
            }
            Error::Field { field, detail } => Self::field("field_invalid", field, detail),
            Error::File(refusal) => Self::field(
                "settlement_file_invalid",
                format!("line {}, {}", refusal.line, refusal.column),
                said,
            ),
            Error::LineChanged { line, reference } => Self::field(
                "settlement_line_changed",
                format!("line {line}, reference"),
                format!(
                    "`{reference}` was imported before with other amounts. Ask the provider which holds; nothing of this file was taken."
                ),
            ),
        }
    }
}

//! The check-list between application and approval.

use crate::Error;
use httpkit::text;
use serde::{Deserialize, Serialize};

/// What a shop has to show. Each is stated by the shop and judged by the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OnboardingItemName)]
pub enum Item {
    /// Who runs the shop: name and number of an identity document or tax number.
    Identity,
    /// Where the money goes: holder and IBAN.
    BankAccount,
    /// The registration of the business: who registered it and its reference.
    LegalDocuments,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OnboardingItemState)]
pub enum ItemState {
    Missing,
    Submitted,
    Accepted,
    /// The remark says why; to be stated anew.
    Rejected,
    /// The operator asks for none.
    Waived,
}

/// What a shop states about one item, attested to be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    pub holder: String,
    pub reference: String,
}

const HOLDER_CHARS_MAX: usize = 120;
const REFERENCE_CHARS_MAX: usize = 64;

impl Item {
    pub const ALL: [Self; 3] = [Self::Identity, Self::BankAccount, Self::LegalDocuments];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::BankAccount => "bank_account",
            Self::LegalDocuments => "legal_documents",
        }
    }

    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|item| item.name() == name)
    }
}

impl ItemState {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Submitted => "submitted",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Waived => "waived",
        }
    }

    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        [
            Self::Missing,
            Self::Submitted,
            Self::Accepted,
            Self::Rejected,
            Self::Waived,
        ]
        .into_iter()
        .find(|state| state.name() == name)
    }

    /// Whether a shop in this state of the item can be approved.
    fn is_done(self) -> bool {
        matches!(self, Self::Submitted | Self::Accepted | Self::Waived)
    }
}

impl Statement {
    pub fn parse(item: Item, attested: bool, holder: &str, reference: &str) -> Result<Self, Error> {
        if !attested {
            return Err(Error::NotAttested);
        }
        let holder = text::line("/holder", holder, HOLDER_CHARS_MAX)?;
        let reference = text::line("/reference", reference, REFERENCE_CHARS_MAX)?;
        let reference = match item {
            Item::BankAccount => iban(&reference)?,
            Item::Identity | Item::LegalDocuments => reference,
        };
        Ok(Self { holder, reference })
    }
}

/// The items that keep a shop from being approved.
#[must_use]
pub fn missing_items(states: &[(Item, ItemState)]) -> Vec<Item> {
    Item::ALL
        .into_iter()
        .filter(|item| !states.iter().any(|(i, state)| i == item && state.is_done()))
        .collect()
}

/// An IBAN without its spaces, checked by ISO 13616: country, check digits, modulo 97.
fn iban(text: &str) -> Result<String, Error> {
    let iban: String = text
        .chars()
        .filter(|c| *c != ' ')
        .flat_map(char::to_uppercase)
        .collect();
    let bytes = iban.as_bytes();
    let has_form = (15..=34).contains(&bytes.len())
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && kernel::geo::country(&iban[..2]).is_some();
    // The first four characters go to the end, letters count from 10, and the whole leaves 1 modulo 97.
    let rotated = || bytes[4..].iter().chain(&bytes[..4]);
    let checks = has_form
        && rotated().fold(0u32, |rest, &b| {
            let value = char::from(b).to_digit(36).unwrap_or(0);
            let shift = if value > 9 { 100 } else { 10 };
            (rest * shift + value) % 97
        }) == 1;
    if checks { Ok(iban) } else { Err(Error::BadIban) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ibans_are_checked_and_kept_without_spaces() {
        assert_eq!(
            iban("es91 2100 0418 4502 0005 1332").ok().as_deref(),
            Some("ES9121000418450200051332")
        );
        assert!(iban("GB82 WEST 1234 5698 7654 32").is_ok());
        for bad in [
            "ES9121000418450200051333",
            "XX82WEST12345698765432",
            "ES91",
            "",
            "ES912100ñ418450200051332",
        ] {
            assert!(iban(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_statement_must_be_attested_and_complete() {
        assert!(Statement::parse(Item::Identity, true, "Lucía Romero", "12345678Z").is_ok());
        assert!(matches!(
            Statement::parse(Item::Identity, false, "Lucía Romero", "12345678Z"),
            Err(Error::NotAttested)
        ));
        assert!(Statement::parse(Item::Identity, true, "", "12345678Z").is_err());
        assert!(matches!(
            Statement::parse(Item::BankAccount, true, "Lucía Romero", "12345678Z"),
            Err(Error::BadIban)
        ));
    }

    #[test]
    fn an_item_counts_once_it_is_stated_or_waived() {
        use ItemState as S;
        let states = |a, b, c| {
            missing_items(&[
                (Item::Identity, a),
                (Item::BankAccount, b),
                (Item::LegalDocuments, c),
            ])
        };
        assert_eq!(states(S::Submitted, S::Accepted, S::Waived), []);
        assert_eq!(
            states(S::Missing, S::Rejected, S::Waived),
            [Item::Identity, Item::BankAccount]
        );
        assert_eq!(missing_items(&[]), Item::ALL);
    }
}

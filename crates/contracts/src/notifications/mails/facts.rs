use crate::Language;
use crate::digital::consent;
use kernel::{Money, Role, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Units of one product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailUnits {
    pub quantity: u32,
    pub title: String,
}

/// A product that is downloaded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailFiles {
    pub title: String,
    pub files: usize,
    /// How often each may be downloaded.
    pub times: u16,
    pub days: u16,
}

/// What is said in one of several ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailPhrase {
    AllHasLeft,
    RestFollows,
    ReplacesReturned,
    CancelledByBuyer,
    CancelledByMarketplace,
    CancelledByShop,
    OtherShopsUntouched,
    /// The payment came when the goods were gone.
    CameTooLate,
    /// What buyers of downloads agree to.
    Consent,
}

impl MailPhrase {
    #[must_use]
    pub fn told(self, language: Language) -> &'static str {
        match self {
            Self::AllHasLeft => language.pick(
                "With it, all of this part of your order has left.",
                "Con él ha salido todo lo de esta parte de tu pedido.",
            ),
            Self::RestFollows => language.pick(
                "The rest of this part of your order follows.",
                "Lo demás de esta parte de tu pedido sale más adelante.",
            ),
            Self::ReplacesReturned => language.pick(
                "It replaces what you sent back.",
                "Sustituye a lo que devolviste.",
            ),
            Self::CancelledByBuyer => {
                language.pick("You have cancelled these:", "Has cancelado estas piezas:")
            }
            Self::CancelledByMarketplace => language.pick(
                "The marketplace has cancelled these:",
                "El mercado ha cancelado estas piezas:",
            ),
            Self::CancelledByShop => language.pick(
                "The shop cannot send these:",
                "La tienda no puede enviar estas piezas:",
            ),
            Self::OtherShopsUntouched => language.pick(
                "What you ordered from other shops is not touched.",
                "Lo que pediste a otras tiendas sigue igual.",
            ),
            Self::CameTooLate => language.pick(
                "The payment came after the time for which the goods were held, and somebody else bought them meanwhile. All of \
                 it goes back the way it came.",
                "El pago llegó cuando ya había pasado el tiempo durante el que se reservaron las piezas, y otra persona las \
                 compró entretanto. Todo vuelve por donde vino.",
            ),
            Self::Consent => consent(language),
        }
    }
}

/// Something that is filled in, as it is: the words for it are made in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailFact {
    /// A name, a number, a link, or what somebody wrote.
    Text(String),
    Amount(Money),
    Moment(Timestamp),
    Count(i64),
    /// A line each.
    Units(Vec<MailUnits>),
    /// A line each.
    Files(Vec<MailFiles>),
    Phrase(MailPhrase),
    /// What somebody is in a shop, or with the marketplace.
    Role(Role),
}

impl MailFact {
    #[must_use]
    pub fn told(&self, language: Language) -> String {
        match self {
            Self::Text(text) => text.trim().to_owned(),
            Self::Amount(money) => language.price(*money),
            Self::Moment(at) => language.moment(*at),
            Self::Count(count) => count.to_string(),
            Self::Units(units) => {
                let line = |units: &MailUnits| format!("{} × {}", units.quantity, units.title);
                units.iter().map(line).collect::<Vec<_>>().join("\n")
            }
            Self::Files(files) => {
                let line = |files: &MailFiles| told_files(files, language);
                files.iter().map(line).collect::<Vec<_>>().join("\n")
            }
            Self::Phrase(phrase) => phrase.told(language).to_owned(),
            Self::Role(role) => told_role(*role, language).to_owned(),
        }
    }
}

fn told_files(of: &MailFiles, language: Language) -> String {
    let MailFiles {
        title,
        files,
        times,
        days,
    } = of;
    let each = match files {
        1 => language.pick("1 file", "1 archivo").to_owned(),
        _ => format!("{files} {}", language.pick("files", "archivos")),
    };
    language.pick(
        format!("{title}: {each}, up to {times} downloads each within {days} days"),
        format!("{title}: {each}, hasta {times} descargas de cada uno en {days} días"),
    )
}

fn told_role(role: Role, language: Language) -> &'static str {
    match role {
        Role::Owner => language.pick("owner", "titular"),
        Role::Manager => language.pick("manager", "responsable"),
        Role::Clerk => language.pick("clerk", "encargado de almacén"),
        Role::Analyst => language.pick("analyst", "analista"),
        Role::Support => language.pick("support", "atención"),
        Role::Moderator => language.pick("moderator", "moderación"),
        Role::Finance => language.pick("finance", "finanzas"),
        Role::Admin => language.pick("administrator", "administración"),
        // Nobody is invited as anything else.
        _ => language.pick("staff", "personal"),
    }
}

/// What is filled in, by the names of its places.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MailFacts(BTreeMap<String, MailFact>);

impl MailFacts {
    #[must_use]
    pub fn with(mut self, place: &str, fact: MailFact) -> Self {
        self.0.insert(place.to_owned(), fact);
        self
    }

    #[must_use]
    pub fn text(self, place: &str, text: impl Into<String>) -> Self {
        self.with(place, MailFact::Text(text.into()))
    }

    #[must_use]
    pub fn amount(self, place: &str, amount: Money) -> Self {
        self.with(place, MailFact::Amount(amount))
    }

    #[must_use]
    pub fn phrase(self, place: &str, phrase: MailPhrase) -> Self {
        self.with(place, MailFact::Phrase(phrase))
    }

    #[must_use]
    pub fn units(self, place: &str, units: Vec<MailUnits>) -> Self {
        self.with(place, MailFact::Units(units))
    }

    /// Empty where there is nothing to fill in.
    #[must_use]
    pub fn told(&self, place: &str, language: Language) -> String {
        let fact = self.0.get(place);
        fact.map(|fact| fact.told(language)).unwrap_or_default()
    }
}

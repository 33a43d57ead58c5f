use super::{MailFact, MailFacts, MailFiles, MailKind, MailPhrase, MailUnits};
use crate::Language;
use kernel::{Currency, Money, Role, Timestamp};

/// 22 November 2026, 14:30.
const AT_S: i64 = 1_795_357_805;

impl MailKind {
    /// Something to fill in, for whoever writes the words.
    #[must_use]
    pub fn sample(self, language: Language) -> MailFacts {
        let places = self.places().iter();
        places.fold(MailFacts::default(), |facts, place| {
            facts.with(place, fact(self, place, language))
        })
    }
}

fn fact(kind: MailKind, place: &str, language: Language) -> MailFact {
    let text = |text: &str| MailFact::Text(text.to_owned());
    match place {
        "name" => text("Lucía Romero"),
        "order" => text("K7F3-9QXA"),
        "amount" => MailFact::Amount(Money::new(12_840, Currency::EUR)),
        "kept" => MailFact::Amount(Money::new(500, Currency::EUR)),
        "goods" => MailFact::Units(vec![MailUnits {
            quantity: 2,
            title: language
                .pick("Tall vase with cobalt bands", "Jarrón alto con franjas cobalto")
                .to_owned(),
        }]),
        "files" => MailFact::Files(vec![MailFiles {
            title: language
                .pick("Pattern for a shawl", "Patrón de un chal")
                .to_owned(),
            files: 2,
            times: 5,
            days: 30,
        }]),
        "consent" => MailFact::Phrase(MailPhrase::Consent),
        "agreed_at" | "until" | "link_until" | "at" => {
            MailFact::Moment(Timestamp::from_timestamp(AT_S, 0).unwrap_or_default())
        }
        "who" => MailFact::Phrase(MailPhrase::CancelledByShop),
        "others" => MailFact::Phrase(MailPhrase::OtherShopsUntouched),
        "rest" => MailFact::Phrase(MailPhrase::RestFollows),
        "carrier" => text("Correos"),
        "tracking" => text("PK17"),
        "why" => text(language.pick("One is cracked.", "Una está rajada.")),
        "kept_why" => text(language.pick("One was used.", "Una se había usado.")),
        "note" => text(language.pick("We are sorry.", "Lo sentimos.")),
        "sender" | "shop" => text("Taller Guadalquivir"),
        "subject" => text(language.pick("Wide bowl", "Cuenco ancho")),
        "excerpt" => text(language.pick("Does it hold soup?", "¿Sirve para sopa?")),
        "role" => MailFact::Role(match kind {
            MailKind::OperatorInvitation => Role::Moderator,
            _ => Role::Clerk,
        }),
        "market" => text("market.example"),
        "device" => text("Firefox on Linux"),
        "address" => text("203.0.113.7"),
        "more" => MailFact::Count(12),
        "days" => MailFact::Count(7),
        "password_link" => text("https://market.example/forgot-password"),
        // Where it leads is each kind's own.
        "link" => MailFact::Text(format!("https://market.example/{}", page(kind))),
        _ => text(""),
    }
}

fn page(kind: MailKind) -> &'static str {
    match kind {
        MailKind::VerifyEmail => "verify-email?token=3f9a",
        MailKind::ResetPassword => "reset-password?token=3f9a",
        MailKind::PasswordChanged => "forgot-password",
        MailKind::Invitation => "invitation?token=3f9a",
        MailKind::OperatorInvitation => "join?token=3f9a",
        MailKind::OrderPlaced | MailKind::OrderConfirmed => "order-links/3f9a",
        MailKind::LowStock => "seller/stock",
        MailKind::NewDevice => "account",
        MailKind::DownloadsReady => "downloads/3f9a",
        MailKind::UnreadMessage | MailKind::ThreadClosed | MailKind::MessageRemoved => {
            "account/messages/3f9a"
        }
        _ => "account/second-factor",
    }
}

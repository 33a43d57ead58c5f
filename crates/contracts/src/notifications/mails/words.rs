use super::{MailFacts, MailKind};
use crate::Language;
use crate::template::{Flaw, Template};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::LazyLock;

static ENGLISH: LazyLock<Words> = LazyLock::new(|| read(include_str!("../../../locales/en.mails")));
static SPANISH: LazyLock<Words> = LazyLock::new(|| read(include_str!("../../../locales/es.mails")));

/// Subject and body by the name of their kind.
type Words = HashMap<&'static str, (&'static str, &'static str)>;

/// A mail as it is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailText {
    pub subject: String,
    pub body: String,
}

/// A kind in brackets begins each mail; below it are its subject, an empty line, and its body.
fn read(file: &'static str) -> Words {
    let mails = file.split("\n[").skip(1).filter_map(|mail| {
        let (kind, words) = mail.split_once("]\n")?;
        let (subject, body) = words.split_once("\n\n")?;
        Some((kind, (subject.trim(), body.trim())))
    });
    mails.collect()
}

/// Fills the places. A line whose places are all empty is left out, and empty lines do not pile up.
fn fill(pattern: &str, language: Language, facts: &MailFacts) -> Result<String, Flaw> {
    let mut lines: Vec<String> = Vec::new();
    for line in pattern.lines() {
        let template = Template::parse(line)?;
        let has_places = template.names().next().is_some();
        let is_void = has_places
            && template
                .names()
                .all(|place| facts.told(place, language).is_empty());
        let filled = template.render(|place| facts.told(place, language));
        let filled = filled.trim_end();
        let is_gap = filled.is_empty() && lines.last().is_none_or(String::is_empty);
        if !is_void && !is_gap {
            lines.push(filled.to_owned());
        }
    }
    Ok(lines.join("\n").trim_end().to_owned())
}

/// What somebody wrote may have several lines, and a subject has one.
fn in_one_line(text: &str) -> String {
    let parts = text.split(char::is_control).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ").trim().to_owned()
}

impl MailKind {
    /// Subject and body as they come with the program, with their places.
    #[must_use]
    pub fn words(self, language: Language) -> (&'static str, &'static str) {
        let words = language.pick(&*ENGLISH, &*SPANISH);
        // A test holds that there is none without.
        words.get(self.name()).copied().unwrap_or_default()
    }

    /// Refuses words in which something is wrong.
    pub fn check_subject(self, subject: &str) -> Result<(), Flaw> {
        Template::parse(subject)?.check(self.places())
    }

    /// Refuses words in which something is wrong, or without which the mail is good for nothing.
    pub fn check_body(self, body: &str) -> Result<(), Flaw> {
        let template = Template::parse(body)?;
        template.check(self.places())?;
        template.needs(self.needed())
    }

    /// In the words that come with the program.
    #[must_use]
    pub fn write(self, language: Language, facts: &MailFacts) -> MailText {
        let (subject, body) = self.words(language);
        let written = self.write_in(language, facts, subject, body);
        // A test holds that these are sound.
        written.unwrap_or_else(|_| MailText {
            subject: subject.to_owned(),
            body: body.to_owned(),
        })
    }

    /// In the words of somebody else, if nothing is wrong with them.
    pub fn write_in(
        self,
        language: Language,
        facts: &MailFacts,
        subject: &str,
        body: &str,
    ) -> Result<MailText, Flaw> {
        self.check_subject(subject)?;
        self.check_body(body)?;
        let subject = Template::parse(subject)?.render(|place| facts.told(place, language));
        Ok(MailText {
            subject: in_one_line(&subject),
            body: fill(body, language, facts)? + "\n",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{MailPhrase, MailUnits};
    use super::*;
    use crate::template::What;
    use kernel::{Currency, Money};
    use std::collections::BTreeSet;

    const BOTH: [Language; 2] = [Language::En, Language::Es];

    #[test]
    fn every_kind_has_sound_words_in_each_language_and_none_are_left_over() {
        for kind in MailKind::ALL {
            for language in BOTH {
                let (subject, body) = kind.words(language);
                assert!(
                    !subject.is_empty() && !body.is_empty(),
                    "{kind:?} in {language:?}"
                );
                assert_eq!(kind.check_subject(subject), Ok(()), "{kind:?} in {language:?}");
                assert_eq!(kind.check_body(body), Ok(()), "{kind:?} in {language:?}");
                let both = Template::parse(&format!("{subject}\n{body}")).expect("sound");
                let said: BTreeSet<&str> = both.names().collect();
                let known: BTreeSet<&str> = kind.places().iter().copied().collect();
                assert_eq!(said, known, "{kind:?} in {language:?}");
            }
            assert_ne!(kind.words(Language::En), kind.words(Language::Es), "{kind:?}");
        }
        let names: BTreeSet<&str> = MailKind::ALL.iter().map(|kind| kind.name()).collect();
        for words in [&*ENGLISH, &*SPANISH] {
            assert_eq!(words.keys().copied().collect::<BTreeSet<_>>(), names);
        }
    }

    #[test]
    fn every_sample_fills_all_that_is_to_be_filled() {
        for kind in MailKind::ALL {
            for language in BOTH {
                let sample = kind.sample(language);
                for place in kind.places() {
                    assert!(!sample.told(place, language).is_empty(), "{place} of {kind:?}");
                }
                let MailText { subject, body } = kind.write(language, &sample);
                assert!(!subject.contains('{') && !body.contains('{'), "{kind:?}: {body}");
            }
        }
    }

    #[test]
    fn facts_are_told_as_pages_of_the_language_write_them() {
        let facts = MailFacts::default()
            .text("name", "Lucía")
            .text("order", "K7F3-9QXA")
            .text("why", "One is cracked.")
            .amount("amount", Money::new(123_450, Currency::EUR));
        let spanish = MailKind::Refunded.write(Language::Es, &facts);
        assert_eq!(spanish.subject, "Te hemos devuelto 1.234,50\u{a0}€");
        assert!(spanish.body.starts_with("Hola, Lucía:\n\n"), "{}", spanish.body);
        let english = MailKind::Refunded.write(Language::En, &facts);
        assert_eq!(english.subject, "€1,234.50 went back to you");
        assert!(english.body.contains("\n\nOne is cracked.\n"), "{}", english.body);
    }

    #[test]
    fn what_is_empty_leaves_no_gap() {
        let units = vec![
            MailUnits {
                quantity: 2,
                title: "Bowl {x}".to_owned(),
            },
            MailUnits {
                quantity: 1,
                title: "Vase".to_owned(),
            },
        ];
        let facts = MailFacts::default()
            .text("name", "Lucía\nRomero")
            .text("carrier", " ")
            .phrase("rest", MailPhrase::RestFollows)
            .units("goods", units);
        let pattern = "Dear {name}\n\n{goods}\n\nBy {carrier} {tracking}\n\n\n{rest}\n{order}\n";
        let written = MailKind::ParcelSent.write_in(Language::En, &facts, "For {name}", pattern);
        assert_eq!(
            written,
            Ok(MailText {
                subject: "For Lucía Romero".to_owned(),
                body: "Dear Lucía\nRomero\n\n2 × Bowl {x}\n1 × Vase\n\nThe rest of this part of your order follows.\n"
                    .to_owned(),
            })
        );
    }

    #[test]
    fn words_without_the_link_they_are_for_are_refused() {
        let kind = MailKind::ResetPassword;
        let missing = kind.check_body("Hello {name}").expect_err("flawed").what;
        assert_eq!(missing, What::Missing("link".to_owned()));
        let unknown = kind.check_subject("{order}").expect_err("flawed").what;
        assert_eq!(unknown, What::Unknown("order".to_owned()));
    }
}

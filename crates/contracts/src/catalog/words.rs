//! A product's words in other languages than its own.

use super::Listing;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Words in another language, as the seller writes them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Translation {
    #[schema(example = "Cuenco de roble")]
    pub title: String,
    /// Markdown or HTML; the product's own holds where it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// By language tag (BCP 47).
pub type Translations = BTreeMap<String, Translation>;

/// Words in another language, as buyers get them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TranslatedWords {
    pub title: String,
    /// Sanitised HTML; the product's own where it is empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description_html: String,
}

/// What a language tag begins with: the language itself.
fn language_of(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}

impl Listing {
    /// The language that its words are read in by somebody who wants `wanted`, best first: the one of a translation, or none
    /// for the product's own words, which are also for whoever understands none of its languages.
    #[must_use]
    pub fn read_in<'t>(&'t self, wanted: &[&str]) -> Option<(&'t str, &'t TranslatedWords)> {
        for tag in wanted {
            let same = |known: &str| known.eq_ignore_ascii_case(tag);
            let alike = |known: &str| language_of(known).eq_ignore_ascii_case(language_of(tag));
            let own = self.language.as_deref().unwrap_or("");
            if same(own) {
                return None;
            }
            let mut translations = self.translations.iter();
            if let Some((known, words)) = translations.find(|(known, _)| same(known)) {
                return Some((known, words));
            }
            if alike(own) {
                return None;
            }
            let mut translations = self.translations.iter();
            if let Some((known, words)) = translations.find(|(known, _)| alike(known)) {
                return Some((known, words));
            }
        }
        None
    }

    /// Title and description in the best of the languages wanted.
    #[must_use]
    pub fn words_in(&self, wanted: &[&str]) -> (&str, &str) {
        match self.read_in(wanted) {
            Some((_, words)) if words.description_html.is_empty() => (&words.title, &self.description_html),
            Some((_, words)) => (&words.title, &words.description_html),
            None => (&self.title, &self.description_html),
        }
    }
}

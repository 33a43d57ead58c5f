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

/// Which of the translations is read by somebody who wants `wanted`, best first: to the letter, and then by the language alone;
/// none for words that are in `own`.
fn best<'t>(
    own: Option<&str>,
    translations: impl Iterator<Item = &'t str> + Clone,
    wanted: &[&str],
) -> Option<usize> {
    let own = own.unwrap_or("");
    for tag in wanted {
        let same = |known: &str| known.eq_ignore_ascii_case(tag);
        let alike = |known: &str| language_of(known).eq_ignore_ascii_case(language_of(tag));
        if same(own) {
            return None;
        }
        if let Some(place) = translations.clone().position(same) {
            return Some(place);
        }
        if alike(own) {
            return None;
        }
        if let Some(place) = translations.clone().position(alike) {
            return Some(place);
        }
    }
    None
}

/// A title in each language that it is known in: what a list needs to be read in any of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Titles {
    /// Of the product's own title, where its seller says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<String>,
    /// Tag and title.
    pub translated: Vec<(String, String)>,
}

impl Titles {
    #[must_use]
    pub fn of(listing: &Listing) -> Option<Self> {
        let translated = listing.translations.iter();
        let translated: Vec<_> = translated
            .map(|(tag, words)| (tag.clone(), words.title.clone()))
            .collect();
        (!translated.is_empty()).then(|| Self {
            own: listing.language.clone(),
            translated,
        })
    }

    /// The translation for somebody who wants `wanted`; none where the product's own title is for them.
    #[must_use]
    pub fn read_in(self, wanted: &[&str]) -> Option<String> {
        let tags = self.translated.iter().map(|(tag, _)| tag.as_str());
        let place = best(self.own.as_deref(), tags, wanted)?;
        self.translated.into_iter().nth(place).map(|(_, title)| title)
    }
}

impl Listing {
    /// The language that its words are read in by somebody who wants `wanted`, best first: the one of a translation, or none
    /// for the product's own words, which are also for whoever understands none of its languages.
    #[must_use]
    pub fn read_in<'t>(&'t self, wanted: &[&str]) -> Option<(&'t str, &'t TranslatedWords)> {
        let known = self.translations.iter().map(|(tag, words)| (tag.as_str(), words));
        let known: Vec<_> = known.collect();
        let place = best(
            self.language.as_deref(),
            known.iter().map(|(tag, _)| *tag),
            wanted,
        )?;
        known.get(place).copied()
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

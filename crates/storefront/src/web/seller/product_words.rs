//! A product's words in other languages, as fields of its form.

use crate::i18n::Locale;
use crate::views::common::{Choice, Field};
use crate::views::seller_goods::{TranslationFields, WordsFields};
use crate::web::posted::Posted;
use contracts::catalog::{Translation, Translations};

/// Languages that are offered; others stay where a product has them.
const OFFERED: [&str; 2] = ["en", "es"];

/// What a language is called.
fn called(tag: &str, locale: Locale) -> String {
    match tag {
        "en" => locale.t("language.en").to_string(),
        "es" => locale.t("language.es").to_string(),
        other => other.to_owned(),
    }
}

/// The fields of a product's words: each language that is offered or that it has, but for its own.
pub fn fields(language: Option<&str>, translations: &Translations, locale: Locale) -> WordsFields {
    let own = language.unwrap_or("");
    let mut tags: Vec<&str> = OFFERED.to_vec();
    tags.extend(
        translations
            .keys()
            .map(String::as_str)
            .filter(|tag| !OFFERED.contains(tag)),
    );
    let mut languages = vec![Choice::new("", locale.t("work.language_unsaid").to_string())];
    let known = OFFERED
        .iter()
        .copied()
        .chain((!own.is_empty() && !OFFERED.contains(&own)).then_some(own));
    languages.extend(known.map(|tag| Choice::new(tag, called(tag, locale))));
    let field = |tag: &&str| {
        let words = translations.get(*tag).cloned().unwrap_or_default();
        TranslationFields {
            tag: (*tag).to_owned(),
            called: called(tag, locale),
            is_open: !words.title.is_empty(),
            title: Field::of(words.title),
            description: Field::of(words.description),
        }
    };
    WordsFields {
        languages: Choice::select(languages, own),
        translations: tags.iter().filter(|tag| **tag != own).map(field).collect(),
    }
}

/// What the form says of other languages.
pub fn read(posted: &Posted) -> (String, Translations) {
    let mut translations = Translations::new();
    for (name, text) in posted.with_prefix("translation.") {
        let Some((tag, what)) = name.rsplit_once('.') else {
            continue;
        };
        let words: &mut Translation = translations.entry(tag.to_owned()).or_default();
        match what {
            "title" => text.clone_into(&mut words.title),
            _ => text.clone_into(&mut words.description),
        }
    }
    translations.retain(|_, words| *words != Translation::default());
    (posted.get("language").to_owned(), translations)
}

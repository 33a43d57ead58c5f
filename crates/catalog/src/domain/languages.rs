//! Languages of a product's words.

use super::Refusal;
use super::limits::{DESCRIPTION_CHARS_MAX, LANGUAGE_TAG_CHARS_MAX, LANGUAGES_MAX, TITLE_CHARS_MAX};
use contracts::catalog::{Translation, Translations};

/// A language tag (BCP 47, RFC 5646) as it is usually written: `es`, `pt-BR`, `zh-Hant`. None for what is none.
#[must_use]
pub fn tag(text: &str) -> Option<String> {
    let text = text.trim().replace('_', "-");
    if text.len() > LANGUAGE_TAG_CHARS_MAX {
        return None;
    }
    let mut parts = text.split('-');
    let language = parts
        .next()
        .filter(|part| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()))?;
    let mut tag = language.to_ascii_lowercase();
    for part in parts {
        if !(2..=8).contains(&part.len()) || !part.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        tag.push('-');
        match part.len() {
            2 => tag.push_str(&part.to_ascii_uppercase()),
            4 if part.bytes().all(|b| b.is_ascii_alphabetic()) => {
                tag.push_str(&part[..1].to_ascii_uppercase());
                tag.push_str(&part[1..].to_ascii_lowercase());
            }
            _ => tag.push_str(&part.to_ascii_lowercase()),
        }
    }
    Some(tag)
}

/// The language of the product's own words; nothing for an empty text.
pub fn parse_language(given: &str) -> Result<Option<String>, Refusal> {
    if given.trim().is_empty() {
        return Ok(None);
    }
    let said = "Name the language by its tag, such as `en`, `es` or `pt-BR`.";
    tag(given)
        .map(Some)
        .ok_or_else(|| Refusal::new("language", "language_invalid", said))
}

/// Translations within all limits; those without a title are left out.
pub fn parse(given: Translations) -> Result<Translations, Refusal> {
    let mut translations = Translations::new();
    for (language, words) in given {
        let at = |field: &str| format!("translations/{language}/{field}");
        let Some(tag) = tag(&language) else {
            let said = "Name each language by its tag, such as `en`, `es` or `pt-BR`.";
            return Err(Refusal::new("translations", "language_invalid", said));
        };
        let title = words.title.trim().to_owned();
        let description = words.description.trim().to_owned();
        if title.is_empty() && description.is_empty() {
            continue;
        }
        if title.is_empty() {
            let said = "A translation needs a title. Give it one, or leave its description out.";
            return Err(Refusal::new(at("title"), "text_empty", said));
        }
        let limits = [
            ("title", &title, TITLE_CHARS_MAX),
            ("description", &description, DESCRIPTION_CHARS_MAX),
        ];
        for (field, text, chars_max) in limits {
            if text.len() > chars_max && text.chars().count() > chars_max {
                let said = format!("This may have at most {chars_max} characters.");
                return Err(Refusal::new(at(field), "text_too_long", said));
            }
            let is_line = field == "title";
            let is_odd = |c: char| c.is_control() && (is_line || !matches!(c, '\n' | '\r' | '\t'));
            if text.chars().any(is_odd) {
                let said = "Control characters other than line breaks of descriptions are not allowed.";
                return Err(Refusal::new(at(field), "text_control", said));
            }
        }
        translations.insert(tag, Translation { title, description });
    }
    if translations.len() > LANGUAGES_MAX {
        let said = format!("At most {LANGUAGES_MAX} translations are kept.");
        return Err(Refusal::new("translations", "too_many", said));
    }
    Ok(translations)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_written_as_usual_or_refused() {
        let cases = [
            ("ES", Some("es")),
            ("pt_br", Some("pt-BR")),
            ("zh-hant-tw", Some("zh-Hant-TW")),
            ("ast", Some("ast")),
            ("es-419", Some("es-419")),
            ("e", None),
            ("english", None),
            ("es-", None),
            ("es-a\u{e9}", None),
        ];
        for (text, expected) in cases {
            assert_eq!(tag(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn translations_need_a_title_and_empty_ones_are_none() {
        let words = |title: &str, description: &str| Translation {
            title: title.to_owned(),
            description: description.to_owned(),
        };
        let given = Translations::from([
            ("ES".to_owned(), words(" Cuenco ", "")),
            ("fr".to_owned(), words(" ", "")),
        ]);
        assert_eq!(
            parse(given),
            Ok(Translations::from([("es".to_owned(), words("Cuenco", ""))]))
        );
        let untitled = Translations::from([("es".to_owned(), words("", "De roble."))]);
        let refusal = parse(untitled).expect_err("no title");
        assert_eq!(
            (refusal.pointer.as_str(), refusal.code),
            ("translations/es/title", "text_empty")
        );
    }
}

//! Languages: messages by key, plural forms, and the format of money, numbers and dates.
//!
//! Messages live in `locales/<code>.messages`, one `key = text` per line, `#` for comments, `{name}` for what is
//! filled in. A key that counts has two lines, `key.one` and `key.other`.

mod format;

pub use format::COUNTED_MAX;

pub use format::plain_decimal;

use std::borrow::{Borrow, Cow};
use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

/// A language the storefront speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Locale {
    #[default]
    En,
    Es,
}

static ENGLISH: LazyLock<Messages> =
    LazyLock::new(|| Messages::parse(include_str!("../locales/en.messages")));
static SPANISH: LazyLock<Messages> =
    LazyLock::new(|| Messages::parse(include_str!("../locales/es.messages")));

impl Locale {
    pub const ALL: [Locale; 2] = [Locale::En, Locale::Es];

    /// The code for `lang` attributes, cookies and `hreflang`.
    pub fn code(self) -> &'static str {
        match self {
            Locale::En => "en",
            Locale::Es => "es",
        }
    }

    /// As other contexts know it.
    pub fn language(self) -> contracts::Language {
        match self {
            Locale::En => contracts::Language::En,
            Locale::Es => contracts::Language::Es,
        }
    }

    /// The territory form that Open Graph asks for.
    pub fn territory(self) -> &'static str {
        match self {
            Locale::En => "en_GB",
            Locale::Es => "es_ES",
        }
    }

    /// The language's name in itself.
    pub fn name(self) -> &'static str {
        match self {
            Locale::En => "English",
            Locale::Es => "Español",
        }
    }

    pub fn from_code(code: &str) -> Option<Locale> {
        Locale::ALL
            .into_iter()
            .find(|locale| code.eq_ignore_ascii_case(locale.code()))
    }

    /// The language to answer in: what the visitor chose, else the best of `Accept-Language`, else English.
    pub fn negotiate(chosen: Option<&str>, accept_language: Option<&str>) -> Locale {
        if let Some(locale) = chosen.and_then(Locale::from_code) {
            return locale;
        }
        let mut best = (0, Locale::default());
        for range in accept_language.unwrap_or_default().split(',').take(16) {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let primary = tag.trim().split('-').next().unwrap_or_default();
            if let Some(locale) = Locale::from_code(primary) {
                let quality = quality_thousandths(parameters);
                if quality > best.0 {
                    best = (quality, locale);
                }
            }
        }
        best.1
    }

    /// The message of `key`. A key that no file holds is shown as it is; a test keeps that from happening.
    pub fn t(self, key: &str) -> Text {
        let pattern = match self.messages().get(key) {
            Some(pattern) => Cow::Borrowed(pattern),
            None => Cow::Owned(key.to_owned()),
        };
        Text {
            pattern,
            arguments: Vec::new(),
        }
    }

    /// The message of `key` for a count, which the text may name as `{n}`.
    pub fn n(self, key: &str, count: impl Borrow<u64>) -> Text {
        let count = *count.borrow();
        let form = if count == 1 { "one" } else { "other" };
        self.t(&format!("{key}.{form}")).arg("n", self.number(count))
    }

    /// All messages of this language.
    pub fn messages(self) -> &'static Messages {
        match self {
            Locale::En => &ENGLISH,
            Locale::Es => &SPANISH,
        }
    }
}

/// `q=0.8` as 800, so that no float is needed; absent means 1000.
fn quality_thousandths(parameters: &str) -> u32 {
    let Some(value) = parameters.trim().strip_prefix("q=") else {
        return 1000;
    };
    let (whole, fraction) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    let fraction: String = fraction.chars().chain("000".chars()).take(3).collect();
    let whole: u32 = whole.parse().unwrap_or(0);
    (whole.min(1) * 1000 + fraction.parse::<u32>().unwrap_or(0)).min(1000)
}

/// The messages of one language.
#[derive(Debug)]
pub struct Messages(HashMap<&'static str, &'static str>);

impl Messages {
    fn parse(file: &'static str) -> Messages {
        let lines = file
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        Messages(
            lines
                .filter_map(|line| line.split_once('='))
                .map(|(key, text)| (key.trim(), text.trim()))
                .collect(),
        )
    }

    pub fn get(&self, key: &str) -> Option<&'static str> {
        self.0.get(key).copied()
    }

    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }
}

/// A message with its arguments, written when displayed. It is text, not HTML: the template escapes it whole.
#[derive(Clone, Debug)]
pub struct Text {
    pattern: Cow<'static, str>,
    arguments: Vec<(&'static str, String)>,
}

impl Text {
    /// Fills in `{name}`.
    pub fn arg(mut self, name: &'static str, value: impl fmt::Display) -> Text {
        self.arguments.push((name, value.to_string()));
        self
    }

    /// So that macros can ask the same of a message and of a plain string.
    pub fn is_empty(&self) -> bool {
        self.pattern.is_empty()
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest: &str = &self.pattern;
        while let Some((before, after)) = rest.split_once('{') {
            f.write_str(before)?;
            let Some((name, tail)) = after.split_once('}') else {
                return f.write_str(after);
            };
            match self.arguments.iter().find(|(given, _)| *given == name) {
                Some((_, value)) => f.write_str(value)?,
                None => write!(f, "{{{name}}}")?,
            }
            rest = tail;
        }
        f.write_str(rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_visitors_choice_wins_over_the_browsers() {
        assert_eq!(Locale::negotiate(Some("es"), Some("en-GB,en;q=0.9")), Locale::Es);
    }

    #[test]
    fn the_browsers_best_language_that_we_speak_is_taken() {
        assert_eq!(
            Locale::negotiate(None, Some("fr, en;q=0.5, es-MX;q=0.8")),
            Locale::Es
        );
        assert_eq!(Locale::negotiate(None, Some("de")), Locale::En);
        assert_eq!(Locale::negotiate(Some("xx"), None), Locale::En);
        assert_eq!(Locale::negotiate(None, Some("es;q=0, en;q=0.1")), Locale::En);
    }

    #[test]
    fn arguments_fill_their_places() {
        let text = Text {
            pattern: "{n} of {total} {x}".into(),
            arguments: Vec::new(),
        };
        assert_eq!(text.arg("n", 3).arg("total", 9).to_string(), "3 of 9 {x}");
    }

    #[test]
    fn no_key_stands_twice() {
        let files = [
            include_str!("../locales/en.messages"),
            include_str!("../locales/es.messages"),
        ];
        for file in files {
            let lines = file.lines().filter(|line| !line.starts_with('#'));
            let mut keys: Vec<&str> = lines
                .filter_map(|line| line.split_once('='))
                .map(|(key, _)| key.trim())
                .collect();
            keys.sort_unstable();
            let twice = keys.windows(2).filter(|pair| pair[0] == pair[1]);
            assert_eq!(twice.collect::<Vec<_>>(), Vec::<&[&str]>::new());
        }
    }

    #[test]
    fn both_languages_hold_the_same_keys_and_places() {
        let places = |text: &str| {
            let mut names: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|part| part.split_once('}'))
                .map(|(name, _)| name.into())
                .collect();
            names.sort();
            names.dedup();
            names
        };
        let mut english: Vec<_> = ENGLISH.keys().collect();
        let mut spanish: Vec<_> = SPANISH.keys().collect();
        english.sort_unstable();
        spanish.sort_unstable();
        assert_eq!(english, spanish);
        for key in english {
            let (a, b) = (ENGLISH.get(key).unwrap(), SPANISH.get(key).unwrap());
            assert_eq!(places(a), places(b), "{key}");
        }
    }
}

//! The words that come with the program: for each kind a title and a text, in each language.

use super::template::Template;
use contracts::Language;
use contracts::notifications::NoticeKind;
use kernel::Timestamp;
use std::collections::HashMap;
use std::sync::LazyLock;

static ENGLISH: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| read(include_str!("../../locales/en.notices")));
static SPANISH: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| read(include_str!("../../locales/es.notices")));

const MONTHS: [(&str, &str); 12] = [
    ("January", "enero"),
    ("February", "febrero"),
    ("March", "marzo"),
    ("April", "abril"),
    ("May", "mayo"),
    ("June", "junio"),
    ("July", "julio"),
    ("August", "agosto"),
    ("September", "septiembre"),
    ("October", "octubre"),
    ("November", "noviembre"),
    ("December", "diciembre"),
];

/// One `key = text` a line; `#` begins a remark.
fn read(file: &'static str) -> HashMap<&'static str, &'static str> {
    file.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(key, text)| (key.trim(), text.trim()))
        .collect()
}

fn of(language: Language, key: &str) -> &'static str {
    let words = language.pick(&*ENGLISH, &*SPANISH);
    // A test holds that there is none without.
    words.get(key).copied().unwrap_or_default()
}

/// What stands over a notice.
pub fn title(language: Language, kind: NoticeKind) -> &'static str {
    of(language, &format!("{}.title", kind.name()))
}

pub fn text(language: Language, kind: NoticeKind) -> &'static str {
    of(language, &format!("{}.text", kind.name()))
}

/// In the place of a name that nobody tells.
pub fn missing(language: Language, place: &str) -> &'static str {
    of(language, &format!("missing.{place}"))
}

/// A text with its places filled; one that cannot be read is shown as it is.
pub fn fill(pattern: &str, value: impl Fn(&str) -> String) -> String {
    Template::parse(pattern).map_or_else(|_| pattern.to_owned(), |template| template.render(value))
}

/// `22 November 2026, 14:30 (UTC)`.
pub fn moment(language: Language, at: Timestamp) -> String {
    use chrono::Datelike as _;
    let month = usize::try_from(at.month0())
        .ok()
        .and_then(|month| MONTHS.get(month));
    let (english, spanish) = month.copied().unwrap_or_default();
    let (day, year, time) = (at.day(), at.year(), at.format("%H:%M"));
    language.pick(
        format!("{day} {english} {year}, {time} (UTC)"),
        format!("{day} de {spanish} de {year}, {time} (UTC)"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn places(text: &str) -> BTreeSet<String> {
        let template = Template::parse(text).expect("sound");
        template.names().map(str::to_owned).collect()
    }

    #[test]
    fn every_kind_has_its_words_in_each_language() {
        for kind in NoticeKind::ALL {
            for part in [title, text] {
                let (english, spanish) = (part(Language::En, *kind), part(Language::Es, *kind));
                assert!(!english.is_empty() && !spanish.is_empty(), "{kind:?}");
                assert_ne!(english, spanish, "{kind:?}");
                assert_eq!(places(english), places(spanish), "{kind:?}");
                for place in places(english) {
                    for language in [Language::En, Language::Es] {
                        assert!(!missing(language, &place).is_empty(), "{place}");
                    }
                }
            }
        }
    }

    #[test]
    fn no_words_are_left_over() {
        assert_eq!(
            ENGLISH.keys().collect::<BTreeSet<_>>(),
            SPANISH.keys().collect::<BTreeSet<_>>()
        );
        let known: BTreeSet<&str> = NoticeKind::ALL.iter().map(|kind| kind.name()).collect();
        for key in ENGLISH.keys() {
            let (kind, _) = key.split_once('.').expect("a key has two parts");
            assert!(kind == "missing" || known.contains(kind), "{key}");
        }
    }

    #[test]
    fn moments_are_told_in_words() {
        let at = Timestamp::from_timestamp(1_795_357_805, 0).expect("in range");
        assert_eq!(moment(Language::En, at), "22 November 2026, 14:30 (UTC)");
        assert_eq!(moment(Language::Es, at), "22 de noviembre de 2026, 14:30 (UTC)");
    }
}

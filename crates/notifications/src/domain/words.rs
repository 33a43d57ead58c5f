//! The words that come with the program: for each kind a title and a text, in each language.

use super::template::Template;
use contracts::Language;
use contracts::notifications::{NoticeKind, NoticeTopic, TemplateKind};
use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

static ENGLISH: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| read(include_str!("../../locales/en.notices")));
static SPANISH: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| read(include_str!("../../locales/es.notices")));

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

/// What comes with the program for a kind of notice or mail: title and text, or subject and body.
pub fn built_in(language: Language, kind: TemplateKind) -> (&'static str, &'static str) {
    match kind {
        TemplateKind::Notice(kind) => (title(language, kind), text(language, kind)),
        TemplateKind::Mail(kind) => kind.words(language),
    }
}

/// What may be filled in, in the words for a kind.
pub fn places(kind: TemplateKind) -> BTreeSet<String> {
    let kind = match kind {
        TemplateKind::Notice(kind) => kind,
        TemplateKind::Mail(kind) => return kind.places().iter().map(|&place| place.to_owned()).collect(),
    };
    let patterns = [title(Language::En, kind), text(Language::En, kind)];
    let templates = patterns
        .into_iter()
        .filter_map(|pattern| Template::parse(pattern).ok());
    templates
        .flat_map(|template| template.names().map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// What a text must have to be good for anything.
pub fn needed(kind: TemplateKind) -> &'static [&'static str] {
    match kind {
        TemplateKind::Notice(_) => &[],
        TemplateKind::Mail(kind) => kind.needed(),
    }
}

/// Something to fill in, for whoever writes the words of notices.
pub fn example(language: Language, place: &str) -> String {
    of(language, &format!("example.{place}")).to_owned()
}

/// What a topic is called within a sentence.
pub fn topic(language: Language, topic: NoticeTopic) -> &'static str {
    of(language, &format!("topic.{}", topic.name()))
}

/// Below a mail, in two lines: how to get no more of it, and where everything about that is.
pub fn footer(language: Language) -> &'static str {
    of(language, "mail.footer")
}

/// A text message with a code that shows whose a number is.
pub fn sms_code(language: Language) -> &'static str {
    of(language, "sms.code")
}

/// A text message of what happened.
pub fn sms_notice(language: Language) -> &'static str {
    of(language, "sms.notice")
}

/// A text with its places filled; one that cannot be read is shown as it is.
pub fn fill(pattern: &str, value: impl Fn(&str) -> String) -> String {
    Template::parse(pattern).map_or_else(|_| pattern.to_owned(), |template| template.render(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> BTreeSet<String> {
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
                assert_eq!(names(english), names(spanish), "{kind:?}");
                for place in names(english) {
                    for language in [Language::En, Language::Es] {
                        assert!(!missing(language, &place).is_empty(), "{place}");
                        assert!(!example(language, &place).is_empty(), "{place}");
                    }
                }
            }
        }
    }

    #[test]
    fn topics_and_the_end_of_mails_have_their_words() {
        for language in [Language::En, Language::Es] {
            assert!(NoticeTopic::ALL.iter().all(|of| !topic(language, *of).is_empty()));
            assert_eq!(
                names(footer(language)),
                ["link", "settings", "topic"].map(str::to_owned).into()
            );
            let of_code = ["code", "host", "minutes"].map(str::to_owned);
            assert_eq!(names(sms_code(language)), of_code.into());
            assert_eq!(
                names(sms_notice(language)),
                ["link", "title"].map(str::to_owned).into()
            );
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
            assert!(
                ["missing", "example", "topic", "mail", "sms"].contains(&kind) || known.contains(kind),
                "{key}"
            );
        }
    }
}

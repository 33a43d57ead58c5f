//! E-mail addresses, links and names in messengers: told by the words that they are made of.

use super::Letter;
use contracts::messages::ContactKind;
use std::ops::Range;

/// Ends of names of hosts that are no word which could follow a full stop without a space.
const HOST_ENDS: &[&str] = &[
    "com", "net", "org", "info", "shop", "store", "online", "site", "xyz", "biz", "club", "app", "eu", "io",
    "pt", "fr", "uk", "nl", "ly", "gg", "example",
];
/// Ends that are words as well: a host only where a word before says so.
const HOST_END_WORDS: &[&str] = &[
    "es", "de", "it", "me", "cat", "gal", "art", "at", "be", "co", "us", "tv",
];
/// Words that announce a host.
const SITES: &[&str] = &[
    "web", "website", "site", "sitio", "pagina", "tienda", "visit", "visita", "visitad", "url", "link",
    "enlace",
];
/// Messengers and social networks.
const MESSENGERS: &[&str] = &[
    "whatsapp",
    "wasap",
    "wassap",
    "guasap",
    "telegram",
    "instagram",
    "insta",
    "ig",
    "skype",
    "signal",
    "wechat",
    "discord",
    "snapchat",
    "messenger",
    "facebook",
    "tiktok",
    "line",
    "viber",
];
/// Words between a messenger and a name.
const IS: &[&str] = &[
    "is", "es", "me", "at", "en", "as", "como", "id", "user", "usuario", "handle", "name", "account",
    "cuenta",
];
const ATS: &[&str] = &[
    "@", "(at)", "[at]", "{at}", "(arroba)", "[arroba]", "arroba", "at",
];
const DOTS: &[&str] = &[".", "(dot)", "[dot]", "(punto)", "[punto]", "punto", "dot"];
/// Letters of a name behind `@`, at least.
const HANDLE_LEAST: usize = 3;

/// Letters without white space between them, without signs around them.
struct Word {
    span: Range<usize>,
    text: String,
    /// Whether a colon, or another sign, follows it at once.
    colon: bool,
    ends_line: bool,
}

/// Signs that stand around words, not in them.
fn is_around(c: char) -> bool {
    matches!(
        c,
        ',' | ';'
            | ':'
            | '!'
            | '?'
            | '¡'
            | '¿'
            | '"'
            | '\''
            | '«'
            | '»'
            | '“'
            | '”'
            | '‘'
            | '’'
            | '<'
            | '>'
            | '…'
    )
}

fn words(letters: &[Letter]) -> Vec<Word> {
    let mut words = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        if letters[at].plain.is_whitespace() {
            at += 1;
            continue;
        }
        let begin = at;
        while at < letters.len() && !letters[at].plain.is_whitespace() {
            at += 1;
        }
        let all = &letters[begin..at];
        let is_bracketed = |text: &str| ATS.contains(&text) || DOTS.contains(&text);
        let text = |of: &[Letter]| of.iter().map(|letter| letter.plain).collect::<String>();
        let (mut from, mut to) = (0, all.len());
        if !is_bracketed(&text(all)) {
            let front = |c: char| is_around(c) || matches!(c, '(' | '[');
            let back = |c: char| is_around(c) || matches!(c, ')' | ']' | '.');
            while from < to && front(all[from].plain) {
                from += 1;
            }
            while to > from && back(all[to - 1].plain) {
                to -= 1;
            }
        }
        let ends_line = !letters[at..]
            .iter()
            .take_while(|letter| letter.plain != '\n')
            .any(|letter| !letter.plain.is_whitespace());
        words.push(Word {
            span: begin + from..begin + to,
            text: text(&all[from..to]),
            colon: all.get(to).is_some_and(|letter| letter.plain == ':'),
            ends_line,
        });
    }
    words.retain(|word| !word.text.is_empty());
    words
}

pub(super) fn find(letters: &[Letter], own: &str) -> Vec<(ContactKind, Range<usize>)> {
    let words = words(letters);
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let rest = &words[at..];
        let before = &words[..at];
        let hit = email(rest)
            .map(|count| (ContactKind::EmailAddress, count))
            .or_else(|| link(before, &rest[0], own).then_some((ContactKind::Link, 1)))
            .or_else(|| handle(before, &rest[0]).then_some((ContactKind::Handle, 1)));
        match hit {
            Some((kind, count)) => {
                found.push((kind, rest[0].span.start..rest[count - 1].span.end));
                at += count;
            }
            None => at += 1,
        }
    }
    found
}

fn is_name(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+'))
        && text.chars().any(char::is_alphanumeric)
}

/// Whether something reads as a host: labels and an end of letters, with a dot between.
fn is_host(text: &str) -> bool {
    text.rsplit_once('.').is_some_and(|(name, end)| {
        is_name(name) && (2..=12).contains(&end.chars().count()) && end.chars().all(char::is_alphabetic)
    })
}

/// How many words an e-mail address that begins here has.
fn email(words: &[Word]) -> Option<usize> {
    let text = |at: usize| words.get(at).map(|word| word.text.as_str());
    // In one word: me@post.example, me(at)post.example. A host without an end is somebody's carelessness, and found too.
    let first = text(0)?;
    let joined = ATS[..6]
        .iter()
        .fold(first.to_owned(), |text, at| text.replace(at, "@"));
    let joined = joined.strip_prefix("mailto:").unwrap_or(&joined);
    if let Some((name, host)) = joined.split_once('@') {
        let name = name.rsplit([':', '/', '(', ',']).next().unwrap_or_default();
        let ends = name.ends_with(char::is_alphanumeric) && host.starts_with(char::is_alphanumeric);
        if ends && host.chars().any(char::is_alphabetic) {
            return Some(1);
        }
    }
    // In several: ana @ correo.es, ana arroba correo punto es.
    if !is_name(first) || !text(1).is_some_and(|word| ATS.contains(&word)) {
        return None;
    }
    if text(2).is_some_and(is_host) {
        // `cheaper at my-shop.com` is a link.
        return (text(1) != Some("at")).then_some(3);
    }
    let spelt = is_name(text(2)?) && text(3).is_some_and(|word| DOTS.contains(&word));
    let end = text(4)?;
    let ends = HOST_ENDS.contains(&end) || HOST_END_WORDS.contains(&end);
    (spelt && ends).then_some(5)
}

fn link(before: &[Word], word: &Word, own: &str) -> bool {
    let text = word.text.as_str();
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (Some(scheme), rest),
        None => (None, text),
    };
    let (host, path) = match rest.find(['/', '?', '#']) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let host = host.trim_matches(|c: char| !c.is_alphanumeric());
    if !own.is_empty() && host == own {
        return false;
    }
    if scheme.is_some() || host.starts_with("www.") || host.contains(".www.") {
        return !rest.is_empty();
    }
    let host = host.split(':').next().unwrap_or_default();
    let Some((name, end)) = host.rsplit_once('.') else {
        return false;
    };
    if !is_host(host) {
        return false;
    }
    let last = name.rsplit('.').next().unwrap_or_default();
    let announced = || {
        before
            .iter()
            .rev()
            .take(3)
            .any(|word| SITES.contains(&word.text.as_str()))
    };
    let has_path = path.is_some_and(|path| !path.is_empty()) && end.is_ascii();
    (HOST_ENDS.contains(&end) && last.chars().count() > 2)
        || (has_path && (HOST_ENDS.contains(&end) || HOST_END_WORDS.contains(&end)))
        || (HOST_END_WORDS.contains(&end) && (announced() || last.contains('-')))
}

fn handle(before: &[Word], word: &Word) -> bool {
    let text = word.text.as_str();
    if let Some(name) = text.strip_prefix('@') {
        return name.chars().count() >= HANDLE_LEAST
            && name.starts_with(char::is_alphabetic)
            && is_name(name);
    }
    if !is_name(text) || text.chars().count() < HANDLE_LEAST || MESSENGERS.contains(&text) {
        return false;
    }
    let Some(messenger) = before.iter().rev().find(|word| !IS.contains(&word.text.as_str())) else {
        return false;
    };
    if !MESSENGERS.contains(&messenger.text.as_str()) {
        return false;
    }
    // A name is not a word: it has digits or signs in it, or it is all that follows a colon.
    let inside = text.trim_matches(|c: char| !c.is_alphanumeric());
    let has_signs = inside.contains(['.', '_'])
        || (inside.contains(|c: char| c.is_ascii_digit()) && inside.contains(char::is_alphabetic));
    has_signs || (before.last().is_some_and(|word| word.colon) && word.ends_line)
}

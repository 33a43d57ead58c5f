//! What stands at the end of a mail, and in its head.

use super::words;
use contracts::Language;
use contracts::notifications::NoticeTopic;

/// A mail's text with how to get no more of its kind.
pub fn with_footer(
    language: Language,
    topic: NoticeTopic,
    body: &str,
    public_url: &str,
    token: &str,
) -> String {
    let value = |place: &str| match place {
        "topic" => words::topic(language, topic).to_owned(),
        "link" => format!("{public_url}/unsubscribe?token={token}"),
        _ => format!("{public_url}/account/notifications/settings"),
    };
    let footer = words::fill(words::footer(language), value);
    let (no_more, settings) = footer.split_once(" | ").unwrap_or((&footer, ""));
    format!("{body}\n-- \n{no_more}\n{settings}\n")
}

/// By which a mail's reader gets no more with one click (RFC 8058).
pub fn headers(public_url: &str, token: &str) -> Vec<(String, String)> {
    vec![
        (
            "List-Unsubscribe".to_owned(),
            format!("<{public_url}/v1/notifications/unsubscribe/{token}>"),
        ),
        (
            "List-Unsubscribe-Post".to_owned(),
            "List-Unsubscribe=One-Click".to_owned(),
        ),
    ]
}

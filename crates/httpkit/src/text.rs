//! Text from outside: what a line and a paragraph may hold.

use kernel::Fault;

/// One line: trimmed, not empty, at most `chars_max` characters, no control characters.
pub fn line(pointer: &str, text: &str, chars_max: usize) -> Result<String, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Fault::field("text_empty", pointer, "This must not be empty."));
    }
    optional_line(pointer, text, chars_max)
}

/// As [`line`], but it may be empty.
pub fn optional_line(pointer: &str, text: &str, chars_max: usize) -> Result<String, Fault> {
    let text = text.trim();
    if text.chars().count() > chars_max {
        return Err(Fault::field(
            "text_too_long",
            pointer,
            format!("This may have at most {chars_max} characters."),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(Fault::field(
            "text_control",
            pointer,
            "This must be one line without control characters.",
        ));
    }
    Ok(text.to_owned())
}

/// Several lines: control characters other than line breaks and tabs are refused.
pub fn paragraphs(pointer: &str, text: &str, chars_max: usize) -> Result<String, Fault> {
    if text.chars().count() > chars_max {
        return Err(Fault::field(
            "text_too_long",
            pointer,
            format!("This may have at most {chars_max} characters."),
        ));
    }
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(Fault::field(
            "text_control",
            pointer,
            "Control characters other than line breaks are not allowed.",
        ));
    }
    Ok(text.trim().to_owned())
}

/// Characters of a byline: a first name may be long.
const BYLINE_CHARS_MAX: usize = 40;

/// How somebody is named to strangers: the first name and the first letter of the last.
#[must_use]
pub fn byline(name: &str) -> String {
    let mut words = name.split_whitespace();
    let first: String = words
        .next()
        .unwrap_or_default()
        .chars()
        .take(BYLINE_CHARS_MAX)
        .collect();
    match words.next_back().and_then(|last| last.chars().next()) {
        Some(letter) => format!("{first} {}.", letter.to_uppercase()),
        None => first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_learn_no_last_names() {
        assert_eq!(byline("Étienne Lefèvre"), "Étienne L.");
        assert_eq!(byline("María de la Ó Núñez"), "María N.");
        assert_eq!(byline("  Cher "), "Cher");
        assert_eq!(byline(""), "");
    }
}

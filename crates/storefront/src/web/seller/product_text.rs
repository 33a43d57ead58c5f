//! Options, attributes and tags as text in a form, and back. A mark that parts them and stands in one of them has a
//! backslash before it, and an end of line is `\n`: so every list reads as it was written.

use crate::i18n::{Locale, plain_decimal};
use crate::views::common::{Choice, Field};
use crate::web::taxes::category_label;
use crate::web::visit::Visit;
use contracts::catalog::{AttributeValue, Attributes, Dimensions, OptionValue};
use contracts::taxes::TaxCategoryCard;
use kernel::Money;

/// What a backslash takes the meaning from.
const MARKS: [char; 4] = ['\\', ',', ':', ';'];

fn escaped(text: &str, marks: &[char]) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => written.push_str("\\n"),
            '\r' => written.push_str("\\r"),
            c => {
                if c == '\\' || marks.contains(&c) {
                    written.push('\\');
                }
                written.push(c);
            }
        }
    }
    written
}

fn unescaped(text: &str) -> String {
    let mut read = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = if c == '\\' { chars.peek().copied() } else { None };
        let meant = match next {
            Some('n') => Some('\n'),
            Some('r') => Some('\r'),
            other => other.filter(|c| MARKS.contains(c)),
        };
        if meant.is_some() {
            chars.next();
        }
        // Any other backslash is one that somebody typed.
        read.push(meant.unwrap_or(c));
    }
    read
}

/// Where `mark` stands with its meaning.
fn places(text: &str, mark: char) -> Vec<usize> {
    let mut places = Vec::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == mark {
            places.push(at);
        }
    }
    places
}

/// The parts of a list, still escaped, without empty ones.
fn parts(text: &str, mark: char) -> impl Iterator<Item = &str> {
    let mut begin = 0;
    let mut cut = Vec::new();
    for at in places(text, mark) {
        cut.push(&text[begin..at]);
        begin = at + mark.len_utf8();
    }
    cut.push(&text[begin..]);
    cut.into_iter().map(str::trim).filter(|part| !part.is_empty())
}

/// A name and what it has, parted by the first colon; none when either is missing.
fn pair(text: &str) -> Option<(String, &str)> {
    let at = *places(text, ':').first()?;
    let (name, value) = (text[..at].trim(), text[at + 1..].trim());
    (!name.is_empty() && !value.is_empty()).then(|| (unescaped(name), value))
}

/// Whether a field came back as it was shown. Browsers write ends of lines their own way.
fn is_untouched(text: &str, shown: &str) -> bool {
    text.replace('\r', "").trim() == shown.trim()
}

/// `pottery, blue`
pub fn tags_text(tags: &[String]) -> String {
    let one = |tag: &String| escaped(tag, &[',']);
    tags.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The same read back; tags that were not touched stay as they are.
pub fn read_tags(text: &str, known: Option<&[String]>) -> Vec<String> {
    match known {
        Some(known) if is_untouched(text, &tags_text(known)) => known.to_vec(),
        _ => parts(text, ',').map(unescaped).collect(),
    }
}

/// `Size: large, Colour: blue`
pub fn options_text(options: &[OptionValue]) -> String {
    let one = |option: &OptionValue| {
        let (name, value) = (escaped(&option.name, &[',', ':']), escaped(&option.value, &[',']));
        format!("{name}: {value}")
    };
    options.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The same read back; an option without a name or a value is an error. Options that read like those of one of the
/// `known` variants are that variant's, to the letter.
pub fn read_options<'k>(
    text: &str,
    mut known: impl Iterator<Item = &'k [OptionValue]>,
) -> Result<Vec<OptionValue>, ()> {
    if let Some(known) = known.find(|known| is_untouched(text, &options_text(known))) {
        return Ok(known.to_vec());
    }
    let one = |part: &str| {
        let (name, value) = pair(part).ok_or(())?;
        let value = unescaped(value);
        Ok(OptionValue { name, value })
    };
    parts(text, ',').map(one).collect()
}

/// One attribute a line: `wood: oak; walnut`
pub fn attributes_text(attributes: &Attributes) -> String {
    let lines = attributes
        .iter()
        .map(|(key, value)| format!("{}: {}", escaped(key, &[':']), value_text(value)));
    lines.collect::<Vec<_>>().join("\n")
}

pub fn value_text(value: &AttributeValue) -> String {
    match value {
        AttributeValue::Bool(true) => "yes".to_owned(),
        AttributeValue::Bool(false) => "no".to_owned(),
        AttributeValue::Number(number) => number.to_string(),
        AttributeValue::Text(text) => escaped(text, &[';']),
        AttributeValue::Many(many) => {
            let one = |part: &String| escaped(part, &[';']);
            many.iter().map(one).collect::<Vec<_>>().join("; ")
        }
    }
}

/// One attribute a line. A line that was not touched keeps its value as it is, whatever its type.
pub fn read_attributes(text: &str, known: Option<&Attributes>) -> Result<Attributes, String> {
    if let Some(known) = known.filter(|known| is_untouched(text, &attributes_text(known))) {
        return Ok(known.clone());
    }
    let mut attributes = Attributes::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let shown = known.and_then(|known| {
            let is_this = |(key, value): &(&String, &AttributeValue)| {
                is_untouched(line, &format!("{}: {}", escaped(key, &[':']), value_text(value)))
            };
            known.iter().find(is_this)
        });
        let (key, value) = match shown {
            Some((key, value)) => (key.clone(), value.clone()),
            None => {
                let (key, value) = pair(line).ok_or_else(|| line.to_owned())?;
                (key, read_value(value))
            }
        };
        attributes.insert(key, value);
    }
    Ok(attributes)
}

pub fn read_value(text: &str) -> AttributeValue {
    match text.to_lowercase().as_str() {
        "yes" | "sí" => return AttributeValue::Bool(true),
        "no" => return AttributeValue::Bool(false),
        _ => {}
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => AttributeValue::Number(number),
        _ if !places(text, ';').is_empty() => AttributeValue::Many(parts(text, ';').map(unescaped).collect()),
        _ => AttributeValue::Text(unescaped(text)),
    }
}

/// Of goods; that of the delivery is nobody's to choose. The product's own is there even where none can be read.
pub fn tax_categories(known: &[TaxCategoryCard], own: &str, locale: Locale) -> Vec<Choice> {
    let of_goods = known.iter().filter(|one| one.code != "delivery");
    let choice = |one: &TaxCategoryCard| Choice::new(one.code.clone(), category_label(one, locale));
    let mut choices: Vec<Choice> = of_goods.map(choice).collect();
    if choices.iter().all(|choice| choice.value != own) {
        choices.push(Choice::new(own, own));
    }
    Choice::select(choices, own)
}

/// An amount as the language's readers type it.
pub(super) fn typed(money: Money, locale: Locale) -> String {
    let plain = plain_decimal(money);
    match locale {
        Locale::En => plain,
        Locale::Es => plain.replace('.', ","),
    }
}

/// Length, width and height; nothing where nothing is written.
pub(super) fn sides(field: &mut Field, visit: &Visit) -> Option<Dimensions> {
    let dimensions = Dimensions::parse(&field.value);
    if dimensions.is_none() && !field.value.is_empty() {
        field.error = Some(visit.locale.t("refusal.dimensions_out_of_range").to_string());
    }
    dimensions
}

/// A whole number of at least zero; nothing where nothing is written.
pub(super) fn whole(field: &mut Field, visit: &Visit) -> Option<i64> {
    if field.value.is_empty() {
        return None;
    }
    match field.value.parse::<i64>() {
        Ok(number) if number >= 0 => Some(number),
        _ => {
            field.error = Some(visit.locale.t("refusal.whole_number").to_string());
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::iter::empty;

    fn option(name: &str, value: &str) -> OptionValue {
        OptionValue {
            name: name.to_owned(),
            value: value.to_owned(),
        }
    }

    #[test]
    fn options_read_as_they_are_written() {
        let options = read_options("Size: large, Colour: blue", empty()).unwrap();
        assert_eq!(options_text(&options), "Size: large, Colour: blue");
        assert_eq!(read_options("", empty()), Ok(Vec::new()));
        assert_eq!(read_options("large", empty()), Err(()));
    }

    #[test]
    fn marks_within_options_come_back() {
        let odd = [
            option("Size", "1,5 l"),
            option("Ratio a:b", "1:2"),
            option("Path", "a\\b\nand \\n, \\"),
        ];
        assert_eq!(read_options(&options_text(&odd), empty()).unwrap(), odd);
        assert_eq!(
            read_options("Path: C:\\temp", empty()).unwrap(),
            [option("Path", "C:\\temp")]
        );
        // What no writing can tell apart is told by what was shown.
        let bare = [option(" Size ", "")];
        let known = [&odd[..], &bare[..]];
        assert_eq!(
            read_options(options_text(&bare).trim(), known.into_iter()).unwrap(),
            bare
        );
    }

    #[test]
    fn tags_with_a_comma_come_back() {
        let tags = ["red, white".to_owned(), "blue".to_owned()];
        assert_eq!(read_tags(&tags_text(&tags), None), tags);
        assert_eq!(read_tags("a, ,b", Some(&tags)), ["a", "b"]);
    }

    #[test]
    fn attributes_of_several_lines_come_back() {
        let known = Attributes::from([
            (
                "care".to_owned(),
                AttributeValue::Text("By hand.\r\nDry: flat; cool.\n".to_owned()),
            ),
            (
                "fit: a".to_owned(),
                AttributeValue::Many(vec!["one; two".to_owned(), "three".to_owned()]),
            ),
            ("none".to_owned(), AttributeValue::Text(String::new())),
        ]);
        let shown = attributes_text(&known);
        assert_eq!(shown.lines().count(), 3);
        let posted = shown.replace('\n', "\r\n");
        assert_eq!(read_attributes(posted.trim(), Some(&known)), Ok(known.clone()));
        let added = read_attributes(&format!("{posted}\r\nyear: 1921"), Some(&known)).unwrap();
        assert_eq!(added["year"], AttributeValue::Number(1921.0));
        assert_eq!(added.len(), known.len() + 1);
        assert!(known.iter().all(|(key, value)| added[key] == *value));
    }

    #[test]
    fn attributes_that_were_not_touched_keep_their_type() {
        let known = Attributes::from([
            ("year".to_owned(), AttributeValue::Text("1921".to_owned())),
            ("lined".to_owned(), AttributeValue::Bool(true)),
        ]);
        let read = read_attributes(&attributes_text(&known), Some(&known)).unwrap();
        assert_eq!(read, known);
        let changed = read_attributes("year: 1922\nwood: oak; walnut", Some(&known)).unwrap();
        assert_eq!(changed["year"], AttributeValue::Number(1922.0));
        assert_eq!(
            changed["wood"],
            AttributeValue::Many(vec!["oak".to_owned(), "walnut".to_owned()])
        );
        assert_eq!(read_attributes("no colon", None), Err("no colon".to_owned()));
    }
}

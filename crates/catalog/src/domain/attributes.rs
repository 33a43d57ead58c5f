//! Attributes: what a seller says of a product beyond the fields every product has.

use super::Refusal;
use super::limits::{ATTRIBUTE_KEY_CHARS_MAX, ATTRIBUTE_LIST_MAX, ATTRIBUTE_TEXT_CHARS_MAX, ATTRIBUTES_MAX};
use super::slug::snake_case;
use contracts::catalog::{AttributeValue, Attributes};

/// Keys in snake_case, texts trimmed, empty values left out; refuses what is too much or too long.
pub fn parse(given: Attributes) -> Result<Attributes, Refusal> {
    let mut attributes = Attributes::new();
    for (name, value) in given {
        let key = snake_case(&name, ATTRIBUTE_KEY_CHARS_MAX);
        if key.is_empty() {
            return Err(Refusal::new(
                "attributes",
                "attribute_key_invalid",
                format!(
                    "The attribute name `{}` has no letter or digit; give it one.",
                    shown(&name)
                ),
            ));
        }
        if let Some(value) = parse_value(&key, value)? {
            attributes.insert(key, value);
        }
    }
    if attributes.len() > ATTRIBUTES_MAX {
        return Err(Refusal::new(
            "attributes",
            "attributes_too_many",
            format!(
                "There are {} attributes; at most {ATTRIBUTES_MAX} are kept. Leave out the least important.",
                attributes.len()
            ),
        ));
    }
    Ok(attributes)
}

fn parse_value(key: &str, value: AttributeValue) -> Result<Option<AttributeValue>, Refusal> {
    Ok(match value {
        AttributeValue::Bool(_) => Some(value),
        AttributeValue::Number(n) => n.is_finite().then_some(value),
        AttributeValue::Text(text) => parse_text(key, &text)?.map(AttributeValue::Text),
        AttributeValue::Many(many) => {
            if many.len() > ATTRIBUTE_LIST_MAX {
                return Err(Refusal::new(
                    format!("attributes/{key}"),
                    "attribute_too_long",
                    format!("A list may have at most {ATTRIBUTE_LIST_MAX} values."),
                ));
            }
            let mut values = Vec::with_capacity(many.len());
            for text in many {
                if let Some(text) = parse_text(key, &text)?
                    && !values.contains(&text)
                {
                    values.push(text);
                }
            }
            (!values.is_empty()).then_some(AttributeValue::Many(values))
        }
    })
}

fn parse_text(key: &str, text: &str) -> Result<Option<String>, Refusal> {
    let text = text.trim();
    // A byte is at least a quarter of a character, so most texts need no counting.
    if text.len() > ATTRIBUTE_TEXT_CHARS_MAX && text.chars().count() > ATTRIBUTE_TEXT_CHARS_MAX {
        return Err(Refusal::new(
            format!("attributes/{key}"),
            "attribute_too_long",
            format!(
                "A value may have at most {ATTRIBUTE_TEXT_CHARS_MAX} characters; put long text into the description."
            ),
        ));
    }
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        return Err(Refusal::new(
            format!("attributes/{key}"),
            "text_control",
            "Control characters other than line breaks are not allowed.",
        ));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn shown(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(t: &str) -> AttributeValue {
        AttributeValue::Text(t.to_owned())
    }

    #[test]
    fn keys_are_normalised_and_empty_values_left_out() {
        let given = Attributes::from([
            ("Glaze Colour".to_owned(), text(" celadon ")),
            ("empty".to_owned(), text("  ")),
            (
                "fits".to_owned(),
                AttributeValue::Many(vec!["a".into(), "a".into(), String::new()]),
            ),
        ]);
        let expected = Attributes::from([
            ("fits".to_owned(), AttributeValue::Many(vec!["a".into()])),
            ("glaze_colour".to_owned(), text("celadon")),
        ]);
        assert_eq!(parse(given), Ok(expected));
    }

    #[test]
    fn too_many_nameless_and_endless_ones_are_refused() {
        let many = (0..201)
            .map(|i| (format!("k{i}"), AttributeValue::Bool(true)))
            .collect();
        assert_eq!(parse(many).map_err(|r| r.code), Err("attributes_too_many"));
        let nameless = Attributes::from([("?".to_owned(), text("x"))]);
        assert_eq!(parse(nameless).map_err(|r| r.code), Err("attribute_key_invalid"));
        let endless = Attributes::from([("k".to_owned(), text(&"é".repeat(10_001)))]);
        assert_eq!(parse(endless).map_err(|r| r.code), Err("attribute_too_long"));
        let nul = Attributes::from([("k".to_owned(), text("a\0b"))]);
        assert_eq!(parse(nul).map_err(|r| r.code), Err("text_control"));
    }
}

//! Options and attributes as one line of text in a form, and back.

use contracts::catalog::{AttributeValue, Attributes, OptionValue};

/// The parts of a list in one field, without empty ones.
pub fn split(text: &str, mark: char) -> Vec<String> {
    text.split(mark)
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect()
}

/// `Size: large, Colour: blue`
pub fn options_text(options: &[OptionValue]) -> String {
    let one = |option: &OptionValue| format!("{}: {}", option.name, option.value);
    options.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The same read back; an option without a name or a value is an error.
pub fn read_options(text: &str) -> Result<Vec<OptionValue>, ()> {
    let one = |part: String| {
        let (name, value) = part.split_once(':').ok_or(())?;
        let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
        if name.is_empty() || value.is_empty() {
            return Err(());
        }
        Ok(OptionValue { name, value })
    };
    split(text, ',').into_iter().map(one).collect()
}

/// One attribute a line: `wood: oak; walnut`
pub fn attributes_text(attributes: &Attributes) -> String {
    let lines = attributes
        .iter()
        .map(|(key, value)| format!("{key}: {}", value_text(value)));
    lines.collect::<Vec<_>>().join("\n")
}

fn value_text(value: &AttributeValue) -> String {
    match value {
        AttributeValue::Bool(true) => "yes".to_owned(),
        AttributeValue::Bool(false) => "no".to_owned(),
        AttributeValue::Number(number) => number.to_string(),
        AttributeValue::Text(text) => text.clone(),
        AttributeValue::Many(many) => many.join("; "),
    }
}

/// One attribute a line. A line that was not touched keeps its value as it is, whatever its type.
pub fn read_attributes(text: &str, known: Option<&Attributes>) -> Result<Attributes, String> {
    let mut attributes = Attributes::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (key, value) = line.split_once(':').ok_or_else(|| line.to_owned())?;
        let (key, value) = (key.trim(), value.trim());
        if key.is_empty() || value.is_empty() {
            return Err(line.to_owned());
        }
        let before = known
            .and_then(|known| known.get(key))
            .filter(|v| value_text(v) == value);
        let read = before.cloned().unwrap_or_else(|| read_value(value));
        attributes.insert(key.to_owned(), read);
    }
    Ok(attributes)
}

fn read_value(text: &str) -> AttributeValue {
    match text.to_lowercase().as_str() {
        "yes" | "sí" => return AttributeValue::Bool(true),
        "no" => return AttributeValue::Bool(false),
        _ => {}
    }
    match text.parse::<f64>() {
        Ok(number) if number.is_finite() => AttributeValue::Number(number),
        _ if text.contains(';') => AttributeValue::Many(split(text, ';')),
        _ => AttributeValue::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_read_as_they_are_written() {
        let options = read_options("Size: large, Colour: blue").unwrap();
        assert_eq!(options_text(&options), "Size: large, Colour: blue");
        assert_eq!(read_options(""), Ok(Vec::new()));
        assert_eq!(read_options("large"), Err(()));
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

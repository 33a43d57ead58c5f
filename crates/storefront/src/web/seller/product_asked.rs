//! What a product's category asks for, as fields of its form.

use super::product_text::{read_value, value_text};
use crate::i18n::Locale;
use crate::views::common::Choice;
use crate::views::seller_goods::{AskedField, AskedInput};
use crate::web::facets::{attribute_label, choice_label};
use crate::web::posted::Posted;
use contracts::catalog::{AttributeKind, AttributeValue, Attributes, CategoryAttribute};
use std::collections::BTreeMap;

const FIELD: &str = "asked.";

/// The attributes that the schema knows, and the seller's own.
pub fn parted(attributes: &Attributes, schema: &[CategoryAttribute]) -> (Attributes, Attributes) {
    let is_asked = |key: &String| schema.iter().any(|one| one.key == *key);
    attributes.clone().into_iter().partition(|(key, _)| is_asked(key))
}

/// A field for each attribute of the schema; `errors` by key.
pub fn fields(
    schema: &[CategoryAttribute],
    said: &Attributes,
    errors: &BTreeMap<String, String>,
    locale: Locale,
) -> Vec<AskedField> {
    let field = |one: &CategoryAttribute| AskedField {
        key: one.key.clone(),
        label: attribute_label(one, locale).to_owned(),
        required: one.required,
        input: input(one, said.get(&one.key), locale),
        error: errors.get(&one.key).cloned(),
    };
    schema.iter().map(field).collect()
}

fn input(one: &CategoryAttribute, said: Option<&AttributeValue>, locale: Locale) -> AskedInput {
    let text = said.map(plain).unwrap_or_default();
    match one.kind {
        AttributeKind::Text => AskedInput::Text(said.map(value_text).unwrap_or_default()),
        AttributeKind::Number => {
            let text = match locale {
                Locale::Es if matches!(said, Some(AttributeValue::Number(_))) => text.replace('.', ","),
                _ => text,
            };
            AskedInput::Number(text, one.unit.clone().unwrap_or_default())
        }
        AttributeKind::Boolean => {
            let is_yes = matches!(said, Some(AttributeValue::Bool(true)));
            AskedInput::Tick(is_yes, said.is_some() || one.required)
        }
        AttributeKind::Choice => {
            let many = match said {
                Some(AttributeValue::Many(many)) => many.clone(),
                _ => vec![text],
            };
            let choice = |choice: &contracts::catalog::AttributeChoice| Choice {
                selected: many.contains(&choice.value),
                ..Choice::new(choice.value.clone(), choice_label(choice, locale))
            };
            let choices = one.values.iter().map(choice).collect();
            match many.len() {
                0 | 1 => AskedInput::Choice(choices),
                _ => AskedInput::Choices(choices),
            }
        }
    }
}

fn plain(value: &AttributeValue) -> String {
    match value {
        AttributeValue::Text(text) => text.clone(),
        other => value_text(other),
    }
}

/// What the fields say. Those that the category does not ask for, because another was chosen meanwhile, are the seller's
/// own now.
pub fn read(posted: &Posted, schema: &[CategoryAttribute]) -> Attributes {
    let mut given: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (key, text) in posted.with_prefix(FIELD).filter(|(_, text)| !text.is_empty()) {
        given.entry(key).or_default().push(text);
    }
    let mut attributes = Attributes::new();
    for (key, texts) in &given {
        let asked = schema.iter().find(|one| one.key == *key);
        let value = match (asked.map(|one| one.kind), texts.as_slice()) {
            (Some(AttributeKind::Boolean), _) => AttributeValue::Bool(true),
            (Some(AttributeKind::Text) | None, [text]) => read_value(text),
            (Some(_), [text]) => AttributeValue::Text((*text).to_owned()),
            (_, several) => AttributeValue::Many(several.iter().map(|text| (*text).to_owned()).collect()),
        };
        attributes.insert((*key).to_owned(), value);
    }
    // A box that was not ticked says no where yes or no is asked for, or was said before.
    let ticks = schema.iter().filter(|one| one.kind == AttributeKind::Boolean);
    for one in ticks.filter(|one| !given.contains_key(one.key.as_str())) {
        if posted.ticked(&format!("said.{}", one.key)) {
            attributes.insert(one.key.clone(), AttributeValue::Bool(false));
        }
    }
    attributes
}

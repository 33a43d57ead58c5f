//! Attribute schemas: what the products of a category say of themselves. A category has its own attributes and those of
//! the categories above it; it may add to them and tighten them, and never contradicts them.

use super::Refusal;
use super::limits::{
    ATTRIBUTE_CHOICES_MAX, ATTRIBUTE_KEY_CHARS_MAX, ATTRIBUTE_UNIT_CHARS_MAX, CATEGORY_ATTRIBUTES_MAX,
    CATEGORY_NAME_CHARS_MAX,
};
use super::slug::{name_of_slug, snake_case};
use super::units;
use contracts::catalog::{AttributeChoice, AttributeKind, AttributeValue, Attributes, CategoryAttribute};

/// A category's own attributes, normalised: keys in snake_case, everything with a label.
pub fn parse(given: Vec<CategoryAttribute>) -> Result<Vec<CategoryAttribute>, Refusal> {
    if given.len() > CATEGORY_ATTRIBUTES_MAX {
        let said = format!("A category may define at most {CATEGORY_ATTRIBUTES_MAX} attributes of its own.");
        return Err(Refusal::new("attributes", "too_many", said));
    }
    let mut parsed: Vec<CategoryAttribute> = Vec::with_capacity(given.len());
    for (i, attribute) in given.into_iter().enumerate() {
        let attribute = parse_one(i, attribute)?;
        if parsed.iter().any(|known| known.key == attribute.key) {
            let said = format!(
                "The key `{}` stands twice. Give each attribute its own.",
                attribute.key
            );
            return Err(Refusal::new(
                format!("attributes/{i}/key"),
                "attribute_repeated",
                said,
            ));
        }
        parsed.push(attribute);
    }
    Ok(parsed)
}

fn parse_one(i: usize, given: CategoryAttribute) -> Result<CategoryAttribute, Refusal> {
    let at = |field: &str| format!("attributes/{i}/{field}");
    let key = snake_case(&given.key, ATTRIBUTE_KEY_CHARS_MAX);
    if key.is_empty() {
        return Err(Refusal::new(
            at("key"),
            "attribute_key_invalid",
            "The key needs a letter or digit, such as `height_cm`.",
        ));
    }
    let unit = given
        .unit
        .map(|unit| short(&at("unit"), &unit, ATTRIBUTE_UNIT_CHARS_MAX))
        .transpose()?
        .filter(|unit| !unit.is_empty());
    if unit.is_some() && given.kind != AttributeKind::Number {
        return Err(Refusal::new(
            at("unit"),
            "unit_misplaced",
            "Only numbers have a unit. Leave it out, or make this a number.",
        ));
    }
    let values = parse_values(&at("values"), given.values)?;
    if values.is_empty() == (given.kind == AttributeKind::Choice) {
        let said = match given.kind {
            AttributeKind::Choice => "A choice needs at least one allowed value.",
            _ => "Only a choice has allowed values. Leave them out, or make this a choice.",
        };
        return Err(Refusal::new(at("values"), "values_misplaced", said));
    }
    let label = short(&at("label"), &given.label, CATEGORY_NAME_CHARS_MAX)?;
    Ok(CategoryAttribute {
        label: if label.is_empty() {
            name_of_slug(&key.replace('_', "-"))
        } else {
            label
        },
        label_es: short(&at("label_es"), &given.label_es, CATEGORY_NAME_CHARS_MAX)?,
        kind: given.kind,
        unit,
        required: given.required,
        facetable: given.facetable,
        values,
        inherited_from: None,
        key,
    })
}

fn parse_values(pointer: &str, given: Vec<AttributeChoice>) -> Result<Vec<AttributeChoice>, Refusal> {
    if given.len() > ATTRIBUTE_CHOICES_MAX {
        let said = format!("At most {ATTRIBUTE_CHOICES_MAX} values may be allowed.");
        return Err(Refusal::new(pointer, "too_many", said));
    }
    let mut values: Vec<AttributeChoice> = Vec::with_capacity(given.len());
    for choice in given {
        let choice = AttributeChoice {
            value: short(pointer, &choice.value, CATEGORY_NAME_CHARS_MAX)?,
            label: short(pointer, &choice.label, CATEGORY_NAME_CHARS_MAX)?,
            label_es: short(pointer, &choice.label_es, CATEGORY_NAME_CHARS_MAX)?,
        };
        if choice.value.is_empty() {
            return Err(Refusal::new(
                pointer,
                "text_empty",
                "An allowed value must not be empty.",
            ));
        }
        if !values.iter().any(|known| known.value == choice.value) {
            values.push(choice);
        }
    }
    Ok(values)
}

fn short(pointer: &str, text: &str, chars_max: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.chars().count() > chars_max {
        let said = format!("This may have at most {chars_max} characters.");
        return Err(Refusal::new(pointer, "text_too_long", said));
    }
    if text.chars().any(char::is_control) {
        let said = "This must be one line without control characters.";
        return Err(Refusal::new(pointer, "text_control", said));
    }
    Ok(text.to_owned())
}

/// What holds in a category: what it inherits, tightened by its own, and then what it adds.
///
/// `inherited` is what holds in the category above, whose path is `parent`; `path` is this category's, for the refusal.
pub fn effective(
    inherited: &[CategoryAttribute],
    parent: &str,
    own: &[CategoryAttribute],
    path: &str,
) -> Result<Vec<CategoryAttribute>, Refusal> {
    let mut attributes = Vec::with_capacity(inherited.len() + own.len());
    for above in inherited {
        let from = above.inherited_from.clone().unwrap_or_else(|| parent.to_owned());
        attributes.push(match own.iter().position(|one| one.key == above.key) {
            Some(i) => tightened(above, &from, &own[i], i, path)?,
            None => CategoryAttribute {
                inherited_from: Some(from),
                ..above.clone()
            },
        });
    }
    let is_new = |one: &&CategoryAttribute| inherited.iter().all(|above| above.key != one.key);
    attributes.extend(own.iter().filter(is_new).cloned());
    Ok(attributes)
}

fn tightened(
    above: &CategoryAttribute,
    from: &str,
    own: &CategoryAttribute,
    i: usize,
    path: &str,
) -> Result<CategoryAttribute, Refusal> {
    let contradicts = |field: &str, said: String| {
        let said = format!("`{}` in `{path}` contradicts `{from}`: {said}", own.key);
        Refusal::new(format!("attributes/{i}/{field}"), "attribute_contradicts", said)
    };
    if own.kind != above.kind {
        let said = format!(
            "there it is {}. Use another key, or the same type.",
            named(above.kind)
        );
        return Err(contradicts("kind", said));
    }
    if own.unit.is_some() && own.unit != above.unit {
        let said = match &above.unit {
            Some(unit) => format!("there it is counted in {unit}. Use the same unit."),
            None => "there it has no unit. Leave the unit out.".to_owned(),
        };
        return Err(contradicts("unit", said));
    }
    if above.required && !own.required {
        let said = "there it is required. Require it here too, or leave it out here.";
        return Err(contradicts("required", said.to_owned()));
    }
    let is_known = |choice: &&AttributeChoice| above.values.iter().any(|v| v.value == choice.value);
    if let Some(odd) = own.values.iter().find(|choice| !is_known(choice)) {
        let said = format!(
            "`{}` is not allowed there. Choose among its values, or allow it there.",
            odd.value
        );
        return Err(contradicts("values", said));
    }
    Ok(CategoryAttribute {
        unit: above.unit.clone(),
        ..own.clone()
    })
}

fn named(kind: AttributeKind) -> &'static str {
    match kind {
        AttributeKind::Text => "a text",
        AttributeKind::Number => "a number",
        AttributeKind::Boolean => "yes or no",
        AttributeKind::Choice => "a choice",
    }
}

/// Values as the schema has them: quantities in its unit, yes and no as such, choices as they are spelled there. None where
/// nothing is otherwise; what cannot be read stays as it is.
#[must_use]
pub fn fit(schema: &[CategoryAttribute], attributes: &Attributes) -> Option<Attributes> {
    let mut fitted: Option<Attributes> = None;
    for attribute in schema {
        let Some(value) = attributes.get(&attribute.key) else {
            continue;
        };
        if let Some(value) = fit_value(attribute, value) {
            fitted
                .get_or_insert_with(|| attributes.clone())
                .insert(attribute.key.clone(), value);
        }
    }
    fitted
}

fn fit_value(attribute: &CategoryAttribute, value: &AttributeValue) -> Option<AttributeValue> {
    match (attribute.kind, value) {
        (AttributeKind::Number, AttributeValue::Text(text)) => {
            units::read(text, attribute.unit.as_deref()).map(AttributeValue::Number)
        }
        (AttributeKind::Boolean, AttributeValue::Text(text)) => yes_or_no(text).map(AttributeValue::Bool),
        (AttributeKind::Text, AttributeValue::Number(number)) => {
            Some(AttributeValue::Text(number.to_string()))
        }
        (AttributeKind::Text, AttributeValue::Bool(yes)) => {
            Some(AttributeValue::Text(if *yes { "yes" } else { "no" }.to_owned()))
        }
        (AttributeKind::Choice, AttributeValue::Text(text)) => {
            let spelled = spelled(attribute, text)?;
            (spelled != text).then(|| AttributeValue::Text(spelled.to_owned()))
        }
        (AttributeKind::Choice, AttributeValue::Number(number)) => {
            spelled(attribute, &number.to_string()).map(|spelled| AttributeValue::Text(spelled.to_owned()))
        }
        (AttributeKind::Choice, AttributeValue::Many(many)) => {
            let all: Vec<String> = many
                .iter()
                .map(|text| spelled(attribute, text).unwrap_or(text).to_owned())
                .collect();
            (all != *many).then_some(AttributeValue::Many(all))
        }
        _ => None,
    }
}

/// The allowed value that `text` names by itself or by one of its labels.
fn spelled<'a>(attribute: &'a CategoryAttribute, text: &str) -> Option<&'a str> {
    let text = text.trim().to_lowercase();
    let is_meant = |choice: &&AttributeChoice| {
        [&choice.value, &choice.label, &choice.label_es]
            .into_iter()
            .any(|name| name.to_lowercase() == text)
    };
    let found = attribute.values.iter().find(is_meant);
    found.map(|choice| choice.value.as_str())
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "yes" | "true" | "1" | "y" | "sí" | "si" => Some(true),
        "no" | "false" | "0" | "n" => Some(false),
        _ => None,
    }
}

/// Everything that keeps a product with these attributes from being sold in the category, named for its seller.
#[must_use]
pub fn faults(schema: &[CategoryAttribute], attributes: &Attributes) -> Vec<Refusal> {
    let mut faults = Vec::new();
    for attribute in schema {
        let refuse = |code, said| Refusal::new(format!("attributes/{}", attribute.key), code, said);
        match attributes.get(&attribute.key) {
            None if attribute.required => {
                let said = format!(
                    "`{}` ({}) is missing: products of this category need it to be sold. Give it as {}, or keep the product a draft.",
                    attribute.key,
                    attribute.label,
                    wanted(attribute)
                );
                faults.push(refuse("attribute_missing", said));
            }
            Some(value) if !is_right(attribute, value) => {
                let said = format!(
                    "`{}` ({}) is `{}`, which this category does not take. Give it as {}.",
                    attribute.key,
                    attribute.label,
                    shown(value),
                    wanted(attribute)
                );
                faults.push(refuse("attribute_invalid", said));
            }
            _ => {}
        }
    }
    faults
}

fn is_right(attribute: &CategoryAttribute, value: &AttributeValue) -> bool {
    let allows = |text: &String| attribute.values.iter().any(|choice| choice.value == *text);
    match (attribute.kind, value) {
        (AttributeKind::Text, AttributeValue::Text(_) | AttributeValue::Many(_))
        | (AttributeKind::Number, AttributeValue::Number(_))
        | (AttributeKind::Boolean, AttributeValue::Bool(_)) => true,
        (AttributeKind::Choice, AttributeValue::Text(text)) => allows(text),
        (AttributeKind::Choice, AttributeValue::Many(many)) => many.iter().all(allows),
        _ => false,
    }
}

/// What a good value looks like.
fn wanted(attribute: &CategoryAttribute) -> String {
    const SHOWN_MAX: usize = 8;
    match (attribute.kind, &attribute.unit) {
        (AttributeKind::Text, _) => "a text".to_owned(),
        (AttributeKind::Boolean, _) => "`yes` or `no`".to_owned(),
        (AttributeKind::Number, None) => "a number, such as `12.5`".to_owned(),
        (AttributeKind::Number, Some(unit)) => format!("a number of {unit}, such as `12.5` or `12.5 {unit}`"),
        (AttributeKind::Choice, _) => {
            let values = attribute.values.iter().take(SHOWN_MAX);
            let values: Vec<String> = values.map(|choice| format!("`{}`", choice.value)).collect();
            let more = if attribute.values.len() > SHOWN_MAX {
                " and others"
            } else {
                ""
            };
            format!("one of {}{more}", values.join(", "))
        }
    }
}

fn shown(value: &AttributeValue) -> String {
    let text = match value {
        AttributeValue::Bool(yes) => yes.to_string(),
        AttributeValue::Number(number) => number.to_string(),
        AttributeValue::Text(text) => text.clone(),
        AttributeValue::Many(many) => many.join(", "),
    };
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests;

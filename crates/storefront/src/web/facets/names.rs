//! What facets and attributes are called.

use crate::i18n::Locale;
use contracts::catalog::{AttributeChoice, CategoryAttribute};
use contracts::search::Facet;

/// `capacity_ml` reads "Capacity (ml)"; common names are known in each language.
pub fn attribute_name(key: &str, locale: Locale) -> String {
    const UNITS: [&str; 9] = ["ml", "cl", "l", "g", "kg", "mm", "cm", "m", "w"];
    let (stem, unit) = match key.rsplit_once('_') {
        Some((stem, unit)) if UNITS.contains(&unit) => (stem, Some(unit)),
        _ => (key, None),
    };
    let known = format!("attribute.{}", stem.to_lowercase());
    let name = if locale.messages().get(&known).is_some() {
        locale.t(&known).to_string()
    } else {
        let words = stem.replace('_', " ");
        let mut letters = words.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).collect()
    };
    match unit {
        Some(unit) => format!("{name} ({unit})"),
        None => name,
    }
}

/// What an attribute's facet is called: as the operator called it, with the unit of its numbers, or as its key reads.
pub(super) fn title(facet: &Facet, key: &str, locale: Locale) -> String {
    match (&facet.label, &facet.counted_in) {
        (Some(label), Some(unit)) => format!("{label} ({unit})"),
        (Some(label), None) => label.clone(),
        (None, _) => attribute_name(key, locale),
    }
}

/// An attribute of a category as its operator called it.
pub fn attribute_label(attribute: &CategoryAttribute, locale: Locale) -> &str {
    match locale {
        Locale::Es if !attribute.label_es.is_empty() => &attribute.label_es,
        _ => &attribute.label,
    }
}

/// An allowed value as its operator called it.
pub fn choice_label(choice: &AttributeChoice, locale: Locale) -> &str {
    let label = match locale {
        Locale::Es if !choice.label_es.is_empty() => &choice.label_es,
        _ => &choice.label,
    };
    if label.is_empty() { &choice.value } else { label }
}

/// What people call a facet.
pub fn facet_name(facet: &str, locale: Locale) -> String {
    let key = match facet {
        "category" => "facet.category",
        "price" => "facet.price",
        "seller" => "facet.seller",
        "region" => "facet.province",
        "availability" => "facet.available",
        "distance" => "facet.near",
        "rating" => "facet.rating",
        attribute => return attribute_name(attribute.strip_prefix("attr.").unwrap_or(attribute), locale),
    };
    locale.t(key).to_string()
}

//! What the demo's categories ask of their products: roots for what all below them have, leaves for the rest.

use contracts::catalog::{AttributeChoice, AttributeKind, CategoryAttribute};
use sampler::Category;

/// Without these nobody can tell whether a thing fits, is safe to eat, or can be worn; sizes are the others.
const NEEDED: [&str; 2] = ["ingredients", "metal"];

/// What a category defines itself.
pub fn of(category: &Category, tree: &[Category]) -> Vec<CategoryAttribute> {
    let root = category.path.split('/').next().unwrap_or(category.path);
    let shared = shared(root, tree);
    let own: Vec<&sampler::CategoryAttribute> = if category.path == root {
        shared
    } else {
        let is_own = |one: &&sampler::CategoryAttribute| shared.iter().all(|s| s.spec.key != one.spec.key);
        category.attributes.iter().filter(is_own).collect()
    };
    own.into_iter().map(|one| asked(category.path, one)).collect()
}

/// What every leaf below a root has, choices left out: their values are each leaf's own.
fn shared<'t>(root: &str, tree: &'t [Category]) -> Vec<&'t sampler::CategoryAttribute> {
    let is_below = |c: &&Category| {
        c.path
            .strip_prefix(root)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    let leaves: Vec<&Category> = tree.iter().filter(is_below).collect();
    let Some(first) = leaves.first() else {
        return Vec::new();
    };
    let has = |leaf: &&Category, key: &str| {
        leaf.attributes.iter().any(|one| one.spec.key == key) && sampler::choices(leaf.path, key).is_empty()
    };
    let all_have = |one: &&sampler::CategoryAttribute| leaves.iter().all(|leaf| has(leaf, one.spec.key));
    first.attributes.iter().filter(all_have).collect()
}

fn asked(path: &str, one: &sampler::CategoryAttribute) -> CategoryAttribute {
    let spec = one.spec;
    let values = sampler::choices(path, spec.key);
    let kind = match spec.kind {
        sampler::AttributeKind::Text if !values.is_empty() => AttributeKind::Choice,
        sampler::AttributeKind::Text => AttributeKind::Text,
        sampler::AttributeKind::Number => AttributeKind::Number,
        sampler::AttributeKind::Bool => AttributeKind::Boolean,
    };
    let is_size = spec.unit == "cm" || spec.unit == "ml";
    let choice = |value: &str| AttributeChoice {
        value: value.to_owned(),
        label: String::new(),
        label_es: String::new(),
    };
    CategoryAttribute {
        key: spec.key.to_owned(),
        label: spec.name.to_owned(),
        label_es: spec.name_es.to_owned(),
        kind,
        unit: Some(spec.unit.to_owned()).filter(|unit| !unit.is_empty()),
        // A root asks for nothing: not all of its leaves may.
        required: path.contains('/') && one.required && (is_size || NEEDED.contains(&spec.key)),
        facetable: spec.facetable,
        values: values.into_iter().map(choice).collect(),
        inherited_from: None,
    }
}

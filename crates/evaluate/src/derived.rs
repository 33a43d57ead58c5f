//! Sets that nobody judged, where what is right follows from the products' own data, which the index is not shown.
//!
//! They are easier than what people ask, and their figures are no measure of what people find; they are here so that what
//! helps one judged set and harms other kinds of goods is seen.

use crate::set::{Product, Query, Set, bytes, name_of};
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// Products that a query must have, and may have at most, to be asked.
const RIGHT_MIN: usize = 5;
const RIGHT_MAX: usize = 400;
/// Queries of a set: beyond, every so-manieth is taken.
const QUERIES_MAX: usize = 400;
/// What a thing of the right kind and another colour or maker is worth.
const RIGHT_KIND: f64 = 0.25;

/// A product and what it is, which only the judge knows.
struct Known {
    product: Product,
    kinds: BTreeSet<String>,
    /// Maker and colours.
    traits: BTreeSet<String>,
}

/// The set in `folder`, if it is one of these catalogues.
pub fn read(folder: &Path) -> Result<Option<Set>> {
    let electronics = folder.join("products.jsonl.gz");
    let shop = folder.join("ecommerce.json");
    let known = if electronics.is_file() {
        let text = String::from_utf8(bytes(&electronics)?).context("UTF-8")?;
        let rows = text.lines().map(serde_json::from_str::<Value>);
        rows.map(|row| Ok(by_attributes(&row?)))
            .collect::<Result<Vec<_>>>()?
    } else if shop.is_file() {
        let rows: Vec<Value> = serde_json::from_slice(&bytes(&shop)?)?;
        (0..)
            .zip(&rows)
            .map(|(number, row)| by_category(number, row))
            .collect()
    } else {
        return Ok(None);
    };
    Ok(Some(Set {
        name: name_of(folder),
        is_judged: false,
        queries: queries(&known),
        products: known.into_iter().map(|known| known.product).collect(),
    }))
}

fn text(row: &Value, key: &str) -> String {
    row[key].as_str().unwrap_or("").trim().to_owned()
}

/// Electronics: asked for by maker or colour, and kind.
fn by_attributes(row: &Value) -> Known {
    let some = |keys: &[&str]| {
        let values = keys.iter().map(|key| text(row, key).to_lowercase());
        values.filter(|value| !value.is_empty()).collect::<BTreeSet<_>>()
    };
    Known {
        product: Product {
            id: text(row, "id"),
            title: text(row, "title"),
            description: text(row, "short_description"),
            ..Product::default()
        },
        kinds: some(&["attr_t_product_type"]),
        traits: some(&["supplier", "attr_t_product_colour"]),
    }
}

/// A shop's goods: asked for by the name of a category, or with its maker.
fn by_category(number: usize, row: &Value) -> Known {
    let categories = row["categories"].as_array().into_iter().flatten();
    let brand = text(row, "brand").to_lowercase();
    Known {
        product: Product {
            id: number.to_string(),
            title: text(row, "name"),
            description: text(row, "description"),
            ..Product::default()
        },
        kinds: categories
            .filter_map(|name| Some(name.as_str()?.to_lowercase()))
            .collect(),
        traits: Some(brand)
            .filter(|brand| !brand.is_empty())
            .into_iter()
            .collect(),
    }
}

fn queries(known: &[Known]) -> Vec<Query> {
    let mut by_kind: BTreeMap<&str, Vec<&Known>> = BTreeMap::new();
    let mut by_both: BTreeMap<(&str, &str), Vec<&Known>> = BTreeMap::new();
    for one in known {
        for kind in &one.kinds {
            by_kind.entry(kind).or_default().push(one);
            for of in &one.traits {
                by_both.entry((of, kind)).or_default().push(one);
            }
        }
    }
    let is_asked = |right: usize| (RIGHT_MIN..=RIGHT_MAX).contains(&right);
    let mut queries = Vec::new();
    for (kind, right) in by_kind.iter().filter(|(_, right)| is_asked(right.len())) {
        queries.push(Query {
            words: (*kind).to_owned(),
            gains: gains(right, 1.0),
        });
    }
    let told_apart = by_both.iter().filter(|((_, kind), right)| {
        // What fits most of the goods is no kind: with a maker it asks for the maker alone.
        is_asked(right.len()) && by_kind[kind].len() <= RIGHT_MAX
    });
    for ((of, kind), right) in told_apart {
        let mut all = gains(&by_kind[kind], RIGHT_KIND);
        all.extend(gains(right, 1.0));
        queries.push(Query {
            words: format!("{of} {kind}"),
            gains: all,
        });
    }
    queries.sort_by(|a, b| a.words.cmp(&b.words));
    queries.dedup_by(|a, b| a.words == b.words);
    let every = queries.len().div_ceil(QUERIES_MAX).max(1);
    queries.into_iter().step_by(every).collect()
}

fn gains(right: &[&Known], gain: f64) -> HashMap<String, f64> {
    right
        .iter()
        .map(|known| (known.product.id.clone(), gain))
        .collect()
}

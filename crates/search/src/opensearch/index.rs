//! The fields of the index there, and a product as its document.

use crate::engine::analysis::{analyzer, folder, foreign_terms, terms};
use crate::engine::document::{attribute_terms, term};
use crate::engine::heads;
use crate::engine::{Document, Labelled, Ranking};
use kernel::Currency;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The document that says how far the index goes and who keeps it up.
pub const CURSOR: &str = "cursor";
/// Between a label's words, as they are looked for, and the value they are a label of.
pub const NAMED: char = '\u{2}';
/// Hundredths of a star that say neither good nor bad, and from there to the best and the worst.
const STARS_MIDDLE: f32 = 300.0;
const STARS_SPAN: f32 = 200.0;

/// What an index is made with. Nothing becomes a field by itself.
#[must_use]
pub fn body(write_alias: &str) -> Value {
    let ranking = Ranking::default();
    let similarity = |b: f32| json!({"type": "BM25", "k1": ranking.saturation, "b": b});
    let words =
        |similarity: &str| json!({"type": "text", "analyzer": "whitespace", "similarity": similarity});
    let plain = || json!({"type": "text", "analyzer": "whitespace", "norms": false});
    let key = || json!({"type": "keyword"});
    let prices: Map<String, Value> = Currency::all()
        .map(|currency| (currency.code().to_owned(), json!({"type": "long"})))
        .collect();
    json!({
        "settings": {
            "index": {
                // Counts of several shards are estimates.
                "number_of_shards": 1,
                // A commit refreshes by itself.
                "refresh_interval": "-1",
                // For so long a removal that comes late is known to be old.
                "gc_deletes": "10m",
                "similarity": {
                    "title": similarity(ranking.title_dilution),
                    "label": similarity(ranking.label_dilution),
                    "text": similarity(ranking.text_dilution),
                },
            }
        },
        "mappings": {
            "dynamic": "strict",
            "properties": {
                "kind": key(),
                "product": key(),
                "tenant": key(),
                "title": words("title"),
                "label": words("label"),
                "text": words("text"),
                "all": plain(),
                "head": plain(),
                "words": plain(),
                "word": key(),
                "category": key(),
                "category_path": key(),
                "category_named": key(),
                "seller": key(),
                "seller_slug": key(),
                "seller_named": key(),
                "region": key(),
                "region_code": key(),
                "place": {"type": "geo_point"},
                "pair": key(),
                "attr_key": key(),
                "amount": {"type": "long"},
                "currency": key(),
                "price": {"dynamic": "strict", "properties": prices},
                "in_stock": {"type": "boolean"},
                "created": {"type": "date", "format": "epoch_millis"},
                "lift": {"type": "float"},
                "rating": {"type": "integer"},
                "wins": {"type": "boolean"},
                "card": {"type": "object", "enabled": false},
                "checkpoint": {"type": "object", "enabled": false},
            }
        },
        "aliases": {write_alias: {}},
    })
}

#[must_use]
pub fn document(document: &Document) -> Value {
    let (mut analyzer, mut folder) = (analyzer(), folder());
    let mut stems = |texts: &[&str]| -> String {
        let each = texts.iter().map(|text| terms(&mut analyzer, text).join(" "));
        each.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let labels: Vec<&str> = std::iter::once(document.brand.as_str())
        .chain(document.categories.iter().map(|c| c.label.as_str()))
        .chain(document.category_aliases.iter().map(String::as_str))
        .chain(document.tags.iter().map(String::as_str))
        .collect();
    let said = document.attributes.iter().map(|(_, value)| value.as_str());
    let titles: Vec<&str> = document.told().map(|(_, title, _)| title).collect();
    let texts: Vec<&str> = std::iter::once(document.seller.label.as_str())
        .chain(document.told().map(|(_, _, description)| description))
        .chain(document.also_called.iter().map(String::as_str))
        .chain(said.filter(|value| *value != "yes" && *value != "no"))
        .collect();
    let own = document.categories.last();
    let heads: Vec<&str> = std::iter::once(heads::head_of(&document.title))
        .chain(own.iter().flat_map(|own| heads::heads_of_category(&own.label)))
        .collect();
    let (mut title, label, mut text) = (stems(&titles), stems(&labels), stems(&texts));
    for (language, called, description) in document.told() {
        for (field, words) in [(&mut title, called), (&mut text, description)] {
            for stem in foreign_terms(language, words) {
                field.push(' ');
                field.push_str(&stem);
            }
        }
    }
    let head = stems(&heads);
    let written: Vec<String> = std::iter::once(document.title.as_str())
        .chain(labels.iter().copied())
        .flat_map(|text| terms(&mut folder, text))
        .collect();
    let word: BTreeSet<&String> = written.iter().collect();
    let pairs = attribute_terms(&document.attributes);
    let keys: BTreeSet<&String> = pairs.iter().map(|(key, _)| key).collect();
    let regions: Vec<&Labelled> = std::iter::once(&document.country)
        .chain(&document.region)
        .collect();
    let mut body = json!({
        "kind": "product",
        "product": document.product.0.to_string(),
        "tenant": document.tenant.0.to_string(),
        "all": [&title, &label, &text],
        "title": title,
        "label": label,
        "text": text,
        "head": head,
        "words": written.join(" "),
        "word": word,
        "category": labelled(document.categories.iter()),
        "category_path": values(document.categories.iter()),
        "category_named": named(document.categories.iter()),
        "seller": labelled([&document.seller]),
        "seller_slug": document.seller.value,
        "seller_named": named([&document.seller]),
        "region": labelled(regions.iter().copied()),
        "region_code": values(regions.iter().copied()),
        "pair": pairs.iter().map(|(key, value)| term(key, value)).collect::<Vec<_>>(),
        "attr_key": keys,
        "amount": document.price.amount,
        "currency": document.price.currency.code(),
        "price": {document.price.currency.code(): document.price.amount},
        "in_stock": document.in_stock,
        "created": document.created_at.timestamp_millis(),
        "lift": lift(document),
        "rating": document.rating,
        "wins": document.wins,
        "card": document.card,
    });
    let region = document.region.as_ref();
    let middle = region.and_then(|region| kernel::geo::subdivision(&region.value));
    if let Some((latitude, longitude)) = middle.and_then(|middle| middle.latitude.zip(middle.longitude)) {
        body["place"] = json!({"lat": latitude, "lon": longitude});
    }
    body
}

/// What a score is multiplied by whatever was asked, save for what changes with time.
fn lift(document: &Document) -> f32 {
    let ranking = Ranking::default();
    let sold = document.popularity as f32;
    let popularity = 1.0 + ranking.popularity_share * sold / (sold + ranking.popularity_half);
    let rating = match document.rating {
        0 => 1.0,
        hundredths => {
            let off = f32::from(hundredths) - STARS_MIDDLE;
            1.0 + ranking.rating_share * (off / STARS_SPAN).clamp(-1.0, 1.0)
        }
    };
    popularity * rating
}

fn labelled<'a>(list: impl IntoIterator<Item = &'a Labelled>) -> Vec<String> {
    list.into_iter().map(|one| term(&one.value, &one.label)).collect()
}

fn values<'a>(list: impl IntoIterator<Item = &'a Labelled>) -> Vec<&'a str> {
    list.into_iter().map(|one| one.value.as_str()).collect()
}

/// Each with the words of its label before it, to be found while someone types.
fn named<'a>(list: impl IntoIterator<Item = &'a Labelled>) -> Vec<String> {
    let mut folder = folder();
    list.into_iter()
        .map(|one| {
            let words = terms(&mut folder, &one.label).join(" ");
            format!("{words}{NAMED}{}", term(&one.value, &one.label))
        })
        .collect()
}

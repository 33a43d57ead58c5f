//! What changed between two versions of a product.

use super::ParsedDraft;
use super::draft::ImageAddress;
use contracts::catalog::{
    Attributes, Dimensions, OptionValue, Picture, ProductStatus, QuantityBreak, Sale, Translations,
};
use contracts::digital::Digital;
use contracts::making::Making;
use kernel::{CategoryId, Money, SkuId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A product as it is kept, in full: what a change is measured against, and what a patch starts from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    pub title: String,
    pub description: String,
    #[serde(default)]
    pub language: Option<String>,
    #[serde(default)]
    pub translations: Translations,
    pub brand: String,
    pub category: Option<CategoryId>,
    pub attributes: Attributes,
    pub tags: Vec<String>,
    pub tax_category: String,
    pub status: ProductStatus,
    pub images: Vec<Picture>,
    pub image_addresses: Vec<ImageAddress>,
    pub making: Option<Making>,
    pub digital: Option<Digital>,
    pub variants: Vec<KeptVariant>,
}

/// A variant as it is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptVariant {
    pub sku: SkuId,
    pub code: String,
    pub options: Vec<OptionValue>,
    pub price: Money,
    pub compare_at: Option<Money>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sale: Option<Sale>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<QuantityBreak>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<Dimensions>,
    pub weight_g: u32,
    pub gtin: Option<String>,
}

impl Content {
    /// The content a draft leads to.
    #[must_use]
    pub fn of(
        draft: &ParsedDraft,
        category: Option<CategoryId>,
        tax_category: String,
        status: ProductStatus,
        making: Option<Making>,
        digital: Option<Digital>,
        variants: Vec<KeptVariant>,
    ) -> Self {
        Self {
            title: draft.title.clone(),
            description: draft.description.clone(),
            language: draft.language.clone().flatten(),
            translations: draft.translations.clone().unwrap_or_default(),
            brand: draft.brand.clone(),
            category,
            attributes: draft.attributes.clone(),
            tags: draft.tags.clone(),
            tax_category,
            status,
            images: draft.images.clone(),
            image_addresses: draft.image_addresses.clone(),
            making,
            digital,
            variants,
        }
    }

    /// For each field that differs: what it was and what it became. Attributes are compared one by one.
    #[must_use]
    pub fn change_to(&self, after: &Self) -> Value {
        let (Value::Object(before), Value::Object(after)) = (json!(self), json!(after)) else {
            return Value::Null;
        };
        let mut change = Map::new();
        for (field, to) in after {
            let from = before.get(&field).cloned().unwrap_or(Value::Null);
            if from == to {
                continue;
            }
            match (from, to) {
                (Value::Object(from), Value::Object(to)) => {
                    for (key, from, to) in differences(from, to) {
                        change.insert(format!("{field}/{key}"), json!({"from": from, "to": to}));
                    }
                }
                (from, to) => {
                    change.insert(field, json!({"from": from, "to": to}));
                }
            }
        }
        Value::Object(change)
    }
}

/// Whether a version is the product's deletion.
#[must_use]
pub fn is_deletion(change: &Value) -> bool {
    change.get("deleted").and_then(Value::as_bool).unwrap_or(false)
}

/// What `content` was before `changes`, of which the latest comes first.
pub fn taken_back<'a>(
    content: &Content,
    changes: impl Iterator<Item = &'a Value>,
) -> Result<Content, serde_json::Error> {
    let mut was = json!(content);
    for change in changes {
        for (field, sides) in change.as_object().into_iter().flatten() {
            let Some(from) = sides.get("from") else { continue };
            let place = match field.split_once('/') {
                Some((map, key)) => was
                    .get_mut(map)
                    .and_then(Value::as_object_mut)
                    .map(|map| (map, key)),
                None => was.as_object_mut().map(|map| (map, field.as_str())),
            };
            let Some((map, key)) = place else { continue };
            // Nothing was there, which fields of the product itself do not know.
            if from.is_null() && field.contains('/') {
                map.remove(key);
            } else {
                map.insert(key.to_owned(), from.clone());
            }
        }
    }
    Content::deserialize(was)
}

fn differences(mut from: Map<String, Value>, to: Map<String, Value>) -> Vec<(String, Value, Value)> {
    let mut differences = Vec::new();
    for (key, to) in to {
        let from = from.remove(&key).unwrap_or(Value::Null);
        if from != to {
            differences.push((key, from, to));
        }
    }
    differences.extend(from.into_iter().map(|(key, from)| (key, from, Value::Null)));
    differences
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::catalog::AttributeValue;

    fn bowl() -> Content {
        Content {
            title: "Bowl".to_owned(),
            description: String::new(),
            language: None,
            translations: Translations::new(),
            brand: String::new(),
            category: None,
            attributes: Attributes::from([
                ("wood".to_owned(), AttributeValue::Text("oak".to_owned())),
                ("width_cm".to_owned(), AttributeValue::Number(12.0)),
            ]),
            tags: vec![],
            tax_category: "standard".to_owned(),
            status: ProductStatus::Draft,
            images: vec![],
            image_addresses: vec![],
            making: None,
            digital: None,
            variants: vec![],
        }
    }

    #[test]
    fn a_change_tells_both_sides_of_each_field_and_nothing_else() {
        let mut after = bowl();
        after.status = ProductStatus::Active;
        after.attributes.remove("width_cm");
        after
            .attributes
            .insert("wood".to_owned(), AttributeValue::Text("ash".to_owned()));
        expect_test::expect![[r#"{"attributes/width_cm":{"from":12.0,"to":null},"attributes/wood":{"from":"oak","to":"ash"},"status":{"from":"draft","to":"active"}}"#]]
            .assert_eq(&bowl().change_to(&after).to_string());
        assert_eq!(bowl().change_to(&bowl()), json!({}));
    }

    #[test]
    fn changes_taken_back_lead_to_what_was() {
        let first = bowl();
        let mut second = bowl();
        second.title = "Big bowl".to_owned();
        second.category = Some(CategoryId(uuid::Uuid::from_u128(7)));
        second.attributes.remove("width_cm");
        second.tags.push("oak".to_owned());
        let mut third = second.clone();
        third.category = None;
        third
            .attributes
            .insert("a/b".to_owned(), AttributeValue::Bool(true));
        third
            .attributes
            .insert("wood".to_owned(), AttributeValue::Many(vec!["ash".to_owned()]));
        let (to_second, to_third) = (first.change_to(&second), second.change_to(&third));
        assert_eq!(
            taken_back(&third, [&to_third, &to_second].into_iter()).unwrap(),
            first
        );
        assert_eq!(taken_back(&third, std::iter::once(&to_third)).unwrap(), second);
        assert_eq!(taken_back(&third, std::iter::empty()).unwrap(), third);
    }

    #[test]
    fn only_a_deletion_says_that_it_is_one() {
        assert!(is_deletion(&json!({"deleted": true})));
        assert!(!is_deletion(
            &json!({"attributes/deleted": {"from": null, "to": true}})
        ));
    }
}

//! What is flagged in a product that buyers are to see. No IO.

use super::price;
use contracts::catalog::history::FieldChange;
use contracts::catalog::moderation::{FlagReason, ModerationRules};
use contracts::catalog::{AttributeValue, Listing, Variant};
use kernel::Money;
use serde_json::{Map, Value, json};

/// Why `after` has to be looked at, where buyers saw `before` last.
#[must_use]
pub fn flags(
    rules: &ModerationRules,
    shop_is_new: bool,
    before: Option<&Listing>,
    after: &Listing,
) -> Vec<FlagReason> {
    let mut reasons = Vec::new();
    if rules.hold_new_shops && shop_is_new && before.is_none() {
        reasons.push(FlagReason::NewShop);
    }
    if !rules.words.is_empty() {
        let (said, was_said) = (words_of(after), before.map(words_of).unwrap_or_default());
        for word in &rules.words {
            let phrase = format!(" {} ", plain(word));
            if phrase.trim().is_empty() {
                continue;
            }
            if said.contains(&phrase) && !was_said.contains(&phrase) {
                reasons.push(FlagReason::Word { word: word.clone() });
            }
        }
    }
    if let (Some(percent), Some(before)) = (rules.price_percent, before) {
        for variant in &after.variants {
            let Some(old) = counterpart(&before.variants, variant) else {
                continue;
            };
            if moved_too_far(percent, old.price, variant.price) {
                reasons.push(FlagReason::Price {
                    code: variant.code.clone(),
                    from: old.price,
                    to: variant.price,
                });
            }
            let sides = [old, variant].map(|v| (v.sale.as_ref(), v.breaks.as_slice()));
            let beside = price::newly_asked(sides[0], sides[1]);
            let lowest = beside.min_by_key(|price| price.amount);
            if let Some(to) = lowest.filter(|to| moved_too_far(percent, old.price, *to)) {
                reasons.push(FlagReason::Price {
                    code: variant.code.clone(),
                    from: old.price,
                    to,
                });
            }
        }
    }
    reasons
}

/// What a variant was before. A new one is held against the one with the nearest price that the product had, so that another
/// code is no way around.
fn counterpart<'b>(before: &'b [Variant], variant: &Variant) -> Option<&'b Variant> {
    let same = before.iter().find(|v| v.sku == variant.sku);
    let nearest = || before.iter().min_by_key(|v| distance(v.price, variant.price));
    same.or_else(nearest)
}

fn moved_too_far(percent: u16, from: Money, to: Money) -> bool {
    to.currency != from.currency || distance(from, to) * 100 > i128::from(percent) * i128::from(from.amount)
}

fn distance(one: Money, other: Money) -> i128 {
    (i128::from(one.amount) - i128::from(other.amount)).abs()
}

/// All that a product says, in plain words with a space around each.
fn words_of(listing: &Listing) -> String {
    let mut text = format!(
        "{}\n{}\n{}\n{}",
        listing.title,
        without_tags(&listing.description_html),
        listing.brand,
        listing.tags.join("\n")
    );
    for words in listing.translations.values() {
        text.push('\n');
        text.push_str(&words.title);
        text.push('\n');
        text.push_str(&without_tags(&words.description_html));
    }
    for value in listing.attributes.values() {
        match value {
            AttributeValue::Text(said) => {
                text.push('\n');
                text.push_str(said);
            }
            AttributeValue::Many(many) => {
                text.push('\n');
                text.push_str(&many.join("\n"));
            }
            AttributeValue::Bool(_) | AttributeValue::Number(_) => {}
        }
    }
    format!(" {} ", plain(&text))
}

/// Lower case, without accents, one space between words.
fn plain(text: &str) -> String {
    let ascii = deunicode::deunicode_with_tofu(text, "").to_ascii_lowercase();
    let words: Vec<&str> = ascii
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut is_tag = false;
    for c in html.chars() {
        match c {
            '<' => {
                is_tag = true;
                text.push(' ');
            }
            '>' => is_tag = false,
            c if !is_tag => text.push(c),
            _ => {}
        }
    }
    text
}

/// What differs for buyers; of a product that they never saw, all of it.
#[must_use]
pub fn difference(before: Option<&Listing>, after: &Listing) -> Vec<FieldChange> {
    let (mut from, to) = (before.map(face).unwrap_or_default(), face(after));
    let mut changes = Vec::new();
    for (field, to) in to {
        let from = from.remove(&field).unwrap_or(Value::Null);
        if from != to && !(from.is_null() && is_empty(&to)) {
            changes.push(FieldChange { field, from, to });
        }
    }
    changes.extend(from.into_iter().map(|(field, from)| FieldChange {
        field,
        from,
        to: Value::Null,
    }));
    changes
}

/// The fields that buyers see, attributes one by one.
fn face(listing: &Listing) -> Map<String, Value> {
    let mut face = Map::new();
    let text = without_tags(&listing.description_html);
    let description = text.split_whitespace().collect::<Vec<_>>().join(" ");
    face.insert("title".to_owned(), json!(listing.title));
    face.insert("description".to_owned(), json!(description));
    face.insert("brand".to_owned(), json!(listing.brand));
    face.insert(
        "category".to_owned(),
        json!(listing.category.as_ref().map(|category| &category.path)),
    );
    face.insert("tags".to_owned(), json!(listing.tags));
    face.insert("images".to_owned(), json!(listing.images));
    face.insert("variants".to_owned(), json!(listing.variants));
    face.insert("making".to_owned(), json!(listing.making));
    for (tag, words) in &listing.translations {
        let text = without_tags(&words.description_html);
        let description = text.split_whitespace().collect::<Vec<_>>().join(" ");
        face.insert(
            format!("translations/{tag}"),
            json!({"title": words.title, "description": description}),
        );
    }
    for (key, value) in &listing.attributes {
        face.insert(format!("attributes/{key}"), json!(value));
    }
    face
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(many) => many.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::catalog::{Attributes, ProductStatus, Variant};
    use kernel::{Currency, Money, ProductId, SkuId, TenantId, Timestamp};

    fn bowl() -> Listing {
        let at = Timestamp::UNIX_EPOCH;
        Listing {
            id: ProductId::new(at),
            tenant: TenantId::new(at),
            version: 1,
            status: ProductStatus::Active,
            slug: String::new(),
            title: "Bowl".to_owned(),
            description_html: "<p>Turned <em>oak</em></p>".to_owned(),
            language: None,
            translations: std::collections::BTreeMap::new(),
            brand: String::new(),
            category: None,
            attributes: Attributes::new(),
            tags: vec![],
            tax_category: contracts::taxes::standard(),
            images: vec![],
            making: None,
            digital: None,
            variants: vec![Variant {
                sku: SkuId(uuid::Uuid::from_u128(1)),
                code: "B".to_owned(),
                options: vec![],
                price: Money::new(1000, Currency::EUR),
                compare_at: None,
                lowest_30_days: None,
                sale: None,
                breaks: vec![],
                dimensions: None,
                weight_g: 0,
                gtin: None,
            }],
            price_points: std::collections::BTreeMap::new(),
            created_at: at,
            updated_at: at,
        }
    }

    fn rules() -> ModerationRules {
        ModerationRules {
            hold_new_shops: true,
            approved_min: 5,
            price_percent: Some(50),
            words: vec!["Réplica".to_owned(), "like new".to_owned(), "  ".to_owned()],
        }
    }

    #[test]
    fn words_are_found_as_words_however_they_are_written() {
        let said = |title: &str, html: &str| {
            let mut after = bowl();
            after.title = title.to_owned();
            after.description_html = html.to_owned();
            flags(&rules(), false, Some(&bowl()), &after).len()
        };
        assert_eq!(said("A REPLICA bowl", ""), 1);
        assert_eq!(said("Replicas", ""), 0);
        assert_eq!(said("Bowl", "<p>Like <b>new</b>, a réplica</p>"), 2);
        assert_eq!(said("Bowl", "<p title=\"replica\">oak</p>"), 0);
        let mut tagged = bowl();
        tagged.attributes.insert(
            "kind".to_owned(),
            AttributeValue::Many(vec!["replica".to_owned()]),
        );
        let word = FlagReason::Word {
            word: "Réplica".to_owned(),
        };
        assert_eq!(flags(&rules(), false, None, &tagged), [word]);
        // What buyers have seen already is not told again.
        assert_eq!(flags(&rules(), false, Some(&tagged), &tagged), []);
    }

    #[test]
    fn prices_may_move_by_so_many_percent_and_no_further() {
        let moved = |to: i64| {
            let mut after = bowl();
            after.variants[0].price.amount = to;
            !flags(&rules(), false, Some(&bowl()), &after).is_empty()
        };
        assert_eq!([500, 499, 1500, 1501].map(moved), [false, true, false, true]);
    }

    #[test]
    fn what_is_asked_in_a_sale_or_of_many_is_a_price_too() {
        let eur = |amount| Money::new(amount, Currency::EUR);
        let sale = |amount| {
            Some(contracts::catalog::Sale {
                price: eur(amount),
                from: None,
                until: None,
            })
        };
        let step = |amount| {
            vec![contracts::catalog::QuantityBreak {
                from_quantity: 2,
                price: eur(amount),
            }]
        };
        let flagged = |change: &dyn Fn(&mut Variant)| {
            let mut after = bowl();
            change(&mut after.variants[0]);
            !flags(&rules(), false, Some(&bowl()), &after).is_empty()
        };
        assert!(!flagged(&|v| v.sale = sale(500)));
        assert!(flagged(&|v| v.sale = sale(499)));
        assert!(!flagged(&|v| v.breaks = step(500)));
        assert!(flagged(&|v| v.breaks = step(499)));
        // What buyers are asked already is not told again.
        let mut seen = bowl();
        seen.variants[0].sale = sale(1);
        assert_eq!(flags(&rules(), false, Some(&seen), &seen), []);
    }

    #[test]
    fn only_what_buyers_never_saw_waits_for_its_shop() {
        assert_eq!(flags(&rules(), true, None, &bowl()), [FlagReason::NewShop]);
        assert_eq!(flags(&rules(), true, Some(&bowl()), &bowl()), []);
        assert_eq!(flags(&rules(), false, None, &bowl()), []);
    }

    #[test]
    fn a_difference_tells_what_buyers_will_see() {
        let mut after = bowl();
        after.description_html = "<p>Turned <em>ash</em></p>".to_owned();
        after.version = 2;
        let changes = difference(Some(&bowl()), &after);
        let fields: Vec<&str> = changes.iter().map(|c| c.field.as_str()).collect();
        assert_eq!(fields, ["description"]);
        assert_eq!(
            (&changes[0].from, &changes[0].to),
            (&json!("Turned oak"), &json!("Turned ash"))
        );
        let new: Vec<String> = difference(None, &bowl()).into_iter().map(|c| c.field).collect();
        assert_eq!(new, ["description", "title", "variants"]);
    }
}

//! PrestaShop keeps products in one file and their combinations in another.
//!
//! A combination names its product by the ID of the product's row, says its options in a list or in two, and what it
//! costs and weighs beyond its product. Columns: PrestaShop's own sample files of versions 1.4 to 8.

use super::cells::{find, get, name_of, parts, rename, set, take};
use crate::domain::said::{Part, Said};
use crate::domain::slug::{slug, snake_case};
use crate::import::fields::WeightUnit;
use crate::import::numbers;
use crate::import::row::{Row, RowError};
use kernel::Currency;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

const OPTIONS: [&str; 2] = ["options_group_value", "attribute_name_type_position"];

/// References of a product's combinations so far: several may carry the same.
#[derive(Default)]
pub struct References {
    product: String,
    taken: HashSet<String>,
}

fn has(header: &[Arc<str>], name: &str) -> bool {
    header.iter().any(|n| snake_case(n, 200) == name)
}

/// Whether combinations stand in this file.
pub fn lists_combinations(header: &[Arc<str>]) -> bool {
    OPTIONS.iter().any(|name| has(header, name))
}

/// A file of combinations alone speaks of products that are there; any other says all there is but those.
pub fn said(header: &[Arc<str>]) -> Said {
    match (lists_combinations(header), has(header, "name")) {
        (false, _) => Said::AllButCombinations,
        (true, true) => Said::Everything,
        (true, false) => {
            let is_coded = ["ean13", "upc"].iter().any(|name| has(header, name));
            let codes = is_coded.then_some(Part::Gtin);
            Said::Combinations(
                [Part::Options, Part::Weight]
                    .into_iter()
                    .chain(codes)
                    .collect::<BTreeSet<_>>(),
            )
        }
    }
}

pub fn adapt(mut row: Row, currency: Currency, references: &mut References) -> Result<Vec<Row>, RowError> {
    let Some(options) = take_options(&mut row) else {
        return Ok(vec![product(row)]);
    };
    for (i, (name, value)) in options.iter().enumerate() {
        set(&mut row, &format!("option{}_name", i + 1), name);
        set(&mut row, &format!("option{}_value", i + 1), value);
    }
    if get(&row, "name").is_none() {
        combination(&mut row, &options, currency, references)?;
    }
    Ok(vec![row])
}

/// `Color:Blue, Disk space:16 GB`, or names with their kinds and places and values with theirs: `Size:select:0` and `S:0`.
fn take_options(row: &mut Row) -> Option<Vec<(String, String)>> {
    let first = |text: &str| text.split(':').next().unwrap_or(text).trim().to_owned();
    if let Some(options) = take(row, "options_group_value") {
        let option = |option: String| match option.split_once(':') {
            Some((name, value)) => (name.trim().to_owned(), value.trim().to_owned()),
            None => ("Option".to_owned(), option),
        };
        return Some(parts(&options, ',').into_iter().map(option).collect());
    }
    let names = take(row, "attribute_name_type_position")?;
    let values = take(row, "value_value_position").unwrap_or_default();
    let names = parts(&names, ',');
    let values = parts(&values, ',');
    Some(
        names
            .iter()
            .zip(&values)
            .map(|(name, value)| (first(name), first(value)))
            .collect(),
    )
}

fn combination(
    row: &mut Row,
    options: &[(String, String)],
    currency: Currency,
    references: &mut References,
) -> Result<(), RowError> {
    let refuse = |row: &Row, column: String, code: &str, message: &str| {
        Err(RowError::new(row.number, column, code, message))
    };
    let Some(product) = get(row, "product_id") else {
        let column = name_of(row, "product_id");
        let said =
            "A combination names its product: write the ID that the product has in the file of products.";
        return refuse(row, column, "product_missing", said);
    };
    for (column, is_weight) in [
        ("impact_on_price", false),
        ("price", false),
        ("impact_on_weight", true),
        ("weight", true),
    ] {
        let Some(text) = get(row, column) else { continue };
        let written = name_of(row, column);
        let (sign, amount) = match text.trim().strip_prefix(['-', '\u{2212}']) {
            Some(amount) => (-1, amount),
            None => (1, text.trim().trim_start_matches('+')),
        };
        if is_weight {
            let Some(grams) = numbers::grams(amount, WeightUnit::Kilogram) else {
                let said = "Write what it weighs beyond its product in kilograms, such as 0.2 or -0.1.";
                return refuse(row, written, "weight_invalid", said);
            };
            row.shaped.surcharge.grams = sign * i64::from(grams);
        } else {
            match numbers::price(amount, currency) {
                Ok(money) => row.shaped.surcharge.minor = sign * money.amount,
                Err(message) => return refuse(row, written, "price_invalid", &message),
            }
            row.shaped.renamed.push((Arc::from("price"), Arc::from(written)));
        }
        take(row, column);
    }
    // What it costs is worked out beside its product, which names it as well.
    set(row, "price", "0");
    set(row, "title", &product);
    if references.product != product {
        *references = References {
            product,
            taken: HashSet::new(),
        };
    }
    if let Some(reference) = get(row, "reference")
        && !references.taken.insert(reference.clone())
    {
        let code = options
            .iter()
            .fold(reference, |code, (_, value)| format!("{code}-{}", slug(value)));
        let column = find(row, "reference").map(|at| Arc::clone(&row.cells[at].0));
        take(row, "reference");
        set(row, "sku", &code);
        row.shaped
            .renamed
            .extend(column.map(|column| (Arc::from("sku"), column)));
    }
    let own = [
        "supplier_reference",
        "product_reference",
        "mpn",
        "wholesale_price",
        "cost_price",
        "ecotax",
        "minimal_quantity",
        "low_stock_level",
        "send_me_an_email_when_the_quantity_is_under_this_level",
        "default",
        "default_0_no_1_yes",
        "combination_available_date",
        "combination_availability_date",
        "image_position",
        "image_urls_x_y_z",
        "image_alt_texts_x_y_z",
        "id_name_of_shop",
        "advanced_stock_management",
        "advanced_stock_mgmt",
        "depends_on_stock",
        "warehouse",
    ];
    for name in own {
        take(row, name);
    }
    Ok(())
}

fn product(mut row: Row) -> Row {
    rename(&mut row, "price_tax_excl", "price");
    rename(&mut row, "price_tax_incl", "price");
    rename(&mut row, "active_0_1", "published");
    rename(&mut row, "categories_x_y_z", "category");
    rename(&mut row, "tags_x_y_z", "tags");
    rename(&mut row, "image_urls_x_y_z", "images");
    if let Some(path) = take(&mut row, "category") {
        let path = parts(&path, ',');
        let path: Vec<&str> = path
            .iter()
            .map(String::as_str)
            .filter(|name| *name != "Home")
            .collect();
        set(&mut row, "category", &path.join(" > "));
    }
    // Weights of PrestaShop are kilograms unless the shop says otherwise.
    rename(&mut row, "weight", "weight_kg");
    let own = [
        "tax_rules_id",
        "wholesale_price",
        "on_sale_0_1",
        "discount_amount",
        "discount_percent",
        "discount_from_yyy_mm_dd",
        "discount_to_yyy_mm_dd",
        "supplier_reference",
        "ecotax",
        "meta_title",
        "meta_keywords",
        "meta_description",
        "url_rewritten",
        "text_when_in_stock",
        "text_if_back_order_allowed",
        "available_for_order",
        "date_add_product",
        "show_price",
        "only_available_online",
        "delete_existing_images_0_no_1_yes",
        "condition",
    ];
    for name in own {
        take(&mut row, name);
    }
    row
}

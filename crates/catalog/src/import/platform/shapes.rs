//! What rows of each shop system look like to us.

use super::cells::{get, name_of, parts, set, take};
use super::key_of_parent;
use crate::domain::slug::snake_case;
use crate::import::fields::{Field, field_of};
use crate::import::row::{Row, RowError};
use kernel::Currency;
use serde_json::Value;
use std::sync::Arc;

/// A listing names its variations in two lists; each pair of values is a variant.
pub fn etsy(mut row: Row) -> Vec<Row> {
    let mut options: Vec<(String, Vec<String>)> = Vec::new();
    for n in ["1", "2"] {
        let mut found = |stems: [&str; 4]| {
            let names = stems.map(|stem| stem.replace('#', n));
            names.iter().find_map(|name| take(&mut row, name))
        };
        found([
            "variation_#_type",
            "tipo_variante_#",
            "tipo_variacion_#",
            "variante_#_typ",
        ]);
        let name = found([
            "variation_#_name",
            "nome_variante_#",
            "nombre_variacion_#",
            "variante_#_name",
        ]);
        let values = found([
            "variation_#_values",
            "valori_variante_#",
            "valores_variacion_#",
            "variante_#_werte",
        ]);
        if let Some(values) = values {
            options.push((name.unwrap_or_else(|| "Option".to_owned()), parts(&values, ',')));
        }
    }
    if options.is_empty() {
        return vec![row];
    }
    // A SKU that is given once is the listing's.
    let key = take(&mut row, "sku")
        .or_else(|| get(&row, "title"))
        .or_else(|| get(&row, "titolo"));
    if let Some(key) = key {
        set(&mut row, "handle", &key);
    }
    let mut rows = vec![row];
    for (i, (name, values)) in options.iter().enumerate() {
        rows = rows
            .into_iter()
            .flat_map(|row| {
                values.iter().take(250).map(move |value| {
                    let mut row = row.clone();
                    set(&mut row, &format!("option{}_name", i + 1), name);
                    set(&mut row, &format!("option{}_value", i + 1), value);
                    row
                })
            })
            .take(250)
            .collect();
    }
    rows
}

pub fn woocommerce(mut row: Row) -> Result<Vec<Row>, RowError> {
    refuse_bundles(&row)?;
    let kind = get(&row, "type").unwrap_or_default();
    let (is_variation, is_family) = (kind == "variation", kind == "variable");
    let mut options = Vec::new();
    for n in 1..=5 {
        let name = take(&mut row, &format!("attribute_{n}_name"));
        let value = take(&mut row, &format!("attribute_{n}_value_s"));
        for unused in ["visible", "global", "default"] {
            take(&mut row, &format!("attribute_{n}_{unused}"));
        }
        if let (Some(name), Some(value)) = (name, value) {
            options.push((name, value));
        }
    }
    if is_variation {
        let parent = take(&mut row, "parent").map(|parent| key_of_parent(&parent));
        let parent = parent.unwrap_or_default();
        set(&mut row, "handle", &parent);
        // `Hoodie - Red, No` is the variant's own name; the product has its parent's.
        take(&mut row, "name");
        take(&mut row, "id");
        for (i, (name, value)) in options.iter().enumerate() {
            set(&mut row, &format!("option{}_name", i + 1), name);
            set(&mut row, &format!("option{}_value", i + 1), value);
        }
        if get(&row, "sku").is_none() && options.is_empty() {
            return Err(RowError::new(
                row.number,
                "SKU",
                "sku_missing",
                "A variation needs a SKU or options, so that it can be told from the others.",
            ));
        }
    } else {
        for (name, value) in options {
            set(&mut row, &name, &value);
        }
        let id = take(&mut row, "id");
        if is_family {
            let key = take(&mut row, "sku").or(id);
            if let Some(key) = key {
                set(&mut row, "handle", &key);
            }
        }
        take(&mut row, "parent");
    }
    let sides = ["length_cm", "width_cm", "height_cm"];
    if sides.iter().all(|side| get(&row, side).is_some()) {
        let sides: Vec<String> = sides.iter().filter_map(|side| take(&mut row, side)).collect();
        set(&mut row, "dimensions", &format!("{} cm", sides.join(" x ")));
    }
    // What stands for several categories: the most exact of them.
    if let Some(categories) = take(&mut row, "categories") {
        let deepest = parts(&categories, ',')
            .into_iter()
            .max_by_key(|path| path.matches('>').count());
        set(&mut row, "category", &deepest.unwrap_or_default());
    }
    let unused: Vec<Arc<str>> = row
        .cells
        .iter()
        .map(|(name, _)| Arc::clone(name))
        .filter(|name| is_woocommerce_own(&snake_case(name, 200)))
        .collect();
    row.cells.retain(|(name, _)| !unused.contains(name));
    Ok(vec![row])
}

fn is_woocommerce_own(name: &str) -> bool {
    let starts = ["meta_", "download_"];
    let names = [
        "type",
        "is_featured",
        "visibility_in_catalog",
        "tax_status",
        "tax_class",
        "in_stock",
        "low_stock_amount",
        "backorders_allowed",
        "sold_individually",
        "allow_customer_reviews",
        "purchase_note",
        "shipping_class",
        "upsells",
        "cross_sells",
        "grouped_products",
        "external_url",
        "button_text",
        "position",
    ];
    names.contains(&name) || starts.iter().any(|start| name.starts_with(start))
}

/// Sets of other products have no price of their own.
pub fn refuse_bundles(row: &Row) -> Result<(), RowError> {
    match get(row, "type").as_deref() {
        Some(kind @ ("grouped" | "bundle")) => Err(RowError::new(
            row.number,
            name_of(row, "type"),
            "product_type_unsupported",
            format!(
                "A product of the type `{kind}` is a set of others and has no price of its own. Leave it out, or give it one and the type `simple`."
            ),
        )),
        _ => Ok(()),
    }
}

pub fn magento(mut row: Row) -> Result<Vec<Row>, RowError> {
    if let Some(lines) = take(&mut row, "category") {
        // A path, one name a line; further paths follow below it.
        let path: Vec<String> = parts(&lines, '\n').into_iter().take(2).collect();
        set(&mut row, "category", &path.join(" > "));
    }
    if let Some(paths) = take(&mut row, "categories") {
        let deepest = parts(&paths, ',')
            .into_iter()
            .max_by_key(|path| path.matches('/').count());
        let path = deepest.unwrap_or_default();
        let path = path
            .strip_prefix("Default Category/")
            .unwrap_or(&path)
            .replace('/', " > ");
        set(&mut row, "category", &path);
    }
    if let Some(more) = take(&mut row, "additional_attributes") {
        for (name, value) in additional(&more) {
            set(&mut row, &name, &value.replace('|', "\n"));
        }
    }
    let kind = take(&mut row, "product_type");
    if let Some(kind @ ("grouped" | "bundle")) = kind.as_deref() {
        set(&mut row, "type", kind);
        refuse_bundles(&row)?;
    }
    for name in ["attribute_set", "attribute_set_code"] {
        take(&mut row, name);
    }
    // An offer at the regular price is none.
    if get(&row, "special_price").is_some() && get(&row, "special_price") == get(&row, "price") {
        take(&mut row, "special_price");
    }
    for (name, value) in &mut row.cells {
        let Value::String(text) = value else { continue };
        // Words of several lines are words.
        if !matches!(field_of(name), Field::Attribute(..) | Field::Materials) {
            continue;
        }
        let is_list = text.contains('\n') && !text.contains('<');
        if is_list {
            *value = parts(text, '\n').into_iter().map(Value::from).collect();
        }
    }
    Ok(vec![row])
}

/// `color=Red,features=Light, quiet|Small,"fit=""slim, long""": a value may have commas of its own, and quotes around it.
fn additional(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for piece in text.split(',') {
        let named = piece.split_once('=').filter(|(name, _)| {
            let name = name.trim().trim_matches('"');
            !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
        });
        match (named, found.last_mut()) {
            (Some((name, value)), _) => {
                let name = name.trim().trim_matches('"');
                found.push((name.to_owned(), value.to_owned()));
            }
            (None, Some((_, value))) => {
                value.push(',');
                value.push_str(piece);
            }
            (None, None) => {}
        }
    }
    for (_, value) in &mut found {
        *value = value.trim().trim_matches('"').to_owned();
    }
    found.retain(|(_, value)| !value.is_empty());
    found
}

/// Each currency has a column of its own; the shop's is the one that counts, else the first.
pub fn medusa(mut row: Row, currency: Currency) -> Row {
    let mut prices = Vec::new();
    for (column, value) in &row.cells {
        let name = snake_case(column, 200);
        if let Some(of) = name.strip_prefix("variant_price_") {
            // `Variant Price Europe [EUR]`: of a region.
            let code = of.rsplit('_').next().unwrap_or(of).to_uppercase();
            prices.push((code, of.contains('_'), value.clone(), Arc::clone(column)));
        }
    }
    row.cells
        .retain(|(name, _)| !snake_case(name, 200).starts_with("variant_price_"));
    prices.sort_by_key(|(code, is_regional, ..)| (code != currency.code(), *is_regional));
    if let Some((code, _, value, column)) = prices.into_iter().next() {
        row.cells.push((Arc::from("price"), value));
        row.shaped.renamed.push((Arc::from("price"), column));
        set(&mut row, "currency", &code);
    }
    take(&mut row, "product_id");
    let is_own = |name: &str| {
        let starts = ["product_category_", "variant_metadata", "variant_variant_rank"];
        let ends = [
            "_created_at",
            "_updated_at",
            "_deleted_at",
            "_id",
            "_hs_code",
            "_mid_code",
        ];
        let names = [
            "product_discountable",
            "product_is_giftcard",
            "variant_manage_inventory",
            "variant_allow_backorder",
        ];
        names.contains(&name)
            || starts.iter().any(|start| name.starts_with(start))
            || ends.iter().any(|end| name.ends_with(end))
    };
    row.cells.retain(|(name, _)| !is_own(&snake_case(name, 200)));
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn additional_attributes_keep_their_commas() {
        let read = additional("color=Red,features=Light, quiet|Small,\"fit=\"\"slim, long\"\"\",sale=,x=1=2");
        let read: Vec<(&str, &str)> = read.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let expected = [
            ("color", "Red"),
            ("features", "Light, quiet|Small"),
            ("fit", "slim, long"),
            ("x", "1=2"),
        ];
        assert_eq!(read, expected);
        assert_eq!(additional("nothing here"), []);
    }
}

//! What changed of a product, in words of the reader.

use super::facets::attribute_name;
use super::seller::price_form::{breaks_text, sale_text};
use super::visit::category_name;
use crate::i18n::Locale;
use crate::views::changes::ChangeLine;
use contracts::catalog::history::FieldChange;
use contracts::catalog::{AttributeValue, Category, Dimensions, OptionValue, ProductStatus, Sale, Variant};
use contracts::making::{LeadTime, Making, MakingField, MakingInput};
use kernel::Money;
use serde::Deserialize;
use serde_json::Value;

/// Characters of a long text that are shown.
const TEXT_CHARS_MAX: usize = 240;

/// One line per field; of variants, one per thing that changed of each.
pub fn in_words(change: &[FieldChange], tree: &[Category], locale: Locale) -> Vec<ChangeLine> {
    let lines = change.iter().flat_map(|change| match change.field.as_str() {
        "variants" => variants(change, locale),
        _ => vec![one(change, tree, locale)],
    });
    lines.filter(|line| line.from != line.to).collect()
}

/// What changes of translations are called before their languages.
const TRANSLATIONS: &str = "translations/";

fn one(change: &FieldChange, tree: &[Category], locale: Locale) -> ChangeLine {
    let side = |value: &Value| match change.field.as_str() {
        "category" => category(value, tree, locale),
        "status" => state(value, locale),
        "images" | "image_addresses" => pictures(value, locale),
        field if field.starts_with(TRANSLATIONS) => translation(value),
        field if field.starts_with("making") => making(field, value, locale),
        "digital" => file_names(&value["files"]),
        "digital/files" => file_names(value),
        _ => plain(value, locale),
    };
    ChangeLine {
        label: label(&change.field, locale),
        from: side(&change.from),
        to: side(&change.to),
    }
}

fn label(field: &str, locale: Locale) -> String {
    let key = match field {
        "title" => "work.product_title",
        "description" | "description_html" => "work.description",
        "brand" => "attribute.brand",
        "category" => "facet.category",
        "tags" => "work.tags",
        "tax_category" => "work.tax_category",
        "language" => "work.language",
        field if field.starts_with(TRANSLATIONS) => {
            let tag = &field[TRANSLATIONS.len()..];
            return format!("{} ({tag})", locale.t("work.languages"));
        }
        "status" => "work.shown",
        "images" | "image_addresses" => "work.pictures",
        "making/returnable" => "work.making_final",
        field if field.starts_with("making") => "work.making",
        "digital/downloads_max" => "work.downloads_max",
        "digital/days" => "work.download_days",
        field if field.starts_with("digital") => "work.digital",
        other => return attribute_name(other.strip_prefix("attributes/").unwrap_or(other), locale),
    };
    locale.t(key).to_string()
}

fn plain(value: &Value, locale: Locale) -> String {
    let text = match AttributeValue::deserialize(value) {
        Ok(AttributeValue::Text(text)) => text,
        Ok(AttributeValue::Many(many)) => many.join(", "),
        Ok(AttributeValue::Number(number)) => number.to_string(),
        Ok(AttributeValue::Bool(yes)) => {
            let key = if yes { "word.yes" } else { "word.no" };
            locale.t(key).to_string()
        }
        Err(_) => String::new(),
    };
    clipped(&text)
}

/// A translation's title, and what it says below it.
fn translation(value: &Value) -> String {
    let part = |name: &str| value[name].as_str().filter(|text| !text.is_empty());
    let parts: Vec<&str> = ["title", "description"].into_iter().filter_map(part).collect();
    clipped(&parts.join(": "))
}

pub fn clipped(text: &str) -> String {
    match text.char_indices().nth(TEXT_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn category(value: &Value, tree: &[Category], locale: Locale) -> String {
    let path = value.as_str().unwrap_or_default();
    let known = tree.iter().find(|category| category.path == path);
    known
        .map_or(path, |category| category_name(category, locale))
        .to_owned()
}

fn state(value: &Value, locale: Locale) -> String {
    let status = ProductStatus::deserialize(value).ok();
    status
        .map(|status| super::seller::products::status(status, locale).label)
        .unwrap_or_default()
}

fn pictures(value: &Value, locale: Locale) -> String {
    let count = value.as_array().map_or(0, Vec::len);
    locale.n("count.pictures", count as u64).to_string()
}

/// What is downloaded.
fn file_names(value: &Value) -> String {
    let names = value.as_array().into_iter().flatten();
    let names: Vec<&str> = names.filter_map(|file| file["name"].as_str()).collect();
    clipped(&names.join(", "))
}

/// What buyers are asked, in how many days it is made, and whether it stays sold.
fn making(field: &str, value: &Value, locale: Locale) -> String {
    let fields = match field {
        "making/lead_time" => {
            let time = LeadTime::deserialize(value).ok();
            return time
                .map(|time| super::making::lead_time(time, locale))
                .unwrap_or_default();
        }
        "making/returnable" => {
            let is_final = value.as_bool().is_some_and(|returnable| !returnable);
            return plain(&Value::Bool(is_final), locale);
        }
        "making" => Making::deserialize(value).map(|making| making.fields),
        _ => Vec::deserialize(value),
    };
    let question = |field: MakingField| match field.input {
        MakingInput::Choice { options } => {
            let options: Vec<String> = options.into_iter().map(|option| option.value).collect();
            format!("{} ({})", field.label, options.join(", "))
        }
        _ => field.label,
    };
    let questions: Vec<String> = fields.unwrap_or_default().into_iter().map(question).collect();
    clipped(&questions.join(" · "))
}

fn variants(change: &FieldChange, locale: Locale) -> Vec<ChangeLine> {
    let read = |value: &Value| Vec::<Variant>::deserialize(value).unwrap_or_default();
    let (from, to) = (read(&change.from), read(&change.to));
    let mut lines = Vec::new();
    for after in &to {
        match from.iter().find(|before| before.code == after.code) {
            Some(before) => lines.extend(variant(before, after, locale)),
            None => lines.push(ChangeLine {
                label: locale.t("history.added").arg("code", &after.code).to_string(),
                from: String::new(),
                to: sold(after, locale),
            }),
        }
    }
    for before in from
        .iter()
        .filter(|before| to.iter().all(|after| after.code != before.code))
    {
        lines.push(ChangeLine {
            label: locale.t("history.removed").arg("code", &before.code).to_string(),
            from: sold(before, locale),
            to: String::new(),
        });
    }
    if lines.is_empty() && from != to {
        let order = |variants: &[Variant]| {
            let codes: Vec<&str> = variants.iter().map(|v| v.code.as_str()).collect();
            clipped(&codes.join(", "))
        };
        lines.push(ChangeLine {
            label: locale.t("history.order").to_string(),
            from: order(&from),
            to: order(&to),
        });
    }
    lines
}

fn variant(before: &Variant, after: &Variant, locale: Locale) -> Vec<ChangeLine> {
    let old = |money: Option<Money>| money.map(|m| locale.money(m)).unwrap_or_default();
    let sides =
        |dimensions: Option<Dimensions>| dimensions.map(|d| format!("{d}\u{a0}mm")).unwrap_or_default();
    let weight = |grams: u32| {
        locale
            .t("history.grams")
            .arg("n", locale.number(u64::from(grams)))
            .to_string()
    };
    let sides = [
        (
            "history.price",
            locale.money(before.price),
            locale.money(after.price),
        ),
        ("history.old_price", old(before.compare_at), old(after.compare_at)),
        (
            "history.sale",
            sale(before.sale.as_ref(), locale),
            sale(after.sale.as_ref(), locale),
        ),
        (
            "history.breaks",
            breaks_text(&before.breaks, locale),
            breaks_text(&after.breaks, locale),
        ),
        (
            "history.options",
            options(&before.options),
            options(&after.options),
        ),
        (
            "history.dimensions",
            sides(before.dimensions),
            sides(after.dimensions),
        ),
        ("history.weight", weight(before.weight_g), weight(after.weight_g)),
        (
            "history.gtin",
            before.gtin.clone().unwrap_or_default(),
            after.gtin.clone().unwrap_or_default(),
        ),
    ];
    let changed = sides.into_iter().filter(|(_, from, to)| from != to);
    changed
        .map(|(key, from, to)| ChangeLine {
            label: locale.t(key).arg("code", &after.code).to_string(),
            from,
            to,
        })
        .collect()
}

fn sale(sale: Option<&Sale>, locale: Locale) -> String {
    sale.map(|sale| sale_text(sale, locale)).unwrap_or_default()
}

fn sold(variant: &Variant, locale: Locale) -> String {
    let price = locale.money(variant.price);
    match options(&variant.options) {
        none if none.is_empty() => price,
        options => format!("{options}, {price}"),
    }
}

fn options(options: &[OptionValue]) -> String {
    let named: Vec<String> = options
        .iter()
        .map(|o| format!("{}: {}", o.name, o.value))
        .collect();
    named.join(", ")
}

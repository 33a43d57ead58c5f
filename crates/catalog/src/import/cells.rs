//! Sorting a row's cells by what their columns mean.

use super::assemble::Defaults;
use super::fields::{Field, Kind, WeightUnit};
use super::numbers;
use super::row::RowError;
use super::values::{addresses, attribute_value, category_names, list, status_of, text, yes_or_no};
use crate::domain::limits::ATTRIBUTE_KEY_CHARS_MAX;
use crate::domain::slug::snake_case;
use contracts::catalog::{Attributes, Dimensions, ProductStatus, Translations};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A value and the rank and name of the column it came from.
pub struct Ranked<T> {
    pub rank: u8,
    pub column: Arc<str>,
    pub value: T,
}

/// The cells of one row, by what they mean.
pub struct Cells {
    pub number: u64,
    pub defaults: Defaults,
    pub errors: Vec<RowError>,
    pub attributes: Attributes,
    pub key: Option<Ranked<String>>,
    pub sku: Option<Ranked<String>>,
    pub title: Option<Ranked<String>>,
    pub description: Option<Ranked<String>>,
    pub brand: Option<Ranked<String>>,
    pub category: Option<Ranked<Vec<String>>>,
    pub price: Option<Ranked<String>>,
    pub compare_at: Option<Ranked<String>>,
    pub sale_price: Option<Ranked<String>>,
    pub sale_from: Option<Ranked<String>>,
    pub sale_until: Option<Ranked<String>>,
    pub stock: Option<Ranked<String>>,
    pub weight: Option<(Ranked<String>, WeightUnit)>,
    pub gtin: Option<Ranked<String>>,
    pub currency: Option<Ranked<String>>,
    pub weight_unit: Option<WeightUnit>,
    pub dimensions: Option<Dimensions>,
    pub status: Option<ProductStatus>,
    pub published: Option<bool>,
    pub images: Option<Ranked<Vec<String>>>,
    pub image_alt: String,
    pub tags: Vec<String>,
    pub tax_category: Option<String>,
    pub materials: Vec<String>,
    pub options: BTreeMap<u8, (String, String)>,
    /// Words in other languages.
    pub translations: Translations,
    /// The columns that attributes were read from.
    pub attribute_columns: Vec<Arc<str>>,
}

impl Cells {
    pub fn new(number: u64, defaults: Defaults) -> Self {
        Self {
            number,
            defaults,
            errors: Vec::new(),
            attributes: Attributes::new(),
            key: None,
            sku: None,
            title: None,
            description: None,
            brand: None,
            category: None,
            price: None,
            compare_at: None,
            sale_price: None,
            sale_from: None,
            sale_until: None,
            stock: None,
            weight: None,
            gtin: None,
            currency: None,
            weight_unit: None,
            dimensions: None,
            status: None,
            published: None,
            images: None,
            image_alt: String::new(),
            tags: Vec::new(),
            tax_category: None,
            materials: Vec::new(),
            options: BTreeMap::new(),
            attribute_columns: Vec::new(),
            translations: Translations::new(),
        }
    }

    pub fn take(&mut self, field: Field, column: Arc<str>, value: &Value) {
        match field {
            Field::Key(rank) => keep(&mut self.key, rank, column, text(value)),
            Field::Sku(rank) => keep(&mut self.sku, rank, column, text(value)),
            Field::Title(rank) => self.take_title(rank, column, text(value)),
            Field::Description(rank) => keep(&mut self.description, rank, column, text(value)),
            Field::TranslatedTitle(tag) => {
                if let Some(title) = text(value) {
                    self.translations.entry(tag).or_default().title = title;
                }
            }
            Field::TranslatedDescription(tag) => {
                if let Some(description) = text(value) {
                    self.translations.entry(tag).or_default().description = description;
                }
            }
            Field::Brand(rank) => keep(&mut self.brand, rank, column, text(value)),
            Field::Category(rank) => self.take_category(rank, column, value),
            Field::Price(rank) => keep(&mut self.price, rank, column, text(value)),
            Field::CompareAt => keep(&mut self.compare_at, 0, column, text(value)),
            Field::SalePrice => keep(&mut self.sale_price, 0, column, text(value)),
            Field::SaleFrom => keep(&mut self.sale_from, 0, column, text(value)),
            Field::SaleUntil => keep(&mut self.sale_until, 0, column, text(value)),
            Field::Currency => keep(&mut self.currency, 0, column, text(value)),
            Field::Stock => keep(&mut self.stock, 0, column, text(value)),
            Field::Gtin(rank) => keep(&mut self.gtin, rank, column, text(value)),
            Field::Weight(unit) => {
                if let Some(value) = text(value) {
                    self.weight = Some((
                        Ranked {
                            rank: 0,
                            column,
                            value,
                        },
                        unit,
                    ));
                }
            }
            Field::WeightUnit => self.take_weight_unit(&column, value),
            Field::Dimensions => self.take_dimensions(column, value),
            Field::Status => self.take_status(&column, value),
            Field::Published => self.published = text(value).as_deref().and_then(yes_or_no),
            Field::Image(rank) => self.take_images(rank, column, value),
            Field::ImageAlt => self.image_alt = text(value).unwrap_or_default(),
            Field::TaxCategory => self.tax_category = text(value).map(|code| code.to_lowercase()),
            Field::Tags => self.tags.extend(list(value, &[',', ';', '|'])),
            Field::Materials => self.materials.extend(list(value, &[',', ';', '|'])),
            Field::OptionName(n) => self.options.entry(n).or_default().0 = text(value).unwrap_or_default(),
            Field::OptionValue(n) => self.options.entry(n).or_default().1 = text(value).unwrap_or_default(),
            Field::Attribute(key, kind) => {
                self.take_attribute(&key, kind, value);
                self.attribute_columns.push(column);
            }
            Field::Ignored => {}
        }
    }

    /// A second title, such as a model's name beside its full title, stays as an attribute.
    fn take_title(&mut self, rank: u8, column: Arc<str>, value: Option<String>) {
        let Some(value) = value else { return };
        let loser = match &self.title {
            Some(kept) if kept.rank <= rank => Some((column, value)),
            _ => self
                .title
                .replace(Ranked { rank, column, value })
                .map(|kept| (kept.column, kept.value)),
        };
        if let Some((column, value)) = loser {
            self.take_attribute(&column, Kind::Text, &Value::String(value));
        }
    }

    fn take_category(&mut self, rank: u8, column: Arc<str>, value: &Value) {
        let names = category_names(value);
        if names.is_empty() {
            return;
        }
        let loser = match &self.category {
            Some(kept) if kept.rank <= rank => Some((column, names)),
            _ => self
                .category
                .replace(Ranked {
                    rank,
                    column,
                    value: names,
                })
                .map(|kept| (kept.column, kept.value)),
        };
        if let Some((column, names)) = loser {
            self.take_attribute(&column, Kind::Text, &Value::String(names.join(" / ")));
        }
    }

    /// Pictures of the best size named; sizes are told by the columns.
    fn take_images(&mut self, rank: u8, column: Arc<str>, value: &Value) {
        let addresses = addresses(value);
        if addresses.is_empty() {
            return;
        }
        match &mut self.images {
            Some(kept) if kept.rank < rank => {}
            Some(kept) if kept.rank == rank => kept.value.extend(addresses),
            kept => {
                *kept = Some(Ranked {
                    rank,
                    column,
                    value: addresses,
                });
            }
        }
    }

    /// What cannot be read as three sides says something else of the product.
    fn take_dimensions(&mut self, column: Arc<str>, value: &Value) {
        self.dimensions = text(value).and_then(|text| Dimensions::parse(&text));
        if self.dimensions.is_none() {
            self.take_attribute(&column, Kind::Any, value);
            self.attribute_columns.push(column);
        }
    }

    fn take_weight_unit(&mut self, column: &Arc<str>, value: &Value) {
        let Some(name) = text(value) else { return };
        self.weight_unit = numbers::weight_unit(&name);
        if self.weight_unit.is_none() {
            self.refuse(
                column,
                "weight_unit_invalid",
                "Write the unit as g, kg, lb or oz.",
            );
        }
    }

    fn take_status(&mut self, column: &Arc<str>, value: &Value) {
        let Some(name) = text(value) else { return };
        self.status = status_of(&name);
        if self.status.is_none() {
            self.refuse(
                column,
                "status_invalid",
                "Write the status as draft, active, inactive or archived.",
            );
        }
    }

    fn take_attribute(&mut self, name: &str, kind: Kind, value: &Value) {
        if let Value::Object(members) = value {
            // Members of an object are attributes of their own, one level deep.
            for (member, value) in members.iter().filter(|(_, v)| !v.is_object()) {
                self.take_attribute(&format!("{name}_{member}"), kind, value);
            }
            return;
        }
        let Some(value) = attribute_value(kind, value) else {
            return;
        };
        let key = snake_case(name, ATTRIBUTE_KEY_CHARS_MAX);
        let key = if key.is_empty() { "other".to_owned() } else { key };
        // Long names that are alike up to their limit must not hide each other.
        let stem: String = key.chars().take(ATTRIBUTE_KEY_CHARS_MAX - 3).collect();
        let free = std::iter::once(key)
            .chain((2..100).map(|n| format!("{stem}_{n}")))
            .find(|key| !self.attributes.contains_key(key));
        if let Some(key) = free {
            self.attributes.insert(key, value);
        }
    }

    pub fn refuse(&mut self, column: &str, code: &str, message: impl Into<String>) {
        self.errors
            .push(RowError::new(self.number, column, code, message));
    }
}

fn keep(slot: &mut Option<Ranked<String>>, rank: u8, column: Arc<str>, value: Option<String>) {
    if let Some(value) = value
        && slot.as_ref().is_none_or(|kept| rank < kept.rank)
    {
        *slot = Some(Ranked { rank, column, value });
    }
}

//! From a row to what it says of a product.

use super::cells::{Cells, Ranked};
use super::dates;
use super::fields::{Columns, WeightUnit};
use super::numbers;
use super::row::{Row, RowError, Shaped};
use crate::domain::category::CategoryPath;
use crate::domain::limits::{CATEGORY_DEPTH_MAX, IMAGES_MAX};
use crate::domain::said::Surcharge;
use crate::domain::slug::slug;
use contracts::catalog::{
    AttributeValue, DraftImage, OptionValue, ProductDraft, ProductStatus, Sale, VariantDraft,
};
use kernel::{Currency, DateTime, Money};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Shopify's count, which goes below zero where it sold what it did not have: then nothing is there.
const OVERSOLD_COLUMN: &str = "Variant Inventory Qty";

/// What rows mean where they say nothing.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    pub currency: Currency,
    pub stock: Option<i64>,
    pub status: ProductStatus,
}

/// A row, read: part of a product, and one of its variants if the row sells anything.
#[derive(Debug)]
pub struct RowDraft {
    pub number: u64,
    pub product: ProductDraft,
    /// Absent for rows that only add pictures or text to the product above them.
    pub variant: Option<VariantDraft>,
    /// Which column a field was read from, for errors found later.
    pub columns: Vec<(&'static str, Arc<str>)>,
    /// Of a combination.
    pub surcharge: Surcharge,
}

/// A row that says something wrong.
#[derive(Debug)]
pub struct Faulty {
    /// Of the product that the row belongs to.
    pub key: String,
    pub errors: Vec<RowError>,
}

/// Reads a row; all that is wrong with it at once.
pub fn assemble(row: Row, columns: &mut Columns, defaults: Defaults) -> Result<RowDraft, Faulty> {
    let mut cells = Cells::new(row.number, defaults);
    for (name, value) in row.cells {
        let field = columns.field(&name);
        cells.take(field, name, &value);
    }
    match cells.finish() {
        Ok(read) => Ok(as_the_file_calls_it(read, &row.shaped)),
        Err(mut faulty) => {
            for error in &mut faulty.errors {
                error.column = row.shaped.column(&Arc::from(error.column.as_str())).to_string();
            }
            Err(faulty)
        }
    }
}

fn as_the_file_calls_it(mut read: RowDraft, shaped: &Shaped) -> RowDraft {
    read.surcharge = shaped.surcharge;
    for (_, column) in &mut read.columns {
        *column = shaped.column(column);
    }
    read
}

impl Cells {
    fn finish(mut self) -> Result<RowDraft, Faulty> {
        let currency = self.currency();
        let price = self.money(Self::asked_price, currency);
        let compare_at = self
            .money(Self::price_before, currency)
            .filter(|before| before.amount > 0);
        let sale = self.sale(price);
        let stock = self.stock();
        let weight_g = self.weight();
        let options = self.options();
        let (key, code) = self.identity(&options);
        let sells = price.is_some() || self.sku.is_some() || !options.is_empty();
        let columns = self.columns();
        if sells && price.is_none() && self.errors.is_empty() {
            self.refuse(
                "",
                "price_missing",
                "There is no price. Name its column `price` and fill it in.",
            );
        }
        if !self.errors.is_empty() {
            return Err(Faulty {
                key,
                errors: self.errors,
            });
        }
        let variant = price.map(|price| VariantDraft {
            code,
            options,
            price,
            compare_at,
            sale: sale.into(),
            breaks: None,
            dimensions: self.dimensions,
            weight_g,
            gtin: take(&mut self.gtin),
            stock: stock.or(self.defaults.stock),
        });
        Ok(RowDraft {
            number: self.number,
            product: self.product(key),
            variant,
            columns,
            surcharge: Surcharge::default(),
        })
    }

    fn product(mut self, key: String) -> ProductDraft {
        if !self.materials.is_empty() {
            self.attributes.insert(
                "materials".to_owned(),
                AttributeValue::Many(std::mem::take(&mut self.materials)),
            );
        }
        let status = self.status.or(match self.published {
            Some(true) => Some(ProductStatus::Active),
            Some(false) => Some(ProductStatus::Draft),
            None => None,
        });
        let alt = self.image_alt.clone();
        let images = take(&mut self.images)
            .unwrap_or_default()
            .into_iter()
            .take(IMAGES_MAX)
            .map(|url| DraftImage::Address {
                url,
                alt: alt.clone(),
            })
            .collect();
        let category = take(&mut self.category).and_then(|names| {
            CategoryPath::of_names(names.iter().map(String::as_str).take(CATEGORY_DEPTH_MAX))
                .map(|path| path.as_str().to_owned())
        });
        ProductDraft {
            key,
            title: take(&mut self.title).unwrap_or_default(),
            description: take(&mut self.description).unwrap_or_default(),
            language: None,
            translations: Some(std::mem::take(&mut self.translations)).filter(|all| !all.is_empty()),
            brand: take(&mut self.brand).unwrap_or_default(),
            category,
            attributes: self.attributes,
            tags: self.tags,
            tax_category: self.tax_category,
            status,
            images,
            making: None,
            digital: None,
            variants: Vec::new(),
        }
    }

    /// The product's key and the variant's code: what the file gives, else the barcode, else one made of what
    /// names the product, which is the same whenever the file is read.
    fn identity(&mut self, options: &[OptionValue]) -> (String, String) {
        let sku = self.sku.as_ref().map(|s| s.value.clone());
        let key = self
            .key
            .as_ref()
            .map(|k| k.value.clone())
            .or_else(|| sku.clone())
            .or_else(|| self.gtin.as_ref().map(|g| g.value.clone()))
            .unwrap_or_else(|| self.derived_key());
        let code = sku.unwrap_or_else(|| {
            options.iter().fold(key.clone(), |code, option| {
                format!("{code}-{}", slug(&option.value))
            })
        });
        (key, code)
    }

    fn derived_key(&self) -> String {
        let mut hash = Sha256::new();
        let image = self.images.as_ref().and_then(|i| i.value.first());
        let parts = [
            self.title.as_ref().map(|t| &t.value),
            self.brand.as_ref().map(|b| &b.value),
            image,
        ];
        for part in parts {
            hash.update(part.map_or("", |p| p.trim()));
            hash.update([0]);
        }
        format!("auto-{}", kernel::hex(&hash.finalize()[..10]))
    }

    fn currency(&mut self) -> Currency {
        let Some(stated) = &self.currency else {
            return self.defaults.currency;
        };
        match stated.value.to_ascii_uppercase().parse() {
            Ok(currency) => currency,
            Err(error) => {
                let column = Arc::clone(&stated.column);
                self.refuse(&column, "currency_unknown", format!("{error}"));
                self.defaults.currency
            }
        }
    }

    /// The price; that of a sale which is on for ever takes its place.
    fn asked_price(&self) -> Option<&Ranked<String>> {
        self.lasting_sale().or(self.price.as_ref())
    }

    /// The price to compare with; the regular one beside that of a sale which is on for ever.
    fn price_before(&self) -> Option<&Ranked<String>> {
        self.compare_at
            .as_ref()
            .or(self.lasting_sale().and(self.price.as_ref()))
    }

    fn lasting_sale(&self) -> Option<&Ranked<String>> {
        let is_dated = self.sale_from.is_some() || self.sale_until.is_some();
        self.sale_price.as_ref().filter(|_| !is_dated)
    }

    /// A sale with a period. A file says all that its variants ask: what it does not say is no more. An offer at the
    /// regular price is none.
    fn sale(&mut self, regular: Option<Money>) -> Option<Sale> {
        if self.lasting_sale().is_some() {
            return None;
        }
        let regular = regular?;
        let price = self.money(|cells| cells.sale_price.as_ref(), regular.currency)?;
        let from = self.moment(|cells| cells.sale_from.as_ref(), dates::beginning);
        let until = self.moment(|cells| cells.sale_until.as_ref(), dates::end);
        Some(Sale { price, from, until }).filter(|sale| sale.price != regular)
    }

    fn moment(
        &mut self,
        pick: fn(&Self) -> Option<&Ranked<String>>,
        read: fn(&str) -> Result<DateTime, String>,
    ) -> Option<DateTime> {
        let cell = pick(self)?;
        match read(&cell.value) {
            Ok(at) => Some(at),
            Err(message) => {
                let column = Arc::clone(&cell.column);
                self.refuse(&column, "date_invalid", message);
                None
            }
        }
    }

    fn money(&mut self, pick: fn(&Self) -> Option<&Ranked<String>>, currency: Currency) -> Option<Money> {
        let cell = pick(self)?;
        match numbers::price(&cell.value, currency) {
            Ok(money) => Some(money),
            Err(message) => {
                let column = Arc::clone(&cell.column);
                self.refuse(&column, "price_invalid", message);
                None
            }
        }
    }

    fn stock(&mut self) -> Option<i64> {
        let cell = self.stock.as_ref()?;
        let units = numbers::units(&cell.value)
            .map(|units| match *cell.column == *OVERSOLD_COLUMN {
                true => units.max(0),
                false => units,
            })
            .filter(|units| *units >= 0);
        if units.is_none() {
            let column = Arc::clone(&cell.column);
            self.refuse(
                &column,
                "stock_invalid",
                "Stock must be a whole number of units, 0 or more.",
            );
        }
        units
    }

    fn weight(&mut self) -> u32 {
        let Some((cell, unit)) = &self.weight else {
            return 0;
        };
        let unit = match (*unit, self.weight_unit) {
            (WeightUnit::Stated, Some(stated)) => stated,
            (unit, _) => unit,
        };
        if let Some(grams) = numbers::grams(&cell.value, unit) {
            return grams;
        }
        let column = Arc::clone(&cell.column);
        self.refuse(
            &column,
            "weight_invalid",
            "Write the weight as a number, such as 350 or `0.35 kg`.",
        );
        0
    }

    fn options(&mut self) -> Vec<OptionValue> {
        std::mem::take(&mut self.options)
            .into_values()
            .filter(|(name, value)| {
                // What exports write for products without options.
                !(value.is_empty() || name == "Title" && value == "Default Title")
            })
            .map(|(name, value)| OptionValue { name, value })
            .collect()
    }

    fn columns(&self) -> Vec<(&'static str, Arc<str>)> {
        let texts = [
            ("key", &self.key),
            ("code", &self.sku),
            ("title", &self.title),
            ("description", &self.description),
            ("brand", &self.brand),
            ("price", &self.price),
            ("compare_at", &self.compare_at),
            ("sale", &self.sale_price),
            ("stock", &self.stock),
            ("gtin", &self.gtin),
        ];
        let mut columns: Vec<_> = texts
            .into_iter()
            .filter_map(|(field, cell)| cell.as_ref().map(|c| (field, Arc::clone(&c.column))))
            .collect();
        columns.extend(
            self.category
                .as_ref()
                .map(|c| ("category", Arc::clone(&c.column))),
        );
        columns.extend(self.images.as_ref().map(|c| ("images", Arc::clone(&c.column))));
        columns.extend(
            self.weight
                .as_ref()
                .map(|(c, _)| ("weight_g", Arc::clone(&c.column))),
        );
        let attributes = self.attribute_columns.iter().map(Arc::clone);
        columns.extend(attributes.map(|column| ("attributes", column)));
        columns
    }
}

fn take<T>(slot: &mut Option<Ranked<T>>) -> Option<T> {
    slot.take().map(|ranked| ranked.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::row::parse_object;
    use contracts::catalog::Attributes;

    const DEFAULTS: Defaults = Defaults {
        currency: Currency::EUR,
        stock: Some(5),
        status: ProductStatus::Active,
    };

    fn read(json: &str) -> Result<RowDraft, Faulty> {
        let row = parse_object(1, json.as_bytes()).expect("an object");
        assemble(row, &mut Columns::default(), DEFAULTS)
    }

    fn codes(json: &str) -> Vec<(String, String)> {
        let errors = read(json).expect_err("refused");
        errors.errors.into_iter().map(|e| (e.column, e.code)).collect()
    }

    #[test]
    fn a_feed_of_typed_attributes_is_read() {
        let row = read(
            r#"{"id": "39", "name": "006R", "title": "Toner", "ean": ["0095205603217"], "short_description": "Black",
                "img_high": "http://x.example/h.jpg", "img_low": "http://x.example/l.jpg", "supplier": "Xerox", "price": 4995,
                "attr_t_type": "Original", "attr_n_pages": 6.0, "attr_b_recycled": false}"#,
        )
        .expect("good");
        let product = &row.product;
        assert_eq!(
            (
                product.key.as_str(),
                product.title.as_str(),
                product.brand.as_str()
            ),
            ("39", "Toner", "Xerox")
        );
        assert_eq!(product.images.len(), 1);
        let expected = Attributes::from([
            ("name".to_owned(), AttributeValue::Text("006R".to_owned())),
            ("pages".to_owned(), AttributeValue::Number(6.0)),
            ("recycled".to_owned(), AttributeValue::Bool(false)),
            ("type".to_owned(), AttributeValue::Text("Original".to_owned())),
        ]);
        assert_eq!(product.attributes, expected);
        let variant = row.variant.expect("sells");
        assert_eq!(
            (variant.price.amount, variant.stock, variant.code.as_str()),
            (499_500, Some(5), "39")
        );
        assert_eq!(variant.gtin.as_deref(), Some("0095205603217"));
    }

    #[test]
    fn a_feed_without_ids_gets_keys_that_stay() {
        let json = r#"{"name": "Case", "brand": "Acme", "categories": ["Cell Phones", "Cases"], "price": 49.99, "image": "https://x.example/1.jpg"}"#;
        let (first, again) = (read(json).expect("good"), read(json).expect("good"));
        assert!(first.product.key.starts_with("auto-"));
        assert_eq!(first.product.key, again.product.key);
        assert_eq!(first.product.category.as_deref(), Some("cell-phones/cases"));
        let other = read(&json.replace("1.jpg", "2.jpg")).expect("good");
        assert_ne!(first.product.key, other.product.key);
    }

    #[test]
    fn a_sale_shows_the_price_before() {
        let row = read(r#"{"sku": "a", "title": "A", "regular_price": "20", "sale_price": "15,50"}"#)
            .expect("good");
        let variant = row.variant.expect("sells");
        assert_eq!(
            (variant.price.amount, variant.compare_at.map(|m| m.amount)),
            (1550, Some(2000))
        );
    }

    #[test]
    fn a_sale_with_a_period_is_asked_while_it_is_on() {
        let row = read(
            r#"{"sku": "a", "title": "A", "regular_price": "20", "sale_price": "15.50", "sale_from": "2026-11-27",
                "Date sale price ends": "2026-11-30"}"#,
        )
        .expect("good");
        let variant = row.variant.expect("sells");
        assert_eq!((variant.price.amount, variant.compare_at), (2000, None));
        let sale = variant.sale.said().expect("a sale");
        let time = |text: &str| Some(text.parse::<DateTime>().expect("a time"));
        assert_eq!(
            (sale.price.amount, sale.from, sale.until),
            (1550, time("2026-11-27T00:00:00Z"), time("2026-12-01T00:00:00Z"))
        );
        let bad = codes(
            r#"{"sku": "a", "title": "A", "price": "20", "sale_price": "x", "sale_from": "soon", "sale_until": "03/04/26"}"#,
        );
        assert_eq!(bad, [("sale_price".to_owned(), "price_invalid".to_owned())]);
        let bad = codes(
            r#"{"sku": "a", "title": "A", "price": "20", "sale_price": "9", "sale_from": "soon", "sale_until": "03/04/26"}"#,
        );
        let expected = [("sale_from", "date_invalid"), ("sale_until", "date_invalid")];
        assert_eq!(bad, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    }

    #[test]
    fn every_bad_cell_of_a_row_is_named() {
        let errors = codes(
            r#"{"Title": "A", "Precio": "gratis", "Stock": "-1", "peso": "x", "estado": "?", "moneda": "EURO"}"#,
        );
        let expected = [
            ("estado", "status_invalid"),
            ("moneda", "currency_unknown"),
            ("Precio", "price_invalid"),
            ("Stock", "stock_invalid"),
            ("peso", "weight_invalid"),
        ];
        assert_eq!(errors, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        assert_eq!(
            codes(r#"{"sku": "a", "title": "A"}"#),
            [(String::new(), "price_missing".to_owned())]
        );
    }

    #[test]
    fn long_attribute_names_that_are_alike_are_both_kept() {
        let name = "x".repeat(70);
        let row = read(&format!(
            r#"{{"sku":"a","price":1,"{name}1":"one","{name}2":"two"}}"#
        ))
        .expect("good");
        assert_eq!(row.product.attributes.len(), 2);
    }
}

//! Exports of nine shop systems through the public endpoint, as they are. The files are not part of the repository:
//! where they are absent, nothing is tested.

use crate::scene::Scene;
use axum::http::Method;
use serde_json::Value;
use std::collections::HashSet;
use std::path::PathBuf;

/// What a file holds, counted here without the code that reads it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Holds {
    products: usize,
    /// Rows that can be sold: they have a price and are no set of other products.
    variants: usize,
    /// Different addresses of pictures.
    images: usize,
}

fn folder() -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/import_formats");
    if !path.exists() {
        println!("skipped: {} is absent", path.display());
        return None;
    }
    Some(path)
}

struct Sheet {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Sheet {
    fn read(text: &str, delimiter: u8) -> Self {
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let header = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows = reader
            .records()
            .map(|row| row.unwrap().iter().map(|cell| cell.trim().to_owned()).collect())
            .collect();
        Self { header, rows }
    }

    fn cell<'s>(&'s self, row: &'s [String], name: &str) -> &'s str {
        let at = self.header.iter().position(|h| h.eq_ignore_ascii_case(name));
        at.and_then(|at| row.get(at)).map_or("", String::as_str)
    }

    fn count(&self, is: impl Fn(&[String]) -> bool) -> usize {
        self.rows.iter().filter(|row| is(row)).count()
    }

    fn different(&self, name: &str) -> usize {
        let values: HashSet<&str> = self.rows.iter().map(|row| self.cell(row, name)).collect();
        values.iter().filter(|value| !value.is_empty()).count()
    }

    /// Different addresses in the columns of pictures.
    fn images(&self) -> usize {
        let is_picture = |name: &str| {
            let name = name.to_lowercase();
            [
                "image src",
                "variant image",
                "images",
                "image urls",
                "immagine",
                "_src",
            ]
            .iter()
            .any(|part| name.contains(part))
        };
        let columns: Vec<usize> = (0..self.header.len())
            .filter(|i| is_picture(&self.header[*i]))
            .collect();
        // Sets of other products are refused, with their pictures.
        let is_set = |row: &Vec<String>| ["grouped", "bundle"].contains(&self.cell(row, "type"));
        let cells = self
            .rows
            .iter()
            .filter(|row| !is_set(row))
            .flat_map(|row| columns.iter().filter_map(|i| row.get(*i)));
        let addresses: HashSet<&str> = cells
            .flat_map(|cell| cell.split([',', ' ']))
            .filter(|address| address.starts_with("http"))
            .collect();
        addresses.len()
    }

    fn holds(&self, platform: &str) -> Holds {
        let has = |row: &[String], name: &str| !self.cell(row, name).is_empty();
        let kind = |row: &[String]| self.cell(row, "type").split(',').next().unwrap_or("").to_owned();
        let (products, variants) = match platform {
            "shopify" => (
                self.different("Handle"),
                self.count(|row| has(row, "Variant Price")),
            ),
            "etsy" => (self.rows.len(), self.rows.len()),
            "magento" => (self.different("sku"), self.count(|row| has(row, "price"))),
            "medusa" => (self.different("Product Handle"), self.rows.len()),
            "vendure" => (
                self.count(|row| has(row, "name")),
                self.count(|row| has(row, "price")),
            ),
            "spree" => (
                self.different("slug"),
                self.count(|row| has(row, "option1_value")),
            ),
            "prestashop" => (self.rows.len(), self.rows.len()),
            "woocommerce" => (
                self.count(|row| matches!(kind(row).as_str(), "simple" | "external" | "variable")),
                self.count(|row| matches!(kind(row).as_str(), "simple" | "external" | "variation")),
            ),
            "bagisto" => (
                self.count(|row| {
                    let stands_alone = !has(row, "parent_sku") && has(row, "price");
                    stands_alone || kind(row) == "configurable"
                }),
                self.count(|row| has(row, "price")),
            ),
            other => panic!("{other} is new: what do its files hold?"),
        };
        Holds {
            products,
            variants,
            images: self.images(),
        }
    }
}

async fn send(scene: &Scene, bytes: Vec<u8>, status: u16) -> Value {
    let seller = scene.seller().await;
    seller
        .send(Method::POST, "/v1/seller/imports?default_stock=1", bytes)
        .await
        .expect(status)
        .json()
}

async fn landed(scene: &Scene) -> Holds {
    let number = async |sql| usize::try_from(scene.number(sql).await).unwrap();
    Holds {
        products: number("select count(*) from catalog.product where title <> ''").await,
        variants: number("select count(*) from catalog.variant where removed_at is null").await,
        images: number(
            "select count(distinct a ->> 'url') from catalog.product, jsonb_array_elements(image_addresses) a",
        )
        .await,
    }
}

async fn check(platform: &str, name: &str, holds: Holds, bytes: Vec<u8>, currency: &str) {
    let scene = Scene::new().await;
    let report = send(&scene, bytes.clone(), 201).await;
    let is = landed(&scene).await;
    println!(
        "{platform}/{name}: holds {holds:?}, landed {is:?}, {} failed rows",
        report["rows_failed"]
    );
    for (what, of, have) in [
        ("products", holds.products, is.products),
        ("variants", holds.variants, is.variants),
        ("images", holds.images, is.images),
    ] {
        assert!(
            have * 100 >= of * 99 && have <= of,
            "{platform}/{name}: {have} of {of} {what}; {}",
            report["errors"]
        );
    }
    for error in report["errors"].as_array().unwrap() {
        assert!(error["row"].as_u64().unwrap() > 1, "{error}");
        assert!(!error["message"].as_str().unwrap().is_empty(), "{error}");
    }
    let mut owner = scene.db.owner().await;
    let currencies: Vec<String> = sqlx::query_scalar("select distinct currency from catalog.variant")
        .fetch_all(&mut owner)
        .await
        .unwrap();
    assert_eq!(currencies, [currency], "{platform}/{name}");
    let several =
        "select count(*) from (select product_id from catalog.variant group by 1 having count(*) > 1) v";
    let expects_several = holds.variants > holds.products;
    assert_eq!(
        scene.number(several).await > 0,
        expects_several,
        "{platform}/{name}"
    );

    let versions = "select count(*) from catalog.product_version";
    let before = scene.number(versions).await;
    let again = send(&scene, bytes, 201).await;
    assert_eq!(
        [&again["created"], &again["updated"], &again["unchanged"]],
        [&Value::from(0), &Value::from(0), &report["created"]],
        "{platform}/{name}"
    );
    assert_eq!(scene.number(versions).await, before, "{platform}/{name}");
}

#[tokio::test]
async fn every_export_lands_as_it_is() {
    let Some(folder) = folder() else { return };
    let mut seen = 0;
    for platform in [
        "shopify",
        "etsy",
        "woocommerce",
        "magento",
        "prestashop",
        "medusa",
        "vendure",
        "spree",
        "bagisto",
    ] {
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder.join(platform))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        for path in files {
            seen += 1;
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let bytes = std::fs::read(&path).unwrap();
            // Lists of what belongs to products are no products, and say so.
            let refused = match name.as_str() {
                "categories_import.csv" => Some("file_of_categories"),
                "combinations_import.csv" => Some("file_of_combinations"),
                _ => None,
            };
            if let Some(code) = refused {
                let scene = Scene::new().await;
                assert_eq!(send(&scene, bytes, 422).await["code"], code);
                continue;
            }
            // The workbook holds what the CSV beside it holds.
            let text = std::fs::read_to_string(path.with_extension("csv")).unwrap();
            let semicolons = platform == "prestashop" || name.contains("semicolon");
            let sheet = Sheet::read(&text, if semicolons { b';' } else { b',' });
            let is_in_dollars = platform == "spree" || name == "prices-with-region.csv";
            let currency = if is_in_dollars { "USD" } else { "EUR" };
            check(platform, &name, sheet.holds(platform), bytes, currency).await;
        }
    }
    assert!(seen >= 20, "{seen}");
}

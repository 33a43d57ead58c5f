//! Exports of nine shop systems through the public endpoint, as they are. The files are not part of the repository:
//! where they are absent, nothing is tested.

mod holds;

use crate::scene::{Scene, bowl};
use crate::undo::dump;
use crate::undo_categories::tree;
use axum::http::Method;
use catalog::Settings;
use holds::{Sheet, Sold, minor, plain};
use serde_json::{Value, json};
use sqlx::types::Json;
use std::path::PathBuf;

const PLATFORMS: [&str; 9] = [
    "shopify",
    "etsy",
    "woocommerce",
    "magento",
    "prestashop",
    "medusa",
    "vendure",
    "spree",
    "bagisto",
];

fn folder() -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/import_formats");
    if !path.exists() {
        println!("skipped: {} is absent", path.display());
        return None;
    }
    Some(path)
}

/// One file of a shop system.
struct Export {
    platform: &'static str,
    name: String,
    bytes: Vec<u8>,
    /// What a CSV holds; a workbook holds what the CSV beside it holds.
    sheet: Sheet,
    currency: &'static str,
}

impl Export {
    fn all(folder: &std::path::Path) -> Vec<Self> {
        let mut found = Vec::new();
        for platform in PLATFORMS {
            let mut paths: Vec<PathBuf> = std::fs::read_dir(folder.join(platform))
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .collect();
            paths.sort();
            found.extend(paths.into_iter().map(|path| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let mut text = std::fs::read_to_string(path.with_extension("csv")).unwrap();
                if name == "custom-fields.csv" {
                    // Columns are lined up with spaces, around quotes as well.
                    text = text.replace(", \"", ",\"").replace("\" ,", "\",");
                }
                let semicolons = platform == "prestashop" || name.contains("semicolon");
                let is_in_dollars = platform == "spree" || name == "prices-with-region.csv";
                Self {
                    platform,
                    bytes: std::fs::read(&path).unwrap(),
                    sheet: Sheet::read(&text, if semicolons { b';' } else { b',' }),
                    currency: if is_in_dollars { "USD" } else { "EUR" },
                    name,
                }
            }));
        }
        found
    }

    /// Lists of categories and of combinations are no products by themselves: what becomes of them is told below.
    fn holds_products(&self) -> bool {
        !["categories_import.csv", "combinations_import.csv"].contains(&self.name.as_str())
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

async fn undo(scene: &Scene, report: &Value) {
    let path = format!("/v1/seller/imports/{}/undo", report["id"].as_str().unwrap());
    let undone = scene
        .seller()
        .await
        .post(&path, &json!({}))
        .await
        .expect(200)
        .json();
    assert_eq!(undone["skipped"], 0, "{undone}");
}

async fn landed(scene: &Scene) -> Vec<Sold> {
    type Columns = (String, i64, String, Json<Vec<Value>>, Json<Vec<Value>>);
    let mut owner = scene.db.owner().await;
    let rows: Vec<Columns> = sqlx::query_as(
        "select p.title, v.price_minor, v.currency, v.options, p.image_addresses
           from catalog.variant v join catalog.product p on (p.tenant_id, p.id) = (v.tenant_id, v.product_id)
          where v.removed_at is null and p.deleted_at is null",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    let texts = |values: Vec<Value>, member: &str| {
        let text = |value: &Value| value[member].as_str().unwrap().to_owned();
        values.iter().map(text).collect::<Vec<_>>()
    };
    rows.into_iter()
        .map(|(title, price_minor, currency, options, images)| Sold {
            title: plain(&title),
            price_minor,
            currency,
            options: texts(options.0, "value"),
            images: texts(images.0, "url").into_iter().collect(),
        })
        .collect()
}

/// At least 99 % of what the file sells is there with title, price, currency, options and pictures, and nothing else is.
fn same(what: &str, holds: &[Sold], landed: &[Sold]) {
    let mut left = landed.to_vec();
    let lost: Vec<&Sold> = holds
        .iter()
        .filter(|sold| match left.iter().position(|one| one == *sold) {
            Some(at) => {
                left.swap_remove(at);
                false
            }
            None => true,
        })
        .collect();
    println!("{what}: {} of {} landed", holds.len() - lost.len(), holds.len());
    assert!(!holds.is_empty(), "{what}");
    assert!(
        lost.len() * 100 <= holds.len(),
        "{what}: lost {lost:#?}, beside {left:#?}"
    );
    assert!(landed.len() <= holds.len(), "{what}: beside it {left:#?}");
}

#[tokio::test]
async fn every_export_lands_as_it_is_twice_and_is_undone() {
    let Some(folder) = folder() else { return };
    let exports = Export::all(&folder);
    assert!(exports.len() >= 20, "{}", exports.len());
    for export in exports.iter().filter(|export| export.holds_products()) {
        let what = format!("{}/{}", export.platform, export.name);
        let scene = Scene::new().await;
        let empty = dump(&scene).await;
        let report = send(&scene, export.bytes.clone(), 201).await;
        let holds = export.sheet.holds(export.platform, export.currency);
        same(&what, &holds, &landed(&scene).await);
        for error in report["errors"].as_array().unwrap() {
            let row = usize::try_from(error["row"].as_u64().unwrap()).unwrap();
            let column = error["column"].as_str().unwrap();
            let cells = &export.sheet.rows[row - 2];
            assert!(!export.sheet.cell(cells, column).is_empty(), "{what}: {error}");
            assert!(!error["message"].as_str().unwrap().is_empty(), "{what}: {error}");
        }

        let as_it_is = dump(&scene).await;
        let versions = "select count(*) from catalog.product_version";
        let before = scene.number(versions).await;
        let again = send(&scene, export.bytes.clone(), 201).await;
        assert_eq!(
            [&again["created"], &again["updated"], &again["unchanged"]],
            [&Value::from(0), &Value::from(0), &report["created"]],
            "{what}"
        );
        assert_eq!(scene.number(versions).await, before, "{what}");
        assert!(dump(&scene).await == as_it_is, "{what}");

        // A file that changes what is there, and leaves out its last row.
        let changed = send(&scene, dearer(export), 201).await;
        assert!(changed["updated"].as_i64().unwrap() > 0, "{what}: {changed}");
        assert!(dump(&scene).await != as_it_is, "{what}");
        undo(&scene, &changed).await;
        assert!(dump(&scene).await == as_it_is, "{what}: it is not what it was");
        undo(&scene, &report).await;
        assert!(dump(&scene).await == empty, "{what}: something is left");
    }
}

/// The file with each price a unit higher.
fn dearer(export: &Export) -> Vec<u8> {
    let mut sheet = export.sheet.clone();
    let column = sheet.column(sheet.price_column(export.platform)).unwrap();
    for row in &mut sheet.rows {
        let Some(price) = row.get_mut(column).filter(|price| !price.is_empty()) else {
            continue;
        };
        let dearer = minor(price) + 100;
        *price = format!("{}.{:02}", dearer / 100, dearer % 100);
    }
    sheet.write()
}

#[tokio::test]
async fn a_wrong_price_in_any_export_is_told_by_row_and_column() {
    let Some(folder) = folder() else { return };
    for export in Export::all(&folder) {
        // Of a workbook the CSV beside it tells as much.
        if export.name == "categories_import.csv" || export.name.ends_with(".xlsx") {
            continue;
        }
        let what = format!("{}/{}", export.platform, export.name);
        let scene = Scene::new().await;
        let mut sheet = export.sheet.clone();
        let name = sheet.price_column(export.platform);
        let column = sheet.column(name).unwrap();
        let is_free = |row: &Vec<String>| sheet.cell(row, "special_price").is_empty();
        let priced = |row: &Vec<String>| row.get(column).is_some_and(|cell| !cell.is_empty());
        let is_simple = |row: &Vec<String>| !["bundle", "grouped"].contains(&sheet.cell(row, "type"));
        let at = sheet
            .rows
            .iter()
            .position(|row| priced(row) && is_free(row) && is_simple(row))
            .unwrap();
        sheet.rows[at][column] = "gratis".to_owned();
        let report = send(&scene, sheet.write(), 201).await;
        let errors = report["errors"].as_array().unwrap();
        let wrong = errors.iter().find(|error| error["row"] == at + 2);
        let wrong = wrong.unwrap_or_else(|| panic!("{what}: {report}"));
        assert_eq!(
            (&wrong["column"], &wrong["code"]),
            (&json!(sheet.header[column]), &json!("price_invalid")),
            "{what}"
        );
    }
}

/// What PrestaShop's products ask by themselves, and their combinations beyond it.
#[tokio::test]
async fn combinations_stand_beside_their_products() {
    let Some(folder) = folder() else { return };
    let file = |name: &str| std::fs::read(folder.join("prestashop").join(name)).unwrap();
    let (products, combinations) = (file("products_import.csv"), file("combinations_import.csv"));
    let scene = Scene::new().await;
    let early = send(&scene, combinations.clone(), 201).await;
    assert_eq!(
        (
            &early["errors"][0]["code"],
            &early["errors"][0]["row"],
            &early["errors"][0]["column"]
        ),
        (&json!("product_unknown"), &json!(2), &json!("Product ID*"))
    );
    scene.upsert(vec![bowl("b1")]).await.unwrap();
    send(&scene, products.clone(), 201).await;
    let before = dump(&scene).await;
    let report = send(&scene, combinations.clone(), 201).await;
    assert_eq!(
        (&report["updated"], &report["rows_failed"]),
        (&json!(1), &json!(0)),
        "{report}"
    );
    let ipods: Vec<(i64, Vec<String>, usize)> = {
        let mut found = landed(&scene).await;
        found.sort();
        let of = |sold: &Sold| (sold.price_minor, sold.options.clone(), sold.images.len());
        found
            .iter()
            .filter(|sold| sold.title == "iPod Nano")
            .map(of)
            .collect()
    };
    let options = |a: &str, b: &str| vec![a.to_owned(), b.to_owned()];
    assert_eq!(
        ipods,
        [
            (4_900, options("pINK", "8GO"), 2),
            (9_000, options("Blue", "16GO"), 2),
        ]
    );
    let with_combinations = dump(&scene).await;
    // Either file again changes nothing, in either order.
    for file in [&combinations, &products, &combinations] {
        let again = send(&scene, file.clone(), 201).await;
        assert_eq!(
            (&again["created"], &again["updated"]),
            (&json!(0), &json!(0)),
            "{again}"
        );
        assert!(dump(&scene).await == with_combinations);
    }
    undo(&scene, &report).await;
    assert!(dump(&scene).await == before);
}

/// Paths and names.
async fn categories(scene: &Scene) -> Vec<String> {
    let mut owner = scene.db.owner().await;
    sqlx::query_scalar("select path::text || ' ' || name from catalog.category order by path")
        .fetch_all(&mut owner)
        .await
        .unwrap()
}

fn counts(report: &Value) -> [&Value; 5] {
    ["created", "updated", "unchanged", "rows_failed", "rows_done"].map(|member| &report[member])
}

fn whole(numbers: [i64; 5]) -> [Value; 5] {
    numbers.map(Value::from)
}

#[tokio::test]
async fn a_list_of_categories_lands_as_it_is_twice_and_is_undone() {
    let Some(folder) = folder() else { return };
    let file = |name: &str| std::fs::read(folder.join("prestashop").join(name)).unwrap();
    let list = file("categories_import.csv");
    let scene = Scene::new().await;
    let report = send(&scene, list.clone(), 201).await;
    assert_eq!(counts(&report), whole([3, 0, 0, 0, 4]).each_ref(), "{report}");
    let expected = ["accessories Accessories", "ipods iPods", "laptops Laptops"];
    assert_eq!(categories(&scene).await, expected);
    let as_it_is = tree(&scene).await;
    let again = send(&scene, list.clone(), 201).await;
    assert_eq!(counts(&again), whole([0, 0, 3, 0, 4]).each_ref(), "{again}");
    assert!(tree(&scene).await == as_it_is);
    undo(&scene, &again).await;
    assert!(
        tree(&scene).await == as_it_is,
        "what was there is not the second upload's"
    );
    undo(&scene, &report).await;
    assert!(tree(&scene).await.is_empty());

    // The products' own file finds them.
    let report = send(&scene, list, 201).await;
    assert_eq!(counts(&report), whole([3, 0, 0, 0, 4]).each_ref(), "{report}");
    let products = send(&scene, file("products_import.csv"), 201).await;
    assert_eq!(categories(&scene).await, expected);
    undo(&scene, &report).await;
    assert_eq!(categories(&scene).await, ["ipods iPods"]);
    undo(&scene, &products).await;
    assert_eq!(categories(&scene).await, ["ipods iPods"]);
}

const LIST: &str = "Category ID;Active (0/1);Name *;Parent category;Root category (0/1);URL rewritten\n\
                    9;1;Nano cases;iPods;0;nano-cases\n\
                    3;1;iPods;Home;0;music-ipods\n\
                    4;0;Hidden;Home;0;hidden\n\
                    5;1;Chargers;Nowhere;0;chargers\n\
                    6;1;Bowls of oak;wood;0;oak\n";

#[tokio::test]
async fn what_is_wrong_in_a_list_of_categories_is_told_by_row_and_column() {
    let scene = Scene::new().await;
    scene.upsert(vec![bowl("b1")]).await.unwrap();
    let as_it_was = tree(&scene).await;
    let report = send(&scene, LIST.into(), 201).await;
    assert_eq!(counts(&report), whole([3, 0, 0, 2, 6]).each_ref(), "{report}");
    let errors = report["errors"].as_array().unwrap();
    let told: Vec<_> = errors
        .iter()
        .map(|error| ["row", "column", "code"].map(|member| error[member].clone()))
        .collect();
    assert_eq!(
        told,
        [
            [json!(4), json!("Active (0/1)"), json!("category_hidden")],
            [json!(5), json!("Parent category"), json!("parent_unknown")],
        ]
    );
    assert_eq!(
        categories(&scene).await,
        [
            "ipods iPods",
            "ipods.nano_cases Nano cases",
            "wood Wood",
            "wood.bowls Bowls",
            "wood.bowls_of_oak Bowls of oak",
        ]
    );
    let again = send(&scene, LIST.into(), 201).await;
    assert_eq!(counts(&again), whole([0, 0, 3, 2, 6]).each_ref(), "{again}");
    undo(&scene, &report).await;
    assert!(tree(&scene).await == as_it_was);
}

#[tokio::test]
async fn a_list_makes_no_categories_where_the_marketplace_makes_its_own() {
    let scene = Scene::with(Settings {
        creates_categories: false,
        ..Settings::default()
    })
    .await;
    let report = send(&scene, LIST.into(), 201).await;
    assert_eq!(counts(&report), whole([0, 0, 0, 5, 6]).each_ref(), "{report}");
    let errors = report["errors"].as_array().unwrap();
    let is_refused = |error: &&Value| error["code"] == "category_unknown" && error["column"] == "Name *";
    assert_eq!(errors.iter().filter(is_refused).count(), 2, "{report}");
    assert!(tree(&scene).await.is_empty());
}

/// As PrestaShop 1.6 to 8 write them: options in two columns, and what a combination costs less.
#[tokio::test]
async fn combinations_of_later_versions_are_read() {
    let scene = Scene::new().await;
    let products = "Product ID;Active (0/1);Name*;Price tax incl.;Reference #;Weight;Quantity\n\
                    7;1;Shirt;20.00;SHIRT;0.3;9\n";
    send(&scene, products.into(), 201).await;
    let head = "Product ID*;Attribute (Name:Type:Position)*;Value (Value:Position)*;Supplier reference;Reference;EAN13;UPC;Cost price;Impact on price;Ecotax;Quantity;Minimal quantity;Impact on weight;Default (0 = No, 1 = Yes);Image position";
    let file = format!(
        "{head}\n\
         7;Size:select:0, Color:color:1;S:0, White:0;;SHIRT;4012345678901;;8;;0;4;1;;1;1\n\
         7;Size:select:0, Color:color:1;L:1, White:0;;SHIRT-L;;;8;-2.50;0;5;1;0.1;0;1\n\
         7;Size:select:0, Color:color:1;XL:2, White:0;;SHIRT-XL;;;8;-20.01;0;5;1;;0;1\n"
    );
    let report = send(&scene, file.clone().into(), 201).await;
    assert_eq!(
        ["code", "column", "row"].map(|member| &report["errors"][0][member]),
        [&json!("price_out_of_range"), &json!("Impact on price"), &json!(4)],
        "{report}"
    );
    let file = file.replace("-20.01", "1");
    let report = send(&scene, file.into(), 201).await;
    assert_eq!(
        (&report["updated"], &report["rows_failed"]),
        (&json!(1), &json!(0)),
        "{report}"
    );
    let mut owner = scene.db.owner().await;
    type Sold = (String, i64, i64, Option<String>, Option<i64>);
    let sold: Vec<Sold> = sqlx::query_as(
        "select code, price_minor, weight_g, gtin, stock_given from catalog.variant where removed_at is null order by position",
    )
    .fetch_all(&mut owner)
    .await
    .unwrap();
    let expected = [
        ("SHIRT-s-white", 2_000, 300, Some("4012345678901"), 4),
        ("SHIRT-L", 1_750, 400, None, 5),
        ("SHIRT-XL", 2_100, 300, None, 5),
    ];
    let expected = expected.map(|(code, price, grams, gtin, stock)| {
        (
            code.to_owned(),
            price,
            grams,
            gtin.map(str::to_owned),
            Some(stock),
        )
    });
    assert_eq!(sold, expected);

    // A product that asks something else by itself says so anew, and its combinations after it.
    send(&scene, products.replace("20.00", "30.00").into(), 201).await;
    let sold: Vec<i64> = landed(&scene).await.iter().map(|sold| sold.price_minor).collect();
    assert_eq!(sold, [3_000]);
}

#[tokio::test]
async fn every_further_column_of_magento_becomes_an_attribute() {
    let scene = Scene::new().await;
    let file = "sku,name,price,qty,description,new,sale,erin_recommends,performance_fabric,eco_collection,features_bags,attribute_set,additional_attributes\n\
                b1,Bag,34,1,\"Two lines\nof words\",1,1,1,0,1,\"Waterproof\nLockable\",Bag,\"fit=slim, long,strap=Wide|Long\"\n";
    send(&scene, file.into(), 201).await;
    let mut owner = scene.db.owner().await;
    let (attributes, description): (Json<Value>, String) =
        sqlx::query_as("select attributes, description from catalog.product")
            .fetch_one(&mut owner)
            .await
            .unwrap();
    assert_eq!(description, "Two lines\nof words");
    assert_eq!(
        attributes.0,
        json!({
            "new": 1.0, "sale": 1.0, "erin_recommends": 1.0, "performance_fabric": 0.0, "eco_collection": 1.0,
            "features_bags": ["Waterproof", "Lockable"], "fit": "slim, long", "strap": ["Wide", "Long"],
        })
    );
}

//! Files of the real world, as they are. They are not part of the repository: where they are absent, nothing is tested.

use crate::scene::Scene;
use catalog::{ImportOptions, import_file};
use contracts::catalog::{AttributeValue, Catalog};
use std::path::PathBuf;

fn file(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(name);
    if !path.exists() {
        println!("skipped: {} is absent", path.display());
        return None;
    }
    Some(path)
}

fn options() -> ImportOptions {
    ImportOptions {
        default_stock: Some(5),
        ..ImportOptions::new("feed")
    }
}

#[tokio::test]
async fn an_electronics_feed_with_thousands_of_attributes_lands() {
    let Some(path) = file("icecat/products.jsonl.gz") else {
        return;
    };
    let scene = Scene::new().await;
    let report = import_file(&scene.products, &scene.ctx, scene.shop, &path, options())
        .await
        .expect("read");
    let import = &report.import;
    println!("{import:?} {:?}", report.errors.first());
    assert_eq!(import.rows_done, 19_406);
    assert!(import.created * 100 >= 19_406 * 99, "{}", import.created);
    assert_eq!(import.created + import.rows_failed, 19_406);
    assert_eq!(scene.neighbours.counts_passed_on() as i64, import.created);
    let keys = scene
        .number("select count(distinct k) from catalog.product, jsonb_object_keys(attributes) k")
        .await;
    assert!(keys > 5_000, "{keys}");
    let mut owner = scene.db.owner().await;
    let id: uuid::Uuid = sqlx::query_scalar("select id from catalog.product where key = '3920564'")
        .fetch_one(&mut owner)
        .await
        .expect("the first product");
    let listings = scene
        .products
        .listings(&scene.ctx, vec![id.into()])
        .await
        .expect("listings");
    let first = &listings[0];
    assert_eq!(
        first.title,
        "Xerox 006R90321 toner cartridge Original Black 6 pc(s)"
    );
    assert_eq!(
        first.attributes.get("quantity_per_pack"),
        Some(&AttributeValue::Number(6.0))
    );
    assert_eq!(first.variants[0].price.amount, 499_500);

    let again = import_file(&scene.products, &scene.ctx, scene.shop, &path, options())
        .await
        .expect("read");
    assert_eq!((again.import.created, again.import.updated), (0, 0));
    assert_eq!(again.import.unchanged, import.created);
}

#[tokio::test]
async fn a_feed_without_ids_and_stock_lands() {
    let Some(path) = file("bestbuy/ecommerce.json") else {
        return;
    };
    let scene = Scene::new().await;
    let report = import_file(&scene.products, &scene.ctx, scene.shop, &path, options())
        .await
        .expect("read");
    println!("{:?} {:?}", report.import, report.errors.first());
    assert_eq!(report.import.rows_done, 3_291);
    assert!(
        report.import.created * 100 >= 3_291 * 99,
        "{}",
        report.import.created
    );
    let again = import_file(&scene.products, &scene.ctx, scene.shop, &path, options())
        .await
        .expect("read");
    assert_eq!((again.import.created, again.import.updated), (0, 0));
}

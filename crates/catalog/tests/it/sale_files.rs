//! Sale periods and prices without tax in other systems' files.

use crate::scene::Scene;
use axum::http::Method;
use catalog::{ImportOptions, ImportReport};
use contracts::catalog::Catalog;
use kernel::Timestamp;
use serde_json::Value;

async fn import(scene: &Scene, file: &str) -> ImportReport {
    let reader = std::io::Cursor::new(file.as_bytes().to_vec());
    let options = ImportOptions::new("products.csv");
    let report = scene
        .products
        .import(&scene.ctx, scene.shop, reader, options)
        .await;
    report.expect("read to its end")
}

/// What the one product of a file costs at these times, and what that is compared with.
async fn costs(file: &str, times: &[&str]) -> Vec<(i64, Option<i64>)> {
    let mut scene = Scene::new().await;
    let report = import(&scene, file).await;
    assert_eq!(
        (report.import.rows_failed, report.import.created),
        (0, 1),
        "{:?}",
        report.errors
    );
    let id = scene
        .products
        .newest(&scene.ctx, Some(scene.shop), 1)
        .await
        .expect("read")[0]
        .id;
    let mut costs = Vec::new();
    for time in times {
        scene.ctx.now = time.parse::<Timestamp>().expect("a time");
        let listing = scene
            .products
            .listings(&scene.ctx, vec![id])
            .await
            .expect("read")
            .remove(0);
        let variant = &listing.variants[0];
        costs.push((variant.price.amount, variant.compare_at.map(|m| m.amount)));
    }
    costs
}

const TIMES: [&str; 4] = [
    "2031-11-26T23:59:59Z",
    "2031-11-27T00:00:00Z",
    "2031-11-30T23:59:59Z",
    "2031-12-01T00:00:00Z",
];
const SALE: [(i64, Option<i64>); 4] = [
    (2_000, None),
    (1_500, Some(2_000)),
    (1_500, Some(2_000)),
    (2_000, None),
];

#[tokio::test]
async fn a_woocommerce_sale_has_its_period() {
    let file = "ID,Type,SKU,Name,Published,Date sale price starts,Date sale price ends,Sale price,Regular price\n\
                1,simple,jug,Jug,1,2031-11-27,2031-11-30,15.00,20.00\n";
    assert_eq!(costs(file, &TIMES).await, SALE);
}

#[tokio::test]
async fn a_bagisto_special_price_has_its_period() {
    let file = "sku,parent_sku,locale,attribute_family_code,type,name,status,price,special_price,special_price_from,special_price_to,configurable_variants\n\
                jug,,en,default,simple,Jug,1,20,15,2031-11-27,2031-11-30,\n";
    assert_eq!(costs(file, &TIMES).await, SALE);
}

#[tokio::test]
async fn a_magento_special_price_has_its_period() {
    let file = "sku,attribute_set_code,product_type,name,price,special_price,special_price_from_date,special_price_to_date\n\
                jug,Default,simple,Jug,20.0000,15.0000,\"11/27/31, 12:00 AM\",\"11/30/31, 12:00 AM\"\n";
    assert_eq!(costs(file, &TIMES).await, SALE);
}

#[tokio::test]
async fn a_sale_without_dates_lasts_and_one_that_is_over_is_not_charged() {
    let file = "ID,Type,SKU,Name,Published,Date sale price starts,Date sale price ends,Sale price,Regular price\n\
                1,simple,jug,Jug,1,,,15.00,20.00\n";
    assert_eq!(costs(file, &TIMES[..1]).await, [(1_500, Some(2_000))]);
    let file = file.replace(",1,,,15", ",1,,2019-12-31,15");
    assert_eq!(costs(&file, &TIMES[..1]).await, [(2_000, None)]);
}

#[tokio::test]
async fn a_file_that_names_no_sale_any_more_ends_it() {
    let scene = Scene::new().await;
    let with = "sku,title,price,sale_price,sale_until\njug,Jug,20,15,2031-11-30\n";
    import(&scene, with).await;
    let id = scene.products.newest(&scene.ctx, None, 1).await.expect("read")[0].id;
    let price = async |scene: &Scene| {
        let listings = scene.products.listings(&scene.ctx, vec![id]).await.expect("read");
        listings[0].variants[0].price.amount
    };
    assert_eq!(price(&scene).await, 1_500);
    let again = import(&scene, with).await;
    assert_eq!(again.import.unchanged, 1);
    import(&scene, "sku,title,price,sale_price,sale_until\njug,Jug,20,,\n").await;
    assert_eq!(price(&scene).await, 2_000);
}

#[tokio::test]
async fn an_upload_that_is_undone_gives_the_sale_back() {
    let scene = Scene::new().await;
    import(
        &scene,
        "sku,title,price,sale_price,sale_until\njug,Jug,20,15,2031-11-30\n",
    )
    .await;
    let id = scene.products.newest(&scene.ctx, None, 1).await.expect("read")[0].id;
    let sale = async |scene: &Scene| {
        let listings = scene.products.listings(&scene.ctx, vec![id]).await.expect("read");
        listings[0].variants[0].sale.clone()
    };
    let before = sale(&scene).await;
    assert_eq!(before.as_ref().map(|sale| sale.price.amount), Some(1_500));
    let upload = import(&scene, "sku,title,price,sale_price\njug,Jug,20,\n")
        .await
        .import
        .id;
    assert_eq!(sale(&scene).await, None);
    let path = format!("/v1/seller/imports/{upload}/undo");
    let undone = scene.seller().await.post(&path, &serde_json::json!({})).await;
    assert!(undone.status < 300, "{}", undone.text());
    assert_eq!(sale(&scene).await, before);
}

#[tokio::test]
async fn the_sides_of_a_woocommerce_product_are_its_dimensions() {
    let scene = Scene::new().await;
    let file = "ID,Type,SKU,Name,Published,Regular price,Length (cm),Width (cm),Height (cm)\n\
                1,simple,jug,Jug,1,20.00,30.5,20,8\n2,simple,cup,Cup,1,9.00,30,,\n";
    import(&scene, file).await;
    let newest = scene.products.newest(&scene.ctx, None, 2).await.expect("read");
    let jug = newest
        .iter()
        .find(|listing| listing.title == "Jug")
        .expect("the jug");
    let sides = jug.variants[0]
        .dimensions
        .map(|d| (d.length_mm, d.width_mm, d.height_mm));
    assert_eq!((sides, jug.attributes.len()), (Some((305, 200, 80)), 0));
    // One side alone says something of the product and nothing of its parcel.
    let cup = newest
        .iter()
        .find(|listing| listing.title == "Cup")
        .expect("the cup");
    assert_eq!((cup.variants[0].dimensions, cup.attributes.len()), (None, 1));
}

#[tokio::test]
async fn a_day_that_may_be_two_is_refused_with_its_column() {
    let scene = Scene::new().await;
    let report = import(
        &scene,
        "sku,title,price,sale_price,sale_until\njug,Jug,20,15,03/04/2031\n",
    )
    .await;
    let told: Vec<_> = report
        .errors
        .iter()
        .map(|e| (e.row, e.column.as_str(), e.code.as_str()))
        .collect();
    assert_eq!(told, [(2, "sale_until", "date_invalid")]);
    let report = import(
        &scene,
        "sku,title,price,sale_price,sale_until\njug,Jug,20,25,2031-11-30\n",
    )
    .await;
    let told: Vec<_> = report
        .errors
        .iter()
        .map(|e| (e.row, e.column.as_str(), e.code.as_str()))
        .collect();
    assert_eq!(told, [(2, "sale_price", "sale_not_below")]);
}

#[tokio::test]
async fn prices_without_tax_are_told_before_they_are_taken() {
    let scene = Scene::new().await;
    let preview = async |header: &str| -> Value {
        let file = format!("Product ID;Active (0/1);Name*;{header};Quantity\n1;1;Jug;49;3\n");
        let seller = scene.seller().await;
        let path = "/v1/seller/imports/preview?file_name=jugs.csv";
        seller.send(Method::POST, path, file).await.expect(201).json()
    };
    let net = preview("Price tax excl.").await;
    assert_eq!(net["platform"], "prestashop");
    assert_eq!(net["warnings"][0]["code"], "price_without_tax");
    assert_eq!(net["warnings"][0]["column"], "Price tax excl.");
    assert_eq!(net["first"][0]["price"]["amount"], 4_900);
    assert_eq!(
        preview("Price tax incl.").await["warnings"],
        serde_json::json!([])
    );
}

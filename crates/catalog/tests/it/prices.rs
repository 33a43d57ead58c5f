//! Sales with a period, quantity breaks, and prices over time.

use crate::scene::{Scene, bowl, variant};
use contracts::catalog::{
    Catalog, DraftSale, Listing, ProductDraft, ProductStatus, QuantityBreak, Sale, VariantDraft,
};
use kernel::{Currency, Money, ProductId};
use serde_json::{Value, json};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const HOUR_MS: u64 = 3_600_000;

fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

/// A sale at 15.00 that begins and ends so many hours from now.
fn sale(scene: &Scene, from: i64, until: i64) -> Sale {
    let at = |hours| scene.ctx.now + chrono::TimeDelta::hours(hours);
    Sale {
        price: eur(1_500),
        from: Some(at(from)),
        until: Some(at(until)),
    }
}

fn on_sale(sale: Sale) -> ProductDraft {
    ProductDraft {
        variants: vec![VariantDraft {
            sale: DraftSale::Is(sale),
            breaks: Some(vec![QuantityBreak {
                from_quantity: 6,
                price: eur(1_700),
            }]),
            ..variant("B", 1_990, None)
        }],
        ..bowl("B")
    }
}

async fn write(scene: &Scene, draft: ProductDraft) -> ProductId {
    scene
        .products
        .upsert_drafts(&scene.ctx, scene.shop, vec![draft])
        .await
        .expect("written");
    let newest = scene.products.newest(&scene.ctx, Some(scene.shop), 1).await;
    newest.expect("read")[0].id
}

async fn listing(scene: &Scene, id: ProductId) -> Listing {
    let found = scene.products.listings(&scene.ctx, vec![id]).await;
    found.expect("read").remove(0)
}

/// Price, price to compare with, lowest price before.
async fn shown(scene: &Scene, id: ProductId) -> (i64, Option<i64>, Option<i64>) {
    let listing = listing(scene, id).await;
    let v = &listing.variants[0];
    let amount = |money: Option<Money>| money.map(|m| m.amount);
    (v.price.amount, amount(v.compare_at), amount(v.lowest_30_days))
}

async fn get(scene: &Scene, path: &str) -> Value {
    scene.seller().await.get(path).await.expect(200).json()
}

#[tokio::test]
async fn a_sale_is_on_from_its_first_moment_to_its_last_by_the_clock_of_who_asks() {
    let mut scene = Scene::new().await;
    let id = write(&scene, on_sale(sale(&scene, 1, 3))).await;
    let sku = listing(&scene, id).await.variants[0].sku;
    assert_eq!(shown(&scene, id).await, (1_990, None, None));
    scene.advance_ms(HOUR_MS - 1);
    assert_eq!(shown(&scene, id).await, (1_990, None, None));
    scene.advance_ms(1);
    assert_eq!(shown(&scene, id).await, (1_500, Some(1_990), Some(1_990)));
    let offer = scene
        .products
        .offers(&scene.ctx, vec![sku])
        .await
        .expect("read")
        .remove(0);
    // A step that is dearer than the sale is none.
    assert_eq!((offer.price, offer.unit_price(6)), (eur(1_500), eur(1_500)));
    let public = scene
        .client()
        .await
        .get(&format!("/v1/products/{id}"))
        .await
        .expect(200)
        .json();
    assert_eq!(public["variants"][0]["price"]["amount"], 1_500);
    assert_eq!(public["variants"][0]["lowest_30_days"]["amount"], 1_990);
    assert!(public.get("price_points").is_none());
    scene.advance_ms(2 * HOUR_MS);
    assert_eq!(shown(&scene, id).await, (1_990, None, None));
    let offer = scene
        .products
        .offers(&scene.ctx, vec![sku])
        .await
        .expect("read")
        .remove(0);
    assert_eq!((offer.price, offer.unit_price(6)), (eur(1_990), eur(1_700)));
    // Its seller sees what they stated, whatever the time.
    let own = get(&scene, &format!("/v1/seller/products/{id}")).await;
    assert_eq!(own["variants"][0]["price"]["amount"], 1_990);
    assert_eq!(own["variants"][0]["sale"]["price"]["amount"], 1_500);
    assert!(own.get("price_points").is_none());
}

async fn number(scene: &Scene, sql: String) -> i64 {
    let mut owner = scene.db.owner().await;
    let sql = sqlx::AssertSqlSafe(sql);
    sqlx::query_scalar(sql)
        .fetch_one(&mut owner)
        .await
        .expect("a number")
}

/// How often the log was told of the product.
async fn told(scene: &Scene, id: ProductId) -> i64 {
    let sql =
        format!("select count(*) from log.event where topic = 'catalog.product_changed' and key = '{id}'");
    number(scene, sql).await
}

/// Works until nothing is due any more.
async fn work(scene: &Scene) {
    let stop = CancellationToken::new();
    let worker = catalog::work(scene.products.clone(), stop.clone());
    let now = scene.ctx.now.to_rfc3339();
    let due = format!("select count(*) from store.job where queue = 'catalog.sales' and run_at <= '{now}'");
    let until_done = async {
        for _ in 0..500 {
            if number(scene, due.clone()).await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("a sale is due and nobody tells of it");
    };
    tokio::pin!(worker);
    tokio::select! {
        () = &mut worker => panic!("it works until it is told to stop"),
        () = until_done => {}
    }
    stop.cancel();
    worker.await;
}

#[tokio::test]
async fn the_log_hears_of_a_sales_beginning_and_end_though_nobody_was_running() {
    let mut scene = Scene::new().await;
    let id = write(&scene, on_sale(sale(&scene, 1, 3))).await;
    let before = told(&scene, id).await;
    Box::pin(work(&scene)).await;
    assert_eq!(told(&scene, id).await, before);
    // What is due stands in the database: whoever starts later tells of it.
    scene.advance_ms(HOUR_MS);
    Box::pin(work(&scene)).await;
    assert_eq!(told(&scene, id).await, before + 1);
    Box::pin(work(&scene)).await;
    assert_eq!(told(&scene, id).await, before + 1);
    scene.advance_ms(2 * HOUR_MS);
    Box::pin(work(&scene)).await;
    assert_eq!(told(&scene, id).await, before + 2);
    assert_eq!(scene.number("select count(*) from catalog.price_due").await, 0);
}

#[tokio::test]
async fn prices_over_time_are_told_with_the_lowest_of_thirty_days() {
    let mut scene = Scene::new().await;
    let priced = |amount: i64, compare_at: Option<i64>| ProductDraft {
        variants: vec![VariantDraft {
            compare_at: compare_at.map(eur),
            ..variant("B", amount, None)
        }],
        ..bowl("B")
    };
    let id = write(&scene, priced(1_000, Some(2_000))).await;
    // Nothing was asked before: there is no reduction to speak of.
    assert_eq!(shown(&scene, id).await, (1_000, Some(2_000), None));
    scene.advance_ms(10 * 24 * HOUR_MS);
    write(&scene, priced(2_000, None)).await;
    scene.advance_ms(10 * 24 * HOUR_MS);
    // Twenty days of a low price and a higher one, and the lower one is the one to be told.
    write(&scene, priced(1_500, Some(2_000))).await;
    assert_eq!(shown(&scene, id).await, (1_500, Some(2_000), Some(1_000)));
    // Whatever else changes, what was asked before stays so.
    let mut renamed = priced(1_500, Some(2_000));
    renamed.title = "Elm bowl".to_owned();
    scene.advance_ms(40 * 24 * HOUR_MS);
    write(&scene, renamed).await;
    assert_eq!(shown(&scene, id).await, (1_500, Some(2_000), Some(1_000)));
    scene.advance_ms(HOUR_MS);
    // For more than thirty days it was 15.00.
    write(&scene, priced(1_200, Some(2_000))).await;
    assert_eq!(shown(&scene, id).await, (1_200, Some(2_000), Some(1_500)));

    let told = get(&scene, &format!("/v1/seller/products/{id}/prices")).await;
    let of = &told["items"][0];
    let amounts: Vec<i64> = of["past"]
        .as_array()
        .expect("points")
        .iter()
        .map(|point| point["price"]["amount"].as_i64().expect("an amount"))
        .collect();
    assert_eq!(amounts, [1_000, 2_000, 1_500, 1_200]);
    assert_eq!(
        (&of["code"], &of["price"]["amount"]),
        (&json!("B"), &json!(1_200))
    );
    assert_eq!(of["lowest_30_days"]["amount"], 1_500);
    assert_eq!(of["to_come"], json!([]));
}

#[tokio::test]
async fn a_sale_that_is_moved_leaves_no_price_behind_that_was_never_asked() {
    let mut scene = Scene::new().await;
    let id = write(&scene, on_sale(sale(&scene, 1, 3))).await;
    let later = sale(&scene, 10, 12);
    write(&scene, on_sale(later.clone())).await;
    scene.advance_ms(2 * HOUR_MS);
    assert_eq!(shown(&scene, id).await.0, 1_990);
    let of = get(&scene, &format!("/v1/seller/products/{id}/prices")).await["items"][0].clone();
    assert_eq!(of["past"].as_array().map(Vec::len), Some(1));
    assert_eq!(of["to_come"][0]["at"], json!(later.from));
    assert_eq!(of["to_come"][1]["price"]["amount"], 1_990);
    // A draft is asked of nobody, so that its price is no price of the past.
    let mut draft = ProductDraft {
        status: Some(ProductStatus::Draft),
        ..bowl("D")
    };
    scene
        .products
        .upsert_drafts(&scene.ctx, scene.shop, vec![draft.clone()])
        .await
        .expect("written");
    scene.advance_ms(24 * HOUR_MS);
    draft.status = Some(ProductStatus::Active);
    draft.variants = vec![VariantDraft {
        compare_at: Some(eur(1_990)),
        ..variant("D", 1_000, None)
    }];
    let id = write(&scene, draft).await;
    assert_eq!(shown(&scene, id).await, (1_000, Some(1_990), None));
}

async fn seller_jug(scene: &Scene) -> (String, String) {
    let jug = json!({"title": "Jug", "status": "active", "variants": [{
        "code": "J", "price": eur(2_000), "sale": {"price": eur(1_500), "until": "2999-01-01T00:00:00Z"},
        "breaks": [{"from_quantity": 3, "price": eur(1_800)}],
        "dimensions": {"length_mm": 300, "width_mm": 200, "height_mm": 80},
    }]});
    let made = scene
        .seller()
        .await
        .post("/v1/seller/products", &jug)
        .await
        .expect(201);
    let tag = made.header("etag").expect("a tag").to_owned();
    (made.json()["id"].as_str().expect("an id").to_owned(), tag)
}

#[tokio::test]
async fn terms_are_versioned_restored_and_refused_by_field() {
    let scene = Scene::new().await;
    let (id, tag) = seller_jug(&scene).await;
    let path = format!("/v1/seller/products/{id}");
    // All variants are stated: what is not said is no more.
    let plain = json!({"variants": [{"code": "J", "price": eur(2_000)}]});
    let patched = scene
        .seller()
        .await
        .header("if-match", &tag)
        .patch(&path, &plain)
        .await
        .expect(200)
        .json();
    assert!(patched["variants"][0].get("sale").is_none() && patched["variants"][0].get("breaks").is_none());
    let versions = get(&scene, &format!("{path}/versions")).await;
    let change = &versions["items"][0]["change"][0];
    assert_eq!(change["field"], "variants");
    assert_eq!(change["from"][0]["sale"]["price"]["amount"], 1_500);
    let past = get(&scene, &format!("{path}/versions/1")).await;
    assert_eq!(past["variants"][0]["breaks"][0]["from_quantity"], 3);
    let restored = scene
        .seller()
        .await
        .header("if-match", "\"2\"")
        .post(&format!("{path}/versions/1/restore"), &json!({}))
        .await
        .expect(200)
        .json();
    assert_eq!(restored["variants"][0]["sale"]["price"]["amount"], 1_500);
    assert_eq!(restored["variants"][0]["breaks"][0]["price"]["amount"], 1_800);
    assert_eq!(restored["variants"][0]["dimensions"]["height_mm"], 80);

    let refused = |variant: Value| {
        let scene = &scene;
        async move {
            let body = json!({"title": "Jug", "variants": [variant]});
            let answer = scene
                .seller()
                .await
                .post("/v1/seller/products", &body)
                .await
                .expect(400)
                .json();
            (answer["errors"][0]["pointer"].clone(), answer["code"].clone())
        }
    };
    let sale = json!({"code": "X", "price": eur(1_000), "sale": {"price": eur(1_000)}});
    assert_eq!(
        refused(sale).await,
        (json!("/variants/0/sale/price"), json!("sale_not_below"))
    );
    let flat = json!({"code": "X", "price": eur(1_000), "dimensions": {"length_mm": 1, "width_mm": 1, "height_mm": 0}});
    assert_eq!(
        refused(flat).await,
        (json!("/variants/0/dimensions"), json!("dimensions_out_of_range"))
    );
    let breaks =
        json!({"code": "X", "price": eur(1_000), "breaks": [{"from_quantity": 1, "price": eur(900)}]});
    assert_eq!(
        refused(breaks).await,
        (
            json!("/variants/0/breaks/0/from_quantity"),
            json!("break_not_rising")
        )
    );
}

#[tokio::test]
async fn a_scheduled_change_may_carry_terms_and_the_others_stay() {
    let scene = Scene::new().await;
    let (id, _) = seller_jug(&scene).await;
    let path = format!("/v1/seller/products/{id}/scheduled-changes");
    let at = scene.ctx.now + Duration::from_secs(60);
    let change = json!({"prices": [{"code": "J", "price": eur(1_500)}]});
    // The sale would not be below the price any more.
    let refused = scene
        .seller()
        .await
        .post(&path, &json!({"at": at, "change": change}))
        .await;
    assert_eq!(refused.expect(400).json()["code"], "sale_not_below");
    let change =
        json!({"prices": [{"code": "J", "price": eur(1_900), "sale": {"price": eur(1_400)}, "breaks": []}]});
    let made = scene
        .seller()
        .await
        .post(&path, &json!({"at": at, "change": change}))
        .await
        .expect(201)
        .json();
    assert_eq!(made["change"]["prices"][0]["sale"]["price"]["amount"], 1_400);
}

#[tokio::test]
async fn prices_of_another_shop_are_nobodys_business() {
    let scene = Scene::new().await;
    let (id, _) = seller_jug(&scene).await;
    let nobody = scene
        .client()
        .await
        .get(&format!("/v1/seller/products/{id}/prices"))
        .await;
    assert_eq!(nobody.status, 401);
    let missing = ProductId::new(scene.ctx.now);
    let answer = scene
        .seller()
        .await
        .get(&format!("/v1/seller/products/{missing}/prices"))
        .await;
    assert_eq!(answer.status, 404);
}

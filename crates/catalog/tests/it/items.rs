//! The same thing sold by several shops.

use crate::scene::{Scene, bowl};
use contracts::catalog::{Catalog, ItemOffer, ProductDraft};
use contracts::inventory::AvailabilityChanged;
use kernel::{ProductId, SkuId, TenantId};
use serde_json::json;
use std::time::Duration;
use store::Scope;
use tokio_util::sync::CancellationToken;

const GTIN: &str = "4012345678901";

fn coded(key: &str, price: i64, gtin: &str) -> ProductDraft {
    let mut draft = bowl(key);
    draft.variants[0].price.amount = price;
    draft.variants[0].gtin = Some(gtin.to_owned());
    draft
}

async fn sell(scene: &Scene, shop: TenantId, draft: ProductDraft) -> (ProductId, SkuId) {
    let code = draft.variants[0].code.clone();
    scene
        .products
        .upsert(&scene.ctx, shop, vec![draft])
        .await
        .expect("written");
    let found = scene
        .products
        .skus_by_code(&scene.ctx, shop, vec![code])
        .await
        .expect("found");
    (found[0].product, found[0].sku)
}

async fn offers(scene: &Scene, id: ProductId) -> Vec<ItemOffer> {
    scene.products.item_offers(&scene.ctx, id).await.expect("read")
}

/// Says what inventory would say.
async fn in_stock(scene: &Scene, product: ProductId, sku: SkuId, tenant: TenantId, in_stock: bool) {
    let event = AvailabilityChanged {
        sku,
        product,
        tenant,
        in_stock,
    };
    let mut tx = scene
        .db
        .db(catalog::CONTEXT)
        .begin(Scope::System)
        .await
        .expect("begins");
    store::log::append(&mut tx, &scene.ctx, &event)
        .await
        .expect("appended");
    tx.commit().await.expect("committed");
    store::log::wake();
}

/// The winner's product, as soon as it is `expected`.
async fn winner_becomes(scene: &Scene, of: ProductId, expected: ProductId) {
    let begun = std::time::Instant::now();
    loop {
        let offers = offers(scene, of).await;
        if offers.iter().any(|offer| offer.wins && offer.product == expected) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(1), "{offers:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_gtin_makes_offers_of_one_item_and_the_cheapest_wins() {
    let scene = Scene::new().await;
    let (mine, _) = sell(&scene, scene.shop, coded("a", 1990, GTIN)).await;
    let (theirs, _) = sell(&scene, scene.other_shop, coded("b", 1790, "04012345678901")).await;
    let (wrong, _) = sell(&scene, scene.other_shop, coded("c", 90, "4012345678902")).await;
    let told: Vec<_> = offers(&scene, mine)
        .await
        .iter()
        .map(|o| (o.product, o.price.amount, o.wins))
        .collect();
    assert_eq!(told, [(theirs, 1790, true), (mine, 1990, false)]);
    assert_eq!(offers(&scene, wrong).await, []);

    let page = scene
        .client()
        .await
        .get(&format!("/v1/products/{mine}"))
        .await
        .expect(200);
    let json = page.json();
    assert_eq!(json["winning_offer"], json!(theirs));
    assert_eq!(json["other_offers"].as_array().expect("a list").len(), 1);
    assert_eq!(json["other_offers"][0]["product"], json!(theirs));
    let alone = scene
        .client()
        .await
        .get(&format!("/v1/products/{wrong}"))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&alone["other_offers"], alone.get("winning_offer")),
        (&json!([]), None)
    );
}

#[tokio::test]
async fn the_winner_follows_prices_and_stock_within_a_second() {
    let scene = Scene::new().await;
    let stop = CancellationToken::new();
    let follows = catalog::work(scene.products.clone(), stop.clone());
    tokio::join!(follows, async {
        outdo_each_other(&scene).await;
        stop.cancel();
    });
}

async fn outdo_each_other(scene: &Scene) {
    let (mine, my_sku) = sell(scene, scene.shop, coded("a", 1990, GTIN)).await;
    let (theirs, their_sku) = sell(scene, scene.other_shop, coded("b", 1790, GTIN)).await;
    in_stock(scene, mine, my_sku, scene.shop, true).await;
    winner_becomes(scene, mine, mine).await;
    in_stock(scene, theirs, their_sku, scene.other_shop, true).await;
    winner_becomes(scene, mine, theirs).await;
    let _ = sell(scene, scene.shop, coded("a", 1690, GTIN)).await;
    winner_becomes(scene, theirs, mine).await;
    in_stock(scene, mine, my_sku, scene.shop, false).await;
    winner_becomes(scene, theirs, theirs).await;
    let mut gone = coded("b", 1790, GTIN);
    gone.status = Some(contracts::catalog::ProductStatus::Inactive);
    let _ = sell(scene, scene.other_shop, gone).await;
    assert_eq!(offers(scene, mine).await, []);
}

#[tokio::test]
async fn what_has_no_number_is_matched_by_hand() {
    let scene = Scene::new().await;
    let (mine, _) = sell(&scene, scene.shop, bowl("a")).await;
    let (theirs, _) = sell(&scene, scene.other_shop, bowl("b")).await;
    let (seller, admin) = (scene.seller().await, scene.client().await.bearer("admin"));
    let propose = |id: ProductId| format!("/v1/seller/products/{id}/item-proposal");
    let same = |id: ProductId| json!({"same_as": id});
    let _ = seller.put(&propose(theirs), &same(mine)).await.expect(404);
    let own = seller.put(&propose(mine), &same(mine)).await.expect(400);
    assert_eq!(own.json()["code"], "same_shop");
    let _ = seller.put(&propose(mine), &same(theirs)).await.expect(204);
    let proposed = admin.get("/v1/admin/item-proposals").await.expect(200).json();
    assert_eq!(proposed["items"][0]["product"], json!(mine));
    assert_eq!(proposed["items"][0]["same_as_title"], "Oak bowl b");
    assert_eq!(offers(&scene, mine).await, []);

    // Its shop takes it back, and no other; what is taken back or decided is not there any more.
    let owner = format!("owner {}", scene.other_shop);
    let other = scene.client().await.bearer(&owner);
    let _ = other.delete(&propose(mine)).await.expect(404);
    let kept = admin.get("/v1/admin/item-proposals").await.json();
    assert_eq!(kept["items"][0]["product"], json!(mine));
    let _ = seller.delete(&propose(mine)).await.expect(204);
    let taken_back = admin.get("/v1/admin/item-proposals").await.json();
    assert_eq!(taken_back["items"], json!([]));
    let _ = seller.delete(&propose(mine)).await.expect(404);
    let _ = seller.put(&propose(mine), &same(theirs)).await.expect(204);

    let item = format!("/v1/admin/products/{mine}/item");
    let _ = admin.put(&item, &same(theirs)).await.expect(204);
    assert_eq!(offers(&scene, mine).await.len(), 2);
    let left = admin.get("/v1/admin/item-proposals").await.json();
    assert_eq!(left["items"], json!([]));
    let refuse = format!("/v1/admin/item-proposals/{mine}");
    let _ = admin.delete(&refuse).await.expect(404);

    // By hand it stays apart, whatever its number says.
    let _ = admin.put(&item, &json!({"same_as": null})).await.expect(204);
    let _ = sell(&scene, scene.shop, coded("a", 1990, GTIN)).await;
    let _ = sell(&scene, scene.other_shop, coded("b", 1990, GTIN)).await;
    assert_eq!(offers(&scene, mine).await, []);
    let unknown = admin.put(&item, &same(ProductId::new(scene.ctx.now))).await;
    assert_eq!(unknown.status, 404);
}

#[tokio::test]
async fn a_corrected_gtin_leaves_the_others_of_the_item_behind() {
    let scene = Scene::new().await;
    // It begins the item, and another shop joins.
    let (founder, _) = sell(&scene, scene.shop, coded("a", 1_000, GTIN)).await;
    let (other, _) = sell(&scene, scene.other_shop, coded("b", 1_100, GTIN)).await;
    assert_eq!(offers(&scene, other).await.len(), 2);
    sell(&scene, scene.shop, coded("a", 1_000, "4006381333931")).await;
    // As an instance that remembers nothing sees it.
    let now = async |id| {
        let offers = scene.second_instance().item_offers(&scene.ctx, id).await;
        offers
            .expect("read")
            .into_iter()
            .map(|o| o.product)
            .collect::<Vec<_>>()
    };
    assert!(!now(other).await.contains(&founder));
    let (third, _) = sell(&scene, TenantId::new(scene.ctx.now), coded("c", 900, GTIN)).await;
    let with_third = now(third).await;
    assert!(with_third.contains(&other) && !with_third.contains(&founder));
}

/// Items that were said to have other offers, in the order in which they were.
async fn told_of(scene: &Scene) -> Vec<ProductId> {
    let mut tx = scene
        .db
        .db(catalog::CONTEXT)
        .begin(Scope::System)
        .await
        .expect("begins");
    let keys: Vec<uuid::Uuid> =
        sqlx::query_scalar("select key from log.event where topic = 'catalog.item_changed' order by xid, id")
            .fetch_all(&mut *tx)
            .await
            .expect("read");
    keys.into_iter().map(ProductId).collect()
}

#[tokio::test]
async fn those_that_stay_are_told_of_when_an_offer_leaves_its_item() {
    let scene = Scene::new().await;
    let (mine, _) = sell(&scene, scene.shop, coded("a", 1990, GTIN)).await;
    let of = async |id| scene.products.items_of(&scene.ctx, vec![id]).await.expect("read");
    assert_eq!(
        of(mine).await,
        Vec::<Vec<ProductId>>::new(),
        "nobody else sells it"
    );
    let (theirs, _) = sell(&scene, scene.other_shop, coded("b", 1790, GTIN)).await;
    let mut both = vec![mine, theirs];
    both.sort_unstable();
    assert_eq!(of(mine).await, std::slice::from_ref(&both));
    assert_eq!(of(theirs).await, std::slice::from_ref(&both));
    assert!(told_of(&scene).await.is_empty());

    // Another number, then none.
    let _ = sell(&scene, scene.other_shop, coded("b", 1790, "4006381333931")).await;
    assert!(of(mine).await.is_empty());
    assert_eq!(told_of(&scene).await, [mine]);
    let _ = sell(&scene, scene.other_shop, coded("b", 1790, GTIN)).await;
    assert_eq!(of(mine).await, std::slice::from_ref(&both));
    let mut nameless = coded("b", 1790, GTIN);
    nameless.variants[0].gtin = None;
    let _ = sell(&scene, scene.other_shop, nameless).await;
    assert!(of(mine).await.is_empty());
    assert_eq!(told_of(&scene).await, [mine, mine]);
}

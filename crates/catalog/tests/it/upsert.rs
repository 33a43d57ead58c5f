use crate::scene::{Scene, bowl, sized, variant};
use catalog::Settings;
use contracts::catalog::{Catalog, ProductStatus};
use kernel::ProductId;
use std::sync::atomic::Ordering;

async fn only_id(scene: &Scene) -> ProductId {
    let ids = scene.products.scan(&scene.ctx, None, 10).await.expect("ids");
    assert_eq!(ids.len(), 1);
    ids[0]
}

#[tokio::test]
async fn a_new_product_is_written_with_all_that_follows_from_it() {
    let scene = Scene::new().await;
    assert_eq!(scene.upsert(vec![bowl("b1")]).await, Ok([1, 0, 0]));

    let id = only_id(&scene).await;
    let listing = scene
        .products
        .listings(&scene.ctx, vec![id])
        .await
        .expect("listings")
        .remove(0);
    assert_eq!((listing.version, listing.status), (1, ProductStatus::Active));
    assert_eq!(listing.slug, "oak-bowl-b1");
    assert_eq!(listing.description_html, "<p>A <strong>bowl</strong>.</p>");
    let category = listing.category.expect("a category");
    assert_eq!(
        (category.path.as_str(), category.name.as_str()),
        ("wood/bowls", "Bowls")
    );

    let sku = listing.variants[0].sku;
    let offer = scene
        .products
        .offers(&scene.ctx, vec![sku])
        .await
        .expect("offers")
        .remove(0);
    assert_eq!(
        (offer.product, offer.price.amount, offer.for_sale),
        (id, 1990, true)
    );
    assert_eq!(scene.neighbours.stock_of(sku), Some(3));
    assert_eq!(
        scene.number("select count(*) from catalog.product_version").await,
        1
    );
    assert_eq!(
        scene.number("select count(*) from catalog.stock_to_count").await,
        0
    );
    assert_eq!(
        scene.number("select count(*) from log.event where topic = 'catalog.product_changed' and payload->>'version' = '1'").await,
        1
    );
}

#[tokio::test]
async fn the_same_again_writes_nothing() {
    let scene = Scene::new().await;
    let drafts = || (0..700).map(|i| bowl(&format!("b{i}"))).collect::<Vec<_>>();
    assert_eq!(scene.upsert(drafts()).await, Ok([700, 0, 0]));
    assert_eq!(scene.upsert(drafts()).await, Ok([0, 0, 700]));
    assert_eq!(
        scene
            .number("select count(*) from log.event where topic = 'catalog.product_changed'")
            .await,
        700
    );
    assert_eq!(
        scene.number("select count(*) from catalog.product_version").await,
        700
    );
    assert_eq!(scene.neighbours.counts_passed_on(), 700);
}

#[tokio::test]
async fn a_change_is_one_version_one_event_and_a_new_listing() {
    let mut scene = Scene::new().await;
    scene.upsert(vec![bowl("b1"), bowl("b2")]).await.expect("written");
    scene.advance_ms(1000);
    let mut dearer = bowl("b1");
    dearer.variants[0].price.amount = 2190;
    dearer.title = "Big oak bowl".to_owned();
    assert_eq!(scene.upsert(vec![dearer, bowl("b2")]).await, Ok([0, 1, 1]));

    let mut owner = scene.db.owner().await;
    let change: serde_json::Value =
        sqlx::query_scalar("select change from catalog.product_version where version = 2")
            .fetch_one(&mut owner)
            .await
            .expect("one change");
    assert_eq!(change["title"]["from"], "Oak bowl b1");
    assert_eq!(change["title"]["to"], "Big oak bowl");
    assert_eq!(change["variants"]["to"][0]["price"]["amount"], 2190);
    let fields: Vec<_> = change.as_object().expect("an object").keys().collect();
    assert_eq!(fields, ["title", "variants"]);
    let newest = scene
        .products
        .newest(&scene.ctx, Some(scene.shop), 10)
        .await
        .expect("listings");
    let changed = newest.iter().find(|l| l.version == 2).expect("changed");
    assert_eq!(
        (changed.slug.as_str(), changed.variants[0].price.amount),
        ("big-oak-bowl", 2190)
    );
    assert!(changed.updated_at > changed.created_at);
    assert_eq!(
        scene
            .number("select count(*) from log.event where topic = 'catalog.product_changed'")
            .await,
        3
    );
}

#[tokio::test]
async fn this_instance_reads_its_own_writes() {
    let scene = Scene::new().await;
    scene.upsert(vec![bowl("b1")]).await.expect("written");
    let id = only_id(&scene).await;
    scene
        .products
        .listings(&scene.ctx, vec![id])
        .await
        .expect("cached");
    let mut changed = bowl("b1");
    changed.title = "Ash bowl".to_owned();
    scene.upsert(vec![changed]).await.expect("written");
    let listing = scene
        .products
        .listings(&scene.ctx, vec![id])
        .await
        .expect("listings")
        .remove(0);
    assert_eq!(listing.title, "Ash bowl");
}

#[tokio::test]
async fn only_stock_that_the_seller_changed_is_counted() {
    let scene = Scene::new().await;
    scene.upsert(vec![bowl("b1"), bowl("b2")]).await.expect("written");
    let mut restocked = bowl("b1");
    restocked.variants[0].stock = Some(9);
    assert_eq!(scene.upsert(vec![restocked, bowl("b2")]).await, Ok([0, 1, 1]));
    assert_eq!(*scene.neighbours.counted.lock().unwrap(), [2, 1]);
    // A count is no change of the product.
    assert_eq!(
        scene.number("select count(*) from catalog.product_version").await,
        2
    );
}

#[tokio::test]
async fn stock_given_while_inventory_is_down_is_passed_on_later() {
    let scene = Scene::new().await;
    scene.neighbours.inventory_is_down.store(true, Ordering::SeqCst);
    assert_eq!(scene.upsert(vec![bowl("b1")]).await, Ok([1, 0, 0]));
    assert_eq!(
        scene.number("select count(*) from catalog.stock_to_count").await,
        1
    );

    scene.neighbours.inventory_is_down.store(false, Ordering::SeqCst);
    scene.clock.advance(std::time::Duration::from_secs(11));
    let stop = tokio_util::sync::CancellationToken::new();
    let work = catalog::work(scene.products.clone(), stop.clone());
    let wait = async {
        testkit::eventually("the stock is passed on", || async {
            (scene.neighbours.counts_passed_on() == 1).then_some(())
        })
        .await;
        testkit::eventually("the note is gone", || async {
            (scene.number("select count(*) from catalog.stock_to_count").await == 0).then_some(())
        })
        .await;
        stop.cancel();
    };
    tokio::join!(work, wait);
}

#[tokio::test]
async fn a_refused_count_spoils_no_other() {
    let scene = Scene::new().await;
    scene.neighbours.refuses_units.lock().unwrap().insert(7);
    let drafts = (0..20).map(|i| {
        let mut draft = bowl(&format!("b{i}"));
        draft.variants[0].stock = Some(i);
        draft
    });
    assert_eq!(scene.upsert(drafts.collect()).await, Ok([20, 0, 0]));
    assert_eq!(scene.neighbours.counts_passed_on(), 19);
    assert_eq!(
        scene.number("select count(*) from catalog.stock_to_count").await,
        0
    );
}

#[tokio::test]
async fn a_count_passed_on_again_has_its_number_and_a_later_one_a_higher() {
    let scene = Scene::new().await;
    let with = |stock| {
        let mut draft = bowl("b1");
        draft.variants[0].stock = Some(stock);
        vec![draft]
    };
    scene.neighbours.inventory_is_down.store(true, Ordering::SeqCst);
    scene.upsert(with(3)).await.expect("written");
    scene.upsert(with(4)).await.expect("written");
    scene.neighbours.inventory_is_down.store(false, Ordering::SeqCst);
    scene.clock.advance(std::time::Duration::from_secs(11));
    let stop = tokio_util::sync::CancellationToken::new();
    let work = catalog::work(scene.products.clone(), stop.clone());
    let wait = async {
        testkit::eventually("the stock is passed on", || async {
            (scene.neighbours.counts_passed_on() == 1).then_some(())
        })
        .await;
        stop.cancel();
    };
    tokio::join!(work, wait);
    let numbers = scene.neighbours.statements.lock().unwrap().clone();
    assert_eq!(numbers.len(), 3);
    assert!(numbers[0] < numbers[1] && numbers[1] == numbers[2], "{numbers:?}");
}

#[tokio::test]
async fn refused_stock_stated_again_is_passed_on_again() {
    let scene = Scene::new().await;
    scene.neighbours.refuses_units.lock().unwrap().insert(3);
    scene.upsert(vec![bowl("b1")]).await.expect("written");
    assert_eq!(scene.neighbours.counts_passed_on(), 0);
    scene.neighbours.refuses_units.lock().unwrap().clear();
    assert_eq!(scene.upsert(vec![bowl("b1")]).await, Ok([0, 1, 0]));
    assert_eq!(scene.neighbours.counts_passed_on(), 1);
}

#[tokio::test]
async fn a_variant_that_comes_back_has_its_old_sku() {
    let scene = Scene::new().await;
    let with = |codes: &[&str]| {
        let mut draft = bowl("b1");
        draft.variants = codes.iter().map(|c| sized(c, c)).collect();
        draft
    };
    let skus = || async {
        let id = only_id(&scene).await;
        let listing = scene
            .products
            .listings(&scene.ctx, vec![id])
            .await
            .expect("listings")
            .remove(0);
        listing
            .variants
            .into_iter()
            .map(|v| (v.code, v.sku))
            .collect::<Vec<_>>()
    };
    scene.upsert(vec![with(&["s", "m"])]).await.expect("written");
    let before = skus().await;
    scene.upsert(vec![with(&["m"])]).await.expect("written");
    let gone = scene
        .products
        .offers(&scene.ctx, vec![before[0].1])
        .await
        .expect("offers");
    assert_eq!(gone, vec![]);
    scene.upsert(vec![with(&["s", "m"])]).await.expect("written");
    assert_eq!(skus().await, before);
}

#[tokio::test]
async fn a_code_belongs_to_one_product_at_a_time() {
    let scene = Scene::new().await;
    scene.upsert(vec![bowl("b1")]).await.expect("written");
    let mut thief = bowl("b2");
    thief.variants = vec![variant("b1", 500, None)];
    let refused = scene.upsert(vec![thief.clone()]).await.expect_err("refused");
    assert_eq!(
        (refused.code.as_str(), refused.fields[0].pointer.as_str()),
        ("sku_taken", "/variants/0/code")
    );
    assert_eq!(scene.number("select count(*) from catalog.product").await, 1);

    // Given up by the first within the same batch, it is free.
    let mut giver = bowl("b1");
    giver.variants = vec![variant("b1-new", 1990, None)];
    assert_eq!(scene.upsert(vec![giver, thief]).await, Ok([1, 1, 0]));
}

#[tokio::test]
async fn categories_come_from_drafts_only_where_the_operator_allows_it() {
    let settings = Settings {
        creates_categories: false,
        ..Settings::default()
    };
    let scene = Scene::with(settings).await;
    let refused = scene.upsert(vec![bowl("b1")]).await.expect_err("refused");
    assert_eq!(refused.code, "category_unknown");
    let draft = contracts::catalog::CategoryDraft {
        path: "wood/bowls".to_owned(),
        name: "Wooden bowls".to_owned(),
        name_es: "Cuencos".to_owned(),
        position: 1,
        attributes: None,
    };
    scene
        .products
        .upsert_categories(&scene.ctx, vec![draft])
        .await
        .expect("created");
    assert_eq!(scene.upsert(vec![bowl("b1")]).await, Ok([1, 0, 0]));
    let tree = scene.products.categories(&scene.ctx).await.expect("a tree");
    let shape: Vec<_> = tree
        .iter()
        .map(|c| (c.path.as_str(), c.name.as_str(), c.depth))
        .collect();
    assert_eq!(shape, [("wood", "Wood", 1), ("wood/bowls", "Wooden bowls", 2)]);
}

#[tokio::test]
async fn a_suspended_shop_sells_nothing() {
    let scene = Scene::new().await;
    scene.neighbours.closed_shops.lock().unwrap().insert(scene.shop);
    scene.upsert(vec![bowl("b1")]).await.expect("written");
    let id = only_id(&scene).await;
    let listing = scene
        .products
        .listings(&scene.ctx, vec![id])
        .await
        .expect("listings")
        .remove(0);
    let offers = scene
        .products
        .offers(&scene.ctx, vec![listing.variants[0].sku])
        .await
        .expect("offers");
    assert!(!offers[0].for_sale);
    assert_eq!(scene.products.newest(&scene.ctx, None, 10).await, Ok(vec![]));
}

#[tokio::test]
async fn history_only_grows() {
    let scene = Scene::new().await;
    scene.upsert(vec![bowl("b1")]).await.expect("written");
    let mut owner = scene.db.owner().await;
    for sql in [
        "update catalog.product_version set version = 9",
        "delete from catalog.product_version",
    ] {
        let refused = sqlx::query(sql).execute(&mut owner).await.expect_err("refused");
        assert!(
            refused.to_string().contains("product_version_pool only grows"),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn two_uploads_of_one_shop_at_once_double_nothing() {
    let scene = Scene::new().await;
    let other = scene.second_instance();
    let drafts = || (0..300).map(|i| bowl(&format!("b{i}"))).collect::<Vec<_>>();
    let mut reversed = drafts();
    reversed.reverse();
    let (a, b) = tokio::join!(
        scene.products.upsert(&scene.ctx, scene.shop, drafts()),
        other.upsert(&scene.ctx, scene.shop, reversed)
    );
    let (a, b) = (a.expect("written"), b.expect("written"));
    assert_eq!((a.created + b.created, a.unchanged + b.unchanged), (300, 300));
    assert_eq!(scene.number("select count(*) from catalog.product").await, 300);
}

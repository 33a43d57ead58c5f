use crate::scene::{Scene, bowl};
use contracts::catalog::{Catalog, CategoryDraft};
use contracts::inventory::AvailabilityChanged;
use kernel::{Ctx, ProductId};
use std::time::{Duration, Instant};
use store::Scope;
use tokio_util::sync::CancellationToken;

async fn title(products: &catalog::Products, ctx: &Ctx, id: ProductId) -> String {
    products
        .listings(ctx, vec![id])
        .await
        .expect("listings")
        .remove(0)
        .title
}

#[tokio::test]
async fn another_instances_change_is_seen_soon() {
    let scene = Scene::new().await;
    let other = scene.second_instance();
    let stop = CancellationToken::new();
    let work = catalog::work(other.clone(), stop.clone());
    let story = async {
        scene.upsert(vec![bowl("b1")]).await.expect("written");
        let id = scene.products.scan(&scene.ctx, None, 1).await.expect("ids")[0];
        // Long enough for the follower to have found the log's end.
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(title(&other, &scene.ctx, id).await, "Oak bowl b1");
        let mut changed = bowl("b1");
        changed.title = "Ash bowl".to_owned();
        scene.upsert(vec![changed]).await.expect("written");
        let written = Instant::now();
        testkit::eventually("the other instance shows the change", || async {
            (title(&other, &scene.ctx, id).await == "Ash bowl").then_some(())
        })
        .await;
        assert!(
            written.elapsed() < Duration::from_secs(2),
            "{:?}",
            written.elapsed()
        );
        stop.cancel();
    };
    tokio::join!(work, story);
}

#[tokio::test]
async fn a_sku_that_runs_out_is_shown_so() {
    let scene = Scene::new().await;
    let stop = CancellationToken::new();
    let work = catalog::work(scene.products.clone(), stop.clone());
    let story = async {
        scene.upsert(vec![bowl("b1")]).await.expect("written");
        let id = scene.products.scan(&scene.ctx, None, 1).await.expect("ids")[0];
        let listings = scene
            .products
            .listings(&scene.ctx, vec![id])
            .await
            .expect("listings");
        let sku = listings[0].variants[0].sku;
        let client = scene.client().await;
        let shown = || async {
            let answer = client.get(&format!("/v1/products/{id}")).await.expect(200);
            answer.json()["in_stock"].as_array().expect("a list").len()
        };
        let tell = |in_stock: bool| AvailabilityChanged {
            sku,
            product: id,
            tenant: scene.shop,
            in_stock,
        };
        assert_eq!(shown().await, 0);
        for (events, expected) in [(vec![tell(true)], 1), (vec![tell(true), tell(false)], 0)] {
            let db = scene.db.db(catalog::CONTEXT);
            let mut tx = db.begin(Scope::System).await.expect("begins");
            for event in &events {
                store::log::append(&mut tx, &scene.ctx, event)
                    .await
                    .expect("appended");
            }
            tx.commit().await.expect("commits");
            store::log::wake();
            testkit::eventually("the page says so", || async {
                (shown().await == expected).then_some(())
            })
            .await;
        }
        stop.cancel();
    };
    tokio::join!(work, story);
}

#[tokio::test]
async fn another_instances_renamed_category_is_seen_soon() {
    let scene = Scene::new().await;
    let other = scene.second_instance();
    let stop = CancellationToken::new();
    let work = catalog::work(other.clone(), stop.clone());
    let name = |name: &str| CategoryDraft {
        path: bowl("b1").category.expect("a category"),
        name: name.to_owned(),
        name_es: String::new(),
        position: 0,
        attributes: None,
    };
    let story = async {
        scene.upsert(vec![bowl("b1")]).await.expect("written");
        let id = scene.products.scan(&scene.ctx, None, 1).await.expect("ids")[0];
        let put = async |draft| scene.products.put_categories(&scene.ctx, vec![draft]).await;
        put(name("Bowls")).await.expect("named");
        tokio::time::sleep(Duration::from_millis(300)).await;
        let shown = async || {
            let listing = other
                .listings(&scene.ctx, vec![id])
                .await
                .expect("listings")
                .remove(0);
            let tree = other.categories(&scene.ctx).await.expect("the tree");
            let category = listing.category.expect("a category");
            let in_tree = tree
                .into_iter()
                .find(|c| c.path == category.path)
                .expect("in the tree");
            (category.name, in_tree.name)
        };
        assert_eq!(shown().await, ("Bowls".to_owned(), "Bowls".to_owned()));
        put(name("Bowls and dishes")).await.expect("renamed");
        let written = Instant::now();
        // The clock of these requests stands still: nothing grows old by itself.
        testkit::eventually("the other instance shows the new name", || async {
            let expected = "Bowls and dishes".to_owned();
            (shown().await == (expected.clone(), expected)).then_some(())
        })
        .await;
        assert!(
            written.elapsed() < Duration::from_secs(3),
            "{:?}",
            written.elapsed()
        );
        let told = async || -> Vec<serde_json::Value> {
            sqlx::query_scalar(
                "select payload from log.event where topic = 'catalog.categories_changed' order by xid, id",
            )
            .fetch_all(&mut scene.db.owner().await)
            .await
            .expect("events")
        };
        let before = told().await;
        assert_eq!(
            before.last().expect("one")["renamed"].as_array().map(Vec::len),
            Some(1)
        );
        put(name("Bowls and dishes")).await.expect("named the same");
        assert_eq!(told().await.len(), before.len(), "nothing changed, nothing told");
        stop.cancel();
    };
    tokio::join!(work, story);
}

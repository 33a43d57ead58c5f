use crate::corpus::words;
use crate::world::{Running, World, append, listing, product_id, shop, shop_id, test_db};
use contracts::catalog::{CategoriesChanged, ProductChanged, ProductStatus};
use contracts::reviews::Rating;
use contracts::search::SearchQuery;
use contracts::tenants::ShopStatus;
use kernel::{Clock, SystemClock};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use testkit::eventually;

async fn finds(running: &Running, q: &str, titles: &[&str]) {
    eventually(&format!("`{q}` finds {titles:?}"), async || {
        (running.titles(q).await == titles).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_change_is_searchable_within_a_second() {
    let (test_db, folder, world) = (test_db().await, tempfile::tempdir().unwrap(), World::new());
    let db = test_db.db("search");
    let running = Running::start(world.sources(), db.clone(), folder.path());
    running.holds(0).await;

    let mut delays = Vec::new();
    for n in 0..15 {
        let started = Instant::now();
        world.publish(&db, listing(n, &format!("Bowl number x{n}"))).await;
        finds(&running, &format!("x{n}"), &[&format!("Bowl number x{n}")]).await;
        delays.push(started.elapsed());
    }
    delays.sort_unstable();
    println!("from change to hit: {delays:?}");
    // The slowest tell of whatever else the machine was doing; the typical one tells of us.
    assert!(delays[delays.len() / 2] < Duration::from_secs(1), "{delays:?}");
    running.stop().await;
}

#[tokio::test]
async fn stars_are_found_by_within_a_second() {
    let (test_db, folder, world) = (test_db().await, tempfile::tempdir().unwrap(), World::new());
    let db = test_db.db("search");
    let running = Running::start(world.sources(), db.clone(), folder.path());
    world.publish(&db, listing(1, "Blue bowl")).await;
    world.publish(&db, listing(2, "Red bowl")).await;
    running.holds(2).await;

    let good = SearchQuery {
        rating_min: Some(4.0),
        ..words("bowl")
    };
    let found = async || {
        running
            .searches
            .find(good.clone(), SystemClock.now())
            .await
            .unwrap()
    };
    assert_eq!(found().await.total, 0);
    let rating = Rating {
        count: 3,
        average_hundredths: 467,
    };
    let started = Instant::now();
    world.rate(&db, 2, rating).await;
    let hit = eventually("the rated bowl is found by its stars", async || {
        found().await.hits.pop()
    })
    .await;
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    assert_eq!((hit.title.as_str(), hit.rating), ("Red bowl", Some(rating)));

    // The last review of it was taken back.
    world.rate(&db, 2, Rating::default()).await;
    eventually("it has no stars any more", async || {
        (found().await.total == 0).then_some(())
    })
    .await;
    running.stop().await;
}

#[tokio::test]
async fn what_is_not_for_sale_is_not_found() {
    let (test_db, folder, world) = (test_db().await, tempfile::tempdir().unwrap(), World::new());
    let db = test_db.db("search");
    let running = Running::start(world.sources(), db.clone(), folder.path());

    world.publish(&db, listing(1, "Blue bowl")).await;
    world.publish(&db, listing(2, "Red cup")).await;
    finds(&running, "bowl", &["Blue bowl"]).await;

    world.publish(&db, listing(1, "Green bowl")).await;
    finds(&running, "bowl", &["Green bowl"]).await;

    let mut inactive = listing(1, "Green bowl");
    inactive.status = ProductStatus::Inactive;
    world.publish(&db, inactive).await;
    finds(&running, "bowl", &[]).await;
    finds(&running, "cup", &["Red cup"]).await;

    world.change_shop(&db, shop(ShopStatus::Suspended)).await;
    running.holds(0).await;
    world.publish(&db, listing(3, "Bowl of a closed shop")).await;
    world.change_shop(&db, shop(ShopStatus::Active)).await;
    running.holds(2).await;
    finds(&running, "bowl", &["Bowl of a closed shop"]).await;
    running.stop().await;
}

#[tokio::test]
async fn stock_and_shop_are_shown_as_they_are() {
    let (test_db, folder, world) = (test_db().await, tempfile::tempdir().unwrap(), World::new());
    let db = test_db.db("search");
    let running = Running::start(world.sources(), db.clone(), folder.path());
    world.publish(&db, listing(1, "Bowl")).await;
    running.holds(1).await;
    let hit = async || {
        running
            .searches
            .find(words("bowl"), SystemClock.now())
            .await
            .unwrap()
            .hits
            .remove(0)
    };
    assert!(hit().await.in_stock);

    world.restock(&db, 1, 0).await;
    eventually("sold out", async || (!hit().await.in_stock).then_some(())).await;
    let mut renamed = shop(ShopStatus::Active);
    renamed.name = "House of Clay".to_owned();
    world.change_shop(&db, renamed).await;
    eventually("renamed", async || {
        (hit().await.shop_name == "House of Clay").then_some(())
    })
    .await;
    running.stop().await;
}

#[tokio::test]
async fn after_a_restart_it_goes_on_where_the_last_commit_stands() {
    let (test_db, folder, world) = (test_db().await, tempfile::tempdir().unwrap(), World::new());
    let db = test_db.db("search");
    let running = Running::start(world.sources(), db.clone(), folder.path());
    running.holds(0).await;
    for n in 0..20 {
        world.publish(&db, listing(n, "Bowl")).await;
    }
    running.holds(20).await;
    running.stop().await;

    world.publish(&db, listing(20, "Cup")).await;
    world.read.store(0, Ordering::SeqCst);
    let running = Running::start(world.sources(), db.clone(), folder.path());
    running.holds(21).await;
    finds(&running, "cup", &["Cup"]).await;
    assert_eq!(world.read.load(Ordering::SeqCst), 1, "only what is new is read");
    running.stop().await;
}

#[tokio::test]
async fn a_lost_or_broken_index_is_built_from_the_catalogue() {
    let (test_db, folder, world) = (test_db().await, tempfile::tempdir().unwrap(), World::new());
    let db = test_db.db("search");
    // Known to the catalogue from before the log begins.
    (0..1_200).for_each(|n| world.keep(listing(n, &format!("Bowl x{n}")), 1));
    let running = Running::start(world.sources(), db.clone(), folder.path());
    running.holds(1_200).await;
    running.stop().await;

    let current = folder
        .path()
        .join(std::fs::read_to_string(folder.path().join("CURRENT")).unwrap());
    std::fs::write(current.join("meta.json"), b"{ not json").unwrap();
    let running = Running::start(world.sources(), db.clone(), folder.path());
    running.holds(1_200).await;
    finds(&running, "x777", &["Bowl x777"]).await;
    running.stop().await;

    std::fs::remove_dir_all(folder.path()).unwrap();
    let running = Running::start(world.sources(), db.clone(), folder.path());
    running.holds(1_200).await;
    running.stop().await;
}

#[tokio::test]
async fn an_index_of_another_database_is_not_used() {
    let (test_db, folder, world) = (test_db().await, tempfile::tempdir().unwrap(), World::new());
    let index = folder.path().join("index-1");
    std::fs::create_dir(&index).unwrap();
    std::fs::write(folder.path().join("CURRENT"), "index-1").unwrap();
    let engine = search::engine::Engine::create(&index).unwrap();
    let mut writer = engine.writer().unwrap();
    writer
        .put(&crate::corpus::titled(1, "Bowl of another shop"))
        .unwrap();
    let version = serde_json::to_string(&search::engine::INDEX_VERSION).unwrap();
    let far_ahead = format!(r#"{{"version":{version},"position":{{"xid":9000000000000000000,"id":1}}}}"#);
    writer.commit(&far_ahead).unwrap();
    writer.close().unwrap();

    let running = Running::start(world.sources(), test_db.db("search"), folder.path());
    running.holds(0).await;
    running.stop().await;
}

#[tokio::test]
async fn a_rebuild_swaps_in_beside_searches_and_changes() {
    let (test_db, folder, world) = (test_db().await, tempfile::tempdir().unwrap(), World::new());
    let db = test_db.db("search");
    (0..10).for_each(|n| world.keep(listing(n, &format!("Bowl x{n}")), 1));
    let running = Running::start(world.sources(), db.clone(), folder.path());
    running.holds(10).await;
    let before = std::fs::read_to_string(folder.path().join("CURRENT")).unwrap();

    world.scan_ms.store(700, Ordering::SeqCst);
    running.searches.rebuild();
    // Changes go on in the index that is being replaced, and are in the new one as well.
    world.publish(&db, listing(10, "Cup while rebuilding")).await;
    finds(&running, "cup", &["Cup while rebuilding"]).await;
    let still = std::fs::read_to_string(folder.path().join("CURRENT")).unwrap();
    assert_eq!(still, before, "found before the swap");
    eventually("the new index in use", async || {
        (std::fs::read_to_string(folder.path().join("CURRENT")).unwrap() != before).then_some(())
    })
    .await;
    running.holds(11).await;
    finds(&running, "cup", &["Cup while rebuilding"]).await;
    running.stop().await;
}

#[tokio::test]
async fn a_flood_of_changes_is_taken_in_few_commits() {
    let (test_db, folder, world) = (test_db().await, tempfile::tempdir().unwrap(), World::new());
    let db = test_db.db("search");
    let running = Running::start(world.sources(), db.clone(), folder.path());
    running.holds(0).await;
    let changed = |n| ProductChanged {
        product: product_id(n),
        tenant: shop_id(),
        version: 1,
        status: ProductStatus::Active,
    };
    let started = Instant::now();
    for part in 0..10 {
        let range = part * 500..(part + 1) * 500;
        range.clone().for_each(|n| world.keep(listing(n, "Bowl"), 1));
        append(&db, &range.map(changed).collect::<Vec<_>>()).await;
    }
    running.holds(5_000).await;
    println!("5,000 changes in {:?}", started.elapsed());
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_category_is_found_by_its_name_though_the_process_died_over_it() {
    let (test_db, folder) = (test_db().await, tempfile::tempdir().unwrap());
    let (db, world) = (test_db.db("search"), World::new());
    let id = kernel::CategoryId(uuid::Uuid::from_u128(3));
    let called = |name: &str| contracts::catalog::Category {
        id,
        path: "bowls".to_owned(),
        slug: "bowls".to_owned(),
        name: name.to_owned(),
        name_es: String::new(),
        depth: 1,
        position: 0,
    };
    *world.categories.lock().unwrap() = vec![called("Bowls")];
    let mut bowl = listing(1, "Round thing");
    bowl.category = Some(contracts::catalog::CategoryRef {
        id,
        path: "bowls".to_owned(),
        name: "Bowls".to_owned(),
    });
    world.keep(bowl, 5);
    let running = Running::start(world.sources(), db.clone(), folder.path());
    finds(&running, "bowls", &["Round thing"]).await;
    // The index that is built for the new name is never done; what came after the name is committed meanwhile.
    world.scan_ms.store(60_000, Ordering::SeqCst);
    *world.categories.lock().unwrap() = vec![called("Dishes")];
    append(
        &db,
        &[CategoriesChanged {
            category: id,
            renamed: vec![id],
        }],
    )
    .await;
    world.publish(&db, listing(2, "Square thing")).await;
    finds(&running, "square", &["Square thing"]).await;
    // Broken off wherever it is, as a death would.
    running.stop().await;

    world.scan_ms.store(0, Ordering::SeqCst);
    let again = Running::start(world.sources(), db, folder.path());
    finds(&again, "dishes", &["Round thing"]).await;
    finds(&again, "square", &["Square thing"]).await;
    again.stop().await;
}

#[tokio::test]
async fn results_are_called_as_their_reader_calls_them() {
    use contracts::Language;
    let (test_db, folder, world) = (test_db().await, tempfile::tempdir().unwrap(), World::new());
    let db = test_db.db("search");
    let mut bowl = listing(1, "Oak bowl x1");
    bowl.language = Some("en".to_owned());
    let spanish = contracts::catalog::TranslatedWords {
        title: "Cuenco de roble x1".to_owned(),
        description_html: String::new(),
    };
    bowl.translations.insert("es-ES".to_owned(), spanish);
    world.keep(bowl, 5);
    world.keep(listing(2, "Plate x1"), 5);
    let running = Running::start(world.sources(), db, folder.path());
    running.holds(2).await;
    for (language, expected) in [
        (Some(Language::Es), ["Cuenco de roble x1", "Plate x1"]),
        (Some(Language::En), ["Oak bowl x1", "Plate x1"]),
        (None, ["Oak bowl x1", "Plate x1"]),
    ] {
        let query = SearchQuery {
            language,
            ..words("")
        };
        let page = running.searches.find(query, SystemClock.now()).await.unwrap();
        let mut titles: Vec<&str> = page.hits.iter().map(|hit| hit.title.as_str()).collect();
        titles.sort_unstable();
        assert_eq!(titles, expected, "{language:?}");
        assert!(page.hits.iter().all(|hit| hit.titles.is_none()));
    }
    running.stop().await;
}

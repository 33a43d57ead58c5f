//! What several shops sell alike is found once.

use super::{Kind, Stand, ask};
use crate::corpus::words;
use crate::world::{Running, append, listing, product_id, shop, shop_id};
use contracts::catalog::{ItemChanged, Listing};
use contracts::search::{SearchPage, SearchQuery};
use contracts::tenants::{Shop, ShopStatus};
use kernel::TenantId;
use testkit::eventually;
use uuid::Uuid;

fn kiln() -> Shop {
    let mut kiln = shop(ShopStatus::Active);
    kiln.id = TenantId(Uuid::from_u128(8));
    kiln.slug = "kiln".to_owned();
    kiln.name = "The Kiln".to_owned();
    kiln.location.region = Some("ES-B".to_owned());
    kiln
}

fn offered(n: u32, title: &str, by: TenantId, cents: i64) -> Listing {
    let mut offered = listing(n, title);
    offered.tenant = by;
    offered.variants[0].price.amount = cents;
    offered
}

fn all() -> SearchQuery {
    SearchQuery {
        facets: true,
        ..SearchQuery::default()
    }
}

fn of_shop(slug: &str) -> SearchQuery {
    SearchQuery {
        sellers: vec![slug.to_owned()],
        ..all()
    }
}

/// Slugs with how many shops sell each, by slug.
fn found(page: &SearchPage) -> Vec<(&str, Option<u32>)> {
    let mut found: Vec<(&str, Option<u32>)> = page
        .hits
        .iter()
        .map(|hit| (hit.slug.as_str(), hit.offers))
        .collect();
    found.sort_unstable();
    assert_eq!(found.len() as u64, page.total, "the total counts what is found");
    found
}

fn counts(page: &SearchPage, facet: &str) -> Vec<(String, u64)> {
    let facet = page.facets.iter().find(|one| one.key == facet).expect("counted");
    let mut counts: Vec<(String, u64)> = facet
        .values
        .iter()
        .map(|value| (value.value.clone(), value.count))
        .collect();
    counts.sort_unstable();
    counts
}

async fn finds(running: &Running, query: &SearchQuery, expected: &[(&str, Option<u32>)]) {
    eventually("the index follows", async || {
        let page = ask(running, query).await;
        (found(&page) == expected).then_some(())
    })
    .await;
}

pub async fn offers_of_one_item_are_found_once(kind: Kind) {
    let stand = Stand::new(kind).await;
    stand.world.change_shop(&stand.db, kiln()).await;
    stand.world.keep(offered(0, "Blue bowl", shop_id(), 1500), 3);
    stand
        .world
        .keep(offered(1, "Cuenco de cobalto", kiln().id, 1200), 3);
    stand.world.keep(offered(2, "Oak chair", shop_id(), 9000), 3);
    stand
        .world
        .items
        .lock()
        .unwrap()
        .push(vec![product_id(0), product_id(1)]);
    let running = stand.run();
    running.holds(3).await;

    // The cheaper offer stands for the item, and is found by the words of the other as well.
    finds(&running, &all(), &[("product-1", Some(2)), ("product-2", None)]).await;
    for q in ["blue bowl", "cuenco cobalto"] {
        assert_eq!(
            found(&ask(&running, &words(q)).await),
            [("product-1", Some(2))],
            "{q}"
        );
    }
    // A shop's facet tells what would be found if it were chosen: all that it offers.
    let page = ask(&running, &all()).await;
    let two_and_one = |a: &str, b: &str| [(a.to_owned(), 2), (b.to_owned(), 1)];
    assert_eq!(counts(&page, "seller"), two_and_one("clay-house", "kiln"));
    for (slug, count) in counts(&page, "seller") {
        assert_eq!(ask(&running, &of_shop(&slug)).await.total, count);
    }
    let mut places = counts(&page, "region");
    places.reverse();
    assert_eq!(places, two_and_one("ES-M", "ES-B"));
    finds(
        &running,
        &of_shop("clay-house"),
        &[("product-0", Some(2)), ("product-2", None)],
    )
    .await;
    // Without the shop that has nothing, each item would be found once.
    let page = ask(&running, &of_shop("nobody")).await;
    assert_eq!(
        page.relaxed
            .iter()
            .map(|way| (way.facet.as_str(), way.count))
            .collect::<Vec<_>>(),
        [("seller", 2)]
    );

    // Sold out, it no longer comes first.
    stand.world.restock(&stand.db, 1, 0).await;
    finds(&running, &all(), &[("product-0", Some(2)), ("product-2", None)]).await;
    stand.world.restock(&stand.db, 1, 2).await;
    finds(&running, &all(), &[("product-1", Some(2)), ("product-2", None)]).await;

    // Nothing is the same any more, and then it is again.
    let items = std::mem::take(&mut *stand.world.items.lock().unwrap());
    let changed = ItemChanged {
        product: product_id(1),
        others: vec![product_id(0)],
    };
    append(&stand.db, std::slice::from_ref(&changed)).await;
    let apart = [("product-0", None), ("product-1", None), ("product-2", None)];
    finds(&running, &all(), &apart).await;
    *stand.world.items.lock().unwrap() = items;
    append(&stand.db, &[changed]).await;
    finds(&running, &all(), &[("product-1", Some(2)), ("product-2", None)]).await;

    // The shop of the winner closes.
    let mut closed = kiln();
    closed.status = ShopStatus::Suspended;
    stand.world.change_shop(&stand.db, closed).await;
    finds(&running, &all(), &[("product-0", None), ("product-2", None)]).await;
    running.stop().await;
}

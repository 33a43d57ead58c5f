//! What shops pay for stands at its places where it answers, is marked, and changes no count.

use super::{Kind, Stand, ask};
use crate::corpus::words;
use crate::world::{World, listing, now_ctx, product_id, shop_id};
use contracts::catalog::Listing;
use contracts::search::promoted::{NewPromotedListing, NewPromotedTariff};
use contracts::search::tuning::{NewSearchRule, RuleAction, RuleWhen};
use contracts::search::{SearchPage, SearchQuery, Sort};
use kernel::{Ctx, Currency, Money, ProductId};
use search::{Desk, Promoter};
use std::collections::BTreeSet;
use std::sync::Arc;

fn marked(page: &SearchPage) -> Vec<(usize, ProductId)> {
    let hits = page.hits.iter().enumerate();
    hits.filter(|(_, hit)| hit.promoted)
        .map(|(at, hit)| (at + 1, hit.product))
        .collect()
}

fn products(page: &SearchPage) -> Vec<ProductId> {
    page.hits.iter().map(|hit| hit.product).collect()
}

pub fn promoter(stand: &Stand, searches: &search::Searches) -> Promoter {
    let sources = World::sources(&stand.world);
    let desk = Desk::new(stand.db.clone(), searches.clone());
    Promoter::new(
        stand.db.clone(),
        desk,
        Arc::clone(&sources.catalog),
        Arc::clone(&sources.tenants),
    )
}

pub async fn tariff(promoter: &Promoter, ctx: &Ctx) {
    let new = NewPromotedTariff {
        per_day: Money::new(200, Currency::EUR),
        tax_bp: 2_100,
        note: "Prices of the season".to_owned(),
    };
    promoter.set_tariff(ctx, new).await.unwrap();
}

pub async fn what_shops_pay_for_stands_at_its_places(kind: Kind) {
    let mut listings: Vec<Listing> = (0..30).map(|n| listing(n, "Blue bowl")).collect();
    for (n, listing) in (0..).zip(&mut listings) {
        listing.created_at -= std::time::Duration::from_secs(3_600 * (n + 1));
    }
    // It has the words in its text alone, which the other engine does not hold against it.
    if kind == Kind::Embedded {
        listings[29].title = "Tray".to_owned();
        listings[29].description_html =
            "<p>For a blue bowl, and much else that is told here at some length</p>".to_owned();
    }
    listings.push(listing(40, "Oak spoon"));
    let (stand, running) = Stand::with(kind, listings).await;
    let query = SearchQuery {
        limit: 10,
        facets: true,
        promoted: true,
        ..words("blue bowl")
    };
    let plain = ask(&running, &query).await;
    assert_eq!(marked(&plain), []);

    let promoter = promoter(&stand, &running.searches);
    tariff(&promoter, &now_ctx()).await;
    for n in [25, 26, 27, 40]
        .into_iter()
        .chain((kind == Kind::Embedded).then_some(29))
    {
        let new = NewPromotedListing {
            product: product_id(n),
            days: 3,
        };
        promoter.promote(&now_ctx(), shop_id(), new).await.unwrap();
    }
    let page = ask(&running, &query).await;
    assert_eq!(
        (page.total, &page.facets),
        (plain.total, &plain.facets),
        "counts know nothing of it"
    );
    let shown = marked(&page);
    let places: Vec<usize> = shown.iter().map(|(place, _)| *place).collect();
    assert_eq!((page.hits.len(), places), (10, vec![2, 7]));
    // Neither a spoon, nor what is hardly an answer.
    let paid: BTreeSet<ProductId> = shown.iter().map(|(_, product)| *product).collect();
    assert!(paid.is_subset(&[25, 26, 27].map(product_id).into()), "{paid:?}");
    // The others stand as they stood.
    let others: Vec<ProductId> = products(&page)
        .into_iter()
        .filter(|one| !paid.contains(one))
        .collect();
    let before: Vec<ProductId> = products(&plain)
        .into_iter()
        .filter(|one| !paid.contains(one))
        .collect();
    assert_eq!(others, before[..8]);

    // Each stands once on all pages, and on the first alone it is marked.
    let (mut seen, mut next) = (products(&page), page.next);
    while let Some(after) = next {
        let page = ask(
            &running,
            &SearchQuery {
                after: Some(after),
                ..query.clone()
            },
        )
        .await;
        assert_eq!((marked(&page), page.total), (vec![], plain.total));
        seen.extend(products(&page));
        next = page.next;
    }
    let once: BTreeSet<ProductId> = seen.iter().copied().collect();
    assert_eq!((seen.len() as u64, once.len() as u64), (plain.total, plain.total));

    // Filters hold for what is paid for; other orders, shops' own pages and who does not want it have none.
    let narrow = SearchQuery {
        price_max: Some(100),
        currency: Some(Currency::EUR),
        ..query.clone()
    };
    assert_eq!(marked(&ask(&running, &narrow).await), []);
    for bare in [
        SearchQuery {
            promoted: false,
            ..query.clone()
        },
        SearchQuery {
            sort: Sort::Newest,
            ..query.clone()
        },
        SearchQuery {
            sellers: vec!["clay-house".to_owned()],
            ..query.clone()
        },
    ] {
        assert_eq!(marked(&ask(&running, &bare).await), []);
    }
    // A list without words has them too.
    let listed = ask(
        &running,
        &SearchQuery {
            q: String::new(),
            ..query.clone()
        },
    )
    .await;
    assert_eq!(marked(&listed).len(), 2);

    // Pins keep their places.
    let pin = |n, position| RuleAction::Pin {
        product: product_id(n),
        position,
    };
    let rule = NewSearchRule {
        name: "Bowls".to_owned(),
        when: RuleWhen {
            q: Some("bowl".to_owned()),
            ..RuleWhen::default()
        },
        actions: vec![pin(11, 2), pin(12, 3)],
        starts_at: None,
        ends_at: None,
        note: "a campaign".to_owned(),
    };
    let desk = Desk::new(stand.db.clone(), running.searches.clone());
    desk.new_rule(&now_ctx(), rule).await.unwrap();
    let page = ask(&running, &query).await;
    assert_eq!(products(&page)[1..3], [product_id(11), product_id(12)]);
    let places: Vec<usize> = marked(&page).into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, [4, 7]);

    // What is stopped is not put forward any more.
    for one in promoter.of_shop(&now_ctx(), shop_id()).await.unwrap() {
        promoter.stop(&now_ctx(), shop_id(), one.id).await.unwrap();
    }
    assert_eq!(marked(&ask(&running, &query).await), []);
    running.stop().await;
}

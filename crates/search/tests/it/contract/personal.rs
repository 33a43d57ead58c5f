//! What whoever asks likes comes a little earlier, and nothing else changes.

use super::{Kind, Stand, ask};
use crate::corpus::{at, words};
use crate::world::{listing, now_ctx, product_id};
use contracts::catalog::{CategoryRef, Listing};
use contracts::search::taste::{Liking, PriceBand, Taste};
use contracts::search::tuning::{NewSearchRule, RuleAction, RuleWhen};
use contracts::search::{SearchPage, SearchQuery, Sort};
use kernel::{CategoryId, Currency};
use search::Desk;
use uuid::Uuid;

/// All are as old as each other: what is newer by a moment would come first.
fn bowl(n: u32, title: &str, path: &str, cents: i64) -> Listing {
    let mut bowl = listing(n, title);
    bowl.created_at = at(0);
    bowl.category = Some(CategoryRef {
        id: CategoryId(Uuid::from_u128(u128::from(n % 2) + 1)),
        path: path.to_owned(),
        name: path.to_owned(),
    });
    bowl.variants[0].price.amount = cents;
    bowl
}

fn slugs(page: &SearchPage) -> Vec<&str> {
    page.hits.iter().map(|hit| hit.slug.as_str()).collect()
}

fn likes(path: &str, min: i64, max: i64) -> Option<Taste> {
    Some(Taste {
        categories: vec![Liking {
            value: path.to_owned(),
            percent: 100,
        }],
        sellers: Vec::new(),
        price: Some(PriceBand {
            min,
            max,
            currency: Currency::EUR,
        }),
    })
}

pub async fn what_is_liked_comes_a_little_earlier(kind: Kind) {
    let mut listings: Vec<Listing> = (0..20)
        .map(|n| {
            bowl(
                n,
                "Blue bowl",
                if n.is_multiple_of(2) { "wood" } else { "clay" },
                1_000 + 100 * i64::from(n),
            )
        })
        .collect();
    // It has both words in its text alone.
    let mut poor = bowl(30, "Tray", "wood", 1_000);
    poor.description_html = "<p>For a blue bowl</p>".to_owned();
    // The other engine weighs fields otherwise: what is a poor answer here may be a good one there.
    let is_ranked = kind == Kind::Embedded;
    listings.extend(is_ranked.then_some(poor));
    let (stand, running) = Stand::with(kind, listings).await;
    let query = SearchQuery {
        limit: 100,
        facets: true,
        ..words("blue bowl")
    };
    let plain = ask(&running, &query).await;
    let liking = |taste| SearchQuery {
        taste,
        ..query.clone()
    };

    // Who has no taste gets what everybody got before; a taste that nothing is to changes nothing either.
    assert_eq!(slugs(&ask(&running, &liking(None)).await), slugs(&plain));
    assert_eq!(
        slugs(&ask(&running, &liking(likes("glass", 1, 2))).await),
        slugs(&plain)
    );

    let liked = ask(&running, &liking(likes("wood", 1_000, 1_450))).await;
    assert_eq!((liked.total, &liked.facets), (plain.total, &plain.facets));
    let order = slugs(&liked);
    // Of both category and price first, then of the category, then of the price, then the rest; as before among themselves.
    let number = |slug: &str| slug.trim_start_matches("product-").parse::<u32>().unwrap();
    let rank = |n: u32| match (n.is_multiple_of(2), n <= 4) {
        (true, true) => 0,
        (true, false) => 1,
        (false, true) => 2,
        (false, false) => 3,
    };
    let mut expected: Vec<&str> = slugs(&plain)
        .into_iter()
        .filter(|slug| *slug != "product-30")
        .collect();
    expected.sort_by_key(|slug| rank(number(slug)));
    assert_eq!(order[..20], expected[..]);
    if is_ranked {
        assert_eq!(order[20], "product-30", "a better answer stays a better answer");
    }

    // The pages of one search agree, whatever is looked at between them.
    let mut paged = liking(likes("wood", 1_000, 1_450));
    paged.limit = 7;
    let mut seen = Vec::new();
    loop {
        let page = ask(&running, &paged).await;
        seen.extend(slugs(&page).into_iter().map(str::to_owned));
        paged.taste = likes("clay", 1, 2);
        match page.next {
            Some(next) => paged.after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, order);

    // Other orders are not touched, nor is what is pinned.
    let mut cheapest = liking(likes("clay", 1_000, 9_000));
    cheapest.sort = Sort::PriceAsc;
    cheapest.currency = Some(Currency::EUR);
    let prices: Vec<i64> = ask(&running, &cheapest)
        .await
        .hits
        .iter()
        .map(|hit| hit.price.amount)
        .collect();
    assert!(prices.is_sorted(), "{prices:?}");
    let desk = Desk::new(stand.db.clone(), running.searches.clone());
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
        actions: vec![pin(17, 1), pin(19, 2)],
        starts_at: None,
        ends_at: None,
        note: "a campaign".to_owned(),
    };
    desk.new_rule(&now_ctx(), rule).await.unwrap();
    let pinned = ask(&running, &liking(likes("wood", 1_000, 1_450))).await;
    assert_eq!(slugs(&pinned)[..3], ["product-17", "product-19", order[0]]);
    running.stop().await;
}

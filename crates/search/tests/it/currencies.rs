//! An amount says nothing about one in another currency.

use crate::corpus::{eur, index, product, search, titles, words};
use contracts::search::{SearchQuery, Sort};
use kernel::{Currency, Money};
use search::engine::{Document, Engine};

/// 10.00 and 30.00 euros, 2,000 yen, 5.00 and 20.00 dollars, in this order.
fn market() -> Engine {
    let prices = [
        eur(1000),
        eur(3000),
        Money::new(2000, Currency::JPY),
        Money::new(500, Currency::USD),
        Money::new(2000, Currency::USD),
    ];
    let documents: Vec<Document> = (0u32..)
        .zip(prices)
        .map(|(n, price)| Document { price, ..product(n) })
        .collect();
    index(&documents)
}

/// A currency in which nothing is sold here.
fn pounds() -> Currency {
    "GBP".parse().unwrap()
}

fn asked(currency: Currency) -> SearchQuery {
    SearchQuery {
        currency: Some(currency),
        facets: true,
        ..words("")
    }
}

#[test]
fn a_price_filter_takes_one_currency_alone() {
    let market = market();
    let between = |currency| {
        let query = SearchQuery {
            price_min: Some(600),
            price_max: Some(2500),
            ..asked(currency)
        };
        let page = search(&market, &query);
        titles(&page).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(between(Currency::EUR), ["Product 0"]);
    assert_eq!(between(Currency::JPY), ["Product 2"]);
    assert_eq!(between(Currency::USD), ["Product 4"]);
    assert_eq!(between(pounds()), [] as [String; 0]);
}

#[test]
fn sorted_by_price_what_costs_something_else_comes_last() {
    let market = market();
    let first = |currency, sort, n: usize| {
        let query = SearchQuery {
            sort,
            ..asked(currency)
        };
        let page = search(&market, &query);
        assert_eq!(page.total, 5, "nothing is left out");
        titles(&page)[..n]
            .iter()
            .map(|&t| t.to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        first(Currency::USD, Sort::PriceAsc, 2),
        ["Product 3", "Product 4"]
    );
    assert_eq!(
        first(Currency::USD, Sort::PriceDesc, 2),
        ["Product 4", "Product 3"]
    );
    assert_eq!(
        first(Currency::EUR, Sort::PriceAsc, 2),
        ["Product 0", "Product 1"]
    );
}

#[test]
fn the_price_facet_ranges_over_one_currency() {
    let market = market();
    let range = |currency| {
        let page = search(&market, &asked(currency));
        let facet = page.facets.into_iter().find(|f| f.key == "price");
        facet.map(|f| format!("{f:?}"))
    };
    let euros = range(Currency::EUR).expect("a range");
    assert!(euros.contains("1000") && euros.contains("3000"), "{euros}");
    assert!(!euros.contains("500,") && !euros.contains("2000"), "{euros}");
    assert_eq!(range(pounds()), None);
}

use crate::corpus::{eur, index, labelled, product, search, soon, titled, titles, words};
use contracts::search::{SearchQuery, Sort};
use search::engine::Document;
use std::time::Instant;

fn found(documents: &[Document], q: &str) -> Vec<String> {
    titles(&search(&index(documents), &words(q)))
        .into_iter()
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_title_outweighs_the_description() {
    let mut mentioned = titled(1, "Wooden tray");
    mentioned.description = "Carries a bowl, or another bowl.".to_owned();
    let documents = [mentioned, titled(2, "Salad bowl")];
    assert_eq!(found(&documents, "bowl"), ["Salad bowl", "Wooden tray"]);
}

#[test]
fn everything_said_of_a_product_finds_it() {
    let mut document = titled(1, "Aurora");
    document.brand = "Kilnworks".to_owned();
    document.categories = vec![
        labelled("ceramics", "Ceramics"),
        labelled("ceramics/bowls", "Bowls"),
    ];
    document.category_aliases = vec!["Cuencos".to_owned()];
    document.tags = vec!["handmade".to_owned()];
    document.description = "Thrown in Granada".to_owned();
    document.attributes = vec![("glaze".to_owned(), "celadon".to_owned())];
    let engine = index(&[document, titled(2, "Something else")]);
    for q in [
        "aurora",
        "kilnworks",
        "ceramic",
        "bowl",
        "cuenco",
        "handmade",
        "granada",
        "celadon",
        "clay house aurora",
    ] {
        assert_eq!(titles(&search(&engine, &words(q)))[0], "Aurora", "{q}");
    }
}

#[test]
fn both_languages_are_found_in_singular_and_plural_with_and_without_accents() {
    let documents = [
        titled(1, "Cuencos de cerámica azules"),
        titled(2, "Blue ceramic bowls"),
    ];
    assert_eq!(found(&documents, "cuenco azul"), ["Cuencos de cerámica azules"]);
    assert_eq!(
        found(&documents, "CUENCO DE CERAMICA"),
        ["Cuencos de cerámica azules"]
    );
    assert_eq!(found(&documents, "bowl"), ["Blue ceramic bowls"]);
}

#[test]
fn all_words_are_wanted_and_fewer_will_do_when_nothing_has_all() {
    let mut documents: Vec<Document> = (0..20).map(|n| titled(n, "Red bowl")).collect();
    documents.extend((20..60).map(|n| titled(n, "Red cup")));
    let engine = index(&documents);
    assert_eq!(search(&engine, &words("red bowl")).total, 20);
    let page = search(&engine, &words("red zebra"));
    assert_eq!(page.total, 60);
    assert_eq!(search(&engine, &words("zebra")).total, 0);
}

#[test]
fn products_with_all_words_come_before_those_with_some() {
    let mut documents: Vec<Document> = (0..5).map(|n| titled(n, "Blue vase")).collect();
    documents.push(titled(6, "Large blue glass vase"));
    let titles = found(&documents, "blue glass vase");
    assert_eq!(titles[0], "Large blue glass vase");
    assert_eq!(titles.len(), 6);
}

#[test]
fn neighbours_in_the_title_count() {
    let documents = [
        titled(2, "Oil for lamp and table"),
        titled(1, "Table lamp, for oil too"),
    ];
    assert_eq!(found(&documents, "table lamp")[0], "Table lamp, for oil too");
}

#[test]
fn the_last_word_may_be_the_beginning_of_one() {
    let documents = [
        titled(1, "Ceramic bowl"),
        titled(2, "Centre piece"),
        titled(3, "Wool scarf"),
    ];
    assert_eq!(found(&documents, "cera"), ["Ceramic bowl"]);
    assert_eq!(found(&documents, "ceramic bo"), ["Ceramic bowl"]);
    assert_eq!(found(&documents, "cera "), Vec::<String>::new());
    let exact_first = [titled(1, "Bowling ball"), titled(2, "Bowl")];
    assert_eq!(found(&exact_first, "bowl"), ["Bowl", "Bowling ball"]);
}

#[test]
fn stop_words_need_not_be_there() {
    let documents = [titled(1, "Lamp kids love"), titled(2, "The the")];
    assert_eq!(found(&documents, "a lamp for the kids"), ["Lamp kids love"]);
    assert_eq!(found(&documents, "the"), ["The the"]);
}

#[test]
fn what_cannot_be_bought_and_what_nobody_wants_comes_later() {
    let mut gone = titled(3, "Bowl");
    gone.in_stock = false;
    gone.card.title = "Gone".to_owned();
    let mut popular = titled(1, "Bowl");
    popular.popularity = 100;
    popular.card.title = "Popular".to_owned();
    assert_eq!(
        found(&[gone.clone(), titled(2, "Bowl"), popular], "bowl"),
        ["Popular", "Bowl", "Gone"]
    );
    // Gently: a better answer wins although it is sold out.
    gone.card.title = "Gone bowl".to_owned();
    let mut mentioned = titled(4, "Tray");
    mentioned.description = "for a bowl among many other things that one puts on a tray".to_owned();
    assert_eq!(found(&[gone, mentioned], "bowl"), ["Gone bowl", "Tray"]);
}

#[test]
fn without_words_all_are_listed_the_newest_first() {
    let documents: Vec<Document> = (0..30).map(product).collect();
    let page = search(&index(&documents), &words("  "));
    assert_eq!(page.total, 30);
    assert_eq!(titles(&page)[..2], ["Product 29", "Product 28"]);
    assert_eq!(page.hits.len(), 24);
}

#[test]
fn pages_can_be_ordered_by_price_and_age() {
    let documents: Vec<Document> = (0u32..)
        .zip([300, 100, 200])
        .map(|(n, price)| {
            let mut document = product(n);
            document.price = eur(price);
            document
        })
        .collect();
    let engine = index(&documents);
    let by = |sort| {
        let query = SearchQuery {
            sort,
            ..SearchQuery::default()
        };
        titles(&search(&engine, &query))
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(by(Sort::PriceAsc), ["Product 1", "Product 2", "Product 0"]);
    assert_eq!(by(Sort::PriceDesc), ["Product 0", "Product 2", "Product 1"]);
    assert_eq!(by(Sort::Newest), ["Product 2", "Product 1", "Product 0"]);
}

#[test]
fn no_text_is_a_query_language() {
    let engine = index(&[titled(1, "Title of a bowl"), titled(2, "Lamp")]);
    for q in [
        r#"title:"(("#,
        "* OR 1=1",
        "+-!(){}[]^~?:\\/",
        "\"",
        "bowl AND NOT lamp",
        "💡🏺",
        "a\u{301}\u{200d}",
        "price:[0 TO 9]",
        "\u{1}\u{0}",
        &"bowl ".repeat(40),
        &"x".repeat(256),
    ] {
        let page = search(&engine, &words(q));
        assert!(page.total <= 2, "{q}");
    }
    assert_eq!(
        titles(&search(&engine, &words(r#"title:"((bowl"#))),
        ["Title of a bowl"]
    );
}

#[test]
fn a_search_gives_up_when_its_time_is_over() {
    let documents: Vec<Document> = (0..9_000).map(|n| titled(n, "Bowl")).collect();
    let engine = index(&documents);
    let over = Instant::now() - std::time::Duration::from_millis(1);
    assert!(matches!(
        engine.search(&words(""), over),
        Err(search::engine::EngineError::OutOfTime)
    ));
}

#[test]
fn suggestions_go_on_as_typed() {
    let mut bowl = titled(1, "Ceramic bowl");
    bowl.categories = vec![
        labelled("ceramics", "Ceramics"),
        labelled("ceramics/bowls", "Bowls"),
    ];
    let mut lamp = titled(2, "Centre lamp");
    lamp.categories = vec![labelled("lighting", "Lighting")];
    let engine = index(&[bowl, lamp]);
    let suggestions = engine.suggest("cera", 5, soon()).expect("an answer");
    assert_eq!(suggestions.products.len(), 1);
    assert_eq!(suggestions.products[0].title, "Ceramic bowl");
    assert_eq!(suggestions.categories.len(), 1);
    assert_eq!(suggestions.categories[0].value, "ceramics");
    let shops = engine.suggest("clay ho", 5, soon()).expect("an answer").sellers;
    assert_eq!(
        shops.iter().map(|s| s.value.as_str()).collect::<Vec<_>>(),
        ["clay-house"]
    );
    assert_eq!(
        engine.suggest(" ", 5, soon()).expect("an answer"),
        Default::default()
    );
}

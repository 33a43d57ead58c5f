//! What was meant: heads of titles, compounds, slips of the finger.

use crate::corpus::{index, labelled, search, titled, titles, words};
use search::engine::Document;

fn found(documents: &[Document], q: &str) -> Vec<String> {
    let page = search(&index(documents), &words(q));
    titles(&page).into_iter().map(str::to_owned).collect()
}

#[test]
fn a_bag_for_laptops_is_a_bag() {
    let documents = [
        titled(3, "Leather laptop bag"),
        titled(2, "Bag for laptop"),
        titled(1, "Slim black laptop"),
    ];
    assert_eq!(found(&documents, "laptop")[0], "Slim black laptop");
    assert_eq!(found(&documents, "laptop bag")[0], "Leather laptop bag");
}

#[test]
fn a_category_says_what_its_things_are() {
    let mut lamp = titled(1, "Aurora");
    lamp.categories = vec![labelled("light", "Table Lamps")];
    let mut shade = titled(2, "Aurora shade for lamp");
    shade.categories = vec![labelled("light/shades", "Shades")];
    lamp.title = "Aurora, a lamp of glass".to_owned();
    lamp.card.title = lamp.title.clone();
    assert_eq!(found(&[lamp, shade], "aurora lamp")[0], "Aurora, a lamp of glass");
}

#[test]
fn compounds_are_found_however_they_are_written() {
    let mut documents: Vec<Document> = (0..7).map(|n| titled(n, "Oak doll house")).collect();
    documents.extend((7..12).map(|n| titled(n, "Oak dollhouse")));
    documents.push(titled(20, "House of oak"));
    let engine = index(&documents);
    for q in ["doll house", "dollhouse"] {
        let page = search(&engine, &words(q));
        assert_eq!(page.total, 12, "{q}");
    }
    // A word that products do have is not read apart for a few that are written otherwise.
    let documents = [
        titled(1, "Blue carpet"),
        titled(2, "Blue carpet"),
        titled(3, "Car pet net"),
    ];
    assert_eq!(found(&documents, "carpet"), ["Blue carpet", "Blue carpet"]);
}

#[test]
fn what_was_written_comes_before_what_has_only_its_stem() {
    let documents = [titled(2, "Marine lamp"), titled(1, "Marines lamp")];
    assert_eq!(found(&documents, "marines lamp")[0], "Marines lamp");
    assert_eq!(found(&documents, "marine lamp")[0], "Marine lamp");
}

#[test]
fn slips_are_seen_through_in_any_letter() {
    let mut documents: Vec<Document> = (0..4).map(|n| titled(n, "Silver necklace with pearls")).collect();
    documents.push(titled(9, "Wool scarf"));
    let engine = index(&documents);
    for q in [
        "silver neckalce",
        "silver mecklace",
        "silver ecklace",
        "silver necklac",
        "silver necklacez",
        "zilver necklace",
        "silvernecklace",
        "perals",
    ] {
        let page = search(&engine, &words(q));
        assert_eq!(page.total, 4, "{q}");
    }
}

#[test]
fn numbers_are_taken_at_their_word() {
    let documents = [titled(1, "Bulb 1500"), titled(2, "Bulb 1600")];
    let page = search(&index(&documents), &words("1700"));
    assert_eq!(page.total, 0);
}

#[test]
fn a_brand_that_few_have_is_not_dropped_for_what_everything_has() {
    let mut documents: Vec<Document> = (0..40).map(|n| titled(n, "Cell phone accessories")).collect();
    documents.push(titled(50, "Kiln and Co. cable"));
    for q in ["kiln cell phone accessories", "kiln co cell phone"] {
        assert_eq!(found(&documents, q)[0], "Kiln and Co. cable", "{q}");
    }
}

/// What is offered for `q`.
fn offered(documents: &[Document], q: &str) -> Option<String> {
    search(&index(documents), &words(q)).did_you_mean
}

#[test]
fn the_likely_spelling_is_offered_as_titles_have_it() {
    let mut documents: Vec<Document> = (0..8).map(|n| titled(n, "Cuenco de Cerámica verde")).collect();
    documents.extend((8..20).map(|n| titled(n, "Ceramic bowl, verse")));
    documents.extend((20..26).map(|n| titled(n, "Bolt cutter")));
    let offered = |q: &str| offered(&documents, q);
    assert_eq!(offered("ceramik bowl").as_deref(), Some("ceramic bowl"));
    // The words beside it decide, and so does the language that they are of: twelve have verse, eight verde.
    assert_eq!(offered("cuenco verze").as_deref(), Some("cuenco verde"));
    assert_eq!(offered("bowl verze").as_deref(), Some("bowl verse"));
    // The beginning of a word is none that is written wrongly.
    assert_eq!(offered("bowl vers"), None);
    assert_eq!(offered("bolw cutter").as_deref(), Some("bolt cutter"));
    // With the accents that it is written with, and the rest as it was typed.
    assert_eq!(
        offered("Cuenco de ceramicq").as_deref(),
        Some("Cuenco de cerámica")
    );
    for right in [
        "ceramic bowl",
        "bolt",
        "cer",
        "",
        "zzzzzz",
        "ceramic zzzzzz",
        "20493",
    ] {
        assert_eq!(offered(right), None, "{right}");
    }
}

#[test]
fn where_nothing_passes_it_is_said_which_filter_stands_in_the_way() {
    let mut documents: Vec<Document> = (0..4).map(|n| titled(n, "Blue bowl")).collect();
    documents[0].attributes = vec![("Glaze".to_owned(), "celadon".to_owned())];
    documents[0].price = crate::corpus::eur(9_000);
    let engine = index(&documents);
    let mut query = words("bowl");
    query
        .attributes
        .insert("Glaze".to_owned(), vec!["celadon".to_owned()]);
    query.price_max = Some(5_000);
    let page = search(&engine, &query);
    let relaxed: Vec<(&str, u64)> = page
        .relaxed
        .iter()
        .map(|one| (one.facet.as_str(), one.count))
        .collect();
    assert_eq!((page.total, relaxed), (0, vec![("attr.Glaze", 3), ("price", 1)]));
    query.price_max = None;
    assert!(search(&engine, &query).relaxed.is_empty());
}

#[test]
fn typing_is_ended_by_words_that_go_with_what_stands_before() {
    let mut documents: Vec<Document> = (0..5).map(|n| titled(n, "Blue bowl")).collect();
    documents.extend((5..7).map(|n| titled(n, "Blue Bottle")));
    documents.extend((7..20).map(|n| titled(n, "Red boat")));
    documents.push(titled(30, "Cuenco de cerámica"));
    let engine = index(&documents);
    let queries = |text: &str| {
        let found = engine.suggest(text, 6, crate::corpus::soon());
        found.expect("suggestions").queries
    };
    assert_eq!(queries("bo"), ["boat", "bowl", "bottle"]);
    assert_eq!(queries("Blue bo"), ["blue bowl", "blue bottle"]);
    assert_eq!(queries("ceram"), ["cerámica"]);
    assert!(queries("blue ").is_empty() && queries("xy").is_empty());
}

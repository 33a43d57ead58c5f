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

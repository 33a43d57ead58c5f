//! What is suggested is called as whoever types calls it, and so is what operators see of a search.

use super::{Kind, Stand};
use crate::corpus::words;
use crate::world::{listing, now_ctx, product_id};
use contracts::Language;
use contracts::catalog::TranslatedWords;
use contracts::search::tuning::{NewSearchRule, RuleAction, RuleTarget, RuleWhen};
use contracts::search::{SearchHit, SearchQuery};
use kernel::{Clock, SystemClock};
use search::Desk;
use std::collections::BTreeSet;

pub async fn suggested_products_are_called_as_their_reader_calls_them(kind: Kind) {
    let mut bowl = listing(0, "Oak bowl");
    bowl.language = Some("en".to_owned());
    let spanish = TranslatedWords {
        title: "Cuenco de roble".to_owned(),
        description_html: String::new(),
    };
    bowl.translations.insert("es-ES".to_owned(), spanish);
    let (_stand, running) = Stand::with(kind, vec![bowl, listing(1, "Oak chair")]).await;
    for (language, expected) in [
        (Some(Language::Es), ["Cuenco de roble", "Oak chair"]),
        (Some(Language::En), ["Oak bowl", "Oak chair"]),
        (None, ["Oak bowl", "Oak chair"]),
    ] {
        let found = running.suggest_in("oak", language).await;
        let titles: BTreeSet<&str> = found.products.iter().map(|hit| hit.title.as_str()).collect();
        assert_eq!(titles, BTreeSet::from(expected), "{language:?}");
        // Which others it has is the index's own affair.
        assert!(found.products.iter().all(|hit| hit.titles.is_none()));
    }
    running.stop().await;
}

pub async fn previewed_products_are_called_as_their_reader_calls_them(kind: Kind) {
    let mut bowl = listing(0, "Oak bowl");
    bowl.language = Some("en".to_owned());
    let spanish = TranslatedWords {
        title: "Cuenco de roble".to_owned(),
        description_html: String::new(),
    };
    bowl.translations.insert("es".to_owned(), spanish);
    let (stand, running) = Stand::with(kind, vec![bowl, listing(1, "Oak chair")]).await;
    let preview = async |language: Option<Language>| {
        let query = SearchQuery {
            language,
            ..words("oak")
        };
        let preview = running.searches.preview(query, SystemClock.now()).await;
        let preview = preview.expect("a preview");
        let shown: Vec<SearchHit> = preview.hits.into_iter().map(|one| one.hit).collect();
        let hidden: Vec<SearchHit> = preview.hidden.into_iter().map(|one| one.hit).collect();
        for hit in shown.iter().chain(&hidden) {
            assert!(hit.titles.is_none(), "{hit:?}");
        }
        let titles =
            |hits: Vec<SearchHit>| -> BTreeSet<String> { hits.into_iter().map(|hit| hit.title).collect() };
        (titles(shown), titles(hidden))
    };
    let set =
        |titles: &[&str]| -> BTreeSet<String> { titles.iter().map(|&title| title.to_owned()).collect() };
    assert_eq!(
        preview(Some(Language::Es)).await,
        (set(&["Cuenco de roble", "Oak chair"]), set(&[]))
    );
    assert_eq!(preview(None).await, (set(&["Oak bowl", "Oak chair"]), set(&[])));

    // So are those that a rule hides.
    let hide = NewSearchRule {
        name: "Out of sight".to_owned(),
        when: RuleWhen {
            q: Some("oak".to_owned()),
            ..RuleWhen::default()
        },
        actions: vec![RuleAction::Hide {
            target: RuleTarget::Product {
                product: product_id(0),
            },
        }],
        starts_at: None,
        ends_at: None,
        note: "recalled".to_owned(),
    };
    let desk = Desk::new(stand.db.clone(), running.searches.clone());
    desk.new_rule(&now_ctx(), hide).await.unwrap();
    assert_eq!(
        preview(Some(Language::Es)).await,
        (set(&["Oak chair"]), set(&["Cuenco de roble"]))
    );
    running.stop().await;
}

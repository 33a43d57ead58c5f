//! What a rule hides is not suggested to those who type either.

use super::{Kind, Stand, titled};
use crate::world::{now_ctx, product_id, shop};
use contracts::search::tuning::{NewSearchRule, RuleAction, RuleTarget, RuleWhen};
use contracts::tenants::ShopStatus;
use search::Desk;
use std::collections::BTreeSet;

fn hiding(q: Option<&str>, exact: bool, target: RuleTarget) -> NewSearchRule {
    NewSearchRule {
        name: "Out of sight".to_owned(),
        when: RuleWhen {
            q: q.map(str::to_owned),
            exact,
            ..RuleWhen::default()
        },
        actions: vec![RuleAction::Hide { target }],
        starts_at: None,
        ends_at: None,
        note: "recalled".to_owned(),
    }
}

pub async fn what_is_hidden_is_not_suggested(kind: Kind) {
    let titles = ["Blue ceramic bowl", "Ceramic jug", "Cedar chest", "Ceramic plate"];
    let (stand, running) = Stand::with(kind, titled(&titles)).await;
    let desk = Desk::new(stand.db.clone(), running.searches.clone());
    let suggested = async |q: &str| -> BTreeSet<String> {
        let found = running.suggest(q).await;
        found.products.into_iter().map(|hit| hit.title).collect()
    };
    let set =
        |titles: &[&str]| -> BTreeSet<String> { titles.iter().map(|&title| title.to_owned()).collect() };
    assert_eq!(
        suggested("cera").await,
        set(&["Blue ceramic bowl", "Ceramic jug", "Ceramic plate"])
    );

    // For words that are not typed to their end yet.
    let jug = RuleTarget::Product {
        product: product_id(1),
    };
    desk.new_rule(&now_ctx(), hiding(Some("ceramic"), false, jug))
        .await
        .unwrap();
    for q in ["cera", "ceramic", "blue ceramic"] {
        assert!(!suggested(q).await.contains("Ceramic jug"), "{q}");
    }
    assert_eq!(
        suggested("cera").await,
        set(&["Blue ceramic bowl", "Ceramic plate"])
    );
    assert_eq!(
        suggested("jug").await,
        set(&["Ceramic jug"]),
        "only for those words"
    );

    // A whole shop, whatever is typed.
    let own = shop(ShopStatus::Active);
    let name = own.name.to_lowercase();
    let shops = async || running.suggest(&name).await.sellers.len();
    assert_eq!(shops().await, 1);
    let seller = RuleTarget::Seller { slug: own.slug };
    let rule = desk
        .new_rule(&now_ctx(), hiding(Some(&name), false, seller))
        .await
        .unwrap();
    assert_eq!(shops().await, 0);
    desk.stop_rule(&now_ctx(), rule.id, "over").await.unwrap();
    assert_eq!(shops().await, 1);
    running.stop().await;
}

//! Synonyms and rules as operators make them: kept, heeded by every process, ended.

use crate::world::{Running, World, listing, now_ctx, test_db};
use contracts::search::tuning::{NewSearchRule, NewSynonym, RuleAction, RuleTarget, RuleWhen};
use kernel::{Clock, Ctx, Fault, SystemClock};
use search::Desk;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use testkit::eventually;
use tokio_util::sync::CancellationToken;

fn synonym(words: &[&str], also: &[&str]) -> NewSynonym {
    NewSynonym {
        language: None,
        words: words.iter().map(|&word| word.to_owned()).collect(),
        also: also.iter().map(|&word| word.to_owned()).collect(),
        note: "as buyers say".to_owned(),
    }
}

fn hiding(q: &str, slug: &str) -> NewSearchRule {
    NewSearchRule {
        name: "Out of season".to_owned(),
        when: RuleWhen {
            q: Some(q.to_owned()),
            ..RuleWhen::default()
        },
        actions: vec![RuleAction::Hide {
            target: RuleTarget::Seller {
                slug: slug.to_owned(),
            },
        }],
        starts_at: None,
        ends_at: None,
        note: "winter".to_owned(),
    }
}

#[tokio::test]
async fn what_one_process_is_told_the_others_heed_within_seconds_until_it_ends() {
    let (test, world) = (test_db().await, World::new());
    let db = test.db(search::CONTEXT);
    world.keep(listing(1, "Oak sofa"), 1);
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let here = Running::start(world.sources(), db.clone(), one.path());
    let there = Running::start(world.sources(), db.clone(), other.path());
    let (desk, far_desk) = (
        Desk::new(db.clone(), here.searches.clone()),
        Desk::new(db.clone(), there.searches.clone()),
    );
    let stop = CancellationToken::new();
    let keeping = far_desk.keep(Arc::new(SystemClock), stop.clone());
    let telling = async {
        here.holds(1).await;
        there.holds(1).await;
        let ctx: Ctx = now_ctx();
        assert!(here.titles("couch").await.is_empty());
        let made = desk
            .new_synonym(&ctx, synonym(&["couch", "sofa"], &[]))
            .await
            .unwrap();
        assert_eq!(
            here.titles("couch").await,
            ["Oak sofa"],
            "at once where it was said"
        );
        eventually("the other process knows", async || {
            (there.titles("couch").await == ["Oak sofa"]).then_some(())
        })
        .await;
        let rule = desk.new_rule(&ctx, hiding("couch", "clay-house")).await.unwrap();
        assert!(here.titles("couch").await.is_empty());
        assert_eq!(here.titles("oak").await, ["Oak sofa"]);
        eventually("the other process hides it", async || {
            there.titles("couch").await.is_empty().then_some(())
        })
        .await;
        // It is told who did what, and why.
        let ended = desk.stop_rule(&ctx, rule.id, "spring").await.unwrap();
        assert_eq!(
            (ended.note.as_str(), ended.end_note.as_deref()),
            ("winter", Some("spring"))
        );
        assert_eq!(
            (ended.made_by, ended.ended_by),
            (ctx.actor.clone(), Some(ctx.actor.clone()))
        );
        assert_eq!(here.titles("couch").await, ["Oak sofa"]);
        let again: Fault = desk.stop_rule(&ctx, rule.id, "again").await.unwrap_err().into();
        assert_eq!(again.code, "ended");
        desk.stop_synonym(&ctx, made.id, "nobody says so").await.unwrap();
        eventually("the other process forgets", async || {
            there.titles("couch").await.is_empty().then_some(())
        })
        .await;
        let rules = desk.list_rules().await.unwrap();
        assert_eq!((rules.len(), rules[0].ended_at.is_some()), (1, true));
        stop.cancel();
    };
    let deadline = tokio::time::timeout(Duration::from_secs(60), async {
        futures::join!(keeping, telling)
    });
    deadline.await.expect("in time");
    let told = test.changed().await;
    let kinds: Vec<_> = told.iter().filter_map(|one| one["kind"].as_str()).collect();
    assert_eq!(
        kinds,
        [
            "search.synonym_made",
            "search.rule_made",
            "search.rule_ended",
            "search.synonym_ended"
        ]
    );
    assert_eq!(
        (&told[3]["before"]["words"], &told[3]["after"]["note"]),
        (&json!(["couch", "sofa"]), &json!("nobody says so"))
    );
    here.stop().await;
    there.stop().await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_its_field() {
    let test = test_db().await;
    let desk = Desk::new(test.db(search::CONTEXT), search::Searches::new());
    let ctx = now_ctx();
    let code = |fault: Fault| {
        (
            fault.code.to_string(),
            fault.fields.first().map(|f| f.pointer.clone()),
        )
    };
    for (new, field) in [
        (synonym(&["couch"], &[]), "/words"),
        (synonym(&["couch", "couch"], &[]), "/words"),
        (synonym(&[], &["sofa"]), "/words"),
        (synonym(&["couch", "!?"], &[]), "/words"),
        (synonym(&["couch"], &[""]), "/also"),
    ] {
        let fault = desk.new_synonym(&ctx, new.clone()).await.unwrap_err();
        assert_eq!(code(fault.into()).1.as_deref(), Some(field), "{new:?}");
    }
    let valid = hiding("bowl", "ana");
    let pinned = |position| RuleAction::Pin {
        product: crate::world::product_id(1),
        position,
    };
    let weighed = |percent| RuleAction::Weigh {
        target: RuleTarget::Category {
            path: "home".to_owned(),
        },
        percent,
    };
    let with = |change: &dyn Fn(&mut NewSearchRule)| {
        let mut new = valid.clone();
        change(&mut new);
        new
    };
    for (new, field) in [
        (with(&|new| new.name = String::new()), "/name"),
        (with(&|new| new.when = RuleWhen::default()), "/when"),
        (with(&|new| new.when.q = Some("?!".to_owned())), "/when/q"),
        (with(&|new| new.actions.clear()), "/actions"),
        (with(&|new| new.actions = vec![pinned(0)]), "/actions"),
        (with(&|new| new.actions = vec![pinned(25)]), "/actions"),
        (with(&|new| new.actions = vec![weighed(9)]), "/actions"),
        (with(&|new| new.actions = vec![weighed(1_001)]), "/actions"),
        (with(&|new| new.ends_at = Some(ctx.now)), "/ends_at"),
    ] {
        let fault = desk.new_rule(&ctx, new.clone()).await.unwrap_err();
        assert_eq!(code(fault.into()).1.as_deref(), Some(field), "{new:?}");
    }
    assert!(desk.list_rules().await.unwrap().is_empty());
    let nobody: Fault = desk
        .stop_synonym(&ctx, kernel::SynonymId::new(SystemClock.now()), "x")
        .await
        .unwrap_err()
        .into();
    assert_eq!(nobody.code, "not_found");
}

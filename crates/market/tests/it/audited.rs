//! Every operation by which the marketplace's staff change something leaves an entry in the audit trail, with what was before
//! and what is since.

use crate::rightly;
use crate::spec::{Call, Operation};
use crate::world::{Who, World};
use axum::http::Method;
use contracts::audit::KINDS;
use kernel::Clock as _;
use serde_json::{Value, json};

/// What an entry says beside what was done, to what and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Says {
    /// How it was and how it is.
    Both,
    /// How it is: there was nothing before.
    New,
    /// How it was: nothing is left of it.
    Gone,
    /// That it was done.
    Done,
}

/// What an operation leaves in the trail: the kind of its entry. None of those that change nothing.
#[allow(clippy::too_many_lines, reason = "a table: one line for each operation")]
fn trail(operation: &str) -> Option<(&'static str, Says)> {
    use Says::{Both, Done, Gone, New};
    Some(match operation {
        "put_categories" | "create_category" => ("category.created", New),
        "change_category" => ("category.changed", Both),
        "match_product" => ("product.matched", Both),
        "refuse_item_proposal" => ("product.match_refused", Gone),
        "approve_moderation" | "reject_moderation" => ("product.decided", New),
        "put_moderation_rules" => ("moderation.rules_changed", Both),
        "put_shop_trust" => ("moderation.shop_trusted", Both),
        "approve_review" | "reject_review" => ("review.decided", New),
        "decide_on_message_thread" => ("messages.decided", New),

        "retry_dead_letter" => ("dead_letter.retried", Gone),
        "dismiss_dead_letter" => ("dead_letter.dismissed", Gone),
        "set_feature" | "set_shop_feature" | "clear_shop_feature" => ("feature.changed", Both),
        "put_notification_template" | "restore_notification_template" => ("template.written", Both),
        "preview_notification_template" => return None,

        "approve_shop" | "suspend_shop" | "reinstate_shop" | "close_shop" => ("shop.status", Both),
        "judge_onboarding_item" => ("onboarding.judged", Both),
        "set_person_role" => ("account.role", New),
        "take_person_role" => ("account.role", Both),
        "end_person_sessions" => ("account.sessions_ended", Done),
        "remove_person_second_factor" => ("account.second_factor_removed", Both),
        "make_partner_key" | "rotate_partner_key" => ("account.partner_key_made", New),
        "revoke_partner_key" => ("account.partner_key_revoked", New),

        "retry_payment" => ("payment.retried", Both),
        "skip_payment_step" => ("payment.skipped", Both),
        "compensate_payment" => ("payment.compensated", Both),
        "refund_order" => ("refund.asked", New),
        "retry_refund" => ("refund.retried", Both),
        "skip_refund" => ("refund.skipped", Both),

        "patch_shop_terms" => ("payout_terms.changed", Both),
        "return_payout" => ("payout.returned", New),
        "place_hold" => ("hold.placed", New),
        "lift_hold" => ("hold.lifted", Both),
        "reverse_entry" => ("entry.reversed", Both),
        "import_settlement" => ("settlement.imported", New),
        "explain_settlement_break" => ("settlement.break_explained", Both),
        "make_commission_rule" => ("commission.rule_made", New),
        "end_commission_rule" => ("commission.rule_ended", Both),
        "make_listing_rule" => ("listing.rule_made", New),
        "end_listing_rule" => ("listing.rule_ended", Both),
        "issue_gift_card" => ("gift_card.issued", New),
        "disable_gift_card" => ("gift_card.disabled", Both),
        "enable_gift_card" => ("gift_card.enabled", Both),
        "grant_store_credit" => ("store_credit.granted", New),
        "make_promotion" => ("promotion.made", New),
        "end_promotion" => ("promotion.ended", Both),

        "make_tax_region" => ("tax.region_made", New),
        "make_tax_category" => ("tax.category_made", New),
        "make_tax_rate" => ("tax.rate_made", New),
        "end_tax_rate" => ("tax.rate_ended", Both),
        "set_tax_liability" => ("tax.owner_set", New),
        "make_search_synonym" => ("search.synonym_made", New),
        "end_search_synonym" => ("search.synonym_ended", Both),
        "make_search_rule" => ("search.rule_made", New),
        "end_search_rule" => ("search.rule_ended", Both),
        "set_promoted_tariff" => ("promoted.tariff_set", New),
        new => panic!(
            "the operation {new} is new: say here what it leaves in the audit trail, and see that it does"
        ),
    })
}

/// Whether it is one by which the marketplace's staff do something.
fn is_staffs(operation: &Operation) -> bool {
    operation.path.starts_with("/v1/admin/") && operation.method != Method::GET
}

/// A call that changes something, where the right one of [`rightly`] may find that all is so already.
async fn prepared(world: &World, operation: &str) -> Call {
    let to = |parts: &[&str]| world.call(operation, parts);
    let first = async |call: &Call| {
        let answer = world.send_as(Who::Admin, call).await;
        assert!(answer.status < 300, "before {operation}: {}", answer.text());
    };
    match operation {
        "match_product" => to(&[&world.a.product]).json(&json!({"same_as": world.b.product})),
        "patch_shop_terms" => {
            to(&[&world.a.id]).json(&json!({"hold_days": 9, "destination": "sandbox:bank"}))
        }
        "set_feature" => to(&["webhooks"]).json(&json!({"on": false})),
        "clear_shop_feature" => {
            let own = world.call("set_shop_feature", &[&world.b.id, "webhooks"]);
            first(&own.json(&json!({"on": false}))).await;
            to(&[&world.b.id, "webhooks"])
        }
        "enable_gift_card" => {
            let card = rightly::gift_card(world).await.id;
            let disable = world.call("disable_gift_card", &[&card]);
            let reason = json!({"reason": "a test"});
            first(&disable.json(&reason)).await;
            to(&[&card]).json(&reason)
        }
        "take_person_role" => {
            let take = rightly::visit(world, operation, Some(Who::Admin)).await.call;
            let somebody = take.target.split('/').nth(4).unwrap();
            let give = world.call("set_person_role", &[somebody]);
            first(&give.json(&json!({"role": "support"}))).await;
            take
        }
        "reverse_entry" => {
            let import = rightly::visit(world, "import_settlement", Some(Who::Admin)).await;
            first(&import.call).await;
            let fee: uuid::Uuid = sqlx::query_scalar(
                "select id from ledger.entry where kind = 'provider_fee' order by id desc limit 1",
            )
            .fetch_one(&mut world.db.owner().await)
            .await
            .unwrap();
            to(&[&fee.to_string()]).json(&json!({"reason": "a test"}))
        }
        "retry_refund" => {
            let refund = rightly::refunded_of_a(world).await;
            let skip = world.call("skip_refund", &[&world.order, &refund]);
            let back = json!({"answer": "came_back", "note": "closed, says the bank"});
            first(&skip.json(&back)).await;
            to(&[&world.order, &refund])
        }
        _ => rightly::visit(world, operation, Some(Who::Admin)).await.call,
    }
}

/// The administrator's entry of a kind that one call has left, once it is there.
async fn entry(world: &World, operation: &str, kind: &str, correlation: &str) -> Value {
    let who = world.users[&Who::Admin];
    let list = world
        .call("list_audit_entries", &[])
        .query(&format!("kind={kind}&who={who}&limit=100"));
    testkit::eventually(&format!("{operation} leaves {kind} in the trail"), async || {
        let page = world.send_as(Who::Admin, &list).await.expect(200).json();
        let entries = page["items"].as_array().cloned().unwrap_or_default();
        entries
            .into_iter()
            .find(|entry| entry["correlation"] == correlation)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_the_staff_do_is_in_the_trail_with_what_was_before() {
    let world = World::new().await;
    let operations: Vec<&Operation> = world.spec.operations.values().filter(|o| is_staffs(o)).collect();
    assert!(operations.len() > 50, "{}", operations.len());
    for operation in operations {
        let name = operation.name.as_str();
        let Some((kind, says)) = trail(name) else {
            continue;
        };
        assert!(KINDS.contains(&kind), "{kind}");
        let correlation = kernel::uuid_at(world.clock.now()).to_string();
        let call = prepared(&world, name).await;
        let call = call.instead("x-correlation-id", correlation.as_str());
        let answer = world.send_as(Who::Admin, &call).await;
        assert!(answer.status < 300, "{name}: {}", answer.text());
        let entry = entry(&world, name, kind, &correlation).await;
        let is_said = |side: &str| !entry[side].is_null();
        let said = (is_said("before"), is_said("after"));
        let right = match says {
            Says::Both => said == (true, true),
            // What was set before it in this very test may be told as well.
            Says::New => said.1,
            Says::Gone => said.0,
            Says::Done => true,
        };
        assert!(right, "{name} is to say {says:?}: {entry}");
        if says == Says::Both {
            assert_ne!(entry["before"], entry["after"], "{name} tells of no difference");
        }
    }
    world.close().await;
}

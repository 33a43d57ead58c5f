//! Every operation by which the marketplace's staff change something leaves an entry in the audit trail, with what was before
//! and what is since.

use crate::rightly;
use crate::spec::{Call, Operation};
use crate::world::{Who, World};
use axum::http::Method;
use contracts::audit::KINDS;
use kernel::Clock as _;
use serde_json::{Value, json};
use std::time::Duration;

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
        // The filters of a list that somebody keeps for themselves.
        "save_operator_view" | "rename_operator_view" | "delete_operator_view" => return None,

        "approve_shop" | "suspend_shop" | "reinstate_shop" | "close_shop" => ("shop.status", Both),
        "judge_onboarding_item" => ("onboarding.judged", Both),
        "set_person_role" => ("account.role", New),
        "take_person_role" => ("account.role", Both),
        "invite_operator" => ("account.invited", New),
        "withdraw_operator_invitation" => ("account.invitation_withdrawn", Gone),
        "end_person_sessions" => ("account.sessions_ended", Done),
        "remove_person_second_factor" => ("account.second_factor_removed", Both),
        "make_partner_key" | "rotate_partner_key" => ("account.partner_key_made", New),
        "revoke_partner_key" => ("account.partner_key_revoked", New),

        "retry_payment" => ("payment.retried", Both),
        "skip_payment_step" => ("payment.skipped", Both),
        "compensate_payment" => ("payment.compensated", Both),
        "set_capture_time" => ("payment.capture_time_set", Both),
        "retry_capture" => ("payment.capture_retried", Both),
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
            world.clock.advance(Duration::from_secs(1));
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

/// What a form of the back office does: what an operation of the API does, which the table above has; something that no
/// operation does, which leaves this kind; or nothing that concerns anybody else, and why.
enum Form {
    Does(&'static [&'static str]),
    Leaves(&'static str),
    Nothing(&'static str),
}

#[allow(clippy::too_many_lines, reason = "a table: one line for each form")]
fn form(path: &str) -> Form {
    use Form::{Does, Leaves, Nothing};
    match path {
        "/operator/views" | "/operator/views/{id}/rename" | "/operator/views/{id}/delete" => {
            Nothing("the filters of a list that somebody keeps for themselves")
        }
        "/operator/system/rebuild-index" => Leaves("search.index_rebuilt"),
        "/operator/orders/{number}/parts/{part}/refund" => Does(&["refund_order"]),
        "/operator/holds" => Does(&["place_hold"]),
        "/operator/holds/{id}/lift" => Does(&["lift_hold"]),
        "/operator/commission" => Does(&["make_commission_rule"]),
        "/operator/commission/{id}/end" => Does(&["end_commission_rule"]),
        "/operator/partners" => Does(&["make_partner_key"]),
        "/operator/partners/{id}/revoke" => Does(&["revoke_partner_key"]),
        "/operator/shops/{id}/checks/{item}" => Does(&["judge_onboarding_item"]),
        "/operator/shops/{id}/{command}" => {
            Does(&["approve_shop", "suspend_shop", "reinstate_shop", "close_shop"])
        }
        "/operator/shops/{id}/features/{feature}" => Does(&["set_shop_feature", "clear_shop_feature"]),
        "/operator/payments/capture-time" => Does(&["set_capture_time"]),
        "/operator/payments/{order}/{act}" => Does(&[
            "retry_payment",
            "retry_capture",
            "skip_payment_step",
            "compensate_payment",
        ]),
        "/operator/payments/{order}/refunds/{refund}/{act}" => Does(&["retry_refund", "skip_refund"]),
        "/operator/reconciliation" => Does(&["explain_settlement_break"]),
        "/operator/reconciliation/files" => Does(&["import_settlement"]),
        "/operator/payouts/{id}/return" => Does(&["return_payout"]),
        "/operator/gift-cards" => Does(&["issue_gift_card"]),
        "/operator/gift-cards/{id}/disable" => Does(&["disable_gift_card"]),
        "/operator/gift-cards/{id}/enable" => Does(&["enable_gift_card"]),
        "/operator/taxes/rates" => Does(&["make_tax_rate"]),
        "/operator/taxes/rates/{id}/end" => Does(&["end_tax_rate"]),
        "/operator/taxes/categories" => Does(&["make_tax_category"]),
        "/operator/taxes/regions" => Does(&["make_tax_region"]),
        "/operator/taxes/owner" => Does(&["set_tax_liability"]),
        "/operator/messages/{id}/dismiss"
        | "/operator/messages/{id}/hide"
        | "/operator/messages/{id}/close" => Does(&["decide_on_message_thread"]),
        "/operator/reviews/{id}/approve" => Does(&["approve_review"]),
        "/operator/reviews/{id}/reject" => Does(&["reject_review"]),
        "/operator/moderation/rules" => Does(&["put_moderation_rules"]),
        "/operator/moderation/{id}/approve" => Does(&["approve_moderation"]),
        "/operator/moderation/{id}/reject" => Does(&["reject_moderation"]),
        "/operator/moderation/shops/{id}/trust" => Does(&["put_shop_trust"]),
        "/operator/categories" => Does(&["create_category"]),
        "/operator/categories/{id}"
        | "/operator/categories/{id}/place"
        | "/operator/categories/{id}/attributes" => Does(&["change_category"]),
        "/operator/promoted" => Does(&["set_promoted_tariff"]),
        "/operator/items/{id}/match" => Does(&["match_product"]),
        "/operator/items/{id}/refuse" => Does(&["refuse_item_proposal"]),
        "/operator/search/synonyms" => Does(&["make_search_synonym"]),
        "/operator/search/synonyms/{id}/end" => Does(&["end_search_synonym"]),
        "/operator/search/rules" => Does(&["make_search_rule"]),
        "/operator/search/rules/{id}/end" => Does(&["end_search_rule"]),
        "/operator/people/roles" | "/operator/people/{id}/role" => {
            Does(&["set_person_role", "take_person_role"])
        }
        "/operator/people/invitations" => Does(&["invite_operator"]),
        "/operator/people/invitations/{id}/take-back" => Does(&["withdraw_operator_invitation"]),
        "/operator/people/{id}/end-sessions" => Does(&["end_person_sessions"]),
        "/operator/people/{id}/remove-second-factor" => Does(&["remove_person_second_factor"]),
        "/operator/features" | "/operator/features/{feature}" => Does(&["set_feature"]),
        "/operator/templates/{kind}/{language}" => Does(&["put_notification_template"]),
        "/operator/templates/{kind}/{language}/restore" => Does(&["restore_notification_template"]),
        "/operator/dead-letters/{id}/retry" => Does(&["retry_dead_letter"]),
        "/operator/dead-letters/{id}/dismiss" => Does(&["dismiss_dead_letter"]),
        new => {
            panic!("the form {new} is new: say here what it does, and what that leaves in the audit trail")
        }
    }
}

#[test]
fn every_form_of_the_back_office_does_what_leaves_a_trail() {
    let addresses = include_str!("../../../storefront/src/web/operator/addresses.rs");
    let forms = addresses.split(".post").skip(1);
    let paths: Vec<&str> = forms.filter_map(|form| form.split('"').nth(1)).collect();
    assert!(paths.len() > 50, "{paths:?}");
    for path in paths {
        assert!(path.starts_with("/operator"), "{path}");
        match form(path) {
            Form::Does(operations) => {
                for operation in operations {
                    assert!(trail(operation).is_some(), "{path}: {operation}");
                }
            }
            Form::Leaves(kind) => assert!(KINDS.contains(&kind), "{path}: {kind}"),
            Form::Nothing(why) => assert!(!why.is_empty()),
        }
    }
}

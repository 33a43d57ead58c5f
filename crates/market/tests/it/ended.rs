//! What has come to an end says so, and what can still be done with it.

use kernel::{Fault, Kind, WarehouseId};
use serde_json::Value;
use std::collections::BTreeSet;

/// Conflicts that are no end of anything: something else is in the way.
fn is_an_end(code: &str) -> bool {
    code == "ended"
        || code == "already_reversed"
        || code == "transition_illegal"
        || code == "illegal_transition"
        || ["_ended", "_over", "_decided", "_closed", "_undone", "_not_paid"]
            .iter()
            .any(|end| code.ends_with(end))
}

/// One of each.
fn ends() -> Vec<Fault> {
    let illegal = orders::domain::Refusal::Illegal {
        what: "An order",
        from: "cancelled",
        to: "confirmed",
        allowed: &[],
    };
    let warehouse = WarehouseId(uuid::Uuid::from_u128(1));
    vec![
        orders::Error::from(illegal).into(),
        checkout::Error::HoldEnded.into(),
        checkout::Error::SagaEnded("declined").into(),
        checkout::Error::CaptureEnded.into(),
        ledger::Error::HoldEnded.into(),
        ledger::Error::RuleEnded.into(),
        ledger::Error::AlreadyReversed.into(),
        ledger::Error::PayoutNotPaid(contracts::ledger::PayoutState::Failed).into(),
        promotions::Error::Ended.into(),
        taxes::Error::RateEnded.into(),
        search::Error::Ended.into(),
        inventory::Error::WarehouseClosed(warehouse).into(),
        inventory::Error::InboundEnded(inventory::domain::InboundState::Closed).into(),
        identity::Error::PartnerKeyOver.into(),
        identity::Error::ApiKeyOver.into(),
        messages::Error::Closed(contracts::messages::Closing {
            at: kernel::Timestamp::UNIX_EPOCH,
            reason: "Spam".to_owned(),
        })
        .into(),
        messages::Error::QuoteOver.into(),
        tenants::Error::Closed.into(),
        tenants::Error::InvitationOver(contracts::tenants::InvitationState::Accepted).into(),
        tenants::Error::IllegalTransition {
            status: contracts::tenants::ShopStatus::Closed,
            command: "approve",
            allowed: Vec::new(),
        }
        .into(),
    ]
}

/// What catalog and orders say where it happens, without errors of their own.
const SAID_ON_THE_SPOT: [&str; 4] = [
    "download_ended",
    "import_undone",
    "moderation_decided",
    "schedule_over",
];

#[test]
fn whatever_has_ended_names_the_moves_that_are_left() {
    let ends = ends();
    for fault in &ends {
        assert_eq!(fault.kind, Kind::Conflict, "{}", fault.code);
        let allowed = fault.extra.get("allowed").and_then(|allowed| allowed.as_array());
        assert!(allowed.is_some(), "{} does not say what is allowed", fault.code);
    }
    let known: BTreeSet<&str> = ends
        .iter()
        .map(|fault| fault.code.as_str())
        .chain(SAID_ON_THE_SPOT)
        .collect();
    let described: BTreeSet<String> = conflicts().into_iter().filter(|code| is_an_end(code)).collect();
    let missing: Vec<_> = described
        .iter()
        .filter(|code| !known.contains(code.as_str()))
        .collect();
    assert!(missing.is_empty(), "also in the list above: {missing:?}");
}

/// Every code that the description names for a 409.
fn conflicts() -> BTreeSet<String> {
    let document: Value = serde_json::from_str(include_str!("../../../../docs/openapi.json")).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let operations = paths
        .values()
        .flat_map(|path| path.as_object().expect("operations").values());
    let told = operations.filter_map(|operation| operation["responses"]["409"]["description"].as_str());
    told.flat_map(|text| text.split('`').skip(1).step_by(2).map(str::to_owned))
        .collect()
}

//! What was reached for, and what came of it.

use super::Reach;
use crate::spec::{Answer, Operation};
use crate::world::{Who, World};
use std::collections::BTreeSet;

/// Whether an answer to B tells anything that is A's alone.
pub fn tells(answer: &Answer, secrets: &[&str]) -> Option<String> {
    let text = answer.text();
    // A refusal may repeat what the caller said.
    let told = secrets
        .iter()
        .find(|secret| answer.status < 400 && text.contains(**secret));
    told.map(|secret| (*secret).to_owned())
}

/// Sends all of them with one token; every one is refused, or answered without the other's things.
pub async fn reach_all(world: &World, who: Who, reaches: &[Reach], secrets: &[&str]) {
    let mut wrong = Vec::new();
    for reach in reaches {
        let answer = world.send_as(who, &reach.call).await;
        let is_refused = reach.statuses.contains(&answer.status);
        let (flaw, told) = (answer.flaw(), tells(&answer, secrets));
        if !is_refused || flaw.is_some() || told.is_some() {
            let (status, text) = (answer.status, answer.text());
            let target = &reach.call.target;
            wrong.push(format!("{target}: {status} {flaw:?} {told:?} {text:.400}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every operation whose path or parameters name something must be tried.
pub fn check_all_tried<'a>(
    operations: impl Iterator<Item = &'a Operation>,
    reaches: &[Reach],
    reasons: &[(&str, &str)],
) {
    let tried: BTreeSet<&str> = reaches.iter().map(|r| r.operation).collect();
    for operation in operations {
        let name = operation.name.as_str();
        let reason = reasons.iter().find(|(known, _)| *known == name);
        assert!(
            tried.contains(name) || reason.is_some(),
            "{name} is new: reach for another's things with it, or say why it names none"
        );
    }
}

//! What a person decides about money, as the audit trail is told of it; what follows from it by itself is told by what it does.
//! Pure.

use super::capture::{CaptureAsk, CaptureMove, Capturing};
use super::decide::{Ask, Case, Decision};
use super::intervene::ByHand;
use super::refund::{RefundAsk, RefundMove, RefundRequest, Refunding};
use contracts::audit::{AuditSubject, Changed};
use contracts::checkout::Intervention;
use kernel::{Money, RefundId};
use serde_json::{Value, json};

/// What is told of a command that was granted: nothing where it changed nothing, and of what no person asked for.
pub fn told(case: &Case, ask: &Ask, decision: &Decision) -> Option<Changed> {
    match ask {
        Ask::Intervene(by_hand) => of_payment(case, by_hand, decision),
        Ask::Refund(request) => of_request(case, request, decision),
        Ask::OfRefund { refund, ask } => match ask {
            RefundAsk::Retry => of_refund(case, *refund, &Intervention::Retry, None, decision),
            RefundAsk::Intervene(by_hand) => {
                let note = Some(by_hand.note.as_str());
                of_refund(case, *refund, &by_hand.intervention, note, decision)
            }
            _ => None,
        },
        Ask::OfCapture(CaptureAsk::Retry { note, .. }) => of_capture(case, note, decision),
        _ => None,
    }
}

fn about(case: &Case) -> AuditSubject {
    AuditSubject::new("order", case.order.id, case.order.number())
}

fn of_payment(case: &Case, by_hand: &ByHand, decision: &Decision) -> Option<Changed> {
    let (before, after) = (case.saga.as_ref()?, decision.saga.as_ref()?);
    let kind = match by_hand.intervention {
        Intervention::Retry => "payment.retried",
        Intervention::Skip { .. } => "payment.skipped",
        Intervention::Compensate => "payment.compensated",
    };
    let said = Changed::new(kind, about(case)).before(json!({
        "step": before.step.name(),
        "attempt": before.attempt,
        "tries": before.tries,
    }));
    let after = with_answer(
        json!({
            "step": after.step.name(),
            "attempt": after.attempt,
            "tries": after.tries,
            "note": by_hand.note,
        }),
        &by_hand.intervention,
    );
    Some(said.after(after))
}

/// Of a refund that this very command began: asked for twice, or once more because nobody heard of a commit, it was told
/// the first time.
fn of_request(case: &Case, request: &RefundRequest, decision: &Decision) -> Option<Changed> {
    let begun = decision.refund.as_ref().map(RefundMove::refund)?;
    if case.refunds.iter().any(|known| known.id == begun.id) {
        return None;
    }
    let part = case.order.sub_order(request.part)?;
    let told = Changed::new("refund.asked", about(case))
        .of(Some(part.part.tenant))
        .after(json!({
            "refund": begun.id,
            "amount": Money::new(begun.amount(), case.order.currency()),
            "to": begun.to,
            "reason": begun.reason(),
        }));
    Some(told)
}

fn of_refund(
    case: &Case,
    id: RefundId,
    intervention: &Intervention,
    note: Option<&str>,
    decision: &Decision,
) -> Option<Changed> {
    let kind = match intervention {
        Intervention::Retry => "refund.retried",
        Intervention::Skip { .. } => "refund.skipped",
        // Refused: what is given back is not undone.
        Intervention::Compensate => return None,
    };
    let before = case.refunds.iter().find(|refund| refund.id == id)?;
    let after = decision.refund.as_ref().and_then(RefundMove::changed)?;
    let currency = case.order.currency();
    let said = |of: &Refunding| {
        json!({
            "refund": of.id,
            "amount": Money::new(of.amount(), currency),
            "step": of.step.name(),
            "attempt": of.attempt,
        })
    };
    let mut became = with_answer(said(after), intervention);
    if let Some(note) = note {
        became["note"] = json!(note);
    }
    Some(Changed::new(kind, about(case)).before(said(before)).after(became))
}

fn of_capture(case: &Case, note: &str, decision: &Decision) -> Option<Changed> {
    let before = case.capturing.as_ref()?;
    let after = decision.capture.as_ref().and_then(CaptureMove::changed)?;
    let currency = case.order.currency();
    let said = |of: &Capturing| {
        json!({
            "amount": Money::new(of.taking.split().open(), currency),
            "tries": of.tries,
        })
    };
    let mut became = said(after);
    became["note"] = json!(note);
    let told = Changed::new("payment.capture_retried", about(case));
    Some(told.before(said(before)).after(became))
}

/// With what was put in the provider's place, where that was it.
fn with_answer(mut said: Value, intervention: &Intervention) -> Value {
    if let Intervention::Skip { answer, reference } = intervention {
        said["answer"] = json!(answer.name());
        if let Some(reference) = reference {
            said["reference"] = json!(reference);
        }
    }
    said
}

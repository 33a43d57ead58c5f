//! Refunds on their way, beside the payments: which of them need somebody, and stepping in.

use super::payments::{choice, show, step};
use crate::i18n::Locale;
use crate::views::operator::{PaymentRow, RefundPanel};
use crate::views::page::Tone;
use crate::views::work::Status;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::redirect_done;
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::checkout::{Intervention, RefundSaga, RefundState, SagaAnswer};
use contracts::identity::UserCard;
use kernel::{Fault, Kind, OrderId, Permission, RefundId};

/// The tabs of the list of payments that show refunds: all that are not through, and some of them.
pub const TABS: [(&str, &str, Option<RefundState>); 4] = [
    ("refunds", "refunds.uneasy", None),
    ("refunds_stuck", "refunds.stuck", Some(RefundState::Stuck)),
    ("refunds_refused", "refunds.refused", Some(RefundState::Refused)),
    (
        "refunds_came_back",
        "refunds.came_back",
        Some(RefundState::CameBack),
    ),
];

const NOTE_CHARS_MAX: usize = 500;
const REFERENCE_CHARS_MAX: usize = 120;
const ANSWERS: [SagaAnswer; 3] = [SagaAnswer::Refunded, SagaAnswer::Declined, SagaAnswer::CameBack];

fn status(state: RefundState, locale: Locale) -> Status {
    let (key, tone) = match state {
        RefundState::Open => ("payments.open", Tone::Calm),
        RefundState::Stuck => ("payments.stuck", Tone::Bad),
        RefundState::Refused => ("refunds.refused", Tone::Bad),
        RefundState::CameBack => ("refunds.came_back", Tone::Bad),
        RefundState::Refunded => ("payments.step.refunded", Tone::Good),
    };
    Status {
        label: locale.t(key).to_string(),
        tone,
    }
}

/// A line of the list.
pub fn row(refund: &RefundSaga, locale: Locale) -> PaymentRow {
    PaymentRow {
        number: refund.number.clone(),
        href: format!("/operator/payments/{}#refund-{}", refund.order, refund.id),
        status: status(refund.state, locale),
        step: format!(
            "{}: {}",
            locale.money(refund.amount),
            step_name(&refund.step, locale)
        ),
        tries: locale.number(u64::from(refund.tries)),
        last: refund
            .timeline
            .last()
            .map_or(refund.due_at, |told| Some(told.at))
            .map(|at| locale.date_time_short(at.naive_utc()))
            .unwrap_or_default(),
        due: due(refund, locale),
    }
}

fn due(refund: &RefundSaga, locale: Locale) -> String {
    let due = refund.due_at.map(|at| locale.date_time_short(at.naive_utc()));
    due.unwrap_or_default()
}

fn step_name(step: &str, locale: Locale) -> String {
    locale.t(&format!("payments.step.{step}")).to_string()
}

/// With its history and the forms.
pub fn panel(refund: &RefundSaga, people: &[UserCard], may: bool, locale: Locale) -> RefundPanel {
    let is_through = refund.state == RefundState::Refunded;
    RefundPanel {
        anchor: format!("refund-{}", refund.id),
        amount: locale.money(refund.amount),
        by_provider: match refund.by_provider == refund.amount {
            true => String::new(),
            false => locale.money(refund.by_provider),
        },
        reason: refund.reason.clone(),
        refusal: refund.refusal.clone().unwrap_or_default(),
        status: status(refund.state, locale),
        step: step_name(&refund.step, locale),
        tries: locale.number(u64::from(refund.tries)),
        due: due(refund, locale),
        action: format!("/operator/payments/{}/refunds/{}", refund.order, refund.id),
        may_retry: may && !is_through,
        answers: match may {
            true => refund
                .answers
                .iter()
                .map(|answer| choice(*answer, locale))
                .collect(),
            false => Vec::new(),
        },
        timeline: refund
            .timeline
            .iter()
            .rev()
            .map(|told| step(told, people, locale))
            .collect(),
    }
}

pub async fn act(
    State(shop): State<Shop>,
    Path((order, refund, act)): Path<(OrderId, RefundId, String)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManagePayments)?;
    let by = visit.principal.as_ref().map(|p| p.user);
    let by = by.ok_or_else(|| Fault::not_found("page"))?;
    let wish = wish(&act, &posted);
    let outcome = match wish {
        Ok((note, intervention, done)) => shop
            .payment_desk
            .intervene_refund(&visit.ctx, order, refund, by, note, intervention)
            .await
            .map(|_| done),
        Err(fault) => Err(fault),
    };
    match outcome {
        Ok(done) => Ok(redirect_done(&format!("/operator/payments/{order}"), done)),
        Err(fault) if matches!(fault.kind, Kind::Internal | Kind::Unavailable | Kind::NotFound) => {
            Err(Failure(fault))
        }
        Err(fault) => {
            let said = visit.tell(&fault);
            let of_note = fault.fields.iter().any(|field| field.pointer == "/note");
            let said = match of_note {
                true => format!("{}: {said}", visit.locale.t("work.reason")),
                false => said,
            };
            show(&shop, visit, order, Some(said)).await
        }
    }
}

/// What is to be done, why, and what is said when it is.
fn wish(act: &str, posted: &Posted) -> Result<(String, Intervention, &'static str), Fault> {
    let (intervention, done) = match act {
        "retry" => (Intervention::Retry, "payment_retried"),
        "skip" => {
            let answer = ANSWERS
                .into_iter()
                .find(|answer| answer.name() == posted.get("answer"))
                .ok_or_else(|| Fault::field("answer", "answer", "Choose an answer."))?;
            let reference = posted.get("reference").trim();
            let reference = match reference.is_empty() {
                true => None,
                false => Some(httpkit::text::line("/reference", reference, REFERENCE_CHARS_MAX)?),
            };
            (Intervention::Skip { answer, reference }, "payment_said")
        }
        _ => return Err(Fault::not_found("page")),
    };
    let note = httpkit::text::line("/note", posted.get("note"), NOTE_CHARS_MAX)?;
    Ok((note, intervention, done))
}

//! What a shop cannot send, and why.

use super::orders::{self, after};
use crate::views::common::Choice;
use crate::views::seller::{CancelForm, CancelUnitsForm};
use crate::web::Shop;
use crate::web::cancel::{named, of};
use crate::web::failure::Failure;
use crate::web::left::{Left, Shown};
use crate::web::posted::Posted;
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::orders::{SubOrder, SubOrderStatus};
use kernel::{Permission, SubOrderId};

/// Why a shop cannot send what it sold, by the end of the key of its words; the buyer reads them.
const REASONS: [&str; 4] = ["sold_out", "damaged", "address", "other"];
/// Characters of a note to a buyer.
const NOTE_CHARS_MAX: usize = 500;

/// Where it cancels all of it, while nothing is sent.
pub fn form(sub: &SubOrder, visit: &Visit, left: Option<&Left<'_>>) -> Option<CancelForm> {
    let is_open = matches!(sub.status, SubOrderStatus::Confirmed | SubOrderStatus::Packed);
    let action = action(sub.id, "cancel");
    let shown = Shown::of(left, &action);
    is_open.then(|| CancelForm {
        reasons: shown.choices("reason", reasons(visit)),
        note: shown.value("note", ""),
        refused: shown.refused(),
        action,
    })
}

fn action(id: SubOrderId, act: &str) -> String {
    format!("/seller/orders/{id}/{act}")
}

/// Where it cancels some of it, while more than one unit is not sent.
pub fn units_form(sub: &SubOrder, visit: &Visit, left: Option<&Left<'_>>) -> Option<CancelUnitsForm> {
    use SubOrderStatus as S;
    let may = matches!(sub.status, S::Confirmed | S::Packed | S::PartlyShipped);
    let action = action(sub.id, "cancel-units");
    let shown = Shown::of(left, &action);
    may.then(|| CancelUnitsForm {
        reasons: shown.choices("reason", reasons(visit)),
        note: shown.value("note", ""),
        units: of(sub, action, visit, left),
    })
}

fn reasons(visit: &Visit) -> Vec<Choice> {
    let choice = |code| Choice::new(code, visit.locale.t(&key(code)).to_string());
    REASONS.map(choice).into()
}

fn key(code: &str) -> String {
    format!("work.cancel_reason.{code}")
}

/// The reason in words, then what the seller added.
fn note(posted: &Posted) -> String {
    let chosen = posted.get("reason");
    let known = REASONS.contains(&chosen);
    let reason = match known {
        true => posted.visit.locale.t(&key(chosen)).to_string(),
        false => String::new(),
    };
    // One line: whatever breaks it in a browser is a blank to the buyer.
    let added = posted.get("note").split_whitespace();
    let words = added.fold(reason, |text, word| match text.is_empty() {
        true => word.to_owned(),
        false => format!("{text} {word}"),
    });
    words
        .chars()
        .filter(|c| !c.is_control())
        .take(NOTE_CHARS_MAX)
        .collect()
}

pub async fn whole(
    State(shop): State<Shop>,
    Path(id): Path<SubOrderId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::FulfilSales)?;
    let cancelled = shop.checkout.cancel_sale(&visit.ctx, tenant, id, note(&posted));
    match cancelled.await {
        Err(fault) => orders::refused(&shop, id, action(id, "cancel"), &posted, fault).await,
        done => after(id, "sale_cancelled", done),
    }
}

pub async fn units(
    State(shop): State<Shop>,
    Path(id): Path<SubOrderId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::FulfilSales)?;
    let cancelled = match named(&posted, id, note(&posted)) {
        Ok(request) => shop.checkout.cancel_sale_units(&visit.ctx, tenant, request).await,
        Err(fault) => Err(fault),
    };
    match cancelled {
        Err(fault) => orders::refused(&shop, id, action(id, "cancel-units"), &posted, fault).await,
        done => after(id, "units_cancelled", done),
    }
}

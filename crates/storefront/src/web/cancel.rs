//! Units that are not to be sent, as buyers and sellers name them.

use super::Shop;
use super::failure::Failure;
use super::left::{Left, Shown};
use super::orders::{self, find};
use super::posted::Posted;
use super::returns::units;
use super::visit::{Visit, redirect_done};
use crate::views::order::UnitsForm;
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::checkout::CancelUnits;
use contracts::orders as api;
use contracts::orders::{ParcelLine, SubOrderStatus};
use kernel::{Fault, LineId, OrderId, RefundId, SubOrderId};

/// Where a buyer cancels units of a shop's part, until that is packed.
pub fn form(
    order: OrderId,
    sub: &api::SubOrder,
    visit: &Visit,
    left: Option<&Left<'_>>,
) -> Option<UnitsForm> {
    let action = action(order, sub.id);
    (sub.status == SubOrderStatus::Confirmed).then(|| of(sub, action, visit, left))
}

fn action(order: OrderId, part: SubOrderId) -> String {
    format!("/orders/{order}/parts/{part}/cancel-units")
}

/// The form for what is not sent yet.
pub fn of(sub: &api::SubOrder, action: String, visit: &Visit, left: Option<&Left<'_>>) -> UnitsForm {
    let shown = Shown::of(left, &action);
    let unsent = |line: &api::OrderLine| line.quantity - line.shipped - line.cancelled;
    let lines = sub.lines.iter().filter(|line| unsent(line) > 0);
    let fresh = RefundId::new(visit.ctx.now).to_string();
    UnitsForm {
        action,
        refused: shown.refused(),
        prefix: format!("cancel-{}", sub.id),
        // One that was refused did nothing: it may go again under its own key, unless that is what was wrong.
        key: shown.key("key", fresh),
        lines: lines
            .filter_map(|line| units(sub, line.id, unsent(line), shown, "0"))
            .collect(),
    }
}

/// What was named, and the key of the form that named it.
pub fn named(posted: &Posted, sub_order: SubOrderId, note: String) -> Result<CancelUnits, Fault> {
    let unreadable = || {
        Fault::field(
            "units_invalid",
            "units",
            "Write how many units are not to be sent.",
        )
    };
    let mut lines = Vec::new();
    for (line, units) in posted.with_prefix("units.") {
        let line: LineId = line.parse().map_err(|_| unreadable())?;
        let quantity: u32 = units.parse().map_err(|_| unreadable())?;
        if quantity > 0 {
            lines.push(ParcelLine { line, quantity });
        }
    }
    Ok(CancelUnits {
        sub_order,
        lines,
        note,
        idempotency_key: posted.get("key").to_owned(),
    })
}

/// As the buyer of the order.
pub async fn units_of_part(
    State(shop): State<Shop>,
    Path((id, part)): Path<(OrderId, SubOrderId)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let (owner, _) = find(&shop, visit, id).await?;
    let sent = action(id, part);
    let cancelled = match named(&posted, part, String::new()) {
        Ok(request) => shop.checkout.cancel_units(&visit.ctx, owner, id, request).await,
        Err(fault) => Err(fault),
    };
    match cancelled {
        Ok(_) => Ok(redirect_done(&format!("/orders/{id}"), "units_cancelled")),
        Err(fault) => orders::refused(&shop, id, sent, &posted, fault).await,
    }
}

//! Money that a shop gives back without a return: for pieces, for the delivery, or an amount.

use super::orders;
use crate::views::order::UnitsForm;
use crate::views::seller::RefundForm;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::left::{Left, Shown};
use crate::web::posted::Posted;
use crate::web::returns::units;
use crate::web::visit::{Visit, redirect_done};
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::checkout::{RefundOrder, RefundTo, RefundUnits, RefundWish};
use contracts::orders::{OrderLine, SubOrder, SubOrderStatus};
use kernel::{Currency, Fault, LineId, Money, Permission, RefundId, SubOrderId};

const REASON_CHARS_MAX: usize = 255;

/// Where money is given back, while something is left of what was paid.
pub fn form(sub: &SubOrder, visit: &Visit, left: Option<&Left<'_>>) -> Option<RefundForm> {
    let may = visit.may(Permission::RefundSales);
    may.then(|| form_at(sub, action(sub.id), visit, left)).flatten()
}

/// The same, sent elsewhere, for whoever may.
pub fn form_at(sub: &SubOrder, action: String, visit: &Visit, left: Option<&Left<'_>>) -> Option<RefundForm> {
    let was_paid = !matches!(sub.status, SubOrderStatus::Placed | SubOrderStatus::Cancelled);
    let rest = sub.total.sub(sub.refunded).ok().filter(|rest| rest.amount > 0)?;
    if !was_paid {
        return None;
    }
    let locale = visit.locale;
    let shown = Shown::of(left, &action);
    let lines = sub.lines.iter().filter(|line| left_of(sub, line) > 0);
    let lines = lines.filter_map(|line| units(sub, line.id, left_of(sub, line), shown, "0"));
    let delivery_back: i64 = sub.refunds.iter().map(|refund| refund.delivery.amount).sum();
    let delivery = Money::new(sub.delivery.amount - delivery_back, sub.delivery.currency);
    Some(RefundForm {
        rest: locale.money(rest),
        delivery: (delivery.amount > 0).then(|| locale.money(delivery)),
        with_delivery: shown.value("delivery", "") == "yes",
        amount: shown.field("amount", "amount", ""),
        reason: shown.field("reason", "reason", ""),
        units: UnitsForm {
            prefix: format!("refund{}", sub.number.rsplit('-').next().unwrap_or_default()),
            key: shown.key("key", RefundId::new(visit.ctx.now).to_string()),
            lines: lines.collect(),
            refused: shown.refused(),
            action,
        },
    })
}

fn action(id: SubOrderId) -> String {
    format!("/seller/orders/{id}/refund")
}

/// Units of a line that nothing was given back for.
fn left_of(sub: &SubOrder, line: &OrderLine) -> u32 {
    let refunds = sub.refunds.iter().flat_map(|refund| &refund.lines);
    let back: u32 = refunds
        .filter(|back| back.line == line.id)
        .map(|back| back.quantity)
        .sum();
    line.quantity.saturating_sub(back.max(line.cancelled))
}

/// What was wished: an amount where one was written, else the pieces and the delivery.
pub fn wished(posted: &Posted, currency: Currency) -> Result<RefundWish, Fault> {
    let said = |key: &str| posted.visit.locale.t(key).to_string();
    let amount = posted.get("amount").trim();
    let mut lines = Vec::new();
    for (line, quantity) in posted.with_prefix("units.") {
        let wrong = || Fault::field("units_invalid", "units", said("refusal.units_invalid"));
        let line: LineId = line.parse().map_err(|_| wrong())?;
        let quantity: u32 = quantity.parse().map_err(|_| wrong())?;
        if quantity > 0 {
            lines.push(RefundUnits { line, quantity });
        }
    }
    let delivery = posted.get("delivery") == "yes";
    match (amount.is_empty(), lines.is_empty() && !delivery) {
        (true, false) => Ok(RefundWish::Lines { lines, delivery }),
        (false, true) => Money::parse(amount, currency)
            .ok()
            .filter(|money| money.amount > 0)
            .map(RefundWish::Amount)
            .ok_or_else(|| Fault::field("price_wrong", "amount", said("refusal.price"))),
        _ => Err(Fault::field(
            "refund_unclear",
            "units",
            said("refusal.refund_unclear"),
        )),
    }
}

/// What the buyer reads.
pub fn reason(posted: &Posted) -> Result<String, Fault> {
    let words: Vec<&str> = posted.get("reason").split_whitespace().collect();
    let reason: String = words.join(" ").chars().take(REASON_CHARS_MAX).collect();
    if reason.is_empty() || reason.chars().any(char::is_control) {
        let said = posted.visit.locale.t("refusal.text_empty").to_string();
        return Err(Fault::field("text_empty", "reason", said));
    }
    Ok(reason)
}

pub async fn give(
    State(shop): State<Shop>,
    Path(id): Path<SubOrderId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::RefundSales)?;
    let sub = shop.orders.sub_order(&visit.ctx, tenant, id).await?;
    let refunded = match wished(&posted, sub.total.currency).and_then(|wish| Ok((wish, reason(&posted)?))) {
        Ok((wish, reason)) => {
            let request = RefundOrder {
                sub_order: id,
                wish,
                reason,
                to: RefundTo::Origin,
                idempotency_key: posted.get("key").to_owned(),
            };
            shop.checkout.refund_sale(&visit.ctx, tenant, request).await
        }
        Err(fault) => Err(fault),
    };
    match refunded {
        Ok(_) => Ok(redirect_done(&format!("/seller/orders/{id}"), "refund_given")),
        Err(fault) => orders::refused(&shop, id, action(id), &posted, fault).await,
    }
}

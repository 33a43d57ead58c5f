//! How much a refund is over. Pure.

use super::RefundRequest;
use crate::error::Error;
use contracts::checkout::RefundWish;
use kernel::RefundId;
use orders::domain::{Refund, RefundLine, Refusal, SubOrder};

/// The refund that a wish comes to; whether it can be had is for the order to say.
pub(super) fn wished(sub_order: &SubOrder<'_>, request: &RefundRequest) -> Result<Refund, Error> {
    let mut refund = Refund {
        id: request.id,
        part: sub_order.part.id,
        lines: Vec::new(),
        delivery: 0,
        amount: 0,
        reason: request.reason.clone(),
        of_return: None,
        released: false,
        deduction: None,
    };
    match &request.wish {
        RefundWish::Amount(amount) if amount.currency != sub_order.order.currency() => {
            return Err(Error::WrongCurrency {
                currency: sub_order.order.currency(),
            });
        }
        RefundWish::Amount(amount) => refund.amount = amount.amount,
        RefundWish::Lines { lines, delivery } => {
            for wanted in lines {
                let line = sub_order.line(wanted.line).ok_or(Refusal::BadUnits)?;
                let (_, before) = sub_order.line_refunded(line.id);
                refund.lines.push(RefundLine {
                    line: line.id,
                    quantity: wanted.quantity,
                    amount: line.paid_for(wanted.quantity, before),
                });
            }
            if *delivery {
                refund.delivery = sub_order.part.delivery.price - sub_order.delivery_refunded();
            }
            let goods = refund.lines.iter().map(|line| line.amount);
            refund.amount = goods
                .chain([refund.delivery])
                .try_fold(0i64, i64::checked_add)
                .ok_or(kernel::MoneyError::Overflow)?;
        }
    }
    Ok(refund)
}

/// All of a sub-order's money that was not given back: for its lines and delivery; as an amount, where amounts were given
/// back before that belong to none of them.
pub(super) fn all_of(sub_order: &SubOrder<'_>, id: RefundId, reason: &str) -> Refund {
    let lines: Vec<RefundLine> = sub_order
        .part
        .lines
        .iter()
        .map(|line| {
            let (amount, units) = sub_order.line_refunded(line.id);
            RefundLine {
                line: line.id,
                quantity: line.quantity.saturating_sub(units),
                amount: line.total() - amount,
            }
        })
        .filter(|line| line.amount > 0)
        .collect();
    let delivery = sub_order.part.delivery.price - sub_order.delivery_refunded();
    let sum = lines.iter().map(|line| line.amount).sum::<i64>() + delivery;
    let amount = sub_order.refundable();
    let named = sum == amount;
    Refund {
        id,
        part: sub_order.part.id,
        lines: if named { lines } else { Vec::new() },
        delivery: if named { delivery } else { 0 },
        amount,
        reason: reason.to_owned(),
        of_return: None,
        released: false,
        deduction: None,
    }
}

//! What was sold for nothing, because promotions pay for all of it.

use super::decide::Books;
use super::refund::Share;
use kernel::{Ctx, RefundId};
use orders::domain::{Event, Order, SubOrder, Undone};

/// What is posted when events undo something of a sale by themselves: what cost nothing is cancelled, or came back and
/// stays. No money goes back to the buyer for it, and what its sale posted must not stay with the shop.
pub fn unpaid_for(before: &Order, events: &[Event], ctx: &Ctx) -> Option<Books> {
    let then = |order: Order, event: &Event| order.then(ctx.now, event.clone());
    let after = events.iter().fold(before.clone(), then);
    let parts = before.sub_orders().zip(after.sub_orders());
    let shares: Vec<Share> = parts
        .filter_map(|(before, after)| share(&before, &after))
        .collect();
    (!shares.is_empty()).then(|| Books::Refund {
        refund: RefundId::new(ctx.now),
        shares,
        tenders: Vec::new(),
    })
}

fn share(before: &SubOrder<'_>, after: &SubOrder<'_>) -> Option<Share> {
    let undone = after.undone().since(before.undone());
    (undone != Undone::default()).then_some(Share {
        tenant: after.part.tenant,
        amount: 0,
        commission: undone.commission,
        tax: undone.tax,
        funded: undone.funded,
        // Of nothing that is paid, nothing is tax.
        sales_tax: 0,
    })
}

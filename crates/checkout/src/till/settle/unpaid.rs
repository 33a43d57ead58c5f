//! Parts that were sold for nothing, because the marketplace pays for all of them.

use super::Case;
use super::decide::Books;
use super::refund::Share;
use kernel::{Ctx, RefundId, SubOrderId};

/// What is posted when parts are cancelled that were sold for nothing, because the marketplace pays for all of them: no
/// money goes back to the buyer, and what their sale posted is undone.
pub fn unpaid_for(case: &Case, ctx: &Ctx, only: Option<SubOrderId>) -> Option<Books> {
    let wanted = case.order.sub_orders().filter(|sub_order| {
        let part = sub_order.part;
        only.is_none_or(|only| only == part.id)
            && case.order.paid
            && part.total() == 0
            && part.funded() > 0
            && sub_order.cancellation().is_none()
    });
    let shares: Vec<Share> = wanted
        .map(|sub_order| {
            let sold = sub_order.part.sold();
            Share {
                tenant: sub_order.part.tenant,
                amount: 0,
                commission: sold.commission,
                tax: sold.tax,
                funded: sold.funded,
            }
        })
        .collect();
    (!shares.is_empty()).then(|| Books::Refund {
        refund: RefundId::new(ctx.now),
        shares,
    })
}

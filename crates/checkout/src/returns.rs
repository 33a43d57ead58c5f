//! Returns where goods or money move: one method per use case. What buyers and shops say about them is `orders`' own.

use crate::app::Checkouts;
use crate::error::Error;
use crate::refunds::of_part;
use crate::till::settle::{Ask, ReturnAct, ReturnAsk};
use contracts::cart::CartOwner;
use contracts::checkout::{AfterReceipt, OrderRefund, Receipt, ReceiptLine, ReturnTerms};
use contracts::orders::{AsOf, Deduction, Order, Orders as _, SubOrder};
use httpkit::text;
use kernel::limits::AMOUNT_MINOR_MAX;
use kernel::{Ctx, Fault, OrderId, ReturnId, SubOrderId, TenantId};
use orders::domain::{Received, Refusal};

/// Characters of a reason that a buyer reads.
const REASON_CHARS_MAX: usize = 255;
/// Characters of what a shop says about a return.
const NOTE_CHARS_MAX: usize = 500;

impl Checkouts {
    pub(crate) async fn withdrawn(
        &self,
        ctx: &Ctx,
        owner: &CartOwner,
        order: OrderId,
        id: ReturnId,
    ) -> Result<Order, Error> {
        let found = self.orders().load(order, AsOf::default()).await?;
        if !orders::owns(owner, &found) {
            return Err(Refusal::NoSuchOrder.into());
        }
        let part = found.part_of_return(id).ok_or(Refusal::NoSuchReturn)?;
        let act = ReturnAct::Withdraw;
        Ok(self.go_on(ctx, order, asked(part, id, act)).await?.order.view())
    }

    pub(crate) async fn received(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        part: SubOrderId,
        id: ReturnId,
        receipt: Receipt,
    ) -> Result<SubOrder, Error> {
        let act = ReturnAct::Receive {
            lines: receipt.lines.iter().map(received).collect(),
            then: match receipt.then {
                AfterReceipt::Refund(terms) => AfterReceipt::Refund(checked(terms, "/refund")?),
                then => then,
            },
        };
        self.done_by_shop(ctx, tenant, asked(part, id, act), part).await
    }

    pub(crate) async fn exchanged(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        part: SubOrderId,
        id: ReturnId,
    ) -> Result<SubOrder, Error> {
        let act = ReturnAct::Exchange;
        self.done_by_shop(ctx, tenant, asked(part, id, act), part).await
    }

    pub(crate) async fn closed_return(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        part: SubOrderId,
        id: ReturnId,
        note: &str,
    ) -> Result<SubOrder, Error> {
        let note = text::paragraphs("/note", note, NOTE_CHARS_MAX)?;
        let act = ReturnAct::Close { note };
        self.done_by_shop(ctx, tenant, asked(part, id, act), part).await
    }

    pub(crate) async fn refunded_return(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        part: SubOrderId,
        id: ReturnId,
        terms: ReturnTerms,
    ) -> Result<OrderRefund, Error> {
        let order = self.order_of_sale(ctx, tenant, part).await?;
        let act = ReturnAct::Refund(checked(terms, "")?);
        let refund = self.see_through(ctx, order, asked(part, id, act)).await?;
        Ok(of_part(refund, part))
    }

    async fn done_by_shop(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        ask: Ask,
        part: SubOrderId,
    ) -> Result<SubOrder, Error> {
        let order = self.order_of_sale(ctx, tenant, part).await?;
        self.go_on(ctx, order, ask).await?;
        Ok(self.orders().sub_order(ctx, tenant, part).await?)
    }
}

fn asked(part: SubOrderId, id: ReturnId, act: ReturnAct) -> Ask {
    Ask::Return(Box::new(ReturnAsk { part, id, act }))
}

/// Terms whose deduction is an amount and says why. `at` is where they stand in what was asked.
fn checked(terms: ReturnTerms, at: &str) -> Result<ReturnTerms, Fault> {
    let Some(kept) = terms.deduction else {
        return Ok(terms);
    };
    if !(1..=AMOUNT_MINOR_MAX).contains(&kept.amount.amount) {
        return Err(Fault::field(
            "field_invalid",
            format!("{at}/deduction/amount/amount"),
            format!("The amount must be 1 to {AMOUNT_MINOR_MAX} minor units."),
        ));
    }
    let reason = text::line(&format!("{at}/deduction/reason"), &kept.reason, REASON_CHARS_MAX)?;
    Ok(ReturnTerms {
        deduction: Some(Deduction { reason, ..kept }),
        ..terms
    })
}

fn received(line: &ReceiptLine) -> Received {
    Received {
        line: line.line,
        restocked: line.restocked,
        written_off: line.written_off,
    }
}

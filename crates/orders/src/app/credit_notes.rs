//! The documents of refunds: issued by the till with the refund, and read here from the order's history.

use crate::domain::{Given, Order, Refusal, deduction};
use crate::store::IssuedCreditNote;
use crate::{Error, Orders, store};
use ::store::Scope;
use contracts::cart::CartOwner;
use contracts::orders::{AsOf, CreditNote, CreditNoteLine};
use kernel::{OrderId, SubOrderId, TenantId};

impl Orders {
    pub(crate) async fn credit_notes_of(
        &self,
        owner: Option<&CartOwner>,
        id: OrderId,
    ) -> Result<Vec<CreditNote>, Error> {
        let order = self.owned(owner, id, AsOf::default()).await?;
        let parts = order.placed.parts.iter();
        let (tenants, ids): (Vec<TenantId>, Vec<SubOrderId>) =
            parts.map(|part| (part.tenant, part.id)).unzip();
        let mut tx = self.db().begin(Scope::System).await?;
        let issued = store::credit_notes(&mut *tx, &tenants, &ids).await?;
        tx.commit().await?;
        Ok(issued
            .iter()
            .filter_map(|note| view(&order, note, false))
            .collect())
    }

    pub(crate) async fn credit_notes_to(
        &self,
        tenant: TenantId,
        id: SubOrderId,
    ) -> Result<Vec<CreditNote>, Error> {
        // The shop's role sees its own sub-orders alone.
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let row = store::sub_order(&mut tx, tenant, id).await?;
        let issued = store::credit_notes(&mut *tx, &[tenant], &[id]).await?;
        tx.commit().await?;
        let row = row.ok_or(Refusal::NoSuchOrder)?;
        let order = self.load(row.order_id, AsOf::default()).await?;
        Ok(issued
            .iter()
            .filter_map(|note| view(&order, note, true))
            .collect())
    }
}

/// What stands in a credit note; with the marketplace's commission, for the shop.
fn view(order: &Order, note: &IssuedCreditNote, for_shop: bool) -> Option<CreditNote> {
    let sub_order = order.sub_order(note.sub_order_id)?;
    let mut given = sub_order.progress.refunds.iter();
    let position = given.position(|given| given.refund.id == note.refund_id)?;
    let Given { refund, undone, .. } = &sub_order.progress.refunds[position];
    let line = |refunded: &crate::domain::RefundLine| {
        let line = sub_order.line(refunded.line)?;
        Some(CreditNoteLine {
            line: line.id,
            title: line.title.clone(),
            options: line.options.clone(),
            code: line.code.clone(),
            quantity: refunded.quantity,
            amount: order.money(refunded.amount),
        })
    };
    Some(CreditNote {
        number: format!("CN-{:06}", note.number),
        tenant: sub_order.part.tenant,
        order: order.id,
        sub_order: note.sub_order_id,
        sub_order_number: crate::domain::of_sub_order(&order.number(), sub_order.index),
        refund: refund.id,
        issued_at: note.issued_at,
        lines: refund.lines.iter().filter_map(line).collect(),
        delivery: order.money(refund.delivery),
        deduction: refund.deduction.as_ref().map(|kept| deduction(order, kept)),
        total: order.money(refund.amount),
        taxes: sub_order.taxes_of_refund(position),
        reason: refund.reason.clone(),
        of_return: refund.of_return,
        commission: for_shop.then(|| order.money(undone.commission)),
        commission_tax: for_shop.then(|| order.money(undone.tax)),
    })
}

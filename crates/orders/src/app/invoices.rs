//! Documents of sub-orders. An invoice is issued when somebody asks for it first, so that orders nobody wants one of
//! cost nothing.

use crate::domain::{Event, Order, Refusal, replay, sub_order_status_name};
use crate::papers::{self, Issuer};
use crate::store::invoices::{self, Invoice};
use crate::{Error, Orders, owns};
use ::store::{Scope, Tx};
use contracts::cart::CartOwner;
use contracts::orders::{AsOf, CreditNote, OrderPapers, SubOrderStatus};
use contracts::{Address, Document, Language, Reply, reply};
use kernel::{Ctx, Fault, OrderId, RefundId, SubOrderId, TenantId};

impl Orders {
    /// The invoice as its buyer asks for it; without an owner, whose ever the order is.
    async fn invoice_of(
        &self,
        ctx: &Ctx,
        owner: Option<&CartOwner>,
        order: OrderId,
        id: SubOrderId,
        language: Language,
    ) -> Result<Document, Error> {
        let order = self.load(order, AsOf::default()).await?;
        let known = order
            .sub_order(id)
            .filter(|_| owner.is_none_or(|owner| owns(owner, &order)));
        let tenant = known.ok_or(Refusal::NoSuchPart)?.part.tenant;
        let invoice = self.issued(ctx, tenant, id).await?;
        drawn(&order, id, &invoice, language)
    }

    /// As its seller asks for it.
    async fn invoice_of_sale(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: SubOrderId,
        language: Language,
    ) -> Result<Document, Error> {
        let sale = self.sale(tenant, id).await?;
        let invoice = self.issued(ctx, tenant, id).await?;
        let order = self.load(sale.order, AsOf::default()).await?;
        drawn(&order, id, &invoice, language)
    }

    async fn credit_note_of(
        &self,
        ctx: &Ctx,
        owner: Option<&CartOwner>,
        order: OrderId,
        refund: RefundId,
        language: Language,
    ) -> Result<Document, Error> {
        let notes = self.credit_notes_of(owner, order).await?;
        self.drawn_note(ctx, notes, refund, language).await
    }

    async fn credit_note_of_sale(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: SubOrderId,
        refund: RefundId,
        language: Language,
    ) -> Result<Document, Error> {
        let notes = self.credit_notes_to(tenant, id).await?;
        self.drawn_note(ctx, notes, refund, language).await
    }

    /// In the name of whoever issued the invoice that it takes back from, where there is one.
    async fn drawn_note(
        &self,
        ctx: &Ctx,
        notes: Vec<CreditNote>,
        refund: RefundId,
        language: Language,
    ) -> Result<Document, Error> {
        let note = notes.into_iter().find(|note| note.refund == refund);
        let note = note.ok_or_else(|| Fault::not_found("refund"))?;
        let mut tx = self.db().begin(Scope::Tenant(note.tenant)).await?;
        let invoice = invoices::find(&mut tx, note.tenant, note.sub_order).await?;
        tx.commit().await?;
        let issuer = match invoice {
            Some(invoice) => invoice.issuer,
            None => self.issuer(ctx, note.tenant).await?,
        };
        let buyer = self.address_at_refund(note.order, refund).await?;
        Ok(papers::credit_note(&note, &issuer, &buyer, language))
    }

    /// Where the order went when money went back. By its place in the history: clocks differ, and the credit note has the
    /// time of whoever gave it back.
    async fn address_at_refund(&self, order: OrderId, refund: RefundId) -> Result<Address, Error> {
        let history = self.history_of(order, AsOf::default()).await?;
        let is_it = |event: &Event| matches!(event, Event::Refunded { refund: given } if given.id == refund);
        let until = history.iter().position(|(.., event)| is_it(event));
        let events = history
            .into_iter()
            .take(until.map_or(usize::MAX, |place| place + 1));
        let order = replay(order, events);
        Ok(order.ok_or(Refusal::NoSuchOrder)?.placed.address)
    }

    async fn packing_slip_of(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: SubOrderId,
        language: Language,
    ) -> Result<Document, Error> {
        let sale = self.sale(tenant, id).await?;
        let Some(address) = &sale.address else {
            return Err(no_paper("packing slip", sale.status));
        };
        let shop = self.issuer(ctx, tenant).await?;
        Ok(papers::packing_slip(&shop, &sale, address, language))
    }

    /// The invoice that there is, or one with the shop's next number.
    async fn issued(&self, ctx: &Ctx, tenant: TenantId, id: SubOrderId) -> Result<Invoice, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let known = invoices::find(&mut tx, tenant, id).await?;
        tx.commit().await?;
        if let Some(invoice) = known {
            return Ok(invoice);
        }
        let issuer = self.issuer(ctx, tenant).await?;
        let mut tx = self.db().begin(Scope::System).await?;
        let invoice = self.issue_in(&mut tx, ctx, tenant, id, &issuer).await?;
        tx.commit().await?;
        Ok(invoice)
    }

    /// The order is locked meanwhile: two who ask at once get the same invoice, and none is issued for what is being
    /// cancelled.
    async fn issue_in(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        tenant: TenantId,
        id: SubOrderId,
        issuer: &Issuer,
    ) -> Result<Invoice, Error> {
        let order = self.lock_order_of(tx, tenant, id).await?;
        if let Some(invoice) = invoices::find(tx, tenant, id).await? {
            return Ok(invoice);
        }
        let status = order.sub_order(id).ok_or(Refusal::NoSuchPart)?.status();
        if matches!(status, SubOrderStatus::Placed | SubOrderStatus::Cancelled) {
            return Err(no_paper("invoice", status));
        }
        let buyer = &order.placed.address;
        Ok(invoices::issue(tx, tenant, id, issuer, buyer, ctx.now).await?)
    }

    async fn issuer(&self, ctx: &Ctx, tenant: TenantId) -> Result<Issuer, Error> {
        let shops = self
            .shops()
            .ok_or_else(|| Fault::unavailable("The shop's name"))?;
        let found = shops.shops(ctx, vec![tenant]).await?.pop();
        Ok(Issuer::of(&found.ok_or_else(|| Fault::not_found("shop"))?))
    }
}

/// An invoice stays what it is when the order is sent elsewhere: names and addresses are those that it was issued with.
fn drawn(order: &Order, id: SubOrderId, invoice: &Invoice, language: Language) -> Result<Document, Error> {
    let sold = order.sub_order(id).ok_or(Refusal::NoSuchPart)?.view();
    Ok(papers::invoice(invoice, &sold, language))
}

fn no_paper(what: &'static str, status: SubOrderStatus) -> Error {
    Error::NoPaper {
        what,
        from: sub_order_status_name(status),
    }
}

impl OrderPapers for Orders {
    fn invoice<'a>(
        &'a self,
        ctx: &'a Ctx,
        owner: Option<CartOwner>,
        order: OrderId,
        id: SubOrderId,
        language: Language,
    ) -> Reply<'a, Document> {
        reply(async move { self.invoice_of(ctx, owner.as_ref(), order, id, language).await })
    }

    fn sale_invoice<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: SubOrderId,
        language: Language,
    ) -> Reply<'a, Document> {
        reply(self.invoice_of_sale(ctx, tenant, id, language))
    }

    fn credit_note<'a>(
        &'a self,
        ctx: &'a Ctx,
        owner: Option<CartOwner>,
        order: OrderId,
        refund: RefundId,
        language: Language,
    ) -> Reply<'a, Document> {
        reply(async move {
            self.credit_note_of(ctx, owner.as_ref(), order, refund, language)
                .await
        })
    }

    fn sale_credit_note<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: SubOrderId,
        refund: RefundId,
        language: Language,
    ) -> Reply<'a, Document> {
        reply(self.credit_note_of_sale(ctx, tenant, id, refund, language))
    }

    fn packing_slip<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: SubOrderId,
        language: Language,
    ) -> Reply<'a, Document> {
        reply(self.packing_slip_of(ctx, tenant, id, language))
    }
}

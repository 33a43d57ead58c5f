//! The till as other contexts know it.

use crate::app::Checkouts;
use contracts::cart::CartOwner;
use contracts::checkout::{
    CancelUnits, Checkout, OrderRefund, Pay, PayOutcome, PlaceOrder, Quote, QuoteRequest, Receipt,
    RefundOrder, ReturnTerms,
};
use contracts::orders::{Order, SubOrder};
use contracts::{Address, Reply, reply};
use kernel::{Ctx, Cursor, Fault, OrderId, Page, PageLimit, RefundId, ReturnId, SubOrderId, TenantId};

impl Checkout for Checkouts {
    fn quote<'a>(&'a self, ctx: &'a Ctx, request: QuoteRequest) -> Reply<'a, Quote> {
        reply(self.quoted(ctx, request))
    }

    fn place<'a>(&'a self, ctx: &'a Ctx, request: PlaceOrder) -> Reply<'a, Order> {
        reply(self.placed(ctx, request))
    }

    fn pay<'a>(&'a self, ctx: &'a Ctx, request: Pay) -> Reply<'a, PayOutcome> {
        reply(self.paid(ctx, request))
    }

    fn resume<'a>(&'a self, ctx: &'a Ctx, owner: CartOwner, order: OrderId) -> Reply<'a, PayOutcome> {
        reply(async move { self.resumed(ctx, &owner, order).await })
    }

    fn cancel<'a>(&'a self, ctx: &'a Ctx, owner: CartOwner, order: OrderId) -> Reply<'a, Order> {
        reply(async move { self.cancelled(ctx, &owner, order).await })
    }

    fn cancel_part<'a>(
        &'a self,
        ctx: &'a Ctx,
        owner: CartOwner,
        order: OrderId,
        sub_order: SubOrderId,
    ) -> Reply<'a, Order> {
        reply(async move { self.cancelled_part(ctx, &owner, order, sub_order).await })
    }

    fn cancel_sale<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        sub_order: SubOrderId,
        note: String,
    ) -> Reply<'a, SubOrder> {
        reply(self.cancelled_sale(ctx, tenant, sub_order, note))
    }

    fn change_address<'a>(
        &'a self,
        ctx: &'a Ctx,
        owner: CartOwner,
        order: OrderId,
        address: Address,
    ) -> Reply<'a, Order> {
        reply(async move { self.readdressed(ctx, &owner, order, address).await })
    }

    fn cancel_units<'a>(
        &'a self,
        ctx: &'a Ctx,
        owner: CartOwner,
        order: OrderId,
        request: CancelUnits,
    ) -> Reply<'a, Order> {
        reply(async move { self.cancelled_units(ctx, &owner, order, request).await })
    }

    fn cancel_sale_units<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        request: CancelUnits,
    ) -> Reply<'a, SubOrder> {
        reply(self.cancelled_sale_units(ctx, tenant, request))
    }

    fn refund_sale<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        request: RefundOrder,
    ) -> Reply<'a, OrderRefund> {
        reply(self.refunded_sale(ctx, tenant, request))
    }

    fn refund_order<'a>(
        &'a self,
        ctx: &'a Ctx,
        order: OrderId,
        request: RefundOrder,
    ) -> Reply<'a, OrderRefund> {
        reply(self.refunded_order(ctx, order, request))
    }

    fn refunds_of_sale<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        sub_order: SubOrderId,
    ) -> Reply<'a, Vec<OrderRefund>> {
        reply(self.refunds_of_part(ctx, tenant, sub_order))
    }

    fn refunds_of_order<'a>(
        &'a self,
        _ctx: &'a Ctx,
        owner: Option<CartOwner>,
        order: OrderId,
    ) -> Reply<'a, Vec<OrderRefund>> {
        reply(async move { self.refunds_of_whole(owner.as_ref(), order).await })
    }

    fn retry_refund<'a>(&'a self, ctx: &'a Ctx, order: OrderId, refund: RefundId) -> Reply<'a, OrderRefund> {
        reply(self.retried(ctx, order, refund))
    }

    fn refused_refunds<'a>(
        &'a self,
        _ctx: &'a Ctx,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<OrderRefund>> {
        Box::pin(async move {
            let limit = PageLimit::new(limit).unwrap_or_default();
            self.refused(after, limit).await.map_err(Fault::from)
        })
    }

    fn withdraw_return<'a>(
        &'a self,
        ctx: &'a Ctx,
        owner: CartOwner,
        order: OrderId,
        of: ReturnId,
    ) -> Reply<'a, Order> {
        reply(async move { self.withdrawn(ctx, &owner, order, of).await })
    }

    fn receive_return<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        sub_order: SubOrderId,
        of: ReturnId,
        receipt: Receipt,
    ) -> Reply<'a, SubOrder> {
        reply(self.received(ctx, tenant, sub_order, of, receipt))
    }

    fn refund_return<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        sub_order: SubOrderId,
        of: ReturnId,
        terms: ReturnTerms,
    ) -> Reply<'a, OrderRefund> {
        reply(self.refunded_return(ctx, tenant, sub_order, of, terms))
    }

    fn exchange_return<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        sub_order: SubOrderId,
        of: ReturnId,
    ) -> Reply<'a, SubOrder> {
        reply(self.exchanged(ctx, tenant, sub_order, of))
    }

    fn close_return<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        sub_order: SubOrderId,
        of: ReturnId,
        note: String,
    ) -> Reply<'a, SubOrder> {
        reply(async move { self.closed_return(ctx, tenant, sub_order, of, &note).await })
    }
}

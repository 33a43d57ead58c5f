//! The till as other contexts know it.

use crate::app::Checkouts;
use contracts::cart::CartOwner;
use contracts::checkout::{
    CancelUnits, Checkout, OrderRefund, Pay, PayOutcome, PlaceOrder, Quote, QuoteRequest, Receipt,
    RefundOrder, ReturnTerms,
};
use contracts::orders::{Order, SubOrder};
use contracts::{Address, Reply};
use kernel::{Ctx, Cursor, Fault, OrderId, Page, PageLimit, RefundId, ReturnId, SubOrderId, TenantId};

impl Checkout for Checkouts {
    fn quote<'a>(&'a self, ctx: &'a Ctx, request: QuoteRequest) -> Reply<'a, Quote> {
        Box::pin(async move { self.quoted(ctx, request).await.map_err(Fault::from) })
    }

    fn place<'a>(&'a self, ctx: &'a Ctx, request: PlaceOrder) -> Reply<'a, Order> {
        Box::pin(async move { self.placed(ctx, request).await.map_err(Fault::from) })
    }

    fn pay<'a>(&'a self, ctx: &'a Ctx, request: Pay) -> Reply<'a, PayOutcome> {
        Box::pin(async move { self.paid(ctx, request).await.map_err(Fault::from) })
    }

    fn resume<'a>(&'a self, ctx: &'a Ctx, owner: CartOwner, order: OrderId) -> Reply<'a, PayOutcome> {
        Box::pin(async move { self.resumed(ctx, &owner, order).await.map_err(Fault::from) })
    }

    fn cancel<'a>(&'a self, ctx: &'a Ctx, owner: CartOwner, order: OrderId) -> Reply<'a, Order> {
        Box::pin(async move { self.cancelled(ctx, &owner, order).await.map_err(Fault::from) })
    }

    fn cancel_part<'a>(
        &'a self,
        ctx: &'a Ctx,
        owner: CartOwner,
        order: OrderId,
        sub_order: SubOrderId,
    ) -> Reply<'a, Order> {
        Box::pin(async move {
            let cancelled = self.cancelled_part(ctx, &owner, order, sub_order).await;
            cancelled.map_err(Fault::from)
        })
    }

    fn cancel_sale<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        sub_order: SubOrderId,
        note: String,
    ) -> Reply<'a, SubOrder> {
        Box::pin(async move {
            let cancelled = self.cancelled_sale(ctx, tenant, sub_order, note).await;
            cancelled.map_err(Fault::from)
        })
    }

    fn change_address<'a>(
        &'a self,
        ctx: &'a Ctx,
        owner: CartOwner,
        order: OrderId,
        address: Address,
    ) -> Reply<'a, Order> {
        Box::pin(async move {
            let changed = self.readdressed(ctx, &owner, order, address).await;
            changed.map_err(Fault::from)
        })
    }

    fn cancel_units<'a>(
        &'a self,
        ctx: &'a Ctx,
        owner: CartOwner,
        order: OrderId,
        request: CancelUnits,
    ) -> Reply<'a, Order> {
        Box::pin(async move {
            let cancelled = self.cancelled_units(ctx, &owner, order, request).await;
            cancelled.map_err(Fault::from)
        })
    }

    fn cancel_sale_units<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        request: CancelUnits,
    ) -> Reply<'a, SubOrder> {
        Box::pin(async move {
            let cancelled = self.cancelled_sale_units(ctx, tenant, request).await;
            cancelled.map_err(Fault::from)
        })
    }

    fn refund_sale<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        request: RefundOrder,
    ) -> Reply<'a, OrderRefund> {
        Box::pin(async move {
            self.refunded_sale(ctx, tenant, request)
                .await
                .map_err(Fault::from)
        })
    }

    fn refund_order<'a>(
        &'a self,
        ctx: &'a Ctx,
        order: OrderId,
        request: RefundOrder,
    ) -> Reply<'a, OrderRefund> {
        Box::pin(async move {
            self.refunded_order(ctx, order, request)
                .await
                .map_err(Fault::from)
        })
    }

    fn refunds_of_sale<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        sub_order: SubOrderId,
    ) -> Reply<'a, Vec<OrderRefund>> {
        Box::pin(async move {
            let refunds = self.refunds_of_part(ctx, tenant, sub_order).await;
            refunds.map_err(Fault::from)
        })
    }

    fn refunds_of_order<'a>(
        &'a self,
        _ctx: &'a Ctx,
        owner: Option<CartOwner>,
        order: OrderId,
    ) -> Reply<'a, Vec<OrderRefund>> {
        Box::pin(async move {
            let refunds = self.refunds_of_whole(owner.as_ref(), order).await;
            refunds.map_err(Fault::from)
        })
    }

    fn retry_refund<'a>(&'a self, ctx: &'a Ctx, order: OrderId, refund: RefundId) -> Reply<'a, OrderRefund> {
        Box::pin(async move { self.retried(ctx, order, refund).await.map_err(Fault::from) })
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
        Box::pin(async move {
            let withdrawn = self.withdrawn(ctx, &owner, order, of).await;
            withdrawn.map_err(Fault::from)
        })
    }

    fn receive_return<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        sub_order: SubOrderId,
        of: ReturnId,
        receipt: Receipt,
    ) -> Reply<'a, SubOrder> {
        Box::pin(async move {
            let received = self.received(ctx, tenant, sub_order, of, receipt).await;
            received.map_err(Fault::from)
        })
    }

    fn refund_return<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        sub_order: SubOrderId,
        of: ReturnId,
        terms: ReturnTerms,
    ) -> Reply<'a, OrderRefund> {
        Box::pin(async move {
            let refunded = self.refunded_return(ctx, tenant, sub_order, of, terms).await;
            refunded.map_err(Fault::from)
        })
    }

    fn exchange_return<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        sub_order: SubOrderId,
        of: ReturnId,
    ) -> Reply<'a, SubOrder> {
        Box::pin(async move {
            let exchanged = self.exchanged(ctx, tenant, sub_order, of).await;
            exchanged.map_err(Fault::from)
        })
    }

    fn close_return<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        sub_order: SubOrderId,
        of: ReturnId,
        note: String,
    ) -> Reply<'a, SubOrder> {
        Box::pin(async move {
            let closed = self.closed_return(ctx, tenant, sub_order, of, &note).await;
            closed.map_err(Fault::from)
        })
    }
}

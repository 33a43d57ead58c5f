//! Cancelling what was paid: a part of an order, or units of one. One method per use case.

use crate::app::Checkouts;
use crate::error::Error;
use crate::till::settle::{Ask, UnitsAsk};
use contracts::cart::CartOwner;
use contracts::checkout::CancelUnits;
use contracts::orders::{CancelReason, Order, Orders as _, SubOrder};
use kernel::{Ctx, OrderId, SubOrderId, TenantId};
use orders::domain::Units;

impl Checkouts {
    pub(crate) async fn cancelled_part(
        &self,
        ctx: &Ctx,
        owner: &CartOwner,
        order: OrderId,
        part: SubOrderId,
    ) -> Result<Order, Error> {
        self.owned(owner, order).await?;
        let ask = Ask::CancelPart {
            part,
            reason: CancelReason::Buyer,
            note: String::new(),
        };
        Ok(self.go_on(ctx, order, ask).await?.order.view())
    }

    pub(crate) async fn cancelled_sale(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        part: SubOrderId,
        note: String,
    ) -> Result<SubOrder, Error> {
        let order = self.order_of_sale(ctx, tenant, part).await?;
        let reason = CancelReason::Seller;
        self.go_on(ctx, order, Ask::CancelPart { part, reason, note })
            .await?;
        Ok(self.orders().sub_order(ctx, tenant, part).await?)
    }

    pub(crate) async fn cancelled_units(
        &self,
        ctx: &Ctx,
        owner: &CartOwner,
        order: OrderId,
        request: CancelUnits,
    ) -> Result<Order, Error> {
        self.owned(owner, order).await?;
        let ask = units(request, CancelReason::Buyer, "buyer");
        Ok(self.go_on(ctx, order, ask).await?.order.view())
    }

    pub(crate) async fn cancelled_sale_units(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        request: CancelUnits,
    ) -> Result<SubOrder, Error> {
        let part = request.sub_order;
        let order = self.order_of_sale(ctx, tenant, part).await?;
        let ask = units(request, CancelReason::Seller, "shop");
        self.go_on(ctx, order, ask).await?;
        Ok(self.orders().sub_order(ctx, tenant, part).await?)
    }
}

/// A sub-order has one buyer and one shop: their keys are told apart by that.
fn units(request: CancelUnits, reason: CancelReason, whose: &str) -> Ask {
    let units = request.lines.iter().map(|line| Units {
        line: line.line,
        quantity: line.quantity,
    });
    Ask::CancelUnits(Box::new(UnitsAsk {
        part: request.sub_order,
        units: units.collect(),
        reason,
        note: request.note,
        key: format!("{whose}/{}", request.idempotency_key),
    }))
}

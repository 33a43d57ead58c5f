//! Shipping as other contexts and pages know it.

use crate::Shipments;
use contracts::shipping::{Carrier, NewShipment, Shipment, Shipping};
use contracts::{Document, Language, Reply, reply};
use kernel::{Ctx, OrderId, ShipmentId, SubOrderId, TenantId};

impl Shipments {
    /// The carriers that labels can be booked with.
    #[must_use]
    pub fn known_carriers(&self) -> Vec<Carrier> {
        let carriers = self.carriers().iter();
        carriers
            .map(|carrier| Carrier {
                name: carrier.name().to_owned(),
                services: carrier.services(),
            })
            .collect()
    }
}

impl Shipping for Shipments {
    fn carriers<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, Vec<Carrier>> {
        Box::pin(async move { Ok(self.known_carriers()) })
    }

    fn book<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: SubOrderId,
        new: NewShipment,
    ) -> Reply<'a, Shipment> {
        reply(self.book(ctx, tenant, id, new))
    }

    fn hand_over<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, id: ShipmentId) -> Reply<'a, Shipment> {
        reply(self.hand_over(ctx, tenant, id))
    }

    fn of_sub_order<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        id: SubOrderId,
    ) -> Reply<'a, Vec<Shipment>> {
        reply(self.of_sub_order(tenant, id))
    }

    fn of_order<'a>(&'a self, _ctx: &'a Ctx, order: OrderId) -> Reply<'a, Vec<Shipment>> {
        reply(self.of_order(order))
    }

    fn label<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        id: ShipmentId,
        language: Language,
    ) -> Reply<'a, Document> {
        reply(self.label_of(tenant, id, language))
    }
}

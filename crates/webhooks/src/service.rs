//! Webhooks as pages know them.

use crate::app::Hooks;
use crate::error::Error;
use contracts::webhooks::{ChangeEndpoint, Delivery, Endpoint, MadeEndpoint, MakeEndpoint, Webhooks};
use contracts::{Reply, reply};
use kernel::{Ctx, Cursor, DateTime, EventId, Page, PageLimit, TenantId, WebhookEndpointId};

impl Webhooks for Hooks {
    fn endpoints<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, Vec<Endpoint>> {
        reply(self.endpoints(ctx, tenant))
    }

    fn endpoint<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, id: WebhookEndpointId) -> Reply<'a, Endpoint> {
        reply(self.endpoint(ctx, tenant, id))
    }

    fn make<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, new: MakeEndpoint) -> Reply<'a, MadeEndpoint> {
        reply(self.make(ctx, tenant, new))
    }

    fn change<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: WebhookEndpointId,
        change: ChangeEndpoint,
    ) -> Reply<'a, Endpoint> {
        reply(self.change(ctx, tenant, id, change))
    }

    fn delete<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, id: WebhookEndpointId) -> Reply<'a, ()> {
        reply(self.delete(ctx, tenant, id))
    }

    fn rotate<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: WebhookEndpointId,
    ) -> Reply<'a, MadeEndpoint> {
        reply(self.rotate(ctx, tenant, id))
    }

    fn test<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, id: WebhookEndpointId) -> Reply<'a, EventId> {
        reply(self.test(ctx, tenant, id))
    }

    fn replay<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: WebhookEndpointId,
        since: DateTime,
    ) -> Reply<'a, u64> {
        reply(async move {
            let since = httpkit::moment("/since", since)?;
            self.replay(ctx, tenant, id, since).await
        })
    }

    fn deliveries<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        id: WebhookEndpointId,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<Delivery>> {
        let limit = PageLimit::new(limit).unwrap_or_default();
        reply(self.deliveries(tenant, id, after, limit))
    }

    fn retry<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: WebhookEndpointId,
        message: EventId,
    ) -> Reply<'a, ()> {
        reply::<_, Error>(self.retry(ctx, tenant, id, message))
    }
}

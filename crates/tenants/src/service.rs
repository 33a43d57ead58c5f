//! Tenants as other contexts know them.

use crate::{Error, Shops};
use contracts::Reply;
use contracts::tenants::{ApplyForShop, Shop, Tenants};
use futures::{FutureExt, TryFutureExt};
use kernel::{Ctx, Currency, Fault, ImageId, TenantId, UserId};

/// Answers with a fault what a use case refuses.
fn reply<'a, T>(work: impl Future<Output = Result<T, Error>> + Send + 'a) -> Reply<'a, T> {
    work.map_err(Fault::from).boxed()
}

impl Tenants for Shops {
    fn shops<'a>(&'a self, _ctx: &'a Ctx, ids: Vec<TenantId>) -> Reply<'a, Vec<Shop>> {
        reply(async move { self.shops(&ids).await })
    }

    fn shops_now<'a>(&'a self, _ctx: &'a Ctx, ids: Vec<TenantId>) -> Reply<'a, Vec<Shop>> {
        reply(async move { self.shops_now(&ids).await })
    }

    fn shop_by_slug<'a>(&'a self, _ctx: &'a Ctx, slug: String) -> Reply<'a, Option<Shop>> {
        reply(async move { self.active_by_slug(&slug).await })
    }

    fn active_shops<'a>(&'a self, _ctx: &'a Ctx, limit: u16) -> Reply<'a, Vec<Shop>> {
        reply(self.active_shops(limit))
    }

    fn shops_in<'a>(
        &'a self,
        _ctx: &'a Ctx,
        country: String,
        region: Option<String>,
    ) -> Reply<'a, Vec<TenantId>> {
        reply(async move { self.in_place(&country, region.as_deref()).await })
    }

    fn currencies<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, Vec<Currency>> {
        reply(self.currencies())
    }

    fn apply<'a>(&'a self, ctx: &'a Ctx, owner: UserId, request: ApplyForShop) -> Reply<'a, Shop> {
        reply(self.apply(ctx, owner, request))
    }

    fn approve<'a>(&'a self, ctx: &'a Ctx, ids: Vec<TenantId>) -> Reply<'a, ()> {
        reply(async move { self.approve_many(ctx, &ids).await })
    }

    fn set_images<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        logo: Option<ImageId>,
        banner: Option<ImageId>,
    ) -> Reply<'a, ()> {
        reply(self.set_images(ctx, tenant, logo, banner))
    }
}

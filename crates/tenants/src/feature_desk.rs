//! Features as other contexts and the pages know them.

use crate::Shops;
use contracts::tenants::{Feature, FeatureState, Features, OwnState, ShopFeature};
use contracts::{Reply, reply};
use kernel::{Ctx, TenantId};

impl Features for Shops {
    fn features<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, Vec<FeatureState>> {
        reply(self.features())
    }

    fn own_states<'a>(&'a self, _ctx: &'a Ctx) -> Reply<'a, Vec<OwnState>> {
        reply(self.own_states())
    }

    fn of_shop<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, Vec<ShopFeature>> {
        reply(self.features_of(tenant))
    }

    fn set_for_all<'a>(&'a self, ctx: &'a Ctx, feature: Feature, on: bool) -> Reply<'a, FeatureState> {
        reply(self.set_feature(ctx, feature, on))
    }

    fn set_for_shop<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        feature: Feature,
        on: Option<bool>,
    ) -> Reply<'a, ShopFeature> {
        reply(self.set_shop_feature(ctx, tenant, feature, on))
    }

    fn off<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, Vec<Feature>> {
        Box::pin(async move { Ok(self.off(tenant).await?.to_vec()) })
    }

    fn allows<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId, feature: Feature) -> Reply<'a, bool> {
        Box::pin(async move { Ok(!self.off(tenant).await?.contains(&feature)) })
    }
}

//! Which features shops may use: decided by the operator, asked by whoever lets shops begin something.

use super::Shops;
use crate::Error;
use crate::store::{feature, shop};
use ::store::{Scope, log};
use contracts::tenants::{Feature, FeatureChanged, FeatureState, OwnState, ShopFeature};
use kernel::{Ctx, TenantId};
use std::sync::Arc;

impl Shops {
    /// All features, in their order.
    pub async fn features(&self) -> Result<Vec<FeatureState>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let states = feature::all(&mut *tx).await?;
        tx.commit().await?;
        Ok(states)
    }

    /// Shops with a state of their own.
    pub async fn own_states(&self) -> Result<Vec<OwnState>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let states = feature::own_states(&mut *tx).await?;
        tx.commit().await?;
        Ok(states)
    }

    /// How all features stand for a shop.
    pub async fn features_of(&self, tenant: TenantId) -> Result<Vec<ShopFeature>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let states = feature::of_shop(&mut *tx, tenant).await?;
        tx.commit().await?;
        Ok(states)
    }

    /// Sets what holds for shops without a state of their own. Set to what it is, nothing is told.
    pub async fn set_feature(&self, ctx: &Ctx, feature: Feature, on: bool) -> Result<FeatureState, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        if feature::set_for_all(&mut *tx, feature, on, ctx.now).await? {
            let event = FeatureChanged {
                feature,
                tenant: None,
                on: Some(on),
            };
            log::append(&mut tx, ctx, &event).await?;
        }
        let states = feature::all(&mut *tx).await?;
        tx.commit().await?;
        self.cache().forget_features(None);
        log::wake();
        let state = states.into_iter().find(|state| state.feature == feature);
        state.ok_or_else(|| missing(feature))
    }

    /// Sets a shop's own state, or clears it with none. Set to what it is, nothing is told.
    pub async fn set_shop_feature(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        feature: Feature,
        on: Option<bool>,
    ) -> Result<ShopFeature, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        shop::get(&mut *tx, tenant).await?.ok_or(Error::NoSuchShop)?;
        let is_changed = match on {
            Some(on) => feature::set_own(&mut *tx, tenant, feature, on, ctx.now).await?,
            None => feature::clear_own(&mut *tx, tenant, feature).await?,
        };
        if is_changed {
            let event = FeatureChanged {
                feature,
                tenant: Some(tenant),
                on,
            };
            log::append(&mut tx, ctx, &event).await?;
        }
        let states = feature::of_shop(&mut *tx, tenant).await?;
        tx.commit().await?;
        self.cache().forget_features(Some(tenant));
        log::wake();
        let state = states.into_iter().find(|state| state.feature == feature);
        state.ok_or_else(|| missing(feature))
    }

    /// What a shop may not begin, as remembered.
    pub async fn off(&self, tenant: TenantId) -> Result<Arc<[Feature]>, Error> {
        if let Some(off) = self.cache().off(tenant) {
            return Ok(off);
        }
        let read_at = self.cache().reading();
        let states = self.features_of(tenant).await?;
        let off: Arc<[Feature]> = states
            .into_iter()
            .filter(|state| !state.on)
            .map(|state| state.feature)
            .collect();
        self.cache().keep_off(read_at, tenant, &off);
        Ok(off)
    }
}

fn missing(feature: Feature) -> Error {
    Error::Internal(format!("the feature {} is not listed", feature.name()))
}

//! A shop's warehouses, and the rule by which its orders are sent from them.

use super::Stock;
use crate::domain::{Rule, default_warehouse};
use crate::{Error, store};
use ::store::Scope;
use kernel::{Ctx, TenantId, Timestamp, WarehouseId};

/// Open warehouses of one shop: routing looks at combinations of them while stock is locked.
pub const WAREHOUSES_MAX: usize = 20;

/// A place where a shop's stock lies.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Warehouse {
    pub id: WarehouseId,
    pub code: String,
    pub name: String,
    /// Lower is emptied first.
    pub priority: i16,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// ISO 3166-2.
    pub region: Option<String>,
    pub postcode: Option<String>,
    pub town: Option<String>,
    /// Minor units of the shop's currency.
    pub parcel_cost: i64,
    pub closed_at: Option<Timestamp>,
}

/// What a shop states about a warehouse; checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WarehouseDraft {
    pub code: String,
    pub name: String,
    pub priority: i16,
    pub country: Option<String>,
    pub region: Option<String>,
    pub postcode: Option<String>,
    pub town: Option<String>,
    pub parcel_cost: i64,
}

/// All warehouses of a shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warehouses {
    pub rule: Rule,
    /// The default one first, then by priority; closed ones last.
    pub warehouses: Vec<Warehouse>,
}

impl Stock {
    /// A shop's warehouses. One that nothing was counted in yet has its default one all the same.
    pub async fn warehouses(&self, tenant: TenantId) -> Result<Warehouses, Error> {
        self.db()
            .run_tx("inventory_warehouses", Scope::Tenant(tenant), move |tx| {
                Box::pin(async move {
                    let mut warehouses = store::warehouses::all(tx, tenant).await?;
                    if !warehouses.iter().any(|w| w.id == default_warehouse(tenant)) {
                        store::warehouses::ensure_default(tx, tenant).await?;
                        warehouses = store::warehouses::all(tx, tenant).await?;
                    }
                    let rule = store::warehouses::rule(tx, tenant).await?;
                    Ok(Warehouses { rule, warehouses })
                })
            })
            .await
    }

    pub async fn open_warehouse(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        draft: &WarehouseDraft,
    ) -> Result<Warehouse, Error> {
        let id = WarehouseId::new(ctx.now);
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        store::warehouses::ensure_default(&mut tx, tenant).await?;
        // Whoever opens one waits here for whoever else does: the limit holds for both.
        if store::warehouses::lock_open(&mut tx, tenant).await? >= WAREHOUSES_MAX {
            return Err(Error::TooManyWarehouses);
        }
        let warehouse = store::warehouses::insert(&mut tx, tenant, id, draft).await?;
        tx.commit().await?;
        Ok(warehouse)
    }

    /// Renames a warehouse, or says where it stands. `change` is given what is known of it.
    pub async fn change_warehouse(
        &self,
        tenant: TenantId,
        id: WarehouseId,
        change: impl FnOnce(Warehouse) -> Result<WarehouseDraft, Error>,
    ) -> Result<Warehouse, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        if id == default_warehouse(tenant) {
            store::warehouses::ensure_default(&mut tx, tenant).await?;
        }
        let known = store::warehouses::lock(&mut tx, tenant, id)
            .await?
            .ok_or(Error::NoSuchWarehouse(id))?;
        let draft = change(known)?;
        let warehouse = store::warehouses::update(&mut tx, tenant, id, &draft).await?;
        tx.commit().await?;
        Ok(warehouse)
    }

    /// Closes a warehouse that holds nothing and expects nothing. Closing it twice is closing it once.
    pub async fn close_warehouse(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: WarehouseId,
    ) -> Result<Warehouse, Error> {
        if id == default_warehouse(tenant) {
            return Err(Error::DefaultWarehouse);
        }
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let known = store::warehouses::lock(&mut tx, tenant, id)
            .await?
            .ok_or(Error::NoSuchWarehouse(id))?;
        if known.closed_at.is_some() {
            return Ok(known);
        }
        let (on_hand, incoming) = store::warehouses::contents(&mut tx, tenant, id).await?;
        if on_hand > 0 || incoming > 0 {
            return Err(Error::WarehouseInUse { on_hand, incoming });
        }
        let warehouse = store::warehouses::close(&mut tx, tenant, id, ctx.now).await?;
        tx.commit().await?;
        Ok(warehouse)
    }

    pub async fn set_rule(&self, tenant: TenantId, rule: Rule) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        store::warehouses::set_rule(&mut tx, tenant, rule).await?;
        tx.commit().await?;
        Ok(())
    }
}

//! What every change of a shop's stock has in common: lock the levels, change them in memory, write what changed.

use crate::columns::{Movement, Movements};
use crate::domain::{Level, ON_HAND_MAX, Reason, Shelves, Units, default_warehouse};
use crate::{Error, publish, store};
use ::store::Tx;
use ::store::idempotency::{self, Claim};
use ::store::log::Outbox;
use kernel::{Ctx, ProductId, SkuId, TenantId, WarehouseId};
use uuid::Uuid;

/// The key under which a call is answered once, and the hash of the call.
#[derive(Clone, Debug)]
pub struct Once {
    pub key: String,
    pub request_hash: Vec<u8>,
}

impl Once {
    /// Claims the key for the caller's transaction, answering it with `answer`. Says what it was answered with before,
    /// if it was.
    pub(super) async fn claim(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        scope: &str,
        answer: &serde_json::Value,
    ) -> Result<Option<serde_json::Value>, Error> {
        match idempotency::claim(tx, scope, &self.key, &self.request_hash, ctx.now).await? {
            Claim::New => {}
            Claim::Mismatch => return Err(Error::KeyReused),
            Claim::Replay { body, .. } => return Ok(Some(body)),
        }
        idempotency::record(tx, scope, &self.key, 200, answer).await?;
        Ok(None)
    }
}

/// A SKU and the product it is a variant of.
pub type Good = (SkuId, ProductId);

/// A shop's levels, locked by the caller's transaction, and what is told of their changes.
pub(super) struct Work<'a> {
    ctx: &'a Ctx,
    tenant: TenantId,
    pub shelves: Shelves,
    movements: Movements,
}

/// Why a level changes.
#[derive(Clone, Copy)]
pub(super) struct Told<'a> {
    pub reason: Reason,
    pub reference: Option<Uuid>,
    pub note: Option<&'a str>,
}

impl<'a> Work<'a> {
    /// Locks all levels of `goods`. Those that are missing in `warehouses`, or in the default one, are made.
    pub async fn begin(
        tx: &mut Tx,
        ctx: &'a Ctx,
        tenant: TenantId,
        goods: &[Good],
        warehouses: &[WarehouseId],
    ) -> Result<Self, Error> {
        let (skus, products): (Vec<Uuid>, Vec<Uuid>) =
            goods.iter().map(|(sku, product)| (sku.0, product.0)).unzip();
        let mut places = vec![tenant.0];
        places.extend(warehouses.iter().map(|w| w.0).filter(|id| *id != tenant.0));
        store::ensure_levels(tx, tenant, &places, &skus, &products).await?;
        Ok(Self {
            ctx,
            tenant,
            shelves: store::lock(tx, tenant, &skus).await?,
            movements: Movements::default(),
        })
    }

    pub fn level(&mut self, sku: SkuId, warehouse: WarehouseId) -> Result<&mut Level, Error> {
        self.shelves
            .level_mut(self.tenant, sku, warehouse)
            // Made a moment ago in this transaction.
            .ok_or(Error::Database(sqlx::Error::RowNotFound))
    }

    /// Changes a level; `pointer` names the field that asked for it.
    pub fn add(
        &mut self,
        sku: SkuId,
        warehouse: WarehouseId,
        added: Units,
        told: Told<'_>,
        pointer: impl FnOnce() -> String,
    ) -> Result<(), Error> {
        if added == Units::default() {
            return Ok(());
        }
        let level = self.level(sku, warehouse)?;
        let sum = |now: i64, added: i64| now.checked_add(added).filter(|n| *n <= ON_HAND_MAX);
        let (Some(on_hand), Some(incoming)) = (
            sum(level.on_hand, added.on_hand),
            sum(level.incoming, added.incoming),
        ) else {
            return Err(Error::OutOfRange { pointer: pointer() });
        };
        if on_hand < level.reserved {
            return Err(Error::Insufficient {
                pointer: pointer(),
                sku,
                available: level.available(),
            });
        }
        level.on_hand = on_hand;
        level.incoming = incoming;
        self.movements.push(
            self.ctx.now,
            Movement {
                tenant: self.tenant,
                sku,
                warehouse,
                added,
                reason: told.reason,
                reference: told.reference,
                note: told.note,
            },
        );
        Ok(())
    }

    /// Writes what changed, and tells others what they should hear.
    pub async fn finish(self, tx: &mut Tx) -> Result<Shelves, Error> {
        store::write(tx, &self.shelves, &self.movements).await?;
        let mut outbox = Outbox::new();
        publish::crossings(&mut outbox, self.ctx, &self.shelves.crossings())?;
        outbox.append(tx).await?;
        Ok(self.shelves)
    }
}

/// Sees to it that a warehouse is there, and stays as it is until the transaction ends: open ones are not closed
/// meanwhile. Says whether it is closed.
pub(super) async fn hold_open(tx: &mut Tx, tenant: TenantId, warehouse: WarehouseId) -> Result<bool, Error> {
    if warehouse == default_warehouse(tenant) {
        store::warehouses::ensure_default(tx, tenant).await?;
        return Ok(false);
    }
    store::warehouses::hold(tx, tenant, warehouse)
        .await?
        .ok_or(Error::NoSuchWarehouse(warehouse))
}

//! Rows on their way into the tables, column by column, and the statements that take them: any number of rows is one
//! statement, for either driver (sqlx in [`crate::store`], tokio-postgres in [`crate::till`]).

use crate::domain::{Reason, Shelves, Units};
use kernel::{SkuId, TenantId, Timestamp, WarehouseId, uuid_at};
use store::rows::Rows;
use uuid::Uuid;

/// What a locked level is, but for where its rows come from. How its shop routes is looked up for levels outside the
/// default warehouse only.
macro_rules! locked_level {
    () => {
        "
select l.tenant_id, l.sku_id, l.warehouse_id, l.product_id, l.on_hand, l.reserved, l.incoming, l.low_below,
       case when l.warehouse_id <> l.tenant_id then inventory.route(l.tenant_id, l.warehouse_id) end as route"
    };
}
pub(crate) use locked_level;

macro_rules! lock {
    ($rows:literal) => {
        concat!(
            locked_level!(),
            "
  from unnest(",
            $rows,
            ") as wanted (tenant_id, sku_id)
  join inventory.level l on l.tenant_id = wanted.tenant_id and l.sku_id = wanted.sku_id
 order by l.sku_id, l.warehouse_id
   for update of l"
        )
    };
}

macro_rules! apply {
    ($rows:literal) => {
        concat!(
            "
update inventory.level l
   set on_hand = l.on_hand + d.on_hand, reserved = l.reserved + d.reserved, incoming = l.incoming + d.incoming
  from unnest(",
            $rows,
            ")
       as d (tenant_id, sku_id, warehouse_id, on_hand, reserved, incoming)
 where l.tenant_id = d.tenant_id and l.sku_id = d.sku_id and l.warehouse_id = d.warehouse_id"
        )
    };
}
pub(crate) use apply;

macro_rules! record {
    ($rows:literal) => {
        concat!(
            "
insert into inventory.movement
       (tenant_id, id, sku_id, warehouse_id, delta_on_hand, delta_reserved, delta_incoming, reason, reference, note)
select * from unnest(",
            $rows,
            ")"
        )
    };
}

/// Locks the levels of SKUs in one order for everybody (SKU, then warehouse), so that two transactions never wait for
/// each other in a circle. Parameters: tenants, SKUs (each pair once). Naming the tenant prunes partitions.
pub const LOCK: &str = lock!("$1::uuid[], $2::uuid[]");
/// The same for tokio-postgres: [`Rows`] of both.
pub const LOCK_ROWS: &str = lock!("$1::store.pair[]");

/// Parameters: tenants, SKUs, warehouses, what to add to on hand, to reserved and to incoming.
pub const APPLY: &str =
    apply!("$1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bigint[], $6::bigint[]");
pub const APPLY_ROWS: &str = apply!("$1::inventory.delta[]");

/// Parameters: tenants, ids, SKUs, warehouses, deltas on hand, deltas reserved, deltas incoming, reasons, references,
/// notes.
pub const MOVE: &str = record!(
    "$1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[], $8::text[], $9::uuid[],
     $10::text[]"
);
pub const MOVE_ROWS: &str = record!("$1::inventory.new_movement[]");

/// What is added to levels.
#[derive(Debug, Default)]
pub struct Deltas {
    pub tenants: Vec<Uuid>,
    pub skus: Vec<Uuid>,
    pub warehouses: Vec<Uuid>,
    pub on_hand: Vec<i64>,
    pub reserved: Vec<i64>,
    pub incoming: Vec<i64>,
}

impl Deltas {
    /// The parameter of [`APPLY_ROWS`].
    #[must_use]
    pub fn rows(&self) -> Rows<'_, 6> {
        Rows([
            &self.tenants,
            &self.skus,
            &self.warehouses,
            &self.on_hand,
            &self.reserved,
            &self.incoming,
        ])
    }

    /// The sum of all that happened to `shelves`.
    #[must_use]
    pub fn of(shelves: &Shelves) -> Self {
        let mut deltas = Self::default();
        for (level, added) in shelves.changes() {
            deltas.tenants.push(level.tenant.0);
            deltas.skus.push(level.sku.0);
            deltas.warehouses.push(level.warehouse.0);
            deltas.on_hand.push(added.on_hand);
            deltas.reserved.push(added.reserved);
            deltas.incoming.push(added.incoming);
        }
        deltas
    }
}

/// What is told of each change.
#[derive(Debug, Default)]
pub struct Movements {
    pub tenants: Vec<Uuid>,
    pub ids: Vec<Uuid>,
    pub skus: Vec<Uuid>,
    pub warehouses: Vec<Uuid>,
    pub on_hand: Vec<i64>,
    pub reserved: Vec<i64>,
    pub incoming: Vec<i64>,
    pub reasons: Vec<&'static str>,
    pub references: Vec<Option<Uuid>>,
    pub notes: Vec<Option<String>>,
}

/// One change of one level, and why.
#[derive(Clone, Copy, Debug)]
pub struct Movement<'a> {
    pub tenant: TenantId,
    pub sku: SkuId,
    pub warehouse: WarehouseId,
    pub added: Units,
    pub reason: Reason,
    pub reference: Option<Uuid>,
    pub note: Option<&'a str>,
}

impl Movements {
    /// The parameter of [`MOVE_ROWS`].
    #[must_use]
    pub fn rows(&self) -> Rows<'_, 10> {
        Rows([
            &self.tenants,
            &self.ids,
            &self.skus,
            &self.warehouses,
            &self.on_hand,
            &self.reserved,
            &self.incoming,
            &self.reasons,
            &self.references,
            &self.notes,
        ])
    }

    pub fn push(&mut self, now: Timestamp, movement: Movement<'_>) {
        self.tenants.push(movement.tenant.0);
        self.ids.push(uuid_at(now));
        self.skus.push(movement.sku.0);
        self.warehouses.push(movement.warehouse.0);
        self.on_hand.push(movement.added.on_hand);
        self.reserved.push(movement.added.reserved);
        self.incoming.push(movement.added.incoming);
        self.reasons.push(movement.reason.as_str());
        self.references.push(movement.reference);
        self.notes.push(movement.note.map(str::to_owned));
    }
}

use super::Route;
use kernel::limits::LOW_STOCK_BELOW;
use kernel::{ProductId, SkuId, TenantId, WarehouseId};
use std::collections::HashMap;
use std::ops::Range;

/// What lies of one SKU in one warehouse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    pub tenant: TenantId,
    pub sku: SkuId,
    pub warehouse: WarehouseId,
    pub product: ProductId,
    pub on_hand: i64,
    pub reserved: i64,
    /// On its way here.
    pub incoming: i64,
    /// The SKU runs low below so many available units; what the level in the default warehouse says holds.
    pub low_below: i64,
    /// Of levels that are locked: how the shop chooses between this warehouse and its default one. `None` in the
    /// default one.
    pub route: Option<Box<Route>>,
}

impl Level {
    #[must_use]
    pub fn available(&self) -> i64 {
        self.on_hand - self.reserved
    }
}

/// A shop's default warehouse carries the shop's id.
#[must_use]
pub fn default_warehouse(tenant: TenantId) -> WarehouseId {
    WarehouseId(tenant.0)
}

/// The levels a transaction has locked, as they will be when it commits.
#[derive(Clone, Debug, Default)]
pub struct Shelves {
    /// By SKU, then warehouse.
    levels: Vec<Level>,
    before: Vec<Units>,
    spans: HashMap<(TenantId, SkuId), Range<usize>>,
}

/// The numbers of a level, or what is added to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Units {
    pub on_hand: i64,
    pub reserved: i64,
    pub incoming: i64,
}

impl Units {
    fn of(level: &Level) -> Self {
        Self {
            on_hand: level.on_hand,
            reserved: level.reserved,
            incoming: level.incoming,
        }
    }

    fn since(self, before: Self) -> Self {
        Self {
            on_hand: self.on_hand - before.on_hand,
            reserved: self.reserved - before.reserved,
            incoming: self.incoming - before.incoming,
        }
    }
}

/// A SKU about whose stock others should hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crossing {
    pub tenant: TenantId,
    pub sku: SkuId,
    pub product: ProductId,
    pub what: Crossed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crossed {
    RanOut,
    CameBack,
    /// From enough to fewer than its reorder point.
    RanLow {
        available: i64,
        low_below: i64,
    },
}

impl Shelves {
    #[must_use]
    pub fn new(mut levels: Vec<Level>) -> Self {
        levels.sort_by_key(|l| (l.sku, l.tenant, l.warehouse));
        let mut spans: HashMap<(TenantId, SkuId), Range<usize>> = HashMap::with_capacity(levels.len());
        for (i, level) in levels.iter().enumerate() {
            spans
                .entry((level.tenant, level.sku))
                .and_modify(|span| span.end = i + 1)
                .or_insert(i..i + 1);
        }
        let before = levels.iter().map(Units::of).collect();
        Self {
            levels,
            before,
            spans,
        }
    }

    /// A SKU's levels; none if nobody ever counted it.
    #[must_use]
    pub fn of(&self, tenant: TenantId, sku: SkuId) -> &[Level] {
        self.spans
            .get(&(tenant, sku))
            .map_or(&[], |span| &self.levels[span.clone()])
    }

    pub(super) fn of_mut(&mut self, tenant: TenantId, sku: SkuId) -> &mut [Level] {
        match self.spans.get(&(tenant, sku)) {
            Some(span) => &mut self.levels[span.clone()],
            None => &mut [],
        }
    }

    /// One level; `None` if the SKU was never counted in that warehouse.
    pub fn level_mut(&mut self, tenant: TenantId, sku: SkuId, warehouse: WarehouseId) -> Option<&mut Level> {
        self.of_mut(tenant, sku)
            .iter_mut()
            .find(|l| l.warehouse == warehouse)
    }

    /// Where units of an order go that come back: to the warehouse they were sent from, or, once that is closed, to the
    /// default one.
    #[must_use]
    pub fn way_back(&self, tenant: TenantId, sku: SkuId, sent_from: WarehouseId) -> WarehouseId {
        let levels = self.of(tenant, sku);
        let is_closed = levels
            .iter()
            .any(|l| l.warehouse == sent_from && l.route.as_ref().is_some_and(|route| route.is_closed));
        let main = default_warehouse(tenant);
        if is_closed && levels.iter().any(|l| l.warehouse == main) {
            main
        } else {
            sent_from
        }
    }

    #[must_use]
    pub fn available(&self, tenant: TenantId, sku: SkuId) -> i64 {
        self.of(tenant, sku).iter().map(Level::available).sum()
    }

    /// The levels that changed, with what is to be added to them.
    pub fn changes(&self) -> impl Iterator<Item = (&Level, Units)> {
        self.levels
            .iter()
            .zip(&self.before)
            .map(|(level, &before)| (level, Units::of(level).since(before)))
            .filter(|(_, added)| *added != Units::default())
    }

    /// The SKUs that ran out, came back or ran low.
    #[must_use]
    pub fn crossings(&self) -> Vec<Crossing> {
        let mut crossings: Vec<Crossing> = self.spans.values().flat_map(|s| self.crossings_of(s)).collect();
        crossings.sort_by_key(|c| c.sku);
        crossings
    }

    fn crossings_of(&self, span: &Range<usize>) -> impl Iterator<Item = Crossing> {
        let levels = &self.levels[span.clone()];
        let now: i64 = levels.iter().map(Level::available).sum();
        let was: i64 = self.before[span.clone()]
            .iter()
            .map(|units| units.on_hand - units.reserved)
            .sum();
        let low_below = low_below(levels);
        let stock = match (was > 0, now > 0) {
            (true, false) => Some(Crossed::RanOut),
            (false, true) => Some(Crossed::CameBack),
            _ => None,
        };
        let low = (was >= low_below && now < low_below).then_some(Crossed::RanLow {
            available: now,
            low_below,
        });
        let of = levels.first().map(|l| (l.tenant, l.sku, l.product));
        [stock, low]
            .into_iter()
            .flatten()
            .zip(of.into_iter().cycle())
            .map(|(what, (tenant, sku, product))| Crossing {
                tenant,
                sku,
                product,
                what,
            })
    }
}

/// The reorder point of the SKU whose levels these are.
#[must_use]
pub fn low_below(levels: &[Level]) -> i64 {
    levels
        .iter()
        .find(|l| l.warehouse == default_warehouse(l.tenant))
        .map_or(LOW_STOCK_BELOW, |l| l.low_below)
}

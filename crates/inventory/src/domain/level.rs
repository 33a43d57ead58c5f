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
    /// Lower is emptied first.
    pub priority: i16,
    pub on_hand: i64,
    pub reserved: i64,
}

impl Level {
    #[must_use]
    pub fn available(&self) -> i64 {
        self.on_hand - self.reserved
    }
}

/// The levels a transaction has locked, as they will be when it commits.
#[derive(Clone, Debug, Default)]
pub struct Shelves {
    /// By SKU, then in the order in which its warehouses are emptied.
    levels: Vec<Level>,
    /// On hand and reserved of each level, as they were locked.
    before: Vec<(i64, i64)>,
    spans: HashMap<(TenantId, SkuId), Range<usize>>,
}

/// A SKU that ran out, or came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crossing {
    pub tenant: TenantId,
    pub sku: SkuId,
    pub product: ProductId,
    pub in_stock: bool,
}

impl Shelves {
    #[must_use]
    pub fn new(mut levels: Vec<Level>) -> Self {
        levels.sort_by_key(|l| (l.sku, l.tenant, l.priority, l.warehouse));
        let mut spans: HashMap<(TenantId, SkuId), Range<usize>> = HashMap::with_capacity(levels.len());
        for (i, level) in levels.iter().enumerate() {
            spans
                .entry((level.tenant, level.sku))
                .and_modify(|span| span.end = i + 1)
                .or_insert(i..i + 1);
        }
        let before = levels.iter().map(|l| (l.on_hand, l.reserved)).collect();
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

    #[must_use]
    pub fn available(&self, tenant: TenantId, sku: SkuId) -> i64 {
        self.of(tenant, sku).iter().map(Level::available).sum()
    }

    /// The levels that changed, with what is to be added to on hand and to reserved.
    pub fn changes(&self) -> impl Iterator<Item = (&Level, i64, i64)> {
        self.levels
            .iter()
            .zip(&self.before)
            .map(|(level, &(on_hand, reserved))| (level, level.on_hand - on_hand, level.reserved - reserved))
            .filter(|&(_, on_hand, reserved)| on_hand != 0 || reserved != 0)
    }

    /// The SKUs whose availability went to zero, or up from it.
    #[must_use]
    pub fn crossings(&self) -> Vec<Crossing> {
        let mut crossings: Vec<Crossing> = self.spans.values().filter_map(|s| self.crossing(s)).collect();
        crossings.sort_by_key(|c| c.sku);
        crossings
    }

    fn crossing(&self, span: &Range<usize>) -> Option<Crossing> {
        let now: i64 = self.levels[span.clone()].iter().map(Level::available).sum();
        let was: i64 = self.before[span.clone()]
            .iter()
            .map(|(on_hand, reserved)| on_hand - reserved)
            .sum();
        let level = self.levels.get(span.start)?;
        ((now > 0) != (was > 0)).then_some(Crossing {
            tenant: level.tenant,
            sku: level.sku,
            product: level.product,
            in_stock: now > 0,
        })
    }
}

//! Shops as buyers' pages read them, kept in memory.

use contracts::tenants::{Feature, Shop};
use foldhash::fast::RandomState;
use kernel::{Currency, TenantId};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const SHOPS_MAX: u64 = 100_000;
/// A change that this process did not hear of is seen after this time at the latest.
const SHOP_TTL: Duration = Duration::from_secs(30);
const LISTS_MAX: u64 = 64;

/// A copy of what was read. Every change empties its place; a reading that began before the last change is not kept,
/// because it may have seen what was there before.
pub struct Cache {
    shops: moka::sync::Cache<TenantId, Shop, RandomState>,
    slugs: moka::sync::Cache<String, TenantId>,
    active: moka::sync::Cache<u16, Arc<[Shop]>>,
    currencies: moka::sync::Cache<(), Arc<[Currency]>>,
    /// What shops may not begin.
    off: moka::sync::Cache<TenantId, Arc<[Feature]>, RandomState>,
    changes: AtomicU64,
}

/// The moment at which a reading began.
#[derive(Clone, Copy, Debug)]
pub struct ReadAt(u64);

impl Cache {
    #[must_use]
    pub fn new() -> Self {
        let shops = moka::sync::Cache::builder()
            .max_capacity(SHOPS_MAX)
            .time_to_live(SHOP_TTL)
            .build_with_hasher(RandomState::default());
        let slugs = moka::sync::Cache::builder()
            .max_capacity(SHOPS_MAX)
            .time_to_live(SHOP_TTL)
            .build();
        let active = moka::sync::Cache::builder()
            .max_capacity(LISTS_MAX)
            .time_to_live(SHOP_TTL)
            .build();
        Self {
            shops,
            slugs,
            active,
            currencies: moka::sync::Cache::builder()
                .max_capacity(1)
                .time_to_live(SHOP_TTL)
                .build(),
            off: moka::sync::Cache::builder()
                .max_capacity(SHOPS_MAX)
                .time_to_live(SHOP_TTL)
                .build_with_hasher(RandomState::default()),
            changes: AtomicU64::new(0),
        }
    }

    /// To be taken before reading what will be kept.
    pub fn reading(&self) -> ReadAt {
        ReadAt(self.changes.load(Ordering::SeqCst))
    }

    pub fn keep(&self, read_at: ReadAt, shop: &Shop) {
        self.slugs.insert(shop.slug.clone(), shop.id);
        self.shops.insert(shop.id, shop.clone());
        if self.is_stale(read_at) {
            self.shops.invalidate(&shop.id);
        }
    }

    pub fn keep_active(&self, read_at: ReadAt, limit: u16, shops: &[Shop]) {
        self.active.insert(limit, shops.into());
        if self.is_stale(read_at) {
            self.active.invalidate(&limit);
        }
    }

    pub fn shop(&self, tenant: TenantId) -> Option<Shop> {
        self.shops.get(&tenant)
    }

    /// By the slug it has now: one it had before leads nowhere.
    pub fn by_slug(&self, slug: &str) -> Option<Shop> {
        let tenant = self.slugs.get(slug)?;
        self.shops.get(&tenant).filter(|shop| shop.slug == slug)
    }

    pub fn active(&self, limit: u16) -> Option<Arc<[Shop]>> {
        self.active.get(&limit)
    }

    pub fn currencies(&self) -> Option<Arc<[Currency]>> {
        self.currencies.get(&())
    }

    pub fn keep_currencies(&self, read_at: ReadAt, currencies: &[Currency]) {
        self.currencies.insert((), currencies.into());
        if self.is_stale(read_at) {
            self.currencies.invalidate(&());
        }
    }

    pub fn forget(&self, tenant: TenantId) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.shops.invalidate(&tenant);
        self.active.invalidate_all();
        self.currencies.invalidate_all();
    }

    pub fn off(&self, tenant: TenantId) -> Option<Arc<[Feature]>> {
        self.off.get(&tenant)
    }

    pub fn keep_off(&self, read_at: ReadAt, tenant: TenantId, off: &Arc<[Feature]>) {
        self.off.insert(tenant, Arc::clone(off));
        if self.is_stale(read_at) {
            self.off.invalidate(&tenant);
        }
    }

    /// What is known of a shop's features, or of those of all.
    pub fn forget_features(&self, tenant: Option<TenantId>) {
        self.changes.fetch_add(1, Ordering::SeqCst);
        match tenant {
            Some(tenant) => self.off.invalidate(&tenant),
            None => self.off.invalidate_all(),
        }
    }

    fn is_stale(&self, read_at: ReadAt) -> bool {
        self.changes.load(Ordering::SeqCst) != read_at.0
    }
}

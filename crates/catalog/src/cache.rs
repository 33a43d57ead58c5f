//! Listings in memory, by product.
//!
//! A reader that selected before a change and stores after it would keep an old listing alive. So a change leaves
//! behind the version it made ([`Slot::Stale`]), and what is older than that is not stored.

use bytes::Bytes;
use contracts::catalog::Listing;
use kernel::{ProductId, SkuId};
use moka::ops::compute::Op;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Should a change go unnoticed (the log cannot be read), a listing is believed no longer than this.
const LISTING_TTL: Duration = Duration::from_secs(120);
const SKUS_MAX: u64 = 500_000;
/// What a listing weighs beyond its document, roughly.
const OVERHEAD_BYTES: usize = 600;
const STALE_WEIGHT: u32 = 100;

/// A listing and, once somebody asked, its JSON.
#[derive(Debug)]
pub struct CachedListing {
    pub listing: Listing,
    json: OnceLock<(Bytes, u64)>,
    weight: u32,
}

impl CachedListing {
    fn new(listing: Listing, json: Option<Bytes>) -> Self {
        let texts: usize = listing.description_html.len()
            + listing.title.len() * 2
            + listing.attributes.keys().map(|key| key.len() + 80).sum::<usize>()
            + listing.images.len() * 200
            + listing.variants.len() * 300;
        // Once as a structure, once as JSON.
        let weight = u32::try_from(2 * texts + OVERHEAD_BYTES).unwrap_or(u32::MAX);
        Self {
            listing,
            json: json.map(hashed).map(OnceLock::from).unwrap_or_default(),
            weight,
        }
    }

    /// The listing as JSON and a hash of it, made once per version.
    pub fn json(&self) -> (&Bytes, u64) {
        let (json, hash) = self
            .json
            .get_or_init(|| hashed(serde_json::to_vec(&self.listing).unwrap_or_default().into()));
        (json, *hash)
    }
}

fn hashed(json: Bytes) -> (Bytes, u64) {
    let mut hasher = DefaultHasher::new();
    json.hash(&mut hasher);
    let hash = hasher.finish();
    (json, hash)
}

#[derive(Clone)]
enum Slot {
    Fresh(Arc<CachedListing>),
    /// Nothing older than this version may be believed.
    Stale {
        from: i64,
    },
}

pub struct Listings {
    slots: moka::sync::Cache<ProductId, Slot>,
    /// A SKU never changes its product.
    products: moka::sync::Cache<SkuId, ProductId>,
}

impl Listings {
    pub fn new(bytes_max: u64) -> Self {
        Self {
            slots: moka::sync::Cache::builder()
                .max_capacity(bytes_max)
                .weigher(|_, slot: &Slot| match slot {
                    Slot::Fresh(cached) => cached.weight,
                    Slot::Stale { .. } => STALE_WEIGHT,
                })
                .time_to_live(LISTING_TTL)
                .build(),
            products: moka::sync::Cache::new(SKUS_MAX),
        }
    }

    pub fn get(&self, id: ProductId) -> Option<Arc<CachedListing>> {
        match self.slots.get(&id)? {
            Slot::Fresh(cached) => Some(cached),
            Slot::Stale { .. } => None,
        }
    }

    pub fn by_sku(&self, sku: SkuId) -> Option<Arc<CachedListing>> {
        self.get(self.products.get(&sku)?)
    }

    /// Keeps what was selected, with its JSON where that is known, unless something newer is known.
    pub fn keep(&self, listing: Listing, json: Option<Bytes>) -> Arc<CachedListing> {
        let version = listing.version;
        let id = listing.id;
        for variant in &listing.variants {
            self.products.insert(variant.sku, id);
        }
        let cached = Arc::new(CachedListing::new(listing, json));
        self.slots.entry(id).and_compute_with(|entry| {
            let is_outdated = entry.is_some_and(|entry| match entry.value() {
                Slot::Fresh(kept) => kept.listing.version >= version,
                Slot::Stale { from } => *from > version,
            });
            if is_outdated {
                Op::Nop
            } else {
                Op::Put(Slot::Fresh(Arc::clone(&cached)))
            }
        });
        cached
    }

    /// Version `version` exists: forgets what is older.
    pub fn outdate(&self, id: ProductId, version: i64) {
        self.slots.entry(id).and_compute_with(|entry| {
            let is_known = entry.is_some_and(|entry| match entry.value() {
                Slot::Fresh(kept) => kept.listing.version >= version,
                Slot::Stale { from } => *from >= version,
            });
            if is_known {
                Op::Nop
            } else {
                Op::Put(Slot::Stale { from: version })
            }
        });
    }

    /// Forgets everything: what every listing shows has changed.
    pub fn clear(&self) {
        self.slots.invalidate_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::catalog::{Attributes, ProductStatus};
    use kernel::{TenantId, Timestamp};

    fn listing(id: ProductId, version: i64) -> Listing {
        Listing {
            id,
            tenant: TenantId::new(Timestamp::UNIX_EPOCH),
            version,
            status: ProductStatus::Active,
            slug: String::new(),
            title: String::new(),
            description_html: String::new(),
            brand: String::new(),
            category: None,
            attributes: Attributes::new(),
            tags: vec![],
            images: vec![],
            variants: vec![],
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_slow_reader_does_not_bring_back_an_old_version() {
        let cache = Listings::new(1 << 20);
        let id = ProductId::new(Timestamp::UNIX_EPOCH);
        cache.outdate(id, 2);
        cache.keep(listing(id, 1), None);
        assert!(cache.get(id).is_none());
        cache.keep(listing(id, 2), None);
        cache.keep(listing(id, 1), None);
        assert_eq!(cache.get(id).map(|c| c.listing.version), Some(2));
    }

    #[test]
    fn old_news_does_not_evict() {
        let cache = Listings::new(1 << 20);
        let id = ProductId::new(Timestamp::UNIX_EPOCH);
        cache.keep(listing(id, 3), None);
        cache.outdate(id, 3);
        assert!(cache.get(id).is_some());
        cache.outdate(id, 4);
        assert!(cache.get(id).is_none());
    }
}

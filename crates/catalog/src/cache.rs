//! Listings in memory, by product.
//!
//! A reader that selected before a change and stores after it would keep an old listing alive. So a change leaves
//! behind the version it made ([`Slot::Stale`]), and what is older than that is not stored. A listing with a sale is kept
//! as it is at the time of reading, and not believed beyond the moment at which the sale begins or ends.

use bytes::Bytes;
use contracts::catalog::{CategoryRef, Listing, ProductStatus};
use foldhash::fast::RandomState;
use kernel::{ProductId, SkuId, TenantId, Timestamp};
use moka::ops::compute::Op;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Should a change go unnoticed (the log cannot be read), a listing is believed no longer than this.
const LISTING_TTL: Duration = Duration::from_secs(120);
const SKUS_MAX: u64 = 500_000;
/// What a listing weighs beyond its document, roughly.
const OVERHEAD_BYTES: usize = 600;
const STALE_WEIGHT: u32 = 100;

/// A listing as it was read or, once somebody asked, in its other form: most readers want its JSON as it was written,
/// and taking that apart costs more than sending it.
#[derive(Debug)]
pub struct CachedListing {
    pub id: ProductId,
    pub head: Head,
    /// From when on its prices are others; nothing where they stay.
    until: Option<Timestamp>,
    listing: OnceLock<Listing>,
    json: OnceLock<(Bytes, u64)>,
    weight: u32,
}

/// What decides whether a listing is shown, and whether it still reads as it was written.
#[derive(Clone, Debug, Deserialize)]
pub struct Head {
    pub tenant: TenantId,
    pub version: i64,
    pub status: ProductStatus,
    pub category: Option<CategoryRef>,
    /// The languages of its translations.
    #[serde(default)]
    pub translations: BTreeMap<String, IgnoredAny>,
    /// Where its prices depend on the time.
    #[serde(default)]
    pub price_points: Option<IgnoredAny>,
}

/// What of a product changes more often than it is written.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Its SKUs that are in stock.
    pub in_stock: Arc<[SkuId]>,
    /// Other products that are offers of the same item.
    pub others: Arc<[ProductId]>,
}

impl Standing {
    /// As it is by what inventory said since it was read.
    pub fn corrected(self, said: &[(SkuId, bool)]) -> Self {
        let is_gone = |sku: &SkuId| said.contains(&(*sku, false));
        let mut in_stock: Vec<SkuId> = self
            .in_stock
            .iter()
            .copied()
            .filter(|sku| !is_gone(sku))
            .collect();
        for (sku, _) in said.iter().filter(|(_, in_stock)| *in_stock) {
            if !in_stock.contains(sku) {
                in_stock.push(*sku);
            }
        }
        Self {
            in_stock: in_stock.into(),
            ..self
        }
    }
}

impl CachedListing {
    pub(crate) fn of_listing(listing: Listing, until: Option<Timestamp>) -> Self {
        let texts: usize = listing.description_html.len()
            + listing.title.len() * 2
            + listing.attributes.keys().map(|key| key.len() + 80).sum::<usize>()
            + listing.images.len() * 200
            + listing.variants.len() * 300;
        Self {
            id: listing.id,
            head: Head {
                tenant: listing.tenant,
                version: listing.version,
                status: listing.status,
                category: listing.category.clone(),
                translations: listing
                    .translations
                    .keys()
                    .map(|tag| (tag.clone(), IgnoredAny))
                    .collect(),
                price_points: None,
            },
            until,
            listing: OnceLock::from(listing),
            json: OnceLock::new(),
            weight: weight(texts),
        }
    }

    fn of_json(id: ProductId, head: Head, json: Bytes) -> Self {
        Self {
            id,
            head,
            until: None,
            listing: OnceLock::new(),
            weight: weight(json.len()),
            json: OnceLock::from(hashed(json)),
        }
    }

    fn holds(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }

    /// The listing, taken apart by whoever asks first.
    pub fn listing(&self) -> Result<&Listing, serde_json::Error> {
        match self.listing.get() {
            Some(listing) => Ok(listing),
            None => {
                let parsed = serde_json::from_slice(self.json().0)?;
                Ok(self.listing.get_or_init(|| parsed))
            }
        }
    }

    /// The listing as JSON and a hash of it, made once per version.
    pub fn json(&self) -> (&Bytes, u64) {
        let (json, hash) = self.json.get_or_init(|| {
            let text = self
                .listing
                .get()
                .and_then(|listing| serde_json::to_vec(listing).ok());
            hashed(text.unwrap_or_default().into())
        });
        (json, *hash)
    }
}

/// Once as a structure, once as JSON.
fn weight(texts: usize) -> u32 {
    u32::try_from(2 * texts + OVERHEAD_BYTES).unwrap_or(u32::MAX)
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
    slots: moka::sync::Cache<ProductId, Slot, RandomState>,
    /// A SKU never changes its product.
    products: moka::sync::Cache<SkuId, ProductId, RandomState>,
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
                .build_with_hasher(RandomState::default()),
            products: moka::sync::Cache::builder()
                .max_capacity(SKUS_MAX)
                .build_with_hasher(RandomState::default()),
        }
    }

    pub fn get(&self, id: ProductId, now: Timestamp) -> Option<Arc<CachedListing>> {
        match self.slots.get(&id)? {
            Slot::Fresh(cached) => Some(cached).filter(|cached| cached.holds(now)),
            Slot::Stale { .. } => None,
        }
    }

    pub fn by_sku(&self, sku: SkuId, now: Timestamp) -> Option<Arc<CachedListing>> {
        self.get(self.products.get(&sku)?, now)
    }

    /// Keeps what was selected, unless something newer is known. Its prices are what they are `until` then.
    pub fn keep(&self, listing: Listing, until: Option<Timestamp>) -> Arc<CachedListing> {
        for variant in &listing.variants {
            self.products.insert(variant.sku, listing.id);
        }
        self.put(CachedListing::of_listing(listing, until))
    }

    /// As [`Self::keep`], of a listing as it was written. Its SKUs lead to it once somebody asked for one.
    pub fn keep_json(&self, id: ProductId, head: Head, json: Bytes) -> Arc<CachedListing> {
        self.put(CachedListing::of_json(id, head, json))
    }

    fn put(&self, listing: CachedListing) -> Arc<CachedListing> {
        let version = listing.head.version;
        let cached = Arc::new(listing);
        let later = |kept: &CachedListing| match (kept.until, cached.until) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(kept), Some(new)) => kept >= new,
        };
        self.slots.entry(cached.id).and_compute_with(|entry| {
            let is_outdated = entry.is_some_and(|entry| match entry.value() {
                Slot::Fresh(kept) => {
                    kept.head.version > version || kept.head.version == version && later(kept)
                }
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
                Slot::Fresh(kept) => kept.head.version >= version,
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
    use contracts::catalog::Attributes;

    fn listing(id: ProductId, version: i64) -> Listing {
        Listing {
            id,
            tenant: TenantId::new(Timestamp::UNIX_EPOCH),
            version,
            status: ProductStatus::Active,
            slug: String::new(),
            title: String::new(),
            description_html: String::new(),
            language: None,
            translations: BTreeMap::new(),
            brand: String::new(),
            category: None,
            attributes: Attributes::new(),
            tags: vec![],
            tax_category: contracts::taxes::standard(),
            images: vec![],
            variants: vec![],
            making: None,
            digital: None,
            price_points: BTreeMap::new(),
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
        assert!(cache.get(id, Timestamp::UNIX_EPOCH).is_none());
        cache.keep(listing(id, 2), None);
        cache.keep(listing(id, 1), None);
        assert_eq!(
            cache.get(id, Timestamp::UNIX_EPOCH).map(|c| c.head.version),
            Some(2)
        );
    }

    #[test]
    fn a_listing_as_it_was_written_is_taken_apart_when_asked_for() {
        let cache = Listings::new(1 << 20);
        let id = ProductId::new(Timestamp::UNIX_EPOCH);
        let written = Listing {
            title: "Jug".to_owned(),
            ..listing(id, 7)
        };
        let json = Bytes::from(serde_json::to_vec(&written).unwrap());
        let head: Head = serde_json::from_slice(&json).unwrap();
        assert_eq!(
            (head.tenant, head.version, head.status),
            (written.tenant, 7, written.status)
        );
        let cached = cache.keep_json(id, head, json.clone());
        assert_eq!(cached.listing().unwrap(), &written);
        assert_eq!(cached.json().0, &json);
        let kept = cache.get(id, Timestamp::UNIX_EPOCH).unwrap();
        assert!(Arc::ptr_eq(&kept, &cached));
        let mut other = kept.head.clone();
        other.version = 6;
        cache.keep_json(id, other, Bytes::from_static(b"{}"));
        assert_eq!(
            cache.get(id, Timestamp::UNIX_EPOCH).map(|c| c.head.version),
            Some(7)
        );
    }

    #[test]
    fn old_news_does_not_evict() {
        let cache = Listings::new(1 << 20);
        let id = ProductId::new(Timestamp::UNIX_EPOCH);
        cache.keep(listing(id, 3), None);
        cache.outdate(id, 3);
        assert!(cache.get(id, Timestamp::UNIX_EPOCH).is_some());
        cache.outdate(id, 4);
        assert!(cache.get(id, Timestamp::UNIX_EPOCH).is_none());
    }

    #[test]
    fn a_price_is_believed_until_it_is_another() {
        let cache = Listings::new(1 << 20);
        let id = ProductId::new(Timestamp::UNIX_EPOCH);
        let at = |second| Timestamp::from_timestamp(second, 0).unwrap();
        let title = |now| cache.get(id, at(now)).map(|c| c.listing().unwrap().title.clone());
        let titled = |title: &str| Listing {
            title: title.to_owned(),
            ..listing(id, 1)
        };
        cache.keep(titled("on sale"), Some(at(10)));
        assert_eq!(title(9).as_deref(), Some("on sale"));
        assert_eq!(title(10), None);
        cache.keep(titled("after it"), None);
        // A slow reader from before.
        cache.keep(titled("on sale"), Some(at(10)));
        assert_eq!(title(10).as_deref(), Some("after it"));
    }
}

//! The catalogue's use cases.

mod carry;
mod categories;
mod client;
mod combinations;
mod delete;
mod edit;
mod features;
mod files;
mod history;
mod images;
mod intake;
mod items;
mod moderation;
mod needy;
mod pictures;
mod place;
mod placing;
mod plan;
mod prices;
mod read;
mod schedule;
mod spare_files;
mod stock;
mod tend;
mod undo;
mod upsert;
mod workbench;

use crate::cache::{Listings, Standing};
use crate::media::Media;
use contracts::catalog::WinningRule;
use contracts::identity::Identity;
use contracts::inventory::Inventory;
use contracts::tenants::{FeatureGate, Tenants};
use foldhash::fast::RandomState;
use kernel::{ProductId, SharedClock, SkuId, TenantId};
use object_store::ObjectStore;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use store::Db;

pub use categories::Tree;
pub(crate) use categories::add as add_categories;
pub use edit::{ImageChoice, NewProduct, OwnProduct, ProductPatch, VariantInput};
pub(crate) use pictures::{fetch_pictures, with_kept};
pub use place::Place;
pub use prices::PriceHistory;
pub(crate) use prices::work as tell_sales;
pub use read::ProductPage;
pub(crate) use schedule::work as apply_scheduled;
pub(crate) use spare_files::remove_spare_files;
pub(crate) use stock::RefusedCount;
pub(crate) use undo::finish_undos;
pub(crate) use undo::refuse_undone;
pub(crate) use upsert::{Outcome, Source, Written, weigh, write};

/// What the operator may set.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Whether drafts may name categories that do not exist yet.
    pub creates_categories: bool,
    /// Whether [`contracts::catalog::Catalog::store_image`] takes SVG. Uploads never may.
    pub takes_svg: bool,
    /// Whether pictures are fetched from this machine and its network too: for tests, and never where others name
    /// addresses.
    pub fetches_from_private: bool,
    /// Which of several shops' offers of one item is put first.
    pub winning_rule: WinningRule,
    pub listing_cache_bytes: u64,
    pub media_cache_bytes: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            creates_categories: true,
            takes_svg: false,
            fetches_from_private: false,
            winning_rule: WinningRule::default(),
            listing_cache_bytes: 96 * 1024 * 1024,
            media_cache_bytes: 32 * 1024 * 1024,
        }
    }
}

/// How long a shop's status is believed, should its event be late.
const SHOP_TTL: Duration = Duration::from_secs(15);
/// A reader may fetch what inventory's event is about to change, and keep it no longer than this.
const STOCK_TTL: Duration = Duration::from_secs(2);

/// The catalogue. Cheap to clone.
#[derive(Clone)]
pub struct Products(Arc<Inner>);

#[doc(hidden)]
pub struct Inner {
    pub(crate) db: Db,
    pub(crate) clock: SharedClock,
    pub(crate) inventory: Arc<dyn Inventory>,
    pub(crate) tenants: Arc<dyn Tenants>,
    pub(crate) settings: Settings,
    pub(crate) media: Media,
    pub(crate) listings: Listings,
    pub(crate) tree: categories::TreeCache,
    /// Which shops sell at present.
    pub(crate) open_shops: moka::sync::Cache<TenantId, bool, RandomState>,
    /// How products stand: what of them is in stock, and who else sells the same.
    pub(crate) standing: moka::sync::Cache<ProductId, Standing, RandomState>,
    /// What inventory said of a product's SKUs lately: the table that is read may not know it yet.
    pub(crate) stock_said: moka::sync::Cache<ProductId, Arc<[(SkuId, bool)]>, RandomState>,
    /// What offers say of their shops.
    pub(crate) shop_faces: moka::sync::Cache<TenantId, Arc<items::ShopFace>, RandomState>,
    /// Who people are, for telling who changed what.
    pub(crate) people: OnceLock<Arc<dyn Identity>>,
    /// What shops may begin.
    pub(crate) features: FeatureGate,
}

impl std::ops::Deref for Products {
    type Target = Inner;
    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Products {
    /// `db` must be the catalogue's; `media` is where pictures are kept.
    #[must_use]
    pub fn new(
        db: Db,
        clock: SharedClock,
        inventory: Arc<dyn Inventory>,
        tenants: Arc<dyn Tenants>,
        media: Arc<dyn ObjectStore>,
        settings: Settings,
    ) -> Self {
        Self(Arc::new(Inner {
            db,
            clock,
            inventory,
            tenants,
            settings,
            media: Media::new(media, settings.media_cache_bytes),
            listings: Listings::new(settings.listing_cache_bytes),
            tree: categories::TreeCache::default(),
            open_shops: moka::sync::Cache::builder()
                .max_capacity(100_000)
                .time_to_live(SHOP_TTL)
                .build_with_hasher(RandomState::default()),
            people: OnceLock::new(),
            features: FeatureGate::default(),
            stock_said: moka::sync::Cache::builder()
                .max_capacity(200_000)
                .time_to_live(STOCK_TTL)
                .build_with_hasher(RandomState::default()),
            shop_faces: moka::sync::Cache::builder()
                .max_capacity(100_000)
                .time_to_live(SHOP_TTL)
                .build_with_hasher(RandomState::default()),
            standing: moka::sync::Cache::builder()
                .max_capacity(200_000)
                .time_to_live(STOCK_TTL)
                .build_with_hasher(RandomState::default()),
        }))
    }

    /// Who is to be asked for people's names; without, histories tell what somebody was and not who.
    pub fn know_people(&self, people: Arc<dyn Identity>) {
        let _ = self.people.set(people);
    }
}

//! Pages of products as they were last written, for visitors of whom nothing is known yet: who comes from a search engine, an
//! advertisement or a shared link. When a sale begins, most do.
//!
//! A page is given out again only while the product reads as it was written and its stock stands where it stood. What else is
//! on it (reviews, other shops' offers, what else the shop has) may be as old as [`KEPT`]. What differs from answer to
//! answer, the nonce of the script and the token of the forms, is set in anew each time.

use super::failure::Failure;
use super::visit::Visit;
use crate::i18n::Locale;
use crate::views::page::Theme;
use contracts::catalog::Listing;
use contracts::inventory::Availability;
use kernel::{Fault, ProductId};
use moka::future::Cache;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

const KEPT: Duration = Duration::from_secs(1);
/// Bytes of all pages that are kept.
const BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Units beyond which a page tells nothing of how many there are.
const SHOWN_UNITS_MAX: i64 = 20;

/// Cheap to clone; one per process.
#[derive(Clone, Debug)]
pub struct PageCache {
    written: Cache<Key, Arc<Written>>,
    marks: Arc<Marks>,
}

/// Which page, for whom, and of which state of things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    product: ProductId,
    locale: Locale,
    theme: Theme,
    stamp: u64,
}

/// Stand in a written page where an answer's own secrets go. As random as these: nobody can write them into a text.
#[derive(Debug)]
pub struct Marks {
    pub nonce: String,
    pub csrf: String,
}

#[derive(Debug)]
pub struct Written {
    page: String,
    nonces: Vec<usize>,
    csrfs: Vec<usize>,
}

impl Key {
    pub fn of(listing: &Listing, stock: &[Availability], visit: &Visit) -> Self {
        let mut hasher = DefaultHasher::new();
        listing.version.hash(&mut hasher);
        for variant in &listing.variants {
            // A sale that begins or ends is no new version.
            (variant.sku, variant.price.amount).hash(&mut hasher);
        }
        for level in stock {
            // A page tells of few units, and how many one may take.
            (level.sku, level.available.clamp(0, SHOWN_UNITS_MAX)).hash(&mut hasher);
        }
        Self {
            product: listing.id,
            locale: visit.locale,
            theme: visit.theme,
            stamp: hasher.finish(),
        }
    }
}

impl Default for PageCache {
    fn default() -> Self {
        let written = Cache::builder()
            .weigher(|_, written: &Arc<Written>| u32::try_from(written.page.len()).unwrap_or(u32::MAX))
            .max_capacity(BYTES_MAX)
            .time_to_live(KEPT)
            .build();
        let marks = Marks {
            nonce: kernel::secret::token(),
            csrf: kernel::secret::token(),
        };
        Self {
            written,
            marks: Arc::new(marks),
        }
    }
}

impl PageCache {
    /// The page as it is kept, or as `write` writes it with marks in the place of secrets: once, however many ask.
    pub async fn get(
        &self,
        key: Key,
        write: impl AsyncFnOnce(&Marks) -> Result<String, Failure>,
    ) -> Result<Arc<Written>, Failure> {
        let written = self.written.try_get_with(key, async {
            let page = write(&self.marks).await.map_err(|Failure(fault)| fault)?;
            Ok(Arc::new(Written::new(page, &self.marks)))
        });
        written
            .await
            .map_err(|fault: Arc<Fault>| Failure(Fault::clone(&fault)))
    }

    /// Whether a token can stand where the mark stands: a visitor's cookie holds whatever they like.
    pub fn takes(&self, csrf: &str) -> bool {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        csrf.len() == self.marks.csrf.len() && csrf.bytes().all(is_plain)
    }
}

impl Written {
    fn new(page: String, marks: &Marks) -> Self {
        let places = |mark: &str| page.match_indices(mark).map(|(at, _)| at).collect();
        Self {
            nonces: places(&marks.nonce),
            csrfs: places(&marks.csrf),
            page,
        }
    }

    /// The page with an answer's own secrets. Both are as long as their marks.
    pub fn with(&self, nonce: &str, csrf: &str) -> Vec<u8> {
        let mut page = self.page.clone().into_bytes();
        for (places, secret) in [(&self.nonces, nonce), (&self.csrfs, csrf)] {
            for place in places {
                if let Some(mark) = page.get_mut(*place..*place + secret.len()) {
                    mark.copy_from_slice(secret.as_bytes());
                }
            }
        }
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_page_is_written_once_and_each_answer_has_its_own_secrets() {
        let cache = PageCache::default();
        let key = Key {
            product: ProductId(uuid::Uuid::from_u128(7)),
            locale: Locale::En,
            theme: Theme::Device,
            stamp: 1,
        };
        let write = async |marks: &Marks| {
            let Marks { nonce, csrf } = marks;
            Ok(format!(
                "<script nonce={nonce}><input value={csrf}><input value={csrf}>"
            ))
        };
        let first = cache.get(key, write).await.unwrap();
        let again = cache.get(key, async |_| Err(Failure(Fault::internal()))).await;
        assert!(Arc::ptr_eq(&first, &again.unwrap()));
        let (nonce, csrf) = (kernel::secret::token(), kernel::secret::token());
        let page = String::from_utf8(first.with(&nonce, &csrf)).unwrap();
        assert_eq!(
            page,
            format!("<script nonce={nonce}><input value={csrf}><input value={csrf}>")
        );
        let sold = Key { stamp: 2, ..key };
        let other = cache.get(sold, async |_| Ok("sold".to_owned())).await.unwrap();
        assert_eq!(other.with(&nonce, &csrf), b"sold");
    }

    #[tokio::test]
    async fn what_could_not_be_written_is_not_kept() {
        let cache = PageCache::default();
        let key = Key {
            product: ProductId(uuid::Uuid::from_u128(8)),
            locale: Locale::Es,
            theme: Theme::Dark,
            stamp: 0,
        };
        let failed = cache.get(key, async |_| Err(Failure(Fault::internal()))).await;
        assert!(failed.is_err());
        let written = cache.get(key, async |_| Ok("there".to_owned())).await;
        assert_eq!(written.unwrap().with("", ""), b"there");
    }

    #[test]
    fn a_cookie_that_is_no_token_stands_in_no_kept_page() {
        let cache = PageCache::default();
        assert!(cache.takes(&kernel::secret::token()));
        let odd = format!("\"><script>{}", "x".repeat(33));
        assert_eq!(odd.len(), 43);
        assert!(!cache.takes(&odd));
        assert!(!cache.takes("short"));
    }
}

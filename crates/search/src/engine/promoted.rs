//! Listings that shops pay for being put forward: at fixed places of a first page, where they answer what was asked, and marked.
//!
//! They are among what is found anyway, so totals and facets know nothing of them; where they would have stood, they do not
//! stand a second time.

use super::columns::View;
use super::rules;
use super::schema::Fields;
use kernel::{ProductId, Timestamp};
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicU64, Ordering};
use tantivy::DocId;

/// At which places of the first page, from 1.
const PLACES: [u16; 2] = [2, 7];
/// The least share of the best answer's score that makes one an answer worth paying for.
pub const WORTH: f32 = 0.5;

/// Every set has a number of its own, by which it is known again.
static NUMBERS: AtomicU64 = AtomicU64::new(1);

/// A listing that is put forward for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promotion {
    pub product: ProductId,
    pub starts_at: Timestamp,
    /// The first moment at which it is not any more.
    pub ends_at: Timestamp,
}

/// All that are, or will be.
#[derive(Debug, Default)]
pub struct Promoted {
    number: u64,
    all: Vec<Promotion>,
}

/// Where they are in an index as it is at present: by segment, in order of documents, with their place among all.
#[derive(Debug)]
pub struct Located {
    generation: u64,
    number: u64,
    by_segment: Vec<Vec<(DocId, usize)>>,
}

impl Promoted {
    #[must_use]
    pub fn new(all: Vec<Promotion>) -> Self {
        Self {
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
            all,
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    #[must_use]
    pub fn is_running(&self, at: usize, now: Timestamp) -> bool {
        self.all
            .get(at)
            .is_some_and(|one| one.starts_at <= now && now < one.ends_at)
    }

    /// Those that are put forward at a moment.
    pub fn running(&self, now: Timestamp) -> impl Iterator<Item = ProductId> {
        let running = self
            .all
            .iter()
            .filter(move |one| one.starts_at <= now && now < one.ends_at);
        running.map(|one| one.product)
    }

    pub fn locate(&self, view: &View, fields: &Fields) -> tantivy::Result<Located> {
        let mut by_segment = vec![Vec::new(); view.searcher.segment_readers().len()];
        for (at, one) in self.all.iter().enumerate() {
            if let Some((segment, doc)) = rules::find(view, fields, one.product)? {
                by_segment[segment as usize].push((doc, at));
            }
        }
        by_segment.iter_mut().for_each(|docs| docs.sort_unstable());
        Ok(Located {
            generation: view.searcher.generation().generation_id(),
            number: self.number,
            by_segment,
        })
    }
}

impl Located {
    /// Whether they are still there.
    #[must_use]
    pub fn is_of(&self, promoted: &Promoted, view: &View) -> bool {
        self.number == promoted.number && self.generation == view.searcher.generation().generation_id()
    }

    /// By segment, the documents that are put forward at a moment, in order.
    #[must_use]
    pub fn running(&self, promoted: &Promoted, now: Timestamp) -> Vec<Vec<DocId>> {
        let running = |docs: &Vec<(DocId, usize)>| -> Vec<DocId> {
            let running = docs.iter().filter(|(_, at)| promoted.is_running(*at, now));
            running.map(|(doc, _)| *doc).collect()
        };
        self.by_segment.iter().map(running).collect()
    }
}

/// How many a page of so many products has.
#[must_use]
pub fn places(size: usize) -> usize {
    PLACES.iter().filter(|place| usize::from(**place) <= size).count()
}

/// In lists without words everybody's turn comes: another order with every hour.
#[must_use]
pub fn turn(product: u128, as_of_s: i64) -> u64 {
    let mut hasher = Sha256::new();
    hasher.update(product.to_be_bytes());
    hasher.update(as_of_s.to_be_bytes());
    let digest = hasher.finalize();
    digest[..8]
        .iter()
        .fold(0, |key, byte| (key << 8) | u64::from(*byte))
}

/// What stands at places of its own, by place: pins at theirs, and what is promoted at the next ones that are free.
#[must_use]
pub fn with_pins<T>(pins: Vec<(u16, T)>, promoted: Vec<T>) -> Vec<(u16, T)> {
    let mut all = pins;
    for (one, place) in promoted.into_iter().zip(PLACES) {
        let taken = |place: u16| all.iter().any(|(own, _)| *own == place);
        let place = (place..).find(|place| !taken(*place)).unwrap_or(place);
        all.push((place, one));
    }
    all.sort_by_key(|(place, _)| *place);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_keep_their_places() {
        assert_eq!(with_pins(vec![], vec!["x", "y"]), [(2, "x"), (7, "y")]);
        let pins = vec![(1, "a"), (2, "b"), (3, "c"), (8, "d")];
        assert_eq!(
            with_pins(pins, vec!["x", "y"]),
            [(1, "a"), (2, "b"), (3, "c"), (4, "x"), (7, "y"), (8, "d")]
        );
    }

    #[test]
    fn small_pages_have_fewer_places() {
        assert_eq!([0, 1, 2, 6, 7, 100].map(places), [0, 0, 1, 1, 2, 2]);
    }

    #[test]
    fn turns_change_with_the_hour() {
        let first = |hour: i64| (0..10u128).max_by_key(|product| turn(*product, hour * 3_600));
        let firsts: std::collections::BTreeSet<_> = (0..48).map(first).collect();
        assert!(firsts.len() > 5, "{firsts:?}");
        assert_eq!(first(3), first(3));
    }
}

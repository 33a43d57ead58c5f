//! One search on several cores: the index is cut into spans, each of which is worked on by itself.
//!
//! A span ends where it has its share of the documents, be it in the middle of a segment: after a merge nearly all of the
//! index may be one. What was found in the spans is joined in their order, so that an answer is the same however many
//! there are.

use super::columns::View;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use tantivy::{DocId, SegmentReader};

/// Cores that one search is spread over at most: what it does once gains nothing by more.
const PER_SEARCH_MAX: usize = 4;
/// Documents to look at that are worth waking another core for.
const WORTH: u64 = 4_096;

/// The cores of the machine, for all searches that run at the same time.
pub struct Cores {
    count: usize,
    worth: u64,
    searches: AtomicUsize,
}

impl Default for Cores {
    fn default() -> Self {
        let count = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self::new(count, WORTH)
    }
}

impl Cores {
    /// `worth` is how many documents a search looks at for each core that it uses.
    #[must_use]
    pub fn new(count: usize, worth: u64) -> Self {
        Self {
            count,
            worth: worth.max(1),
            searches: AtomicUsize::new(0),
        }
    }

    /// What one more search may use. Where there are as many searches as cores each has one: spread over more, all of them
    /// would only wait for each other.
    #[must_use]
    pub fn share(&self) -> Share<'_> {
        let searches = self.searches.fetch_add(1, Ordering::Relaxed) + 1;
        Share {
            cores: self,
            count: (self.count / searches).clamp(1, PER_SEARCH_MAX),
        }
    }
}

/// The cores that one search may use, until it ends.
pub struct Share<'a> {
    cores: &'a Cores,
    count: usize,
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.cores.searches.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Share<'_> {
    /// The index in as many spans as it takes to look at so many of its documents.
    #[must_use]
    pub fn spans(&self, view: &View, looked_at: u64) -> Spans {
        let worth = usize::try_from(looked_at / self.cores.worth).unwrap_or(usize::MAX);
        let readers = view.searcher.segment_readers().iter();
        let lengths: Vec<DocId> = readers.map(SegmentReader::max_doc).collect();
        Spans::cut(&lengths, worth.clamp(1, self.count))
    }

    /// Does both, side by side where the search has a core for each.
    pub fn both<A, B: Send>(&self, here: impl FnOnce() -> A, there: impl FnOnce() -> B + Send) -> (A, B) {
        if self.count == 1 {
            return (here(), there());
        }
        let mut done = None;
        let here = rayon::in_place_scope(|scope| {
            scope.spawn(|_| done = Some(there()));
            here()
        });
        (here, done.expect("the scope waits for what it has begun"))
    }
}

/// Documents of one segment that lie side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub segment: u32,
    pub docs: Range<DocId>,
}

/// The whole index in parts of about as many documents, in order; each is as much as one core works on.
#[derive(Debug, PartialEq, Eq)]
pub struct Spans {
    first: Vec<Stretch>,
    others: Vec<Vec<Stretch>>,
}

impl Spans {
    /// Cuts segments of these lengths.
    fn cut(lengths: &[DocId], count: usize) -> Self {
        let all: u64 = lengths.iter().copied().map(u64::from).sum();
        let size = all.div_ceil(count as u64).max(1);
        let (mut done, mut open, mut room) = (Vec::new(), Vec::new(), size);
        for (segment, &length) in (0..).zip(lengths) {
            let mut start = 0;
            while start < length {
                if room == 0 {
                    done.push(std::mem::take(&mut open));
                    room = size;
                }
                let end = start + u64::from(length - start).min(room) as DocId;
                room -= u64::from(end - start);
                let docs = start..end;
                open.push(Stretch { segment, docs });
                start = end;
            }
        }
        done.push(open);
        Self {
            first: done.remove(0),
            others: done,
        }
    }

    /// What `work` makes of each span, joined in their order. The first is worked on here, the others wherever a core is
    /// free.
    pub fn work<T: Send>(
        &self,
        work: impl Fn(&[Stretch]) -> tantivy::Result<T> + Sync,
        join: impl Fn(T, T) -> T,
    ) -> tantivy::Result<T> {
        if self.others.is_empty() {
            return work(&self.first);
        }
        let mut others: Vec<Option<tantivy::Result<T>>> = self.others.iter().map(|_| None).collect();
        let tasks = self.others.iter().zip(&mut others);
        let work = &work;
        let first = rayon::in_place_scope(|scope| {
            for (span, done) in tasks {
                scope.spawn(move |_| *done = Some(work(span)));
            }
            work(&self.first)
        });
        let mut others = others.into_iter().flatten();
        others.try_fold(first?, |joined, next| Ok(join(joined, next?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Barrier;
    use tantivy::TantivyError;

    fn stretch(segment: u32, docs: Range<DocId>) -> Stretch {
        Stretch { segment, docs }
    }

    #[test]
    fn spans_are_as_long_as_each_other_wherever_segments_end() {
        let spans = Spans::cut(&[6, 1, 3], 2);
        assert_eq!(spans.first, [stretch(0, 0..5)]);
        assert_eq!(
            spans.others,
            [vec![stretch(0, 5..6), stretch(1, 0..1), stretch(2, 0..3)]]
        );
        assert_eq!(Spans::cut(&[4, 4], 2).others, [vec![stretch(1, 0..4)]]);
        assert_eq!(
            Spans::cut(&[7], 3).others,
            [[stretch(0, 3..6)], [stretch(0, 6..7)]]
        );
    }

    #[test]
    fn an_empty_index_is_one_empty_span() {
        for lengths in [vec![], vec![0, 0]] {
            let spans = Spans::cut(&lengths, 4);
            assert_eq!((spans.first, spans.others), (vec![], vec![]));
        }
    }

    #[test]
    fn searches_share_the_cores_while_they_last() {
        let cores = Cores::new(6, 1);
        let alone = cores.share();
        assert_eq!(alone.count, PER_SEARCH_MAX);
        let second = cores.share();
        let third = cores.share();
        assert_eq!((second.count, third.count), (3, 2));
        drop((alone, second));
        assert_eq!(cores.share().count, 3);
        let many: Vec<Share> = (0..20).map(|_| cores.share()).collect();
        assert_eq!(many.last().map(|share| share.count), Some(1));
    }

    #[test]
    fn spans_are_worked_on_side_by_side_and_joined_in_order() {
        // Neither goes on before the other has come.
        let both = Barrier::new(2);
        let segments = |span: &[Stretch]| -> tantivy::Result<Vec<u32>> {
            both.wait();
            Ok(span.iter().map(|stretch| stretch.segment).collect())
        };
        let joined = Spans::cut(&[1, 1, 1, 1], 2).work(segments, |a, b| [a, b].concat());
        assert_eq!(joined.expect("no error"), [0, 1, 2, 3]);
        let (here, there) = Cores::new(2, 1).share().both(|| both.wait(), || both.wait());
        assert_ne!(here.is_leader(), there.is_leader());
    }

    #[test]
    fn one_that_fails_fails_all() {
        let fails = |span: &[Stretch]| match span[0].segment {
            2 => Err(TantivyError::InternalError("lost".to_owned())),
            _ => Ok(()),
        };
        assert!(Spans::cut(&[1, 1, 1], 3).work(fails, |(), ()| ()).is_err());
    }
}

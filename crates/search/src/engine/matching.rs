//! Which documents of a segment match a plan, in order.

use super::columns::View;
use super::cores::{Spans, Stretch};
use super::plan::{Plan, Word};
use super::schema::Fields;
use std::ops::{ControlFlow, Range};
use std::time::Instant;
use tantivy::postings::SegmentPostings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, TantivyError, Term};

/// Documents between two looks at the clock.
const DEADLINE_EVERY: u32 = 4_096;

/// A sorted list of documents.
pub enum Docs {
    Postings(Box<SegmentPostings>),
    /// Of several terms, any of which will do: read side by side, as most of them are short and wait far ahead.
    Union(Vec<SegmentPostings>),
}

impl Docs {
    fn doc(&self) -> DocId {
        match self {
            Self::Postings(postings) => postings.doc(),
            Self::Union(lists) => lists.iter().map(DocSet::doc).min().unwrap_or(TERMINATED),
        }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        match self {
            Self::Postings(postings) if postings.doc() >= target => postings.doc(),
            Self::Postings(postings) => postings.seek(target),
            Self::Union(lists) => {
                for list in lists.iter_mut().filter(|list| list.doc() < target) {
                    list.seek(target);
                }
                self.doc()
            }
        }
    }

    fn len_hint(&self) -> u32 {
        match self {
            Self::Postings(postings) => postings.size_hint(),
            Self::Union(lists) => lists.iter().map(DocSet::size_hint).sum(),
        }
    }

    fn advance(&mut self) -> DocId {
        match self {
            Self::Postings(postings) => postings.advance(),
            Self::Union(lists) => {
                let doc = lists.iter().map(DocSet::doc).min().unwrap_or(TERMINATED);
                for list in lists.iter_mut().filter(|list| list.doc() == doc) {
                    list.advance();
                }
                self.doc()
            }
        }
    }
}

/// The documents that have `word` anywhere; `None` where none has.
fn docs_of(reader: &SegmentReader, fields: &Fields, word: &Word) -> tantivy::Result<Option<Docs>> {
    let inverted = reader.inverted_index(fields.all)?;
    let mut lists = Vec::new();
    for (term, _) in &word.terms {
        let term = Term::from_field_text(fields.all, term);
        lists.extend(inverted.read_postings(&term, IndexRecordOption::Basic)?);
    }
    if lists.len() > 1 {
        return Ok(Some(Docs::Union(lists)));
    }
    Ok(lists.pop().map(|postings| Docs::Postings(Box::new(postings))))
}

/// Calls `each` with every living document among `docs` that matches, in ascending order.
pub fn for_each_match(
    reader: &SegmentReader,
    fields: &Fields,
    plan: &Plan,
    docs: Range<DocId>,
    deadline: Instant,
    mut each: impl FnMut(DocId) -> ControlFlow<()>,
) -> tantivy::Result<()> {
    let alive = reader.alive_bitset();
    let mut seen = 0u32;
    let mut visit = |doc: DocId| -> tantivy::Result<ControlFlow<()>> {
        if seen.is_multiple_of(DEADLINE_EVERY) && Instant::now() > deadline {
            return Err(out_of_time());
        }
        seen = seen.wrapping_add(1);
        if alive.is_some_and(|bits| !bits.is_alive(doc)) {
            return Ok(ControlFlow::Continue(()));
        }
        Ok(each(doc))
    };
    if plan.is_empty() {
        for doc in docs {
            if visit(doc)?.is_break() {
                break;
            }
        }
        return Ok(());
    }
    if plan.must < plan.told() {
        let mut marked = Marked::open(reader, fields, plan, docs)?;
        return marked.each_reaching(plan.must, visit);
    }
    let mut lists = Vec::new();
    for word in plan.words.iter().filter(|word| word.required) {
        match docs_of(reader, fields, word)? {
            Some(list) => lists.push(list),
            None => return Ok(()),
        }
    }
    lists.sort_by_key(Docs::len_hint);
    intersect(&mut lists, &docs, visit)
}

/// The rarest word leads, the others are asked to follow.
fn intersect(
    lists: &mut [Docs],
    docs: &Range<DocId>,
    mut visit: impl FnMut(DocId) -> tantivy::Result<ControlFlow<()>>,
) -> tantivy::Result<()> {
    let Some((lead, others)) = lists.split_first_mut() else {
        return Ok(());
    };
    let mut candidate = lead.seek(docs.start);
    'candidates: while candidate < docs.end {
        for other in others.iter_mut() {
            let found = other.seek(candidate);
            if found != candidate {
                candidate = if found == TERMINATED {
                    TERMINATED
                } else {
                    lead.seek(found)
                };
                continue 'candidates;
            }
        }
        if visit(candidate)?.is_break() {
            break;
        }
        candidate = lead.advance();
    }
    Ok(())
}

/// Documents whose words are added up at once: their marks stay near to the processor.
const WINDOW: u32 = 1 << 15;

/// The required words that each document of a segment has, as bits of a mark. Lists are read straight through, window by
/// window, those of one word's terms one after the other: no document is looked for, and none counts a word twice.
struct Marked {
    /// With the bit of the word that each is of.
    lists: Vec<(SegmentPostings, u32)>,
    /// What is told by the words of each byte of a mark.
    told: [[u32; 256]; 3],
    docs: Range<DocId>,
}

impl Marked {
    fn open(
        reader: &SegmentReader,
        fields: &Fields,
        plan: &Plan,
        docs: Range<DocId>,
    ) -> tantivy::Result<Self> {
        let inverted = reader.inverted_index(fields.all)?;
        let mut lists = Vec::new();
        let mut told = [[0; 256]; 3];
        for (n, word) in plan.words.iter().filter(|word| word.required).enumerate() {
            for (term, _) in &word.terms {
                let term = Term::from_field_text(fields.all, term);
                if let Some(mut list) = inverted.read_postings(&term, IndexRecordOption::Basic)? {
                    if list.doc() < docs.start {
                        list.seek(docs.start);
                    }
                    lists.push((list, 1 << n));
                }
            }
            let marks = told[n / 8].iter_mut().enumerate();
            marks
                .filter(|(mark, _)| (mark >> (n % 8)) & 1 == 1)
                .for_each(|(_, told)| *told += u32::from(word.weight));
        }
        Ok(Self { lists, told, docs })
    }

    /// Calls `each` with every document that has any of the words, in ascending order, and how much those tell.
    fn each(
        &mut self,
        mut each: impl FnMut(DocId, u32) -> tantivy::Result<ControlFlow<()>>,
    ) -> tantivy::Result<()> {
        let mut marks = vec![0u32; WINDOW as usize];
        let mut any = vec![0u64; WINDOW as usize / 64];
        for start in self.docs.clone().step_by(WINDOW as usize) {
            let end = self.docs.end.min(start.saturating_add(WINDOW));
            for (list, bit) in &mut self.lists {
                let mut doc = list.doc();
                while doc < end {
                    let at = (doc - start) as usize;
                    marks[at] |= *bit;
                    any[at / 64] |= 1 << (at % 64);
                    doc = list.advance();
                }
            }
            for (n, any) in any.iter_mut().enumerate() {
                while *any != 0 {
                    let at = n * 64 + any.trailing_zeros() as usize;
                    *any &= *any - 1;
                    let [a, b, c, _] = std::mem::take(&mut marks[at]).to_le_bytes().map(usize::from);
                    let told = self.told[0][a] + self.told[1][b] + self.told[2][c];
                    if each(start + at as DocId, told)?.is_break() {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    fn each_reaching(
        &mut self,
        must: u32,
        mut visit: impl FnMut(DocId) -> tantivy::Result<ControlFlow<()>>,
    ) -> tantivy::Result<()> {
        self.each(|doc, told| {
            if told >= must {
                visit(doc)
            } else {
                Ok(ControlFlow::Continue(()))
            }
        })
    }
}

/// The living documents that match a plan, by segment and in ascending order, where they were found on the way to it.
pub struct Matched(Vec<Vec<DocId>>);

impl Matched {
    #[must_use]
    pub fn within(&self, stretch: &Stretch) -> &[DocId] {
        let all: &[DocId] = self.0.get(stretch.segment as usize).map_or(&[], Vec::as_slice);
        let start = all.partition_point(|doc| *doc < stretch.docs.start);
        let end = all.partition_point(|doc| *doc < stretch.docs.end);
        &all[start..end]
    }

    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().map(|docs| docs.len() as u64).sum()
    }
}

/// What one span has for [`reach`].
struct Reached {
    /// How many reach each level but the last.
    counts: Vec<u64>,
    /// By segment, documents and what their words tell.
    found: Vec<(u32, Vec<(DocId, u32)>)>,
}

impl Reached {
    fn of(
        view: &View,
        fields: &Fields,
        plan: &Plan,
        levels: (&[u32], u32),
        enough: u64,
        deadline: Instant,
        span: &[Stretch],
    ) -> tantivy::Result<Self> {
        let (upper, last) = levels;
        let mut counts = vec![0u64; upper.len()];
        // What is below a level that enough have reached is not wanted any more, here or anywhere.
        let mut floor = last;
        let mut found = Vec::with_capacity(span.len());
        for stretch in span {
            if Instant::now() > deadline {
                return Err(out_of_time());
            }
            let reader = view.searcher.segment_reader(stretch.segment);
            let alive = reader.alive_bitset();
            let mut own = Vec::new();
            Marked::open(reader, fields, plan, stretch.docs.clone())?.each(|doc, told| {
                if told >= floor && alive.is_none_or(|bits| bits.is_alive(doc)) {
                    own.push((doc, told));
                    for (count, &level) in counts.iter_mut().zip(upper).filter(|(_, level)| told >= **level) {
                        *count += 1;
                        if *count >= enough {
                            floor = floor.max(level);
                        }
                    }
                }
                Ok(ControlFlow::Continue(()))
            })?;
            found.push((stretch.segment, own));
        }
        Ok(Self { counts, found })
    }

    fn join(mut self, next: Self) -> Self {
        let counts = self.counts.iter_mut().zip(next.counts);
        counts.for_each(|(count, next)| *count += next);
        self.found.extend(next.found);
        self
    }
}

/// The first of the falling `levels` that `enough` documents reach by what their words tell, and which do, in one reading of
/// all lists. The last level is for where none reaches another; of the others the lowest will do that any reaches.
pub fn reach(
    view: &View,
    fields: &Fields,
    plan: &Plan,
    levels: &[u32],
    enough: u64,
    deadline: Instant,
    spans: &Spans,
) -> tantivy::Result<(u32, Matched)> {
    let (&last, upper) = levels.split_last().unwrap_or((&1, &[]));
    let read = |span: &[Stretch]| Reached::of(view, fields, plan, (upper, last), enough, deadline, span);
    let reached = spans.work(read, Reached::join)?;
    // Counts may lack something below a level that has enough: what is below is not asked for then.
    let counted = || upper.iter().zip(&reached.counts);
    let must = counted()
        .find(|(_, count)| **count >= enough)
        .or_else(|| counted().rev().find(|(_, count)| **count > 0))
        .map_or(last, |(level, _)| *level);
    let mut matched = vec![Vec::new(); view.searcher.segment_readers().len()];
    for (segment, own) in reached.found {
        let own = own.into_iter().filter(|(_, told)| *told >= must);
        matched[segment as usize].extend(own.map(|(doc, _)| doc));
    }
    Ok((must, Matched(matched)))
}

/// How many documents match, counted no further than `up_to`.
pub fn count_matches(
    view: &View,
    fields: &Fields,
    plan: &Plan,
    up_to: u64,
    deadline: Instant,
) -> tantivy::Result<u64> {
    let mut count = 0;
    for reader in view.searcher.segment_readers() {
        for_each_match(reader, fields, plan, 0..reader.max_doc(), deadline, |_| {
            count += 1;
            if count < up_to {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        if count >= up_to {
            break;
        }
    }
    Ok(count)
}

/// The search took longer than it may.
fn out_of_time() -> TantivyError {
    TantivyError::IoError(std::sync::Arc::new(std::io::ErrorKind::TimedOut.into()))
}

#[must_use]
pub fn is_out_of_time(error: &TantivyError) -> bool {
    matches!(error, TantivyError::IoError(io) if io.kind() == std::io::ErrorKind::TimedOut)
}

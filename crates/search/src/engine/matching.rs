//! Which documents of a segment match a plan, in order.

use super::columns::View;
use super::plan::{Plan, Word};
use super::schema::Fields;
use std::ops::ControlFlow;
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

/// Calls `each` with every living document that matches, in ascending order.
pub fn for_each_match(
    reader: &SegmentReader,
    fields: &Fields,
    plan: &Plan,
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
        for doc in 0..reader.max_doc() {
            if visit(doc)?.is_break() {
                break;
            }
        }
        return Ok(());
    }
    let required = plan.words.iter().filter(|word| word.required);
    let (mut lists, mut weights, mut reachable) = (Vec::new(), Vec::new(), 0);
    for word in required.clone() {
        if let Some(docs) = docs_of(reader, fields, word)? {
            lists.push(docs);
            weights.push(word.weight);
            reachable += u32::from(word.weight);
        }
    }
    if lists.is_empty() || reachable < plan.must {
        return Ok(());
    }
    if plan.must == required.map(|word| u32::from(word.weight)).sum::<u32>() {
        lists.sort_by_key(Docs::len_hint);
        intersect(&mut lists, visit)
    } else {
        at_least(plan.must, &mut lists, &weights, reader.max_doc(), visit)
    }
}

/// The rarest word leads, the others are asked to follow.
fn intersect(
    lists: &mut [Docs],
    mut visit: impl FnMut(DocId) -> tantivy::Result<ControlFlow<()>>,
) -> tantivy::Result<()> {
    let Some((lead, others)) = lists.split_first_mut() else {
        return Ok(());
    };
    let mut candidate = lead.doc();
    'candidates: while candidate != TERMINATED {
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

/// Adds up what each document's words tell, list by list, which reads each list straight through.
fn at_least(
    must: u32,
    lists: &mut [Docs],
    weights: &[u16],
    max_doc: DocId,
    mut visit: impl FnMut(DocId) -> tantivy::Result<ControlFlow<()>>,
) -> tantivy::Result<()> {
    let told = told(lists, weights, max_doc);
    let must = must.max(1);
    for (doc, &told) in (0..max_doc).zip(&told) {
        if u32::from(told) >= must && visit(doc)?.is_break() {
            break;
        }
    }
    Ok(())
}

fn told(lists: &mut [Docs], weights: &[u16], max_doc: DocId) -> Vec<u16> {
    let mut told = vec![0u16; max_doc as usize];
    for (list, &weight) in lists.iter_mut().zip(weights) {
        let mut doc = list.doc();
        while doc != TERMINATED {
            told[doc as usize] = told[doc as usize].saturating_add(weight);
            doc = list.advance();
        }
    }
    told
}

/// How many living documents have words that tell as much as each of `levels`, in one reading of all lists.
pub fn count_reaching(
    view: &View,
    fields: &Fields,
    plan: &Plan,
    levels: &[u32],
    deadline: Instant,
) -> tantivy::Result<Vec<u64>> {
    // By what is told, as a document's words add up to one of a few sums.
    let mut telling = vec![0u32; usize::from(u16::MAX) + 1];
    for reader in view.searcher.segment_readers() {
        if Instant::now() > deadline {
            return Err(out_of_time());
        }
        let (mut lists, mut weights) = (Vec::new(), Vec::new());
        for word in plan.words.iter().filter(|word| word.required) {
            if let Some(docs) = docs_of(reader, fields, word)? {
                lists.push(docs);
                weights.push(word.weight);
            }
        }
        let alive = reader.alive_bitset();
        for (doc, told) in (0..).zip(told(&mut lists, &weights, reader.max_doc())) {
            if told > 0 && alive.is_none_or(|bits| bits.is_alive(doc)) {
                telling[usize::from(told)] += 1;
            }
        }
    }
    let reaching = |level: u32| {
        let from = (level as usize).min(telling.len());
        telling[from..].iter().map(|&count| u64::from(count)).sum()
    };
    Ok(levels.iter().map(|&level| reaching(level)).collect())
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
        for_each_match(reader, fields, plan, deadline, |_| {
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

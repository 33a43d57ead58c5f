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

/// A sorted list of documents: straight from the index, or merged in memory.
pub enum Docs {
    Postings(Box<SegmentPostings>),
    List { docs: Vec<DocId>, at: usize },
}

impl Docs {
    fn doc(&self) -> DocId {
        match self {
            Self::Postings(postings) => postings.doc(),
            Self::List { docs, at } => docs.get(*at).copied().unwrap_or(TERMINATED),
        }
    }

    fn seek(&mut self, target: DocId) -> DocId {
        match self {
            Self::Postings(postings) if postings.doc() >= target => postings.doc(),
            Self::Postings(postings) => postings.seek(target),
            Self::List { docs, at } => {
                *at += docs[(*at).min(docs.len())..].partition_point(|&doc| doc < target);
                docs.get(*at).copied().unwrap_or(TERMINATED)
            }
        }
    }

    fn len_hint(&self) -> u32 {
        match self {
            Self::Postings(postings) => postings.size_hint(),
            Self::List { docs, .. } => u32::try_from(docs.len()).unwrap_or(u32::MAX),
        }
    }

    fn advance(&mut self) -> DocId {
        match self {
            Self::Postings(postings) => postings.advance(),
            Self::List { docs, at } => {
                *at += 1;
                docs.get(*at).copied().unwrap_or(TERMINATED)
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
    if lists.len() <= 1 {
        return Ok(lists.pop().map(|postings| Docs::Postings(Box::new(postings))));
    }
    let mut docs = Vec::new();
    for mut postings in lists {
        let mut doc = postings.doc();
        while doc != TERMINATED {
            docs.push(doc);
            doc = postings.advance();
        }
    }
    docs.sort_unstable();
    docs.dedup();
    Ok(Some(Docs::List { docs, at: 0 }))
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
    let mut lists = Vec::new();
    let mut missing = 0;
    for word in required {
        match docs_of(reader, fields, word)? {
            Some(docs) => lists.push(docs),
            None => missing += 1,
        }
    }
    if lists.len() < plan.must {
        return Ok(());
    }
    lists.sort_by_key(Docs::len_hint);
    if plan.must == lists.len() + missing {
        intersect(&mut lists, visit)
    } else {
        at_least(plan.must, &mut lists, reader.max_doc(), visit)
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

/// Counts words per document, list by list, which reads each list straight through.
fn at_least(
    must: usize,
    lists: &mut [Docs],
    max_doc: DocId,
    mut visit: impl FnMut(DocId) -> tantivy::Result<ControlFlow<()>>,
) -> tantivy::Result<()> {
    let mut counts = vec![0u8; max_doc as usize];
    for list in lists {
        let mut doc = list.doc();
        while doc != TERMINATED {
            counts[doc as usize] += 1;
            doc = list.advance();
        }
    }
    let must = u8::try_from(must).unwrap_or(u8::MAX).max(1);
    for (doc, &count) in (0..max_doc).zip(&counts) {
        if count >= must && visit(doc)?.is_break() {
            break;
        }
    }
    Ok(())
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

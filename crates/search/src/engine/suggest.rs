//! What someone may be about to type.

use super::analysis::{folder, terms};
use super::columns::{Entries, View};
use super::plan::Plan;
use super::rank::{Factors, Scorer, Top, score_key};
use super::{Engine, EngineError, Ranking, for_each_match};
use contracts::search::{SearchHit, Suggestion, Suggestions};
use std::ops::ControlFlow;
use std::time::Instant;

/// Products of a segment that are weighed for a suggestion: it must be quick rather than complete.
const SEEN_MAX: usize = 20_000;

impl Engine {
    /// Products, categories and shops for what was typed so far, at most `limit` of each.
    pub fn suggest(&self, text: &str, limit: usize, deadline: Instant) -> Result<Suggestions, EngineError> {
        let typed = terms(&mut folder(), text);
        if typed.is_empty() {
            return Ok(Suggestions::default());
        }
        let view = self.view();
        Ok(Suggestions {
            products: self.products(&view, text, limit, deadline)?,
            categories: names(&view.terms.category.read(), &typed, limit),
            sellers: names(&view.terms.seller.read(), &typed, limit),
        })
    }

    fn products(
        &self,
        view: &View,
        text: &str,
        limit: usize,
        deadline: Instant,
    ) -> Result<Vec<SearchHit>, EngineError> {
        let plan = Plan::as_typed(text, view, &self.fields)?;
        let ranking = Ranking::default();
        let factors = Factors::new(&plan, &ranking);
        let mut top = Top::new(limit, None);
        for ((segment, reader), columns) in (0..).zip(view.searcher.segment_readers()).zip(&view.columns) {
            let mut scorer = Scorer::open(&plan, &ranking, &factors, reader, &self.fields, columns)?;
            let mut seen = 0;
            for_each_match(reader, &self.fields, &plan, deadline, |doc| {
                let score = scorer.score(doc, top.floor());
                top.offer(score_key(score), segment, doc, columns);
                seen += 1;
                if seen < SEEN_MAX {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            })?;
        }
        top.into_ranked()
            .iter()
            .map(|ranked| self.card(view, ranked))
            .collect()
    }
}

/// Labels that have every typed word, the last one as a beginning.
fn names(entries: &Entries, typed: &[String], limit: usize) -> Vec<Suggestion> {
    let mut folder = folder();
    let mut found: Vec<Suggestion> = Vec::new();
    let Some((last, whole)) = typed.split_last() else {
        return found;
    };
    for number in 0..entries.len() {
        let label = entries.label(number);
        let words = terms(&mut folder, label);
        let fits =
            whole.iter().all(|w| words.contains(w)) && words.iter().any(|w| w.starts_with(last.as_str()));
        if fits {
            found.push(Suggestion {
                value: entries.group_name(entries.group_of(number)).to_owned(),
                label: label.to_owned(),
            });
        }
    }
    found.sort_by(|a, b| (a.label.len(), &a.label, &a.value).cmp(&(b.label.len(), &b.label, &b.value)));
    found.dedup_by(|a, b| a.value == b.value);
    found.truncate(limit);
    found
}

//! What someone may be about to type.

use super::analysis::{folder, is_stop_word, terms};
use super::columns::{Entries, View};
use super::matching::count_matches;
use super::meant::as_spelt;
use super::plan::Plan;
use super::rank::{Factors, Scorer, Top, score_key};
use super::rows::Indexed;
use super::spelling::beginning;
use super::{Engine, EngineError, Ranking, for_each_match};
use contracts::search::{SearchHit, SearchQuery, Suggestion, Suggestions};
use std::ops::ControlFlow;
use std::time::Instant;

/// Products of a segment that are weighed for a suggestion: it must be quick rather than complete.
const SEEN_MAX: usize = 20_000;
/// Words that the last one may become which are tried with those before it.
const ENDINGS_TRIED_MAX: usize = 16;
/// Products beyond which more do not make an ending likelier.
const COUNTED_MAX: u64 = 200;

impl Engine {
    /// Products, categories and shops for what was typed so far, at most `limit` of each.
    pub fn suggest(&self, text: &str, limit: usize, deadline: Instant) -> Result<Suggestions, EngineError> {
        let typed = terms(&mut folder(), text);
        if typed.is_empty() {
            return Ok(Suggestions::default());
        }
        let view = self.view();
        Ok(Suggestions {
            queries: self.queries(&view, text, &typed, limit, deadline)?,
            products: self.products(&view, text, limit, deadline)?,
            categories: names(&view.terms.of(Indexed::Category).read(), &typed, limit),
            sellers: names(&view.terms.of(Indexed::Seller).read(), &typed, limit),
        })
    }

    /// What was typed with its last word ended, as titles and labels have it: what most products have first.
    fn queries(
        &self,
        view: &View,
        text: &str,
        typed: &[String],
        limit: usize,
        deadline: Instant,
    ) -> Result<Vec<String>, EngineError> {
        let (Some(last), true) = (typed.last(), text.ends_with(char::is_alphanumeric)) else {
            return Ok(Vec::new());
        };
        let before = text.char_indices().rev();
        let before = before
            .take_while(|(_, c)| c.is_alphanumeric())
            .last()
            .map_or(text.len(), |(at, _)| at);
        let before = text[..before].trim_start().to_lowercase();
        let ranking = Ranking::default();
        let mut ended = Vec::new();
        for (rank, ending) in beginning(view, self.fields.words, last, ENDINGS_TRIED_MAX)?
            .into_iter()
            .enumerate()
        {
            if is_stop_word(&ending) {
                continue;
            }
            let tried = format!("{before}{ending}");
            let plan = Plan::strict(&tried, view, &self.fields, &ranking)?;
            let having = count_matches(view, &self.fields, &plan, COUNTED_MAX, deadline)?;
            if having > 0 {
                ended.push((std::cmp::Reverse(having), rank, ending));
            }
        }
        ended.sort_unstable();
        let mut queries = Vec::new();
        for (_, _, ending) in ended.into_iter().take(limit) {
            queries.push(format!("{before}{}", as_spelt(&ending, view, &self.fields)?));
        }
        Ok(queries)
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
                // An item is suggested once.
                if !columns.facts(doc).wins {
                    return ControlFlow::Continue(());
                }
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
            .map(|ranked| self.card(view, ranked, &SearchQuery::default()))
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

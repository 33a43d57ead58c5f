//! What someone may be about to type.

use super::analysis::{folder, is_stop_word, terms};
use super::columns::{Entries, View};
use super::matching::count_matches;
use super::meant::as_spelt;
use super::plan::Plan;
use super::rank::{Factors, Scorer, Top, score_key};
use super::rows::Indexed;
use super::rules::{Merchandising, SegmentRules};
use super::spelling::beginning;
use super::{Engine, EngineError, Ranking, Tuning, for_each_match};
use contracts::search::{SearchHit, SearchQuery, Suggestion, Suggestions};
use kernel::Timestamp;
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
        self.suggest_with(text, limit, &Tuning::default(), None, deadline)
    }

    /// The same without what an operator hides at this moment.
    pub fn suggest_with(
        &self,
        text: &str,
        limit: usize,
        tuning: &Tuning,
        now: Option<Timestamp>,
        deadline: Instant,
    ) -> Result<Suggestions, EngineError> {
        let typed = terms(&mut folder(), text);
        if typed.is_empty() {
            return Ok(Suggestions::default());
        }
        let view = self.view();
        let queries = self.queries(&view, text, &typed, limit, deadline)?;
        let made = now.map_or_else(Merchandising::default, |now| {
            tuning.rules.hiding(text, &queries, now)
        });
        let categories = &view.terms.of(Indexed::Category).read();
        let sellers = &view.terms.of(Indexed::Seller).read();
        Ok(Suggestions {
            queries,
            products: self.products(&view, text, &made, limit, deadline)?,
            categories: names(categories, &typed, limit, |path| made.hides_category(path)),
            sellers: names(sellers, &typed, limit, |slug| made.hides_seller(slug)),
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
        made: &Merchandising,
        limit: usize,
        deadline: Instant,
    ) -> Result<Vec<SearchHit>, EngineError> {
        let plan = Plan::as_typed(text, view, &self.fields)?;
        let ranking = Ranking::default();
        let factors = Factors::new(&plan, &ranking);
        let mut top = Top::new(limit, None);
        for ((segment, reader), columns) in (0..).zip(view.searcher.segment_readers()).zip(&view.columns) {
            let mut scorer = Scorer::open(&plan, &ranking, &factors, reader, &self.fields, columns)?;
            let rules = SegmentRules::open(made, reader, &self.fields)?;
            let mut seen = 0;
            let all = 0..reader.max_doc();
            for_each_match(reader, &self.fields, &plan, all, deadline, |doc| {
                // An item is suggested once.
                if !columns.facts(doc).wins || rules.hides(doc).is_some() {
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
fn names(
    entries: &Entries,
    typed: &[String],
    limit: usize,
    is_hidden: impl Fn(&str) -> bool,
) -> Vec<Suggestion> {
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
        if fits && !is_hidden(entries.group_name(entries.group_of(number))) {
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

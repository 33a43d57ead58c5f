//! Merchandising: what an operator puts first, last or out of sight in some searches.

use super::analysis::{analyzer, is_stop_word, terms};
use super::columns::{Columns, View};
use super::document::term;
use super::filter::{add_docs, add_terms_beginning};
use super::schema::Fields;
use contracts::search::SearchQuery;
use contracts::search::tuning::{RuleAction, RuleTarget, RuleWhen};
use kernel::{ProductId, SearchRuleId, Timestamp};
use tantivy::schema::IndexRecordOption;
use tantivy::{BitSet, DocId, DocSet, SegmentReader, TERMINATED, Term};
use uuid::Uuid;

/// What all rules together make of a score at most, and at least.
const FACTOR_MAX: f32 = 10.0;
const FACTOR_MIN: f32 = 0.1;

/// A rule as it is kept.
#[derive(Clone, Debug)]
pub struct Rule {
    pub id: SearchRuleId,
    pub when: RuleWhen,
    pub actions: Vec<RuleAction>,
    pub starts_at: Timestamp,
    pub ends_at: Option<Timestamp>,
}

/// All rules, with the stems of their words.
#[derive(Debug, Default)]
pub struct Rules(Vec<(Vec<String>, Rule)>);

/// What the rules do to one search.
#[derive(Debug, Default)]
pub struct Merchandising {
    pub rules: Vec<SearchRuleId>,
    /// By position, each product once.
    pub pins: Vec<Pin>,
    pub hidden: Vec<(RuleTarget, SearchRuleId)>,
    pub weights: Vec<Weight>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pin {
    /// From 1.
    pub position: u16,
    pub product: ProductId,
    pub rule: SearchRuleId,
}

impl Pin {
    /// One whose place was on an earlier page.
    #[must_use]
    pub fn passed(product: u128) -> Self {
        Self {
            position: 0,
            product: ProductId(Uuid::from_u128(product)),
            rule: SearchRuleId(Uuid::nil()),
        }
    }
}

#[derive(Debug)]
pub struct Weight {
    pub target: RuleTarget,
    pub factor: f32,
    pub rule: SearchRuleId,
}

fn stems_of(text: &str) -> Vec<String> {
    let mut stems = terms(&mut analyzer(), text);
    if !stems.iter().all(|stem| is_stop_word(stem)) {
        stems.retain(|stem| !is_stop_word(stem));
    }
    stems
}

impl Rules {
    #[must_use]
    pub fn new(rules: Vec<Rule>) -> Self {
        let with_stems = rules.into_iter().map(|rule| {
            let stems = rule.when.q.as_deref().map(stems_of).unwrap_or_default();
            (stems, rule)
        });
        Self(with_stems.collect())
    }

    /// What is for `query` at this moment. Of two pins for one product or one position the later rule's holds.
    #[must_use]
    pub fn applying(&self, query: &SearchQuery, now: Timestamp) -> Merchandising {
        let mut made = Merchandising::default();
        if self.0.is_empty() {
            return made;
        }
        let asked = stems_of(&query.q);
        for (stems, rule) in &self.0 {
            if !holds(stems, rule, &asked, query, now) {
                continue;
            }
            made.rules.push(rule.id);
            for action in &rule.actions {
                match action {
                    RuleAction::Pin { product, position } => {
                        made.pins
                            .retain(|pin| pin.product != *product && pin.position != *position);
                        made.pins.push(Pin {
                            position: *position,
                            product: *product,
                            rule: rule.id,
                        });
                    }
                    RuleAction::Hide { target } => made.hidden.push((target.clone(), rule.id)),
                    RuleAction::Weigh { target, percent } => made.weights.push(Weight {
                        target: target.clone(),
                        factor: f32::from(*percent) / 100.0,
                        rule: rule.id,
                    }),
                }
            }
        }
        made.pins.sort_by_key(|pin| pin.position);
        made
    }

    /// What is hidden from somebody who types: from searches for what they have typed, and for what that may become.
    #[must_use]
    pub fn hiding(&self, typed: &str, endings: &[String], now: Timestamp) -> Merchandising {
        let mut made = Merchandising::default();
        if self.0.is_empty() {
            return made;
        }
        for words in std::iter::once(typed).chain(endings.iter().map(String::as_str)) {
            let query = SearchQuery {
                q: words.to_owned(),
                ..SearchQuery::default()
            };
            made.hidden.extend(self.applying(&query, now).hidden);
        }
        made
    }
}

impl Merchandising {
    /// Whether all of a shop is hidden.
    #[must_use]
    pub fn hides_seller(&self, slug: &str) -> bool {
        let is_it = |target: &RuleTarget| matches!(target, RuleTarget::Seller { slug: own } if own == slug);
        self.hidden.iter().any(|(target, _)| is_it(target))
    }

    /// Whether all of a category is hidden, with what lies above it or by itself.
    #[must_use]
    pub fn hides_category(&self, path: &str) -> bool {
        let is_within = |own: &str| {
            let below = path.strip_prefix(own);
            below.is_some_and(|below| below.is_empty() || below.starts_with('/'))
        };
        let is_it =
            |target: &RuleTarget| matches!(target, RuleTarget::Category { path: own } if is_within(own));
        self.hidden.iter().any(|(target, _)| is_it(target))
    }
}

fn holds(stems: &[String], rule: &Rule, asked: &[String], query: &SearchQuery, now: Timestamp) -> bool {
    let in_time = rule.starts_at <= now && rule.ends_at.is_none_or(|end| now < end);
    let when = &rule.when;
    let language = when
        .language
        .is_none_or(|language| query.language.is_none_or(|asked| asked == language));
    let category = when.category.as_deref().is_none_or(|path| {
        let chosen = query.category.as_deref().unwrap_or("");
        chosen
            .strip_prefix(path)
            .is_some_and(|below| below.is_empty() || below.starts_with('/'))
    });
    let words = match &when.q {
        None => true,
        Some(_) if stems.is_empty() => false,
        Some(_) if when.exact => asked == stems,
        Some(_) => asked.windows(stems.len()).any(|window| window == stems),
    };
    in_time && language && category && words
}

/// The rules over the documents of one segment.
pub struct SegmentRules {
    hidden: Vec<(BitSet, SearchRuleId)>,
    weights: Vec<(BitSet, f32, SearchRuleId)>,
}

impl SegmentRules {
    pub fn open(made: &Merchandising, reader: &SegmentReader, fields: &Fields) -> tantivy::Result<Self> {
        let hidden = made.hidden.iter();
        let weights = made.weights.iter();
        Ok(Self {
            hidden: hidden
                .map(|(target, rule)| Ok((docs_of(target, reader, fields)?, *rule)))
                .collect::<tantivy::Result<_>>()?,
            weights: weights
                .map(|weight| {
                    Ok((
                        docs_of(&weight.target, reader, fields)?,
                        weight.factor,
                        weight.rule,
                    ))
                })
                .collect::<tantivy::Result<_>>()?,
        })
    }

    /// The rule that hides it.
    #[inline]
    pub fn hides(&self, doc: DocId) -> Option<SearchRuleId> {
        let hiding = self.hidden.iter().find(|(docs, _)| docs.contains(doc));
        hiding.map(|(_, rule)| *rule)
    }

    /// What its score is multiplied by.
    #[inline]
    pub fn factor(&self, doc: DocId) -> f32 {
        if self.weights.is_empty() {
            return 1.0;
        }
        let weights = self.weights.iter().filter(|(docs, ..)| docs.contains(doc));
        let factor: f32 = weights.map(|(_, factor, _)| factor).product();
        factor.clamp(FACTOR_MIN, FACTOR_MAX)
    }

    /// The rules that weigh it.
    #[must_use]
    pub fn weighing(&self, doc: DocId) -> Vec<SearchRuleId> {
        let weights = self.weights.iter().filter(|(docs, ..)| docs.contains(doc));
        weights.map(|(_, _, rule)| *rule).collect()
    }

    #[must_use]
    pub fn weighs(&self) -> bool {
        !self.weights.is_empty()
    }
}

pub(super) fn docs_of(
    target: &RuleTarget,
    reader: &SegmentReader,
    fields: &Fields,
) -> tantivy::Result<BitSet> {
    let mut set = BitSet::with_max_value(reader.max_doc());
    match target {
        RuleTarget::Product { product } => {
            let inverted = reader.inverted_index(fields.id)?;
            let term = Term::from_field_bytes(fields.id, product.0.as_bytes());
            if let Some(postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? {
                add_docs(postings, &mut set);
            }
        }
        RuleTarget::Seller { slug } => add_terms_beginning(reader, fields.seller, &term(slug, ""), &mut set)?,
        RuleTarget::Category { path } => {
            add_terms_beginning(reader, fields.category, &term(path, ""), &mut set)?;
        }
        RuleTarget::Attribute { key, value } => {
            let inverted = reader.inverted_index(fields.attribute)?;
            if let Some(found) = inverted.terms().get(term(key, value))? {
                let postings = inverted.read_postings_from_terminfo(&found, IndexRecordOption::Basic)?;
                add_docs(postings, &mut set);
            }
        }
    }
    Ok(set)
}

/// Where a product is: its segment's number and its document there.
pub fn find(view: &View, fields: &Fields, product: ProductId) -> tantivy::Result<Option<(u32, DocId)>> {
    let term = Term::from_field_bytes(fields.id, product.0.as_bytes());
    for (segment, reader) in (0..).zip(view.searcher.segment_readers()) {
        let inverted = reader.inverted_index(fields.id)?;
        let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? else {
            continue;
        };
        let mut doc = postings.doc();
        while doc != TERMINATED {
            if reader.alive_bitset().is_none_or(|alive| alive.is_alive(doc)) {
                return Ok(Some((segment, doc)));
            }
            doc = postings.advance();
        }
    }
    Ok(None)
}

/// The key of a list without words in which some are weighed: what is put first, then the rest, then what is put last, each
/// the newest first.
#[must_use]
pub fn newest_key(columns: &Columns, doc: DocId, factor: f32) -> u64 {
    /// The two highest bits tell the three apart.
    const SHIFT: u32 = 2;
    let tier: u64 = match factor {
        raised if raised > 1.0 => 2,
        lowered if lowered < 1.0 => 0,
        _ => 1,
    };
    (tier << (u64::BITS - SHIFT)) | (tantivy::i64_to_u64(columns.facts(doc).created) >> SHIFT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use contracts::Language;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000, 0).expect("in range") + TimeDelta::seconds(second)
    }

    fn rule(n: u128, when: RuleWhen, actions: Vec<RuleAction>) -> Rule {
        Rule {
            id: SearchRuleId(Uuid::from_u128(n)),
            when,
            actions,
            starts_at: at(0),
            ends_at: Some(at(100)),
        }
    }

    fn words(q: &str, exact: bool) -> RuleWhen {
        RuleWhen {
            q: Some(q.to_owned()),
            exact,
            ..RuleWhen::default()
        }
    }

    fn asks(q: &str) -> SearchQuery {
        SearchQuery {
            q: q.to_owned(),
            ..SearchQuery::default()
        }
    }

    #[test]
    fn a_rule_is_for_its_words_category_language_and_time() {
        let holds = |when: RuleWhen, query: &SearchQuery, second: i64| {
            let rules = Rules::new(vec![rule(1, when, Vec::new())]);
            !rules.applying(query, at(second)).rules.is_empty()
        };
        assert!(holds(words("Blue Bowls", true), &asks("blue bowl"), 5));
        assert!(holds(words("bowl", false), &asks("a big bowl for salad"), 5));
        assert!(!holds(words("bowl", true), &asks("big bowl"), 5));
        assert!(!holds(words("blue bowl", false), &asks("bowl blue"), 5));
        assert!(!holds(words("of the", false), &asks("bowl"), 5));
        for (second, expected) in [(-1, false), (0, true), (99, true), (100, false)] {
            assert_eq!(
                holds(words("bowl", false), &asks("bowl"), second),
                expected,
                "{second}"
            );
        }
        let ceramics = RuleWhen {
            category: Some("ceramics".to_owned()),
            ..RuleWhen::default()
        };
        for (path, expected) in [
            ("ceramics", true),
            ("ceramics/bowls", true),
            ("ceramicsandmore", false),
        ] {
            let query = SearchQuery {
                category: Some(path.to_owned()),
                ..asks("")
            };
            assert_eq!(holds(ceramics.clone(), &query, 5), expected, "{path}");
        }
        assert!(!holds(ceramics, &asks("bowl"), 5));
        let spanish = RuleWhen {
            language: Some(Language::Es),
            ..words("bol", false)
        };
        let mut query = asks("bol");
        assert!(holds(spanish.clone(), &query, 5));
        query.language = Some(Language::En);
        assert!(!holds(spanish, &query, 5));
    }

    #[test]
    fn of_two_pins_the_later_holds() {
        let pin = |product: u128, position| RuleAction::Pin {
            product: ProductId(Uuid::from_u128(product)),
            position,
        };
        let rules = Rules::new(vec![
            rule(1, words("bowl", false), vec![pin(1, 1), pin(2, 2)]),
            rule(2, words("bowl", false), vec![pin(2, 5), pin(3, 1)]),
        ]);
        let pins = rules.applying(&asks("bowl"), at(5)).pins;
        let shown: Vec<(u16, u128)> = pins.iter().map(|p| (p.position, p.product.0.as_u128())).collect();
        assert_eq!(shown, [(1, 3), (5, 2)]);
    }
}

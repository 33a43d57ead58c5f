//! What operators say about searches: which words mean the same, and what comes first or not at all.

mod written;

use super::{SearchHit, SearchQuery};
use crate::Language;
use crate::service::service;
use kernel::{Actor, DateTime, ProductId, SearchRuleId, SynonymId};
use serde::{Deserialize, Serialize};

/// Words that mean the same, as an operator wishes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSynonym {
    /// Searches in which it holds; in all if absent.
    pub language: Option<Language>,
    /// Words or phrases. Where `also` is empty each of them finds all the others.
    pub words: Vec<String>,
    /// What each of `words` finds as well; these do not find `words`.
    pub also: Vec<String>,
    /// Why, for whoever looks back.
    pub note: String,
}

/// Words that mean the same. They are never changed, only ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SynonymCard {
    pub id: SynonymId,
    pub language: Option<Language>,
    pub words: Vec<String>,
    pub also: Vec<String>,
    pub note: String,
    pub made_by: Actor,
    pub made_at: DateTime,
    pub ended_by: Option<Actor>,
    pub ended_at: Option<DateTime>,
    pub end_note: Option<String>,
}

/// Which searches a rule is for: those that meet all that is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleWhen {
    /// Words that a search has, side by side, whatever their endings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "blue bowl", min_length = 1, max_length = 256)]
    pub q: Option<String>,
    /// Whether a search has no other words.
    #[serde(default)]
    pub exact: bool,
    /// Path of a category that a search is within.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(example = "ceramics", min_length = 1, max_length = 200)]
    pub category: Option<String>,
    /// Language of a search.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
}

/// The products that an action is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "written::Target")]
pub enum RuleTarget {
    Product {
        product: ProductId,
    },
    Seller {
        /// Of the shop.
        slug: String,
    },
    /// A category and what lies below it.
    Category {
        path: String,
    },
    /// An attribute's key and value, as facets spell them.
    Attribute {
        key: String,
        value: String,
    },
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "written::Action")]
pub enum RuleAction {
    /// Puts a product at a position of the first page, counted from 1, where it passes the filters.
    Pin {
        product: ProductId,
        #[schema(minimum = 1, maximum = 24)]
        position: u16,
    },
    /// Multiplies the score: 200 doubles it, 50 halves it.
    Weigh {
        target: RuleTarget,
        #[schema(minimum = 10, maximum = 1_000)]
        percent: u16,
    },
    /// Leaves it out of what is found and counted.
    Hide { target: RuleTarget },
}

/// A rule as an operator wishes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSearchRule {
    pub name: String,
    pub when: RuleWhen,
    pub actions: Vec<RuleAction>,
    pub starts_at: Option<DateTime>,
    /// The first moment at which it does not hold any more.
    pub ends_at: Option<DateTime>,
    pub note: String,
}

/// What comes first, last or not at all in some searches. It is never changed, only ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchRuleCard {
    pub id: SearchRuleId,
    pub name: String,
    pub when: RuleWhen,
    pub actions: Vec<RuleAction>,
    pub starts_at: DateTime,
    pub ends_at: Option<DateTime>,
    pub note: String,
    pub made_by: Actor,
    pub made_at: DateTime,
    pub ended_by: Option<Actor>,
    pub ended_at: Option<DateTime>,
    pub end_note: Option<String>,
}

/// A page of a search with the reasons for its order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SearchPreview {
    pub total: u64,
    /// The rules that are for this search.
    pub rules: Vec<SearchRuleId>,
    /// The query's words, with the terms that satisfy each.
    pub words: Vec<ReadWord>,
    pub hits: Vec<Explained>,
    /// Some of what would be found but for rules.
    pub hidden: Vec<Hidden>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReadWord {
    pub written: String,
    /// Stems, the word's own first.
    pub terms: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Explained {
    pub hit: SearchHit,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pinned_by: Option<SearchRuleId>,
    pub weighed_by: Vec<SearchRuleId>,
    pub score: f64,
    /// What the score is the product of.
    pub factors: Vec<ScoreFactor>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ScoreFactor {
    /// `text`, `coverage`, `title_coverage`, `stock`, `popularity`, `freshness`, `rating` or `rules`.
    pub name: String,
    pub value: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Hidden {
    pub hit: SearchHit,
    pub rule: SearchRuleId,
}

/// What people searched for in some days, and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SearchReport {
    pub from: DateTime,
    /// First pages of searches with words.
    pub searches: u64,
    /// Those in which somebody looked closer at something.
    pub clicked: u64,
    pub without_results: u64,
    /// The commonest.
    pub top: Vec<QueryReport>,
    /// Those that found nothing most often.
    pub unanswered: Vec<QueryReport>,
    /// The first places of what was found.
    pub positions: Vec<PositionReport>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct QueryReport {
    /// In small letters, blanks single.
    pub words: String,
    pub searches: u64,
    pub without_results: u64,
    /// Searches in which somebody looked closer at something.
    pub clicked: u64,
    /// Searches after which somebody ordered what they looked at, within a day. Only of buyers who are signed in.
    pub ordered: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PositionReport {
    /// From 1.
    pub position: u32,
    /// Searches that found so many.
    pub shown: u64,
    pub clicks: u64,
}

/// How an index stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexState {
    /// Products in it; none while there is no index to search in.
    pub documents: Option<u64>,
    /// How long the oldest change has waited that searches do not see yet, in milliseconds.
    pub lag_ms: u64,
}

service! {
    /// What operators say about searches.
    SearchDesk as "search_desk", remote RemoteSearchDesk, served ServedSearchDesk {
        /// Those that hold first, then ended ones, the latest first; at most so many as may hold at once.
        fn synonyms() -> Vec<SynonymCard>;
        fn make_synonym(new: NewSynonym) -> SynonymCard;
        fn end_synonym(id: SynonymId, note: String) -> SynonymCard;
        /// As synonyms.
        fn rules() -> Vec<SearchRuleCard>;
        fn make_rule(new: NewSearchRule) -> SearchRuleCard;
        fn end_rule(id: SearchRuleId, note: String) -> SearchRuleCard;
        /// As a buyer would find it, with the reasons.
        fn preview(query: SearchQuery) -> SearchPreview;
        /// Of the last days, 90 at most.
        fn report(days: u16) -> SearchReport;
        /// How the index stands in the process that answers.
        fn index() -> IndexState;
        /// Builds the index anew beside the one in use, from what the catalogue has.
        fn rebuild_index() -> ();
    }
}

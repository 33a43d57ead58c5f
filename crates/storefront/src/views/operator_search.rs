//! Searches, for the operator: which words mean the same, what comes first, and why.

use askama::Template;

use super::common::{Choice, Field};
use super::page::Page;
use super::work::WorkBar;

#[derive(Clone, Debug, Template)]
#[template(path = "operator_search.html")]
pub struct OperatorSearchPage {
    pub page: Page,
    pub work: WorkBar,
    pub error: Option<String>,
    /// What the preview is of; empty where none is asked for.
    pub asked: String,
    pub preview: Option<SearchPreviewed>,
    pub report: ReportFigures,
    pub rules: Vec<RuleLine>,
    pub synonyms: Vec<SynonymLine>,
    pub new_rule: RuleFields,
    pub new_synonym: SynonymFields,
}

/// What people searched for in the last days, in words and figures.
#[derive(Clone, Debug, Default)]
pub struct ReportFigures {
    /// How many searches, how many led to a click, how many found nothing.
    pub summary: String,
    pub top: Vec<QueryLine>,
    pub unanswered: Vec<QueryLine>,
    pub places: Vec<PlaceLine>,
}

#[derive(Clone, Debug)]
pub struct QueryLine {
    pub words: String,
    /// Where the search is tried.
    pub href: String,
    pub searches: u64,
    pub without_results: u64,
    pub clicked: String,
    pub ordered: u64,
}

#[derive(Clone, Debug)]
pub struct PlaceLine {
    pub place: u64,
    pub share: String,
}

/// A page of a search with the reasons for its order.
#[derive(Clone, Debug)]
pub struct SearchPreviewed {
    /// How much was found, in a sentence.
    pub found: String,
    /// The words as they were read, each with what else satisfies it.
    pub words: Vec<String>,
    pub rows: Vec<PreviewLine>,
    pub hidden: Vec<PreviewLine>,
}

#[derive(Clone, Debug)]
pub struct PreviewLine {
    /// Its place on the page; empty for what is hidden.
    pub place: String,
    pub title: String,
    pub href: String,
    pub shop: String,
    pub score: String,
    /// What the score is made of, and which rules had a hand in it.
    pub why: String,
}

#[derive(Clone, Debug)]
pub struct RuleLine {
    /// Distinguishes its form.
    pub id: String,
    pub name: String,
    pub when: String,
    pub what: Vec<String>,
    pub holds: String,
    /// Why it was made, or why it was ended.
    pub note: String,
    /// Where it is ended; none where it has been.
    pub end: Option<String>,
}

#[derive(Clone, Debug)]
pub struct SynonymLine {
    pub id: String,
    pub words: String,
    /// What they find as well; empty where they find each other.
    pub also: String,
    pub language: String,
    pub holds: String,
    pub note: String,
    pub end: Option<String>,
}

#[derive(Clone, Debug, Default)]
pub struct RuleFields {
    pub is_open: bool,
    pub name: Field,
    pub words: Field,
    pub exact: bool,
    pub category: Field,
    pub languages: Vec<Choice>,
    pub acts: Vec<Choice>,
    pub kinds: Vec<Choice>,
    pub targets: Field,
    pub number: Field,
    pub starts: Field,
    pub ends: Field,
    pub note: Field,
}

#[derive(Clone, Debug, Default)]
pub struct SynonymFields {
    pub is_open: bool,
    pub words: Field,
    pub also: Field,
    pub languages: Vec<Choice>,
    pub note: Field,
}

//! How the system is.

use askama::Template;

use super::page::Page;
use super::work::{Figure, Section, Status, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "operator_system.html")]
pub struct OperatorSystemPage {
    pub page: Page,
    pub work: WorkBar,
    pub at: String,
    pub figures: Vec<Figure>,
    /// How often the page is read anew by itself, if the reader wants so.
    pub refresh: Vec<Section>,
    pub dependencies: Vec<DependencyRow>,
    /// Where the index is built anew from, for those who may.
    pub rebuild: Option<String>,
    pub readers: Option<Vec<ReaderRow>>,
    pub jobs: Option<Vec<JobRow>>,
    pub services: Vec<ServiceRow>,
}

#[derive(Clone, Debug)]
pub struct DependencyRow {
    pub name: String,
    pub status: Status,
    /// Empty of what was not timed.
    pub took: String,
    pub why: String,
}

#[derive(Clone, Debug)]
pub struct ReaderRow {
    pub name: String,
    pub status: Status,
    /// Since when its oldest event waits.
    pub waiting: String,
    pub moved: String,
    pub retrying: String,
    pub dead: String,
}

#[derive(Clone, Debug)]
pub struct JobRow {
    pub name: String,
    pub status: Status,
    pub due: String,
    pub later: String,
    pub running: String,
    pub dead: String,
    pub error: String,
}

#[derive(Clone, Debug)]
pub struct ServiceRow {
    pub name: String,
    pub place: String,
    pub loops: String,
}

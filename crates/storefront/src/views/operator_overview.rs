//! Where the operator lands: the month so far, where and what was sold, and how the system is.

use askama::Template;

use super::common::Link;
use super::page::Page;
use super::seller::Bar;
use super::tiles::Tile;
use super::work::{Section, Status, WorkBar};

#[derive(Clone, Debug, Template)]
#[template(path = "operator_overview.html")]
pub struct OperatorOverviewPage {
    pub page: Page,
    pub work: WorkBar,
    /// `1 – 22 November, beside 1 – 22 October`
    pub compared: String,
    /// One for each currency that was sold in, where there are several.
    pub currencies: Vec<Section>,
    pub figures: Vec<Compared>,
    pub health: Vec<HealthLine>,
    /// Days, weeks, months.
    pub steps: Vec<Section>,
    pub bars: Vec<Bar>,
    pub bars_text: String,
    /// The same as a table, the latest first.
    pub periods: Vec<PeriodRow>,
    pub tiles: Vec<Tile>,
    pub provinces: Vec<ShareRow>,
    pub countries: Vec<ShareRow>,
    pub categories: Vec<ShareRow>,
    pub shops: Vec<ShareRow>,
    pub products: Vec<SoldRow>,
    pub funnel: Vec<ShareRow>,
}

impl OperatorOverviewPage {
    pub fn is_empty(&self) -> bool {
        self.shops.is_empty()
    }
}

/// A number of the month, beside that of the month before.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Its message's, by which programs find it on the page.
    pub key: String,
    pub label: String,
    pub value: String,
    /// `+12%`; empty where there is nothing to compare with.
    pub change: String,
    pub before: String,
    pub href: Option<String>,
}

#[derive(Clone, Debug)]
pub struct HealthLine {
    pub label: String,
    pub text: String,
    pub status: Status,
}

#[derive(Clone, Debug)]
pub struct PeriodRow {
    pub when: String,
    pub sold: String,
    pub refunded: String,
    pub commission: String,
}

/// A line with its bar.
#[derive(Clone, Debug)]
pub struct ShareRow {
    pub link: Link,
    pub value: String,
    pub share: String,
    /// How long its bar is, of a hundred.
    pub width: u32,
}

#[derive(Clone, Debug)]
pub struct SoldRow {
    pub title: String,
    pub href: String,
    pub shop: String,
    pub units: String,
    pub sold: String,
}

//! The pieces that pages are made of, each with samples, to look at in both themes and at every width.

use askama::Template;

use super::common::{Choice, Field, Link};
use super::order::TimelineStep;
use super::page::{Notice, Page, Tone};
use super::work::{Figure, Section, Status, Tab};

#[derive(Clone, Debug, Template)]
#[template(path = "dev_components.html")]
pub struct DevComponentsPage {
    pub page: Page,
    pub notices: Vec<Notice>,
    pub tags: Vec<Status>,
    pub figures: Vec<Figure>,
    pub tabs: Vec<Tab>,
    pub parts: Vec<Section>,
    pub choices: Vec<Choice>,
    pub right: Field,
    pub wrong: Field,
    pub timeline: Vec<TimelineStep>,
    /// What a table shows: name, state, amount.
    pub rows: Vec<(String, Status, String)>,
    pub more: Option<Link>,
}

impl DevComponentsPage {
    fn colours(&self) -> [&'static str; 12] {
        [
            "paper",
            "surface",
            "sunk",
            "ink",
            "ink-soft",
            "line",
            "line-strong",
            "accent",
            "accent-soft",
            "good",
            "warn",
            "bad",
        ]
    }

    fn sizes(&self) -> [&'static str; 7] {
        ["1", "2", "3", "4", "5", "6", "7"]
    }

    fn icons(&self) -> [&'static str; 29] {
        [
            "search", "cart", "person", "shop", "theme", "filter", "menu", "close", "down", "download",
            "truck", "place", "clock", "return", "lock", "tick", "alert", "mail", "home", "box", "tag",
            "layers", "percent", "coins", "people", "card", "scale", "book", "receipt",
        ]
    }

    /// A tone's colours on their soft ground.
    fn tones(&self) -> [Tone; 4] {
        [Tone::Calm, Tone::Good, Tone::Warn, Tone::Bad]
    }
}

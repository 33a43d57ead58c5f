//! What stands around every page's content.
//!
//! A page's template is compiled with a copy of all that it extends and includes: with a frame of the usual kind, three
//! quarters of the code of a hundred pages were a hundred frames. These are templates of their own, each compiled once.

use crate::views::page::Page;
use crate::views::work::WorkBar;
use askama::Template;
use askama::filters::HtmlSafe;

/// What the head of every page says.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "frame/head.html")]
pub struct Head<'a> {
    page: &'a Page,
}

/// The bar at the top: that of shoppers, or that of people at work.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "frame/header.html")]
pub struct Header<'a> {
    page: &'a Page,
}

/// What the last action did, where it did something.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "frame/notice.html")]
pub struct Told<'a> {
    page: &'a Page,
}

#[derive(Clone, Copy, Debug, Template)]
#[template(path = "frame/footer.html")]
pub struct Footer<'a> {
    page: &'a Page,
}

/// The parts of a workplace, beside its pages.
#[derive(Clone, Copy, Debug, Template)]
#[template(path = "frame/work_bar.html")]
pub struct WorkParts<'a> {
    page: &'a Page,
    work: &'a WorkBar,
}

// Each escapes what it says itself.
impl HtmlSafe for Head<'_> {}
impl HtmlSafe for Header<'_> {}
impl HtmlSafe for Told<'_> {}
impl HtmlSafe for Footer<'_> {}
impl HtmlSafe for WorkParts<'_> {}

impl Page {
    pub fn head(&self) -> Head<'_> {
        Head { page: self }
    }

    pub fn header(&self) -> Header<'_> {
        Header { page: self }
    }

    pub fn told(&self) -> Told<'_> {
        Told { page: self }
    }

    pub fn footer(&self) -> Footer<'_> {
        Footer { page: self }
    }
}

impl WorkBar {
    pub fn bar<'a>(&'a self, page: &'a Page) -> WorkParts<'a> {
        WorkParts { page, work: self }
    }
}

//! When something is not there or does not work.

use askama::Template;

use super::common::{Link, ProductCard};
use super::page::Page;

#[derive(Clone, Debug, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    pub page: Page,
    pub kind: ErrorKind,
    /// Names this request in our logs; shown where support may need it.
    pub correlation_id: Option<String>,
    /// What went wrong in plain words, for errors that have some to say.
    pub detail: Option<String>,
    pub links: Vec<Link>,
}

/// Where a list of products would stand if the search answered: what the catalogue has by itself.
#[derive(Clone, Debug, Template)]
#[template(path = "resting.html")]
pub struct RestingPage {
    pub page: Page,
    /// What was asked for: a category, a shop, words.
    pub heading: String,
    /// This very page, to try it again.
    pub again: String,
    /// The newest that there is.
    pub cards: Vec<ProductCard>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    BadRequest,
    Forbidden,
    NotFound,
    TooMany,
    Broken,
    Degraded,
}

impl ErrorKind {
    pub const ALL: [ErrorKind; 6] = [
        ErrorKind::BadRequest,
        ErrorKind::Forbidden,
        ErrorKind::NotFound,
        ErrorKind::TooMany,
        ErrorKind::Broken,
        ErrorKind::Degraded,
    ];

    pub fn status(&self) -> u16 {
        match self {
            ErrorKind::BadRequest => 400,
            ErrorKind::Forbidden => 403,
            ErrorKind::NotFound => 404,
            ErrorKind::TooMany => 429,
            ErrorKind::Broken => 500,
            ErrorKind::Degraded => 503,
        }
    }

    pub fn title(&self) -> String {
        format!("{}.title", self.key())
    }

    pub fn text(&self) -> String {
        format!("{}.text", self.key())
    }

    fn key(&self) -> &'static str {
        match self {
            ErrorKind::BadRequest => "error.bad_request",
            ErrorKind::Forbidden => "error.forbidden",
            ErrorKind::NotFound => "error.not_found",
            ErrorKind::TooMany => "error.too_many",
            ErrorKind::Broken => "error.broken",
            ErrorKind::Degraded => "error.degraded",
        }
    }
}

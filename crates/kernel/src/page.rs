//! Cursor pagination: a page says where the next one starts, and nothing else is promised.

use crate::limits::PAGE_SIZE_MAX;
use serde::{Deserialize, Serialize};

/// An opaque place in a list, URL-safe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
pub struct Cursor(pub String);

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Pass as `after` to read on; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            next: self.next,
        }
    }
}

/// How many items a page may hold: 1 to [`PAGE_SIZE_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimit(u16);

impl PageLimit {
    pub const DEFAULT: Self = Self(24);

    /// `None` when the number is outside 1 to [`PAGE_SIZE_MAX`].
    #[must_use]
    pub fn new(limit: u16) -> Option<Self> {
        (1..=PAGE_SIZE_MAX).contains(&limit).then_some(Self(limit))
    }

    #[must_use]
    pub fn get(self) -> usize {
        usize::from(self.0)
    }

    /// One more than asked: its presence says that there is a next page.
    #[must_use]
    pub fn plus_one(self) -> i64 {
        i64::from(self.0) + 1
    }
}

impl Default for PageLimit {
    fn default() -> Self {
        Self::DEFAULT
    }
}

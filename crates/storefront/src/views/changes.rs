//! What changed between two states of a product, in words.

/// One field: what it was and what it is. Either may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeLine {
    pub label: String,
    pub from: String,
    pub to: String,
}

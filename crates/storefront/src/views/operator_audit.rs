//! Who changed what, and how it was before.

use askama::Template;

use super::changes::ChangeLine;
use super::common::{Choice, Field, Link};
use super::page::Page;
use super::work::WorkBar;

#[derive(Clone, Debug, Template)]
#[template(path = "operator_audit.html")]
pub struct OperatorAuditPage {
    pub page: Page,
    pub work: WorkBar,
    pub filter: AuditFields,
    /// Whether something is asked for: an empty list says so.
    pub is_narrowed: bool,
    pub rows: Vec<AuditRow>,
    pub more: Option<Link>,
}

#[derive(Clone, Debug)]
pub struct AuditFields {
    pub who: Field,
    pub shop: Field,
    pub kinds: Vec<Choice>,
    pub from: Field,
    pub until: Field,
}

/// One change.
#[derive(Clone, Debug)]
pub struct AuditRow {
    pub at: String,
    pub who: String,
    /// In which capacity.
    pub role: String,
    /// What was done.
    pub what: String,
    /// To what, as people call it; without an address where there is no page for it.
    pub about: Link,
    /// The shop it concerns; empty where it is the shop itself, or none.
    pub shop: String,
    pub changes: Vec<ChangeLine>,
}

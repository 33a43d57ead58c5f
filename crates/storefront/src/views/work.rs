//! The frame of workplaces: whose it is, where one stands in it, and the figures at its top.

use super::common::Link;
use super::page::Tone;

/// The bar over a seller's or an operator's pages.
#[derive(Clone, Debug)]
pub struct WorkBar {
    /// The shop's name; the marketplace's own for operators.
    pub name: String,
    /// What buyers see of it, where they see anything.
    pub href: Option<String>,
    pub status: Option<Status>,
    pub sections: Vec<Section>,
    /// The parts in groups, where there are many; `sections` is empty then.
    pub groups: Vec<Group>,
}

/// Parts of a workplace that belong together.
#[derive(Clone, Debug)]
pub struct Group {
    pub name: String,
    pub sections: Vec<Section>,
}

impl Group {
    pub fn is_current(&self) -> bool {
        self.sections.iter().any(|section| section.current)
    }

    /// Where one gets who chooses the group.
    pub fn href(&self) -> &str {
        self.sections.first().map_or("", |first| &first.link.href)
    }
}

impl WorkBar {
    /// The sign of a part, by its address.
    pub fn icon(&self, href: &str) -> &'static str {
        match href {
            "/seller" | "/operator" => "home",
            "/operator/orders" => "box",
            "/operator/holds" => "lock",
            "/operator/commission" => "percent",
            "/operator/partners" => "truck",
            "/operator/people" => "people",
            "/operator/audit" => "tick",
            "/operator/system" => "clock",
            "/seller/orders" => "box",
            "/seller/returns" => "return",
            "/seller/products" => "tag",
            "/seller/stock" => "layers",
            "/seller/promotions" => "percent",
            "/seller/settlement" | "/operator/payouts" => "coins",
            "/seller/reviews" | "/operator/reviews" => "star",
            "/seller/messages" | "/operator/messages" => "mail",
            "/seller/notifications" => "bell",
            "/seller/staff" => "people",
            "/seller/api-keys" => "lock",
            "/operator/payments" => "card",
            "/operator/reconciliation" => "scale",
            "/operator/ledger" => "book",
            "/operator/gift-cards" => "tag",
            "/operator/taxes" => "receipt",
            "/operator/moderation" => "filter",
            "/operator/categories" => "layers",
            "/operator/items" => "box",
            "/operator/search" => "search",
            "/operator/features" => "filter",
            "/operator/templates" => "mail",
            "/operator/dead-letters" => "alert",
            _ => "shop",
        }
    }
}

/// A state in words, with how it is meant.
#[derive(Clone, Debug)]
pub struct Status {
    pub label: String,
    pub tone: Tone,
}

/// A part of the workplace.
#[derive(Clone, Debug)]
pub struct Section {
    pub link: Link,
    pub current: bool,
}

/// A filter by state, with how many there are.
#[derive(Clone, Debug)]
pub struct Tab {
    pub link: Link,
    pub count: u64,
    pub current: bool,
}

/// One number at the top, leading to what it counts.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Its message's, by which programs find it on the page.
    pub key: String,
    pub label: String,
    pub value: String,
    pub href: Option<String>,
}

/// Filters of a table that the visitor keeps under a name.
#[derive(Clone, Debug)]
pub struct SavedViews {
    /// Of the table, as forms name it.
    pub table: &'static str,
    /// Where forms go.
    pub action: &'static str,
    /// The filters that the page shows, as an address has them; empty where there are none.
    pub query: String,
    pub rows: Vec<SavedView>,
}

#[derive(Clone, Debug)]
pub struct SavedView {
    pub id: String,
    pub name: String,
    pub href: String,
    pub current: bool,
}

impl SavedViews {
    /// Whether there is something to keep that is not kept yet.
    pub fn is_new(&self) -> bool {
        !self.query.is_empty() && !self.rows.iter().any(|row| row.current)
    }
}

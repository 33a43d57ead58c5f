//! Filters of big tables that people keep under a name.

use crate::service::service;
use kernel::{TenantId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Views that one person keeps of one table.
pub const VIEWS_MAX: u8 = 20;
pub const NAME_CHARS_MAX: usize = 40;
/// Of the filters, as an address has them.
pub const QUERY_CHARS_MAX: usize = 500;

/// A table that can be filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ViewTable {
    SellerProducts,
    SellerOrders,
    SellerStock,
    Orders,
    Payments,
    Shops,
}

impl ViewTable {
    pub const ALL: [Self; 6] = [
        Self::SellerProducts,
        Self::SellerOrders,
        Self::SellerStock,
        Self::Orders,
        Self::Payments,
        Self::Shops,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SellerProducts => "seller_products",
            Self::SellerOrders => "seller_orders",
            Self::SellerStock => "seller_stock",
            Self::Orders => "orders",
            Self::Payments => "payments",
            Self::Shops => "shops",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|table| table.name() == name)
    }
}

/// Whose views: a person's, at one shop or at the marketplace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewOwner {
    pub user: UserId,
    pub tenant: Option<TenantId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    pub id: Uuid,
    pub name: String,
    /// The filters, as an address has them: `state=packed&q=bowl`.
    pub query: String,
}

service! {
    /// What people keep of how they look at tables.
    SavedViews as "saved_views", remote RemoteSavedViews, served ServedSavedViews {
        /// By name.
        fn views(whose: ViewOwner, table: ViewTable) -> Vec<SavedView>;
        /// Under a name that is there already, in its place. `view_name_invalid`, `views_too_many`, or `view_too_long`.
        fn save(whose: ViewOwner, table: ViewTable, name: String, query: String) -> SavedView;
        /// `view_name_invalid`, `view_name_taken`, or `not_found`.
        fn rename(whose: ViewOwner, id: Uuid, name: String) -> ();
        /// `not_found` where it is not there, or somebody else's.
        fn delete(whose: ViewOwner, id: Uuid) -> ();
    }
}

#[cfg(test)]
mod tests {
    use super::ViewTable;

    #[test]
    fn tables_are_found_by_their_names() {
        for table in ViewTable::ALL {
            assert_eq!(ViewTable::named(table.name()), Some(table));
            assert_eq!(serde_json::json!(table), table.name());
        }
        assert_eq!(ViewTable::named("ledger"), None);
    }
}

//! Filters of big tables that people keep under a name.

use crate::service::service;
use kernel::{Permission, TenantId, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Views that one person keeps of one table.
pub const VIEWS_MAX: u8 = 20;
pub const NAME_CHARS_MAX: usize = 40;
/// Of the filters, as an address has them.
pub const QUERY_CHARS_MAX: usize = 500;
/// What of an address is no filter: where in the list one is, in which language, and what a form did.
const NO_FILTERS: [&str; 6] = ["after", "before", "uncaptured_after", "lang", "done", "refused"];

/// A table that can be filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = SavedViewTable)]
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

    /// Whether it is a table of shops; the others are the marketplace's.
    #[must_use]
    pub fn is_of_shops(self) -> bool {
        matches!(
            self,
            Self::SellerProducts | Self::SellerOrders | Self::SellerStock
        )
    }

    /// Who may see it.
    #[must_use]
    pub fn permission(self) -> Permission {
        match self {
            Self::SellerProducts => Permission::ReadCatalog,
            Self::SellerOrders => Permission::ReadSales,
            Self::SellerStock => Permission::ReadStock,
            Self::Orders | Self::Payments => Permission::ReadAnyOrder,
            Self::Shops => Permission::ApproveSellers,
        }
    }
}

/// The filters among what an address asks for, in one spelling.
#[must_use]
pub fn filters(query: &str) -> String {
    let asked = form_urlencoded::parse(query.trim_start_matches('?').as_bytes());
    let kept = asked.filter(|(name, value)| !value.is_empty() && !NO_FILTERS.contains(&name.as_ref()));
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept)
        .finish()
}

/// Whose views: a person's, at one shop or at the marketplace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewOwner {
    pub user: UserId,
    pub tenant: Option<TenantId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SavedView {
    pub id: Uuid,
    #[schema(example = "To send")]
    pub name: String,
    /// The filters, as an address has them.
    #[schema(example = "state=packed&q=bowl")]
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
    use super::{ViewTable, filters};
    use kernel::Role;

    #[test]
    fn tables_are_found_by_their_names() {
        for table in ViewTable::ALL {
            assert_eq!(ViewTable::named(table.name()), Some(table));
            assert_eq!(serde_json::json!(table), table.name());
        }
        assert_eq!(ViewTable::named("ledger"), None);
    }

    #[test]
    fn who_may_see_a_table_works_where_it_is() {
        for table in ViewTable::ALL {
            assert_eq!(
                Role::Owner.may(table.permission()),
                table.is_of_shops(),
                "{table:?}"
            );
            assert_eq!(
                Role::Admin.may(table.permission()),
                !table.is_of_shops(),
                "{table:?}"
            );
        }
    }

    #[test]
    fn filters_are_kept_without_the_place_in_the_list() {
        assert_eq!(
            filters("?state=packed&q=&after=01&lang=es&done=saved&q=old+bowl"),
            "state=packed&q=old+bowl"
        );
        assert_eq!(filters("q=old%20bowl"), filters("q=old+bowl"));
        assert_eq!(filters("before=01&uncaptured_after=01"), "");
    }
}

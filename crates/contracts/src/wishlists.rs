//! Wish lists, and what somebody looked at lately.

use crate::service::service;
use kernel::{DateTime, Money, ProductId, UserId};
use serde::{Deserialize, Serialize};

/// Products on one wish list.
pub const ITEMS_MAX: usize = 200;
/// Products that a guest's browser keeps, until they sign in.
pub const GUEST_ITEMS_MAX: usize = 20;
/// Products looked at lately that are kept.
pub const VIEWED_MAX: usize = 24;

/// Something that somebody would like to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WishItem {
    pub product: ProductId,
    pub added_at: DateTime,
    /// What its cheapest variant cost when it was added.
    pub price: Money,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Wishlist {
    /// The latest first.
    pub items: Vec<WishItem>,
    /// By which others read it at `/wishlist/shared/…`; absent where it is not shared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<String>,
}

/// A wish list as others read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SharedWishlist {
    /// The first name of whose it is.
    #[schema(example = "Elena")]
    pub of: String,
    /// The latest first.
    pub items: Vec<WishItem>,
}

/// What somebody looked at lately.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Viewed {
    /// Whether it is kept at all.
    pub kept: bool,
    /// The latest first.
    pub products: Vec<ProductId>,
}

service! {
    /// The wishlists context.
    Wishlists as "wishlists", remote RemoteWishlists, served ServedWishlists {
        fn of_buyer(buyer: UserId) -> Wishlist;
        /// Only which products are on it: for hearts beside them.
        fn wished(buyer: UserId) -> Vec<ProductId>;
        /// Adds products that are for sale, the last one on top; what is there already, and what is not for sale, is left out.
        /// Answers how many were added.
        fn add(buyer: UserId, products: Vec<ProductId>) -> u32;
        /// Answers how many of them were on it.
        fn remove(buyer: UserId, products: Vec<ProductId>) -> u32;
        /// Shares it by a link that nobody can guess, or ends that: the link leads nowhere any more.
        fn share(buyer: UserId, shared: bool) -> Wishlist;
        fn shared(token: String) -> SharedWishlist;
        /// Notes what was looked at, the last one latest; nothing where it is not kept.
        fn view(buyer: UserId, products: Vec<ProductId>) -> ();
        fn viewed(buyer: UserId) -> Viewed;
        fn clear_viewed(buyer: UserId) -> ();
        /// Whether what is looked at is kept from now on. Not keeping it forgets it.
        fn keep_viewed(buyer: UserId, kept: bool) -> Viewed;
    }
}

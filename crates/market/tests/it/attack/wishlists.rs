//! Wish lists: each buyer's own, by the token alone.

/// Operations that name nothing of anybody's, and why.
pub const NAME_NOTHING: &[(&str, &str)] = &[
    ("get_wishlist", "reads the list of the token"),
    (
        "add_to_wishlist",
        "fills the list of the token with what anybody may buy",
    ),
    ("remove_from_wishlist", "changes the list of the token"),
    ("share_wishlist", "shares the list of the token"),
    ("unshare_wishlist", "ends the sharing of the list of the token"),
    (
        "shared_wishlist",
        "belongs to whoever has its secret, which nobody can guess",
    ),
    (
        "list_viewed_products",
        "reads what the holder of the token looked at",
    ),
    (
        "clear_viewed_products",
        "forgets what the holder of the token looked at",
    ),
    ("keep_viewed_products", "is the choice of the holder of the token"),
];

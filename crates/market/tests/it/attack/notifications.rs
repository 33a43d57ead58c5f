//! Notifications: what others are told.

use super::{GONE, Reach};
use crate::rightly::{notice_of, notice_of_a};
use crate::world::World;

/// Operations that name nothing of anybody's, and why.
pub const NAME_NOTHING: &[(&str, &str)] = &[
    ("list_notifications", "reads the notifications of the token"),
    ("count_notifications", "counts the notifications of the token"),
    (
        "read_notifications",
        "marks the notifications of the token, up to a time",
    ),
    (
        "list_seller_notifications",
        "reads the notifications of the shop of the token",
    ),
    (
        "count_seller_notifications",
        "counts the notifications of the shop of the token",
    ),
    (
        "read_seller_notifications",
        "marks the notifications of the shop of the token, up to a time",
    ),
];

/// With a seller's token, of shop B's.
pub async fn of_seller(world: &World) -> Vec<Reach> {
    vec![Reach {
        operation: "read_seller_notification",
        call: world.call("read_seller_notification", &[&notice_of_a(world).await]),
        statuses: GONE,
    }]
}

/// With buyer B's token.
pub async fn of_buyer(world: &World) -> Vec<Reach> {
    vec![Reach {
        operation: "read_notification",
        call: world.call("read_notification", &[&notice_of(world).await]),
        statuses: GONE,
    }]
}

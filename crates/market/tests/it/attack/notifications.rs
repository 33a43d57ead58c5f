//! Notifications: what others are told.

use super::{GONE, Reach};
use crate::rightly::{device_of, notice_of, notice_of_a};
use crate::world::{Who, World};

/// Operations that name nothing of anybody's, and why.
pub const NAME_NOTHING: &[(&str, &str)] = &[
    ("list_notifications", "reads the notifications of the token"),
    ("count_notifications", "counts the notifications of the token"),
    (
        "read_notifications",
        "marks the notifications of the token, up to a time",
    ),
    ("get_notification_settings", "reads the settings of the token"),
    ("put_notification_settings", "changes the settings of the token"),
    ("get_notification_phone", "reads the telephone of the token"),
    (
        "put_notification_phone",
        "sends a code for the telephone of the token",
    ),
    (
        "verify_notification_phone",
        "takes a code that was sent for the token's telephone",
    ),
    (
        "delete_notification_phone",
        "takes the telephone of the token back",
    ),
    ("list_notification_devices", "lists the devices of the token"),
    (
        "register_notification_device",
        "registers a device of the token's",
    ),
    (
        "unsubscribe_mails",
        "belongs to whoever has the link of a mail; it is signed",
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
    vec![
        Reach {
            operation: "read_seller_notification",
            call: world.call("read_seller_notification", &[&notice_of_a(world).await]),
            statuses: GONE,
        },
        Reach {
            operation: "delete_notification_device",
            call: world.call(
                "delete_notification_device",
                &[&device_of(world, Who::OwnerA).await],
            ),
            statuses: GONE,
        },
    ]
}

/// With buyer B's token.
pub async fn of_buyer(world: &World) -> Vec<Reach> {
    vec![
        Reach {
            operation: "read_notification",
            call: world.call("read_notification", &[&notice_of(world).await]),
            statuses: GONE,
        },
        Reach {
            operation: "delete_notification_device",
            call: world.call(
                "delete_notification_device",
                &[&device_of(world, Who::BuyerA).await],
            ),
            statuses: GONE,
        },
    ]
}

//! The tables of every context.

use store::migrate::Schema;

/// Every context's schema, in the order in which they are made.
pub fn schemas() -> Vec<Schema> {
    vec![
        identity::schema(),
        tenants::schema(),
        inventory::schema(),
        catalog::schema(),
        reviews::schema(),
        wishlists::schema(),
        messages::schema(),
        notifications::schema(),
        webhooks::schema(),
        audit::schema(),
        search::schema(),
        cart::schema(),
        orders::schema(),
        payments::schema(),
        ledger::schema(),
        promotions::schema(),
        taxes::schema(),
        shipping::schema(),
        checkout::schema(),
    ]
}

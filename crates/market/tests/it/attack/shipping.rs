//! Reaching for another's parcels and documents.

use super::{GONE, Reach};
use crate::world::World;
use serde_json::json;

pub fn of_seller(world: &World) -> Vec<Reach> {
    let a = &world.a;
    let reach = |operation: &'static str, parts: &[&str]| Reach {
        operation,
        call: world.call(operation, parts),
        statuses: GONE,
    };
    let booking =
        json!({"shipment": a.shipment, "carrier": "sandbox", "service": "standard", "weight_g": 500});
    let mut book = reach("book_shipment", &[&a.sale]);
    book.call = book.call.json(&booking);
    vec![
        book,
        reach("list_seller_shipments", &[&a.sale]),
        reach("hand_over_shipment", &[&a.shipment]),
        reach("get_label", &[&a.shipment]),
        reach("get_packing_slip", &[&a.sale]),
        reach("get_seller_invoice", &[&a.sale]),
    ]
}

pub fn of_buyer(world: &World, order: &str) -> Vec<Reach> {
    let reach = |operation: &'static str, parts: &[&str], statuses: &'static [u16]| Reach {
        operation,
        call: world.call(operation, parts),
        statuses,
    };
    let mut push = reach("push_partner_events", &[&world.a.tracking], &[401]);
    push.call = push.call.json(&json!({"events": []}));
    vec![
        reach("list_order_shipments", &[order], GONE),
        reach("get_invoice", &[order, &world.a.sale], GONE),
        // A buyer's token is no partner's key.
        reach("get_partner_shipment", &[&world.a.tracking], &[401]),
        push,
    ]
}

//! Operations on taxes.

use crate::spec::Call;
use crate::world::{Who, World};
use kernel::Timestamp;
use serde_json::{Value, json};

pub fn is_of_taxes(operation: &str) -> bool {
    operation.contains("_tax_")
}

pub async fn call(world: &World, operation: &str, n: u32) -> Call {
    let to = |parts: &[&str]| world.call(operation, parts);
    match operation {
        "make_tax_region" => to(&[]).json(&json!({
            "code": format!("PT-{n}"), "name": "Madeira", "country": "PT", "postcodes": [format!("9{n}")], "note": "islands"
        })),
        "make_tax_category" => {
            to(&[]).json(&json!({"code": format!("books_{n}"), "name": "Books", "note": "read"}))
        }
        "make_tax_rate" => to(&[]).json(&rate(n)),
        "end_tax_rate" => to(&[&tax_rate_of(world).await]).json(&json!({"note": "over"})),
        "set_tax_liability" => to(&[]).json(&json!({"owner": "seller", "note": "as before"})),
        // They list.
        _ => to(&[]),
    }
}

/// A rate that begins an hour after the one before.
fn rate(n: u32) -> Value {
    let hour = |n: u32| Timestamp::from_timestamp(4_102_444_800 + 3_600 * i64::from(n), 0);
    json!({
        "region": "ES-CE", "category": "standard", "name": "IPSI 10 %", "rate_millionths": 100_000,
        "valid_from": hour(n), "valid_until": hour(n + 1),
        "source": "the city's tariff", "note": "agreed",
    })
}

/// A rate that was made for it.
pub async fn tax_rate_of(world: &World) -> String {
    let make = world.call("make_tax_rate", &[]).json(&rate(world.fresh()));
    world.send_as(Who::Admin, &make).await.expect(201).at("/id")
}

//! Keys of a shop's programs. A shop has only so many at a time: what is made here is ended again where it can be.

use crate::spec::Call;
use crate::world::{Who, World};
use serde_json::{Value, json};

/// An operation of this room, called by somebody who means well; none of another.
pub async fn call(world: &World, operation: &str) -> Option<Call> {
    let to = |parts: &[&str]| world.call(operation, parts);
    Some(match operation {
        "list_api_keys" => to(&[]),
        "make_api_key" => to(&[]).json(&wanted(&["orders:read"])),
        "rotate_api_key" => to(&[&api_key_of_a(world).await]).json(&json!({"overlap_hours": 0})),
        "revoke_api_key" => to(&[&api_key_of_a(world).await]),
        _ => return None,
    })
}

fn wanted(scopes: &[&str]) -> Value {
    json!({"name": "Warehouse system", "scopes": scopes})
}

/// A key of this owner's shop, and its secret.
pub async fn api_key_with(world: &World, owner: Who, scopes: &[&str]) -> (String, String) {
    let make = world.call("make_api_key", &[]).json(&wanted(scopes));
    let made = world.send_as(owner, &make).await.expect(201);
    (made.at("/key/id"), made.at("/secret"))
}

/// A key of shop A's that is good. Those of before are ended: there is no use for them.
pub async fn api_key_of_a(world: &World) -> String {
    let mut owner = world.db.owner().await;
    sqlx::query("update identity.api_key set revoked_at = now() where revoked_at is null")
        .execute(&mut owner)
        .await
        .unwrap();
    api_key_with(world, Who::OwnerA, &["orders:read"]).await.0
}

//! What the audit trail says of a shop, from the application on.

use crate::world::{Who, World};
use serde_json::{Value, json};

/// `(before, after)` of every entry that the admin finds, the latest first, once there are so many.
async fn told(world: &World, query: &str, count: usize) -> Vec<(Value, Value)> {
    testkit::eventually(query, async || {
        let list = world.call("list_audit_entries", &[]).query(query);
        let page = world.send_as(Who::Admin, &list).await.expect(200).json();
        let entries = page["items"].as_array().unwrap();
        let said: Vec<(Value, Value)> = entries
            .iter()
            .map(|entry| (entry["before"].clone(), entry["after"].clone()))
            .collect();
        (said.len() >= count).then_some(said)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_before_is_known_of_the_first_status_and_of_the_first_owner() {
    let world = World::new().await;
    let shop = &world.a.id;
    let status = told(&world, &format!("kind=shop.status&tenant={shop}"), 2).await;
    let (applied, active) = (json!({"status": "applied"}), json!({"status": "active"}));
    assert_eq!(status, [(applied.clone(), active), (Value::Null, applied)]);

    let founder = world.users[&Who::OwnerA].to_string();
    let token = &world.tokens[&Who::OwnerA];
    world.join(token, &Who::BuyerB.email(), "owner").await;
    let staff = world.call("list_staff", &[]);
    let staff = world.send_as(Who::OwnerA, &staff).await.expect(200).json();
    let mut members = staff["items"].as_array().unwrap().iter();
    let own = members.find(|member| member["user"] == founder.as_str()).unwrap();
    let demote = world.call("set_staff_role", &[own["id"].as_str().unwrap()]);
    let demote = demote.json(&json!({"role": "manager"}));
    world.send_as(Who::OwnerA, &demote).await.expect(200);

    let query = format!("kind=staff.role&tenant={shop}&about={founder}");
    let (owner, manager) = (json!({"role": "owner"}), json!({"role": "manager"}));
    let roles = told(&world, &query, 2).await;
    assert_eq!(roles, [(owner.clone(), manager), (Value::Null, owner)]);
    world.close().await;
}

//! Views of tables that people keep.

use crate::spec::Call;
use crate::world::{Who, World};
use serde_json::json;

/// A view of a table that is theirs; one of before is gone, because there is room for few.
async fn view(world: &World, who: Who, table: &str) -> String {
    sqlx::query("delete from identity.saved_view where account_id = $1 and of_table = $2")
        .bind(world.users[&who])
        .bind(table)
        .execute(&mut world.db.owner().await)
        .await
        .unwrap();
    let operation = match who.audience() {
        "seller" => "save_seller_view",
        _ => "save_operator_view",
    };
    let save = world
        .call(operation, &[])
        .json(&json!({"table": table, "name": "To look at", "query": "q=bowl"}));
    world.send_as(who, &save).await.expect(201).at("/id")
}

/// A view of the orders of shop A's owner.
pub async fn view_of_a(world: &World) -> String {
    view(world, Who::OwnerA, "seller_orders").await
}

/// An operation of this room, called by somebody who means well; none of another.
pub async fn call(world: &World, operation: &str, who: Option<Who>) -> Option<Call> {
    let to = |parts: &[&str]| world.call(operation, parts);
    let seller = who
        .filter(|who| who.audience() == "seller")
        .unwrap_or(Who::OwnerA);
    let operator = match who {
        Some(who @ (Who::Support | Who::Finance)) => who,
        // Moderators see no table of which views are kept.
        _ => Who::Admin,
    };
    Some(match operation {
        "list_seller_views" => to(&[]).query("table=seller_orders"),
        "list_operator_views" => to(&[]).query("table=orders"),
        "save_seller_view" => {
            to(&[]).json(&json!({"table": "seller_products", "name": "Bowls", "query": "q=bowl"}))
        }
        "save_operator_view" => to(&[]).json(&json!({"table": "orders", "name": "Bowls", "query": "q=bowl"})),
        // Each of a table of its own: what one does away with is none of the other's.
        "rename_seller_view" => {
            to(&[&view(world, seller, "seller_stock").await]).json(&json!({"name": "Today"}))
        }
        "rename_operator_view" => {
            to(&[&view(world, operator, "payments").await]).json(&json!({"name": "Today"}))
        }
        "delete_seller_view" => to(&[&view(world, seller, "seller_orders").await]),
        "delete_operator_view" => to(&[&view(world, operator, "orders").await]),
        _ => return None,
    })
}

//! Views of tables that people keep.

use crate::spec::Call;
use crate::world::{Who, World};
use serde_json::{Value, json};

/// A table that somebody like this may see, if they may see any.
fn table(who: Option<Who>) -> &'static str {
    match who {
        Some(who) if who.audience() == "seller" => "seller_orders",
        _ => "orders",
    }
}

fn view(world: &World, who: Option<Who>) -> Value {
    json!({"table": table(who), "name": format!("View {}", world.fresh()), "query": "q=bowl"})
}

/// A view of theirs; those of before are gone, because there is room for few.
pub async fn view_of(world: &World, who: Who) -> String {
    sqlx::query("delete from identity.saved_view")
        .execute(&mut world.db.owner().await)
        .await
        .unwrap();
    let save = world.call("save_view", &[]).json(&view(world, Some(who)));
    world.send_as(who, &save).await.expect(201).at("/id")
}

/// An operation of this room, called by somebody who means well; none of another.
pub async fn call(world: &World, operation: &str, who: Option<Who>) -> Option<Call> {
    let to = |parts: &[&str]| world.call(operation, parts);
    // Moderators see no table of which views are kept, and buyers none at all.
    let keeps = match who {
        Some(who) if who.audience() == "seller" => who,
        Some(who @ (Who::Support | Who::Finance)) => who,
        _ => Who::Admin,
    };
    Some(match operation {
        "list_saved_views" => to(&[]).query(&format!("table={}", table(who))),
        "save_view" => to(&[]).json(&view(world, who)),
        "rename_view" => {
            to(&[&view_of(world, keeps).await]).json(&json!({"name": format!("View {}", world.fresh())}))
        }
        "delete_view" => to(&[&view_of(world, keeps).await]),
        _ => return None,
    })
}

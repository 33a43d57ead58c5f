//! What of its owners the attack has to find out first.

use crate::rightly::{feed_of_a, inbound_of_a};
use crate::world::{Who, World};

/// Places in A's lists: as the API gives them, and as one could make them up from A's ids.
pub async fn cursors_of_a(world: &World) -> Vec<(&'static str, String)> {
    let a = &world.a;
    let mut cursors = vec![
        ("list_seller_orders", a.sale.clone()),
        ("list_own_products", a.product.clone()),
        ("list_needy_products", a.product.clone()),
        ("list_stock", format!("{}.{}", a.sku, a.id)),
        ("list_inbound", inbound_of_a(world).await),
        ("list_stock_feeds", feed_of_a(world).await),
        ("list_reorder_proposals", a.sku.clone()),
    ];
    for list in [
        "list_own_products",
        "list_stock",
        "list_seller_orders",
        "list_inbound",
        "list_stock_feeds",
    ] {
        let page = world
            .send_as(Who::OwnerA, &world.call(list, &[]).query("limit=1"))
            .await
            .expect(200)
            .json();
        if let Some(next) = page["next"].as_str() {
            cursors.push((list, next.to_owned()));
        }
    }
    cursors
}

pub async fn session_of(world: &World, who: Who) -> String {
    let sessions = world.send_as(who, &world.call("list_sessions", &[])).await;
    sessions.at("/items/0/id")
}

pub async fn all_orders(world: &World) -> Vec<String> {
    let orders = world
        .send_as(Who::BuyerA, &world.call("list_orders", &[]))
        .await
        .json();
    let items = orders["items"].as_array().unwrap().iter();
    items.map(|o| o["id"].as_str().unwrap().to_owned()).collect()
}

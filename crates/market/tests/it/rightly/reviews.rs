//! Operations on reviews. What is reviewed was bought, paid, sent and delivered before.

use crate::spec::Call;
use crate::world::{Who, World};
use serde_json::{Value, json};

pub fn is_of_reviews(operation: &str) -> bool {
    operation.contains("review") && !operation.contains("preview")
}

/// A review of a buyer's, of shop A's bowl, and the order by which it was bought.
pub struct Reviewed {
    pub id: String,
    pub order: String,
}

/// A new order of a buyer's whose part of shop A's has arrived, and of which reviews know.
pub async fn received_by(world: &World, who: Who) -> String {
    let (order, placed) = world.order(who).await;
    let pay = world
        .call("pay_order", &[&order])
        .json(&json!({"method": "tok_visa"}));
    world.send_as(who, &pay).await.expect(200);
    let mut parts = placed["sub_orders"].as_array().unwrap().iter();
    let own = parts.find(|part| part["tenant"] == world.a.id.as_str()).unwrap();
    let part = own["id"].as_str().unwrap();
    let step = async |call: Call| world.send_as(Who::OwnerA, &call).await.expect(200);
    step(world.call("pack_seller_order", &[part])).await;
    let sent = step(world.call("ship_seller_order", &[part]).json(&json!({}))).await;
    let parcel = sent.at("/parcels/0/id");
    step(world.call("deliver_seller_parcel", &[part, &parcel])).await;
    let look = world.call("order_reviews", &[&order]);
    testkit::eventually("reviews know what has arrived", async || {
        (world.send_as(who, &look).await.status == 200).then_some(())
    })
    .await;
    order
}

fn review(world: &World, order: &str, text: &str) -> Value {
    json!({"order": order, "product": world.a.product, "says": {"stars": 4, "title": "Fine", "text": text}})
}

pub async fn review_of(world: &World, who: Who, text: &str) -> Reviewed {
    let order = received_by(world, who).await;
    let write = world.call("write_review", &[]).json(&review(world, &order, text));
    let id = world.send_as(who, &write).await.expect(201).at("/id");
    Reviewed { id, order }
}

pub async fn review_of_a(world: &World) -> Reviewed {
    review_of(world, Who::BuyerA, "It holds a litre and pours well.").await
}

pub async fn call(world: &World, operation: &str, who: Option<Who>) -> Call {
    let to = |parts: &[&str]| world.call(operation, parts);
    match operation {
        "write_review" => {
            let order = match who {
                Some(who @ (Who::BuyerA | Who::BuyerB)) => received_by(world, who).await,
                _ => world.order.clone(),
            };
            to(&[]).json(&review(world, &order, "It holds a litre and pours well."))
        }
        "product_reviews" => to(&[&world.a.product]),
        "shop_reviews" => to(&[&world.a.slug]),
        "order_reviews" => to(&[&review_of_a(world).await.order]),
        "edit_review" => {
            to(&[&review_of_a(world).await.id]).json(&json!({"stars": 5, "text": "Even better."}))
        }
        "get_own_review" | "delete_review" => to(&[&review_of_a(world).await.id]),
        "vote_for_review" | "take_review_vote_back" => to(&[&of_another(world, who).await]),
        "report_review" => {
            to(&[&of_another(world, who).await]).json(&json!({"reason": "untrue", "note": "It holds less."}))
        }
        "reply_to_review" => to(&[&review_of_a(world).await.id]).json(&json!({"text": "Thank you."})),
        "approve_review" => to(&[&review_of_a(world).await.id]).json(&json!({"version": 1})),
        "reject_review" => to(&[&review_of_a(world).await.id])
            .json(&json!({"version": 1, "reason": "About something else."})),
        // They list.
        _ => to(&[]),
    }
}

/// Nobody votes for a review of one's own, nor reports it.
async fn of_another(world: &World, who: Option<Who>) -> String {
    let author = if who == Some(Who::BuyerA) {
        Who::BuyerB
    } else {
        Who::BuyerA
    };
    review_of(world, author, "It holds a litre and pours well.")
        .await
        .id
}

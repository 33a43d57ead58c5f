use crate::world::{Person, World, add, buyer, cart, guest, guest_with, line, lines, refusal, set};
use kernel::{Clock, Currency, Money};
use serde_json::{Value, json};
use testkit::{Client, Response};

async fn merge(buyer: &Client, guest: &Person) -> Response {
    buyer
        .post("/v1/cart/merge", &json!({ "cart_token": guest.token }))
        .await
}

#[tokio::test]
async fn signing_in_brings_the_guests_cart_along() {
    let world = World::new().await;
    let (bowl, mug) = (world.offer(9), world.offer(9));
    let (guest, buyer) = (guest(&world, &bowl, 3).await, buyer(&world));
    let _ = add(&buyer, &bowl, 1).await.expect(200);
    let _ = add(&guest, &mug, 1).await.expect(200);
    let merged: Value = merge(&buyer, &guest).await.expect(200).read();
    assert_eq!(
        lines(&merged),
        [line(&bowl, 3), line(&mug, 1)],
        "the larger quantity stands"
    );
    assert_eq!(merged["lines"][0]["available"], 9);
    assert_eq!(lines(&cart(&buyer).await), lines(&merged));
    assert_eq!(lines(&cart(&guest).await), [], "it is the buyer's now");
    let again: Value = merge(&buyer, &guest).await.expect(200).read();
    assert_eq!(again["version"], merged["version"], "done twice, done once");
}

#[tokio::test]
async fn a_buyer_without_a_cart_gets_the_guests() {
    let world = World::new().await;
    let bowl = world.offer(9);
    let (guest, buyer) = (guest(&world, &bowl, 2).await, buyer(&world));
    let merged: Value = merge(&buyer, &guest).await.expect(200).read();
    assert_eq!(lines(&merged), [line(&bowl, 2)]);
}

#[tokio::test]
async fn merging_at_two_devices_at_once_adds_nothing_up() {
    let world = World::new().await;
    let bowl = world.offer(9);
    let (guest, buyer) = (guest(&world, &bowl, 2).await, buyer(&world));
    let there = world.another().await.bearer(&buyer.token);
    let (a, b) = futures::join!(merge(&buyer, &guest), merge(&there, &guest));
    for answer in [a, b] {
        assert!([200, 409].contains(&answer.status), "{}", answer.text());
    }
    assert_eq!(lines(&cart(&buyer).await), [line(&bowl, 2)]);
}

#[tokio::test]
async fn a_line_added_while_carts_are_merged_is_not_lost() {
    let world = World::new().await;
    let (bowl, mug) = (world.offer(9), world.offer(9));
    for _ in 0..20 {
        let (guest, buyer) = (guest(&world, &bowl, 2).await, buyer(&world));
        let there = guest_with(&world, &guest.token);
        let (merged, added) = futures::join!(merge(&buyer, &guest), add(&there, &mug, 1));
        let _ = (merged.expect(200), added.expect(200));
        let _ = merge(&buyer, &guest).await.expect(200);
        let mut kept = lines(&cart(&buyer).await);
        kept.sort();
        let mut wanted = [line(&bowl, 2), line(&mug, 1)];
        wanted.sort();
        assert_eq!(kept, wanted);
    }
}

#[tokio::test]
async fn what_does_not_fit_stays_with_the_guest() {
    let world = World::new().await;
    let bowl = world.offer(9);
    let fan = world
        .market
        .add(world.clock.now(), Money::new(900, Currency::JPY), 9);
    let (guest, buyer) = (guest(&world, &fan, 1).await, buyer(&world));
    let _ = add(&buyer, &bowl, 1).await.expect(200);
    let merged: Value = merge(&buyer, &guest).await.expect(200).read();
    assert_eq!(
        (lines(&merged), &merged["currency"]),
        (vec![line(&bowl, 1)], &json!("EUR"))
    );
    assert_eq!(
        lines(&cart(&guest).await),
        [line(&fan, 1)],
        "nothing is thrown away"
    );
}

#[tokio::test]
async fn a_cart_that_is_not_there_changes_nothing() {
    let world = World::new().await;
    let bowl = world.offer(9);
    let buyer = buyer(&world);
    let nobody = guest_with(&world, &kernel::secret::token());
    let merged: Value = merge(&buyer, &nobody).await.expect(200).read();
    assert_eq!((lines(&merged), merged.get("id")), (vec![], None));
    let _ = add(&buyer, &bowl, 1).await.expect(200);
    let merged: Value = merge(&buyer, &nobody).await.expect(200).read();
    assert_eq!(lines(&merged), [line(&bowl, 1)]);
    let guest = guest(&world, &bowl, 1).await;
    assert_eq!(
        refusal(merge(&world.stranger(), &guest).await, 401).0,
        "token_missing"
    );
    let empty = buyer.post("/v1/cart/merge", &json!({ "cart_token": "" })).await;
    assert_eq!(refusal(empty, 400).1, "/cart_token");
    let long = json!({ "cart_token": "x".repeat(200_000) });
    assert_eq!(
        refusal(buyer.post("/v1/cart/merge", &long).await, 400).1,
        "/cart_token"
    );
}

#[tokio::test]
async fn merged_lines_are_checked_against_stock_when_they_change() {
    let world = World::new().await;
    let bowl = world.offer(5);
    let (guest, buyer) = (guest(&world, &bowl, 5).await, buyer(&world));
    world.market.count(&bowl, 2);
    let merged: Value = merge(&buyer, &guest).await.expect(200).read();
    assert_eq!(
        (lines(&merged), &merged["lines"][0]["available"]),
        (vec![line(&bowl, 5)], &json!(2)),
        "kept as wanted, and said to be too much"
    );
    assert_eq!(refusal(set(&buyer, &bowl, 3).await, 409).0, "out_of_stock");
    let _ = set(&buyer, &bowl, 2).await.expect(200);
}

use crate::world::{World, add, buyer, cart, guest, line, lines, refusal, remove, set};
use hyper::Method;
use kernel::limits::{CART_LINES_MAX, LINE_QUANTITY_MAX};
use kernel::{Clock, Currency, Money, SkuId, UserId};
use serde_json::{Value, json};

fn told(code: &str, pointer: &str) -> (String, String) {
    (code.to_owned(), pointer.to_owned())
}

#[tokio::test]
async fn more_than_there_is_cannot_be_put_in() {
    let world = World::new().await;
    let bowl = world.offer(3);
    assert_eq!(
        refusal(add(&world.stranger(), &bowl, 4).await, 409),
        told("out_of_stock", "/quantity")
    );
    let guest = guest(&world, &bowl, 2).await;
    let problem: Value = add(&guest, &bowl, 2).await.expect(409).read();
    assert_eq!(
        problem["shortages"],
        json!([{ "sku": bowl.sku, "requested": 4, "available": 3 }]),
        "what is in the cart counts as well"
    );
    assert!(problem["detail"].as_str().unwrap().contains("Only 3 left"));
    assert_eq!(
        refusal(set(&guest, &bowl, 4).await, 409),
        told("out_of_stock", "/quantity")
    );
    let _ = set(&guest, &bowl, 3).await.expect(200);
    world.market.count(&bowl, -2);
    let problem: Value = set(&guest, &bowl, 1).await.expect(409).read();
    assert_eq!(problem["shortages"][0]["available"], 0, "never less than none");
    assert_eq!(
        lines(&cart(&guest).await),
        [line(&bowl, 3)],
        "a refusal changes nothing"
    );
}

#[tokio::test]
async fn what_nobody_sells_cannot_be_put_in() {
    let world = World::new().await;
    let bowl = world.offer(9);
    let unknown = json!({ "sku": SkuId::new(world.clock.now()), "quantity": 1 });
    let refused = world.stranger().post("/v1/cart/lines", &unknown).await;
    assert_eq!(refusal(refused, 422), told("sku_unknown", "/sku"));
    world.market.withdraw(&bowl);
    assert_eq!(
        refusal(add(&world.stranger(), &bowl, 1).await, 409),
        told("not_for_sale", "/sku")
    );
}

#[tokio::test]
async fn a_line_that_is_not_for_sale_any_more_can_only_go() {
    let world = World::new().await;
    let bowl = world.offer(9);
    let guest = guest(&world, &bowl, 2).await;
    world.market.withdraw(&bowl);
    assert_eq!(
        refusal(set(&guest, &bowl, 1).await, 409),
        told("not_for_sale", "/sku")
    );
    let answer: Value = remove(&guest, &bowl).await.expect(200).read();
    assert_eq!(lines(&answer), []);
}

#[tokio::test]
async fn quantities_have_limits() {
    let world = World::new().await;
    let bowl = world.offer(100_000);
    let guest = guest(&world, &bowl, LINE_QUANTITY_MAX).await;
    assert_eq!(
        refusal(add(&guest, &bowl, 1).await, 400),
        told("quantity_out_of_range", "/quantity")
    );
    assert_eq!(
        refusal(add(&guest, &bowl, u32::MAX).await, 400),
        told("quantity_out_of_range", "/quantity")
    );
    for quantity in [
        json!(0),
        json!(-1),
        json!(1.5),
        json!("2"),
        json!(4_294_967_296u64),
        json!(null),
    ] {
        let body = json!({ "sku": bowl.sku, "quantity": quantity });
        let refused = guest.post("/v1/cart/lines", &body).await;
        assert_eq!(
            refusal(refused, 400),
            told("field_invalid", "/quantity"),
            "{quantity}"
        );
    }
    assert_eq!(
        refusal(set(&guest, &bowl, -1).await, 400),
        told("field_invalid", "/quantity")
    );
    assert_eq!(
        lines(&cart(&guest).await),
        [line(&bowl, u64::from(LINE_QUANTITY_MAX))]
    );
}

#[tokio::test]
async fn a_cart_holds_so_many_things_and_no_more() {
    let world = World::new().await;
    let first = world.offer(9);
    let guest = guest(&world, &first, 1).await;
    for _ in 1..CART_LINES_MAX {
        let _ = add(&guest, &world.offer(9), 1).await.expect(200);
    }
    let refused = add(&guest, &world.offer(9), 1).await;
    assert_eq!(refusal(refused, 409).0, "cart_full");
    let _ = add(&guest, &first, 1).await.expect(200);
}

#[tokio::test]
async fn a_cart_has_one_currency() {
    let world = World::new().await;
    let bowl = world.offer(9);
    let fan = world
        .market
        .add(world.clock.now(), Money::new(900, Currency::JPY), 9);
    let guest = guest(&world, &bowl, 1).await;
    let problem: Value = add(&guest, &fan, 1).await.expect(409).read();
    assert_eq!(
        (&problem["code"], &problem["errors"][0]["pointer"]),
        (&json!("currency_mismatch"), &json!("/sku"))
    );
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("EUR") && detail.contains("JPY"), "{detail}");
    let _ = remove(&guest, &bowl).await.expect(200);
    let answer: Value = add(&guest, &fan, 2).await.expect(200).read();
    assert_eq!(answer["subtotal"], json!({ "amount": 1800, "currency": "JPY" }));
}

#[tokio::test]
async fn nobody_reads_another_ones_cart() {
    let world = World::new().await;
    let bowl = world.offer(9);
    let _ = guest(&world, &bowl, 1).await;
    let wrong = world.stranger().header("X-Cart-Token", &kernel::secret::token());
    assert_eq!(lines(&cart(&wrong).await), []);
    for odd in ["short", &"x".repeat(129), "not text: \u{fffd}"] {
        let Ok(_) = odd.parse::<hyper::header::HeaderValue>() else {
            continue;
        };
        let refused = world.stranger().header("X-Cart-Token", odd).get("/v1/cart").await;
        assert_eq!(refusal(refused, 400), told("cart_token", "X-Cart-Token"), "{odd}");
    }
    // Who has no cart has none to change.
    assert_eq!(
        refusal(set(&world.stranger(), &bowl, 1).await, 404).0,
        "not_found"
    );
    assert_eq!(
        refusal(remove(&world.stranger(), &bowl).await, 404).0,
        "not_found"
    );
    let forged = world.stranger().bearer("buyer.nobody");
    assert_eq!(refusal(forged.get("/v1/cart").await, 401).0, "token_invalid");
    let seller = format!("seller.{}", UserId::new(world.clock.now()));
    let seller = world.stranger().bearer(&seller);
    assert_eq!(refusal(add(&seller, &bowl, 1).await, 403).0, "wrong_audience");
    assert_eq!(lines(&cart(&buyer(&world)).await), []);
}

#[tokio::test]
async fn broken_requests_are_refused_with_the_field() {
    let world = World::new().await;
    let stranger = world.stranger();
    let post = async |body: Value| refusal(stranger.post("/v1/cart/lines", &body).await, 400);
    let sku = SkuId::new(world.clock.now());
    assert_eq!(
        post(json!({ "sku": "x", "quantity": 1 })).await,
        told("field_invalid", "/sku")
    );
    assert_eq!(post(json!({ "sku": sku })).await.0, "field_invalid");
    assert_eq!(
        post(json!({ "sku": sku, "quantity": 1, "price": 1 })).await,
        told("field_invalid", "/price")
    );
    let text = stranger
        .header("content-type", "text/plain")
        .send(Method::POST, "/v1/cart/lines", "{}")
        .await;
    assert_eq!(refusal(text, 400).0, "content_type");
    let nowhere = stranger.header("X-Cart-Token", &kernel::secret::token());
    let odd = nowhere
        .put("/v1/cart/lines/not-a-sku", &json!({ "quantity": 1 }))
        .await;
    assert_eq!(refusal(odd, 404).0, "not_found");
}

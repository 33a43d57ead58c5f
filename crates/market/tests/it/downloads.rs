//! What is downloaded, from the seller's upload to the buyer's disk: never unpaid, never another's, never after its money
//! went back; and what was bought stays as it was bought.

use crate::rightly::downloads::{Bought, PATTERN, bought_by, file_of_a, order_of_pattern, pattern_of_a};
use crate::spec::{Answer, Call};
use crate::world::{Who, World, address};
use serde_json::json;
use std::time::Duration;

async fn read(world: &World, url: &str, range: Option<&str>) -> Answer {
    let call = world.call("read_download", &[url.rsplit('/').next().unwrap()]);
    let call = match range {
        Some(range) => call.header("range", range),
        None => call,
    };
    world.send(&call).await
}

fn header(answer: &Answer, name: &str) -> String {
    let value = answer.headers.get(name);
    value
        .map(|value| value.to_str().unwrap().to_owned())
        .unwrap_or_default()
}

async fn left(world: &World, bought: &Bought) -> (String, u64) {
    let list = world.call("list_downloads", &[&bought.order]);
    let list = world.send_as(Who::BuyerA, &list).await.expect(200);
    let told = list.json();
    (
        list.at("/files/0/state"),
        told["files"][0]["left"].as_u64().unwrap(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_buyer_downloads_what_they_paid_as_often_as_was_agreed() {
    let world = World::new().await;
    let file = file_of_a(&world).await;
    let (_, sku) = pattern_of_a(&world, json!({"files": [file], "downloads_max": 2, "days": 30})).await;
    let place = order_of_pattern(&world, Who::BuyerB, &sku).await;
    let placed = world.send_as(Who::BuyerB, &place).await.expect(201);
    let order = placed.json();
    let part = &order["sub_orders"][0];
    assert_eq!(part["delivery_code"], "download", "nothing is sent: {part}");
    assert_eq!(order["total"]["amount"], 900);
    let bought = Bought {
        order: placed.at("/id"),
        sale: placed.at("/sub_orders/0/id"),
        line: placed.at("/sub_orders/0/lines/0/id"),
        file,
    };
    let unpaid = world
        .send_as(Who::BuyerB, &bought.begin(&world))
        .await
        .expect(409);
    assert_eq!(unpaid.at("/code"), "download_unpaid");

    let pay = world
        .call("pay_order", &[&bought.order])
        .json(&json!({"method": "tok_visa"}));
    let paid = world.send_as(Who::BuyerB, &pay).await.expect(200);
    assert_eq!(paid.at("/order/sub_orders/0/status"), "delivered");
    assert_eq!(paid.at("/order/fulfilment"), "delivered");
    let names: Vec<String> = paid.json()["order"]["sub_orders"][0]["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|milestone| milestone["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["placed", "confirmed", "provided"]);

    let granted = world
        .send_as(Who::BuyerB, &bought.begin(&world))
        .await
        .expect(201);
    assert_eq!(granted.json()["left"], 1);
    let url = granted.at("/url");
    let whole = read(&world, &url, None).await.expect(200);
    assert_eq!(whole.body, PATTERN);
    assert_eq!(header(&whole, "content-type"), "application/octet-stream");
    assert_eq!(header(&whole, "x-content-type-options"), "nosniff");
    assert!(header(&whole, "content-disposition").starts_with("attachment; filename=\"Apron.pdf\""));
    assert_eq!(header(&whole, "content-length"), PATTERN.len().to_string());
    // A download that broke off goes on, and is counted once.
    let rest = read(&world, &url, Some("bytes=9-")).await.expect(206);
    assert_eq!(rest.body, PATTERN[9..]);
    let told = format!("bytes 9-{}/{}", PATTERN.len() - 1, PATTERN.len());
    assert_eq!(header(&rest, "content-range"), told);
    read(&world, &url, Some("bytes=9999-")).await.expect(416);

    world
        .send_as(Who::BuyerB, &bought.begin(&world))
        .await
        .expect(201);
    let used = world
        .send_as(Who::BuyerB, &bought.begin(&world))
        .await
        .expect(409);
    assert_eq!(used.at("/code"), "download_used_up");
    // What was granted is still read, for a while.
    read(&world, &url, None).await.expect(200);
    world.clock.advance(Duration::from_secs(5 * 60 * 60));
    read(&world, &url, None).await.expect(404);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_bought_stays_as_it_was_until_its_money_goes_back() {
    let world = World::new().await;
    let bought = bought_by(&world, Who::BuyerA).await;
    let granted = world
        .send_as(Who::BuyerA, &bought.begin(&world))
        .await
        .expect(201);
    assert_eq!(left(&world, &bought).await, ("ready".to_owned(), 4));

    // The shop swaps the file, then takes the product away: the buyer has what they bought.
    let listed = world.call("get_seller_order", &[&bought.sale]);
    let sale = world.send_as(Who::OwnerA, &listed).await.expect(200).json();
    let lines = sale["lines"].as_array().unwrap();
    let line = lines
        .iter()
        .find(|line| line["id"] == bought.line.as_str())
        .unwrap();
    let product = line["product"].as_str().unwrap().to_owned();
    let other = world
        .call("upload_product_file", &[])
        .query("file_name=Other.pdf");
    let other = other.bytes("application/octet-stream", "another pattern");
    let other = world.send_as(Who::OwnerA, &other).await.expect(201).at("/id");
    let swap = world
        .call("patch_product", &[&product])
        .header("if-match", "\"1\"");
    let swap = swap.json(&json!({"digital": {"files": [other]}}));
    world.send_as(Who::OwnerA, &swap).await.expect(200);
    let delete = world.call("delete_product", &[&product]);
    assert!(world.send_as(Who::OwnerA, &delete).await.status < 300);
    let again = world
        .send_as(Who::BuyerA, &bought.begin(&world))
        .await
        .expect(201);
    assert_eq!(
        read(&world, &again.at("/url"), None).await.expect(200).body,
        PATTERN
    );

    let refund = world.call("refund_sale", &[&bought.sale]);
    let refund = refund.header("idempotency-key", "pattern-back").json(&json!({
        "lines": [{"line": bought.line, "quantity": 1}], "reason": "It cannot be opened.",
    }));
    assert!(world.send_as(Who::OwnerA, &refund).await.status < 300);
    testkit::eventually("the right to it ends", || async {
        (left(&world, &bought).await.0 == "ended").then_some(())
    })
    .await;
    let refused = world
        .send_as(Who::BuyerA, &bought.begin(&world))
        .await
        .expect(409);
    assert_eq!(refused.at("/code"), "download_ended");
    // So does what was granted before.
    read(&world, &granted.at("/url"), None).await.expect(409);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_consents_pays_and_finds_the_link_in_their_mail() {
    let world = World::new().await;
    let file = file_of_a(&world).await;
    let (_, sku) = pattern_of_a(&world, json!({"files": [file]})).await;
    let add = world
        .call("add_to_cart", &[])
        .json(&json!({"sku": sku, "quantity": 1}));
    let cart = world.send(&add).await.expect(200);
    let token = cart.at("/cart_token");
    let as_guest = |call: Call| call.header("x-cart-token", token.clone());
    let place = |key: &str, consents: bool| {
        let place = world
            .call("place_order", &[])
            .header("idempotency-key", key.to_owned());
        as_guest(place.json(&json!({
            "cart": cart.at("/id"), "cart_version": cart.json()["version"],
            "expected_total": {"amount": 900, "currency": "EUR"},
            "email": "ana@example.org", "address": address(), "consents_to_downloads": consents,
        })))
    };
    let refused = world.send(&place("silent", false)).await.expect(422);
    assert_eq!(refused.at("/code"), "download_consent_missing");
    let placed = world.send(&place("outright", true)).await.expect(201);
    assert!(placed.json()["sub_orders"][0]["lines"][0]["digital"]["consented_at"].is_string());
    let order = placed.at("/id");
    let pay = world
        .call("pay_order", &[&order])
        .json(&json!({"method": "tok_visa"}));
    world.send(&as_guest(pay)).await.expect(200);

    let body = testkit::eventually("the mail is sent", || async {
        let mut owner = world.db.owner().await;
        let body: Option<String> =
            // That the order is confirmed is mailed as well.
            sqlx::query_scalar(
                "select body from identity.mail where recipient = 'ana@example.org' and body like '%/downloads/%'",
            )
            .fetch_optional(&mut owner)
            .await
            .unwrap();
        body
    })
    .await;
    let (_, link) = body.split_once("/downloads/").unwrap();
    let pass = link.lines().next().unwrap().to_owned();
    let page = Call {
        method: axum::http::Method::GET,
        target: format!("/downloads/{pass}"),
        headers: Vec::new(),
        body: bytes::Bytes::new(),
    };
    let shown = world.send(&page).await.expect(200);
    assert!(
        shown.text().contains("Apron.pdf") && !shown.text().contains("Lucía"),
        "{}",
        shown.text()
    );
    let guessed = Call {
        target: format!("/downloads/{}", "A".repeat(43)),
        ..page
    };
    world.send(&guessed).await.expect(404);
    world.close().await;
}

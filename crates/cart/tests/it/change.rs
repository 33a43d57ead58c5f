use crate::world::{World, add, cart, guest, line, lines, remove, set, token_of};
use kernel::{Clock, UserId};
use serde_json::{Value, json};

#[tokio::test]
async fn a_guest_fills_changes_and_empties_a_cart() {
    let world = World::new().await;
    let (bowl, mug) = (world.offer(9), world.offer(9));
    assert_eq!(
        cart(&world.stranger()).await,
        json!({ "version": 0, "currency": "EUR", "lines": [], "codes": [], "subtotal": { "amount": 0, "currency": "EUR" } })
    );
    let guest = guest(&world, &bowl, 2).await;
    let answer: Value = add(&guest, &mug, 1).await.expect(200).read();
    assert!(answer.get("cart_token").is_none(), "a secret is shown once");
    assert_eq!(lines(&answer), [line(&bowl, 2), line(&mug, 1)]);
    assert_eq!(answer["subtotal"], json!({ "amount": 3000, "currency": "EUR" }));
    let answer: Value = add(&guest, &bowl, 1).await.expect(200).read();
    assert_eq!(
        lines(&answer),
        [line(&bowl, 3), line(&mug, 1)],
        "added to what is there"
    );
    let answer: Value = set(&guest, &bowl, 1).await.expect(200).read();
    assert_eq!(lines(&answer), [line(&bowl, 1), line(&mug, 1)]);
    let answer: Value = set(&guest, &mug, 0).await.expect(200).read();
    assert_eq!(lines(&answer), [line(&bowl, 1)], "none is out");
    let answer: Value = remove(&guest, &bowl).await.expect(200).read();
    assert_eq!((lines(&answer), answer["version"].as_i64()), (vec![], Some(6)));
    let again: Value = remove(&guest, &bowl).await.expect(200).read();
    assert_eq!(again["version"], 6, "asked twice, done once");
}

#[tokio::test]
async fn taking_out_of_no_cart_makes_none() {
    let world = World::new().await;
    let bowl = world.offer(9);
    let token = "a-token-nobody-was-ever-given";
    let nobody = world.stranger().header("X-Cart-Token", token);
    let answer: Value = remove(&nobody, &bowl).await.expect(200).read();
    assert_eq!((answer["version"].as_i64(), answer.get("id")), (Some(0), None));
    let carts: i64 = sqlx::query_scalar("select count(*) from cart.cart")
        .fetch_one(&mut world.db.owner().await)
        .await
        .unwrap();
    assert_eq!(carts, 0);
}

#[tokio::test]
async fn a_cart_is_found_on_every_device_and_in_every_process() {
    let world = World::new().await;
    let (bowl, mug) = (world.offer(9), world.offer(9));
    let token = token_of(UserId::new(world.clock.now()));
    let phone = world.stranger().bearer(&token);
    let laptop = world.another().await.bearer(&token);
    let _ = add(&phone, &bowl, 1).await.expect(200);
    assert_eq!(lines(&cart(&laptop).await), [line(&bowl, 1)]);
    let _ = add(&laptop, &mug, 2).await.expect(200);
    let _ = set(&laptop, &bowl, 4).await.expect(200);
    assert_eq!(lines(&cart(&phone).await), [line(&bowl, 4), line(&mug, 2)]);
}

#[tokio::test]
async fn two_devices_at_once_lose_nothing() {
    let world = World::new().await;
    let offers: Vec<_> = (0..8).map(|_| world.offer(99)).collect();
    let token = token_of(UserId::new(world.clock.now()));
    let devices = [
        world.stranger().bearer(&token),
        world.another().await.bearer(&token),
    ];
    let adding = offers.iter().enumerate().map(async |(n, offer)| {
        let mut answer = add(&devices[n % 2], offer, 1).await;
        // Whoever is told that the cart changed tries again, as a client does.
        while answer.status == 409 {
            answer = add(&devices[n % 2], offer, 1).await;
        }
        let _ = answer.expect(200);
    });
    futures::future::join_all(adding).await;
    let cart = cart(&devices[0]).await;
    assert_eq!((lines(&cart).len(), cart["version"].as_i64()), (8, Some(8)));
}

#[tokio::test]
async fn whoever_names_the_version_they_saw_overwrites_nobody() {
    let world = World::new().await;
    let bowl = world.offer(9);
    let guest = guest(&world, &bowl, 1).await;
    let seen = guest.get("/v1/cart").await.expect(200);
    let tag = seen.header("etag").expect("an entity tag").to_owned();
    assert_eq!(tag, "\"1\"");
    let careful = guest.header("If-Match", &tag);
    let changed = set(&careful, &bowl, 2).await.expect(200);
    assert_eq!(changed.header("etag"), Some("\"2\""));
    for refused in [
        set(&careful, &bowl, 3).await,
        add(&careful, &bowl, 1).await,
        remove(&careful, &bowl).await,
    ] {
        let problem: Value = refused.expect(412).read();
        assert_eq!(
            (
                &problem["code"],
                &problem["version"],
                &problem["errors"][0]["pointer"]
            ),
            (&json!("version_conflict"), &json!(2), &json!("If-Match"))
        );
    }
    assert_eq!(lines(&cart(&guest).await), [line(&bowl, 2)]);
    let odd = set(&guest.header("If-Match", "yesterday"), &bowl, 3)
        .await
        .expect(400);
    assert_eq!(odd.read::<Value>()["code"], "if_match");
    let _ = remove(&guest.header("If-Match", "W/\"2\""), &bowl)
        .await
        .expect(200);
}

#[tokio::test]
async fn a_cart_says_what_became_of_its_lines() {
    let world = World::new().await;
    let (dear, gone, erased, short) = (world.offer(9), world.offer(9), world.offer(9), world.offer(9));
    let guest = guest(&world, &dear, 1).await;
    for offer in [&gone, &erased, &short] {
        let _ = add(&guest, offer, 3).await.expect(200);
    }
    world.market.reprice(&dear, 1200);
    world.market.withdraw(&gone);
    world.market.erase(&erased);
    world.market.count(&short, 2);
    let cart = cart(&guest).await;
    let told: Vec<Value> = cart["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| {
            json!([
                l["price_seen"]["amount"],
                l["price"]["amount"],
                l["for_sale"],
                l["available"]
            ])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!([1000, 1200, true, 9]),
            json!([1000, 1000, false, 9]),
            json!([1000, null, false, 0]),
            json!([1000, 1000, true, 2]),
        ]
    );
    // The buyer is not stuck with what nobody sells any more.
    for offer in [&gone, &erased] {
        let _ = remove(&guest, offer).await.expect(200);
    }
    let answer: Value = set(&guest, &dear, 1).await.expect(200).read();
    assert_eq!(answer["lines"][0]["price_seen"]["amount"], 1200, "seen by now");
}

#[tokio::test]
async fn goods_made_otherwise_are_lines_of_their_own_and_are_changed_by_their_own_name() {
    let world = World::new().await;
    let board = world.made_offer(2);
    let buyer = world.stranger().bearer(&token_of(UserId::new(world.clock.now())));
    let put = async |name: &str| {
        let line = json!({ "sku": board.sku, "quantity": 1, "answers": { "name": name } });
        buyer.post("/v1/cart/lines", &line).await
    };
    let _ = put("Ana").await.expect(200);
    let _ = put(" Eva ").await.expect(200);
    let shared = put("Lucía").await.expect(409);
    assert_eq!(
        shared.read::<Value>()["code"],
        "out_of_stock",
        "they share the stock"
    );
    let cart = cart(&buyer).await;
    let told = |line: &Value| (line["answers"]["name"].clone(), line["price"]["amount"].clone());
    let lines = cart["lines"].as_array().unwrap();
    let told: Vec<_> = lines.iter().map(told).collect();
    assert_eq!(told, [(json!("Ana"), json!(1_500)), (json!("Eva"), json!(1_500))]);
    assert_eq!(cart["subtotal"]["amount"], 3_000);
    let ana = lines[0]["line"].as_str().unwrap();
    assert_ne!(lines[0]["line"], lines[1]["line"]);
    let path = format!("/v1/cart/lines/{ana}");
    let left: Value = buyer.delete(&path).await.expect(200).read();
    assert_eq!(left["lines"][0]["answers"]["name"], "Eva");
    let eva = left["lines"][0]["line"].as_str().unwrap();
    let path = format!("/v1/cart/lines/{eva}");
    let more: Value = buyer
        .put(&path, &json!({ "quantity": 2 }))
        .await
        .expect(200)
        .read();
    assert_eq!(
        (&more["lines"][0]["quantity"], &more["subtotal"]["amount"]),
        (&json!(2), &json!(3_000))
    );
}

#[tokio::test]
async fn answers_that_do_not_fit_are_refused_by_question() {
    let world = World::new().await;
    let board = world.made_offer(2);
    let buyer = world.stranger();
    for (answers, pointer) in [
        (json!({}), "/answers/name"),
        (json!({ "name": "R2-D2" }), "/answers/name"),
        (json!({ "name": true }), "/answers/name"),
        (json!({ "name": "Ana", "gold": true }), "/answers/gold"),
    ] {
        let line = json!({ "sku": board.sku, "quantity": 1, "answers": answers });
        let refused: Value = buyer.post("/v1/cart/lines", &line).await.expect(422).read();
        assert_eq!(refused["code"], "answers_invalid");
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    let bowl = world.offer(9);
    let line = json!({ "sku": bowl.sku, "quantity": 1, "answers": { "name": "Ana" } });
    let refused: Value = buyer.post("/v1/cart/lines", &line).await.expect(422).read();
    assert_eq!(refused["code"], "answers_invalid", "plain goods take no answers");
}

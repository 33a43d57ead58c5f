//! From a product that is made to order to its maker's bench, without a script.

use super::journeys::to_the_button;
use super::*;

/// From now on shop A's product asks for a name, for 5.00 more.
async fn made_to_order(world: &World) {
    let id = world.a.product.as_str();
    let seen = world
        .send_as(Who::OwnerA, &world.call("get_own_product", &[id]))
        .await;
    let name = json!({
        "key": "name", "label": "Name to engrave", "required": true,
        "input": {"type": "text", "max_chars": 12, "allows": "letters", "surcharge": 500},
    });
    let making = json!({"fields": [name], "lead_time": {"days_min": 3, "days_max": 7}, "returnable": false});
    let patch = world
        .call("patch_product", &[id])
        .header("if-match", seen.headers["etag"].as_bytes().to_owned())
        .json(&json!({ "making": making }));
    world.send_as(Who::OwnerA, &patch).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_says_how_it_is_to_be_made_and_its_maker_reads_it() {
    let world = World::new().await;
    made_to_order(&world).await;
    let mut guest = Browser::default();
    let bowl = |name: &'static str| {
        [
            ("variant", world.a.sku.as_str()),
            ("quantity", "2"),
            ("answer.name", name),
        ]
    };
    // What was typed stands where it was typed, with what is wrong with it.
    for (typed, said) in [("", "The maker needs this"), ("R2-D2", "Letters and spaces only")] {
        let refused = guest.post(&world, "/cart/lines", &bowl(typed)).await.expect(422);
        let text = refused.text();
        assert!(
            text.contains(said) && text.contains("answer.name-error"),
            "{text}"
        );
        assert!(text.contains(&format!("value=\"{typed}\"")), "{text}");
        assert!(
            text.contains("name=\"quantity\" type=\"number\" value=\"2\""),
            "{text}"
        );
    }
    for name in ["Ana", "Eva"] {
        let added = guest.post(&world, "/cart/lines", &bowl(name)).await;
        assert_eq!(location(&added), "/cart?done=added");
    }
    let cart = guest.get(&world, "/cart").await.expect(200);
    for words in ["Name to engrave", "Ana", "Eva", "+ €5.00", "3 to 7 working days"] {
        assert!(cart.text().contains(words), "{words}: {}", cart.text());
    }
    let fields = to_the_button(&world, &mut guest).await;
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let placed = location(&guest.post(&world, "/checkout/place", &fields).await);
    let order = guest.get(&world, &placed).await.expect(200);
    assert!(order.text().contains("Name to engrave") && order.text().contains("Eva"));

    let owner = Browser::of(&world, Who::OwnerA).await;
    // It stands there once it is paid, among those of the same moment.
    let sale = testkit::eventually("the order is in the shop's list", || {
        let (world, mut owner) = (&world, owner.clone());
        async move {
            let sales = owner.get(world, "/seller/orders").await.expect(200).text();
            for listed in sales.split("href=\"/seller/orders/").skip(1) {
                let id: String = listed.chars().take(36).collect();
                let sale = owner.get(world, &format!("/seller/orders/{id}")).await;
                let text = sale.expect(200).text();
                if text.contains("Name to engrave") {
                    return Some(text);
                }
            }
            None
        }
    })
    .await;
    for words in ["Ana", "Eva", "+ €5.00"] {
        assert!(sale.contains(words), "{words}: {sale}");
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seller_writes_down_what_buyers_are_asked() {
    let world = World::new().await;
    made_to_order(&world).await;
    let mut owner = Browser::of(&world, Who::OwnerA).await;
    let path = format!("/seller/products/{}", world.a.product);
    let page = owner.get(&world, &path).await.expect(200);
    let text = page.text();
    assert!(
        text.contains("value=\"Name to engrave\"") && text.contains("value=\"5.00\""),
        "{text}"
    );
    let version = field(&page, "version");
    let code = field(&page, "variant.0.code");
    let mut fields = vec![
        ("version", version.as_str()),
        ("title", "Bowl with a name"),
        ("state", "active"),
        ("variant.0.code", code.as_str()),
        ("variant.0.price", "19.99"),
        ("days_min", "9"),
        ("days_max", "2"),
        ("ask.0.label", "Wood"),
        ("ask.0.kind", "choice"),
        ("ask.0.options", "Oak\nWalnut = 12.50"),
    ];
    let refused = owner.post(&world, &path, &fields).await.expect(200);
    assert!(
        refused.text().contains("from how many to how many working days"),
        "{}",
        refused.text()
    );
    assert!(
        refused.text().contains("Walnut = 12.50"),
        "what was typed is kept"
    );
    fields.retain(|(name, _)| *name != "days_max");
    let saved = owner.post(&world, &path, &fields).await;
    assert_eq!(location(&saved), format!("{path}?done=saved"), "{}", saved.text());
    let own = world
        .send_as(Who::OwnerA, &world.call("get_own_product", &[&world.a.product]))
        .await
        .expect(200);
    let told = own.json();
    let expected = json!({
        "fields": [{
            "key": "wood", "label": "Wood", "required": false,
            "input": {"type": "choice", "options": [
                {"value": "Oak", "surcharge": 0}, {"value": "Walnut", "surcharge": 1250},
            ]},
        }],
        "lead_time": {"days_min": 9, "days_max": 9},
        "returnable": true,
    });
    assert_eq!(told["making"], expected);
    world.close().await;
}

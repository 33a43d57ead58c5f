//! What products are called in baskets and at the till by those who read another language than their sellers.

use super::journeys::to_the_button;
use super::*;

const OWN: &str = "Bowl of OwnerA";
const SPANISH: &str = "Cuenco de Ana";

/// From now on shop A's product has a title in Spanish beside its own.
async fn translated(world: &World) {
    let id = world.a.product.as_str();
    let own = world.call("get_own_product", &[id]);
    let own = world.send_as(Who::OwnerA, &own).await.expect(200);
    let words = json!({"language": "en", "translations": {"es": {"title": SPANISH}}});
    let patch = world
        .call("patch_product", &[id])
        .header("if-match", own.headers["etag"].as_bytes().to_owned())
        .json(&words);
    world.send_as(Who::OwnerA, &patch).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_basket_is_read_in_the_language_of_its_page_and_an_order_as_it_was_bought() {
    let world = World::new().await;
    translated(&world).await;
    let mut guest = Browser::default();
    for sku in [&world.a.sku, &world.b.sku] {
        let bowl = [("variant", sku.as_str()), ("quantity", "1")];
        let added = guest.post(&world, "/cart/lines", &bowl).await;
        assert_eq!(location(&added), "/cart?done=added");
    }
    let fields = to_the_button(&world, &mut guest).await;
    for page in [
        "/cart",
        "/checkout/address",
        "/checkout/delivery",
        "/checkout/payment",
        "/checkout/review",
    ] {
        for (language, called, not) in [("es", SPANISH, OWN), ("en", OWN, SPANISH)] {
            let target = format!("{page}?lang={language}");
            let text = guest.get(&world, &target).await.expect(200).text();
            assert!(
                text.contains(called) && !text.contains(not),
                "{target} does not say {called}, or says {not}: {text}"
            );
            // What has no words in this language keeps its own.
            assert!(text.contains("Bowl of OwnerB"), "{target}: {text}");
        }
    }

    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let placed = location(&guest.post(&world, "/checkout/place", &fields).await);
    let order = placed.split('?').next().unwrap_or_default();
    assert!(order.starts_with("/orders/"), "{placed}");
    let order = guest.get(&world, &format!("{order}?lang=es")).await.expect(200);
    let text = order.text();
    assert!(text.contains(OWN) && !text.contains(SPANISH), "{text}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_in_a_basket_is_told_in_the_language_of_its_page() {
    let world = World::new().await;
    translated(&world).await;
    let mut guest = Browser::default();
    let bowl = [("variant", world.a.sku.as_str()), ("quantity", "1")];
    let added = guest.post(&world, "/cart/lines", &bowl).await;
    assert_eq!(location(&added), "/cart?done=added");
    let own = world.call("get_own_product", &[&world.a.product]);
    let own = world.send_as(Who::OwnerA, &own).await.expect(200);
    let gone = world
        .call("patch_product", &[&world.a.product])
        .header("if-match", own.headers["etag"].as_bytes().to_owned())
        .json(&json!({"status": "inactive"}));
    world.send_as(Who::OwnerA, &gone).await.expect(200);
    for (language, told, not) in [
        ("es", "«Cuenco de Ana» se ha agotado.", OWN),
        ("en", "“Bowl of OwnerA” has sold out.", SPANISH),
    ] {
        let target = format!("/cart?lang={language}");
        let text = guest.get(&world, &target).await.expect(200).text();
        assert!(text.contains(told) && !text.contains(not), "{told}: {text}");
    }
    world.close().await;
}

//! Guests, buyers and sellers who go from page to page without a script.

use super::*;

/// A guest's browser at the last step of the checkout, and what the form there sends.
async fn at_the_button(world: &World) -> (Browser, Vec<(&'static str, String)>) {
    let mut guest = Browser::default();
    let bowl = [("variant", world.a.sku.as_str()), ("quantity", "1")];
    let added = guest.post(world, "/cart/lines", &bowl).await;
    assert_eq!(location(&added), "/cart?done=added");
    let fields = to_the_button(world, &mut guest).await;
    (guest, fields)
}

/// From a full basket to the last step, and what the form there sends.
pub(super) async fn to_the_button(world: &World, guest: &mut Browser) -> Vec<(&'static str, String)> {
    let address = [
        ("email", "guest@market.test"),
        ("name", "Lucía Romero"),
        ("line1", "Calle Betis 12"),
        ("postcode", "41010"),
        ("city", "Sevilla"),
        ("province", "ES-SE"),
        ("country", "ES"),
    ];
    let long = "a".repeat(121);
    for name in ["line2", "phone"] {
        let mut spoilt = address.to_vec();
        spoilt.push((name, &long));
        guest.post(world, "/checkout/address", &spoilt).await.expect(200);
    }
    let method = [("method", "tok_visa")];
    for (step, fields, next) in [
        ("/checkout/address", address.as_slice(), "/checkout/delivery"),
        ("/checkout/delivery", [].as_slice(), "/checkout/payment"),
        ("/checkout/payment", method.as_slice(), "/checkout/review"),
    ] {
        let answer = guest.post(world, step, fields).await;
        assert_eq!(location(&answer), next, "{}", answer.text());
    }
    let review = guest.get(world, "/checkout/review").await.expect(200);
    let names = ["idempotency_key", "cart_version", "total"];
    names.map(|name| (name, field(&review, name))).to_vec()
}

/// Presses the button of a review as it was shown.
pub(super) async fn press(world: &World, browser: &mut Browser, review: &Answer) -> Answer {
    let fields = ["idempotency_key", "cart_version", "total"].map(|name| (name, field(review, name)));
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    browser.post(world, "/checkout/place", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_is_led_to_their_order_and_keeps_it_after_signing_in() {
    let world = World::new().await;
    let (mut guest, fields) = at_the_button(&world).await;
    let fields: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    // To this one the answer never arrived.
    let mut unanswered = guest.clone();
    let placed = location(&guest.post(&world, "/checkout/place", &fields).await);
    let order = placed.split('?').next().unwrap().to_owned();
    assert!(
        order.starts_with("/orders/") && placed.ends_with("?fresh=1"),
        "{placed}"
    );

    let mut again = unanswered.clone();
    let led = location(&again.post(&world, "/checkout/place", &fields).await);
    assert_eq!(led, placed);
    testkit::eventually("the ordered basket is closed", || {
        let mut browser = unanswered.clone();
        let world = &world;
        async move {
            let to = location(&browser.get(world, "/checkout/review").await);
            (to == "/cart").then_some(())
        }
    })
    .await;
    for browser in [&mut unanswered, &mut guest] {
        let led = location(&browser.post(&world, "/checkout/place", &fields).await);
        assert_eq!(led, placed);
        browser.get(&world, &order).await.expect(200);
    }

    guest.sign_in(&world, Who::BuyerB).await;
    assert!(!guest.cookies.contains_key("stoa_cart"));
    guest.get(&world, &order).await.expect(200);
    let elsewhere = Browser::of(&world, Who::BuyerB).await.get(&world, &order).await;
    assert_eq!(elsewhere.status, 404);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guest_uses_a_coupon_without_a_script_in_both_languages() {
    let world = World::new().await;
    let tenth = json!({
        "name": "A tenth off", "code": "TENTH", "benefit": {"kind": "percent", "rate_basis_points": 1_000},
    });
    let make = world.call("make_promotion", &[]).json(&tenth);
    world.send_as(Who::Admin, &make).await.expect(201);
    let (mut guest, before) = at_the_button(&world).await;
    for (language, label, unknown) in [
        ("en", "Use it", "Nobody knows this code"),
        ("es", "Usarlo", "Nadie conoce este código"),
    ] {
        let cart = format!("/cart?lang={language}");
        let page = guest.get(&world, &cart).await.expect(200);
        assert!(page.text().contains(label), "{}", page.text());
        let fields = [("code", "nobodys"), ("next", "/cart")];
        let answer = guest.post(&world, "/cart/coupons", &fields).await;
        assert_eq!(location(&answer), "/cart");
        let page = guest.get(&world, &cart).await.expect(200);
        assert!(page.text().contains(unknown), "{}", page.text());
        let answer = guest.post(&world, "/cart/coupons/remove", &fields).await;
        assert_eq!(location(&answer), "/cart");
        assert!(!guest.get(&world, &cart).await.text().contains(unknown));
    }
    let bad = guest
        .post(&world, "/cart/coupons", &[("code", "no code"), ("next", "/cart")])
        .await;
    assert_eq!(location(&bad), "/cart?refused=code_invalid");

    // At checkout, where the total falls by a tenth of the goods.
    let next = "/checkout/review";
    let answer = guest
        .post(&world, "/cart/coupons", &[("code", "tenth"), ("next", next)])
        .await;
    assert_eq!(location(&answer), next);
    let review = guest.get(&world, next).await.expect(200);
    assert!(review.text().contains("A tenth off") && review.text().contains("TENTH"));
    let cents = |total: &str| total.replace('.', "").parse::<i64>().unwrap();
    let total = field(&review, "total");
    assert!(cents(&total) < cents(&before[2].1), "{total}");
    let placed = location(&press(&world, &mut guest, &review).await);
    let order = guest.get(&world, &placed).await.expect(200);
    assert!(order.text().contains("A tenth off"), "{}", order.text());
    world.close().await;
}

/// Guests are known by their e-mail address, which the checkout has long before it orders.
#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_has_used_a_coupon_reads_so_and_orders_without_it() {
    let world = World::new().await;
    let once = json!({
        "name": "Once each", "code": "ONCE", "uses_per_buyer": 1,
        "benefit": {"kind": "percent", "rate_basis_points": 1_000},
    });
    let make = world.call("make_promotion", &[]).json(&once);
    world.send_as(Who::Admin, &make).await.expect(201);
    let coupon = [("code", "once"), ("next", "/checkout/review")];
    for used in [false, true] {
        let (mut guest, _) = at_the_button(&world).await;
        guest.post(&world, "/cart/coupons", &coupon).await;
        let review = guest.get(&world, "/checkout/review").await.expect(200);
        assert_eq!(review.text().contains("You have used it already."), used);
        let placed = location(&press(&world, &mut guest, &review).await);
        assert!(placed.starts_with("/orders/"), "{placed}");
        let order = guest.get(&world, &placed).await.expect(200);
        assert_eq!(order.text().contains("Once each"), !used);
    }
    world.close().await;
}

/// A refusal is the answer to its key for a day; the page asks under another one.
#[tokio::test(flavor = "multi_thread")]
async fn a_guest_who_was_refused_orders_when_the_goods_are_there_again() {
    let world = World::new().await;
    let (mut guest, _) = at_the_button(&world).await;
    let review = guest.get(&world, "/checkout/review").await.expect(200);
    let counted = async |on_hand: u32| {
        let counts = json!({"reason": "counted", "counts": [{"sku": world.a.sku, "on_hand": on_hand}]});
        let count = world.call("count_stock", &[]).json(&counts);
        world.send_as(Who::OwnerA, &count).await.expect(200);
    };
    counted(0).await;
    let refused = press(&world, &mut guest, &review).await.expect(200);
    counted(10).await;
    let placed = press(&world, &mut guest, &refused).await;
    assert!(location(&placed).starts_with("/orders/"), "{}", placed.text());
    world.close().await;
}

/// What follows this text on a page, up to a quotation mark.
fn after(page: &Answer, start: &str) -> String {
    let text = page.text();
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("no {start}"));
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seller_who_cannot_send_cancels_and_the_buyer_reads_why() {
    let world = World::new().await;
    let mut seller = Browser::of(&world, Who::OwnerA).await;
    let page = format!("/seller/orders/{}", world.a.sale);
    let form = format!("{page}/cancel");
    assert!(seller.get(&world, &page).await.text().contains(&form));
    let why = [("reason", "damaged"), ("note", " In the\nkiln. ")];
    let cancelled = seller.post(&world, &form, &why).await;
    assert_eq!(location(&cancelled), format!("{page}?done=sale_cancelled"));
    assert!(!seller.get(&world, &page).await.text().contains(&form));

    let mut buyer = Browser::of(&world, Who::BuyerA).await;
    let order = buyer.get(&world, &format!("/orders/{}", world.order)).await;
    assert!(order.text().contains("It broke in the workshop. In the kiln."));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bowl_goes_back_by_forms_alone() {
    let world = World::new().await;
    let mut seller = Browser::of(&world, Who::OwnerA).await;
    let mut buyer = Browser::of(&world, Who::BuyerA).await;
    let sale = format!("/seller/orders/{}", world.a.sale);
    let order = format!("/orders/{}", world.order);
    let refused = buyer
        .post(
            &world,
            &format!("{order}/returns"),
            &[("sub_order", &world.a.sale)],
        )
        .await;
    assert_eq!(location(&refused), format!("{order}?refused=transition_illegal"));

    seller
        .post(&world, &format!("{sale}/pack"), &[])
        .await
        .expect(303);
    let to_send = seller.get(&world, &sale).await;
    let units = format!("units.{}", after(&to_send, "name=\"units."));
    seller
        .post(&world, &format!("{sale}/ship"), &[(&units, "1")])
        .await
        .expect(303);
    let sent = seller.get(&world, &sale).await;
    let parcel = after(&sent, &format!("action=\"{sale}/parcels/"));
    seller
        .post(&world, &format!("{sale}/parcels/{parcel}"), &[])
        .await
        .expect(303);

    let arrived = buyer.get(&world, &order).await;
    let of = field(&arrived, "return");
    let ask = [
        ("sub_order", world.a.sale.as_str()),
        ("return", &of),
        (&units, "1"),
        ("reason", "damaged"),
        ("wish", "refund"),
        ("note", "The rim is chipped."),
    ];
    for _ in 0..2 {
        let asked = buyer.post(&world, &format!("{order}/returns"), &ask).await;
        assert_eq!(location(&asked), format!("{order}?done=return_requested"));
    }
    let list = seller.get(&world, "/seller/returns").await.expect(200);
    assert!(list.text().contains(&format!("{sale}#return-{of}")));

    let act = |act: &str| format!("{sale}/returns/{of}/{act}");
    let agreed = seller
        .post(&world, &act("authorise"), &[("note", "Wrap it well.")])
        .await;
    assert_eq!(location(&agreed), format!("{sale}?done=return_answered"));
    assert!(buyer.get(&world, &order).await.text().contains("Wrap it well."));
    let back = [("carrier", "Correos"), ("tracking", "RK1")];
    buyer
        .post(&world, &format!("{order}/returns/{of}/send"), &back)
        .await
        .expect(303);

    let line = units.trim_start_matches("units.");
    let (restocked, gone) = (format!("restocked.{line}"), format!("written_off.{line}"));
    let came = [
        (restocked.as_str(), "1"),
        (gone.as_str(), "0"),
        ("then", "refund"),
        ("kept", "2,50"),
        ("kept_reason", "The box is missing."),
    ];
    // Refused, a form keeps what was typed, and says at its field what is wrong.
    let unsaid = [
        (restocked.as_str(), "0"),
        (gone.as_str(), "1"),
        ("then", "refund"),
        ("kept", "2,50"),
        ("kept_reason", ""),
        ("delivery", "yes"),
    ];
    let again = seller.post(&world, &act("receive"), &unsaid).await.expect(200);
    let refund = seller
        .post(&world, &act("refund"), &unsaid[3..])
        .await
        .expect(200);
    for said in [
        "Say why: the buyer reads it.",
        "value=\"2,50\"",
        "name=\"delivery\" value=\"yes\" checked",
        "aria-invalid=\"true\"",
    ] {
        assert!(again.text().contains(said), "{said} in {}", again.text());
        assert!(refund.text().contains(said), "{said} in {}", refund.text());
    }
    let gone_again = format!("name=\"{gone}\" value=\"1\"");
    assert!(again.text().contains(&gone_again), "{}", again.text());
    assert!(
        !refund.text().contains(&gone_again),
        "only the form that came back"
    );

    // A clerk takes goods in, and says nothing about the money.
    let mut clerk = Browser::of(&world, Who::ClerkA).await;
    let seen = clerk.get(&world, &sale).await.expect(200).text();
    assert!(
        seen.contains(&act("receive")) && !seen.contains("name=\"kept\""),
        "{seen}"
    );
    clerk.post(&world, &act("receive"), &came).await.expect(403);
    let receipt =
        serde_json::json!({"lines": [{"line": line, "restocked": 1}], "refund": {"delivery": true}});
    let call = world.call("receive_return", &[&world.a.sale, &of]).json(&receipt);
    world.send_as(Who::ClerkA, &call).await.expect(403);

    let received = seller.post(&world, &act("receive"), &came).await;
    assert_eq!(location(&received), format!("{sale}?done=return_received"));
    let page = buyer.get(&world, &order).await.text();
    assert!(page.contains("€2.50 kept: The box is missing."), "{page}");
    assert!(page.contains("€17.49 given back"), "{page}");
    let open = seller.get(&world, "/seller/returns").await.expect(200);
    assert!(!open.text().contains(&of));
    let all = seller.get(&world, "/seller/returns?show=all").await.expect(200);
    assert!(all.text().contains(&of));
    world.close().await;
}

//! Gift cards and store credit, from the operator's form to the buyer's order, by forms alone.

use super::*;

/// A basket of shop A's bowl, and an address for it.
async fn with_basket(world: &World, browser: &mut Browser) {
    let bowl = [("variant", world.a.sku.as_str()), ("quantity", "1")];
    browser.post(world, "/cart/lines", &bowl).await;
    let address = [
        ("email", "guest@market.test"),
        ("name", "Lucía Romero"),
        ("line1", "Calle Betis 12"),
        ("postcode", "41010"),
        ("city", "Sevilla"),
        ("province", "ES-SE"),
        ("country", "ES"),
    ];
    browser.post(world, "/checkout/address", &address).await;
    browser.post(world, "/checkout/delivery", &[]).await;
}

/// What a page says, without the marks of a template.
fn code_in(page: &str) -> String {
    let (_, rest) = page
        .split_once("<code>")
        .unwrap_or_else(|| panic!("no code in {page}"));
    rest.split_once("</code>").unwrap().0.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_from_the_operators_form_pays_a_guests_order() {
    let world = World::new().await;
    let path = "/operator/gift-cards";
    let mut operator = Browser::of(&world, Who::Finance).await;
    let form = operator.get(&world, path).await.expect(200);
    let key = field(&form, "key");
    let wrong = [
        ("key", key.as_str()),
        ("amount", "much"),
        ("currency", "EUR"),
        ("expires", "2020-01-01"),
        ("note", ""),
    ];
    let back = operator.post(&world, path, &wrong).await.expect(200).text();
    assert!(back.contains("Write an amount, such as 24.50."), "{back}");
    let good = [
        ("key", key.as_str()),
        ("amount", "5.00"),
        ("currency", "EUR"),
        ("funding", "sold"),
        ("note", "Spring fair"),
    ];
    let issued = operator.post(&world, path, &good).await.expect(200).text();
    let code = code_in(&issued);
    let again = operator.post(&world, path, &good).await.expect(200).text();
    assert!(
        again.contains("is not shown again") && !again.contains(&code),
        "{again}"
    );
    let list = operator.get(&world, path).await.expect(200).text();
    assert!(list.contains("Spring fair") && !list.contains(&code), "{list}");

    let mut guest = Browser::default();
    with_basket(&world, &mut guest).await;
    let unknown = [("code", "AAAA-AAAA-AAAA-AAAA-AAAA")];
    let refused = guest.post(&world, "/checkout/gift-cards", &unknown).await;
    assert_eq!(location(&refused), "/checkout/payment?refused=gift_card_unknown");
    let written = code.to_lowercase();
    let put_in = guest
        .post(&world, "/checkout/gift-cards", &[("code", written.as_str())])
        .await;
    assert_eq!(location(&put_in), "/checkout/payment");
    for (language, label, due) in [
        ("en", "Gift card", "Left to pay"),
        ("es", "Tarjeta regalo", "Queda por pagar"),
    ] {
        let page = guest
            .get(&world, &format!("/checkout/payment?lang={language}"))
            .await
            .expect(200)
            .text();
        assert!(page.contains(label) && page.contains(due), "{page}");
        assert!(page.contains(&format!("…{}", &code[20..])), "{page}");
    }
    guest
        .post(&world, "/checkout/payment", &[("method", "tok_visa")])
        .await;
    let review = guest.get(&world, "/checkout/review?lang=en").await.expect(200);
    let names = ["idempotency_key", "cart_version", "total", "due"];
    let fields = names.map(|name| (name, field(&review, name)));
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    // A total that the buyer did not see is not agreed to.
    let mut other = fields;
    other[3].1 = "0.01";
    let shown = guest
        .post(&world, "/checkout/place", &other)
        .await
        .expect(200)
        .text();
    assert!(shown.contains("confirm"), "{shown}");
    let placed = location(&guest.post(&world, "/checkout/place", &fields).await);
    let order = placed.split('?').next().unwrap();
    assert!(order.starts_with("/orders/"), "{placed}");
    let page = guest
        .get(&world, &format!("{order}?lang=en"))
        .await
        .expect(200)
        .text();
    assert!(
        page.contains("Gift card") && page.contains("Left to pay"),
        "{page}"
    );

    // Switched off, with the reason kept.
    let list = operator.get(&world, path).await.text();
    let (_, rest) = list.split_once("action=\"/operator/gift-cards/").unwrap();
    let switch = format!("{path}/{}", rest.split_once('"').unwrap().0);
    let unsaid = operator.post(&world, &switch, &[("reason", "")]).await;
    assert_eq!(location(&unsaid), format!("{path}?refused=text_empty"));
    let off = operator.post(&world, &switch, &[("reason", "lost")]).await;
    assert_eq!(location(&off), format!("{path}?done=gift_card_disabled"));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn store_credit_that_covers_an_order_needs_no_means_of_payment() {
    let world = World::new().await;
    let grant = json!({
        "user": world.users[&Who::BuyerB], "amount": {"amount": 9_000, "currency": "EUR"}, "reason": "For the late parcel.",
    });
    let grant = world
        .call("grant_store_credit", &[])
        .header("idempotency-key", "once")
        .json(&grant);
    world.send_as(Who::Admin, &grant).await.expect(201);
    let mut buyer = Browser::of(&world, Who::BuyerB).await;
    let account = buyer.get(&world, "/account").await.expect(200).text();
    assert!(
        account.contains("For the late parcel.") && account.contains("€90.00"),
        "{account}"
    );
    with_basket(&world, &mut buyer).await;
    let page = buyer.get(&world, "/checkout/payment").await.expect(200).text();
    assert!(page.contains("Pay with my store credit: €90.00"), "{page}");
    buyer
        .post(&world, "/checkout/store-credit", &[("store_credit", "yes")])
        .await;
    let page = buyer.get(&world, "/checkout/payment").await.expect(200).text();
    assert!(
        page.contains("Nothing is left to pay") && !page.contains("tok_visa"),
        "{page}"
    );
    let next = buyer.post(&world, "/checkout/payment", &[]).await;
    assert_eq!(location(&next), "/checkout/review");
    let review = buyer.get(&world, "/checkout/review").await.expect(200);
    let names = ["idempotency_key", "cart_version", "total", "due"];
    let fields = names.map(|name| (name, field(&review, name)));
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(fields[3].1, "0.00");
    let placed = location(&buyer.post(&world, "/checkout/place", &fields).await);
    assert!(placed.ends_with("?fresh=1"), "{placed}");
    let account = buyer.get(&world, "/account").await.expect(200).text();
    assert!(account.contains("Paid for an order"), "{account}");
    world.close().await;
}

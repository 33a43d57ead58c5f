//! Notifications: by links and forms alone.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_told_to_both_sides_read_and_counted() {
    let world = World::new().await;
    let (notice, sale) = (notice_of(&world).await, notice_of_a(&world).await);
    let mut buyer = Browser::of(&world, Who::BuyerA).await;
    let page = buyer.get(&world, "/account/notifications?lang=en").await;
    let text = page.expect(200).text();
    assert!(
        text.contains("Your order ") && text.contains(&notice) && text.contains("notice-new"),
        "{text}"
    );
    assert!(
        !text.contains(&sale),
        "what the shop is told is the shop's: {text}"
    );
    let opened = buyer
        .get(&world, &format!("/account/notifications/{notice}"))
        .await;
    assert!(location(&opened.expect(303)).starts_with("/orders/"));

    let mut owner = Browser::of(&world, Who::OwnerA).await;
    let text = owner
        .get(&world, "/seller/notifications?lang=es")
        .await
        .expect(200)
        .text();
    assert!(text.contains("Pedido nuevo ") && text.contains(&sale), "{text}");
    let opened = owner.get(&world, &format!("/seller/notifications/{sale}")).await;
    let to = location(&opened.expect(303));
    assert!(to.starts_with("/seller/orders/"), "{to}");
    owner.get(&world, &to).await.expect(200);

    let through = owner.get(&world, "/seller/notifications").await.text();
    if through.contains("name=\"through\"") {
        let page = owner.get(&world, "/seller/notifications").await;
        let through = field(&page, "through");
        let read = owner
            .post(&world, "/seller/notifications/read", &[("through", &through)])
            .await;
        assert_eq!(location(&read), "/seller/notifications?done=saved");
    }
    let text = owner.get(&world, "/seller/notifications").await.text();
    assert!(!text.contains("notice-new"), "{text}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_says_what_they_want_to_be_told_and_what_must_be_stays() {
    let world = World::new().await;
    let mut buyer = Browser::of(&world, Who::BuyerA).await;
    let path = "/account/notifications/settings";
    let page = buyer
        .get(&world, &format!("{path}?lang=en"))
        .await
        .expect(200)
        .text();
    assert!(
        page.contains("This is always told.") && page.contains("email.deliveries"),
        "{page}"
    );
    let form = [
        ("in_app.deliveries", "yes"),
        ("time_zone", "Europe/Madrid"),
        ("quiet", "yes"),
        ("from", "23:00"),
        ("until", "06:30"),
    ];
    let kept = buyer.post(&world, path, &form).await;
    assert_eq!(location(&kept), format!("{path}?done=saved"));
    let settings = world.call("get_notification_settings", &[]);
    let now = world.send_as(Who::BuyerA, &settings).await.expect(200).json();
    assert_eq!(now["quiet"], json!({"from": "23:00", "until": "06:30"}));
    let of = |name: &str| {
        let topics = now["topics"].as_array().unwrap().iter();
        let found = topics.into_iter().find(|topic| topic["topic"] == name).unwrap();
        (found["in_app"] == true, found["email"] == true)
    };
    assert_eq!(of("deliveries"), (true, false));
    assert_eq!(of("messages"), (false, false), "its boxes were empty");
    assert_eq!(of("orders"), (true, true), "it has none");
    let wrong = [("time_zone", "Nowhere/At-all")];
    let back = buyer.post(&world, path, &wrong).await.expect(200).text();
    assert!(back.contains("This is no time zone that we know."), "{back}");
    Browser::default()
        .get(&world, "/unsubscribe?token=a-guess")
        .await
        .expect(404);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_is_given_confirmed_and_chosen_by_forms() {
    let world = World::new().await;
    let mut buyer = Browser::of(&world, Who::BuyerA).await;
    let path = "/account/notifications/settings";
    let page = buyer
        .get(&world, &format!("{path}?lang=en"))
        .await
        .expect(200)
        .text();
    assert!(
        !page.contains("sms.deliveries"),
        "there is no telephone yet: {page}"
    );
    let phone = "/account/notifications/phone";
    let wrong = buyer.post(&world, phone, &[("number", "600 00 00 00")]).await;
    let text = wrong.expect(200).text();
    assert!(text.contains("Write the number with its country"), "{text}");
    let given = buyer.post(&world, phone, &[("number", "+34 600 00 00 00")]).await;
    assert_eq!(location(&given), format!("{path}?done=phone_sent"));
    let mut admin = Browser::of(&world, Who::Admin).await;
    let kept = admin
        .get(&world, "/dev/messages?lang=en")
        .await
        .expect(200)
        .text();
    let (before, _) = kept.split_once(" is your code for ").expect("a code was kept");
    let code = &before[before.len() - 6..];
    let verify = "/account/notifications/phone/verify";
    let verified = buyer.post(&world, verify, &[("code", code)]).await;
    assert_eq!(location(&verified), format!("{path}?done=phone_verified"));
    let form = [
        ("texts", "yes"),
        ("in_app.deliveries", "yes"),
        ("sms.deliveries", "yes"),
        ("time_zone", "UTC"),
    ];
    let saved = buyer.post(&world, path, &form).await;
    assert_eq!(location(&saved), format!("{path}?done=saved"));
    let settings = world.call("get_notification_settings", &[]);
    let now = world.send_as(Who::BuyerA, &settings).await.expect(200).json();
    let of = |name: &str| {
        let topics = now["topics"].as_array().unwrap().iter();
        let found = topics.into_iter().find(|topic| topic["topic"] == name).unwrap();
        found["sms"] == true
    };
    assert_eq!(
        (of("deliveries"), of("refunds"), of("security")),
        (true, false, true)
    );
    let removed = buyer
        .post(&world, "/account/notifications/phone/remove", &[])
        .await;
    assert_eq!(location(&removed), format!("{path}?done=saved"));
    Browser::of(&world, Who::BuyerB)
        .await
        .get(&world, "/dev/messages")
        .await
        .expect(403);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_not_confirmed_their_address_gets_no_codes() {
    let world = World::new().await;
    let mut stranger = Browser::default();
    let email = format!("new{}@market.test", world.fresh());
    let form = [("name", "Ana Ruiz"), ("email", &*email), ("password", PASSWORD)];
    stranger.post(&world, "/register", &form).await.expect(303);
    let phone = "/account/notifications/phone?lang=en";
    let refused = stranger
        .post(&world, phone, &[("number", "+34 600 00 00 01")])
        .await;
    let text = refused.expect(200).text();
    assert!(text.contains("Your address is not confirmed yet"), "{text}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_writes_other_words_sees_them_and_takes_the_first_again() {
    let world = World::new().await;
    let mut admin = Browser::of(&world, Who::Admin).await;
    let list = admin
        .get(&world, "/operator/templates?lang=en&in=en")
        .await
        .expect(200)
        .text();
    let path = "/operator/templates/order_confirmed/en";
    assert!(list.contains(path) && list.contains(">Default<"), "{list}");
    let page = admin.get(&world, path).await.expect(200).text();
    assert!(page.contains("Your order K7F3-9QXA is confirmed"), "{page}");
    let words = |title, text, act| [("title", title), ("text", text), ("version", "0"), ("act", act)];
    let flawed = words("Hurrah {order", "Fine", "save");
    let back = admin.post(&world, path, &flawed).await.expect(200).text();
    assert!(
        back.contains("The brace at character 8 does not close."),
        "{back}"
    );
    let seen = words("Hurrah: {order}", "Fine", "preview");
    let seen = admin.post(&world, path, &seen).await.expect(200).text();
    assert!(seen.contains("Hurrah: K7F3-9QXA"), "{seen}");
    let save = words("Hurrah: {order}", "Fine", "save");
    let saved = admin.post(&world, path, &save).await;
    assert_eq!(location(&saved), format!("{path}?done=saved"));
    let late = admin.post(&world, path, &save).await.expect(200).text();
    assert!(late.contains("Somebody changed these words meanwhile"), "{late}");
    notice_of(&world).await;
    let mut buyer = Browser::of(&world, Who::BuyerA).await;
    let read = buyer.get(&world, "/account/notifications?lang=en").await.text();
    assert!(read.contains("Hurrah: "), "{read}");
    let back = [("version", "1"), ("to", "0")];
    let restored = admin.post(&world, &format!("{path}/restore"), &back).await;
    assert_eq!(location(&restored), format!("{path}?done=restored"));
    let read = buyer.get(&world, "/account/notifications").await.text();
    assert!(!read.contains("Hurrah: "), "{read}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operator_writes_the_words_of_a_mail_and_it_is_sent_in_them() {
    let world = World::new().await;
    let mut admin = Browser::of(&world, Who::Admin).await;
    let list = admin.get(&world, "/operator/templates?lang=en&in=en").await;
    let list = list.expect(200).text();
    let path = "/operator/templates/mail_reset_password/en";
    assert!(
        list.contains(path) && list.contains("E-mails: Safety of your account"),
        "{list}"
    );
    let page = admin.get(&world, path).await.expect(200).text();
    assert!(
        page.contains("Hello Lucía Romero,") && page.contains("reset-password?token=3f9a"),
        "{page}"
    );
    let words = |title, text| {
        [
            ("title", title),
            ("text", text),
            ("version", "0"),
            ("act", "save"),
        ]
    };
    let useless = words("Hurrah, a password", "Hello {name}");
    let back = admin.post(&world, path, &useless).await.expect(200).text();
    assert!(back.contains("the mail is good for nothing without it"), "{back}");
    let saved = admin
        .post(
            &world,
            path,
            &words("Hurrah, a password", "Here, {name}:\r\n{link}"),
        )
        .await;
    assert_eq!(location(&saved), format!("{path}?done=saved"));

    let buyer = Who::BuyerA.email();
    let asked = world
        .call("request_password_reset", &[])
        .json(&json!({ "email": buyer }));
    world.send(&asked).await.expect(202);
    let (subject, body): (String, String) = sqlx::query_as(
        "select subject, body from identity.mail where recipient = $1 and body like '%/reset-password?token=%'",
    )
    .bind(buyer)
    .fetch_one(&mut world.db.owner().await)
    .await
    .unwrap();
    assert_eq!(subject, "Hurrah, a password");
    assert!(body.contains("/reset-password?token="), "{body}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_is_tried_again_and_given_up_on_its_page() {
    let world = World::new().await;
    let mut admin = Browser::of(&world, Who::Admin).await;
    let path = "/operator/dead-letters";
    let none = admin
        .get(&world, &format!("{path}?lang=en"))
        .await
        .expect(200)
        .text();
    assert!(none.contains("Nothing has failed for good"), "{none}");
    // Nobody does the first, so that it is not tried.
    let id = crate::rightly::failed_job(&world, "a test").await;
    let other = crate::rightly::failed_job(&world, "checkout.mails").await;
    let page = admin.get(&world, path).await.expect(200).text();
    for said in [
        "A mail about an order",
        "Work in the background",
        "nobody does it",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    let retry = format!("{path}/{id}/retry");
    let tried = admin.post(&world, &retry, &[]).await;
    assert_eq!(location(&tried), format!("{path}?done=saved"));
    admin.post(&world, &retry, &[]).await.expect(404);
    admin
        .post(&world, &format!("{path}/{other}/dismiss"), &[])
        .await
        .expect(303);
    let page = admin.get(&world, path).await.expect(200).text();
    for said in [
        "Tried again: Work in the background",
        "Given up: A mail about an order",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    world.close().await;
}

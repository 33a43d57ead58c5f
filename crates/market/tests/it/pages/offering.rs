//! What sellers say of their products beside words and prices: numbers under bar codes, who else sells them, what they cost later.

use super::*;
use kernel::Clock;
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_check_digit_is_told_beside_its_field() {
    let world = World::new().await;
    let mut owner = Browser::of(&world, Who::OwnerA).await;
    let path = format!("/seller/products/{}", world.a.product);
    let page = owner.get(&world, &path).await.expect(200);
    let (version, code) = (field(&page, "version"), field(&page, "variant.0.code"));
    let form = |gtin: &'static str| {
        [
            ("version", version.as_str()),
            ("title", "Bowl with a number"),
            ("state", "active"),
            ("variant.0.code", code.as_str()),
            ("variant.0.price", "19.99"),
            ("variant.0.gtin", gtin),
        ]
    };
    let back = owner
        .post(&world, &path, &form("4012345678902"))
        .await
        .expect(200)
        .text();
    assert!(
        back.contains("this number would end in 1") && back.contains("id=\"v0-gtin-error\""),
        "{back}"
    );
    assert!(back.contains("value=\"4012345678902\""), "{back}");
    let saved = owner.post(&world, &path, &form("4012 3456 78901")).await;
    assert_eq!(location(&saved), format!("{path}?done=saved"), "{}", saved.text());
    let own = world.call("get_own_product", &[&world.a.product]);
    let own = world.send_as(Who::OwnerA, &own).await.expect(200).json();
    assert_eq!(own["variants"][0]["gtin"], "4012345678901");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seller_says_what_is_the_same_and_the_operator_decides() {
    let world = World::new().await;
    let mut owner = Browser::of(&world, Who::OwnerA).await;
    let mut admin = Browser::of(&world, Who::Admin).await;
    assert!(
        admin
            .get(&world, "/operator/items")
            .await
            .text()
            .contains("Nothing to decide")
    );
    let (ours, theirs) = (world.a.product.as_str(), world.b.product.as_str());
    let page = format!("/seller/products/{ours}/same-as");
    let own = owner.post(&world, &page, &[("same_as", ours)]).await;
    assert_eq!(location(&own), format!("{page}?refused=same_shop"));
    // What is said by mistake is taken back, and nobody is asked about it any more.
    let taken_back = format!("{page}/withdraw");
    assert!(!owner.get(&world, &page).await.text().contains(&taken_back));
    let said = owner.post(&world, &page, &[("same_as", theirs)]).await;
    assert_eq!(location(&said), format!("{page}?done=item_proposed"));
    assert!(owner.get(&world, &page).await.text().contains(&taken_back));
    let back = owner.post(&world, &taken_back, &[]).await;
    assert_eq!(location(&back), format!("{page}?done=item_withdrawn"));
    let text = owner.get(&world, &location(&back)).await.expect(200).text();
    assert!(
        text.contains("Taken back.") && !text.contains("You said that it is the same as"),
        "{text}"
    );
    let waiting = admin.get(&world, "/operator/items").await.expect(200).text();
    assert!(waiting.contains("Nothing to decide"), "{waiting}");
    owner.post(&world, &taken_back, &[]).await.expect(404);
    for decision in ["refuse", "match"] {
        let said = owner.post(&world, &page, &[("same_as", theirs)]).await;
        assert_eq!(
            location(&said),
            format!("{page}?done=item_proposed"),
            "{}",
            said.text()
        );
        let text = owner.get(&world, &page).await.expect(200).text();
        assert!(text.contains("You said that it is the same as"), "{text}");
        let waiting = admin.get(&world, "/operator/items").await.expect(200).text();
        assert!(
            waiting.contains(&format!("/operator/items/{ours}/match")) && waiting.contains(theirs),
            "{waiting}"
        );
        let done = admin
            .post(
                &world,
                &format!("/operator/items/{ours}/{decision}"),
                &[("same_as", theirs)],
            )
            .await;
        assert!(
            location(&done).starts_with("/operator/items?done=item_"),
            "{}",
            done.text()
        );
        assert!(
            admin
                .get(&world, "/operator/items")
                .await
                .text()
                .contains("Nothing to decide")
        );
    }
    testkit::eventually("the other offer stands beside it", || {
        let (world, mut owner, page) = (&world, owner.clone(), page.clone());
        async move {
            let text = owner.get(world, &page).await.expect(200).text();
            text.contains("Buyers see these beside yours").then_some(())
        }
    })
    .await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sale_and_prices_for_many_are_asked_for_later() {
    let world = World::new().await;
    let mut owner = Browser::of(&world, Who::OwnerA).await;
    let path = format!("/seller/products/{}", world.a.product);
    let own = world.call("get_own_product", &[&world.a.product]);
    let own = world.send_as(Who::OwnerA, &own).await.expect(200).json();
    let (code, price) = (
        &own["variants"][0]["code"],
        own["variants"][0]["price"]["amount"].as_i64(),
    );
    let least = |less: i64| {
        let cents = price.expect("a price") - less;
        format!("{}.{:02}", cents / 100, cents % 100)
    };
    let (sale, many) = (least(100), format!("6: {}", least(200)));
    let at = (world.clock.now() + std::time::Duration::from_secs(86_400)).format("%Y-%m-%dT%H:%M");
    let until = (world.clock.now() + std::time::Duration::from_secs(864_000)).format("%Y-%m-%dT%H:%M");
    let (at, until) = (at.to_string(), until.to_string());
    let form = |breaks: &'static str| {
        [
            ("at", at.clone()),
            ("price.0.code", code.as_str().unwrap_or_default().to_owned()),
            ("variant.0.sale_price", sale.clone()),
            ("variant.0.sale_until", until.clone()),
            (
                "variant.0.breaks",
                if breaks.is_empty() {
                    many.clone()
                } else {
                    breaks.to_owned()
                },
            ),
        ]
    };
    let scheduled = format!("{path}/scheduled");
    let wrong = form("six");
    let wrong: Vec<(&str, &str)> = wrong
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let back = owner.post(&world, &scheduled, &wrong).await.expect(200).text();
    assert!(
        back.contains("Write quantity, colon, price") && back.contains(&sale),
        "{back}"
    );
    let right = form("");
    let right: Vec<(&str, &str)> = right
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let asked = owner.post(&world, &scheduled, &right).await;
    assert_eq!(
        location(&asked),
        format!("{path}/history?done=scheduled"),
        "{}",
        asked.text()
    );
    let call = world.call("list_scheduled_changes", &[&world.a.product]);
    let listed = world.send_as(Who::OwnerA, &call).await.expect(200).json();
    let change = &listed["items"][0]["change"]["prices"][0];
    assert_eq!(change["price"], Value::Null, "{listed}");
    assert_eq!(
        change["sale"]["price"]["amount"],
        json!(price.expect("a price") - 100)
    );
    assert_eq!(change["breaks"][0]["from_quantity"], 6);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_somebody_else_set_meanwhile_are_shown_first() {
    let world = World::new().await;
    let mut admin = Browser::of(&world, Who::Admin).await;
    let page = admin.get(&world, "/operator/moderation").await.expect(200);
    let version = field(&page, "version");
    let rules = |word: &'static str| {
        [
            ("version", version.as_str()),
            ("approved_min", "5"),
            ("words", word),
        ]
    };
    let saved = admin
        .post(&world, "/operator/moderation/rules", &rules("fake"))
        .await;
    assert_eq!(location(&saved), "/operator/moderation?done=saved");
    let late = admin
        .post(&world, "/operator/moderation/rules", &rules("replica"))
        .await;
    assert_eq!(location(&late), "/operator/moderation?refused=version_changed");
    let now = admin.get(&world, "/operator/moderation").await.expect(200).text();
    assert!(now.contains(">fake<") && !now.contains("replica"), "{now}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_leads_back_to_the_queue_as_it_was_narrowed() {
    let world = World::new().await;
    let waits = crate::rightly::visit(&world, "approve_moderation", Some(Who::Admin)).await;
    let id = waits.call.target.split('/').nth(4).unwrap().to_owned();
    let mut admin = Browser::of(&world, Who::Admin).await;
    let queue = "/operator/moderation";
    let of_another = format!("{queue}?lang=en&shop={}&kind=new", world.b.slug);
    let none = admin.get(&world, &of_another).await.expect(200).text();
    assert!(
        none.contains("Nothing that you asked for waits") && !none.contains(&id),
        "{none}"
    );
    let filters = format!("shop={}&kind=new", world.a.slug);
    let shown = admin
        .get(&world, &format!("{queue}?{filters}&waited=nonsense"))
        .await
        .expect(200);
    assert!(shown.text().contains(&id), "{}", shown.text());
    let version = field(&shown, "version");
    let decision = [("version", version.as_str()), ("query", filters.as_str())];
    let decided = admin
        .post(&world, &format!("{queue}/{id}/approve"), &decision)
        .await;
    assert_eq!(
        location(&decided),
        format!("{queue}?{filters}&done=moderation_approved")
    );
    world.close().await;
}

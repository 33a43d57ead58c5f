//! Who changed what, and who may change it: by links and forms alone.

use super::*;

const AUDIT: &str = "/operator/audit";

/// The trail as the administrator reads it, once it has these words.
async fn told(world: &World, target: &str, words: &str) -> String {
    let admin = tokio::sync::Mutex::new(Browser::of(world, Who::Admin).await);
    testkit::eventually("the trail tells it", async || {
        let page = admin.lock().await.get(world, target).await;
        let text = page.expect(200).text();
        text.contains(words).then_some(text)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_a_shops_settings_is_read_in_words_with_what_was_before() {
    let world = World::new().await;
    let own = world.send_as(Who::OwnerA, &world.call("own_shop", &[])).await;
    let days = own.json()["return_days"].as_u64().unwrap();
    let change = world
        .call("change_shop", &[])
        .json(&json!({"return_days": 45, "story": "We moved to the river."}))
        .header("if-match", own.headers["etag"].as_bytes());
    world.send_as(Who::OwnerA, &change).await.expect(200);

    let target = format!("{AUDIT}?lang=en&kind=shop.settings&shop={}", world.a.slug);
    let text = told(&world, &target, "We moved to the river.").await;
    for said in [
        "Days for returns",
        &format!("Was: </span>{days}</del>"),
        "</span>45</ins>",
        "owner",
        &format!("/operator/shops/{}", world.a.id),
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    let spanish = target.replace("lang=en", "lang=es");
    let text = told(&world, &spanish, "We moved to the river.").await;
    for said in [
        "Cambió los ajustes de una tienda",
        "Días para devolver",
        "titular",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }

    let mut admin = Browser::of(&world, Who::Admin).await;
    let by = |email: &str| format!("{AUDIT}?lang=en&kind=shop.settings&who={}", percent(email));
    let owners = admin
        .get(&world, &by(&Who::OwnerA.email()))
        .await
        .expect(200)
        .text();
    assert!(owners.contains("We moved to the river."), "{owners}");
    let others = admin
        .get(&world, &by(&Who::OwnerB.email()))
        .await
        .expect(200)
        .text();
    assert!(!others.contains("We moved to the river."), "{others}");
    let nobody = admin
        .get(&world, &by("nobody@market.test"))
        .await
        .expect(200)
        .text();
    assert!(nobody.contains("Nobody has this address."), "{nobody}");
    let before = admin
        .get(&world, &format!("{AUDIT}?lang=en&until=2001-01-01"))
        .await
        .expect(200)
        .text();
    assert!(before.contains("No change matches that"), "{before}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feature_that_is_turned_off_is_in_the_trail() {
    let world = World::new().await;
    let mut admin = Browser::of(&world, Who::Admin).await;
    admin
        .post(&world, "/operator/features/webhooks", &[("state", "off")])
        .await
        .expect(303);
    let target = format!("{AUDIT}?lang=en&kind=feature.changed");
    let text = told(&world, &target, "no</ins>").await;
    assert!(
        text.contains("Turned a feature on or off") && text.contains("Webhooks"),
        "{text}"
    );
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_given_and_taken_on_their_page_and_the_trail_tells_it() {
    let world = World::new().await;
    let mut admin = Browser::of(&world, Who::Admin).await;
    let page = "/operator/people";
    let unknown = [("email", "nobody@market.test"), ("role", "support")];
    let give = format!("{page}/roles");
    let back = admin
        .post(&world, &format!("{give}?lang=en"), &unknown)
        .await
        .expect(200)
        .text();
    assert!(back.contains("Ask them to register first."), "{back}");
    let email = Who::BuyerB.email();
    let given = admin
        .post(&world, &give, &[("email", &email), ("role", "support")])
        .await;
    assert_eq!(location(&given), format!("{page}?done=saved"));
    let user = world.users[&Who::BuyerB];
    let action = format!("{page}/{user}/role");
    let shown = admin
        .get(&world, &format!("{page}?lang=en"))
        .await
        .expect(200)
        .text();
    assert!(shown.contains(&action) && shown.contains(&email), "{shown}");
    let by_admin = percent(&Who::Admin.email());
    let target = format!("{AUDIT}?lang=en&kind=account.role&who={by_admin}");
    let text = told(&world, &target, "customer support").await;
    assert!(text.contains("Changed a role with the marketplace"), "{text}");

    let taken = admin.post(&world, &action, &[("role", "none")]).await;
    assert_eq!(location(&taken), format!("{page}?done=saved"));
    let shown = admin.get(&world, page).await.expect(200).text();
    assert!(!shown.contains(&action), "{shown}");
    let own = format!("{page}/{}/role", world.users[&Who::Admin]);
    let refused = admin.post(&world, &own, &[("role", "support")]).await;
    assert_eq!(location(&refused), format!("{page}?refused=last_admin"));
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_lost_their_app_is_helped_with_a_reason() {
    let world = World::new().await;
    let user = world.users[&Who::BuyerA];
    crate::rightly::with_factor(&world, user).await;
    let mut admin = Browser::of(&world, Who::Admin).await;
    let email = Who::BuyerA.email();
    let found = format!("/operator/people?email={}", percent(&email));
    let page = admin
        .get(&world, &format!("{found}&lang=en"))
        .await
        .expect(200)
        .text();
    let remove = format!("/operator/people/{user}/remove-second-factor");
    assert!(page.contains(&remove) && page.contains("On since"), "{page}");
    let unsaid = [("back", email.as_str()), ("reason", "")];
    let refused = admin.post(&world, &remove, &unsaid).await;
    assert!(location(&refused).ends_with("refused=text_empty"));
    let said = [("back", email.as_str()), ("reason", "Came by with a passport.")];
    let done = admin.post(&world, &remove, &said).await;
    assert!(location(&done).ends_with("done=factor_removed"));
    let page = admin.get(&world, &found).await.expect(200).text();
    assert!(page.contains("The password alone signs them in."), "{page}");
    let ended = format!("/operator/people/{user}/end-sessions");
    let done = admin.post(&world, &ended, &[("back", email.as_str())]).await;
    assert!(location(&done).ends_with("done=sessions_ended"));
    let target = format!("{AUDIT}?lang=en&kind=account.second_factor_removed");
    told(&world, &target, "Came by with a passport.").await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_had_the_search_index_made_anew_is_in_the_trail() {
    let world = World::new().await;
    let mut admin = Browser::of(&world, Who::Admin).await;
    admin
        .post(&world, "/operator/system/rebuild-index", &[])
        .await
        .expect(303);
    let target = format!("{AUDIT}?lang=en&kind=search.index_rebuilt");
    let text = told(&world, &target, "The search index").await;
    assert!(!text.contains("No change matches that"), "{text}");
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_is_invited_to_the_back_office_and_comes_in_by_the_link() {
    let world = World::new().await;
    let mut admin = Browser::of(&world, Who::Admin).await;
    let (page, invite) = ("/operator/people", "/operator/people/invitations");
    let wrong = [("email", "nobody"), ("role", "support")];
    let back = admin
        .post(&world, &format!("{invite}?lang=en"), &wrong)
        .await
        .expect(200)
        .text();
    assert!(back.contains("This is not an e-mail address"), "{back}");
    let lola = [("email", "lola@market.test"), ("role", "support")];
    let sent = admin.post(&world, invite, &lola).await;
    assert_eq!(location(&sent), format!("{page}?done=invited"));
    let again = admin.post(&world, invite, &lola).await.expect(200).text();
    assert!(again.contains("invited already"), "{again}");
    let shown = admin.get(&world, page).await.expect(200).text();
    let (_, rest) = shown
        .split_once("/operator/people/invitations/")
        .expect("it is listed");
    let (id, _) = rest.split_once('/').expect("an address");
    let taken = admin.post(&world, &format!("{invite}/{id}/take-back"), &[]).await;
    assert_eq!(location(&taken), format!("{page}?done=taken_back"));
    let shown = admin.get(&world, page).await.expect(200).text();
    assert!(!shown.contains("lola@market.test"), "{shown}");

    let email = Who::BuyerB.email();
    let sent = admin
        .post(&world, invite, &[("email", &email), ("role", "moderator")])
        .await;
    assert_eq!(location(&sent), format!("{page}?done=invited"));
    let body: String = sqlx::query_scalar(
        "select body from identity.mail where recipient = $1 and body like '%/join?token=%'",
    )
    .bind(&email)
    .fetch_one(&mut world.db.owner().await)
    .await
    .unwrap();
    let (_, link) = body.split_once("/join?token=").unwrap();
    let token = link.lines().next().unwrap();
    let target = format!("/join?token={token}");
    let mut other = Browser::of(&world, Who::BuyerA).await;
    let refused = other.post(&world, "/join", &[("token", token)]).await.expect(200);
    assert!(refused.text().contains("This invitation went to another address"));
    let mut invited = Browser::of(&world, Who::BuyerB).await;
    let seen = invited.get(&world, &target).await.expect(200).text();
    assert!(seen.contains("Accept the invitation"), "{seen}");
    let joined = invited.post(&world, "/join", &[("token", token)]).await;
    assert_eq!(location(&joined), "/operator");
    let _ = invited.get(&world, "/operator/moderation").await.expect(200);
    // It was good once.
    let spent = other.get(&world, &target).await.expect(200).text();
    assert!(!spent.contains("Accept the invitation"), "{spent}");
    world.close().await;
}

//! Where the shop's programs are told, by forms alone.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_makes_an_endpoint_tries_it_and_ends_it() {
    let world = World::new().await;
    let mut owner = Browser::of(&world, Who::OwnerA).await;
    let list = "/seller/webhooks";
    assert!(
        owner
            .get(&world, list)
            .await
            .text()
            .contains("Nobody is told yet")
    );
    let wrong = [("url", "https://10.0.0.1/hook"), ("description", "Warehouse")];
    let back = owner.post(&world, list, &wrong).await.expect(200).text();
    assert!(back.contains("Name a public https address"), "{back}");
    assert!(back.contains("value=\"Warehouse\""), "{back}");

    let right = [
        ("url", "https://stoa.invalid/hook"),
        ("description", "Warehouse"),
        ("order.confirmed", "yes"),
    ];
    let made = owner.post(&world, list, &right).await.expect(200);
    assert_eq!(made.headers["cache-control"], "no-store");
    let first = secret(&made.text());
    assert!(first.starts_with("whsec_"), "{first}");
    let page = hook(&owner.get(&world, list).await.text());
    let shown = owner.get(&world, &page).await.text();
    assert!(
        shown.contains("stoa.invalid") && !shown.contains(&first),
        "{shown}"
    );

    let rotated = owner
        .post(&world, &format!("{page}/rotate"), &[])
        .await
        .expect(200);
    assert_eq!(rotated.headers["cache-control"], "no-store");
    let rotated = rotated.text();
    assert_ne!(secret(&rotated), first);
    assert!(
        rotated.contains("The old secret signs as well until"),
        "{rotated}"
    );

    let sent = owner.post(&world, &format!("{page}/test"), &[]).await;
    assert_eq!(location(&sent), format!("{page}?done=hook_sent"));
    assert!(owner.get(&world, &page).await.text().contains("A test"));
    let off = owner.post(&world, &format!("{page}/off"), &[]).await;
    assert_eq!(location(&off), format!("{page}?done=hook_off"));
    let refused = owner.post(&world, &format!("{page}/test"), &[]).await;
    assert_eq!(location(&refused), format!("{page}?refused=endpoint_paused"));
    let told = owner.get(&world, &location(&refused)).await.text();
    assert!(told.contains("Turn it on first."), "{told}");
    let on = owner.post(&world, &format!("{page}/on"), &[]).await;
    assert_eq!(location(&on), format!("{page}?done=hook_on"));
    let again = owner
        .post(&world, &format!("{page}/replay"), &[("since", "7")])
        .await;
    assert_eq!(location(&again), format!("{page}?done=hook_replayed"));

    let mut rival = Browser::of(&world, Who::OwnerB).await;
    for act in ["rotate", "test", "replay", "delete"] {
        rival
            .post(&world, &format!("{page}/{act}"), &[])
            .await
            .expect(404);
    }
    let gone = owner.post(&world, &format!("{page}/delete"), &[]).await;
    assert_eq!(location(&gone), format!("{list}?done=hook_deleted"));
    owner.get(&world, &page).await.expect(404);
    world.close().await;
}

fn secret(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"secret\">").expect("a secret");
    rest.split_once('<').unwrap().0.to_owned()
}

/// The page of the first endpoint.
fn hook(list: &str) -> String {
    let (_, rest) = list.split_once("href=\"/seller/webhooks/").expect("an endpoint");
    format!("/seller/webhooks/{}", rest.split_once('"').unwrap().0)
}

//! What the operator's staff say about searches, and what buyers find then.

use super::*;

/// What the search page shows, as soon as the index holds `title` of shop A.
async fn found(world: &World, target: &str, said: &str) -> String {
    testkit::eventually(&format!("{said} at {target}"), async || {
        let text = Browser::default().get(world, target).await.text();
        text.contains(said).then_some(text)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn staff_say_what_words_mean_and_what_is_hidden() {
    let world = World::new().await;
    let mut staff = Browser::of(&world, Who::Moderator).await;
    let page = "/operator/search";
    let first = staff.get(&world, "/operator").await;
    assert_eq!(
        location(&first),
        "/operator/moderation",
        "the first part that is theirs"
    );
    let empty = staff.get(&world, page).await.expect(200).text();
    assert!(empty.contains("No rules yet"), "{empty}");

    let wrong = [("words", "couch"), ("also", ""), ("language", ""), ("note", "")];
    let back = staff
        .post(&world, &format!("{page}/synonyms"), &wrong)
        .await
        .expect(200)
        .text();
    assert!(
        back.contains("value=\"couch\""),
        "what was typed is still there: {back}"
    );
    let right = [
        ("words", "couchette, xylotile"),
        ("also", ""),
        ("language", "en"),
        ("note", "both are said"),
    ];
    let made = staff.post(&world, &format!("{page}/synonyms"), &right).await;
    assert_eq!(location(&made), format!("{page}?done=search_made"));
    let rule = |act: &'static str, targets: &'static str| {
        [
            ("name", "Out of season"),
            ("words", "xylotile"),
            ("category", ""),
            ("language", ""),
            ("act", act),
            ("kind", "seller"),
            ("targets", targets),
            ("number", ""),
            ("starts", ""),
            ("ends", ""),
            ("note", "winter"),
        ]
    };
    let back = staff
        .post(&world, &format!("{page}/rules"), &rule("pin", "nothing"))
        .await
        .expect(200)
        .text();
    assert!(back.contains("Give the address of a product"), "{back}");
    let made = staff
        .post(&world, &format!("{page}/rules"), &rule("hide", "nobody"))
        .await;
    assert_eq!(location(&made), format!("{page}?done=search_made"));
    let shown = found_by(&mut staff, &world, &format!("{page}?q=couchette")).await;
    for said in [
        "couchette, xylotile",
        "Out of season",
        "Hides nobody",
        "couchett | xylotil",
    ] {
        assert!(shown.contains(said), "{said} in {shown}");
    }
    // Ended, it is still told of.
    let (_, rest) = shown.split_once("/operator/search/rules/").unwrap();
    let end = format!("/operator/search/rules/{}", rest.split('"').next().unwrap());
    let ended = staff.post(&world, &end, &[("note", "spring")]).await;
    assert_eq!(location(&ended), format!("{page}?done=search_ended"));
    assert!(staff.get(&world, page).await.text().contains("Ended on"));
    let again = staff.post(&world, &end, &[("note", "spring")]).await;
    assert_eq!(location(&again), format!("{page}?refused=ended"));
    world.close().await;
}

async fn found_by(browser: &mut Browser, world: &World, target: &str) -> String {
    browser.get(world, target).await.expect(200).text()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_says_what_stands_in_the_way_and_how_far_it_is() {
    let world = World::new().await;
    let listed = found(&world, "/search", "/p/").await;
    let (_, rest) = listed.split_once("href=\"/p/").unwrap();
    assert!(rest.contains(&world.a.product) || !rest.is_empty());
    // Nothing costs so little: the filter in the way is named, and leads out.
    let none = found(&world, "/search?price_max=0", "Without the filter").await;
    assert!(none.contains("href=\"/search\""), "{none}");
    let near = found(&world, "/search?near=41010&sort=near", "Nearest first").await;
    assert!(near.contains("value=\"41010\""), "{near}");
    // A place in another list, such as the same in another language, is none in this one: it begins anew.
    for (list, start) in [
        ("/search?q=bowl&sort=newest", "/search?q=bowl&sort=newest"),
        ("/shop/alder?sort=newest", "/shop/alder?sort=newest"),
    ] {
        let lost = format!("{list}&cursor=AAAAAAAAAAAA&seen=24");
        let answer = Browser::default().get(&world, &lost).await.expect(303);
        assert_eq!(location(&answer), start);
    }
    world.close().await;
}

//! What pages say while the search, the store of pictures or the payment provider is cut off, and that they are back afterwards.

use super::journeys::to_the_button;
use super::{Browser, location};
use crate::spec::Answer;
use crate::world::{Who, World};
use market::searching::Engine;
use std::time::Duration;
use testkit::opensearch::{Mishap, OpenSearch};

/// Far more than a page takes, and far less than whoever waits for what is cut off.
const PATIENCE: Duration = Duration::from_secs(4);
/// After which a service that did not answer is asked again.
const REST: Duration = Duration::from_secs(60);

/// A page for people: neither blank nor about the program's inside.
fn assert_is_for_people(answer: &Answer) {
    let text = answer.text();
    assert!(text.contains("<h1"), "{text}");
    for inside in [
        "panicked",
        "backtrace",
        "Connection refused",
        "os error",
        "sqlx",
        "hyper",
    ] {
        assert!(!text.contains(inside), "{inside} in {text}");
    }
}

async fn in_time(asked: impl Future<Output = Answer>) -> Answer {
    tokio::time::timeout(PATIENCE, asked).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_search_lists_say_so_and_show_what_there_is() {
    let index = OpenSearch::start(None).await;
    let url = index.url.clone();
    let world = World::told(|serve| {
        serve.search.engine = Engine::OpenSearch;
        serve.search.opensearch_url = Some(url);
        serve.answers_within_ms = 1_000;
    })
    .await;
    let mut guest = Browser::default();
    let lists = [
        "/search".to_owned(),
        "/search?q=bowl".to_owned(),
        "/c/ceramics/bowls".to_owned(),
        format!("/shop/{}", world.a.slug),
    ];
    let found = testkit::eventually("the list is found", || {
        let (mut guest, world, list) = (guest.clone(), &world, &lists[1]);
        async move {
            let answer = guest.get(world, list).await;
            (answer.status == 200).then_some(answer)
        }
    })
    .await;
    let product = found.text().split("href=\"/p/").nth(1).unwrap().to_owned();
    let product = format!("/p/{}", product.split(['"', '?']).next().unwrap());

    index.is_down(true);
    for list in &lists {
        let answer = in_time(guest.get(&world, list)).await.expect(503);
        assert_is_for_people(&answer);
        let text = answer.text();
        assert!(text.contains("The search does not answer just now."), "{text}");
        assert!(text.contains("href=\"/p/"), "{list} shows nothing: {text}");
    }
    for page in ["/", "/about", product.as_str(), "/cart", "/viewed"] {
        assert_is_for_people(&in_time(guest.get(&world, page)).await.expect(200));
    }
    // One that takes its time is waited for no longer than one that is not there.
    index.is_down(false);
    world.clock.advance(REST);
    for _ in 0..lists.len() {
        index.disturb("_search", Mishap::Slow);
    }
    let answer = in_time(guest.get(&world, &lists[0])).await.expect(503);
    assert_is_for_people(&answer);

    testkit::eventually("lists are found again", || {
        let (mut guest, world, lists) = (guest.clone(), &world, &lists);
        async move {
            world.clock.advance(REST);
            let mut all = true;
            for list in lists {
                all &= guest.get(world, list).await.status == 200;
            }
            all.then_some(())
        }
    })
    .await;
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_store_of_pictures_pages_go_on_and_uploads_say_to_come_back() {
    let world = World::new().await;
    let (store, away) = (world.folder().join("media"), world.folder().join("away"));
    let upload = || {
        let call = world.call("upload_image", &[]).query("alt=A%20second%20bowl");
        call.bytes("image/png", crate::world::picture(99))
    };
    std::fs::rename(&store, &away).unwrap();
    std::fs::write(&store, "no folder").unwrap();
    let mut guest = Browser::default();
    for page in ["/", "/search", "/cart"] {
        assert_is_for_people(&in_time(guest.get(&world, page)).await.expect(200));
    }
    let refused = in_time(world.send_as(Who::OwnerA, &upload())).await.expect(503);
    assert_eq!(refused.at("/code"), "unavailable");
    assert!(!refused.text().contains("os error"), "{}", refused.text());
    std::fs::remove_file(&store).unwrap();
    std::fs::rename(&away, &store).unwrap();
    world.send_as(Who::OwnerA, &upload()).await.expect(201);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_payment_provider_an_order_says_that_it_waits_and_is_paid_later() {
    let world = World::new().await;
    let mut guest = Browser::default();
    let bowl = [("variant", world.a.sku.as_str()), ("quantity", "1")];
    guest.post(&world, "/cart/lines", &bowl).await;
    to_the_button(&world, &mut guest).await;
    let silent = [("method", "tok_timeout")];
    let to = location(&guest.post(&world, "/checkout/payment", &silent).await);
    assert_eq!(to, "/checkout/review");
    let review = guest.get(&world, "/checkout/review").await.expect(200);
    let placed = in_time(super::journeys::press(&world, &mut guest, &review)).await;
    let order = location(&placed);
    assert!(order.starts_with("/orders/"), "{order}");
    let page = in_time(guest.get(&world, &order)).await.expect(200);
    assert_is_for_people(&page);
    let text = page.text();
    // It charged and did not say so: either that was found out already, or the page says that it is waited for.
    let states = ["Waiting for the bank", "Not paid yet", "Confirmed"];
    assert!(states.iter().any(|state| text.contains(state)), "{text}");
    testkit::eventually("the payment is found out about", || {
        let (mut guest, world, order) = (guest.clone(), &world, order.clone());
        async move {
            world.clock.advance(Duration::from_secs(2));
            let text = guest.get(world, &order).await.text();
            (!text.contains("Waiting for the bank") && text.contains("Confirmed")).then_some(())
        }
    })
    .await;
    world.close().await;
}

use crate::world::{World, code, new, says};
use contracts::reviews::{PastReview, ReviewStatus, Summary};
use std::time::Duration;

#[tokio::test]
async fn who_bought_and_received_reviews_once() {
    let world = World::new().await;
    let (ana, eve, shop) = (world.user(), world.user(), world.shop());
    let (bowl, cup) = (world.product(), world.product());
    let order = world.deliver(Some(ana), shop, &[bowl]).await;

    let written = world.write(ana, order, bowl, 4, "It is a fine bowl.").await;
    assert_eq!(written.status, ReviewStatus::Published);
    assert_eq!((written.review.author.as_str(), written.version), ("Ana R.", 1));
    let again = world
        .ratings
        .write(&world.ctx(), ana, new(order, bowl, 5, "Again."))
        .await;
    assert_eq!(code(again), "already_reviewed");
    let other = world
        .ratings
        .write(&world.ctx(), ana, new(order, cup, 5, "Never bought."))
        .await;
    assert_eq!(code(other), "not_received");
    let stranger = world
        .ratings
        .write(&world.ctx(), eve, new(order, bowl, 1, "Not hers."))
        .await;
    assert_eq!(code(stranger), "not_received");
    assert_eq!(world.told().await, [(1, 400)]);

    // Bought once more, it may be reviewed once more.
    let second = world.deliver(Some(ana), shop, &[bowl]).await;
    world
        .write(ana, second, bowl, 5, "Still fine after a year.")
        .await;
    assert_eq!(world.told().await, [(1, 400), (2, 450)]);
    world.is_sound().await;
}

#[tokio::test]
async fn guests_have_nothing_to_review_by() {
    let world = World::new().await;
    let (ana, shop, bowl) = (world.user(), world.shop(), world.product());
    let order = world.deliver(None, shop, &[bowl]).await;
    let refused = world
        .ratings
        .write(&world.ctx(), ana, new(order, bowl, 5, "Mine?"))
        .await;
    assert_eq!(code(refused), "not_received");
}

#[tokio::test]
async fn what_is_changed_is_kept_and_counted_anew() {
    let world = World::new().await;
    let (ana, eve, shop, bowl) = (world.user(), world.user(), world.shop(), world.product());
    let order = world.deliver(Some(ana), shop, &[bowl]).await;
    let written = world.write(ana, order, bowl, 5, "Perfect.").await;
    let id = written.review.id;

    world.clock.advance(Duration::from_secs(60));
    let changed = world
        .ratings
        .edit(&world.ctx(), ana, id, says(2, "It cracked."))
        .await
        .unwrap();
    assert_eq!((changed.version, changed.review.stars), (2, 2));
    assert_eq!(changed.review.edited_at, Some(world.clock_now()));
    let stranger = world
        .ratings
        .edit(&world.ctx(), eve, id, says(5, "No, it did not."))
        .await;
    assert_eq!(code(stranger), "not_found");
    // Other words with the same stars are no other rating.
    world
        .ratings
        .edit(&world.ctx(), ana, id, says(2, "It cracked on day two."))
        .await
        .unwrap();
    assert_eq!(world.told().await, [(1, 500), (1, 200)]);

    let seen = world
        .ratings
        .queue(ReviewStatus::Published, None, 10)
        .await
        .unwrap();
    let earlier: Vec<_> = seen.items[0]
        .earlier
        .iter()
        .map(|e| (e.version, e.stars, e.text.as_str()))
        .collect();
    assert_eq!(earlier, [(2, 2, "It cracked."), (1, 5, "Perfect.")]);
    world.is_sound().await;
}

#[tokio::test]
async fn what_is_taken_back_leaves_no_stars_and_its_place_to_another() {
    let world = World::new().await;
    let (ana, eve, shop, bowl) = (world.user(), world.user(), world.shop(), world.product());
    let order = world.deliver(Some(ana), shop, &[bowl]).await;
    let id = world.write(ana, order, bowl, 1, "Bad.").await.review.id;
    assert_eq!(
        code(world.ratings.delete(&world.ctx(), eve, id).await),
        "not_found"
    );
    world.ratings.delete(&world.ctx(), ana, id).await.unwrap();
    assert_eq!(
        code(world.ratings.delete(&world.ctx(), ana, id).await),
        "not_found"
    );
    assert_eq!(world.told().await, [(1, 100), (0, 0)]);
    assert_eq!(world.ratings.ratings(vec![bowl]).await.unwrap(), []);
    world.write(ana, order, bowl, 3, "Not so bad after all.").await;
    assert_eq!(world.summary(bowl).await, Summary::of([0, 0, 1, 0, 0]));
    world.is_sound().await;
}

#[tokio::test]
async fn many_at_once_are_counted_as_one_by_one() {
    let world = World::new().await;
    let shop = world.shop();
    let products = [world.product(), world.product(), world.product()];
    let mut writing = Vec::new();
    for n in 0..12u8 {
        let buyer = world.user();
        let order = world.deliver(Some(buyer), shop, &products).await;
        for product in products {
            writing.push((buyer, new(order, product, n % 5 + 1, "It does what it should.")));
        }
    }
    let ctx = world.ctx();
    let outcomes = writing
        .into_iter()
        .map(|(buyer, new)| world.ratings.write(&ctx, buyer, new));
    for outcome in futures::future::join_all(outcomes).await {
        outcome.unwrap();
    }
    for product in products {
        assert_eq!(world.summary(product).await, Summary::of([3, 3, 2, 2, 2]));
    }
    let of_shop = world.ratings.shop_ratings(vec![shop]).await.unwrap();
    assert_eq!(
        (of_shop[0].rating.count, of_shop[0].rating.average_hundredths),
        (36, 275)
    );
    world.is_sound().await;
}

#[tokio::test]
async fn the_past_is_written_at_its_time_and_once() {
    let world = World::new().await;
    let (ana, shop) = (world.user(), world.shop());
    let (bowl, cup, plate) = (world.product(), world.product(), world.product());
    let order = world.deliver(Some(ana), shop, &[bowl, cup]).await;
    let at = world.clock_now() - Duration::from_secs(86_400);
    let past = |product, text: &str, reply: Option<&str>| PastReview {
        buyer: ana,
        new: new(order, product, 4, text),
        at,
        reply: reply.map(str::to_owned),
    };
    let reviews = vec![
        past(bowl, "A fine bowl.", Some("Thank you, Ana.")),
        past(cup, "Write to me@post.example", Some("We shall.")),
        past(plate, "Never bought.", None),
    ];
    assert_eq!(
        world
            .ratings
            .write_past(&world.ctx(), reviews.clone())
            .await
            .unwrap(),
        2
    );
    assert_eq!(world.ratings.write_past(&world.ctx(), reviews).await.unwrap(), 0);
    let page = world.page(bowl).await;
    assert_eq!(page.items[0].at, at);
    assert_eq!(
        page.items[0].reply.as_ref().map(|reply| reply.text.as_str()),
        Some("Thank you, Ana.")
    );
    assert_eq!(
        world.page(cup).await.items,
        [],
        "moderation looks at it as at any other"
    );
    world.is_sound().await;
}

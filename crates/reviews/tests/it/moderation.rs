use crate::world::{World, code, says};
use contracts::reviews::{ReportReason, ReviewStatus, Summary, Suspicion, Verdict};
use std::time::Duration;

fn no(reason: &str) -> Verdict {
    Verdict::Reject {
        reason: reason.to_owned(),
    }
}

#[tokio::test]
async fn what_is_doubted_waits_until_a_moderator_has_looked() {
    let world = World::new().await;
    let (ana, bo, shop, bowl) = (world.user(), world.user(), world.shop(), world.product());
    let order = world.deliver(Some(ana), shop, &[bowl]).await;
    let held = world
        .write(
            ana,
            order,
            bowl,
            5,
            "Cheaper at www.pots.example, call 612 345 678.",
        )
        .await;
    assert_eq!(held.status, ReviewStatus::Queued);
    assert_eq!(world.page(bowl).await.items, []);
    assert_eq!(world.told().await, [], "nobody reads it: nothing is counted");
    // Nobody votes for what nobody reads.
    assert_eq!(
        code(world.ratings.vote(&world.ctx(), bo, held.review.id, true).await),
        "not_found"
    );

    let waiting = world
        .ratings
        .queue(ReviewStatus::Queued, None, 10)
        .await
        .unwrap()
        .items;
    assert_eq!(
        waiting[0].suspicions,
        [Suspicion::PhoneNumber, Suspicion::WebAddress]
    );
    let approved = world
        .ratings
        .decide(&world.moderator(), held.review.id, 1, Verdict::Approve)
        .await
        .unwrap();
    assert_eq!(approved.status, ReviewStatus::Published);
    assert_eq!(world.told().await, [(1, 500)]);
    assert_eq!(
        world
            .ratings
            .queue(ReviewStatus::Queued, None, 10)
            .await
            .unwrap()
            .items,
        []
    );
    world.is_sound().await;
}

#[tokio::test]
async fn what_is_rejected_is_read_by_its_author_alone_who_may_change_it() {
    let world = World::new().await;
    let (ana, shop, bowl) = (world.user(), world.shop(), world.product());
    let order = world.deliver(Some(ana), shop, &[bowl]).await;
    let held = world
        .write(ana, order, bowl, 1, "You morons sent me a broken one.")
        .await;
    let id = held.review.id;
    let empty = world.ratings.decide(&world.moderator(), id, 1, no(" ")).await;
    assert_eq!(code(empty), "text_empty");
    let rejected = world
        .ratings
        .decide(&world.moderator(), id, 1, no("Without the insult, please."))
        .await;
    assert_eq!(rejected.unwrap().status, ReviewStatus::Rejected);
    let own = world.ratings.own(ana, id).await.unwrap();
    assert_eq!(own.rejection.as_deref(), Some("Without the insult, please."));

    let changed = world
        .ratings
        .edit(&world.ctx(), ana, id, says(1, "You sent me a broken one."))
        .await
        .unwrap();
    assert_eq!(
        (changed.status, changed.rejection),
        (ReviewStatus::Published, None)
    );
    // A moderator who still has the first text before them decides about nothing.
    let late = world
        .ratings
        .decide(&world.moderator(), id, 1, no("Insults."))
        .await;
    assert_eq!(code(late), "review_changed");
    assert_eq!(world.told().await, [(1, 100)]);
    world.is_sound().await;
}

#[tokio::test]
async fn what_readers_report_stays_until_a_moderator_has_looked() {
    let world = World::new().await;
    let (ana, bo, cy, shop, bowl) = (
        world.user(),
        world.user(),
        world.user(),
        world.shop(),
        world.product(),
    );
    let order = world.deliver(Some(ana), shop, &[bowl]).await;
    let id = world
        .write(ana, order, bowl, 2, "The neighbour's is nicer.")
        .await
        .review
        .id;
    let report = async |who, note: &str| {
        world
            .ratings
            .report(&world.ctx(), who, id, ReportReason::OffTopic, note)
            .await
    };
    assert_eq!(code(report(ana, "").await), "own_review");
    report(bo, "Not about the bowl.").await.unwrap();
    report(bo, "I said it before.").await.unwrap();
    world.clock.advance(Duration::from_secs(1));
    report(cy, "").await.unwrap();
    assert_eq!(world.page(bowl).await.items.len(), 1, "it is still read");

    let waiting = world
        .ratings
        .queue(ReviewStatus::Queued, None, 10)
        .await
        .unwrap()
        .items;
    assert_eq!(
        (waiting[0].reports, waiting[0].status),
        (2, ReviewStatus::Published)
    );
    assert_eq!(waiting[0].suspicions, [Suspicion::Reported]);
    let notes: Vec<&str> = waiting[0]
        .reported
        .iter()
        .map(|report| report.note.as_str())
        .collect();
    assert_eq!(notes, ["", "Not about the bowl."]);
    world.is_sound().await;

    world
        .ratings
        .decide(&world.moderator(), id, 1, no("It is about another bowl."))
        .await
        .unwrap();
    assert_eq!(world.summary(bowl).await, Summary::default());
    let rejected = world
        .ratings
        .queue(ReviewStatus::Rejected, None, 10)
        .await
        .unwrap()
        .items;
    assert_eq!((rejected.len(), rejected[0].reports), (1, 0));
    world.is_sound().await;
}

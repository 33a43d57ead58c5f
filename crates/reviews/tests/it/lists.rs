use crate::world::{World, code};
use contracts::reviews::{ReviewQuery, ReviewSort, Summary};
use kernel::{ProductId, ReviewId};
use std::time::Duration;

/// A product with five reviews, of one star to five, the oldest first.
async fn rated(world: &World) -> (ProductId, Vec<ReviewId>) {
    let (shop, bowl) = (world.shop(), world.product());
    let mut ids = Vec::new();
    for stars in 1..=5 {
        let buyer = world.user();
        let order = world.deliver(Some(buyer), shop, &[bowl]).await;
        ids.push(
            world
                .write(buyer, order, bowl, stars, "It does what it should.")
                .await
                .review
                .id,
        );
        world.clock.advance(Duration::from_secs(60));
    }
    (bowl, ids)
}

async fn stars(world: &World, bowl: ProductId, query: ReviewQuery) -> Vec<u8> {
    let (mut query, mut found) = (query, Vec::new());
    loop {
        let page = world.ratings.of_product(bowl, query.clone()).await.unwrap();
        assert_eq!(
            page.summary,
            Summary::of([1, 1, 1, 1, 1]),
            "of all, whatever the query leaves out"
        );
        found.extend(page.items.iter().map(|review| review.stars));
        match page.next {
            Some(next) => query.after = Some(next),
            None => return found,
        }
    }
}

#[tokio::test]
async fn they_are_sorted_filtered_and_read_page_by_page() {
    let world = World::new().await;
    let (bowl, ids) = rated(&world).await;
    for (id, votes) in [(ids[1], 2), (ids[3], 1)] {
        for _ in 0..votes {
            world
                .ratings
                .vote(&world.ctx(), world.user(), id, true)
                .await
                .unwrap();
        }
    }
    let by = |sort| ReviewQuery {
        sort,
        limit: 2,
        ..ReviewQuery::default()
    };
    assert_eq!(stars(&world, bowl, by(ReviewSort::Newest)).await, [5, 4, 3, 2, 1]);
    assert_eq!(
        stars(&world, bowl, by(ReviewSort::Helpful)).await,
        [2, 4, 5, 3, 1]
    );
    assert_eq!(
        stars(&world, bowl, by(ReviewSort::Highest)).await,
        [5, 4, 3, 2, 1]
    );
    assert_eq!(stars(&world, bowl, by(ReviewSort::Lowest)).await, [1, 2, 3, 4, 5]);
    let threes = ReviewQuery {
        stars: Some(3),
        ..ReviewQuery::default()
    };
    assert_eq!(stars(&world, bowl, threes).await, [3]);
    let six = ReviewQuery {
        stars: Some(6),
        ..ReviewQuery::default()
    };
    assert_eq!(
        code(world.ratings.of_product(bowl, six).await),
        "parameter_invalid"
    );
    let nowhere = ReviewQuery {
        after: Some(kernel::Cursor("nowhere".to_owned())),
        ..ReviewQuery::default()
    };
    assert_eq!(
        code(world.ratings.of_product(bowl, nowhere).await),
        "cursor_invalid"
    );
}

#[tokio::test]
async fn one_buyer_finds_it_helpful_once_and_never_ones_own() {
    let world = World::new().await;
    let (ana, bo, shop, bowl) = (world.user(), world.user(), world.shop(), world.product());
    let order = world.deliver(Some(ana), shop, &[bowl]).await;
    let id = world
        .write(ana, order, bowl, 5, "It does what it should.")
        .await
        .review
        .id;
    let vote = async |who, helpful| world.ratings.vote(&world.ctx(), who, id, helpful).await;
    assert_eq!(code(vote(ana, true).await), "own_review");
    assert_eq!(vote(bo, false).await.unwrap(), 0, "there is nothing to take back");
    assert_eq!(vote(bo, true).await.unwrap(), 1);
    assert_eq!(vote(bo, true).await.unwrap(), 1);
    assert_eq!(world.ratings.votes(bo, vec![id]).await.unwrap(), [id]);
    assert_eq!(vote(bo, false).await.unwrap(), 0);
    world.is_sound().await;
}

#[tokio::test]
async fn a_shop_answers_its_own_reviews_and_no_others() {
    let world = World::new().await;
    let (ana, shop, rival, bowl) = (world.user(), world.shop(), world.shop(), world.product());
    let order = world.deliver(Some(ana), shop, &[bowl]).await;
    let id = world
        .write(ana, order, bowl, 5, "It does what it should.")
        .await
        .review
        .id;
    let theirs = world
        .ratings
        .reply(&world.ctx(), rival, id, "Ours is nicer.")
        .await;
    assert_eq!(code(theirs), "not_found");
    assert_eq!(
        world
            .ratings
            .of_seller(rival, false, None, 10)
            .await
            .unwrap()
            .items,
        []
    );

    let unanswered = async || {
        world
            .ratings
            .of_seller(shop, true, None, 10)
            .await
            .unwrap()
            .items
            .len()
    };
    assert_eq!(unanswered().await, 1);
    let said = world
        .ratings
        .reply(&world.ctx(), shop, id, "Thank you.")
        .await
        .unwrap()
        .reply
        .unwrap();
    assert_eq!((said.text.as_str(), said.edited_at), ("Thank you.", None));
    assert_eq!(unanswered().await, 0);
    world.clock.advance(Duration::from_secs(60));
    let changed = world
        .ratings
        .reply(&world.ctx(), shop, id, "Thank you, Ana.")
        .await
        .unwrap()
        .reply
        .unwrap();
    assert_eq!(
        (changed.at, changed.edited_at),
        (said.at, Some(world.clock_now()))
    );
}

#[tokio::test]
async fn a_buyer_sees_what_is_left_to_review() {
    let world = World::new().await;
    let (ana, bo, shop) = (world.user(), world.user(), world.shop());
    let (bowl, cup) = (world.product(), world.product());
    let order = world.deliver(Some(ana), shop, &[bowl, cup]).await;
    let open = async |who| {
        let found = world.ratings.of_order(who, order).await.unwrap();
        let open: Vec<ProductId> = found.open.iter().map(|one| one.product).collect();
        (open, found.written.len())
    };
    let mut both = vec![bowl, cup];
    both.sort_unstable();
    assert_eq!(open(ana).await, (both, 0));
    assert_eq!(open(bo).await, (vec![], 0));
    world.write(ana, order, cup, 4, "It does what it should.").await;
    assert_eq!(open(ana).await, (vec![bowl], 1));
    assert_eq!(world.ratings.reviewable(ana, 10).await.unwrap().len(), 1);
    let mine = world.ratings.of_buyer(ana, None, 10).await.unwrap().items;
    assert_eq!((mine.len(), mine[0].review.product), (1, cup));
}

use crate::world::{World, code, new};
use contracts::messages::{
    Conversation, MessageKind, NewQuote, NewThread, Party, QuoteStatus, ThreadKind, Wish,
};
use kernel::{Currency, Money, TenantId, UserId};
use std::time::Duration;

fn quote(world: &World, amount: i64) -> NewQuote {
    NewQuote {
        price: Money::new(amount, Currency::EUR),
        lead_days: 21,
        valid_until: world.ctx().now.date_naive() + chrono::Days::new(7),
        text: "With two bands.".to_owned(),
    }
}

async fn asked(world: &World, buyer: UserId, shop: TenantId) -> Conversation {
    let custom = NewThread {
        product: Some(world.product(shop)),
        custom: Some(Wish {
            by: Some(world.ctx().now.date_naive() + chrono::Days::new(60)),
            budget: Some(Money::new(13_000, Currency::EUR)),
        }),
        ..new(shop, "45 cm high, please.")
    };
    world.talks.start(&world.ctx(), buyer, custom).await.unwrap()
}

#[tokio::test]
async fn a_custom_order_is_quoted_for_and_its_quote_accepted_once() {
    let world = World::new().await;
    let (ana, bo, shop, rival) = (world.user(), world.user(), world.shop(), world.shop());
    let talk = asked(&world, ana, shop).await;
    let id = talk.thread.id;
    assert_eq!(talk.thread.kind, ThreadKind::Custom);
    assert_eq!(
        talk.thread.wish.unwrap().budget,
        Some(Money::new(13_000, Currency::EUR))
    );
    let give = async |of: TenantId, amount| {
        world.tick();
        world
            .talks
            .quote(&world.ctx(), of, id, quote(&world, amount))
            .await
    };
    assert_eq!(code(give(rival, 1).await), "not_found");
    assert_eq!(code(give(shop, 0).await), "amount_out_of_range");
    let first = give(shop, 15_000).await.unwrap();
    let second = give(shop, 12_900).await.unwrap();
    let standing = async |at: usize| {
        let seen = world.read(Party::Buyer(ana), &talk).await;
        seen.messages[at].quote.unwrap().status
    };
    assert_eq!(
        (standing(1).await, standing(0).await),
        (QuoteStatus::Over, QuoteStatus::Open)
    );

    let answer = async |buyer, message, accept| {
        world.tick();
        world
            .talks
            .answer_quote(&world.ctx(), buyer, id, message, accept)
            .await
    };
    assert_eq!(code(answer(ana, first.id, true).await), "quote_over");
    assert_eq!(code(answer(bo, second.id, true).await), "not_found");
    let accepted = answer(ana, second.id, true).await.unwrap();
    assert_eq!(accepted.quote.unwrap().status, QuoteStatus::Accepted);
    assert_eq!(code(answer(ana, second.id, false).await), "quote_over");
    let seen = world.read(Party::Shop(shop), &talk).await;
    assert_eq!(seen.messages[0].kind, MessageKind::QuoteAccepted);
    assert_eq!(seen.thread.unread, 2);
}

#[tokio::test]
async fn a_quote_is_over_after_its_last_day_and_plain_questions_have_none() {
    let world = World::new().await;
    let (ana, shop) = (world.user(), world.shop());
    let talk = asked(&world, ana, shop).await;
    let given = world
        .talks
        .quote(&world.ctx(), shop, talk.thread.id, quote(&world, 5_000))
        .await
        .unwrap();
    world.clock.advance(Duration::from_secs(8 * 24 * 60 * 60));
    let seen = world.read(Party::Buyer(ana), &talk).await;
    assert_eq!(seen.messages[0].quote.unwrap().status, QuoteStatus::Over);
    let late = world
        .talks
        .answer_quote(&world.ctx(), ana, talk.thread.id, given.id, true)
        .await;
    assert_eq!(code(late), "quote_over");

    let plain = world.start(ana, shop, "Just a question.").await;
    let unasked = world
        .talks
        .quote(&world.ctx(), shop, plain.thread.id, quote(&world, 1))
        .await;
    assert_eq!(code(unasked), "quote_not_asked");
    let without_product = NewThread {
        custom: Some(Wish::default()),
        ..new(shop, "Anything.")
    };
    let refused = world.talks.start(&world.ctx(), ana, without_product).await;
    assert_eq!(code(refused), "product_missing");
}

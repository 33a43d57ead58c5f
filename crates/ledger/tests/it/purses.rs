//! Gift cards and store credit: issued once, owed in the books, switched off, and never guessed.

use crate::world::{World, balances, eur};
use chrono::TimeDelta;
use contracts::purses::{Funding, GiftCardState, IssuedGiftCard, NewCreditGrant, NewGiftCard, Purses as _};
use httpkit::UNKNOWN_CODES_MAX;
use kernel::{Ctx, Fault, Money, UserId};
use ledger::Purses;
use store::Cells;

fn purses(world: &World) -> Purses {
    Purses::new(Cells::single(world.db.url()).db("ledger").expect("url"))
}

fn card(amount: Money, funding: Funding, key: &str) -> NewGiftCard {
    NewGiftCard {
        amount,
        funding,
        expires_at: None,
        note: "Raffle".to_owned(),
        idempotency_key: key.to_owned(),
    }
}

fn grant(user: UserId, amount: Money, key: &str) -> NewCreditGrant {
    NewCreditGrant {
        user,
        amount,
        reason: "For the late parcel.".to_owned(),
        idempotency_key: key.to_owned(),
    }
}

async fn issue(purses: &Purses, ctx: &Ctx, new: NewGiftCard) -> Result<IssuedGiftCard, Fault> {
    purses.issue(ctx, new).await
}

async fn spendable(purses: &Purses, ctx: &Ctx, code: &str) -> Result<(i64, GiftCardState), Fault> {
    let known = purses.balance(ctx, code.to_owned(), String::new()).await?;
    Ok((known.spendable.amount, known.state))
}

#[tokio::test]
async fn a_card_is_issued_once_and_the_books_owe_it() {
    let world = World::new().await;
    let (purses, ctx) = (purses(&world), world.day(0));
    let sold = issue(&purses, &ctx, card(eur(2_500), Funding::Sold, "one"))
        .await
        .expect("issued");
    issue(&purses, &world.day(1), card(eur(1_000), Funding::Given, "two"))
        .await
        .expect("issued");
    let again = issue(&purses, &ctx, card(eur(2_500), Funding::Sold, "one"))
        .await
        .expect_err("issued before");
    assert_eq!(again.code, "gift_card_issued");
    let told = world.db.changed().await;
    assert_eq!(told.len(), 2, "one for each card: {told:?}");
    assert_eq!(told[0]["kind"], "gift_card.issued");
    assert_eq!(told[0]["after"]["amount"]["amount"], 2_500);
    assert!(
        !told.iter().any(|one| one.to_string().contains(&sold.code)),
        "codes are told to nobody: {told:?}"
    );
    assert_eq!(again.extra["id"], sold.card.id.to_string());
    assert!(!serde_json::to_string(&again).expect("json").contains(&sold.code));
    let owed = balances([
        ("bank", 2_500),
        ("gift_cards_outstanding", -3_500),
        ("goodwill_expense", 1_000),
    ]);
    assert_eq!(world.accounts().await, owed);
    assert_eq!(
        spendable(&purses, &ctx, &sold.code.to_lowercase())
            .await
            .expect("known"),
        (2_500, GiftCardState::Active)
    );
    let listed = purses.cards(&ctx, None, 10).await.expect("listed").items;
    assert_eq!(
        listed.iter().map(|card| card.issued.amount).collect::<Vec<_>>(),
        [1_000, 2_500]
    );
    assert!(!serde_json::to_string(&listed).expect("json").contains(&sold.code));
    assert!(sold.code.ends_with(&sold.card.hint));
    let kept: i64 =
        sqlx::query_scalar("select count(*) from ledger.purse p where p::text ilike '%' || $1 || '%'")
            .bind(sold.code.replace('-', ""))
            .fetch_one(&mut world.db.owner().await)
            .await
            .expect("read");
    assert_eq!(kept, 0, "the code is kept nowhere");
}

#[tokio::test]
async fn a_card_that_is_switched_off_or_expired_is_not_spent() {
    let world = World::new().await;
    let (purses, ctx) = (purses(&world), world.day(0));
    let short = NewGiftCard {
        expires_at: Some(world.start + TimeDelta::days(10)),
        ..card(eur(2_500), Funding::Sold, "one")
    };
    let issued = issue(&purses, &ctx, short).await.expect("issued");
    let (id, code) = (issued.card.id, issued.code.as_str());
    let off = |reason: &str| purses.disable(&ctx, id, reason.to_owned());
    off("stolen").await.expect("off");
    let later = world.day(1);
    let twice = purses.disable(&later, id, "again".to_owned());
    assert_eq!(twice.await.expect("off already").disabled_at, Some(ctx.now));
    assert_eq!(
        spendable(&purses, &ctx, code).await.expect("known"),
        (0, GiftCardState::Disabled)
    );
    purses
        .enable(&world.day(2), id, "found again".to_owned())
        .await
        .expect("on");
    assert_eq!(
        spendable(&purses, &ctx, code).await.expect("known"),
        (2_500, GiftCardState::Active)
    );
    assert_eq!(
        spendable(&purses, &world.day(10), code).await.expect("known"),
        (0, GiftCardState::Expired)
    );
    let history = purses.card(&ctx, id).await.expect("known");
    let changes: Vec<&str> = history
        .changes
        .iter()
        .map(|change| change.reason.as_str())
        .collect();
    assert_eq!(changes, ["found again", "stolen"]);
    assert_eq!(history.movements.len(), 1);
    assert_eq!(off("").await.expect_err("no reason").code, "text_empty");
}

#[tokio::test]
async fn a_card_is_switched_often_while_the_clock_stands_still() {
    let world = World::new().await;
    let (purses, ctx) = (purses(&world), world.day(0));
    let issued = issue(&purses, &ctx, card(eur(2_500), Funding::Sold, "one")).await;
    let id = issued.expect("issued").card.id;
    purses.disable(&ctx, id, "stolen".to_owned()).await.expect("off");
    purses.enable(&ctx, id, "found".to_owned()).await.expect("on");
    purses
        .disable(&ctx, id, "lost".to_owned())
        .await
        .expect("off again");
    let changes = purses.card(&ctx, id).await.expect("known").changes;
    let told: Vec<_> = changes
        .iter()
        .map(|change| (change.reason.as_str(), change.at))
        .collect();
    assert_eq!(
        told,
        [("lost", ctx.now), ("found", ctx.now), ("stolen", ctx.now)],
        "the latest first"
    );
}

#[tokio::test]
async fn store_credit_is_granted_once_per_key() {
    let world = World::new().await;
    let (purses, ctx) = (purses(&world), world.day(0));
    let (ana, eva) = (UserId::new(world.start), UserId::new(world.start));
    let give = |user, amount, key: &'static str, day| {
        let (purses, ctx) = (&purses, world.day(day));
        async move { purses.grant(&ctx, grant(user, amount, key)).await }
    };
    let first = give(ana, eur(700), "one", 0).await.expect("granted");
    assert_eq!(give(ana, eur(700), "one", 0).await.expect("the same"), first);
    assert_eq!(
        give(ana, eur(800), "one", 0).await.expect_err("another").code,
        "idempotency_key_reused"
    );
    assert_eq!(
        give(eva, eur(700), "one", 0).await.expect_err("another").code,
        "idempotency_key_reused"
    );
    let usd = Money::new(300, kernel::Currency::USD);
    give(ana, usd, "two", 1).await.expect("granted");
    give(ana, eur(50), "three", 2).await.expect("granted");
    let credit = purses.credit(&ctx, ana).await.expect("read");
    let balances_of: Vec<Money> = credit.iter().map(|credit| credit.balance).collect();
    assert_eq!(balances_of, [eur(750), usd]);
    assert_eq!(purses.credit(&ctx, eva).await.expect("read"), []);
    let page = purses.credit_movements(&ctx, ana, None, 2).await.expect("read");
    assert_eq!(page.items.len(), 2);
    let rest = purses
        .credit_movements(&ctx, ana, page.next, 2)
        .await
        .expect("read");
    assert_eq!((rest.items.len(), rest.next), (1, None));
    assert_eq!(rest.items[0], first);
    // Of both currencies together.
    assert_eq!(
        world.accounts().await.get("goodwill_expense").copied(),
        Some(300),
        "one row per currency, and the last of them is kept"
    );
}

#[tokio::test]
async fn the_same_key_at_once_is_one_grant() {
    let world = World::new().await;
    let (purses, ctx) = (purses(&world), world.day(0));
    let ana = UserId::new(world.start);
    let grants = (0..8).map(|_| purses.grant(&ctx, grant(ana, eur(700), "one")));
    for granted in futures::future::join_all(grants).await {
        granted.expect("granted, or told what was");
    }
    let credit = purses.credit(&ctx, ana).await.expect("read");
    assert_eq!(credit[0].balance, eur(700));
    let owed = balances([("goodwill_expense", 700), ("store_credit_outstanding", -700)]);
    assert_eq!(world.accounts().await, owed);
}

#[tokio::test]
async fn whoever_guesses_waits_and_is_told_nothing_more() {
    let world = World::new().await;
    let (purses, ctx) = (purses(&world), world.day(0));
    let issued = issue(&purses, &ctx, card(eur(2_500), Funding::Sold, "one"))
        .await
        .expect("issued");
    let ask = |code: String, client: &str| purses.balance(&ctx, code, client.to_owned());
    for n in 0..UNKNOWN_CODES_MAX {
        let unknown = ask(format!("AAAA-AAAA-AAAA-{n:04}"), "1.1.1.1")
            .await
            .expect_err("a guess");
        assert_eq!(unknown.code, "gift_card_unknown");
    }
    let refused = ask(issued.code.clone(), "1.1.1.1").await.expect_err("too many");
    assert_eq!(
        (refused.code.as_str(), refused.retry_after_s),
        ("codes_guessed", Some(3_600))
    );
    ask(issued.code, "2.2.2.2").await.expect("somebody else");
}

/// What `stoa verify` is for: a cent more, or less, is found.
#[tokio::test]
async fn a_cent_that_is_not_in_the_books_is_found() {
    let world = World::new().await;
    let (purses, ctx) = (purses(&world), world.day(0));
    issue(&purses, &ctx, card(eur(2_500), Funding::Sold, "one"))
        .await
        .expect("issued");
    world
        .run("update ledger.purse set balance = balance + 1")
        .await
        .expect("done");
    let found = ledger::verify(&world.ledger).await.expect("verify");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].contains("holds 2501, its movements sum to 2500"),
        "{found:?}"
    );
    world
        .run("update ledger.purse set balance = balance - 1, held = 5")
        .await
        .expect("done");
    let found = ledger::verify(&world.ledger).await.expect("verify");
    assert!(found[0].contains("has 5 set aside, its orders 0"), "{found:?}");
    assert_eq!(
        world.run("update ledger.purse set held = 2501").await,
        Err("purse_held_within".to_owned())
    );
    assert_eq!(
        world.run("update ledger.purse_movement set amount = 1").await,
        Err("posting_immutable".to_owned())
    );
}

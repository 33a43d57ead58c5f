//! What shops pay for being put forward: each day once, on the statement, and undone by an operator.

use crate::world::{World, eur};
use contracts::search::promoted::PromotedDayBegun;
use kernel::{Ctx, FixedClock, ProductId, PromotedListingId, TenantId};
use std::sync::Arc;
use store::Scope;
use store::log::Outbox;
use testkit::eventually;
use tokio_util::sync::CancellationToken;

async fn tell(world: &World, ctx: &Ctx, days: &[PromotedDayBegun]) {
    let db = world.db.db(ledger::CONTEXT);
    let mut tx = db.begin(Scope::System).await.expect("begin");
    let mut outbox = Outbox::new();
    for day in days {
        outbox.push(ctx, day).expect("JSON");
    }
    outbox.append(&mut tx).await.expect("told");
    tx.commit().await.expect("commit");
}

#[tokio::test]
async fn each_day_is_charged_once() {
    let world = World::new().await;
    let ledger = world.other();
    let ctx = world.day(0);
    let (shop, product) = (TenantId::new(ctx.now), ProductId::new(ctx.now));
    let day = |n: i64| PromotedDayBegun {
        promoted: PromotedListingId::new(ctx.now),
        tenant: shop,
        product,
        fee: eur(200),
        tax: eur(42),
        from: world.day(n).now,
        until: world.day(n + 1).now,
    };
    tell(&world, &ctx, &[day(0), day(1)]).await;
    let owed = async || {
        let standing = ledger.standing(shop).await.expect("read");
        standing.first().map_or(0, |(_, standing)| standing.payable)
    };
    let stop = CancellationToken::new();
    let clock = Arc::new(FixedClock::at(ctx.now));
    let heard = eventually("two days are owed", async || {
        (owed().await == -484).then(|| stop.cancel())
    });
    futures::join!(
        ledger::charge_promoted(&ledger, clock.clone(), stop.clone()),
        heard
    );

    // Heard again from where it stopped, nothing is charged twice.
    tell(&world, &ctx, &[day(2)]).await;
    let stop = CancellationToken::new();
    let heard = eventually("three days are owed", async || {
        (owed().await == -726).then(|| stop.cancel())
    });
    futures::join!(ledger::charge_promoted(&ledger, clock, stop.clone()), heard);
    let kinds: Vec<(String, i64)> =
        sqlx::query_as("select kind, count(*) from ledger.entry where reference = $1 group by kind")
            .bind(product.0)
            .fetch_all(&mut world.db.owner().await)
            .await
            .expect("entries");
    assert_eq!(kinds, [("promoted_fee".to_owned(), 3)]);
}

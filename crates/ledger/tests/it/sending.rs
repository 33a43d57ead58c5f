//! Payout providers that hang, payouts that cannot be read, and money that comes back when nobody asks any more.

use crate::world::{World, balances, eur};
use futures::FutureExt;
use futures::future::{BoxFuture, pending};
use kernel::{Currency, FixedClock, PayoutId, Role, SystemClock, TenantId, Timestamp};
use ledger::domain::{Said, Schedule};
use ledger::{Asked, Error, Ledger, PayoutProvider, SandboxBank, Transfer};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use testkit::{Caller, eventually};
use tokio_util::sync::CancellationToken;

/// Days after the start on which everything sold at the start is released.
const RELEASED: i64 = 30;

/// A bank that never answers of one kind of account, and else is the sandbox's.
struct Hanging(SandboxBank);

const HANGS: &str = "sandbox:hangs";

impl PayoutProvider for Hanging {
    fn name(&self) -> &'static str {
        "hanging"
    }
    fn send(&self, transfer: Transfer) -> BoxFuture<'_, Said> {
        match transfer.destination == HANGS {
            true => pending().boxed(),
            false => self.0.send(transfer),
        }
    }
    fn inquire(&self, key: String, destination: String, now: Timestamp) -> BoxFuture<'_, Said> {
        match destination == HANGS {
            true => pending().boxed(),
            false => self.0.inquire(key, destination, now),
        }
    }
}

async fn due(world: &World, destination: &str) -> TenantId {
    let tenant = TenantId::new(world.start);
    world.terms(&world.day(0), tenant, destination).await;
    world.sell(&world.day(0), tenant, eur(1_000)).await;
    tenant
}

async fn made(world: &World) {
    let ctx = world.day(RELEASED);
    world.ledger.release_due(&ctx).await.expect("ran");
    world.ledger.settle_due(&ctx).await.expect("ran");
}

async fn payout(world: &World, tenant: TenantId) -> (PayoutId, String) {
    let rows = world.ledger.payouts(tenant, None, None, 1).await.expect("read");
    (rows[0].id, rows[0].state.clone())
}

#[tokio::test]
async fn a_bank_that_hangs_is_unknown_and_the_others_are_paid() {
    let world = World::new().await;
    let (hangs, pays) = (due(&world, HANGS).await, due(&world, "sandbox:bank").await);
    made(&world).await;
    let db = world.db.db("ledger");
    let bank = Arc::new(Hanging(SandboxBank::new(db.clone())));
    let ledger = Ledger::with_provider(db, bank).answered_within(Duration::from_millis(100));
    let ctx = world.day(RELEASED);
    let asked = tokio::time::timeout(Duration::from_secs(10), ledger.send_due(&ctx)).await;
    assert_eq!(asked.expect("it does not wait for ever").expect("ran"), 2);
    assert_eq!(payout(&world, hangs).await.1, "unknown");
    assert_eq!(payout(&world, pays).await.1, "paid");
}

#[tokio::test]
async fn a_payout_that_cannot_be_read_stops_no_other() {
    let world = World::new().await;
    let (broken, pays) = (
        due(&world, "sandbox:bank").await,
        due(&world, "sandbox:bank").await,
    );
    made(&world).await;
    sqlx::query("update ledger.payout set currency = 'QQQ' where tenant_id = $1")
        .bind(broken)
        .execute(&mut world.db.owner().await)
        .await
        .expect("broken");
    assert_eq!(world.ledger.send_due(&world.day(RELEASED)).await.expect("ran"), 2);
    assert_eq!(payout(&world, pays).await.1, "paid");
    assert_eq!(payout(&world, broken).await.1, "sending");
}

#[tokio::test]
async fn what_a_shop_asks_for_is_sent_without_waiting_for_the_next_look() {
    let world = World::new().await;
    let mut shops = Vec::new();
    for _ in 0..3 {
        let shop = due(&world, "sandbox:bank").await;
        world
            .ledger
            .set_terms(&world.day(0), shop, Schedule::Manual, &[])
            .await
            .expect("set");
        shops.push(shop);
    }
    let ctx = world.day(RELEASED);
    world.ledger.release_due(&ctx).await.expect("ran");
    let stop = CancellationToken::new();
    let clock = Arc::new(FixedClock::at(ctx.now));
    let working = ledger::work(world.ledger.clone(), clock, stop.clone());
    let asking = async {
        // One after the other: only the first may be found by whoever begins to look.
        for shop in shops {
            let asked = Asked {
                currency: Currency::EUR,
                key: "now".to_owned(),
            };
            let made = world.ledger.pay_now(&ctx, shop, &asked).await.expect("made");
            eventually("it is paid", async || {
                let (id, state) = payout(&world, shop).await;
                assert_eq!(id, made.payout.id);
                (state == "paid").then_some(())
            })
            .await;
        }
        stop.cancel();
    };
    tokio::join!(working, asking);
}

#[tokio::test]
async fn what_comes_back_after_weeks_is_noted_by_hand_once() {
    let world = World::new().await;
    let tenant = due(&world, "sandbox:bank").await;
    made(&world).await;
    let (id, _) = payout(&world, tenant).await;
    let early = world
        .ledger
        .came_back(&world.day(RELEASED), id, "R-1", "closed")
        .await;
    assert!(matches!(early, Err(Error::PayoutNotPaid(_))), "{early:?}");
    world.ledger.send_due(&world.day(RELEASED)).await.expect("ran");
    assert_eq!(payout(&world, tenant).await.1, "paid");

    let (routes, _) = ledger::routes(world.ledger.clone()).split_for_parts();
    let who = |token: &str| match token {
        "finance" => Some(Caller::operator(Role::Finance)),
        token => Caller::of_shop(token),
    };
    let client = testkit::serve(routes, Arc::new(SystemClock), who).await;
    let path = format!("/v1/admin/ledger/payouts/{id}/return");
    let words = json!({"reason": "The account is closed.", "reference": "R-1"});
    let shop = client.bearer(&tenant.to_string());
    let _ = shop.post(&path, &words).await.expect(403);
    let finance = client.bearer("finance");
    for _ in 0..2 {
        let noted = finance.post(&path, &words).await.expect(200).json();
        assert_eq!(noted["state"], "returned");
    }
    let nobody = format!("/v1/admin/ledger/payouts/{}/return", PayoutId::new(world.start));
    let _ = finance.post(&nobody, &words).await.expect(404);
    assert_eq!(
        world.accounts().await,
        balances([
            ("provider_clearing", 1_000),
            ("seller_payable", -900),
            ("commission_revenue", -100),
        ])
    );
    assert_eq!(
        world.topics().await,
        ["ledger.payout_paid", "ledger.payout_returned"]
    );
    let by: Vec<String> = sqlx::query_scalar(
        "select actor ->> 'kind' from ledger.payout_event where payout_id = $1 order by version",
    )
    .bind(id)
    .fetch_all(&mut world.db.owner().await)
    .await
    .expect("read");
    assert_eq!(by, ["system", "system", "operator"]);
}

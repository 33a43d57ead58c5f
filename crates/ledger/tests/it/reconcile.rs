//! Files of several providers, by the names that those have for charges and refunds; lines that find nothing; and what somebody
//! found out.

use crate::world::{World, eur};
use contracts::payments::{PaymentCaptured, PaymentRefunded, RemotePayments};
use contracts::tenants::RemoteTenants;
use contracts::{Reply, Transport};
use kernel::{Ctx, FixedClock, OrderId, PaymentId, RefundId, Role, SystemClock, TenantId};
use serde_json::{Value, json};
use std::fmt::Write;
use std::sync::Arc;
use store::Scope;
use store::log::Outbox;
use testkit::{Caller, eventually};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const HEAD: &str = "reference,kind,gross,fee,net,currency,date\n";

/// Imports lines of reference, kind and amount in euros.
async fn import(world: &World, provider: &str, lines: &[(String, &str, &str)]) {
    let ctx = world.day(0);
    let day = ctx.now.date_naive();
    let mut file = HEAD.to_owned();
    for (reference, kind, gross) in lines {
        writeln!(file, "{reference},{kind},{gross},0,{gross},EUR,{day}").expect("written");
    }
    world
        .ledger
        .import_settlement(&ctx, provider, file.as_bytes())
        .await
        .expect("imported");
}

/// Looks at every line that is waiting.
async fn matched(world: &World) {
    let mut after = None;
    loop {
        after = world.ledger.match_lines(after.as_ref()).await.expect("ran");
        if after.is_none() {
            return;
        }
    }
}

async fn breaks(world: &World) -> Vec<(String, String)> {
    let rows = world
        .ledger
        .breaks(None, Some(false), None, 100)
        .await
        .expect("read");
    rows.into_iter().map(|row| (row.kind, row.reference)).collect()
}

async fn sold(world: &World) -> OrderId {
    world
        .sell(&world.day(0), TenantId::new(world.start), eur(1_000))
        .await
}

#[tokio::test]
async fn a_providers_file_says_nothing_of_anothers_charges() {
    let world = World::new().await;
    let (stripes, paypals) = (sold(&world).await, sold(&world).await);
    world.charged(stripes, "stripe", "pi_1").await;
    world.charged(paypals, "paypal", "2AB").await;
    import(&world, "stripe", &[("pi_1".into(), "charge", "10.00")]).await;
    assert_eq!(breaks(&world).await, []);
    // Its own file is there and does not have it.
    import(&world, "paypal", &[("fee".into(), "charge", "1.00")]).await;
    let there = ("missing_there".to_owned(), String::new());
    assert!(breaks(&world).await.contains(&there));
}

#[tokio::test]
async fn lines_are_matched_by_what_the_provider_calls_charge_and_refund() {
    let world = World::new().await;
    let (tenant, ctx) = (TenantId::new(world.start), world.day(0));
    let order = world.sell(&ctx, tenant, eur(1_000)).await;
    let refund = world.refund(&ctx, order, tenant, eur(300)).await;
    let second = world.refund(&ctx, order, tenant, eur(200)).await;
    import(
        &world,
        "stripe",
        &[
            ("pi_7".into(), "charge", "10.00"),
            ("re_1".into(), "refund", "-3.00"),
            ("re_2".into(), "refund", "-2.00"),
        ],
    )
    .await;
    assert_eq!(breaks(&world).await.len(), 3, "nobody knows these names yet");
    let payment = world.charged(order, "stripe", "pi_7").await;
    for (id, name) in [(refund, "re_1"), (second, "re_2")] {
        sqlx::query(
            "insert into ledger.charge_refund (refund_id, payment_id, reference) values ($1, $2, $3)",
        )
        .bind(id)
        .bind(payment)
        .bind(name)
        .execute(&mut world.db.owner().await)
        .await
        .expect("noted");
    }
    // Looking matches nothing: three lines without an entry, and three entries without a line. The job does.
    assert_eq!(breaks(&world).await.len(), 6);
    matched(&world).await;
    assert_eq!(breaks(&world).await, []);
}

#[tokio::test]
async fn charges_and_refunds_are_noted_as_they_were_told_first_however_many_at_once() {
    let world = World::new().await;
    let ctx = world.day(0);
    let (payment, unnamed) = (PaymentId::new(ctx.now), PaymentId::new(ctx.now));
    let (order, given) = (OrderId::new(ctx.now), RefundId::new(ctx.now));
    let captured = |payment, reference: Option<&str>| PaymentCaptured {
        payment,
        order,
        amount: eur(1_000),
        reference: reference.map(str::to_owned),
    };
    let refunded = |refund, reference: Option<&str>| PaymentRefunded {
        payment,
        order,
        amount: eur(300),
        refund,
        reference: reference.map(str::to_owned),
        sold: true,
    };
    let mut outbox = Outbox::new();
    for told in [
        captured(payment, Some("pi_1")),
        captured(unnamed, None),
        captured(payment, Some("pi_2")),
    ] {
        outbox.push(&ctx, &told).expect("JSON");
    }
    // Of money that was never sold for, and of a refund without a name, nothing is noted.
    for told in [
        refunded(None, Some("re_0")),
        refunded(Some(given), None),
        refunded(Some(given), Some("re_1")),
        refunded(Some(given), Some("re_1")),
    ] {
        outbox.push(&ctx, &told).expect("JSON");
    }
    let mut tx = world
        .db
        .db(ledger::CONTEXT)
        .begin(Scope::System)
        .await
        .expect("begin");
    outbox.append(&mut tx).await.expect("told");
    tx.commit().await.expect("commit");

    let refunds = async || -> Vec<(Uuid, Uuid, String)> {
        sqlx::query_as("select refund_id, payment_id, reference from ledger.charge_refund")
            .fetch_all(&mut world.db.owner().await)
            .await
            .expect("read")
    };
    let stop = CancellationToken::new();
    let heard = eventually("the refund is noted", async || {
        (!refunds().await.is_empty()).then(|| stop.cancel())
    });
    let clock = Arc::new(FixedClock::at(ctx.now));
    futures::join!(ledger::work(world.other(), clock, stop.clone()), heard);
    assert_eq!(refunds().await, [(given.0, payment.0, "re_1".to_owned())]);
    let charges: Vec<(Uuid, Uuid, Option<String>)> =
        sqlx::query_as("select payment_id, order_id, reference from ledger.charge order by reference")
            .fetch_all(&mut world.db.owner().await)
            .await
            .expect("read");
    let named = Some("pi_1".to_owned());
    assert_eq!(charges, [(payment.0, order.0, named), (unnamed.0, order.0, None)]);
}

/// Stands for payments: all charges are Stripe's.
struct Desk;

impl Transport for Desk {
    fn call<'a>(
        &'a self,
        _: &'static str,
        method: &'static str,
        _: &'a Ctx,
        body: Value,
    ) -> Reply<'a, Value> {
        assert_eq!(method, "providers");
        let ids = body[0].as_array().expect("ids").iter();
        let known: Vec<Value> = ids
            .map(|id| json!({"payment": id, "provider": "stripe"}))
            .collect();
        Box::pin(async move { Ok(Value::from(known)) })
    }
}

#[tokio::test]
async fn who_has_a_charge_is_asked_once_and_kept() {
    let world = World::new().await;
    let order = sold(&world).await;
    world.charged(order, "stripe", "pi_3").await;
    sqlx::query("update ledger.charge set provider = null")
        .execute(&mut world.db.owner().await)
        .await
        .expect("unknown");
    import(&world, "stripe", &[("pi_3".into(), "charge", "10.00")]).await;
    matched(&world).await;
    assert_eq!(breaks(&world).await.len(), 1, "it could be anybody's");
    let desk = Arc::new(Desk);
    let ledger = world.other().asking(
        Arc::new(RemoteTenants(desk.clone())),
        Arc::new(RemotePayments(desk)),
    );
    assert_eq!(ledger.learn_providers(&world.day(0)).await.expect("asked"), 1);
    assert_eq!(ledger.learn_providers(&world.day(0)).await.expect("asked"), 0);
    matched(&world).await;
    assert_eq!(breaks(&world).await, []);
}

#[tokio::test]
async fn a_thousand_lines_that_find_nothing_keep_no_other_waiting() {
    let world = World::new().await;
    let order = sold(&world).await;
    let lost = (0..1_001).map(|n| (format!("a{n:05}"), "charge", "1.00"));
    let lines: Vec<_> = lost.chain([("pi_9".to_owned(), "charge", "10.00")]).collect();
    import(&world, "stripe", &lines).await;
    world.charged(order, "stripe", "pi_9").await;
    matched(&world).await;
    let here: Vec<String> =
        sqlx::query_scalar("select reference from ledger.settlement_line where entry_id is not null")
            .fetch_all(&mut world.db.owner().await)
            .await
            .expect("read");
    assert_eq!(here, ["pi_9"]);
}

#[tokio::test]
async fn a_disagreement_is_explained_until_it_becomes_another() {
    let world = World::new().await;
    let order = sold(&world).await;
    world.charged(order, "stripe", "pi_1").await;
    import(&world, "stripe", &[("pi_1".into(), "charge", "9.00")]).await;
    let (routes, _) = ledger::routes(world.ledger.clone()).split_for_parts();
    let who = |token: &str| match token {
        "finance" => Some(Caller::operator(Role::Finance)),
        token => Caller::of_shop(token),
    };
    let client = testkit::serve(routes, Arc::new(SystemClock), who).await;
    let finance = client.bearer("finance");
    let listed = finance.get("/v1/admin/ledger/breaks").await.expect(200).json();
    let place = listed["items"][0]["break"].clone();
    let explain = "/v1/admin/ledger/breaks/explain";
    let note = json!({"break": place, "note": "A euro was disputed."});
    let shop = client.bearer(&TenantId::new(world.start).to_string());
    let _ = shop.post(explain, &note).await.expect(403);
    let nothing = json!({"break": "l:stripe:pi_2:charge", "note": "?"});
    let _ = finance.post(explain, &nothing).await.expect(404);
    let said = finance.post(explain, &note).await.expect(200).json();
    assert_eq!(said["explained"]["note"], "A euro was disputed.");
    assert_eq!(said["explained"]["by"]["kind"], "operator");

    let rest = finance.get("/v1/admin/ledger/breaks").await.expect(200).json();
    assert_eq!(rest["items"], json!([]));
    let explained = finance
        .get("/v1/admin/ledger/breaks?explained=true")
        .await
        .expect(200)
        .json();
    assert_eq!(explained["items"][0]["break"], place);
    // Another amount is another disagreement.
    sqlx::query("update ledger.settlement_line set gross = 800, net = 800")
        .execute(&mut world.db.owner().await)
        .await
        .expect("changed");
    assert_eq!(breaks(&world).await.len(), 1);
}

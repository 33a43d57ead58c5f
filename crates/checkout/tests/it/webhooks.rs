//! What the provider tells by itself, over HTTP: signed, forged, doubled, late, replayed and in the wrong order.

use crate::provider::Cut;
use crate::world::{Instance, SECRET, World};
use axum::http::{HeaderValue, Method};
use checkout::Config;
use contracts::checkout::Checkout;
use contracts::orders::{AsOf, Order, OrderStatus, Orders as _};
use contracts::payments::{PaymentStatus, Payments};
use kernel::Clock;
use payments::provider::charge_key;
use payments::webhook::{Secret, Webhook};
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Client, Response, eventually, spawn_router};

const PATH: &str = "/v1/webhooks/payments/sandbox";

pub struct Hook {
    client: Client,
    secret: Secret,
}

impl Hook {
    pub async fn new(world: &World, instance: &Instance) -> Self {
        let (routes, _) = checkout::routes(instance.checkouts.clone()).split_for_parts();
        let observed = httpkit::Instance {
            id: HeaderValue::from_static("test"),
            clock: world.clock.clone(),
            trusted_proxies: httpkit::TrustedProxies::default(),
        };
        let base = spawn_router(routes.layer(httpkit::Observe(observed))).await;
        Self {
            client: Client::new(base),
            secret: Secret::new(SECRET.to_vec()),
        }
    }

    /// A message about an attempt at an order, signed now.
    fn message(&self, world: &World, id: &str, kind: &str, order: &Order, attempt: u32) -> Webhook {
        let key = charge_key(order.payment, attempt);
        let body = json!({ "type": kind, "data": { "key": key } });
        self.secret
            .sign(id, world.clock.now(), body.to_string().into_bytes())
    }

    async fn send(&self, webhook: &Webhook) -> Response {
        self.client
            .header("webhook-id", &webhook.id)
            .header("webhook-timestamp", &webhook.timestamp)
            .header("webhook-signature", &webhook.signature)
            .header("content-type", "application/json")
            .send(Method::POST, PATH, webhook.body.clone())
            .await
    }

    pub async fn tell(&self, world: &World, id: &str, kind: &str, order: &Order, attempt: u32) -> bool {
        let webhook = self.message(world, id, kind, order, attempt);
        let answer: Value = self.send(&webhook).await.expect(200).read();
        answer["duplicate"].as_bool().unwrap()
    }
}

async fn order_of(world: &World, order: &Order) -> Order {
    let ctx = world.ctx();
    world
        .orders
        .order(&ctx, None, order.id, AsOf::default())
        .await
        .unwrap()
}

async fn confirmed(world: &World, order: &Order) {
    eventually("the order is confirmed", async || {
        (order_of(world, order).await.status == OrderStatus::Confirmed).then_some(())
    })
    .await;
}

/// An order at the bank's, approved there by a buyer who never comes back.
async fn approved_and_gone(world: &World, instance: &Instance) -> Order {
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(world, &[(&bowl, 1)]).await;
    let outcome = instance.pay(world, &owner, &order, "tok_3ds").await.unwrap();
    let reference = outcome.action_url.unwrap().rsplit('/').next().unwrap().to_owned();
    world
        .payments
        .sandbox_answer(&world.ctx(), reference, true)
        .await
        .unwrap();
    order
}

#[tokio::test]
async fn a_webhook_finishes_what_its_buyer_left_lying() {
    let world = World::new().await;
    let instance = world.instance();
    let hook = Hook::new(&world, &instance).await;
    let order = approved_and_gone(&world, &instance).await;
    assert!(!hook.tell(&world, "m1", "charge.authorized", &order, 1).await);
    // The clock stands still, so nobody has looked by themselves.
    confirmed(&world, &order).await;
    assert_eq!(world.charges(&order).await, (1, 1));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn the_same_webhook_three_times_is_heard_once() {
    let world = World::new().await;
    let instance = world.instance();
    let hook = Hook::new(&world, &instance).await;
    let order = approved_and_gone(&world, &instance).await;
    let mut duplicates = Vec::new();
    for _ in 0..3 {
        duplicates.push(hook.tell(&world, "m1", "charge.authorized", &order, 1).await);
    }
    assert_eq!(duplicates, [false, true, true]);
    confirmed(&world, &order).await;
    let at_once = (0..5).map(|_| hook.tell(&world, "m2", "charge.captured", &order, 1));
    let first = futures::future::join_all(at_once).await;
    assert_eq!(first.iter().filter(|duplicate| !**duplicate).count(), 1);
    assert_eq!(world.charges(&order).await, (1, 1));
    let history = world.orders.history(&world.ctx(), None, order.id).await.unwrap();
    assert_eq!(history.len(), 2, "placed and confirmed");
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn webhooks_in_any_order_lead_to_what_the_provider_says() {
    let kinds = [
        "charge.captured",
        "charge.requires_action",
        "charge.declined",
        "charge.authorized",
    ];
    let world = World::new().await;
    let instance = world.instance();
    let hook = Hook::new(&world, &instance).await;
    for turn in 0..kinds.len() {
        let order = approved_and_gone(&world, &instance).await;
        for (n, _) in kinds.iter().enumerate() {
            let kind = kinds[(n + turn) % kinds.len()];
            hook.tell(&world, &format!("m{turn}{n}"), kind, &order, 1).await;
        }
        confirmed(&world, &order).await;
        assert_eq!(world.charges(&order).await, (1, 1));
    }
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_webhook_is_not_believed_about_money() {
    let world = World::new().await;
    let instance = world.instance();
    let hook = Hook::new(&world, &instance).await;
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    instance.pay(&world, &owner, &order, "tok_3ds").await.unwrap();
    let asked = world.wire.calls().len();
    hook.tell(&world, "m1", "charge.captured", &order, 1).await;
    eventually("the provider is asked", async || {
        (world.wire.calls().len() > asked).then_some(())
    })
    .await;
    assert_eq!(world.wire.calls().last(), Some(&"inquire"));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(order_of(&world, &order).await.status, OrderStatus::Placed);
    assert_eq!(world.payment(&order).await.status, PaymentStatus::RequiresAction);
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn forged_replayed_and_broken_webhooks_are_refused() {
    let world = World::new().await;
    let instance = world.instance();
    let hook = Hook::new(&world, &instance).await;
    let order = approved_and_gone(&world, &instance).await;
    let code = async |webhook: &Webhook, status| {
        let refused = hook.send(webhook).await.expect(status);
        refused.read::<Value>()["code"].as_str().unwrap().to_owned()
    };
    let genuine = hook.message(&world, "m1", "charge.authorized", &order, 1);
    let mut forged = Secret::new(vec![9; 32]).sign("m1", world.clock.now(), genuine.body.clone());
    assert_eq!(code(&forged, 401).await, "webhook_signature");
    forged.signature = "v1,????".into();
    assert_eq!(code(&forged, 401).await, "webhook_signature");
    let mut renamed = genuine.clone();
    renamed.id = "m2".into();
    assert_eq!(
        code(&renamed, 401).await,
        "webhook_signature",
        "a replay under another id"
    );
    let mut changed = genuine.clone();
    changed.body.push(b' ');
    assert_eq!(code(&changed, 401).await, "webhook_signature");
    let unsigned = hook.client.post(PATH, &json!({})).await.expect(400);
    let problem: Value = unsigned.read();
    assert_eq!(
        (&problem["code"], &problem["errors"][0]["pointer"]),
        (&json!("webhook_malformed"), &json!("webhook-timestamp"))
    );
    let broken = hook.secret.sign("m3", world.clock.now(), b"{".to_vec());
    assert_eq!(code(&broken, 400).await, "webhook_malformed");
    let elsewhere = hook.client.post("/v1/webhooks/payments/nobody", &json!({})).await;
    let _ = elsewhere.expect(404);
    let huge = hook.secret.sign("m4", world.clock.now(), vec![b' '; 300_000]);
    assert_eq!(code(&huge, 413).await, "body_too_large");
    world.clock.advance(Duration::from_secs(301));
    assert_eq!(
        code(&genuine, 400).await,
        "webhook_stale",
        "sent again by somebody who listened"
    );
    // Nothing of it was remembered: the provider's own next attempt is heard.
    assert!(!hook.tell(&world, "m1", "charge.authorized", &order, 1).await);
    let about_nothing = hook.secret.sign(
        "m5",
        world.clock.now(),
        br#"{"type":"x.y","data":{"key":"?"}}"#.to_vec(),
    );
    let _ = hook.send(&about_nothing).await.expect(200);
    confirmed(&world, &order).await;
    world.assert_clean(&instance).await;
}

/// A request that arrives at the provider after everybody gave it up: the order has expired and its payment ended.
async fn arrived_after_the_end(world: &World, instance: &Instance, rival: bool) -> (Hook, Order) {
    let hook = Hook::new(world, instance).await;
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(world, &[(&bowl, 1)]).await;
    instance.pay(world, &owner, &order, "tok_lost").await.unwrap();
    world.clock.advance(Duration::from_secs(16 * 60));
    eventually("the payment is given up", async || {
        let ctx = world.ctx();
        let resumed = instance.checkouts.resume(&ctx, owner.clone(), order.id).await;
        (resumed.unwrap().status == PaymentStatus::Voided).then_some(())
    })
    .await;
    if rival {
        instance.order(world, &[(&bowl, 1)]).await;
    }
    sqlx::query(
        "insert into payments.sandbox_charge (key, reference, currency, amount, method, state, captured, return_path)
         values ($1, 'ch_late', 'EUR', $2, 'tok_visa', 'captured', $2, '/')",
    )
    .bind(charge_key(order.payment, 1))
    .bind(order.total.amount)
    .execute(&mut world.db.owner().await)
    .await
    .unwrap();
    (hook, order)
}

#[tokio::test]
async fn late_news_of_money_confirms_an_order_whose_goods_are_still_there() {
    let world = World::new().await;
    let instance = world.instance();
    let (hook, order) = arrived_after_the_end(&world, &instance, false).await;
    hook.tell(&world, "m1", "charge.captured", &order, 1).await;
    confirmed(&world, &order).await;
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Captured);
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn late_news_of_money_gives_it_back_when_the_goods_are_gone() {
    let world = World::new().await;
    let instance = world.instance();
    let (hook, order) = arrived_after_the_end(&world, &instance, true).await;
    hook.tell(&world, "m1", "charge.captured", &order, 1).await;
    eventually("the money is back", async || {
        (world.payment(&order).await.status == PaymentStatus::Refunded).then_some(())
    })
    .await;
    assert_eq!(order_of(&world, &order).await.status, OrderStatus::Cancelled);
    assert_eq!(world.charges(&order).await, (1, 0));
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn money_for_an_attempt_that_was_given_up_is_let_go() {
    let world = World::new().await;
    let instance = world.instance();
    let hook = Hook::new(&world, &instance).await;
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    instance.pay(&world, &owner, &order, "tok_3ds").await.unwrap();
    // Another card is charged; the first attempt is void.
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    sqlx::query("update payments.sandbox_charge set state = 'captured', captured = amount where key = $1")
        .bind(charge_key(order.payment, 1))
        .execute(&mut world.db.owner().await)
        .await
        .unwrap();
    assert_eq!(
        world.charges(&order).await,
        (2, 2),
        "charged twice, by a provider's mistake"
    );
    hook.tell(&world, "m1", "charge.captured", &order, 1).await;
    assert_eq!(world.charges(&order).await, (2, 1));
    assert_eq!(world.payment(&order).await.status, PaymentStatus::Captured);
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_provider_that_never_answers_holds_up_no_webhook() {
    let world = World::new().await;
    let instance = world.configured(Config {
        provider_timeout: Duration::from_millis(300),
        ..Config::default()
    });
    instance.start_all_but("till.payments");
    let hook = Hook::new(&world, &instance).await;
    let bowl = world.offer(1).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    instance.pay(&world, &owner, &order, "tok_3ds").await.unwrap();
    instance.pay(&world, &owner, &order, "tok_visa").await.unwrap();
    world.wire.cut(Cut {
        call: 0,
        after: false,
    });
    let webhook = hook.message(&world, "m1", "charge.captured", &order, 1);
    let heard = tokio::time::timeout(Duration::from_secs(5), hook.send(&webhook)).await;
    let _ = heard.expect("an answer in time").expect(503);
    world.wire.mend();
    // It was not remembered: the provider sends it again.
    assert!(!hook.tell(&world, "m1", "charge.captured", &order, 1).await);
    world.assert_clean(&instance).await;
}

#[tokio::test]
async fn a_provider_whose_webhooks_are_troubled_is_paid_once() {
    let world = World::new().await;
    let instance = world.instance();
    let bowl = world.offer(2).await;
    let (owner, order) = instance.order(&world, &[(&bowl, 1)]).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let listener = |webhook| {
        let (checkouts, now) = (instance.checkouts.clone(), world.clock.now());
        async move { checkouts.hears("sandbox", webhook, now).await }
    };
    let telling = world
        .sandbox
        .clone()
        .tell(listener, world.clock.clone(), stop.clone());
    let paying = async {
        let outcome = instance
            .pay(&world, &owner, &order, "tok_webhooks")
            .await
            .unwrap();
        assert_eq!(outcome.status, PaymentStatus::Captured);
        eventually("every webhook is told", async || {
            let left: i64 = sqlx::query_scalar("select count(*) from payments.sandbox_notice")
                .fetch_one(&mut world.db.owner().await)
                .await
                .unwrap();
            (left == 0).then_some(())
        })
        .await;
        stop.cancel();
    };
    futures::join!(telling, paying);
    assert_eq!(world.charges(&order).await, (1, 1));
    assert_eq!(world.level(&bowl).await, (1, 0));
    world.assert_clean(&instance).await;
}

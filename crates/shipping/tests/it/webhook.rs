//! Carriers' webhooks over HTTP: signed, forged, replayed and unreadable.

use crate::world::{SECRET, World, word};
use axum::http::{HeaderValue, Method};
use httpkit::webhook::{Message, Secret};
use kernel::Clock;
use serde_json::{Value, json};
use testkit::{Client, Response, spawn_router};

struct Hook<'w> {
    world: &'w World,
    client: Client,
}

impl<'w> Hook<'w> {
    async fn new(world: &'w World) -> Self {
        let (routes, _) = shipping::routes(world.shipments.clone()).split_for_parts();
        let observed = httpkit::Instance {
            id: HeaderValue::from_static("test"),
            clock: world.clock.clone(),
            trusted_proxies: httpkit::TrustedProxies::default(),
        };
        let base = spawn_router(routes.layer(httpkit::Observe(observed))).await;
        Self {
            world,
            client: Client::new(base),
        }
    }

    fn signed(&self, id: &str, body: &Value) -> Message {
        Secret::new(SECRET.to_vec()).sign(id, self.world.clock.now(), body.to_string().into_bytes())
    }

    async fn send(&self, carrier: &str, message: &Message) -> Response {
        self.client
            .header("webhook-id", &message.id)
            .header("webhook-timestamp", &message.timestamp)
            .header("webhook-signature", &message.signature)
            .header("content-type", "application/json")
            .send(
                Method::POST,
                &format!("/v1/webhooks/carriers/{carrier}"),
                message.body.clone(),
            )
            .await
    }
}

#[tokio::test]
async fn a_signed_message_is_heard_once_however_often_it_comes() {
    let world = World::new().await;
    let hook = Hook::new(&world).await;
    let shipment = world.label("standard").await;
    let body = json!({"tracking": shipment.tracking, "kind": "accepted", "at": world.clock.now()});
    let message = hook.signed("m1", &body);
    let mut duplicates = Vec::new();
    for _ in 0..3 {
        let answer: Value = hook.send("sandbox", &message).await.expect(200).read();
        duplicates.push(answer["duplicate"].as_bool().unwrap());
    }
    assert_eq!(duplicates, [false, true, true]);
    let seen = world.seen(&shipment).await;
    assert_eq!((word(seen.state), seen.events.len()), ("accepted".into(), 1));
}

#[tokio::test]
async fn forged_replayed_and_broken_messages_are_refused_and_change_nothing() {
    let world = World::new().await;
    let hook = Hook::new(&world).await;
    let shipment = world.label("standard").await;
    let body = json!({"tracking": shipment.tracking, "kind": "delivered", "at": world.clock.now()});
    let good = hook.signed("m1", &body);
    let check = async |carrier: &str, message: &Message, status: u16, code: &str| {
        let answer: Value = hook.send(carrier, message).await.expect(status).read();
        assert_eq!(answer["code"], code);
    };
    let mut forged = good.clone();
    forged.body = body.to_string().replace("delivered", "returned").into();
    check("sandbox", &forged, 401, "webhook_signature").await;
    let mut renamed = good.clone();
    renamed.id = "m2".into();
    check("sandbox", &renamed, 401, "webhook_signature").await;
    let mut unsigned = good.clone();
    unsigned.timestamp = String::new();
    check("sandbox", &unsigned, 400, "webhook_malformed").await;
    check("nobody", &good, 404, "not_found").await;
    check(
        "sandbox",
        &hook.signed("m3", &json!([])),
        400,
        "webhook_malformed",
    )
    .await;
    let unknown = json!({"tracking": "SB999", "kind": "delivered", "at": world.clock.now()});
    check("sandbox", &hook.signed("m4", &unknown), 404, "not_found").await;
    world.minutes(6);
    check("sandbox", &good, 400, "webhook_stale").await;
    assert_eq!(world.seen(&shipment).await.events, []);
}

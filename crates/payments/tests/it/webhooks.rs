use crate::sandbox::{SECRET, Shop, key};
use futures::FutureExt;
use kernel::{Clock, SharedClock};
use payments::Provider;
use payments::webhook::{NoticeKind, Refusal, Secret, Webhook};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use testkit::eventually;
use tokio_util::sync::CancellationToken;

/// Somebody who listens to the sandbox, and is deaf at first.
#[derive(Clone, Default)]
struct Listener {
    heard: Arc<Mutex<Vec<Webhook>>>,
    deaf: Arc<Mutex<usize>>,
}

impl Listener {
    fn heard(&self) -> Vec<Webhook> {
        self.heard.lock().unwrap().clone()
    }

    /// What was heard, in order.
    fn kinds(&self, shop: &Shop, clock: &SharedClock) -> Vec<NoticeKind> {
        let read = |webhook: &Webhook| {
            shop.sandbox
                .read_webhook(webhook, clock.now())
                .now_or_never()
                .unwrap()
                .unwrap()
        };
        self.heard().iter().map(|webhook| read(webhook).kind).collect()
    }

    fn hear(&self, webhook: Webhook) -> bool {
        let mut deaf = self.deaf.lock().unwrap();
        if *deaf > 0 {
            *deaf -= 1;
            return false;
        }
        self.heard.lock().unwrap().push(webhook);
        true
    }
}

/// Runs the sandbox's sender until `done`.
async fn listening(shop: &Shop, clock: &SharedClock, listener: &Listener, done: impl AsyncFn()) {
    let stop = CancellationToken::new();
    let ear = |webhook| {
        let heard = listener.hear(webhook);
        async move { heard }
    };
    let telling = shop.sandbox.clone().tell(ear, clock.clone(), stop.clone());
    let watching = async {
        done().await;
        stop.cancel();
    };
    futures::join!(telling, watching);
}

#[tokio::test]
async fn every_change_is_told_of_once() {
    let shop = Shop::new().await;
    let clock: SharedClock = testkit::clock();
    let listener = Listener::default();
    for _ in 0..2 {
        shop.authorize(1, "tok_visa").await;
    }
    for _ in 0..2 {
        let charge = payments::ProviderCharge {
            key: key(1),
            amount: kernel::Money::new(1234, kernel::Currency::EUR),
        };
        shop.sandbox.capture(charge).await;
    }
    listening(&shop, &clock, &listener, async || {
        eventually("both are told", async || {
            (listener.heard().len() >= 2).then_some(())
        })
        .await;
        tokio::time::sleep(Duration::from_millis(600)).await;
    })
    .await;
    let mut kinds = listener.kinds(&shop, &clock);
    kinds.sort_by_key(|kind| format!("{kind:?}"));
    assert_eq!(kinds, [NoticeKind::Authorized, NoticeKind::Captured]);
    let ids: std::collections::HashSet<String> = listener.heard().into_iter().map(|w| w.id).collect();
    assert_eq!(ids.len(), 2, "each message has an id of its own");
}

#[tokio::test]
async fn troubled_webhooks_come_three_times_and_in_the_wrong_order() {
    let shop = Shop::new().await;
    let clock: SharedClock = testkit::clock();
    let listener = Listener::default();
    shop.authorize(1, "tok_webhooks").await;
    let charge = payments::ProviderCharge {
        key: key(1),
        amount: kernel::Money::new(1234, kernel::Currency::EUR),
    };
    shop.sandbox.capture(charge).await;
    assert!(listener.heard().is_empty(), "they come late");
    listening(&shop, &clock, &listener, async || {
        eventually("all are told", async || {
            (listener.heard().len() == 6).then_some(())
        })
        .await;
    })
    .await;
    use NoticeKind::{Authorized, Captured};
    assert_eq!(
        listener.kinds(&shop, &clock),
        [Captured, Captured, Captured, Authorized, Authorized, Authorized]
    );
    let ids: std::collections::HashSet<String> = listener.heard().into_iter().map(|w| w.id).collect();
    assert_eq!(ids.len(), 2, "a copy has the id of what it copies");
}

#[tokio::test]
async fn what_was_not_heard_is_sent_again_with_the_same_id_and_a_new_signature() {
    let shop = Shop::new().await;
    let clock = testkit::clock();
    let shared: SharedClock = clock.clone();
    let listener = Listener::default();
    *listener.deaf.lock().unwrap() = 1;
    shop.authorize(1, "tok_visa").await;
    listening(&shop, &shared, &listener, async || {
        eventually("it was sent in vain", async || {
            (*listener.deaf.lock().unwrap() == 0).then_some(())
        })
        .await;
        // The sandbox waits before it tries again; its patience is in its own books.
        clock.advance(Duration::from_secs(3600));
        eventually("its next try is noted", async || {
            let hurried = sqlx::query("update payments.sandbox_notice set due_at = now() where tries = 1")
                .execute(&mut shop.db.owner().await)
                .await
                .unwrap();
            (hurried.rows_affected() == 1).then_some(())
        })
        .await;
        eventually("it is heard", async || {
            (listener.heard().len() == 1).then_some(())
        })
        .await;
    })
    .await;
    // Signed at the time of the second attempt, so it is no replay.
    assert_eq!(listener.kinds(&shop, &shared), [NoticeKind::Authorized]);
    let left: i64 = sqlx::query_scalar("select count(*) from payments.sandbox_notice")
        .fetch_one(&mut shop.db.owner().await)
        .await
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn only_the_sandboxs_own_fresh_messages_are_read() {
    let shop = Shop::new().await;
    let now = testkit::clock().now();
    let body = || br#"{"type":"charge.captured","data":{"key":"k"}}"#.to_vec();
    let ours = Secret::new(SECRET.to_vec());
    let read = |webhook: &Webhook, at| shop.sandbox.read_webhook(webhook, at).now_or_never().unwrap();
    let notice = read(&ours.sign("msg_1", now, body()), now).unwrap();
    assert_eq!(
        (notice.id.as_str(), notice.kind, notice.key.as_str()),
        ("msg_1", NoticeKind::Captured, "k")
    );
    let forged = Secret::new(vec![8; 32]).sign("msg_1", now, body());
    assert_eq!(read(&forged, now), Err(Refusal::Signature));
    let late = now + Duration::from_secs(301);
    assert_eq!(read(&ours.sign("msg_1", now, body()), late), Err(Refusal::Stale));
    let odd = ours.sign("msg_1", now, b"[1]".to_vec());
    assert!(matches!(read(&odd, now), Err(Refusal::Body(_))));
}

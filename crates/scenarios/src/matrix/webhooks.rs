//! The sandbox's webhooks, sent by hand: late, several times, and in the wrong order. What they say need not be true.

use super::stage::Stage;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use serde_json::json;
use sha2::Sha256;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

const SECRET: [u8; 32] = [7; 32];
const KINDS: [&str; 5] = ["requires_action", "authorized", "captured", "voided", "refunded"];
const PAUSE: Duration = Duration::from_millis(20);
/// Times a message is signed and sent, as long as it is stale on arrival.
const SIGNED_MAX: usize = 10;
/// Bodies are sent as they were signed: all of them are JSON.
const PATH: &str = "/v1/webhooks/payments/sandbox";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// When everything is over.
    Late,
    /// The same message three times, all along.
    ThreeTimes,
    /// The last things first, all along.
    Backwards,
}

impl Manner {
    pub const ALL: [Self; 3] = [Self::Late, Self::ThreeTimes, Self::Backwards];

    pub fn name(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::ThreeTimes => "three times",
            Self::Backwards => "backwards",
        }
    }
}

#[derive(Debug, Default)]
pub struct Sender {
    sent: AtomicU64,
}

impl Sender {
    pub fn new() -> Self {
        Self::default()
    }

    pub fn secret(&self) -> String {
        format!("whsec_{}", STANDARD.encode(SECRET))
    }

    /// Sends webhooks about the charge that a story makes, once its key is known, until it is over, or then.
    pub async fn tell(
        &self,
        stage: &Stage,
        key: &Mutex<Option<String>>,
        manner: Option<Manner>,
        over: &AtomicBool,
    ) {
        let known = || key.lock().ok().and_then(|key| key.clone());
        let Some(manner) = manner else { return };
        while !over.load(Ordering::SeqCst) {
            if let Some(key) = known().filter(|_| manner != Manner::Late) {
                self.send_all(stage, &key, manner).await;
            }
            tokio::time::sleep(PAUSE).await;
        }
        if let Some(key) = known() {
            self.send_all(stage, &key, manner).await;
        }
    }

    /// Sends word of a charge until it is heard.
    pub async fn insist(&self, stage: &Stage, key: &str) {
        let id = self.next_id();
        while self.send(stage, &id, "captured", key).await != Some(200) {
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn next_id(&self) -> String {
        format!("msg_trial_{}", self.sent.fetch_add(1, Ordering::Relaxed))
    }

    async fn send_all(&self, stage: &Stage, key: &str, manner: Manner) {
        let mut kinds = KINDS;
        if manner == Manner::Backwards {
            kinds.reverse();
        }
        let copies = if manner == Manner::ThreeTimes { 3 } else { 1 };
        for kind in kinds {
            let id = self.next_id();
            for _ in 0..copies {
                self.send(stage, &id, kind, key).await;
            }
        }
    }

    /// Gives how it was answered, if it was.
    async fn send(&self, stage: &Stage, id: &str, kind: &str, key: &str) -> Option<u16> {
        let body = json!({"type": format!("charge.{kind}"), "data": {"key": key}});
        for _ in 0..SIGNED_MAX {
            let timestamp = stage.clock.now().timestamp().to_string();
            let text = serde_json::to_string(&body).unwrap();
            let mut mac = Hmac::<Sha256>::new_from_slice(&SECRET).unwrap();
            mac.update(format!("{id}.{timestamp}.{text}").as_bytes());
            let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
            let caller = stage
                .stranger()
                .with("webhook-id", id)
                .with("webhook-timestamp", timestamp)
                .with("webhook-signature", signature);
            let answer = caller.post(PATH, &body).await.ok()?;
            // Another order moved the clock on while this was on its way: a provider signs such a message again.
            if answer.status == 400 && answer.text().contains("webhook_stale") {
                continue;
            }
            assert!(
                answer.status == 200 || answer.status == 503 || answer.status == 429,
                "{}: {}",
                answer.status,
                answer.text()
            );
            return Some(answer.status);
        }
        panic!("a webhook was stale {SIGNED_MAX} times");
    }
}

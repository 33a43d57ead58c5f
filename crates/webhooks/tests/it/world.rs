//! A marketplace that tells, and a server that is told.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use contracts::PublicEvent;
use contracts::webhooks::{MadeEndpoint, MakeEndpoint, WebhookKind};
use httpkit::webhook::{Secret, Unbelieved};
use kernel::{Clock, Ctx, FixedClock, TenantId};
use serde_json::Value;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::Scope;
use store::seal::Keyring;
use testkit::{TestDb, spawn_router};
use tokio_util::sync::CancellationToken;
use webhooks::{Hooks, Parts};
use wire::Public;

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Heard {
    pub id: String,
    pub timestamp: String,
    pub signatures: String,
    pub body: Vec<u8>,
}

impl Heard {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub fn is_signed_by(&self, secret: &str, world: &World) -> bool {
        let secret = Secret::parse(secret).unwrap();
        let now = world.clock.now();
        let said = secret.verify(&self.id, &self.timestamp, &self.signatures, &self.body, now);
        matches!(said, Ok(()) | Err(Unbelieved::Stale))
    }
}

/// A shop's server.
#[derive(Clone)]
pub struct Server {
    pub url: String,
    heard: Arc<Mutex<Vec<Heard>>>,
    answer: Arc<Mutex<(u16, Duration)>>,
}

impl Server {
    pub async fn new() -> Self {
        let mut server = Self {
            url: String::new(),
            heard: Arc::default(),
            answer: Arc::new(Mutex::new((200, Duration::ZERO))),
        };
        let router = Router::new()
            .route("/hook", post(hear))
            .with_state(server.clone());
        server.url = format!("{}/hook", spawn_router(router).await);
        server
    }

    /// From now on it answers so.
    pub fn answers(&self, status: u16, after: Duration) {
        *self.answer.lock().unwrap() = (status, after);
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// Waits until it has heard so many.
    pub async fn hears(&self, count: usize) -> Vec<Heard> {
        testkit::eventually(&format!("{count} messages came"), async || {
            let heard = self.heard();
            (heard.len() >= count).then_some(heard)
        })
        .await
    }
}

async fn hear(State(server): State<Server>, headers: HeaderMap, body: Bytes) -> Response {
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    server.heard.lock().unwrap().push(Heard {
        id: text("webhook-id"),
        timestamp: text("webhook-timestamp"),
        signatures: text("webhook-signature"),
        body: body.to_vec(),
    });
    let (status, after) = *server.answer.lock().unwrap();
    tokio::time::sleep(after).await;
    let status = StatusCode::from_u16(status).unwrap();
    let elsewhere = [("location", server.url.clone())];
    (status, elsewhere, "thank you").into_response()
}

pub struct World {
    pub clock: Arc<FixedClock>,
    pub hooks: Hooks,
    pub db: TestDb,
    stop: CancellationToken,
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl World {
    /// Messages are heard and sent in the background.
    pub async fn new() -> Self {
        let world = Self::silent(true).await;
        world.listen();
        world.deliver();
        world
    }

    /// From now on the log is heard.
    pub fn listen(&self) {
        let (hooks, clock, stop) = (self.hooks.clone(), self.clock.clone(), self.stop.clone());
        #[allow(clippy::disallowed_methods, reason = "it ends with the test")]
        tokio::spawn(webhooks::listen(hooks, clock, stop));
    }

    /// From now on messages are sent.
    pub fn deliver(&self) {
        let (hooks, clock, stop) = (self.hooks.clone(), self.clock.clone(), self.stop.clone());
        #[allow(clippy::disallowed_methods, reason = "it ends with the test")]
        tokio::spawn(webhooks::deliver(hooks, clock, stop));
    }

    /// Nothing goes on in the background.
    pub async fn silent(reaches_private: bool) -> Self {
        Self::sealing(reaches_private, Keyring::fleeting().unwrap()).await
    }

    pub async fn sealing(reaches_private: bool, keyring: Keyring) -> Self {
        let db = TestDb::new(&[webhooks::schema()]).await;
        let hooks = Hooks::new(Parts {
            db: db.db(webhooks::CONTEXT),
            keyring,
            public: Public::new(reaches_private).unwrap(),
        });
        Self {
            clock: testkit::clock(),
            hooks,
            db,
            stop: CancellationToken::new(),
        }
    }

    /// The same marketplace in a process that has these data keys.
    pub fn with_keys(&self, keys: &str) -> Hooks {
        Hooks::new(Parts {
            db: self.db.db(webhooks::CONTEXT),
            keyring: Keyring::parse(keys).unwrap(),
            public: Public::new(true).unwrap(),
        })
    }

    pub fn ctx(&self) -> Ctx {
        Ctx::system("test", self.clock.now())
    }

    pub fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub fn shop(&self) -> TenantId {
        TenantId::new(self.clock.now())
    }

    pub async fn told_at(&self, shop: TenantId, url: &str, events: &[WebhookKind]) -> MadeEndpoint {
        let new = MakeEndpoint {
            url: url.to_owned(),
            description: String::new(),
            events: events.to_vec(),
        };
        self.hooks.make(&self.ctx(), shop, new).await.unwrap()
    }

    /// The log tells of something.
    pub async fn tell(&self, event: &impl PublicEvent) {
        let db = self.db.db(webhooks::CONTEXT);
        let mut tx = db.begin(Scope::System).await.unwrap();
        store::log::append(&mut tx, &self.ctx(), event).await.unwrap();
        tx.commit().await.unwrap();
        store::log::wake();
    }
}

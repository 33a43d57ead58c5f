//! Calls in PayPal's name: an access token is fetched with the client's credentials and kept until shortly before it ends.

use crate::Hidden;
use crate::breaker::Circuit;
use crate::wire::{Said, Trouble, Wire};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use hyper::StatusCode;
use hyper::http::request::Builder;
use kernel::{SharedClock, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Seconds before its end at which a token is not used any more.
const MARGIN_S: i64 = 60;

#[derive(Clone)]
pub struct Session {
    wire: Wire,
    credentials: Hidden,
    clock: SharedClock,
    // One fetches, the others wait for it.
    token: Arc<Mutex<Option<Token>>>,
}

struct Token {
    text: String,
    good_until: Timestamp,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: i64,
}

impl Session {
    pub fn new(wire: Wire, client_id: &str, client_secret: &Hidden, clock: SharedClock) -> Self {
        let credentials = STANDARD.encode(format!("{client_id}:{}", client_secret.reveal()));
        Self {
            wire,
            credentials: Hidden::new(credentials),
            clock,
            token: Arc::default(),
        }
    }

    pub fn circuit(&self) -> &Circuit {
        self.wire.circuit()
    }

    pub async fn get(&self, path: &str) -> Result<Said, Trouble> {
        let said = self
            .wire
            .ask(bearing(self.wire.get(path), &self.token().await?))
            .await?;
        if said.status != StatusCode::UNAUTHORIZED {
            return Ok(said);
        }
        let token = self.another_token().await?;
        self.wire.ask(bearing(self.wire.get(path), &token)).await
    }

    /// The same `request_id` is the same request, however often it is sent.
    pub async fn post(&self, path: &str, request_id: &str, body: &Value) -> Result<Said, Trouble> {
        let request = |token: &str| {
            bearing(self.wire.post(path), token)
                .header("paypal-request-id", request_id)
                .header("prefer", "return=representation")
        };
        let said = self.wire.send_json(request(&self.token().await?), body).await?;
        if said.status != StatusCode::UNAUTHORIZED {
            return Ok(said);
        }
        let token = self.another_token().await?;
        self.wire.send_json(request(&token), body).await
    }

    /// A body that must arrive as it is. The call changes nothing at PayPal.
    pub async fn post_raw(&self, path: &str, body: String) -> Result<Said, Trouble> {
        let token = self.token().await?;
        let said = self
            .wire
            .send_text(bearing(self.wire.post(path), &token), body.clone())
            .await?;
        if said.status != StatusCode::UNAUTHORIZED {
            return Ok(said);
        }
        let token = self.another_token().await?;
        self.wire
            .send_text(bearing(self.wire.post(path), &token), body)
            .await
    }

    async fn token(&self) -> Result<String, Trouble> {
        let mut held = self.token.lock().await;
        let now = self.clock.now();
        if let Some(token) = held.as_ref().filter(|token| now < token.good_until) {
            return Ok(token.text.clone());
        }
        let request = self
            .wire
            .post("/v1/oauth2/token")
            .header("authorization", format!("Basic {}", self.credentials.reveal()));
        let fields = [("grant_type", "client_credentials".to_owned())];
        let said = self.wire.send_form(request, &fields).await?;
        if !said.is_success() {
            return Err(said.odd());
        }
        let granted: Granted = said.read()?;
        *held = Some(Token {
            text: granted.access_token.clone(),
            good_until: now + TimeDelta::seconds((granted.expires_in - MARGIN_S).max(0)),
        });
        Ok(granted.access_token)
    }

    /// A token was refused before its time: the next one is tried, once.
    async fn another_token(&self) -> Result<String, Trouble> {
        *self.token.lock().await = None;
        self.token().await
    }
}

fn bearing(request: Builder, token: &str) -> Builder {
    request.header("authorization", format!("Bearer {token}"))
}

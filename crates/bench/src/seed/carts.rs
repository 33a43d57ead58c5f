//! Carts of guests, each about to become an order.

use super::{DELIVERY_CODE, Good, PRICE};
use crate::client::request;
use crate::database::{Row, Session};
use anyhow::Result;
use contracts::Address;
use contracts::cart::CartLine;
use contracts::checkout::DeliveryChoice;
use kernel::{CartId, Clock, Money, SystemClock};
use rand::Rng;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// A guest's cart of two lines, from two shops.
#[derive(Debug, Clone)]
pub struct Cart {
    id: CartId,
    /// By which the guest proves that it is theirs.
    secret: String,
    lines: [Good; 2],
}

impl Cart {
    pub fn new(lines: [Good; 2], rng: &mut impl Rng) -> Self {
        Self {
            id: CartId::new(SystemClock.now()),
            secret: format!("{:032x}", rng.random::<u128>()),
            lines,
        }
    }

    fn document(&self) -> Value {
        let lines = self.lines.map(|good| CartLine {
            sku: good.sku,
            tenant: good.shop,
            quantity: 1,
            price_seen: PRICE,
            line: None,
            answers: BTreeMap::new(),
        });
        json!(lines)
    }

    fn delivery(&self) -> [DeliveryChoice; 2] {
        self.lines.map(|good| DeliveryChoice {
            tenant: good.shop,
            code: DELIVERY_CODE.to_owned(),
        })
    }

    /// What it would cost: what a shopper looks at before ordering.
    pub fn quote(&self) -> Vec<u8> {
        let body = json!({
            "cart": self.id,
            "cart_version": 1,
            "address": address(),
            "delivery": self.delivery(),
        });
        request(
            "POST",
            "/v1/checkout/quote",
            &[("x-cart-token", &self.secret)],
            Some(&body.to_string()),
        )
    }

    /// The order, under a key of its own.
    pub fn order(&self, total: Money, rng: &mut impl Rng) -> Vec<u8> {
        let key = uuid::Builder::from_random_bytes(rng.random())
            .into_uuid()
            .to_string();
        let body = json!({
            "cart": self.id,
            "cart_version": 1,
            "expected_total": total,
            "email": "lucia@example.org",
            "address": address(),
            "delivery": self.delivery(),
        });
        request(
            "POST",
            "/v1/orders",
            &[("x-cart-token", &self.secret), ("idempotency-key", &key)],
            Some(&body.to_string()),
        )
    }
}

pub fn address() -> Address {
    Address {
        name: "Lucía Romero".to_owned(),
        line1: "Calle Betis 12, 2º".to_owned(),
        line2: None,
        postcode: "41010".to_owned(),
        city: "Sevilla".to_owned(),
        region: Some("ES-SE".to_owned()),
        country: "ES".to_owned(),
        phone: None,
    }
}

/// Writes carts as the program keeps them: of the guest's secret only its hash.
pub async fn put(session: &Session, carts: &[Cart]) -> Result<()> {
    let now = SystemClock.now();
    let rows = carts.iter().map(|cart| {
        let hash = Sha256::digest(cart.secret.as_bytes());
        Row::default()
            .with(cart.id)
            .with(format!("\\x{hash:x}"))
            .with("EUR")
            .with(1)
            .with(cart.document())
            .with(now)
    });
    session
        .copy(
            "cart.cart (id, guest_hash, currency, version, lines, updated_at)",
            rows,
        )
        .await?;
    Ok(())
}

use crate::{Caller, Lost, Sku};
use kernel::Money;
use serde::Deserialize;
use serde_json::{Value, json};
use testkit::Response;

/// A buyer without an account, with their cart.
#[derive(Clone, Debug)]
pub struct Guest {
    pub caller: Caller,
    pub cart: String,
    /// As last seen.
    pub version: i64,
}

/// What a cart would cost.
#[derive(Clone, Debug, Deserialize)]
pub struct Quote {
    pub cart_version: i64,
    pub groups: Vec<Group>,
    pub total: Money,
}

/// One seller's part of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Group {
    pub tenant: String,
    pub lines: Vec<Line>,
    pub subtotal: Money,
    pub delivery: Option<Money>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Line {
    pub sku: String,
    pub quantity: u32,
}

#[derive(Deserialize)]
struct Cart {
    id: String,
    version: i64,
    cart_token: Option<String>,
}

/// Where everything goes.
#[must_use]
pub fn address() -> Value {
    json!({
        "name": "Lucía Romero", "line1": "Calle Betis 12", "postcode": "41010", "city": "Sevilla",
        "region": "ES-SE", "country": "ES",
    })
}

impl Guest {
    /// Begins a cart. `Err` holds the refusal.
    pub async fn begin(stranger: &Caller, sku: &Sku, units: u32) -> Result<Result<Self, Response>, Lost> {
        let answer = stranger.post("/v1/cart/lines", &line(sku, units)).await?;
        if answer.status != 200 {
            return Ok(Err(answer));
        }
        let cart: Cart = answer.read();
        let token = cart
            .cart_token
            .unwrap_or_else(|| panic!("a new guest gets a token"));
        Ok(Ok(Self {
            caller: stranger.with("x-cart-token", token),
            cart: cart.id,
            version: cart.version,
        }))
    }

    /// Puts more into the cart.
    pub async fn add(&mut self, sku: &Sku, units: u32) -> Result<Response, Lost> {
        let answer = self.caller.post("/v1/cart/lines", &line(sku, units)).await?;
        if answer.status == 200 {
            self.version = answer.read::<Cart>().version;
        }
        Ok(answer)
    }

    pub async fn quote(&self) -> Result<Response, Lost> {
        let question = json!({"cart": self.cart, "cart_version": self.version, "address": address()});
        self.caller.post("/v1/checkout/quote", &question).await
    }

    /// Orders the cart under a key, if it costs `total`.
    pub async fn place(&self, key: &str, total: Money) -> Result<Response, Lost> {
        self.place_to(key, total, &address()).await
    }

    /// The same, delivered elsewhere.
    pub async fn place_to(&self, key: &str, total: Money, address: &Value) -> Result<Response, Lost> {
        let order = json!({
            "cart": self.cart, "cart_version": self.version, "expected_total": total,
            "email": "lucia@example.org", "address": address,
        });
        let caller = self.caller.with("idempotency-key", key);
        caller.post("/v1/orders", &order).await
    }

    /// Orders the cart with a gift card, if it costs `total` and `due` is left to pay.
    pub async fn place_by_card(
        &self,
        key: &str,
        total: Money,
        code: &str,
        due: Money,
    ) -> Result<Response, Lost> {
        let order = json!({
            "cart": self.cart, "cart_version": self.version, "expected_total": total,
            "email": "lucia@example.org", "address": address(), "gift_cards": [code], "expected_due": due,
        });
        let caller = self.caller.with("idempotency-key", key);
        caller.post("/v1/orders", &order).await
    }

    pub async fn pay(&self, order: &str, method: &str) -> Result<Response, Lost> {
        self.caller
            .post(&format!("/v1/orders/{order}/pay"), &json!({"method": method}))
            .await
    }

    pub async fn order(&self, order: &str) -> Result<Response, Lost> {
        self.caller.get(&format!("/v1/orders/{order}")).await
    }
}

fn line(sku: &Sku, units: u32) -> Value {
    json!({"sku": sku.id, "quantity": units})
}

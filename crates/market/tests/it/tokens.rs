//! Access tokens that nobody should be able to have.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};

/// A token taken apart: header, claims.
fn parts(token: &str) -> (Value, Value) {
    let mut parts = token.split('.').map(|part| {
        let bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
        serde_json::from_slice(&bytes).unwrap_or(Value::Null)
    });
    (parts.next().unwrap(), parts.next().unwrap())
}

fn text(header: &Value, claims: &Value) -> String {
    [header, claims]
        .map(|part| URL_SAFE_NO_PAD.encode(part.to_string()))
        .join(".")
}

fn signed(header: &Value, claims: &Value, key: &SigningKey) -> String {
    let text = text(header, claims);
    let signature = key.sign(text.as_bytes()).to_bytes();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Everything right but the key.
pub fn forged(good: &str) -> String {
    let (header, claims) = parts(good);
    signed(&header, &claims, &SigningKey::from_bytes(&[7; 32]))
}

/// Says that it needs no signature.
pub fn unsigned(good: &str) -> String {
    let (mut header, claims) = parts(good);
    header["alg"] = "none".into();
    format!("{}.", text(&header, &claims))
}

/// Good once, then its claims were altered.
pub fn altered(good: &str) -> String {
    let (header, mut claims) = parts(good);
    claims["exp"] = json!(claims["exp"].as_i64().unwrap() + 3600);
    let signature = good.rsplit('.').next().unwrap();
    format!("{}.{signature}", text(&header, &claims))
}

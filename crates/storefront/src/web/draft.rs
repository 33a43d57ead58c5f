//! What a buyer has filled in on the way to an order. It lives in a cookie of theirs, unreadable to scripts, and
//! nowhere else until the order is placed.

use super::Shop;
use super::visit::Visit;
use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::CookieJar;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::Address;
use contracts::checkout::DeliveryChoice;
use serde::{Deserialize, Serialize};

const COOKIE: &str = "stoa_checkout";
const COOKIE_DAYS: i64 = 1;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Draft {
    pub email: String,
    pub address: Option<Address>,
    pub delivery: Vec<DeliveryChoice>,
    pub method: Option<String>,
}

impl Draft {
    pub fn read(headers: &HeaderMap) -> Self {
        let jar = CookieJar::from_headers(headers);
        let decode = |value: &str| {
            let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
            serde_json::from_slice(&bytes).ok()
        };
        jar.get(COOKIE)
            .and_then(|cookie| decode(cookie.value()))
            .unwrap_or_default()
    }

    pub fn cookie(&self, shop: &Shop, visit: &Visit) -> HeaderValue {
        let value = serde_json::to_vec(self)
            .map(|json| URL_SAFE_NO_PAD.encode(json))
            .unwrap_or_default();
        visit.cookie(shop, COOKIE, value, COOKIE_DAYS)
    }

    pub fn forget(shop: &Shop, visit: &Visit) -> HeaderValue {
        visit.cookie(shop, COOKIE, String::new(), 0)
    }
}

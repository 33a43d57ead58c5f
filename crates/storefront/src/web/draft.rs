//! What a buyer has filled in on the way to an order. It lives in a cookie of theirs, unreadable to scripts, and
//! nowhere else until the order is placed. Then the cookie remembers which order came of which basket.

use super::Shop;
use super::failure::Failure;
use super::visit::Visit;
use axum::http::{HeaderMap, HeaderValue};
use axum_extra::extract::cookie::CookieJar;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::Address;
use contracts::checkout::DeliveryChoice;
use contracts::purses::TenderWish;
use kernel::{CartId, Fault, Kind, OrderId};
use serde::{Deserialize, Serialize};

const COOKIE: &str = "stoa_checkout";
const COOKIE_DAYS: i64 = 1;
/// Browsers drop a cookie of more than 4,096 bytes, name and attributes included, without a word.
const VALUE_BYTES_MAX: usize = 3_900;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    #[serde(rename = "e", default)]
    pub email: String,
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
    /// Only where it is not what would be had without choosing.
    #[serde(
        rename = "d",
        default,
        with = "compact",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub delivery: Vec<DeliveryChoice>,
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Codes of gift cards, in the order in which they are used.
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    pub gift_cards: Vec<String>,
    /// Whether the buyer's store credit is used.
    #[serde(rename = "c", default, skip_serializing_if = "std::ops::Not::not")]
    pub store_credit: bool,
    /// The last basket that was ordered, and its order.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub placed: Option<(CartId, OrderId)>,
}

impl Draft {
    pub fn read(headers: &HeaderMap) -> Self {
        let jar = CookieJar::from_headers(headers);
        jar.get(COOKIE)
            .and_then(|cookie| Self::decoded(cookie.value()))
            .unwrap_or_default()
    }

    fn decoded(value: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    /// None when it is more than a cookie holds.
    fn encoded(&self) -> Option<String> {
        let json = serde_json::to_vec(self).ok()?;
        let value = URL_SAFE_NO_PAD.encode(json);
        (value.len() <= VALUE_BYTES_MAX).then_some(value)
    }

    /// What is kept of a draft once its order is placed.
    pub fn of_placed(cart: CartId, order: OrderId) -> Self {
        Self {
            placed: Some((cart, order)),
            ..Self::default()
        }
    }

    /// What is to pay of the order before a payment provider is asked. Credit belongs to whoever is signed in now.
    pub fn tender(&self, visit: &Visit) -> TenderWish {
        TenderWish {
            gift_cards: self.gift_cards.clone(),
            store_credit: self.store_credit && visit.principal.is_some(),
            client: visit.address.clone(),
        }
    }

    /// The order that came of this basket, if it was the last one ordered.
    pub fn order_of(&self, cart: CartId) -> Option<OrderId> {
        let (ordered, order) = self.placed?;
        (ordered == cart).then_some(order)
    }

    /// Refused when the browser could not keep it: the steps would lead round and round.
    pub fn cookie(&self, shop: &Shop, visit: &Visit) -> Result<HeaderValue, Failure> {
        let value = self.encoded().ok_or_else(|| {
            let said = visit.locale.t("refusal.draft_too_large").to_string();
            Fault::new(Kind::Invalid, "draft_too_large", said)
        })?;
        Ok(visit.cookie(shop, COOKIE, value, COOKIE_DAYS))
    }
}

/// Choices of delivery by their code, with the shops' ids one behind the other: many shops, few codes.
mod compact {
    use super::{DeliveryChoice, Engine, URL_SAFE_NO_PAD};
    use kernel::TenantId;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use std::collections::BTreeMap;
    use uuid::Uuid;

    pub fn serialize<S: Serializer>(choices: &[DeliveryChoice], to: S) -> Result<S::Ok, S::Error> {
        let mut by_code: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
        for choice in choices {
            let ids = by_code.entry(&choice.code).or_default();
            ids.extend_from_slice(choice.tenant.0.as_bytes());
        }
        let coded = by_code
            .into_iter()
            .map(|(code, ids)| (code, URL_SAFE_NO_PAD.encode(ids)));
        coded.collect::<BTreeMap<_, _>>().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<DeliveryChoice>, D::Error> {
        let by_code = BTreeMap::<String, String>::deserialize(from)?;
        let mut choices = Vec::new();
        for (code, ids) in by_code {
            let ids = URL_SAFE_NO_PAD.decode(ids).map_err(serde::de::Error::custom)?;
            choices.extend(ids.chunks(16).filter_map(|id| {
                Some(DeliveryChoice {
                    tenant: TenantId(Uuid::from_slice(id).ok()?),
                    code: code.clone(),
                })
            }));
        }
        Ok(choices)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use kernel::TenantId;
    use uuid::Uuid;

    fn draft(line: &str, shops: u128) -> Draft {
        let choice = |n: u128| DeliveryChoice {
            tenant: TenantId(Uuid::from_u128(u128::MAX - n)),
            code: if n.is_multiple_of(2) { "express" } else { "pickup" }.to_owned(),
        };
        let mut delivery: Vec<DeliveryChoice> = (0..shops).map(choice).collect();
        delivery.sort_by(|a, b| a.code.cmp(&b.code));
        Draft {
            email: "lucia@example.com".to_owned(),
            address: Some(Address {
                name: line.to_owned(),
                line1: line.to_owned(),
                line2: Some(line.to_owned()),
                postcode: "41010".to_owned(),
                city: line.to_owned(),
                region: Some("ES-SE".to_owned()),
                country: "ES".to_owned(),
                phone: Some(line.to_owned()),
            }),
            delivery,
            method: Some("tok_visa".to_owned()),
            gift_cards: vec!["4T9C-XK2M-0R8V-7KQ2-M5HD".to_owned(); 5],
            store_credit: true,
            placed: Some((CartId(Uuid::from_u128(1)), OrderId(Uuid::from_u128(2)))),
        }
    }

    #[test]
    fn sixty_shops_and_the_longest_lines_fit() {
        let full = draft(&"a".repeat(120), 60);
        let value = full.encoded().unwrap();
        let read = Draft::decoded(&value).unwrap();
        assert_eq!(read, full);
    }

    #[test]
    fn what_a_browser_would_drop_is_refused() {
        // Letters of four bytes each.
        let full = draft(&"\u{20000}".repeat(120), 60);
        assert_eq!(full.encoded(), None);
    }

    #[test]
    fn a_basket_is_known_again_by_its_order() {
        let (cart, order) = (CartId(Uuid::from_u128(1)), OrderId(Uuid::from_u128(2)));
        let kept = Draft::decoded(&Draft::of_placed(cart, order).encoded().unwrap()).unwrap();
        assert_eq!(kept.order_of(cart), Some(order));
        assert_eq!(kept.order_of(CartId(Uuid::from_u128(3))), None);
    }
}

//! What a guest's browser keeps of them: a short wish list, and what they looked at lately. Cookies of ours, bounded, and
//! nothing but products' ids. And of anybody where they said they are, so that what is near can be told on the next page.

use super::Shop;
use super::visit::{Visit, encode};
use axum::http::HeaderValue;
use axum_extra::extract::cookie::CookieJar;
use contracts::wishlists::{GUEST_ITEMS_MAX, VIEWED_MAX};
use kernel::ProductId;
use uuid::Uuid;

const WISHES_COOKIE: &str = "stoa_wishes";
const VIEWED_COOKIE: &str = "stoa_viewed";
const NEAR_COOKIE: &str = "stoa_near";
/// Bytes of a place beyond which it is none.
const PLACE_BYTES_MAX: usize = 64;
/// Stands where ids would, for who does not want to be remembered.
const OFF: &str = "off";
const DAYS: i64 = 90;
/// Hexadecimal digits of an id.
const ID_CHARS: usize = 32;

/// The latest first.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    pub wishes: Vec<ProductId>,
    pub viewed: Vec<ProductId>,
    /// Whether what is looked at may be kept.
    pub may_keep: bool,
    /// A postcode, region or country, as it was typed.
    pub near: Option<String>,
}

fn read(value: &str, most: usize) -> Vec<ProductId> {
    let mut ids = Vec::new();
    for part in value.as_bytes().chunks_exact(ID_CHARS).take(most) {
        // What was tampered with ends here.
        let Some(id) = std::str::from_utf8(part)
            .ok()
            .and_then(|hex| Uuid::try_parse(hex).ok())
        else {
            break;
        };
        if !ids.contains(&ProductId(id)) {
            ids.push(ProductId(id));
        }
    }
    ids
}

/// A place as its cookie has it: letters that cookies cannot hold are escaped.
fn place(value: &str) -> Option<String> {
    if value.len() > PLACE_BYTES_MAX {
        return None;
    }
    let pair = format!("p={value}");
    let (_, place) = form_urlencoded::parse(pair.as_bytes()).next()?;
    (!place.trim().is_empty()).then(|| place.into_owned())
}

fn written(ids: &[ProductId]) -> String {
    ids.iter().map(|id| id.0.simple().to_string()).collect()
}

impl Kept {
    /// Keeps where somebody says they are; nothing is kept of an empty place.
    pub fn near_cookie(&self, shop: &Shop, visit: &Visit, place: &str) -> HeaderValue {
        let days = if place.is_empty() { 0 } else { DAYS };
        visit.cookie(shop, NEAR_COOKIE, encode(place), days)
    }

    pub fn of(jar: &CookieJar) -> Self {
        let value = |name: &str| jar.get(name).map(|cookie| cookie.value()).unwrap_or_default();
        let viewed = value(VIEWED_COOKIE);
        Self {
            wishes: read(value(WISHES_COOKIE), GUEST_ITEMS_MAX),
            viewed: read(viewed, VIEWED_MAX),
            may_keep: viewed != OFF,
            near: place(value(NEAR_COOKIE)),
        }
    }

    /// Puts a wish on top; the oldest gives way.
    pub fn wish(&mut self, product: ProductId) {
        self.wishes.retain(|known| *known != product);
        self.wishes.insert(0, product);
        self.wishes.truncate(GUEST_ITEMS_MAX);
    }

    /// Notes what is looked at.
    pub fn view(&mut self, product: ProductId) {
        self.viewed.retain(|known| *known != product);
        self.viewed.insert(0, product);
        self.viewed.truncate(VIEWED_MAX);
    }

    pub fn wishes_cookie(&self, shop: &Shop, visit: &Visit) -> HeaderValue {
        let days = if self.wishes.is_empty() { 0 } else { DAYS };
        visit.cookie(shop, WISHES_COOKIE, written(&self.wishes), days)
    }

    pub fn viewed_cookie(&self, shop: &Shop, visit: &Visit) -> HeaderValue {
        match (self.may_keep, self.viewed.is_empty()) {
            (false, _) => visit.cookie(shop, VIEWED_COOKIE, OFF.to_owned(), DAYS),
            (true, true) => visit.cookie(shop, VIEWED_COOKIE, String::new(), 0),
            (true, false) => visit.cookie(shop, VIEWED_COOKIE, written(&self.viewed), DAYS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> ProductId {
        ProductId(Uuid::from_u128(n))
    }

    #[test]
    fn what_is_written_is_read() {
        let ids = [id(3), id(1), id(2)];
        assert_eq!(read(&written(&ids), 10), ids);
        assert_eq!(read(&written(&ids), 2), ids[..2]);
        assert_eq!(read(&written(&[id(3), id(3)]), 10), [id(3)]);
        for tampered in ["", "off", "x", "not-an-id-of-thirty-two-letters!"] {
            assert_eq!(read(tampered, 10), [], "{tampered}");
        }
    }

    #[test]
    fn the_oldest_gives_way() {
        let mut kept = Kept::default();
        for n in 0..100 {
            kept.wish(id(n));
            kept.view(id(n));
        }
        assert_eq!(
            (kept.wishes.len(), kept.viewed.len()),
            (GUEST_ITEMS_MAX, VIEWED_MAX)
        );
        kept.wish(id(90));
        assert_eq!(kept.wishes[0], id(90));
        assert_eq!(kept.wishes.len(), GUEST_ITEMS_MAX);
    }
}

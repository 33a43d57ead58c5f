//! Where the next page starts: the last product's place, with the plan that placed it.

use super::plan::Plan;
use super::rank::Place;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::search::SearchQuery;
use contracts::search::taste::Taste;
use kernel::Cursor;
use kernel::limits::PAGE_SIZE_MAX;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Bytes of a cursor beyond which it is not one of ours.
const CURSOR_BYTES_MAX: usize = 8 * 1024;
const CHECK_BYTES: usize = 8;

/// Why a cursor is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCursor {
    #[error(
        "`after` is not a cursor of ours, or it was altered; pass `next` of the page before as it is, or leave it out to start over"
    )]
    Unreadable,
    #[error(
        "`after` belongs to another search; pass it only with the very words, filters and sort it was given for"
    )]
    OfAnotherQuery,
}

/// A place of any index, and the search it is of.
#[derive(Serialize, Deserialize)]
struct Of<T> {
    query: u64,
    place: T,
}

#[derive(Serialize, Deserialize)]
struct Body {
    key: u64,
    product: u128,
    plan: Plan,
    /// Products that had places of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pinned: Vec<u128>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    taste: Option<Taste>,
}

/// Where a page begins, and what it goes on with.
pub struct PageAfter {
    pub place: Place,
    pub plan: Plan,
    /// Products that had places of their own.
    pub products: Vec<u128>,
    /// As it was on the first page: what is looked at meanwhile must not move what comes.
    pub taste: Option<Taste>,
}

pub fn write(query: &SearchQuery, page: PageAfter) -> serde_json::Result<Cursor> {
    let body = Body {
        key: page.place.key,
        product: page.place.product,
        plan: page.plan,
        pinned: page.products,
        taste: page.taste,
    };
    write_body(query, &body)
}

pub fn write_body<T: Serialize>(query: &SearchQuery, place: &T) -> serde_json::Result<Cursor> {
    let body = Of {
        query: fingerprint(query),
        place,
    };
    let mut bytes = serde_json::to_vec(&body)?;
    bytes.splice(0..0, check(&bytes));
    Ok(Cursor(URL_SAFE_NO_PAD.encode(bytes)))
}

pub fn read(query: &SearchQuery, cursor: &Cursor) -> Result<PageAfter, BadCursor> {
    let body: Body = read_body(query, cursor)?;
    let is_sound = body.plan.is_sound() && body.taste.as_ref().is_none_or(Taste::is_sound);
    if !is_sound || body.pinned.len() > usize::from(PAGE_SIZE_MAX) {
        return Err(BadCursor::Unreadable);
    }
    let place = Place {
        key: body.key,
        product: body.product,
    };
    Ok(PageAfter {
        place,
        plan: body.plan,
        products: body.pinned,
        taste: body.taste,
    })
}

pub fn read_body<T: DeserializeOwned>(query: &SearchQuery, cursor: &Cursor) -> Result<T, BadCursor> {
    if cursor.0.len() > CURSOR_BYTES_MAX {
        return Err(BadCursor::Unreadable);
    }
    let bytes = URL_SAFE_NO_PAD
        .decode(&cursor.0)
        .map_err(|_| BadCursor::Unreadable)?;
    let (sum, body) = bytes.split_at_checked(CHECK_BYTES).ok_or(BadCursor::Unreadable)?;
    if sum != check(body) {
        return Err(BadCursor::Unreadable);
    }
    let body: Of<T> = serde_json::from_slice(body).map_err(|_| BadCursor::Unreadable)?;
    if body.query != fingerprint(query) {
        return Err(BadCursor::OfAnotherQuery);
    }
    Ok(body.place)
}

/// Tells copies that went wrong. It is no signature: a cursor that someone makes up only costs them a search.
fn check(body: &[u8]) -> [u8; CHECK_BYTES] {
    let mut check = [0; CHECK_BYTES];
    check.copy_from_slice(&Sha256::digest(body)[..CHECK_BYTES]);
    check
}

/// What of a query decides its order and matches; not the page.
fn fingerprint(query: &SearchQuery) -> u64 {
    let fixed = SearchQuery {
        after: None,
        limit: 0,
        facets: false,
        // It is what it was on the first page.
        taste: None,
        ..query.clone()
    };
    let bytes = serde_json::to_vec(&fixed).unwrap_or_default();
    u64::from_be_bytes(check(&bytes))
}

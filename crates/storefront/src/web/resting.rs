//! Lists of products while the search does not answer: the page says so, and shows what the catalogue knows by itself.

use super::failure::Failure;
use super::visit::Visit;
use super::{Shop, shelf};
use crate::views::errors::RestingPage;
use crate::views::page::Page;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use contracts::search::SearchPage;
use kernel::{Fault, Kind, TenantId};

const CARDS: u16 = 12;
/// Seconds after which it is worth another try.
const AGAIN_S: u16 = 2;

/// What a list shows: what was found, or that nothing answers.
pub enum Sought {
    Found(Box<SearchPage>),
    Resting,
}

/// Tells a search that is away from one that refuses.
pub fn sought(found: Result<SearchPage, Fault>) -> Result<Sought, Failure> {
    match found {
        Ok(found) => Ok(Sought::Found(Box::new(found))),
        Err(fault) if matches!(fault.kind, Kind::Unavailable | Kind::TooMany) => Ok(Sought::Resting),
        Err(fault) => Err(Failure(fault)),
    }
}

/// A list of everything, or of one shop, without the search.
pub async fn page(
    shop: &Shop,
    visit: &Visit,
    page: Page,
    heading: String,
    of: Option<TenantId>,
) -> Result<Response, Failure> {
    let newest = shop
        .catalog
        .newest(&visit.ctx, of, CARDS)
        .await
        .unwrap_or_default();
    let ids: Vec<_> = newest.iter().map(|listing| listing.id).collect();
    // Should they not be had either, the page still says how it stands.
    let shelved = shelf::of(shop, visit, &ids).await.unwrap_or_default();
    let view = RestingPage {
        again: page.path.clone(),
        page: Page {
            indexed: false,
            ..page
        },
        heading,
        cards: shelved.into_iter().map(|one| one.card).collect(),
    };
    let mut response = visit.show(shop, &view);
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(AGAIN_S));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

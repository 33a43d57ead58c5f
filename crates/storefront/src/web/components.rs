//! The pieces that pages are made of: to look at where mails can be, and nowhere else.

use super::Shop;
use super::failure::Failure;
use super::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use kernel::Fault;

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    if !shop.open_inbox {
        return Err(Failure(Fault::not_found("page")));
    }
    let page = visit.keyed_page(&shop, "components.title").await;
    Ok(visit.show(&shop, &crate::samples::components(page)))
}

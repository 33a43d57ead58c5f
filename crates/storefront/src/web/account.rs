//! The buyer's account.

use super::failure::Failure;
use super::visit::Visit;
use super::{Shop, orders};
use crate::views::account::AccountPage;
use axum::extract::State;
use axum::response::Response;

const LATEST: u16 = 3;

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    let user = visit.user()?;
    let (page, latest) = futures::join!(
        visit.keyed_page(&shop, "nav.account"),
        shop.orders.of_buyer(&visit.ctx, user, None, LATEST)
    );
    let principal = visit.principal.as_ref();
    let since = kernel::uuid_time(user.0)
        .map(|t| visit.locale.date(t.date_naive()))
        .unwrap_or_default();
    let view = AccountPage {
        page,
        name: principal.map(|p| p.name.clone()).unwrap_or_default(),
        email: principal.map(|p| p.email.clone()).unwrap_or_default(),
        email_verified: principal.is_some_and(|p| p.email_verified),
        member_since: since,
        latest: latest?
            .items
            .iter()
            .map(|order| orders::row(order, visit.locale))
            .collect(),
        addresses: Vec::new(),
        sessions: Vec::new(),
    };
    Ok(visit.show(&shop, &view))
}

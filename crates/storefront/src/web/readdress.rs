//! Where an order goes, as long as nobody has packed it.

use super::Shop;
use super::failure::Failure;
use super::left::{Left, Shown};
use super::orders::{self, find};
use super::posted::Posted;
use super::visit::redirect_done;
use crate::views::order::AddressChange;
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::Address;
use contracts::orders::{Order, SubOrderStatus};
use kernel::OrderId;

/// The form, with the address as it is.
pub fn form(order: &Order, left: Option<&Left<'_>>) -> Option<AddressChange> {
    use SubOrderStatus as S;
    let mut statuses = order.sub_orders.iter().map(|part| part.status);
    let is_open = order.sub_orders.iter().any(|part| part.status != S::Cancelled)
        && statuses.all(|status| matches!(status, S::Placed | S::Confirmed | S::Cancelled));
    let address = &order.address;
    let action = action(order.id);
    let shown = Shown::of(left, &action);
    let field = |name: &str, usual: &str| shown.field(name, &format!("/{name}"), usual);
    let or_empty = |name: &str, usual: &Option<String>| field(name, usual.as_deref().unwrap_or_default());
    is_open.then(|| AddressChange {
        name: field("name", &address.name),
        line1: field("line1", &address.line1),
        line2: or_empty("line2", &address.line2),
        postcode: field("postcode", &address.postcode),
        city: field("city", &address.city),
        phone: or_empty("phone", &address.phone),
        country: address.country.clone(),
        refused: shown.refused(),
        action,
    })
}

fn action(order: OrderId) -> String {
    format!("/orders/{order}/address")
}

pub async fn submit(
    State(shop): State<Shop>,
    Path(id): Path<OrderId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let (owner, order) = find(&shop, visit, id).await?;
    let some = |name: &str| Some(posted.get(name).to_owned()).filter(|text| !text.is_empty());
    let postcode = posted.get("postcode").to_owned();
    let address = Address {
        name: posted.get("name").to_owned(),
        line1: posted.get("line1").to_owned(),
        line2: some("line2"),
        city: posted.get("city").to_owned(),
        phone: some("phone"),
        country: posted.get("country").to_owned(),
        // Another postcode tells its own.
        region: order
            .address
            .region
            .filter(|_| postcode == order.address.postcode),
        postcode,
    };
    match shop.checkout.change_address(&visit.ctx, owner, id, address).await {
        Ok(_) => Ok(redirect_done(&format!("/orders/{id}"), "readdressed")),
        Err(fault) => orders::refused(&shop, id, action(id), &posted, fault).await,
    }
}

//! Where an order goes, as long as nobody has packed it.

use super::Shop;
use super::failure::Failure;
use super::orders::find;
use super::posted::Posted;
use super::visit::{redirect_done, redirect_refused};
use crate::views::common::Field;
use crate::views::order::AddressChange;
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::Address;
use contracts::orders::{Order, SubOrderStatus};
use kernel::OrderId;

/// The form, with the address as it is.
pub fn form(order: &Order) -> Option<AddressChange> {
    use SubOrderStatus as S;
    let mut statuses = order.sub_orders.iter().map(|part| part.status);
    let is_open = order.sub_orders.iter().any(|part| part.status != S::Cancelled)
        && statuses.all(|status| matches!(status, S::Placed | S::Confirmed | S::Cancelled));
    let address = &order.address;
    let or_empty = |text: &Option<String>| Field::of(text.clone().unwrap_or_default());
    is_open.then(|| AddressChange {
        action: format!("/orders/{}/address", order.id),
        name: Field::of(address.name.clone()),
        line1: Field::of(address.line1.clone()),
        line2: or_empty(&address.line2),
        postcode: Field::of(address.postcode.clone()),
        city: Field::of(address.city.clone()),
        phone: or_empty(&address.phone),
        country: address.country.clone(),
    })
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
    let page = format!("/orders/{id}");
    match shop.checkout.change_address(&visit.ctx, owner, id, address).await {
        Ok(_) => Ok(redirect_done(&page, "readdressed")),
        Err(fault) => redirect_refused(&page, fault),
    }
}

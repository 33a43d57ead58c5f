//! Step 3: how it is paid.

use super::{gift_cards, shown_passage, summary};
use crate::views::checkout::{CheckoutPaymentPage, PaymentMethod, Step};
use crate::web::Shop;
use crate::web::draft::Draft;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;

/// The sandbox's means of payment, by what they do.
const METHODS: [&str; 4] = ["tok_visa", "tok_3ds", "tok_declined", "tok_timeout"];

pub async fn page(State(shop): State<Shop>, visit: Visit, headers: HeaderMap) -> Result<Response, Failure> {
    let draft = Draft::read(&headers);
    if draft.address.is_none() {
        return Ok(redirect("/checkout/address"));
    }
    let Some(passage) = shown_passage(&shop, &visit, draft).await? else {
        return Ok(redirect("/cart"));
    };
    if passage.quote.groups.iter().any(|g| g.delivery.is_none()) {
        return Ok(redirect("/checkout/delivery"));
    }
    if passage.quote.total.amount == 0 {
        return Ok(redirect("/checkout/review"));
    }
    let due = passage.quote.due.amount > 0;
    let purses = gift_cards::forms(&shop, &visit, &passage).await;
    let view = CheckoutPaymentPage {
        page: visit.keyed_page(&shop, "checkout.payment.title").await,
        action: "/checkout/payment".to_owned(),
        order_href: None,
        step: Step::Payment,
        summary: summary(&visit, &passage.quote),
        methods: match due {
            true => methods(&visit, passage.draft.method.as_deref()),
            false => Vec::new(),
        },
        purses: Some(purses),
        error: passage.refused.as_ref().map(|fault| visit.tell(fault)),
        sandbox: true,
    };
    let mut response = visit.show(&shop, &view);
    if passage.refused.is_some() {
        // Said once: what was left out is forgotten.
        let cookie = passage.draft.cookie(&shop, &visit)?;
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

pub async fn submit(
    State(shop): State<Shop>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Failure> {
    let mut draft = Draft::read(&headers);
    let method = posted.get("method");
    // Where nothing is left to pay there is nothing to choose; the review leads back if there is.
    if method.is_empty() {
        return Ok(redirect("/checkout/review"));
    }
    if !METHODS.contains(&method) {
        return Ok(redirect("/checkout/payment"));
    }
    draft.method = Some(method.to_owned());
    let mut response = redirect("/checkout/review");
    response
        .headers_mut()
        .append(header::SET_COOKIE, draft.cookie(&shop, &posted.visit)?);
    Ok(response)
}

/// What can be paid with; the first is chosen unless another was.
pub fn methods(visit: &Visit, chosen: Option<&str>) -> Vec<PaymentMethod> {
    let chosen = chosen.filter(|c| METHODS.contains(c)).unwrap_or(METHODS[0]);
    METHODS
        .map(|token| PaymentMethod {
            token: token.to_owned(),
            label: label(visit, token),
            hint: visit.locale.t(&format!("method.{token}.hint")).to_string(),
            selected: token == chosen,
        })
        .into()
}

pub fn label(visit: &Visit, token: &str) -> String {
    visit.locale.t(&format!("method.{token}")).to_string()
}

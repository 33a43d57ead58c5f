//! The way to Razorpay's hosted page and back. It takes a form, not a link: so there is a page with a button, without any
//! script. <https://razorpay.com/docs/payments/payment-gateway/web-integration/hosted/>

use super::{KEY, Razorpay};
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};

/// The page with the button, for an order that waits for its buyer.
pub(super) fn path(order: &str) -> String {
    format!("/pay/razorpay/{order}")
}

/// The pages of [`path`], to be served where people are.
pub fn pages(razorpay: Razorpay) -> axum::Router {
    axum::Router::new()
        .route("/pay/razorpay/{order}", get(leave))
        .route("/pay/razorpay/{order}/back", post(come_back).get(come_back))
        .with_state(razorpay)
}

async fn leave(State(razorpay): State<Razorpay>, Path(order): Path<String>) -> Response {
    let charge = match razorpay.charges.by_reference(super::NAME, &order).await {
        Ok(Some(charge)) => charge,
        Ok(None) => return StatusCode::NOT_FOUND.into_response(),
        Err(error) => return kernel_fault(error),
    };
    let config = &razorpay.config;
    let back = format!("{}{}/back", config.public_url, path(&order));
    let fields = [
        ("key_id", config.key_id.as_str()),
        ("order_id", order.as_str()),
        (&format!("notes[{KEY}]"), charge.key.as_str()),
        ("callback_url", back.as_str()),
        ("cancel_url", back.as_str()),
    ];
    let fields: String = fields
        .iter()
        .map(|(name, value)| {
            let (name, value) = (escaped(name), escaped(value));
            format!(r#"<input type="hidden" name="{name}" value="{value}">"#)
        })
        .collect();
    let base = escaped(&config.base);
    let page = format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Payment</title><main><h1>Pay with Razorpay</h1><p>You confirm the payment on Razorpay's page and come back here.</p><form method="post" action="{base}/v1/checkout/embedded">{fields}<button>Continue</button></form></main></html>"#
    );
    let mut response = Html(page).into_response();
    let policy = format!("default-src 'none'; form-action {}", config.base);
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response
            .headers_mut()
            .insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// What Razorpay says here of the payment comes through the buyer's browser and is not read: it is asked itself.
async fn come_back(State(razorpay): State<Razorpay>, Path(order): Path<String>) -> Response {
    match razorpay.charges.by_reference(super::NAME, &order).await {
        Ok(Some(charge)) if charge.return_path.starts_with('/') => {
            Redirect::to(&format!("{}{}", razorpay.config.public_url, charge.return_path)).into_response()
        }
        Ok(_) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => kernel_fault(error),
    }
}

fn kernel_fault(error: crate::Error) -> Response {
    httpkit::Problem::from(kernel::Fault::from(error)).into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

use crate::app::PaymentBook;
use axum::extract::State;
use contracts::payments::MethodType;
use httpkit::Json;
use serde::Serialize;

#[derive(Serialize, utoipa::ToSchema)]
pub struct Methods {
    /// Tokens that `POST /v1/orders/{id}/pay` takes.
    methods: Vec<Method>,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct Method {
    #[schema(example = "sandbox")]
    provider: &'static str,
    #[schema(example = "tok_visa")]
    token: &'static str,
}

/// Lists the means of payment this marketplace takes.
#[utoipa::path(get, path = "/v1/payment-methods", tag = "payments", operation_id = "payment_methods", responses((status = 200, body = Methods)))]
pub async fn handler(State(payments): State<PaymentBook>) -> Json<Methods> {
    let providers = payments.providers().iter();
    let methods = providers
        .flat_map(|&provider| tokens(provider).map(move |token| Method { provider, token }))
        .collect();
    Json(Methods { methods })
}

// Where a provider makes a token for each buyer, as Stripe does, any of its tokens will do, and none is listed.
fn tokens(provider: &str) -> impl Iterator<Item = &'static str> {
    let (tokens, kinds): (&[&str], &[MethodType]) = match provider {
        "sandbox" => (&crate::sandbox::METHODS, &[]),
        crate::razorpay::NAME => (&[], &MethodType::ALL),
        crate::paypal::NAME => (&[], &crate::paypal::METHODS),
        _ => (&[], &[]),
    };
    tokens.iter().copied().chain(kinds.iter().map(|kind| kind.name()))
}

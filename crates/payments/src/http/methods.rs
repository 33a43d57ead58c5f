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
pub async fn handler() -> Json<Methods> {
    let methods = crate::sandbox::METHODS
        .iter()
        .map(|&token| Method {
            provider: "sandbox",
            token,
        })
        .collect();
    Json(Methods { methods })
}

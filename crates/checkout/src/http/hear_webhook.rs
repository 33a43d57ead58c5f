use crate::Checkouts;
use crate::webhook::Heard;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use httpkit::webhook::Message;
use httpkit::{Json, Path, Problem, ProblemDocument, RequestInfo};
use payments::webhook::Webhook;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = WebhookResponse)]
pub(super) struct Response {
    /// The same message was heard before; nothing was done.
    duplicate: bool,
}

/// Takes a payment provider's webhook in, signed as the Standard Webhooks specification says. Any order and any number
/// of copies will do: a webhook makes the till ask the provider how the payment stands.
#[utoipa::path(
    post,
    path = "/v1/webhooks/payments/{provider}",
    tag = "checkout",
    operation_id = "hear_payment_webhook",
    params(
        ("provider" = String, Path, description = "The provider's name", example = "sandbox"),
        ("webhook-id" = String, Header, description = "The message's id; the same id is the same message"),
        ("webhook-timestamp" = String, Header, description = "Seconds since 1970; at most 5 minutes away from now"),
        ("webhook-signature" = String, Header, description = "`v1,<base64 of HMAC-SHA256 over id.timestamp.body>`"),
    ),
    request_body(content = serde_json::Value, description = "The provider's message, for the sandbox `{\"type\": \"charge.captured\", \"data\": {\"key\": ...}}`"),
    responses(
        (status = 200, description = "It was heard", body = Response),
        (status = 400, description = "`webhook_malformed`, `webhook_stale`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`webhook_signature`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: there is no such provider", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After: send it again", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    Path(provider): Path<String>,
    info: axum::Extension<RequestInfo>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Response>, Problem> {
    let ctx = info.anonymous();
    let message = Message::read(&headers, body).await?;
    let webhook = Webhook::new(message, &headers);
    let heard = checkouts.hear(&ctx, &provider, webhook).await?;
    Ok(Json(Response {
        duplicate: heard == Heard::Again,
    }))
}

use crate::Shipments;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use httpkit::webhook::Message;
use httpkit::{Json, Path, Problem, ProblemDocument, RequestInfo};
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Serialize, ToSchema)]
#[schema(as = CarrierWebhookResponse)]
pub(super) struct Response {
    /// The same event was told before; nothing was done.
    duplicate: bool,
}

/// Takes a carrier's webhook in, signed as the Standard Webhooks specification says. The message's id is the event's: any
/// order and any number of copies will do.
#[utoipa::path(
    post,
    path = "/v1/webhooks/carriers/{carrier}",
    tag = "shipping",
    operation_id = "hear_carrier_webhook",
    params(
        ("carrier" = String, Path, description = "The carrier's name", example = "sandbox"),
        ("webhook-id" = String, Header, description = "The event's id; the same id is the same event"),
        ("webhook-timestamp" = String, Header, description = "Seconds since 1970; at most 5 minutes away from now"),
        ("webhook-signature" = String, Header, description = "`v1,<base64 of HMAC-SHA256 over id.timestamp.body>`"),
    ),
    request_body(content = serde_json::Value, description = "The carrier's message, for the sandbox `{\"tracking\": ..., \"kind\": \"in_transit\", \"at\": ...}`"),
    responses(
        (status = 200, description = "It was heard", body = Response),
        (status = 400, description = "`webhook_malformed`, `webhook_stale`, `event_time`, `text_too_long`, `text_control`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`webhook_signature`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: there is no such carrier, or it has no such parcel", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`event_id_taken`: something else was told under this id", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn handler(
    State(shipments): State<Shipments>,
    Path(carrier): Path<String>,
    info: axum::Extension<RequestInfo>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Response>, Problem> {
    let ctx = info.anonymous();
    let message = Message::read(&headers, body).await?;
    let told = shipments.hear(&ctx, &carrier, &message).await?;
    Ok(Json(Response {
        duplicate: told.new == 0,
    }))
}

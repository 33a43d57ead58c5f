//! Webhooks over HTTP.

use crate::app::Hooks;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::webhooks::{ChangeEndpoint, Delivery, Endpoint, MadeEndpoint, MakeEndpoint};
use httpkit::{Json, PageQuery, Path, Problem, ProblemDocument, Query, Seller, moment, perm};
use kernel::{DateTime, EventId, Page, WebhookEndpointId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

type Owner = Seller<perm::ManageKeys>;

/// Endpoints and what came of deliveries, for a shop's owners.
pub fn routes(hooks: Hooks) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, make))
        .routes(routes!(get, change, delete))
        .routes(routes!(rotate))
        .routes(routes!(test))
        .routes(routes!(replay))
        .routes(routes!(deliveries))
        .routes(routes!(retry))
        .with_state(hooks)
}

#[derive(Serialize, ToSchema)]
#[schema(as = WebhookEndpoints)]
pub struct Endpoints {
    /// The newest first, at most 20.
    items: Vec<Endpoint>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReplayWebhooksRequest)]
pub struct Since {
    /// At most 30 days ago.
    since: DateTime,
}

#[derive(Serialize, ToSchema)]
#[schema(as = WebhooksReplayed)]
pub struct Replayed {
    /// Messages that are sent again.
    messages: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = WebhookTest)]
pub struct Tested {
    /// Of the message that is on its way.
    message: EventId,
}

/// Lists where the shop's programs are told of what happens.
#[utoipa::path(
    get, path = "/v1/seller/webhooks", tag = "webhooks", operation_id = "list_webhooks",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "Its endpoints", body = Endpoints),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`, `scope_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn list(State(hooks): State<Hooks>, owner: Owner) -> Result<Json<Endpoints>, Problem> {
    let items = hooks.endpoints(&owner.ctx, owner.tenant).await?;
    Ok(Json(Endpoints { items }))
}

/// Makes an endpoint. The secret by which its messages are signed is in this answer and nowhere else.
#[utoipa::path(
    post, path = "/v1/seller/webhooks", tag = "webhooks", operation_id = "make_webhook",
    request_body = MakeEndpoint,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "It is told from now on", body = MadeEndpoint),
        (status = 400, description = "`field_invalid`, `text_empty`, `text_too_long`, `text_control`, `url_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`, `scope_missing`, `feature_off`: `webhooks`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`too_many_endpoints`: there are 20", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn make(
    State(hooks): State<Hooks>,
    owner: Owner,
    Json(request): Json<MakeEndpoint>,
) -> Result<(StatusCode, Json<MadeEndpoint>), Problem> {
    let made = hooks.make(&owner.ctx, owner.tenant, request).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Reads an endpoint.
#[utoipa::path(
    get, path = "/v1/seller/webhooks/{id}", tag = "webhooks", operation_id = "get_webhook",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "As it is", body = Endpoint),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`, `scope_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn get(
    State(hooks): State<Hooks>,
    owner: Owner,
    Path(id): Path<WebhookEndpointId>,
) -> Result<Json<Endpoint>, Problem> {
    Ok(Json(hooks.endpoint(&owner.ctx, owner.tenant, id).await?))
}

/// Changes an endpoint, turns it off, or on again.
#[utoipa::path(
    patch, path = "/v1/seller/webhooks/{id}", tag = "webhooks", operation_id = "change_webhook",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint")),
    request_body = ChangeEndpoint,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "As it is now", body = Endpoint),
        (status = 400, description = "`field_invalid`, `text_empty`, `text_too_long`, `text_control`, `url_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`, `scope_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn change(
    State(hooks): State<Hooks>,
    owner: Owner,
    Path(id): Path<WebhookEndpointId>,
    Json(request): Json<ChangeEndpoint>,
) -> Result<Json<Endpoint>, Problem> {
    let changed = hooks.change(&owner.ctx, owner.tenant, id, request).await?;
    Ok(Json(changed))
}

/// Deletes an endpoint with what was and is on its way to it.
#[utoipa::path(
    delete, path = "/v1/seller/webhooks/{id}", tag = "webhooks", operation_id = "delete_webhook",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint")),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "It is told no more"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`, `scope_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn delete(
    State(hooks): State<Hooks>,
    owner: Owner,
    Path(id): Path<WebhookEndpointId>,
) -> Result<StatusCode, Problem> {
    hooks.delete(&owner.ctx, owner.tenant, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives an endpoint a new secret. For a day its messages are signed with the old one as well.
#[utoipa::path(
    post, path = "/v1/seller/webhooks/{id}/rotate", tag = "webhooks", operation_id = "rotate_webhook_secret",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint")),
    security(("bearer" = [])),
    responses(
        (status = 201, description = "The secret, this once", body = MadeEndpoint),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`, `scope_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn rotate(
    State(hooks): State<Hooks>,
    owner: Owner,
    Path(id): Path<WebhookEndpointId>,
) -> Result<(StatusCode, Json<MadeEndpoint>), Problem> {
    let made = hooks.rotate(&owner.ctx, owner.tenant, id).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// Sends a message of type `webhook.test`, which tells of nothing.
#[utoipa::path(
    post, path = "/v1/seller/webhooks/{id}/test", tag = "webhooks", operation_id = "test_webhook",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint")),
    security(("bearer" = [])),
    responses(
        (status = 202, description = "It is on its way", body = Tested),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`, `scope_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`endpoint_paused`: turn it on first", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn test(
    State(hooks): State<Hooks>,
    owner: Owner,
    Path(id): Path<WebhookEndpointId>,
) -> Result<(StatusCode, Json<Tested>), Problem> {
    let message = hooks.test(&owner.ctx, owner.tenant, id).await?;
    Ok((StatusCode::ACCEPTED, Json(Tested { message })))
}

/// Sends again what happened since then and the endpoint is told of, with the ids of the first time.
#[utoipa::path(
    post, path = "/v1/seller/webhooks/{id}/replay", tag = "webhooks", operation_id = "replay_webhooks",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint")),
    request_body = Since,
    security(("bearer" = [])),
    responses(
        (status = 202, description = "They are on their way", body = Replayed),
        (status = 400, description = "`field_invalid`, `since_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`, `scope_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`endpoint_paused`: turn it on first", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn replay(
    State(hooks): State<Hooks>,
    owner: Owner,
    Path(id): Path<WebhookEndpointId>,
    Json(request): Json<Since>,
) -> Result<(StatusCode, Json<Replayed>), Problem> {
    let since = moment("/since", request.since)?;
    let messages = hooks.replay(&owner.ctx, owner.tenant, id, since).await?;
    Ok((StatusCode::ACCEPTED, Json(Replayed { messages })))
}

/// Lists the messages to an endpoint of the last 30 days with what came of them, the latest first.
#[utoipa::path(
    get, path = "/v1/seller/webhooks/{id}/deliveries", tag = "webhooks", operation_id = "list_webhook_deliveries",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint"), PageQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of them", body = Page<Delivery>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`, `scope_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn deliveries(
    State(hooks): State<Hooks>,
    owner: Owner,
    Path(id): Path<WebhookEndpointId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Delivery>>, Problem> {
    let limit = page.limit()?;
    let found = hooks.deliveries(owner.tenant, id, page.after, limit).await?;
    Ok(Json(found))
}

/// Sends one message again, from the first attempt on.
#[utoipa::path(
    post, path = "/v1/seller/webhooks/{id}/deliveries/{message}/retry", tag = "webhooks", operation_id = "retry_webhook_delivery",
    params(("id" = WebhookEndpointId, Path, description = "The endpoint"), ("message" = EventId, Path, description = "The message")),
    security(("bearer" = [])),
    responses(
        (status = 202, description = "It is on its way"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`, `scope_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`endpoint_paused`: turn it on first", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn retry(
    State(hooks): State<Hooks>,
    owner: Owner,
    Path((id, message)): Path<(WebhookEndpointId, EventId)>,
) -> Result<StatusCode, Problem> {
    hooks.retry(&owner.ctx, owner.tenant, id, message).await?;
    Ok(StatusCode::ACCEPTED)
}

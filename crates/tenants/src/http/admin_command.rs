//! The operator's four commands. They differ in what they do to the status alone, so they share a body.

use super::REASON_CHARS_MAX;
use super::body::OwnShop;
use crate::Shops;
use crate::domain::Command;
use axum::extract::State;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm, text};
use kernel::TenantId;
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = ShopCommandRequest)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Kept in the shop's history.
    #[schema(example = "documents checked", max_length = 500)]
    reason: String,
}

/// Approves a shop whose check-list is complete: buyers see it from now on.
#[utoipa::path(
    post, path = "/v1/admin/shops/{id}/approve", tag = "tenants", operation_id = "approve_shop",
    params(("id" = String, Path, format = Uuid)), request_body = Request, security(("bearer" = [])),
    responses(
        (status = 200, body = OwnShop, headers(("ETag" = String, description = "the version"))),
        (status = 400, body = ProblemDocument, description = "`text_empty`, `text_too_long`, `text_control`, `field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`illegal_transition` with `allowed`, `onboarding_incomplete` with `missing`", content_type = "application/problem+json"),
    )
)]
pub async fn approve(
    State(shops): State<Shops>,
    admin: Admin<perm::ApproveSellers>,
    Path(id): Path<TenantId>,
    Json(request): Json<Request>,
) -> Result<OwnShop, Problem> {
    run(&shops, &admin, id, Command::Approve, &request).await
}

/// Suspends an active shop: buyers do not see it until it is reinstated.
#[utoipa::path(
    post, path = "/v1/admin/shops/{id}/suspend", tag = "tenants", operation_id = "suspend_shop",
    params(("id" = String, Path, format = Uuid)), request_body = Request, security(("bearer" = [])),
    responses(
        (status = 200, body = OwnShop, headers(("ETag" = String, description = "the version"))),
        (status = 400, body = ProblemDocument, description = "`text_empty`, `text_too_long`, `text_control`, `field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`illegal_transition` with `allowed`", content_type = "application/problem+json"),
    )
)]
pub async fn suspend(
    State(shops): State<Shops>,
    admin: Admin<perm::ApproveSellers>,
    Path(id): Path<TenantId>,
    Json(request): Json<Request>,
) -> Result<OwnShop, Problem> {
    run(&shops, &admin, id, Command::Suspend, &request).await
}

/// Makes a suspended shop active again.
#[utoipa::path(
    post, path = "/v1/admin/shops/{id}/reinstate", tag = "tenants", operation_id = "reinstate_shop",
    params(("id" = String, Path, format = Uuid)), request_body = Request, security(("bearer" = [])),
    responses(
        (status = 200, body = OwnShop, headers(("ETag" = String, description = "the version"))),
        (status = 400, body = ProblemDocument, description = "`text_empty`, `text_too_long`, `text_control`, `field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`illegal_transition` with `allowed`", content_type = "application/problem+json"),
    )
)]
pub async fn reinstate(
    State(shops): State<Shops>,
    admin: Admin<perm::ApproveSellers>,
    Path(id): Path<TenantId>,
    Json(request): Json<Request>,
) -> Result<OwnShop, Problem> {
    run(&shops, &admin, id, Command::Reinstate, &request).await
}

/// Closes a shop for good, or turns its application down.
#[utoipa::path(
    post, path = "/v1/admin/shops/{id}/close", tag = "tenants", operation_id = "close_shop",
    params(("id" = String, Path, format = Uuid)), request_body = Request, security(("bearer" = [])),
    responses(
        (status = 200, body = OwnShop, headers(("ETag" = String, description = "the version"))),
        (status = 400, body = ProblemDocument, description = "`text_empty`, `text_too_long`, `text_control`, `field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`illegal_transition` with `allowed`", content_type = "application/problem+json"),
    )
)]
pub async fn close(
    State(shops): State<Shops>,
    admin: Admin<perm::ApproveSellers>,
    Path(id): Path<TenantId>,
    Json(request): Json<Request>,
) -> Result<OwnShop, Problem> {
    run(&shops, &admin, id, Command::Close, &request).await
}

async fn run(
    shops: &Shops,
    admin: &Admin<perm::ApproveSellers>,
    id: TenantId,
    command: Command,
    request: &Request,
) -> Result<OwnShop, Problem> {
    let reason = text::line("/reason", &request.reason, REASON_CHARS_MAX)?;
    let record = shops.command(&admin.ctx, id, command, &reason).await?;
    Ok(record.into())
}

use super::ListOf;
use crate::Promoter;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::search::promoted::{NewPromotedListing, NewPromotedTariff, PromotedListing, PromotedTariff};
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::PromotedListingId;

/// What a day of being put forward costs, by currency.
#[utoipa::path(
    get, path = "/v1/admin/search/promoted-tariffs", tag = "search", operation_id = "list_promoted_tariffs",
    security(("bearer" = [])),
    responses(
        (status = 200, body = ListOf<PromotedTariff>),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn tariffs(
    State(promoter): State<Promoter>,
    _admin: Admin<perm::ReadLedger>,
) -> Result<Json<ListOf<PromotedTariff>>, Problem> {
    let items = promoter.tariffs().await?;
    Ok(Json(ListOf { items }))
}

/// Sets what a day costs in one currency, from now on. What runs already goes on for what it was begun for.
#[utoipa::path(
    post, path = "/v1/admin/search/promoted-tariffs", tag = "search", operation_id = "set_promoted_tariff",
    request_body = NewPromotedTariff,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "It holds", body = PromotedTariff),
        (status = 400, description = "`json_malformed`, `field_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn set_tariff(
    State(promoter): State<Promoter>,
    admin: Admin<perm::ManageLedger>,
    Json(new): Json<NewPromotedTariff>,
) -> Result<(StatusCode, Json<PromotedTariff>), Problem> {
    let tariff = promoter.set_tariff(&admin.ctx, new).await?;
    Ok((StatusCode::CREATED, Json(tariff)))
}

/// One's own listings that are put forward, or were: those that run first, the latest 200.
#[utoipa::path(
    get, path = "/v1/seller/promoted-listings", tag = "search", operation_id = "list_promoted_listings",
    security(("bearer" = [])),
    responses(
        (status = 200, body = ListOf<PromotedListing>),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(promoter): State<Promoter>,
    seller: Seller<perm::ReadSales>,
) -> Result<Json<ListOf<PromotedListing>>, Problem> {
    let items = promoter.of_shop(&seller.ctx, seller.tenant).await?;
    Ok(Json(ListOf { items }))
}

/// Puts a product forward, from now on for so many days. Each day is charged as it begins, at what a day costs now; a day on which
/// the product is not for sale is not.
#[utoipa::path(
    post, path = "/v1/seller/promoted-listings", tag = "search", operation_id = "promote_listing",
    request_body = NewPromotedListing,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "It is put forward", body = PromotedListing),
        (status = 400, description = "`json_malformed`, `field_invalid`, `not_for_sale`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`, `feature_off`: `promoted_listings`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`not_offered`, `already_promoted`, `too_many`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn promote(
    State(promoter): State<Promoter>,
    seller: Seller<perm::RunPromotions>,
    Json(new): Json<NewPromotedListing>,
) -> Result<(StatusCode, Json<PromotedListing>), Problem> {
    let listing = promoter.promote(&seller.ctx, seller.tenant, new).await?;
    Ok((StatusCode::CREATED, Json(listing)))
}

/// Stops putting a product forward. The day that has begun stays charged.
#[utoipa::path(
    post, path = "/v1/seller/promoted-listings/{id}/stop", tag = "search", operation_id = "stop_promoted_listing",
    params(("id" = PromotedListingId, Path)),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "It is not put forward any more", body = PromotedListing),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`ended`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn stop(
    State(promoter): State<Promoter>,
    seller: Seller<perm::RunPromotions>,
    Path(id): Path<PromotedListingId>,
) -> Result<Json<PromotedListing>, Problem> {
    Ok(Json(promoter.stop(&seller.ctx, seller.tenant, id).await?))
}

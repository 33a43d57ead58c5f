//! Which products of several shops are one item: matched by GTIN by themselves, and here by hand.

use crate::Products;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::catalog::ItemProposal;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::ProductId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MatchProductRequest)]
pub(super) struct Match {
    /// A product that is the same thing; null for one that is nothing but itself, whatever its GTIN says.
    #[serde(default)]
    same_as: Option<ProductId>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProposeItemRequest)]
pub(super) struct Propose {
    /// Another shop's product that is the same thing.
    same_as: ProductId,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ListItemProposalsResponse)]
pub(super) struct Proposals {
    /// At most 200, the latest first.
    items: Vec<ItemProposal>,
}

/// Says that a product is the same thing as another, or as none. A GTIN does not undo it.
#[utoipa::path(
    put, path = "/v1/admin/products/{id}/item", operation_id = "match_product", tag = "catalog",
    params(("id" = ProductId, Path, description = "The product")),
    request_body = Match,
    responses(
        (status = 204, description = "It is matched, and what was proposed for it is settled"),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: one of the products is not there", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn match_product(
    State(products): State<Products>,
    admin: Admin<perm::ManageCategories>,
    Path(id): Path<ProductId>,
    Json(request): Json<Match>,
) -> Result<StatusCode, Problem> {
    products.match_by_hand(&admin.ctx, id, request.same_as).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What sellers say is the same thing, and nobody has decided.
#[utoipa::path(
    get, path = "/v1/admin/item-proposals", operation_id = "list_item_proposals", tag = "catalog",
    responses(
        (status = 200, description = "What is proposed", body = Proposals),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn list(
    State(products): State<Products>,
    _admin: Admin<perm::ManageCategories>,
) -> Result<Json<Proposals>, Problem> {
    Ok(Json(Proposals {
        items: products.proposals().await?,
    }))
}

/// Refuses what a seller proposed for a product. It is accepted by matching the product.
#[utoipa::path(
    delete, path = "/v1/admin/item-proposals/{id}", operation_id = "refuse_item_proposal", tag = "catalog",
    params(("id" = ProductId, Path, description = "The product that something is proposed for")),
    responses(
        (status = 204, description = "It is refused"),
        (status = 400, description = "`parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: nothing is proposed for it", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn refuse(
    State(products): State<Products>,
    admin: Admin<perm::ManageCategories>,
    Path(id): Path<ProductId>,
) -> Result<StatusCode, Problem> {
    products.refuse_proposal(&admin.ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Proposes that one's own product is the same thing as another shop's, for an operator to decide.
#[utoipa::path(
    put, path = "/v1/seller/products/{id}/item-proposal", operation_id = "propose_item", tag = "catalog",
    params(("id" = ProductId, Path, description = "One's own product")),
    request_body = Propose,
    responses(
        (status = 204, description = "It is proposed, in the place of what was proposed for it before"),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `same_shop`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: one of the products is not there", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn propose(
    State(products): State<Products>,
    seller: Seller<perm::EditCatalog>,
    Path(id): Path<ProductId>,
    Json(request): Json<Propose>,
) -> Result<StatusCode, Problem> {
    products
        .propose_item(&seller.ctx, seller.tenant, id, request.same_as)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes back what one proposed for one's own product, while no operator has decided it.
#[utoipa::path(
    delete, path = "/v1/seller/products/{id}/item-proposal", operation_id = "withdraw_item_proposal", tag = "catalog",
    params(("id" = ProductId, Path, description = "One's own product")),
    responses(
        (status = 204, description = "It is taken back"),
        (status = 400, description = "`parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: nothing is proposed for it, or it is decided", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn withdraw(
    State(products): State<Products>,
    seller: Seller<perm::EditCatalog>,
    Path(id): Path<ProductId>,
) -> Result<StatusCode, Problem> {
    products.withdraw_proposal(seller.tenant, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

use super::body::OnboardingItem;
use super::item_of;
use crate::Shops;
use crate::domain::Statement;
use axum::extract::State;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use serde::{Deserialize, Serialize};

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Onboarding)]
pub struct Response {
    items: Vec<OnboardingItem>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = StateOnboardingItemRequest)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// That the statement is true. Must be true.
    attested: bool,
    /// Name of the person or business, or holder of the account.
    #[schema(example = "Lucía Romero", max_length = 120)]
    holder: String,
    /// Number of the identity document or tax number, IBAN, or reference of the registration.
    #[schema(example = "ES91 2100 0418 4502 0005 1332", max_length = 64)]
    reference: String,
}

/// The check-list between application and approval.
#[utoipa::path(
    get, path = "/v1/seller/onboarding", tag = "tenants", operation_id = "onboarding",
    security(("bearer" = [])),
    responses(
        (status = 200, body = Response),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(shops): State<Shops>,
    seller: Seller<perm::ReadShop>,
) -> Result<Json<Response>, Problem> {
    let items = shops.onboarding(seller.tenant).await?;
    let items = items.into_iter().map(OnboardingItem::from).collect();
    Ok(Json(Response { items }))
}

/// States one item of the check-list. Stated again, the operator judges anew.
#[utoipa::path(
    put, path = "/v1/seller/onboarding/{item}", tag = "tenants", operation_id = "state_onboarding_item",
    params(("item" = String, Path, description = "`identity`, `bank_account` or `legal_documents`", example = "bank_account")),
    request_body = Request, security(("bearer" = [])),
    responses(
        (status = 200, body = OnboardingItem),
        (status = 400, body = ProblemDocument, description = "`not_attested`, `iban_invalid`, `text_empty`, `text_too_long`, `text_control`, `field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`shop_closed`", content_type = "application/problem+json"),
    )
)]
pub async fn put(
    State(shops): State<Shops>,
    seller: Seller<perm::EditShop>,
    Path(item): Path<String>,
    Json(request): Json<Request>,
) -> Result<Json<OnboardingItem>, Problem> {
    let item = item_of(&item)?;
    let statement = Statement::parse(item, request.attested, &request.holder, &request.reference)?;
    let line = shops
        .submit_item(&seller.ctx, seller.tenant, item, &statement)
        .await?;
    Ok(Json(line.into()))
}

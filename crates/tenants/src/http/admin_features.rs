//! Which features shops may use, for all of them and for each.

use crate::{Error, Shops};
use axum::extract::State;
use contracts::tenants::{Feature, FeatureState, OwnState, ShopFeature};
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::TenantId;
use serde::{Deserialize, Serialize};

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = FeatureTable)]
pub struct Table {
    /// In their order.
    items: Vec<FeatureState>,
    /// Shops with a state of their own, by feature and by name: at most 500.
    own: Vec<OwnState>,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = SetFeatureRequest)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Whether it may be used.
    on: bool,
}

/// The feature a path names.
fn feature_of(name: &str) -> Result<Feature, Error> {
    Feature::of_name(name).ok_or(Error::NoSuchFeature)
}

/// Lists the features that shops may use or not, and for which shops they are otherwise.
#[utoipa::path(
    get, path = "/v1/admin/features", tag = "tenants", operation_id = "list_features",
    security(("bearer" = [])),
    responses(
        (status = 200, body = Table),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(shops): State<Shops>,
    _admin: Admin<perm::ManageSystem>,
) -> Result<Json<Table>, Problem> {
    let (items, own) = futures::try_join!(shops.features(), shops.own_states())?;
    Ok(Json(Table { items, own }))
}

/// Turns a feature on or off for all shops that have no state of their own.
///
/// What is turned off cannot be begun; what runs goes on until it ends.
#[utoipa::path(
    put, path = "/v1/admin/features/{name}", tag = "tenants", operation_id = "set_feature",
    params(("name" = String, Path, description = "One of the features listed", example = "webhooks")),
    request_body = Request, security(("bearer" = [])),
    responses(
        (status = 200, body = FeatureState),
        (status = 400, body = ProblemDocument, description = "`field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
    )
)]
pub async fn set(
    State(shops): State<Shops>,
    admin: Admin<perm::ManageSystem>,
    Path(name): Path<String>,
    Json(request): Json<Request>,
) -> Result<Json<FeatureState>, Problem> {
    let feature = feature_of(&name)?;
    Ok(Json(shops.set_feature(&admin.ctx, feature, request.on).await?))
}

/// Turns a feature on or off for one shop, whatever holds for all.
#[utoipa::path(
    put, path = "/v1/admin/shops/{id}/features/{name}", tag = "tenants", operation_id = "set_shop_feature",
    params(
        ("id" = String, Path, format = Uuid),
        ("name" = String, Path, description = "One of the features listed", example = "webhooks"),
    ),
    request_body = Request, security(("bearer" = [])),
    responses(
        (status = 200, body = ShopFeature),
        (status = 400, body = ProblemDocument, description = "`field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`: no such shop or feature", content_type = "application/problem+json"),
    )
)]
pub async fn set_own(
    State(shops): State<Shops>,
    admin: Admin<perm::ManageSystem>,
    Path((id, name)): Path<(TenantId, String)>,
    Json(request): Json<Request>,
) -> Result<Json<ShopFeature>, Problem> {
    let feature = feature_of(&name)?;
    let state = shops
        .set_shop_feature(&admin.ctx, id, feature, Some(request.on))
        .await?;
    Ok(Json(state))
}

/// Clears a shop's own state: what holds for all holds for it again. Cleared twice, it is clear.
#[utoipa::path(
    delete, path = "/v1/admin/shops/{id}/features/{name}", tag = "tenants", operation_id = "clear_shop_feature",
    params(
        ("id" = String, Path, format = Uuid),
        ("name" = String, Path, description = "One of the features listed", example = "webhooks"),
    ),
    security(("bearer" = [])),
    responses(
        (status = 200, body = ShopFeature),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`: no such shop or feature", content_type = "application/problem+json"),
    )
)]
pub async fn clear_own(
    State(shops): State<Shops>,
    admin: Admin<perm::ManageSystem>,
    Path((id, name)): Path<(TenantId, String)>,
) -> Result<Json<ShopFeature>, Problem> {
    let feature = feature_of(&name)?;
    let state = shops.set_shop_feature(&admin.ctx, id, feature, None).await?;
    Ok(Json(state))
}

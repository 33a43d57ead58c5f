use super::body::PublicShop;
use crate::Shops;
use axum::extract::State;
use httpkit::{Anyone, Json, Path, Problem, ProblemDocument};

/// An active shop.
#[utoipa::path(
    get, path = "/v1/shops/{slug}", tag = "tenants", operation_id = "shop",
    params(("slug" = String, Path, example = "alfareria-romero")), security((), ("bearer" = [])),
    responses(
        (status = 200, body = PublicShop),
        (status = 401, body = ProblemDocument, description = "`token_invalid`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(shops): State<Shops>,
    _anyone: Anyone,
    Path(slug): Path<String>,
) -> Result<Json<PublicShop>, Problem> {
    let shop = shops.active_by_slug(&slug).await?;
    let shop = shop.ok_or(crate::Error::NoSuchShop)?;
    Ok(Json(shop.into()))
}

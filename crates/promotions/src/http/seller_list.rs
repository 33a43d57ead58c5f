use super::view::{Parameters, Promotion, page};
use crate::app::{Owner, Promotions};
use axum::extract::State;
use httpkit::{Json, Problem, ProblemDocument, Query, Seller, perm};
use kernel::Page;

/// Lists the shop's promotions, the latest first, with how much of each is used.
#[utoipa::path(
    get, path = "/v1/seller/promotions", tag = "promotions", operation_id = "list_seller_promotions",
    params(Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of promotions", body = Page<Promotion>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(promotions): State<Promotions>,
    seller: Seller<perm::ReadSales>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Page<Promotion>>, Problem> {
    let place = parameters.place()?;
    let live_at = place.live.then_some(seller.ctx.now);
    let rows = promotions
        .list(
            Owner::Shop(seller.tenant),
            live_at,
            place.before,
            place.limit.plus_one(),
        )
        .await?;
    Ok(Json(page(rows, place.limit)?))
}

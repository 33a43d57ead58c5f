use super::{Api, check_rows};
use crate::{Adjusted, Chosen, Error, MismatchKind, WhyNot};
use axum::extract::State;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::{SkuId, StockFeedId};
use serde::{Deserialize, Serialize};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AdjustByFeedRequest)]
pub(super) struct Request {
    /// The lines to believe, by SKU: 1 to 500. Instead of `kinds`.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 500)]
    skus: Option<Vec<SkuId>>,
    /// All lines of these kinds: `differs`, `missing`. Instead of `skus`.
    #[serde(default)]
    #[schema(inline, min_items = 1, max_items = 2)]
    kinds: Option<Vec<MismatchKind>>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = AdjustByFeedResponse)]
pub(super) struct Response {
    /// Lines adjusted by this call. Those that were adjusted before are not counted.
    adjusted: u64,
    refused: u64,
    /// The first 100 of the refused.
    refusals: Vec<Refusal>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = AdjustByFeedRefusal)]
struct Refusal {
    sku: SkuId,
    code: String,
    #[schema(inline)]
    why: WhyNot,
}

impl From<Adjusted> for Response {
    fn from(adjusted: Adjusted) -> Self {
        let refusals = adjusted.refusals.into_iter();
        Self {
            adjusted: adjusted.adjusted,
            refused: adjusted.refused,
            refusals: refusals
                .map(|refusal| Refusal {
                    sku: refusal.sku,
                    code: refusal.code,
                    why: refusal.why,
                })
                .collect(),
        }
    }
}

/// Believes the warehouse about the chosen lines: their differences are added to our books, by movements that refer to the
/// feed.
///
/// What was sold or received since the file was read stays counted. Each line is adjusted once: calling again changes
/// nothing. Lines that were counted or adjusted since are refused, one by one.
#[utoipa::path(
    post,
    path = "/v1/seller/stock-feeds/{id}/adjustments",
    tag = "inventory",
    operation_id = "adjust_by_feed",
    params(("id" = StockFeedId, Path, description = "The stock feed")),
    request_body = Request,
    responses(
        (status = 200, description = "What became of the lines", body = Response),
        (status = 400, description = "`field_invalid`, `rows_out_of_range`, `lines_unchosen`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`stock_feed_unknown`, `not_found`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::EditStock>,
    Path(id): Path<StockFeedId>,
    Json(request): Json<Request>,
) -> Result<Json<Response>, Problem> {
    let chosen = chosen(request)?;
    let adjusted = api
        .stock
        .adjust_by_feed(&seller.ctx, seller.tenant, id, chosen)
        .await?;
    Ok(Json(adjusted.into()))
}

fn chosen(request: Request) -> Result<Chosen, Error> {
    match (request.skus, request.kinds) {
        (Some(skus), None) => {
            check_rows(skus.len(), "skus")?;
            Ok(Chosen::Skus(skus))
        }
        (None, Some(kinds)) if (1..=2).contains(&kinds.len()) && !kinds.contains(&MismatchKind::Unknown) => {
            Ok(Chosen::Kinds(kinds))
        }
        _ => Err(Error::NothingChosen),
    }
}

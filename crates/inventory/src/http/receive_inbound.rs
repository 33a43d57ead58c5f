use super::inbound::{Inbound, Quantity};
use super::{Api, check_rows, hash};
use crate::Once;
use crate::domain::Receipt;
use axum::extract::State;
use httpkit::{IdempotencyKey, Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::InboundId;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReceiveInboundRequest)]
pub(super) struct Request {
    /// What arrived: 1 to 500 SKUs, each once.
    #[schema(min_items = 1, max_items = 500)]
    lines: Vec<Quantity>,
}

/// Takes in what arrived of a transfer or a purchase: all of the lines, or none. When nothing more is to come it is
/// received; until then the rest stays under way.
#[utoipa::path(
    post,
    path = "/v1/seller/inbound/{id}/receipts",
    tag = "inventory",
    operation_id = "receive_inbound",
    params(
        ("id" = InboundId, Path, description = "The transfer or purchase order"),
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "The same key with the same body receives once"),
    ),
    request_body = Request,
    responses(
        (status = 200, description = "As it stands now", body = Inbound),
        (status = 400, description = "`idempotency_key`, `field_invalid`, `rows_out_of_range`, `sku_named_twice`, `quantity_out_of_range`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`inbound_unknown`, `not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`more_than_expected`, with `to_come`; `inbound_ended`, with `state`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`sku_not_expected`, `idempotency_key_reused`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::EditStock>,
    Path(id): Path<InboundId>,
    IdempotencyKey(key): IdempotencyKey,
    Json(request): Json<Request>,
) -> Result<Json<Inbound>, Problem> {
    check_rows(request.lines.len(), "lines")?;
    let once = Once {
        key,
        request_hash: hash(&request)?,
    };
    let receipts: Vec<Receipt> = request
        .lines
        .iter()
        .map(|line| Receipt {
            sku: line.sku,
            quantity: line.quantity,
        })
        .collect();
    let inbound = api
        .stock
        .receive(&seller.ctx, seller.tenant, id, &receipts, once)
        .await?;
    Ok(Json(inbound.into()))
}

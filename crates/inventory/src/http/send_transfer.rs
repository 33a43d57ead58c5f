use super::inbound::{Inbound, Quantity, Stated};
use super::{Api, hash};
use crate::{Once, Origin};
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use httpkit::{IdempotencyKey, Json, Problem, ProblemDocument, Seller, perm};
use kernel::WarehouseId;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SendTransferRequest)]
pub(super) struct Request {
    from: WarehouseId,
    to: WarehouseId,
    /// When it should arrive.
    #[serde(default)]
    #[schema(example = "2026-12-01")]
    expected_on: Option<NaiveDate>,
    #[serde(default)]
    #[schema(max_length = 200)]
    note: Option<String>,
    /// 1 to 500 SKUs, each once. Reserved units stay where they are.
    #[schema(min_items = 1, max_items = 500)]
    lines: Vec<Quantity>,
}

/// Sends goods from one warehouse to another. They leave the one at once, and are incoming at the other until they are
/// received.
#[utoipa::path(
    post,
    path = "/v1/seller/transfers",
    tag = "inventory",
    operation_id = "send_transfer",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "The same key with the same body sends once")),
    request_body = Request,
    responses(
        (status = 201, description = "Under way", body = Inbound),
        (status = 400, description = "`idempotency_key`, `field_invalid`, `rows_out_of_range`, `sku_named_twice`, `quantity_out_of_range`, `on_hand_out_of_range`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`warehouse_unknown`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`stock_insufficient`, with `available`; `warehouse_closed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`sku_unknown`, `warehouses_same`, `idempotency_key_reused`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(api): State<Api>,
    seller: Seller<perm::EditStock>,
    IdempotencyKey(key): IdempotencyKey,
    Json(request): Json<Request>,
) -> Result<(StatusCode, Json<Inbound>), Problem> {
    let request_hash = hash(&request)?;
    let stated = Stated {
        origin: Origin::Warehouse(request.from),
        warehouse: request.to,
        expected_on: request.expected_on,
        note: request.note.as_deref(),
        lines: &request.lines,
    };
    let new = api.new_inbound(&seller.ctx, seller.tenant, stated).await?;
    let once = Once { key, request_hash };
    let inbound = api
        .stock
        .begin_inbound(&seller.ctx, seller.tenant, new, once)
        .await?;
    Ok((StatusCode::CREATED, Json(inbound.into())))
}

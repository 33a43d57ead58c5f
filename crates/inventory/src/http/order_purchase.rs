use super::inbound::{Inbound, Quantity, Stated};
use super::{Api, hash, warehouse_or_default};
use crate::{Once, Origin};
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use httpkit::{IdempotencyKey, Json, Problem, ProblemDocument, Seller, perm, text};
use kernel::WarehouseId;
use serde::{Deserialize, Serialize};

pub(crate) const SUPPLIER_CHARS_MAX: usize = 120;

#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrderPurchaseRequest)]
pub(super) struct Request {
    #[schema(example = "Talleres Río", min_length = 1, max_length = 120)]
    supplier: String,
    /// Where it goes; the shop's default warehouse if absent.
    #[serde(default)]
    to: Option<WarehouseId>,
    /// When it should arrive.
    #[serde(default)]
    #[schema(example = "2026-12-01")]
    expected_on: Option<NaiveDate>,
    #[serde(default)]
    #[schema(max_length = 200)]
    note: Option<String>,
    /// 1 to 500 SKUs, each once.
    #[schema(min_items = 1, max_items = 500)]
    lines: Vec<Quantity>,
}

/// Records an order to a supplier. Its units are incoming until they are received.
#[utoipa::path(
    post,
    path = "/v1/seller/purchase-orders",
    tag = "inventory",
    operation_id = "order_purchase",
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "The same key with the same body orders once")),
    request_body = Request,
    responses(
        (status = 201, description = "Under way", body = Inbound),
        (status = 400, description = "`idempotency_key`, `field_invalid`, `rows_out_of_range`, `sku_named_twice`, `quantity_out_of_range`, `on_hand_out_of_range`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`warehouse_unknown`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`warehouse_closed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`sku_unknown`, `idempotency_key_reused`", body = ProblemDocument, content_type = "application/problem+json"),
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
    let supplier = text::line("/supplier", &request.supplier, SUPPLIER_CHARS_MAX)?;
    let stated = Stated {
        origin: Origin::Supplier(supplier),
        warehouse: warehouse_or_default(seller.tenant, request.to),
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

//! Transfers and purchase orders as the API takes and shows them.

use super::{Api, NOTE_CHARS_MAX, check_rows};
use crate::domain;
use crate::domain::{InboundKind, InboundState};
use crate::{Error, NewInbound, Origin};
use chrono::NaiveDate;
use httpkit::text;
use kernel::{Ctx, DateTime, InboundId, ProductId, SkuId, TenantId, WarehouseId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Goods on their way to a warehouse.
#[derive(Serialize, ToSchema)]
#[schema(as = Inbound)]
pub(super) struct Inbound {
    id: InboundId,
    #[schema(inline)]
    kind: InboundKind,
    #[schema(inline)]
    state: InboundState,
    /// Where it goes.
    to: WarehouseId,
    /// Where a transfer comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<WarehouseId>,
    /// Who a purchase comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    supplier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_on: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    created_at: DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime>,
    lines: Vec<Line>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = InboundLine)]
struct Line {
    sku: SkuId,
    product: ProductId,
    /// Units sent or ordered.
    expected: i64,
    received: i64,
    /// Units that never came.
    missing: i64,
    /// Units still under way.
    to_come: i64,
}

impl From<domain::Inbound> for Inbound {
    fn from(inbound: domain::Inbound) -> Self {
        Self {
            id: inbound.id,
            kind: inbound.kind,
            state: inbound.state,
            to: inbound.warehouse,
            from: inbound.source,
            supplier: inbound.supplier,
            expected_on: inbound.expected_on,
            note: inbound.note,
            created_at: inbound.created_at,
            ended_at: inbound.ended_at,
            lines: inbound
                .lines
                .into_iter()
                .map(|line| Line {
                    sku: line.sku,
                    product: line.product,
                    expected: line.expected,
                    received: line.received,
                    missing: line.missing,
                    to_come: line.to_come(),
                })
                .collect(),
        }
    }
}

/// Units of one SKU.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StockQuantity)]
pub(crate) struct Quantity {
    pub sku: SkuId,
    #[schema(minimum = 1, maximum = 1_000_000_000_i64)]
    pub quantity: i64,
}

/// What a shop says of goods that it sends or orders.
pub(crate) struct Stated<'a> {
    pub origin: Origin,
    pub warehouse: WarehouseId,
    pub expected_on: Option<NaiveDate>,
    pub note: Option<&'a str>,
    pub lines: &'a [Quantity],
}

impl Api {
    /// Checked, with the products of its SKUs, which must be the shop's own.
    pub(crate) async fn new_inbound(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        stated: Stated<'_>,
    ) -> Result<NewInbound, Error> {
        let note = stated
            .note
            .map(|note| text::line("/note", note, NOTE_CHARS_MAX))
            .transpose()?;
        check_rows(stated.lines.len(), "lines")?;
        let skus: Vec<SkuId> = stated.lines.iter().map(|line| line.sku).collect();
        let products = self.products_of(ctx, tenant, &skus, "lines").await?;
        let lines = stated.lines.iter().zip(products);
        Ok(NewInbound {
            origin: stated.origin,
            warehouse: stated.warehouse,
            expected_on: stated.expected_on,
            note,
            lines: lines
                .map(|(line, product)| ((line.sku, product), line.quantity))
                .collect(),
        })
    }
}

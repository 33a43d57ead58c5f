//! Warehouses, what moves between them and what they say they have, as pages know it.

use crate::domain::{FeedError, FeedReader, Inbound, InboundState, Receipt, Rule, default_warehouse};
use crate::http::inbound::{Quantity, Stated};
use crate::http::order_purchase::SUPPLIER_CHARS_MAX;
use crate::http::upload_stock_feed::FILE_NAME_CHARS_MAX;
use crate::http::warehouse::Change;
use crate::http::{Api, check_rows, hash, stock_feed_csv};
use crate::{Chosen, Error, Feed, FeedLine, InboundQuery, MismatchKind, Once, Origin, Stock, Warehouse};
use contracts::catalog::Catalog;
use contracts::inventory::{
    FeedAdjusted, FeedCard, FeedLineCard, FeedMismatch, FeedProblem, GoodsFrom, GoodsLine, GoodsState,
    GoodsUnderWay, GoodsUnits, NewGoods, RoutingRule, WarehouseBook, WarehouseCard, WarehouseDesk,
    WarehouseForm, WarehousePlace,
};
use contracts::{Blob, Reply};
use futures::{FutureExt, TryFutureExt};
use httpkit::text;
use kernel::{Ctx, Cursor, Fault, InboundId, Page, PageLimit, StockFeedId, TenantId, WarehouseId};
use std::sync::Arc;

/// The stock, with the catalogue, which knows whose a SKU is.
#[derive(Clone)]
pub struct Desk(Api);

impl Desk {
    #[must_use]
    pub fn new(stock: Stock, catalog: Arc<dyn Catalog>) -> Self {
        Self(Api { stock, catalog })
    }
}

fn rule_of(rule: RoutingRule) -> Rule {
    match rule {
        RoutingRule::Preference => Rule::Preference,
        RoutingRule::Nearest => Rule::Nearest,
        RoutingRule::Cheapest => Rule::Cheapest,
        RoutingRule::FewestParcels => Rule::FewestParcels,
    }
}

fn rule_told(rule: Rule) -> RoutingRule {
    match rule {
        Rule::Preference => RoutingRule::Preference,
        Rule::Nearest => RoutingRule::Nearest,
        Rule::Cheapest => RoutingRule::Cheapest,
        Rule::FewestParcels => RoutingRule::FewestParcels,
    }
}

fn state_of(state: GoodsState) -> InboundState {
    match state {
        GoodsState::UnderWay => InboundState::UnderWay,
        GoodsState::Received => InboundState::Received,
        GoodsState::Closed => InboundState::Closed,
    }
}

fn state_told(state: InboundState) -> GoodsState {
    match state {
        InboundState::UnderWay => GoodsState::UnderWay,
        InboundState::Received => GoodsState::Received,
        InboundState::Closed => GoodsState::Closed,
    }
}

fn warehouse(tenant: TenantId, known: Warehouse) -> WarehouseCard {
    let place = known.country.map(|country| WarehousePlace {
        country,
        region: known.region,
        postcode: known.postcode.unwrap_or_default(),
        town: known.town.unwrap_or_default(),
    });
    WarehouseCard {
        is_default: known.id == default_warehouse(tenant),
        id: known.id,
        code: known.code,
        name: known.name,
        priority: known.priority,
        place,
        parcel_cost: known.parcel_cost,
        closed_at: known.closed_at,
    }
}

fn goods(inbound: Inbound) -> GoodsUnderWay {
    let from = match inbound.source {
        Some(source) => GoodsFrom::Warehouse(source),
        None => GoodsFrom::Supplier(inbound.supplier.unwrap_or_default()),
    };
    GoodsUnderWay {
        id: inbound.id,
        from,
        to: inbound.warehouse,
        state: state_told(inbound.state),
        expected_on: inbound.expected_on,
        note: inbound.note,
        created_at: inbound.created_at,
        ended_at: inbound.ended_at,
        lines: inbound
            .lines
            .into_iter()
            .map(|line| GoodsLine {
                sku: line.sku,
                product: line.product,
                expected: line.expected,
                received: line.received,
                missing: line.missing,
            })
            .collect(),
    }
}

fn feed(feed: Feed) -> FeedCard {
    FeedCard {
        id: feed.id,
        warehouse: feed.warehouse,
        file_name: feed.file_name,
        created_at: feed.created_at,
        rows: feed.rows,
        failed: feed.failed,
        matching: feed.matching,
        differing: feed.differing,
        unknown: feed.unknown,
        missing: feed.missing,
        errors: feed.errors.into_iter().map(problem).collect(),
        open: Vec::new(),
    }
}

fn problem(error: FeedError) -> FeedProblem {
    FeedProblem {
        row: error.row,
        code: error.code,
        message: error.message,
    }
}

fn mismatch(kind: MismatchKind) -> FeedMismatch {
    match kind {
        MismatchKind::Differs => FeedMismatch::Differs,
        MismatchKind::Unknown => FeedMismatch::Unknown,
        MismatchKind::Missing => FeedMismatch::Missing,
    }
}

fn feed_line(line: FeedLine) -> FeedLineCard {
    FeedLineCard {
        kind: mismatch(line.kind),
        row: line.row,
        code: line.code,
        sku: line.sku,
        ours: line.ours,
        theirs: line.theirs,
        adjusted_at: line.adjusted_at,
    }
}

fn place<Id: std::str::FromStr>(after: Option<Cursor>) -> Result<Option<Id>, Fault> {
    let wrong = || {
        let detail = "Pass `next` of the page before, unchanged.";
        Fault::field("cursor_invalid", "after", detail)
    };
    after
        .map(|cursor| cursor.0.parse().map_err(|_| wrong()))
        .transpose()
}

fn limit(limit: u16) -> PageLimit {
    PageLimit::new(limit).unwrap_or_default()
}

impl Desk {
    async fn begin(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        new: NewGoods,
        key: String,
    ) -> Result<GoodsUnderWay, Error> {
        let request_hash = hash(&new)?;
        let lines: Vec<Quantity> = new
            .lines
            .iter()
            .map(|line| Quantity {
                sku: line.sku,
                quantity: line.quantity,
            })
            .collect();
        let stated = Stated {
            origin: match new.from {
                GoodsFrom::Warehouse(source) => Origin::Warehouse(source),
                GoodsFrom::Supplier(name) => {
                    Origin::Supplier(text::line("/supplier", &name, SUPPLIER_CHARS_MAX)?)
                }
            },
            warehouse: new.to,
            expected_on: new.expected_on,
            note: Some(new.note.as_str()).filter(|note| !note.trim().is_empty()),
            lines: &lines,
        };
        let begun = self.0.new_inbound(ctx, tenant, stated).await?;
        let once = Once { key, request_hash };
        let inbound = self.0.stock.begin_inbound(ctx, tenant, begun, once).await?;
        Ok(goods(inbound))
    }

    async fn receive(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: InboundId,
        lines: Vec<GoodsUnits>,
        key: String,
    ) -> Result<GoodsUnderWay, Error> {
        check_rows(lines.len(), "lines")?;
        let once = Once {
            key,
            request_hash: hash(&lines)?,
        };
        let receipts: Vec<Receipt> = lines
            .iter()
            .map(|line| Receipt {
                sku: line.sku,
                quantity: line.quantity,
            })
            .collect();
        let inbound = self.0.stock.receive(ctx, tenant, id, &receipts, once).await?;
        Ok(goods(inbound))
    }

    async fn compare(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        warehouse: WarehouseId,
        name: &str,
        bytes: &[u8],
    ) -> Result<FeedCard, Error> {
        let name: String = name.chars().take(FILE_NAME_CHARS_MAX).collect();
        let name = text::line("/file", &name, FILE_NAME_CHARS_MAX)?;
        let mut reader = FeedReader::default();
        reader.push(bytes)?;
        let compared =
            self.0
                .stock
                .reconcile(ctx, &*self.0.catalog, tenant, warehouse, name, reader.finish()?);
        Ok(feed(compared.await?))
    }
}

/// Answers with a fault what a use case refuses.
fn reply<'a, T>(work: impl Future<Output = Result<T, Error>> + Send + 'a) -> Reply<'a, T> {
    work.map_err(Fault::from).boxed()
}

impl WarehouseDesk for Desk {
    fn warehouses<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId) -> Reply<'a, WarehouseBook> {
        reply(async move {
            let known = self.0.stock.warehouses(tenant).await?;
            Ok(WarehouseBook {
                rule: rule_told(known.rule),
                warehouses: known
                    .warehouses
                    .into_iter()
                    .map(|one| warehouse(tenant, one))
                    .collect(),
            })
        })
    }

    fn open_warehouse<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        form: WarehouseForm,
    ) -> Reply<'a, WarehouseCard> {
        reply(async move {
            let draft = Change::from(form).onto_nothing()?;
            let opened = self.0.stock.open_warehouse(ctx, tenant, &draft).await?;
            Ok(warehouse(tenant, opened))
        })
    }

    fn change_warehouse<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        id: WarehouseId,
        form: WarehouseForm,
    ) -> Reply<'a, WarehouseCard> {
        reply(async move {
            let change = Change::from(form);
            let changed = self
                .0
                .stock
                .change_warehouse(tenant, id, |known| change.onto(known));
            Ok(warehouse(tenant, changed.await?))
        })
    }

    fn close_warehouse<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, id: WarehouseId) -> Reply<'a, ()> {
        reply(async move { self.0.stock.close_warehouse(ctx, tenant, id).await.map(drop) })
    }

    fn set_rule<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId, rule: RoutingRule) -> Reply<'a, ()> {
        reply(self.0.stock.set_rule(tenant, rule_of(rule)))
    }

    fn goods<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        state: Option<GoodsState>,
        after: Option<Cursor>,
        count: u16,
    ) -> Reply<'a, Page<GoodsUnderWay>> {
        reply(async move {
            let query = InboundQuery {
                state: state.map(state_of),
                before: place(after)?,
                limit: limit(count),
                ..InboundQuery::default()
            };
            Ok(self.0.stock.inbounds(tenant, query).await?.map(goods))
        })
    }

    fn goods_of<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId, id: InboundId) -> Reply<'a, GoodsUnderWay> {
        reply(async move { self.0.stock.inbound(tenant, id).await.map(goods) })
    }

    fn begin_goods<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        new: NewGoods,
        key: String,
    ) -> Reply<'a, GoodsUnderWay> {
        reply(self.begin(ctx, tenant, new, key))
    }

    fn receive_goods<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: InboundId,
        lines: Vec<GoodsUnits>,
        key: String,
    ) -> Reply<'a, GoodsUnderWay> {
        reply(self.receive(ctx, tenant, id, lines, key))
    }

    fn close_goods<'a>(&'a self, ctx: &'a Ctx, tenant: TenantId, id: InboundId) -> Reply<'a, GoodsUnderWay> {
        reply(async move { self.0.stock.close_inbound(ctx, tenant, id).await.map(goods) })
    }

    fn feeds<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        after: Option<Cursor>,
        count: u16,
    ) -> Reply<'a, Page<FeedCard>> {
        reply(async move {
            let found = self.0.stock.feeds(tenant, place(after)?, limit(count)).await?;
            Ok(found.map(feed))
        })
    }

    fn feed<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId, id: StockFeedId) -> Reply<'a, FeedCard> {
        reply(async move {
            let (found, open) = self.0.stock.feed_to_believe(tenant, id).await?;
            Ok(FeedCard {
                open: open.into_iter().map(mismatch).collect(),
                ..feed(found)
            })
        })
    }

    fn feed_lines<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        id: StockFeedId,
        after: Option<Cursor>,
        count: u16,
    ) -> Reply<'a, Page<FeedLineCard>> {
        reply(async move {
            let found = self
                .0
                .stock
                .feed_lines(tenant, id, None, place(after)?, limit(count))
                .await?;
            Ok(found.map(feed_line))
        })
    }

    fn feed_csv<'a>(&'a self, _ctx: &'a Ctx, tenant: TenantId, id: StockFeedId) -> Reply<'a, String> {
        reply(async move {
            let lines = self.0.stock.all_feed_lines(tenant, id).await?;
            let written = stock_feed_csv::write(&lines).map_err(|_| Fault::internal())?;
            Ok(String::from_utf8_lossy(&written).into_owned())
        })
    }

    fn reconcile<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        warehouse: WarehouseId,
        file_name: String,
        bytes: Blob,
    ) -> Reply<'a, FeedCard> {
        reply(async move { self.compare(ctx, tenant, warehouse, &file_name, &bytes.0).await })
    }

    fn believe<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        id: StockFeedId,
        missing: bool,
    ) -> Reply<'a, FeedAdjusted> {
        reply(async move {
            let mut kinds = vec![MismatchKind::Differs];
            kinds.extend(missing.then_some(MismatchKind::Missing));
            let done = self
                .0
                .stock
                .adjust_by_feed(ctx, tenant, id, Chosen::Kinds(kinds))
                .await?;
            Ok(FeedAdjusted {
                adjusted: done.adjusted,
                refused: done.refused,
            })
        })
    }
}

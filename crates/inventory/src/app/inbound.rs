//! Transfers between a shop's warehouses and purchases from suppliers: sent or ordered, under way, received.

use super::Stock;
use super::change::named_once;
use super::work::{Good, Once, Told, Work, hold_open};
use crate::domain::{
    Inbound, InboundKind, InboundLine, InboundRefusal, InboundState, Reason, Receipt, Units,
};
use crate::{Error, store};
use ::store::{Scope, Tx};
use kernel::{Ctx, Cursor, InboundId, Page, PageLimit, SkuId, TenantId, WarehouseId};
use std::sync::Arc;

/// Goods that a shop sends or orders.
#[derive(Clone, Debug)]
pub struct NewInbound {
    pub origin: Origin,
    pub warehouse: WarehouseId,
    pub expected_on: Option<chrono::NaiveDate>,
    pub note: Option<String>,
    /// Each SKU once, with its units.
    pub lines: Vec<(Good, i64)>,
}

/// Where goods come from.
#[derive(Clone, Debug)]
pub enum Origin {
    Warehouse(WarehouseId),
    Supplier(String),
}

/// Which inbound deliveries to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct InboundQuery {
    pub kind: Option<InboundKind>,
    pub state: Option<InboundState>,
    pub warehouse: Option<WarehouseId>,
    pub before: Option<InboundId>,
    pub limit: PageLimit,
}

impl Stock {
    /// Sends a transfer, which takes its units from the warehouse it leaves, or orders a purchase. Either way they are
    /// incoming where they go. The same key twice is one.
    pub async fn begin_inbound(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        new: NewInbound,
        once: Once,
    ) -> Result<Inbound, Error> {
        named_once(new.lines.iter().map(|((sku, _), _)| *sku), "lines")?;
        check_quantities(new.lines.iter().map(|(_, quantity)| *quantity))?;
        if matches!(new.origin, Origin::Warehouse(source) if source == new.warehouse) {
            return Err(Error::SameWarehouse);
        }
        let skus: Vec<SkuId> = new.lines.iter().map(|((sku, _), _)| *sku).collect();
        let (ctx, new, once) = (ctx.clone(), Arc::new(new), Arc::new(once));
        let inbound = self
            .db()
            .run_tx("inventory_inbound", Scope::Tenant(tenant), move |tx| {
                let (ctx, new, once) = (ctx.clone(), Arc::clone(&new), Arc::clone(&once));
                Box::pin(async move { begin(tx, &ctx, tenant, &new, &once).await })
            })
            .await?;
        self.told(skus);
        Ok(inbound)
    }

    /// Takes in what arrived: all of it, or nothing. The same key twice is once.
    pub async fn receive(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: InboundId,
        receipts: &[Receipt],
        once: Once,
    ) -> Result<Inbound, Error> {
        named_once(receipts.iter().map(|receipt| receipt.sku), "lines")?;
        check_quantities(receipts.iter().map(|receipt| receipt.quantity))?;
        let receipts: Arc<[Receipt]> = receipts.into();
        let skus: Vec<SkuId> = receipts.iter().map(|receipt| receipt.sku).collect();
        let (ctx, once) = (ctx.clone(), Arc::new(once));
        let inbound = self
            .db()
            .run_tx("inventory_receipt", Scope::Tenant(tenant), move |tx| {
                let (ctx, receipts, once) = (ctx.clone(), Arc::clone(&receipts), Arc::clone(&once));
                Box::pin(async move { receive(tx, &ctx, tenant, id, &receipts, &once).await })
            })
            .await?;
        self.told(skus);
        Ok(inbound)
    }

    /// Ends what is under way: units that have not come will not. Closing twice is closing once.
    pub async fn close_inbound(&self, ctx: &Ctx, tenant: TenantId, id: InboundId) -> Result<Inbound, Error> {
        let ctx = ctx.clone();
        self.db()
            .run_tx("inventory_close_inbound", Scope::Tenant(tenant), move |tx| {
                let ctx = ctx.clone();
                Box::pin(async move { close(tx, &ctx, tenant, id).await })
            })
            .await
    }

    pub async fn inbound(&self, tenant: TenantId, id: InboundId) -> Result<Inbound, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let inbound = store::inbound::find(&mut tx, tenant, id).await?;
        tx.commit().await?;
        inbound.ok_or(Error::NoSuchInbound(id))
    }

    /// Newest first.
    pub async fn inbounds(&self, tenant: TenantId, query: InboundQuery) -> Result<Page<Inbound>, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let mut items = store::inbound::list(&mut tx, tenant, query).await?;
        tx.commit().await?;
        let more = items.len() > query.limit.get();
        items.truncate(query.limit.get());
        let next = items.last().filter(|_| more).map(|i| Cursor(i.id.to_string()));
        Ok(Page { items, next })
    }

    fn told(&self, skus: Vec<SkuId>) {
        self.forget(skus);
        ::store::log::wake();
    }
}

async fn begin(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    new: &NewInbound,
    once: &Once,
) -> Result<Inbound, Error> {
    let id = InboundId::new(ctx.now);
    let (kind, source, supplier) = match &new.origin {
        Origin::Warehouse(source) => (InboundKind::Transfer, Some(*source), None),
        Origin::Supplier(supplier) => (InboundKind::Purchase, None, Some(supplier.clone())),
    };
    let scope = format!("inventory.inbound/{tenant}");
    if let Some(begun) = once.claim(tx, ctx, &scope, &serde_json::json!(id)).await? {
        return known(tx, tenant, serde_json::from_value(begun)?).await;
    }
    if let Some(source) = source {
        // A closed one may still send what came back to it.
        hold_open(tx, tenant, source).await?;
    }
    if hold_open(tx, tenant, new.warehouse).await? {
        return Err(Error::WarehouseClosed(new.warehouse));
    }
    let mut lines: Vec<InboundLine> = new
        .lines
        .iter()
        .map(|&((sku, product), expected)| InboundLine {
            sku,
            product,
            expected,
            received: 0,
            missing: 0,
        })
        .collect();
    lines.sort_by_key(|line| line.sku);
    let inbound = Inbound {
        id,
        kind,
        warehouse: new.warehouse,
        source,
        supplier,
        expected_on: new.expected_on,
        note: new.note.clone(),
        state: InboundState::UnderWay,
        created_at: ctx.now,
        ended_at: None,
        lines,
    };
    let goods: Vec<Good> = new.lines.iter().map(|(good, _)| *good).collect();
    let places: Vec<WarehouseId> = source.into_iter().chain([new.warehouse]).collect();
    let mut work = Work::begin(tx, ctx, tenant, &goods, &places).await?;
    for (i, &((sku, _), quantity)) in new.lines.iter().enumerate() {
        let pointer = || format!("/lines/{i}/quantity");
        if let Some(source) = source {
            let leaves = Units {
                on_hand: -quantity,
                ..Units::default()
            };
            work.add(sku, source, leaves, told(&inbound, Reason::Dispatched), pointer)?;
        }
        let comes = Units {
            incoming: quantity,
            ..Units::default()
        };
        work.add(
            sku,
            new.warehouse,
            comes,
            told(&inbound, Reason::Expected),
            pointer,
        )?;
    }
    store::inbound::insert(tx, tenant, &inbound).await?;
    work.finish(tx).await?;
    Ok(inbound)
}

async fn receive(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    id: InboundId,
    receipts: &[Receipt],
    once: &Once,
) -> Result<Inbound, Error> {
    let scope = format!("inventory.receipt.{id}/{tenant}");
    if once
        .claim(tx, ctx, &scope, &serde_json::Value::Null)
        .await?
        .is_some()
    {
        return known(tx, tenant, id).await;
    }
    let mut inbound = store::inbound::lock(tx, tenant, id)
        .await?
        .ok_or(Error::NoSuchInbound(id))?;
    inbound
        .receive(receipts, ctx.now)
        .map_err(|refusal| refused(refusal, receipts))?;
    let mut work = Work::begin(tx, ctx, tenant, &goods(&inbound), &[inbound.warehouse]).await?;
    for (i, receipt) in receipts.iter().enumerate() {
        let arrived = Units {
            on_hand: receipt.quantity,
            incoming: -receipt.quantity,
            reserved: 0,
        };
        let pointer = || format!("/lines/{i}/quantity");
        work.add(
            receipt.sku,
            inbound.warehouse,
            arrived,
            told(&inbound, Reason::Received),
            pointer,
        )?;
    }
    store::inbound::update(tx, tenant, &inbound).await?;
    work.finish(tx).await?;
    Ok(inbound)
}

async fn close(tx: &mut Tx, ctx: &Ctx, tenant: TenantId, id: InboundId) -> Result<Inbound, Error> {
    let mut inbound = store::inbound::lock(tx, tenant, id)
        .await?
        .ok_or(Error::NoSuchInbound(id))?;
    let missing = inbound.close(ctx.now).map_err(|refusal| refused(refusal, &[]))?;
    if missing.is_empty() {
        return Ok(inbound);
    }
    let mut work = Work::begin(tx, ctx, tenant, &goods(&inbound), &[inbound.warehouse]).await?;
    for (sku, units) in missing {
        let never_came = Units {
            incoming: -units,
            ..Units::default()
        };
        let told = told(&inbound, Reason::NotReceived);
        work.add(sku, inbound.warehouse, never_came, told, String::new)?;
    }
    store::inbound::update(tx, tenant, &inbound).await?;
    work.finish(tx).await?;
    Ok(inbound)
}

async fn known(tx: &mut Tx, tenant: TenantId, id: InboundId) -> Result<Inbound, Error> {
    store::inbound::find(tx, tenant, id)
        .await?
        .ok_or(Error::NoSuchInbound(id))
}

fn goods(inbound: &Inbound) -> Vec<Good> {
    inbound
        .lines
        .iter()
        .map(|line| (line.sku, line.product))
        .collect()
}

fn told(inbound: &Inbound, reason: Reason) -> Told<'_> {
    Told {
        reason,
        reference: Some(inbound.id.0),
        note: inbound.note.as_deref(),
    }
}

fn check_quantities(quantities: impl Iterator<Item = i64>) -> Result<(), Error> {
    for (i, quantity) in quantities.enumerate() {
        if !(1..=crate::domain::ON_HAND_MAX).contains(&quantity) {
            return Err(Error::QuantityOutOfRange {
                pointer: format!("/lines/{i}/quantity"),
            });
        }
    }
    Ok(())
}

fn refused(refusal: InboundRefusal, receipts: &[Receipt]) -> Error {
    match refusal {
        InboundRefusal::Ended(state) => Error::InboundEnded(state),
        InboundRefusal::NotInIt(i) => Error::NotInInbound {
            pointer: format!("/lines/{i}/sku"),
            sku: receipts[i].sku,
        },
        InboundRefusal::TooMany { index, to_come } => Error::MoreThanExpected {
            pointer: format!("/lines/{index}/quantity"),
            sku: receipts[index].sku,
            to_come,
        },
    }
}

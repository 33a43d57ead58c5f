//! What a shop does with its sub-order: it needs no stock and no money, so it does not travel with the till.

use super::sold_by;
use crate::domain::{Command, Event, Order, Parcel, Refusal, SubOrder, Units, decide, replay};
use crate::store::LockedOrder;
use crate::updates::Updates;
use crate::{Error, Orders, publish, store};
use ::store::log::{self, Outbox};
use ::store::streams::StreamRows;
use ::store::{Scope, Tx};
use contracts::orders as api;
use contracts::orders::{NewParcel, ParcelLine};
use httpkit::text;
use kernel::{Ctx, LineId, OrderId, ParcelId, SubOrderId, TenantId};

/// Characters of a carrier's name, and of its number of a parcel.
pub(super) const PARCEL_TEXT_CHARS_MAX: usize = 80;

impl Orders {
    pub(crate) async fn packed(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: SubOrderId,
    ) -> Result<api::SubOrder, Error> {
        self.fulfil(ctx, tenant, id, |_| Ok(Command::Pack { part: id }))
            .await
    }

    pub(crate) async fn shipped(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: SubOrderId,
        new: NewParcel,
    ) -> Result<api::SubOrder, Error> {
        let new = NewParcel {
            carrier: text::optional_line("/carrier", &new.carrier, PARCEL_TEXT_CHARS_MAX)?,
            tracking: text::optional_line("/tracking", &new.tracking, PARCEL_TEXT_CHARS_MAX)?,
            ..new
        };
        self.fulfil(ctx, tenant, id, |sub_order| {
            Ok(Command::Ship {
                part: id,
                parcel: parcel(sub_order, &new),
            })
        })
        .await
    }

    pub(crate) async fn shipped_as_booked(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: SubOrderId,
        booked: NewParcel,
    ) -> Result<api::SubOrder, Error> {
        let booked = Parcel {
            id: booked.id,
            lines: booked.lines.iter().flatten().map(units_of).collect(),
            carrier: booked.carrier,
            tracking: booked.tracking,
            exchange: booked.exchange,
        };
        self.fulfil(ctx, tenant, id, |sub_order| ship_booked(sub_order, booked))
            .await
    }

    pub(crate) async fn delivered(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: SubOrderId,
        parcel: ParcelId,
    ) -> Result<api::SubOrder, Error> {
        let command = Command::Deliver { part: id, parcel };
        self.fulfil(ctx, tenant, id, |_| Ok(command)).await
    }

    /// Decides on what a shop asks of its sub-order, and writes what follows: history, tables and public events, or
    /// nothing. The order is locked meanwhile, as the till locks it. Gives the sub-order as its seller then sees it.
    pub(super) async fn fulfil<F>(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: SubOrderId,
        ask: F,
    ) -> Result<api::SubOrder, Error>
    where
        F: FnOnce(&SubOrder<'_>) -> Result<Command, Refusal>,
    {
        let mut tx = self.db().begin_by_key(Scope::System).await?;
        let (order, is_changed) = self.fulfil_in(&mut tx, ctx, tenant, id, ask).await?;
        tx.commit().await?;
        if is_changed {
            log::wake();
        }
        let own = order.sub_order(id).filter(|own| own.part.tenant == tenant);
        Ok(sold_by(&own.ok_or(Refusal::NoSuchPart)?))
    }

    /// The order as it then stands, and whether anything happened.
    pub(crate) async fn fulfil_in<F>(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        tenant: TenantId,
        id: SubOrderId,
        ask: F,
    ) -> Result<(Order, bool), Error>
    where
        F: FnOnce(&SubOrder<'_>) -> Result<Command, Refusal>,
    {
        let order = self.lock_order_of(tx, tenant, id).await?;
        let command = ask(&order.sub_order(id).ok_or(Refusal::NoSuchPart)?)?;
        let version = order.version;
        let order = self.happen(tx, ctx, order, &command).await?;
        let is_changed = order.version > version;
        Ok((order, is_changed))
    }

    /// The order after `command`, which is written in the transaction that has it locked.
    pub(crate) async fn happen(
        &self,
        tx: &mut Tx,
        ctx: &Ctx,
        order: Order,
        command: &Command,
    ) -> Result<Order, Error> {
        let events = decide(Some(&order), command, ctx.now)?;
        if events.is_empty() {
            return Ok(order);
        }
        let expected = order.version;
        let mut happened = StreamRows::new();
        happened.push(ctx, order.id.0, expected, &events)?;
        let next = |order: Order, event: &Event| order.then(ctx.now, event.clone());
        let order = events.iter().fold(order, next);
        let mut updates = Updates::default();
        updates.push(&order, &events.iter())?;
        let mut outbox = Outbox::new();
        for event in &events {
            publish::publish(&mut outbox, ctx, &order, event)?;
        }
        updates.write(tx, order.id, expected, &happened, &outbox).await?;
        Ok(order)
    }

    /// An order, locked until the transaction ends: nobody appends to a history whose order they have not locked.
    pub(crate) async fn lock_order(&self, tx: &mut Tx, id: OrderId) -> Result<Order, Error> {
        let locked = store::lock_order(tx, id).await?;
        let locked = locked.ok_or(Refusal::NoSuchOrder)?;
        self.as_locked(tx, locked).await
    }

    /// As [`Self::lock_order`], the order of a shop's sub-order.
    pub(crate) async fn lock_order_of(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: SubOrderId,
    ) -> Result<Order, Error> {
        let locked = store::lock_order_of(tx, tenant, id).await?;
        let locked = locked.ok_or(Refusal::NoSuchPart)?;
        self.as_locked(tx, locked).await
    }

    async fn as_locked(&self, tx: &mut Tx, locked: LockedOrder) -> Result<Order, Error> {
        let id = locked.id;
        let history = match locked.is_whole() {
            true => locked.history,
            false => store::history(tx, id).await?,
        };
        Ok(replay(id, history).ok_or(Refusal::NoSuchOrder)?)
    }
}

/// What is asked for, or all that is left. A parcel that was sent already is taken as it is, so that sending it again
/// changes nothing.
fn parcel(sub_order: &SubOrder<'_>, new: &NewParcel) -> Parcel {
    let exchanged = new.exchange.and_then(|of| sub_order.find_return(of));
    let lines = match (&new.lines, sub_order.parcel(new.id), exchanged) {
        (Some(lines), ..) => lines.iter().map(units_of).collect(),
        (None, Some(sent), _) => sent.parcel.lines.clone(),
        (None, None, Some(exchanged)) => sub_order.left_to_exchange(exchanged),
        (None, None, None) => sub_order.left_to_ship(),
    };
    Parcel {
        id: new.id,
        lines,
        carrier: new.carrier.clone(),
        tracking: new.tracking.clone(),
        exchange: new.exchange,
    }
}

/// A parcel as its label was booked, less what was cancelled or sent otherwise since then; as it was sent, if it was.
pub(crate) fn ship_booked(sub_order: &SubOrder<'_>, booked: Parcel) -> Result<Command, Refusal> {
    let part = sub_order.part.id;
    if let Some(sent) = sub_order.parcel(booked.id) {
        let parcel = sent.parcel.clone();
        return Ok(Command::Ship { part, parcel });
    }
    let left = match booked.exchange {
        Some(of) => sub_order.left_to_exchange(sub_order.find_return(of).ok_or(Refusal::NoSuchReturn)?),
        None => sub_order.left_to_ship(),
    };
    let still = booked.lines.iter().map(|units| Units {
        line: units.line,
        quantity: units.quantity.min(left_of(units.line, &left)),
    });
    let lines: Vec<Units> = still.filter(|units| units.quantity > 0).collect();
    if lines.is_empty() {
        return Err(Refusal::NothingToShip);
    }
    let parcel = Parcel { lines, ..booked };
    Ok(Command::Ship { part, parcel })
}

fn left_of(line: LineId, left: &[Units]) -> u32 {
    let own = left.iter().find(|units| units.line == line);
    own.map_or(0, |units| units.quantity)
}

pub(crate) fn units_of(line: &ParcelLine) -> Units {
    Units {
        line: line.line,
        quantity: line.quantity,
    }
}

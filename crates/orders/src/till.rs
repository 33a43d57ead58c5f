//! What the till does to orders, inside its own transactions, over tokio-postgres, which pipelines: all statements of
//! one call travel together. New orders are written by a statement that others complete.

mod columns;

use crate::domain::{Command, Event, Order, Placed, decide, evolve, replay};
use crate::project::{self, rows};
use crate::publish::publish;
pub use crate::publish::publish_placed;
use crate::updates::{UPDATE_LINES, UPDATE_ORDERS, UPDATE_SUB_ORDERS, Updates};
use columns::{CreditNoteColumns, EventColumns, LineColumns, OrderColumns, SubOrderColumns};
use kernel::{Ctx, OrderId, Timestamp};
use postgres_types::Json;
use serde_json::value::RawValue;
use std::collections::HashMap;
use store::log::Outbox;
use store::rows::Rows;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Statement};

// Each id is looked up by itself, which prunes partitions: `id = any(...)` would look into every month.

/// Locks orders in one order for everybody. Parameter: ids.
const LOCK: &str = "
select o.id
  from unnest($1::uuid[]) as wanted (id)
  join orders.order o on o.id = wanted.id
 order by o.id
   for update of o";

/// Parameter: ids.
const HISTORIES: &str = "
select e.stream_id, e.version, e.at, e.payload
  from unnest($1::uuid[]) as wanted (id)
  join orders.event e on e.stream_id = wanted.id
 order by e.stream_id, e.version";

/// The till's statements on orders, prepared on one connection.
#[derive(Clone)]
pub struct Statements {
    lock: Statement,
    histories: Statement,
    append: Statement,
    update_orders: Statement,
    update_sub_orders: Statement,
    update_lines: Statement,
    issue_credit_notes: Statement,
}

/// An order that is ready to be written: decided, projected and serialised, by whoever asks for it and not by the till.
#[derive(Debug)]
pub struct NewOrder {
    pub order: Order,
    rows: project::Rows,
    payload: Json<Box<RawValue>>,
    actor: Json<Box<RawValue>>,
}

impl NewOrder {
    pub fn new(ctx: &Ctx, id: OrderId, placed: Placed) -> Result<Self, crate::Error> {
        let events = decide(None, &Command::Place(Box::new(placed)), ctx.now)?;
        let payload = raw(&events[0])?;
        let order = replay(id, events.into_iter().map(|event| (1, ctx.now, event)))
            .ok_or(crate::domain::Refusal::NoSuchOrder)?;
        Ok(Self {
            rows: rows(&order),
            order,
            payload,
            actor: raw(&ctx.actor)?,
        })
    }
}

/// An order that something happened to, in this transaction.
#[derive(Debug)]
pub struct Change {
    /// As it is now.
    pub order: Order,
    /// Version, event, and the event as it is kept.
    events: Vec<(i64, Event, Json<Box<RawValue>>)>,
    actor: Json<Box<RawValue>>,
    ctx: Ctx,
}

impl Change {
    /// Takes `order` through `events`, the first of which follows its version.
    pub fn new(ctx: &Ctx, mut order: Order, events: Vec<Event>) -> Result<Self, crate::Error> {
        let mut recorded = Vec::with_capacity(events.len());
        for event in events {
            let payload = raw(&event)?;
            order = order.then(ctx.now, event.clone());
            recorded.push((order.version, event, payload));
        }
        Ok(Self {
            order,
            events: recorded,
            actor: raw(&ctx.actor)?,
            ctx: ctx.clone(),
        })
    }

    /// Whether anything happened.
    #[must_use]
    pub fn has_events(&self) -> bool {
        !self.events.is_empty()
    }

    /// Whether the order ends with it, as a whole.
    #[must_use]
    pub fn ends(&self) -> bool {
        self.events
            .iter()
            .any(|(_, event, _)| matches!(event, Event::Cancelled { .. }))
    }

    /// Adds what others learn of it.
    pub fn publish(&self, outbox: &mut Outbox) -> Result<(), serde_json::Error> {
        self.events
            .iter()
            .try_for_each(|(_, event, _)| publish(outbox, &self.ctx, &self.order, event))
    }
}

/// New orders, row by row, for [`inserts`]. Rows are borrowed from the commands of the batch.
#[derive(Debug, Default)]
pub struct NewOrders<'a> {
    events: EventColumns<'a>,
    orders: OrderColumns<'a>,
    sub_orders: SubOrderColumns<'a>,
    lines: LineColumns<'a>,
}

/// What writes new orders: their histories, themselves, their sub-orders and their lines, to be made one statement with all
/// else that comes with an order ([`store::rows::together`]).
#[must_use]
pub fn inserts() -> [String; 4] {
    [
        store::streams::append_sql(crate::CONTEXT),
        columns::INSERT_ORDERS.to_owned(),
        columns::INSERT_SUB_ORDERS.to_owned(),
        columns::INSERT_LINES.to_owned(),
    ]
}

impl<'a> NewOrders<'a> {
    pub fn place(&mut self, ctx: &Ctx, new: &'a NewOrder) {
        self.events
            .push(ctx, new.order.id.0, 1, "placed", &new.payload, &new.actor);
        self.orders.push(&new.rows.order);
        for sub_order in &new.rows.sub_orders {
            self.sub_orders.push(sub_order);
        }
        for line in &new.rows.lines {
            self.lines.push(line);
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.orders.rows().is_empty()
    }

    /// The parameters of [`inserts`], in their order.
    #[must_use]
    pub fn rows(&self) -> (Rows<'_, 7>, Rows<'_, 12>, Rows<'_, 18>, Rows<'_, 14>) {
        (
            self.events.rows(),
            self.orders.rows(),
            self.sub_orders.rows(),
            self.lines.rows(),
        )
    }
}

/// All that one batch does to orders that are there. Events are borrowed from its changes.
#[derive(Debug, Default)]
pub struct Writes<'a> {
    events: EventColumns<'a>,
    updates: Updates,
    credit_notes: CreditNoteColumns,
}

impl<'a> Writes<'a> {
    pub fn change(&mut self, change: &'a Change) -> Result<(), serde_json::Error> {
        for (version, event, payload) in &change.events {
            self.events.push(
                &change.ctx,
                change.order.id.0,
                *version,
                event.name(),
                payload,
                &change.actor,
            );
        }
        let events = change.events.iter().map(|(_, event, _)| event);
        self.credit_notes
            .push(change.ctx.now, &change.order, events.clone());
        self.updates.push(&change.order, &events)
    }
}

impl Statements {
    pub async fn prepare(client: &Client) -> Result<Self, Error> {
        let append = store::streams::append_sql(crate::CONTEXT);
        let (lock, histories, append) = tokio::try_join!(
            client.prepare(LOCK),
            client.prepare(HISTORIES),
            client.prepare(&append)
        )?;
        let (update_orders, update_sub_orders, update_lines, issue_credit_notes) = tokio::try_join!(
            client.prepare(UPDATE_ORDERS),
            client.prepare(UPDATE_SUB_ORDERS),
            client.prepare(UPDATE_LINES),
            client.prepare(columns::ISSUE_CREDIT_NOTES),
        )?;
        Ok(Self {
            lock,
            histories,
            append,
            update_orders,
            update_sub_orders,
            update_lines,
            issue_credit_notes,
        })
    }

    /// Locks orders until the transaction ends and reads them as they then are; unknown ids are left out. The lock is
    /// what keeps histories straight: nobody appends to an order that they have not locked.
    pub async fn lock(&self, client: &Client, ids: &[OrderId]) -> Result<HashMap<OrderId, Order>, Error> {
        let params: [Param<'_>; 1] = [&ids];
        let (_, rows) = tokio::try_join!(
            client.query(&self.lock, &params),
            client.query(&self.histories, &params)
        )?;
        let mut orders: HashMap<OrderId, Order> = HashMap::with_capacity(ids.len());
        for row in &rows {
            let id: OrderId = row.try_get(0)?;
            let (version, at): (i64, Timestamp) = (row.try_get(1)?, row.try_get(2)?);
            let Json(event): Json<Event> = row.try_get(3)?;
            if let Some(order) = evolve(orders.remove(&id), id, version, at, event) {
                orders.insert(id, order);
            }
        }
        Ok(orders)
    }

    /// Writes what was decided, all in one go.
    pub async fn write(&self, client: &Client, writes: &Writes<'_>) -> Result<(), Error> {
        tokio::try_join!(
            store::rows::write(client, &self.append, writes.events.rows()),
            store::rows::write(client, &self.update_orders, writes.updates.orders.rows()),
            store::rows::write(client, &self.update_sub_orders, writes.updates.sub_orders.rows()),
            store::rows::write(client, &self.update_lines, writes.updates.lines.rows()),
            store::rows::write(client, &self.issue_credit_notes, writes.credit_notes.rows()),
        )?;
        Ok(())
    }
}

type Param<'a> = &'a (dyn ToSql + Sync);

fn raw(value: &impl serde::Serialize) -> Result<Json<Box<RawValue>>, serde_json::Error> {
    serde_json::value::to_raw_value(value).map(Json)
}

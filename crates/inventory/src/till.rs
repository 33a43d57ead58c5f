//! What the till does to stock, inside its own transactions, over tokio-postgres: this driver pipelines, so that a
//! batch of orders takes two round trips however many statements it has.
//!
//! The order of things: [`Statements::lock`] (or [`Statements::lock_of_orders`]), decide on the [`Shelves`] that were
//! locked, [`Statements::write`]. What was decided stands because the levels stay locked until the commit.

use crate::columns::{APPLY_ROWS, Deltas, LOCK_ROWS, MOVE_ROWS, Movement, Movements, apply, locked_level};
use crate::domain::Route;
pub use crate::domain::{Crossing, Destination, Level, Line, Pick, Reason, Shelves, Shortage, Units};
pub use crate::publish::crossings as publish_crossings;
use kernel::{OrderId, SkuId, TenantId, Timestamp, WarehouseId, uuid_at};
use store::rows::{self, Rows};
use tokio_postgres::{Client, Error, Row, Statement};
use uuid::Uuid;

/// A hold is a reservation and a movement, under one id, and is counted in its level. Parameters: deltas, holds.
const HOLD: &str = concat!(
    "with applied as (",
    apply!("$1::inventory.delta[]"),
    "
), held as materialized (
    select * from unnest($2::inventory.new_hold[])
), moved as (
    insert into inventory.movement (tenant_id, id, sku_id, warehouse_id, delta_on_hand, delta_reserved, reason, reference)
    select tenant_id, id, sku_id, warehouse_id, 0, quantity, 'hold', order_id from held
)
insert into inventory.reservation (tenant_id, order_id, id, sku_id, warehouse_id, quantity, expires_at)
select * from held"
);

/// Parameters: tenants, orders.
const RESERVATIONS: &str = "
select r.tenant_id, r.order_id, r.id, r.sku_id, r.warehouse_id, r.quantity, r.state, r.returned
  from unnest($1::uuid[], $2::uuid[]) as wanted (tenant_id, order_id)
  join inventory.reservation r on r.tenant_id = wanted.tenant_id and r.order_id = wanted.order_id";

/// Locks the levels of every SKU that the orders reserve. Parameters: tenants, orders.
const LOCK_OF_ORDERS: &str = concat!(
    locked_level!(),
    "
  from (select distinct r.tenant_id, r.sku_id
          from unnest($1::uuid[], $2::uuid[]) as wanted (tenant_id, order_id)
          join inventory.reservation r on r.tenant_id = wanted.tenant_id and r.order_id = wanted.order_id) as reserved
  join inventory.level l on l.tenant_id = reserved.tenant_id and l.sku_id = reserved.sku_id
 order by l.sku_id, l.warehouse_id
   for update of l"
);

/// Parameter: reservations, the states that they get, and how many of their units are back.
const SETTLE: &str = "
update inventory.reservation r
   set state = d.state, returned = d.returned
  from unnest($1::inventory.settled[]) as d
 where r.tenant_id = d.tenant_id and r.order_id = d.order_id and r.id = d.id";

/// The till's statements on stock, prepared on one connection.
#[derive(Clone)]
pub struct Statements {
    lock: Statement,
    lock_of_orders: Statement,
    reservations: Statement,
    apply: Statement,
    record: Statement,
    hold: Statement,
    settle: Statement,
}

/// What becomes of an order's reservations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// Paid: what was held is gone from the shelf.
    Sold,
    /// Ended unpaid: what was held is free.
    Released,
    /// Cancelled after it was paid: what was sold is back on the shelf.
    Returned,
}

/// Units held (or sold, or freed) for one order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reservation {
    pub tenant: TenantId,
    pub order: OrderId,
    pub id: Uuid,
    pub sku: SkuId,
    pub warehouse: WarehouseId,
    pub quantity: i64,
    pub state: ReservationState,
    /// Of what was sold, units that are back on the shelf.
    pub returned: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReservationState {
    Held,
    Sold,
    Released,
    Returned,
}

/// All that one batch does to stock.
#[derive(Debug, Default)]
pub struct Writes {
    deltas: Deltas,
    holds: Holds,
    /// All others.
    movements: Movements,
    settled: Settled,
}

#[derive(Debug, Default)]
struct Holds {
    tenants: Vec<TenantId>,
    orders: Vec<OrderId>,
    ids: Vec<Uuid>,
    skus: Vec<SkuId>,
    warehouses: Vec<WarehouseId>,
    quantities: Vec<i64>,
    ends: Vec<Timestamp>,
}

#[derive(Debug, Default)]
struct Settled {
    tenants: Vec<TenantId>,
    orders: Vec<OrderId>,
    ids: Vec<Uuid>,
    states: Vec<&'static str>,
    returned: Vec<i64>,
}

impl Settled {
    /// The reservation as it is now.
    fn push(&mut self, reservation: &Reservation) {
        self.tenants.push(reservation.tenant);
        self.orders.push(reservation.order);
        self.ids.push(reservation.id);
        self.states.push(reservation.state.as_str());
        self.returned.push(reservation.returned);
    }
}

/// A reservation names a level that does not exist: the batch must not go on as if it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("order {order} reserves SKU {sku} in a warehouse that has no level of it")]
pub struct MissingLevel {
    pub order: OrderId,
    pub sku: SkuId,
}

impl Writes {
    /// Records that `picks` of `lines` are held for an order until `ends`.
    pub fn hold(&mut self, now: Timestamp, order: OrderId, lines: &[Line], picks: &[Pick], ends: Timestamp) {
        for pick in picks {
            let line = &lines[pick.line];
            let rows = &mut self.holds;
            rows.tenants.push(line.tenant);
            rows.orders.push(order);
            rows.ids.push(uuid_at(now));
            rows.skus.push(line.sku);
            rows.warehouses.push(pick.warehouse);
            rows.quantities.push(pick.quantity);
            rows.ends.push(ends);
        }
    }

    /// The same for an order whose first hold ran out; says what was reserved, so that it can be settled at once.
    pub fn hold_again(
        &mut self,
        now: Timestamp,
        order: OrderId,
        lines: &[Line],
        picks: &[Pick],
        ends: Timestamp,
    ) -> Vec<Reservation> {
        let first = self.holds.ids.len();
        self.hold(now, order, lines, picks, ends);
        picks
            .iter()
            .zip(&self.holds.ids[first..])
            .map(|(pick, &id)| Reservation {
                tenant: lines[pick.line].tenant,
                order,
                id,
                sku: lines[pick.line].sku,
                warehouse: pick.warehouse,
                quantity: pick.quantity,
                state: ReservationState::Held,
                returned: 0,
            })
            .collect()
    }

    /// Changes `shelves` by what becomes of the reservations, and records it. Those that have their end already stay
    /// as they are, so settling twice is settling once.
    pub fn settle<'a>(
        &mut self,
        now: Timestamp,
        reservations: impl IntoIterator<Item = &'a mut Reservation>,
        settlement: Settlement,
        shelves: &mut Shelves,
    ) -> Result<(), MissingLevel> {
        for reservation in reservations {
            let Some(mut movement) = settlement.movement(reservation) else {
                continue;
            };
            if settlement == Settlement::Returned {
                movement.warehouse =
                    shelves.way_back(reservation.tenant, reservation.sku, reservation.warehouse);
            }
            let level = shelves
                .level_mut(reservation.tenant, reservation.sku, movement.warehouse)
                .ok_or(MissingLevel {
                    order: reservation.order,
                    sku: reservation.sku,
                })?;
            level.on_hand += movement.added.on_hand;
            level.reserved += movement.added.reserved;
            if movement.added != Units::default() {
                self.movements.push(now, movement);
            }
            if settlement == Settlement::Returned {
                reservation.returned = reservation.quantity;
            }
            reservation.state = settlement.state();
            self.settled.push(reservation);
        }
        Ok(())
    }

    /// Puts units of one order that were sold, and are not sent after all, on the shelf again. The others stay sold.
    pub fn take_back(
        &mut self,
        now: Timestamp,
        order: OrderId,
        lines: &[Line],
        sold: &mut [Reservation],
        shelves: &mut Shelves,
    ) -> Result<(), MissingLevel> {
        let before: Vec<i64> = sold.iter().map(|reservation| reservation.returned).collect();
        for line in lines {
            let mut left = line.quantity;
            for reservation in sold.iter_mut().filter(|reservation| reservation.is_of(line)) {
                let quantity = left.min(reservation.quantity - reservation.returned);
                if quantity > 0 {
                    let units = Line { quantity, ..*line };
                    self.put(now, (order, order.0), &units, reservation.warehouse, shelves)?;
                    reservation.returned += quantity;
                    left -= quantity;
                }
            }
            if left > 0 {
                return Err(MissingLevel { order, sku: line.sku });
            }
        }
        let changed = sold.iter().zip(before);
        for (reservation, _) in changed.filter(|(reservation, before)| reservation.returned != *before) {
            self.settled.push(reservation);
        }
        Ok(())
    }

    /// What was added so far, movement by movement.
    pub fn movements(&self) -> impl Iterator<Item = (SkuId, Units)> {
        let holds = self
            .holds
            .skus
            .iter()
            .zip(&self.holds.quantities)
            .map(|(&sku, &reserved)| {
                let added = Units {
                    reserved,
                    ..Units::default()
                };
                (sku, added)
            });
        let rows = &self.movements;
        let others = (0..rows.skus.len()).map(|row| {
            let added = Units {
                on_hand: rows.on_hand[row],
                reserved: rows.reserved[row],
                incoming: rows.incoming[row],
            };
            (SkuId(rows.skus[row]), added)
        });
        holds.chain(others)
    }

    /// Puts units of an order that came back on a shelf: in the warehouse that it was sent from, or, once that is closed, in
    /// the default one. `reference` is what the movement is told of by.
    pub fn restock(
        &mut self,
        now: Timestamp,
        order: OrderId,
        reference: Uuid,
        line: &Line,
        sold: &[Reservation],
        shelves: &mut Shelves,
    ) -> Result<(), MissingLevel> {
        let missing = MissingLevel { order, sku: line.sku };
        // Not from where all are back already, because they were never sent.
        let mut of_line = sold.iter().filter(|reservation| reservation.is_of(line));
        let sent_from = of_line
            .clone()
            .find(|reservation| reservation.returned < reservation.quantity)
            .or_else(|| of_line.next())
            .ok_or(missing)?
            .warehouse;
        self.put(now, (order, reference), line, sent_from, shelves)
    }

    /// Units that come back to where they were, or to where such units come back to; told of by an order, or by what has a
    /// reference of its own.
    fn put(
        &mut self,
        now: Timestamp,
        (order, reference): (OrderId, Uuid),
        line: &Line,
        from: WarehouseId,
        shelves: &mut Shelves,
    ) -> Result<(), MissingLevel> {
        let warehouse = shelves.way_back(line.tenant, line.sku, from);
        let level = shelves
            .level_mut(line.tenant, line.sku, warehouse)
            .ok_or(MissingLevel { order, sku: line.sku })?;
        level.on_hand += line.quantity;
        self.movements.push(
            now,
            Movement {
                tenant: line.tenant,
                sku: line.sku,
                warehouse,
                added: Units {
                    on_hand: line.quantity,
                    ..Units::default()
                },
                reason: Reason::Return,
                reference: Some(reference),
                note: None,
            },
        );
        Ok(())
    }

    /// To be called when everything was decided: takes the sum of the changes.
    pub fn finish(&mut self, shelves: &Shelves) {
        self.deltas = Deltas::of(shelves);
    }
}

impl Settlement {
    fn state(self) -> ReservationState {
        match self {
            Self::Sold => ReservationState::Sold,
            Self::Released => ReservationState::Released,
            Self::Returned => ReservationState::Returned,
        }
    }

    /// How the level moves; `None` where there is nothing to settle in this way.
    fn movement(self, reservation: &Reservation) -> Option<Movement<'static>> {
        use ReservationState as S;
        let quantity = reservation.quantity;
        let back = quantity - reservation.returned;
        let (on_hand, reserved, reason) = match (self, reservation.state) {
            (Self::Sold, S::Held) => (-quantity, -quantity, Reason::Sale),
            (Self::Released, S::Held) => (0, -quantity, Reason::Release),
            (Self::Returned, S::Sold) => (back, 0, Reason::Return),
            _ => return None,
        };
        Some(Movement {
            tenant: reservation.tenant,
            sku: reservation.sku,
            warehouse: reservation.warehouse,
            added: Units {
                on_hand,
                reserved,
                incoming: 0,
            },
            reason,
            reference: Some(reservation.order.0),
            note: None,
        })
    }
}

impl Reservation {
    /// Whether it was sold for a line.
    fn is_of(&self, line: &Line) -> bool {
        (self.tenant, self.sku, self.state) == (line.tenant, line.sku, ReservationState::Sold)
    }
}

impl ReservationState {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Sold => "sold",
            Self::Released => "released",
            Self::Returned => "returned",
        }
    }

    /// The table's check allows no other words.
    fn parse(text: &str) -> Self {
        match text {
            "sold" => Self::Sold,
            "released" => Self::Released,
            "returned" => Self::Returned,
            _ => Self::Held,
        }
    }
}

impl Statements {
    pub async fn prepare(client: &Client) -> Result<Self, Error> {
        let (lock, lock_of_orders, reservations, apply, hold, record, settle) = tokio::try_join!(
            client.prepare(LOCK_ROWS),
            client.prepare(LOCK_OF_ORDERS),
            client.prepare(RESERVATIONS),
            client.prepare(APPLY_ROWS),
            client.prepare(HOLD),
            client.prepare(MOVE_ROWS),
            client.prepare(SETTLE),
        )?;
        Ok(Self {
            lock,
            lock_of_orders,
            reservations,
            apply,
            hold,
            record,
            settle,
        })
    }

    /// Locks the levels of SKUs until the transaction ends. Each pair of shop and SKU once.
    pub async fn lock(
        &self,
        client: &Client,
        tenants: &[TenantId],
        skus: &[SkuId],
    ) -> Result<Shelves, Error> {
        let rows = client.query(&self.lock, &[&Rows([&tenants, &skus])]).await?;
        shelves(&rows)
    }

    /// Locks the levels of every SKU that the orders reserve.
    pub async fn lock_of_orders(
        &self,
        client: &Client,
        tenants: &[TenantId],
        orders: &[OrderId],
    ) -> Result<Shelves, Error> {
        let rows = client.query(&self.lock_of_orders, &[&tenants, &orders]).await?;
        shelves(&rows)
    }

    /// The reservations of orders, which their order's lock protects.
    pub async fn reservations(
        &self,
        client: &Client,
        tenants: &[TenantId],
        orders: &[OrderId],
    ) -> Result<Vec<Reservation>, Error> {
        let rows = client.query(&self.reservations, &[&tenants, &orders]).await?;
        rows.iter().map(reservation).collect()
    }

    /// Writes what was decided, all in one go.
    pub async fn write(&self, client: &Client, writes: &Writes) -> Result<(), Error> {
        let Writes {
            deltas,
            holds,
            movements,
            settled,
        } = writes;
        // In this order: what is held from now on may be settled in the same batch.
        tokio::try_join!(
            biased;
            self.hold(client, deltas, holds),
            self.record(client, movements),
            self.settle(client, settled),
        )?;
        Ok(())
    }

    /// Levels, and in the same statement what of them is held from now on.
    async fn hold(&self, client: &Client, deltas: &Deltas, h: &Holds) -> Result<(), Error> {
        let holds = Rows([
            &h.tenants,
            &h.orders,
            &h.ids,
            &h.skus,
            &h.warehouses,
            &h.quantities,
            &h.ends,
        ]);
        if holds.is_empty() {
            return rows::write(client, &self.apply, deltas.rows()).await;
        }
        client
            .execute(&self.hold, &[&deltas.rows(), &holds])
            .await
            .map(drop)
    }

    async fn record(&self, client: &Client, m: &Movements) -> Result<(), Error> {
        rows::write(client, &self.record, m.rows()).await
    }

    async fn settle(&self, client: &Client, s: &Settled) -> Result<(), Error> {
        let rows = Rows([&s.tenants, &s.orders, &s.ids, &s.states, &s.returned]);
        rows::write(client, &self.settle, rows).await
    }
}

fn shelves(rows: &[Row]) -> Result<Shelves, Error> {
    rows.iter().map(level).collect::<Result<_, _>>().map(Shelves::new)
}

fn level(row: &Row) -> Result<Level, Error> {
    Ok(Level {
        tenant: row.try_get(0)?,
        sku: row.try_get(1)?,
        warehouse: row.try_get(2)?,
        product: row.try_get(3)?,
        on_hand: row.try_get(4)?,
        reserved: row.try_get(5)?,
        incoming: row.try_get(6)?,
        low_below: row.try_get(7)?,
        route: row
            .try_get::<_, Option<tokio_postgres::types::Json<Route>>>(8)?
            .map(|route| Box::new(route.0)),
    })
}

fn reservation(row: &Row) -> Result<Reservation, Error> {
    Ok(Reservation {
        tenant: row.try_get(0)?,
        order: row.try_get(1)?,
        id: row.try_get(2)?,
        sku: row.try_get(3)?,
        warehouse: row.try_get(4)?,
        quantity: row.try_get(5)?,
        state: ReservationState::parse(row.try_get(6)?),
        returned: row.try_get(7)?,
    })
}

//! New orders. One batch is one transaction of two round trips, however many orders it has, and mostly of six messages.
//!
//! 1. begin; idempotency keys and cart claims; orders, payments and public events; stock levels locked, and the tallies of
//!    promotions that an order uses, and the gift cards and store credit that pay of one. Keys and claims wait
//!    for whoever else is inserting the same, so that two instances agree on who came first.
//! 2. Granted in memory in order of arrival; then stock is written, and commit.
//!
//! Statements that need nothing of one another are one: each is bound, begun, answered and flushed by itself, however few its
//! rows. Claims stay apart from what is written after them. A statement's snapshot is as old as its begin, and an event's place
//! in the log comes from it: whoever appends must have done all their waiting for others before.
//!
//! Orders are written before it is known whether there is stock for them, because the rows of an order are most of the
//! work, and a level that everybody wants is locked for the rest of it only: meanwhile another lane writes its own. Where
//! one command of the batch must be refused or was asked for before, all is rolled back and decided first: the levels are
//! locked, then what was granted is written. So are the batches that follow, until one is granted whole.
//!
//! A cart that is refused leaves nothing but its answer.

use super::lane::{Failure, Work};
use crate::error::{Error, Shortages};
use crate::tender::parts;
use inventory::till::{Destination, Line, Shelves};
use kernel::{CartId, Ctx, Fault, Money, OrderId, PurseId, SkuId, TenantId};
use ledger::till::purses::{self, Short};
use orders::domain::{Order, Part};
use orders::till::NewOrder;
use payments::till::NewPayments;
use postgres_types::Json;
use promotions::till::{Claim, Gone, Tallies};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use store::log::Outbox;
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Statement};
use uuid::Uuid;

mod keys;

pub use keys::{IdempotencyKey, stored_answer};
use keys::{Keys, Stored};

/// An order somebody wants, ready to be written.
#[derive(Debug)]
pub struct PlaceCommand {
    pub ctx: Ctx,
    pub key: IdempotencyKey,
    pub new: NewOrder,
    /// What it takes of promotions; mostly nothing.
    pub claims: Vec<Claim>,
}

/// What became of it.
#[derive(Debug)]
pub enum Placement {
    Placed,
    /// The key was used before: this was the answer.
    Replayed(Result<OrderId, Fault>),
}

/// The statements of one connection.
pub struct PlaceBatch {
    keys: Keys,
    stock: inventory::till::Statements,
    /// Orders with their payments and public events.
    insert: Statement,
    promotions: promotions::till::Statements,
    purses: purses::Statements,
    outbox: Statement,
    /// Whether the last batch was granted whole, and so the next one probably will be.
    writes_ahead: AtomicBool,
}

/// What was decided about one command.
enum Verdict {
    Granted,
    Replayed(Stored),
    /// Kept as the answer to the key.
    Refused(Error),
    /// Not kept: the key belongs to another request.
    KeyReused,
}

impl Work for PlaceBatch {
    type Command = PlaceCommand;
    type Answer = Placement;
    type Key = Uuid;

    async fn prepare(client: &Client) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            keys: Keys::prepare(client).await?,
            stock: inventory::till::Statements::prepare(client).await?,
            insert: client.prepare(&insert_sql()).await?,
            promotions: promotions::till::Statements::prepare(client).await?,
            purses: purses::Statements::prepare(client).await?,
            outbox: client.prepare(store::log::APPEND).await?,
            writes_ahead: AtomicBool::new(true),
        })
    }

    fn keys(command: &PlaceCommand) -> impl IntoIterator<Item = Uuid> {
        [command.key.digest(), command.cart().0]
    }

    async fn run(
        &self,
        client: &Client,
        commands: &[&PlaceCommand],
    ) -> Result<Vec<Result<Placement, Error>>, Failure> {
        if self.writes_ahead.load(Ordering::Relaxed) {
            match Box::pin(self.write_ahead(client, commands)).await {
                Ok(true) => return Ok(commands.iter().map(|_| Ok(Placement::Placed)).collect()),
                Ok(false) => {}
                Err(failure) if is_there_already(&failure) => {}
                Err(failure) => return Err(failure),
            }
            client.batch_execute("rollback").await?;
            metrics::counter!("till_batches_written_twice_total").increment(1);
        }
        let verdicts = Box::pin(self.decide_first(client, commands)).await?;
        let all_granted = verdicts.iter().all(|v| matches!(v, Verdict::Granted));
        self.writes_ahead.store(all_granted, Ordering::Relaxed);
        Ok(verdicts.into_iter().map(answer).collect())
    }
}

/// Whether an order of the batch is there already: its connection broke between the commit and the answer. PostgreSQL may
/// tell of the row that it found, or of a statement that it skipped for that.
fn is_there_already(failure: &Failure) -> bool {
    let Failure::Database(error) = failure else {
        return false;
    };
    matches!(
        error.code(),
        Some(&(SqlState::UNIQUE_VIOLATION | SqlState::IN_FAILED_SQL_TRANSACTION))
    )
}

impl PlaceBatch {
    /// Writes the orders as if all were granted, and only then locks stock. `false`, with the transaction still open, if
    /// one must be refused or was asked for before.
    async fn write_ahead(&self, client: &Client, commands: &[&PlaceCommand]) -> Result<bool, Failure> {
        let (tenants, skus) = stock_touched(commands);
        let claims = claims_of(commands);
        let purses = purses_of(commands);
        let rows = OrderRows::of(commands.iter().copied())?;
        let ((), all_claimed, (), shelves, tallies, purses) = tokio::try_join!(
            biased;
            client.batch_execute("begin"),
            self.keys.claim_all(client, commands),
            self.insert(client, &rows),
            self.stock.lock(client, &tenants, &skus),
            self.promotions.lock(client, &claims),
            self.purses.lock(client, &purses, &[]),
        )?;
        if !all_claimed {
            return Ok(false);
        }
        let mut room = Room::new(shelves, tallies, purses);
        if !commands.iter().all(|command| room.grant(command).is_ok()) {
            return Ok(false);
        }
        room.stock.finish(&room.shelves);
        let crossings = crossings(commands, &room.shelves)?;
        tokio::try_join!(
            biased;
            self.stock.write(client, &room.stock),
            self.promotions.write(client, &room.tallies, &room.uses),
            self.purses.write(client, &room.purses),
            store::rows::write(client, &self.outbox, crossings.rows()),
            client.batch_execute("commit"),
        )?;
        store::log::wake();
        Ok(true)
    }

    /// Locks stock, decides, and writes what was granted.
    async fn decide_first(
        &self,
        client: &Client,
        commands: &[&PlaceCommand],
    ) -> Result<Vec<Verdict>, Failure> {
        let (tenants, skus) = stock_touched(commands);
        let claims = claims_of(commands);
        let purses = purses_of(commands);
        let ((), new_keys, mut claimed, shelves, tallies, purses) = tokio::try_join!(
            biased;
            client.batch_execute("begin"),
            self.keys.claim(client, commands),
            self.keys.claim_carts(client, commands),
            self.stock.lock(client, &tenants, &skus),
            self.promotions.lock(client, &claims),
            self.purses.lock(client, &purses, &[]),
        )?;
        let stored = self.keys.stored(client, commands, &new_keys).await?;
        let taken = self.keys.taken_carts(client, commands, &claimed).await?;

        let mut room = Room::new(shelves, tallies, purses);
        let verdicts: Vec<Verdict> = commands
            .iter()
            .map(|command| decide(command, &stored, &taken, |command| room.grant(command)))
            .collect();
        room.stock.finish(&room.shelves);

        let granted = || {
            let pairs = commands.iter().zip(&verdicts);
            pairs
                .filter(|(_, v)| matches!(v, Verdict::Granted))
                .map(|(c, _)| *c)
        };
        granted().for_each(|command| {
            claimed.remove(&command.cart());
        });
        let rows = OrderRows::of(granted())?;
        let crossings = crossings(commands, &room.shelves)?;
        let refusals = refusals(commands, &verdicts);
        tokio::try_join!(
            biased;
            self.stock.write(client, &room.stock),
            self.promotions.write(client, &room.tallies, &room.uses),
            self.purses.write(client, &room.purses),
            self.insert(client, &rows),
            self.keys.refuse(client, &refusals),
            self.keys.release_carts(client, &claimed),
            store::rows::write(client, &self.outbox, crossings.rows()),
            client.batch_execute("commit"),
        )?;
        if !rows.outbox.is_empty() || !crossings.is_empty() {
            store::log::wake();
        }
        Ok(verdicts)
    }

    /// Writes new orders, if there are any.
    async fn insert(&self, client: &Client, rows: &OrderRows<'_>) -> Result<(), tokio_postgres::Error> {
        if rows.orders.is_empty() {
            return Ok(());
        }
        // In the order of `insert_sql`.
        let (events, orders, sub_orders, lines) = rows.orders.rows();
        let (payments, shares) = rows.payments.rows();
        let outbox = rows.outbox.rows();
        client
            .execute(
                &self.insert,
                &[&events, &orders, &sub_orders, &lines, &payments, &shares, &outbox],
            )
            .await
            .map(drop)
    }
}

/// One statement for all that new orders are, but for their stock: none of its rows needs another.
fn insert_sql() -> String {
    let orders = orders::till::inserts();
    let mut statements: Vec<&str> = orders.iter().map(String::as_str).collect();
    statements.extend(payments::till::INSERTS);
    statements.push(store::log::APPEND);
    store::rows::together(&statements)
}

/// All that new orders are, but for their stock.
struct OrderRows<'a> {
    orders: orders::till::NewOrders<'a>,
    payments: NewPayments,
    outbox: Outbox,
}

impl<'a> OrderRows<'a> {
    fn of(commands: impl Iterator<Item = &'a PlaceCommand>) -> Result<Self, Failure> {
        let mut rows = Self {
            orders: orders::till::NewOrders::default(),
            payments: NewPayments::default(),
            outbox: Outbox::new(),
        };
        for command in commands {
            rows.orders.place(&command.ctx, &command.new);
            pay_later(&mut rows.payments, &command.new);
            publish(&mut rows.outbox, command)?;
        }
        Ok(rows)
    }
}

/// The public events of SKUs that ran out.
fn crossings(commands: &[&PlaceCommand], shelves: &Shelves) -> Result<Outbox, Failure> {
    let mut outbox = Outbox::new();
    if let Some(ctx) = batch_ctx(commands.last().map(|c| &c.ctx)) {
        inventory::till::publish_crossings(&mut outbox, &ctx, &shelves.crossings())?;
    }
    Ok(outbox)
}

impl PlaceCommand {
    fn cart(&self) -> CartId {
        self.new.order.placed.cart
    }

    fn lines(&self) -> impl Iterator<Item = Line> {
        lines(&self.new.order)
    }
}

/// What an order asks of the shelves.
pub(super) fn lines(order: &Order) -> impl Iterator<Item = Line> {
    order.placed.parts.iter().flat_map(|part| {
        part.lines.iter().map(|line| Line {
            tenant: part.tenant,
            sku: line.sku,
            quantity: i64::from(line.quantity),
        })
    })
}

/// Where an order's goods go: what a shop with several warehouses chooses by.
pub(super) fn destination(order: &Order) -> Destination<'_> {
    let address = &order.placed.address;
    Destination {
        country: &address.country,
        region: address.region.as_deref(),
    }
}

/// Each shop and SKU that the batch touches, once.
fn stock_touched(commands: &[&PlaceCommand]) -> (Vec<TenantId>, Vec<SkuId>) {
    let touched: HashSet<(TenantId, SkuId)> = commands
        .iter()
        .flat_map(|command| command.lines().map(|line| (line.tenant, line.sku)))
        .collect();
    touched.into_iter().unzip()
}

/// All that the batch takes of promotions.
fn claims_of(commands: &[&PlaceCommand]) -> Vec<Claim> {
    commands
        .iter()
        .flat_map(|command| command.claims.clone())
        .collect()
}

/// The gift cards and store credit that pay of the batch.
fn purses_of(commands: &[&PlaceCommand]) -> Vec<PurseId> {
    let tenders = commands
        .iter()
        .flat_map(|command| &command.new.order.placed.tenders);
    tenders.map(|tender| tender.purse).collect()
}

fn decide(
    command: &PlaceCommand,
    stored: &HashMap<Uuid, Stored>,
    taken: &HashMap<CartId, OrderId>,
    grant: impl FnOnce(&PlaceCommand) -> Result<(), Error>,
) -> Verdict {
    if let Some(stored) = stored.get(&command.key.digest()) {
        return match stored.request_hash == command.key.request_hash {
            true => Verdict::Replayed(stored.clone()),
            false => Verdict::KeyReused,
        };
    }
    if let Some(&order) = taken.get(&command.cart()) {
        return Verdict::Refused(Error::CartOrdered(order));
    }
    match grant(command) {
        Ok(()) => Verdict::Granted,
        Err(refused) => Verdict::Refused(refused),
    }
}

/// What there is for the orders of a batch, and what those that were granted take of it.
struct Room {
    shelves: Shelves,
    stock: inventory::till::Writes,
    tallies: Tallies,
    uses: promotions::till::Writes,
    purses: purses::Locked,
}

impl Room {
    fn new(shelves: Shelves, tallies: Tallies, purses: purses::Locked) -> Self {
        Self {
            shelves,
            stock: inventory::till::Writes::default(),
            tallies,
            uses: promotions::till::Writes::default(),
            purses,
        }
    }

    /// All that an order needs, or nothing.
    fn grant(&mut self, command: &PlaceCommand) -> Result<(), Error> {
        let order = &command.new.order;
        self.tallies
            .check(&command.claims)
            .map_err(|gone| promotion_gone(order, gone))?;
        let tendered = parts(&order.placed.tenders);
        self.purses
            .check(&tendered, command.ctx.now)
            .map_err(|short| tender_gone(order, short))?;
        let lines: Vec<Line> = command.lines().collect();
        let picks = self
            .shelves
            .hold(&lines, destination(order))
            .map_err(|short| Error::OutOfStock(Shortages::from(short)))?;
        let until = order.placed.reserved_until;
        self.stock.hold(command.ctx.now, order.id, &lines, &picks, until);
        self.uses.take(&mut self.tallies, &command.claims);
        self.purses.hold(order.id, &tendered, command.ctx.now);
        Ok(())
    }
}

fn promotion_gone(order: &Order, gone: Gone) -> Error {
    let mut discounts = order.placed.parts.iter().flat_map(Part::discounts);
    let known = discounts.find(|discount| discount.promotion == gone.promotion);
    Error::PromotionGone {
        promotion: gone.promotion,
        name: known.map(|discount| discount.name.clone()).unwrap_or_default(),
        why: gone.why,
    }
}

fn tender_gone(order: &Order, short: Short) -> Error {
    let mut tenders = order.placed.tenders.iter();
    let known = tenders.find(|tender| tender.purse == short.purse);
    Error::TenderGone {
        kind: short.kind,
        hint: known.map(|tender| tender.hint.clone()).unwrap_or_default(),
        spendable: Money::new(short.spendable, order.currency()),
    }
}

fn pay_later(payments: &mut NewPayments, new: &NewOrder) {
    let order = &new.order;
    let currency = order.currency();
    let shares = order
        .placed
        .parts
        .iter()
        .map(|part| (part.tenant, Money::new(part.total(), currency)));
    payments.push(
        order.placed.payment,
        order.id,
        order.total(),
        order.placed_at,
        shares,
    );
}

fn publish(outbox: &mut Outbox, command: &PlaceCommand) -> Result<(), Failure> {
    Ok(orders::till::publish_placed(
        outbox,
        &command.ctx,
        &command.new.order,
    )?)
}

/// That a SKU ran out or came back is the doing of a whole batch, not of one of its callers.
pub(super) fn batch_ctx(of_last: Option<&Ctx>) -> Option<Ctx> {
    of_last.map(|ctx| Ctx::system("till", ctx.now))
}

/// The commands whose refusal is kept as the answer to their key.
fn refusals<'a>(
    commands: &[&'a PlaceCommand],
    verdicts: &[Verdict],
) -> Vec<(&'a IdempotencyKey, Json<Fault>)> {
    commands
        .iter()
        .zip(verdicts)
        .filter_map(|(command, verdict)| match verdict {
            Verdict::Refused(error) => Some((&command.key, Json(error.fault()))),
            _ => None,
        })
        .collect()
}

fn answer(verdict: Verdict) -> Result<Placement, Error> {
    match verdict {
        Verdict::Granted => Ok(Placement::Placed),
        Verdict::Replayed(stored) => Ok(Placement::Replayed(stored.answer)),
        Verdict::Refused(error) => Err(error),
        Verdict::KeyReused => Err(Error::KeyReused),
    }
}

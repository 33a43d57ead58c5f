//! New orders. One batch is one transaction of two round trips, however many orders it has.
//!
//! 1. begin; idempotency keys; cart claims; stock levels locked. Keys and claims wait for whoever else is inserting the
//!    same, so that two instances agree on who came first.
//! 2. Granted in memory in order of arrival; then stock, orders, payments, answers and public events written, and commit.
//!
//! A cart that is refused leaves nothing but its answer.

use super::lane::{Failure, Work};
use crate::error::{Error, Shortages};
use inventory::till::{Line, Shelves};
use kernel::{CartId, Ctx, Fault, Money, OrderId, SkuId, TenantId};
use orders::domain::Order;
use orders::till::NewOrder;
use payments::till::NewPayments;
use postgres_types::Json;
use std::collections::{HashMap, HashSet};
use store::log::Outbox;
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
    orders: orders::till::Statements,
    payments: payments::till::Prepared,
    outbox: Statement,
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
            orders: orders::till::Statements::prepare(client).await?,
            payments: payments::till::prepare(client).await?,
            outbox: client.prepare(store::log::APPEND).await?,
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
        let (tenants, skus) = stock_touched(commands);
        let ((), new_keys, mut claimed, mut shelves) = tokio::try_join!(
            biased;
            client.batch_execute("begin"),
            self.keys.claim(client, commands),
            self.keys.claim_carts(client, commands),
            self.stock.lock(client, &tenants, &skus),
        )?;
        let stored = self.keys.stored(client, commands, &new_keys).await?;
        let taken = self.keys.taken_carts(client, commands, &claimed).await?;

        let mut stock = inventory::till::Writes::default();
        let verdicts: Vec<Verdict> = commands
            .iter()
            .map(|command| {
                decide(command, &stored, &taken, |command| {
                    grant(command, &mut shelves, &mut stock)
                })
            })
            .collect();
        stock.finish(&shelves);

        let granted = || {
            let pairs = commands.iter().zip(&verdicts);
            pairs
                .filter(|(_, v)| matches!(v, Verdict::Granted))
                .map(|(c, _)| *c)
        };
        granted().for_each(|command| {
            claimed.remove(&command.cart());
        });
        let mut orders = orders::till::Writes::default();
        let mut new_payments = NewPayments::default();
        let mut outbox = Outbox::new();
        for command in granted() {
            orders.place(&command.ctx, &command.new);
            pay_later(&mut new_payments, &command.new);
            publish(&mut outbox, command)?;
        }
        if let Some(ctx) = batch_ctx(commands.last().map(|c| &c.ctx)) {
            inventory::till::publish_crossings(&mut outbox, &ctx, &shelves.crossings())?;
        }
        let refusals = refusals(commands, &verdicts);
        tokio::try_join!(
            biased;
            self.stock.write(client, &stock),
            self.orders.write(client, &orders),
            payments::till::insert(client, &self.payments, &new_payments),
            self.keys.refuse(client, &refusals),
            self.keys.release_carts(client, &claimed),
            append(client, &self.outbox, &outbox),
            client.batch_execute("commit"),
        )?;
        if !outbox.is_empty() {
            store::log::wake();
        }
        Ok(verdicts.into_iter().map(answer).collect())
    }
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

/// Each shop and SKU that the batch touches, once.
fn stock_touched(commands: &[&PlaceCommand]) -> (Vec<TenantId>, Vec<SkuId>) {
    let touched: HashSet<(TenantId, SkuId)> = commands
        .iter()
        .flat_map(|command| command.lines().map(|line| (line.tenant, line.sku)))
        .collect();
    touched.into_iter().unzip()
}

fn decide(
    command: &PlaceCommand,
    stored: &HashMap<Uuid, Stored>,
    taken: &HashMap<CartId, OrderId>,
    grant: impl FnOnce(&PlaceCommand) -> Result<(), Shortages>,
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
        Err(shortages) => Verdict::Refused(Error::OutOfStock(shortages)),
    }
}

fn grant(
    command: &PlaceCommand,
    shelves: &mut Shelves,
    stock: &mut inventory::till::Writes,
) -> Result<(), Shortages> {
    let lines: Vec<Line> = command.lines().collect();
    let picks = shelves.hold(&lines).map_err(Shortages::from)?;
    let order = &command.new.order;
    stock.hold(
        command.ctx.now,
        order.id,
        &lines,
        &picks,
        order.placed.reserved_until,
    );
    Ok(())
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

/// Writes public events in the batch's transaction.
pub(super) async fn append(
    client: &Client,
    statement: &Statement,
    outbox: &Outbox,
) -> Result<(), tokio_postgres::Error> {
    if outbox.is_empty() {
        return Ok(());
    }
    client
        .execute(
            statement,
            &[
                &outbox.event_ids,
                &outbox.topics,
                &outbox.versions,
                &outbox.keys,
                &outbox.tenants,
                &outbox.payloads,
                &outbox.actors,
                &outbox.correlations,
            ],
        )
        .await
        .map(drop)
}

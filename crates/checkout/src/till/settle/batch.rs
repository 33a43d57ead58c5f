use super::saga::Sagas;
use super::{Ask, Case, Decision, Saga, Settled, decide};
use crate::error::Error;
use crate::till::lane::{Failure, Work};
use crate::till::place::{append, batch_ctx, destination, lines};
use contracts::payments::{PaymentCaptured, PaymentDeclined, PaymentRefunded};
use inventory::till::{Line, Reservation, Shelves};
use kernel::{Ctx, Money, MoneyError, OrderId, TenantId};
use ledger::domain::{Entry, SellerShare, refund, sale};
use ledger::till::Entries;
use orders::domain::Order;
use orders::till::Change;
use payments::domain::Event as Payment;
use payments::till::Moves;
use std::collections::HashMap;
use store::log::Outbox;
use tokio_postgres::{Client, Statement};

use super::decide::Books;

/// A command about one order.
#[derive(Debug)]
pub struct Settle {
    pub ctx: Ctx,
    pub order: OrderId,
    pub ask: Ask,
}

/// The statements of one connection.
pub struct SettleBatch {
    orders: orders::till::Statements,
    stock: inventory::till::Statements,
    payments: payments::till::Prepared,
    ledger: ledger::till::Prepared,
    sagas: Sagas,
    outbox: Statement,
}

/// A command that was decided: how its case stands then, and what leads there.
struct Decided {
    change: Change,
    decision: Decision,
    saga: Option<Saga>,
    /// The order as it was, where the decision depends on stock that is yet to be looked at.
    before: Option<Order>,
}

impl Work for SettleBatch {
    type Command = Settle;
    type Answer = Settled;
    type Key = OrderId;

    async fn prepare(client: &Client) -> Result<Self, tokio_postgres::Error> {
        Ok(Self {
            orders: orders::till::Statements::prepare(client).await?,
            stock: inventory::till::Statements::prepare(client).await?,
            payments: payments::till::prepare(client).await?,
            ledger: ledger::till::prepare(client).await?,
            sagas: Sagas::prepare(client).await?,
            outbox: client.prepare(store::log::APPEND).await?,
        })
    }

    fn keys(command: &Settle) -> impl IntoIterator<Item = OrderId> {
        [command.order]
    }

    async fn run(
        &self,
        client: &Client,
        commands: &[&Settle],
    ) -> Result<Vec<Result<Settled, Error>>, Failure> {
        let ids: Vec<OrderId> = commands.iter().map(|c| c.order).collect();
        let ((), mut orders, mut sagas) = tokio::try_join!(
            biased;
            client.batch_execute("begin"),
            self.orders.lock(client, &ids),
            self.sagas.find(client, &ids),
        )?;
        let mut decided = Vec::with_capacity(commands.len());
        for command in commands {
            let case = orders.remove(&command.order).map(|order| Case {
                saga: sagas.remove(&command.order),
                order,
            });
            decided.push(decide_one(command, case)?);
        }
        let stock = self.settle_stock(client, commands, &mut decided).await?;
        // Boxed: twenty statements' worth of futures, once per batch.
        Box::pin(self.write(client, commands, &decided, stock)).await?;
        Ok(decided.into_iter().map(|outcome| outcome.map(settled)).collect())
    }
}

fn decide_one(command: &Settle, case: Option<Case>) -> Result<Result<Decided, Error>, Failure> {
    let Some(case) = case else {
        return Ok(Err(orders::domain::Refusal::NoSuchOrder.into()));
    };
    let mut decision = match decide(&case, &command.ask, command.ctx.now) {
        Ok(decision) => decision,
        Err(refused) => return Ok(Err(refused)),
    };
    let saga = decision.saga.clone().or(case.saga);
    let before = decision.hold.is_some().then(|| case.order.clone());
    let change = Change::new(&command.ctx, case.order, std::mem::take(&mut decision.order))?;
    Ok(Ok(Decided {
        change,
        decision,
        saga,
        before,
    }))
}

impl Decided {
    /// The goods that the decision needs are not there any more: only its payment goes on, in another way.
    fn without_goods(&mut self, command: &Settle) -> Result<(), Failure> {
        let (Some(hold), Some(before)) = (self.decision.hold.take(), self.before.take()) else {
            return Ok(());
        };
        self.change = Change::new(&command.ctx, before, Vec::new())?;
        self.saga = Some(hold.otherwise.clone());
        self.decision = Decision {
            saga: Some(hold.otherwise),
            leased: true,
            ..Decision::default()
        };
        Ok(())
    }
}

fn settled(decided: Decided) -> Settled {
    Settled {
        leased: decided.decision.leased,
        case: Case {
            order: decided.change.order,
            saga: decided.saga,
        },
    }
}

/// What a batch does to stock, and the levels it did it to.
#[derive(Default)]
struct StockChange {
    writes: inventory::till::Writes,
    shelves: Shelves,
}

impl SettleBatch {
    /// Locks the levels that the orders reserve and settles the reservations, as decided.
    async fn settle_stock(
        &self,
        client: &Client,
        commands: &[&Settle],
        decided: &mut [Result<Decided, Error>],
    ) -> Result<StockChange, Failure> {
        let (mut tenants, mut orders): (Vec<TenantId>, Vec<OrderId>) = (Vec::new(), Vec::new());
        let settling = decided
            .iter()
            .flatten()
            .filter(|d| d.decision.stock.is_some() || d.decision.hold.is_some());
        for order in settling.map(|d| &d.change.order) {
            for tenant in order.placed.tenants() {
                tenants.push(tenant);
                orders.push(order.id);
            }
        }
        if orders.is_empty() {
            return Ok(StockChange::default());
        }
        let (mut shelves, reservations) = tokio::try_join!(
            biased;
            self.stock.lock_of_orders(client, &tenants, &orders),
            self.stock.reservations(client, &tenants, &orders),
        )?;
        let mut by_order: HashMap<OrderId, Vec<Reservation>> = HashMap::new();
        for reservation in reservations {
            by_order.entry(reservation.order).or_default().push(reservation);
        }
        let mut writes = inventory::till::Writes::default();
        for (command, decided) in commands.iter().zip(decided) {
            let Ok(decided) = decided else { continue };
            if let Some(hold) = &decided.decision.hold {
                let lines: Vec<Line> = lines(&decided.change.order).collect();
                let Ok(picks) = shelves.hold(&lines, destination(&decided.change.order)) else {
                    decided.without_goods(command)?;
                    continue;
                };
                let again = writes.hold_again(command.ctx.now, command.order, &lines, &picks, hold.until);
                by_order.entry(command.order).or_default().extend(again);
            }
            let held = by_order.get_mut(&command.order);
            if let (Some(settlement), Some(held)) = (decided.decision.stock, held) {
                writes.settle(command.ctx.now, held, settlement, &mut shelves)?;
            }
        }
        writes.finish(&shelves);
        Ok(StockChange { writes, shelves })
    }

    async fn write(
        &self,
        client: &Client,
        commands: &[&Settle],
        decided: &[Result<Decided, Error>],
        stock: StockChange,
    ) -> Result<(), Failure> {
        let mut orders = orders::till::Writes::default();
        let mut moves = Moves::default();
        let mut entries = Entries::default();
        let mut sagas = Vec::new();
        let mut outbox = Outbox::new();
        for (command, decided) in commands.iter().zip(decided) {
            let Ok(decided) = decided else { continue };
            let Decided { change, decision, .. } = decided;
            let order = &change.order;
            if change.has_events() {
                orders.change(change)?;
            }
            if let Some(event) = &decision.payment {
                moves.push(&command.ctx, order.placed.payment, event)?;
            }
            if let Some(books) = decision.books {
                entries.push(&entry(books, command, order)?);
            }
            if let Some(saga) = &decision.saga {
                sagas.push((order.id, saga));
            }
            publish(&mut outbox, command, decided)?;
        }
        if let Some(ctx) = batch_ctx(commands.last().map(|c| &c.ctx)) {
            let crossings = stock.shelves.crossings();
            inventory::till::publish_crossings(&mut outbox, &ctx, &crossings)?;
        }
        let ((), (), moved, (), (), ()) = tokio::try_join!(
            biased;
            self.orders.write(client, &orders),
            self.stock.write(client, &stock.writes),
            payments::till::settle(client, &self.payments, &moves),
            ledger::till::post(client, &self.ledger, &entries),
            self.sagas.save(client, &sagas),
            append(client, &self.outbox, &outbox),
        )?;
        if moved.len() != moves.len() {
            return Err(Failure::PaymentsStuck(moves.len() - moved.len()));
        }
        client.batch_execute("commit").await?;
        if !outbox.is_empty() {
            store::log::wake();
        }
        Ok(())
    }
}

fn entry(books: Books, command: &Settle, order: &Order) -> Result<Entry, MoneyError> {
    let currency = order.currency();
    let shares: Vec<SellerShare> = order
        .placed
        .parts
        .iter()
        .map(|part| SellerShare {
            tenant: part.tenant,
            total: Money::new(part.total(), currency),
            commission: Money::new(part.commission, currency),
        })
        .collect();
    match books {
        Books::Sale => sale(order.id, command.ctx.now, &shares),
        Books::Refund => refund(order.id, command.ctx.now, &shares),
    }
}

/// What others learn: of the order from orders, of the payment here, because only the till moves both.
fn publish(outbox: &mut Outbox, command: &Settle, decided: &Decided) -> Result<(), serde_json::Error> {
    let Decided { change, decision, .. } = decided;
    change.publish(outbox)?;
    let (order, payment) = (change.order.id, change.order.placed.payment);
    match &decision.payment {
        Some(Payment::Captured { .. }) => outbox.push(
            &command.ctx,
            &PaymentCaptured {
                payment,
                order,
                amount: change.order.total(),
            },
        ),
        Some(Payment::Declined { reason }) => outbox.push(
            &command.ctx,
            &PaymentDeclined {
                payment,
                order,
                reason: reason.clone(),
            },
        ),
        Some(Payment::Refunded { .. }) => outbox.push(
            &command.ctx,
            &PaymentRefunded {
                payment,
                order,
                amount: change.order.total(),
                sold: change.order.paid,
            },
        ),
        _ => Ok(()),
    }
}

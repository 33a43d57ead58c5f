use super::capture::table::Captures;
use super::refund::Share;
use super::refund::table::Refunds;
use super::saga::Sagas;
use super::told::told;
use super::{Ask, CaptureMove, Case, Decision, Goods, RefundMove, Saga, Settled, decide};
use crate::discount::claims;
use crate::error::Error;
use crate::tender::{parts, tendered};
use crate::till::lane::{Failure, Work};
use crate::till::place::{batch_ctx, destination, lines};
use contracts::audit::Changed;
use contracts::payments::{PaymentCaptured, PaymentDeclined, PaymentRefunded, RefundCameBack};
use inventory::till::{Destination, Line, MissingLevel, Reservation, Settlement, Shelves, Shortage};
use kernel::{Ctx, Money, MoneyError, OrderId, TenantId, Timestamp};
use ledger::domain::{Entry, SellerShare, refund, refund_again, refund_came_back, sale, sale_of_take};
use ledger::till::{Entries, purses};
use orders::domain::{Order, Part};
use orders::till::Change;
use payments::domain::Event as Payment;
use payments::till::Moves;
use promotions::till::{Claim, Tallies};
use std::collections::HashMap;
use store::log::Outbox;
use tokio_postgres::{Client, Statement};

use super::decide::Books;
use super::purses::{move_purses, touched};

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
    promotions: promotions::till::Statements,
    purses: purses::Statements,
    sagas: Sagas,
    refunds: Refunds,
    captures: Captures,
    outbox: Statement,
}

/// A command that was decided: how its case stands then, and what leads there.
pub(super) struct Decided {
    pub(super) change: Change,
    pub(super) decision: Decision,
    saga: Option<Saga>,
    /// What the audit trail is told of it.
    told: Option<Changed>,
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
            promotions: promotions::till::Statements::prepare(client).await?,
            purses: purses::Statements::prepare(client).await?,
            sagas: Sagas::prepare(client).await?,
            refunds: Refunds::prepare(client).await?,
            captures: Captures::prepare(client).await?,
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
        let with_refunds: Vec<OrderId> = commands
            .iter()
            .filter(|c| c.ask.concerns_refunds())
            .map(|c| c.order)
            .collect();
        let ((), mut orders, mut sagas, mut refunds, mut captures) = tokio::try_join!(
            biased;
            client.batch_execute("begin"),
            self.orders.lock(client, &ids),
            self.sagas.find(client, &ids),
            self.refunds.find(client, &with_refunds),
            self.captures.find(client, &with_refunds),
        )?;
        let mut decided = Vec::with_capacity(commands.len());
        for command in commands {
            let case = orders.remove(&command.order).map(|order| Case {
                saga: sagas.remove(&command.order),
                refunds: refunds.remove(&command.order).unwrap_or_default(),
                capturing: captures.remove(&command.order),
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
    let mut decision = match decide(&case, &command.ask, &command.ctx) {
        Ok(decision) => decision,
        Err(refused) => return Ok(Err(refused)),
    };
    let told = told(&case, &command.ask, &decision);
    let saga = decision.saga.clone().or(case.saga);
    let before = decision.hold.is_some().then(|| case.order.clone());
    let change = Change::new(&command.ctx, case.order, std::mem::take(&mut decision.order))?;
    Ok(Ok(Decided {
        change,
        decision,
        saga,
        told,
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
    let capture = decided.decision.capture;
    Settled {
        leased: decided.decision.leased,
        refund: decided.decision.refund,
        case: Case {
            order: decided.change.order,
            saga: decided.saga,
            refunds: Vec::new(),
            capturing: capture.as_ref().map(CaptureMove::capturing).cloned(),
        },
        capture,
    }
}

/// What a batch does to stock and to promotions, and the levels and tallies it did it to.
#[derive(Default)]
struct StockChange {
    writes: inventory::till::Writes,
    shelves: Shelves,
    tallies: Tallies,
    uses: promotions::till::Writes,
    purses: purses::Locked,
}

impl Decided {
    /// What the order takes of promotions, where the decision takes it again or gives it back.
    fn claims(&self) -> Vec<Claim> {
        match self.decision.hold.is_some() || self.change.ends() {
            true => claims(&self.change.order),
            false => Vec::new(),
        }
    }
}

impl SettleBatch {
    /// Locks the levels that the orders reserve, and the tallies of promotions that they use, and settles the reservations
    /// as decided. What ends gives its promotions back; what is opened again has them only if there is room for it still.
    async fn settle_stock(
        &self,
        client: &Client,
        commands: &[&Settle],
        decided: &mut [Result<Decided, Error>],
    ) -> Result<StockChange, Failure> {
        let (mut tenants, mut orders): (Vec<TenantId>, Vec<OrderId>) = (Vec::new(), Vec::new());
        let settling = decided.iter().flatten().filter(|d| d.decision.touches_stock());
        for order in settling.map(|d| &d.change.order) {
            for tenant in order.placed.tenants() {
                tenants.push(tenant);
                orders.push(order.id);
            }
        }
        let (tendered, openings) = touched(decided);
        if orders.is_empty() {
            let mut purses = self.purses.lock(client, &tendered, &openings).await?;
            move_purses(commands, decided, &mut purses);
            return Ok(StockChange {
                purses,
                ..StockChange::default()
            });
        }
        let used: Vec<Claim> = decided.iter().flatten().flat_map(Decided::claims).collect();
        let (mut shelves, reservations, mut tallies, mut purses) = tokio::try_join!(
            biased;
            self.stock.lock_of_orders(client, &tenants, &orders),
            self.stock.reservations(client, &tenants, &orders),
            self.promotions.lock(client, &used),
            self.purses.lock(client, &tendered, &openings),
        )?;
        let mut uses = promotions::till::Writes::default();
        let mut by_order: HashMap<OrderId, Vec<Reservation>> = HashMap::new();
        for reservation in reservations {
            by_order.entry(reservation.order).or_default().push(reservation);
        }
        let mut writes = inventory::till::Writes::default();
        for (command, outcome) in commands.iter().zip(decided.iter_mut()) {
            let Ok(decided) = outcome else { continue };
            if let Some(hold) = &decided.decision.hold {
                let lines: Vec<Line> = lines(&decided.change.order).collect();
                let used = decided.claims();
                let tendered = parts(&decided.change.order.placed.tenders);
                let spent = purses.check(&tendered, command.ctx.now).is_err();
                let picks = match tallies.check(&used) {
                    Ok(()) if !spent => shelves.hold(&lines, destination(&decided.change.order)).ok(),
                    _ => None,
                };
                let Some(picks) = picks else {
                    decided.without_goods(command)?;
                    continue;
                };
                uses.take(&mut tallies, &used);
                purses.hold(command.order, &tendered, command.ctx.now);
                let again = writes.hold_again(command.ctx.now, command.order, &lines, &picks, hold.until);
                by_order.entry(command.order).or_default().extend(again);
            }
            if decided.change.ends() {
                uses.put_back(&mut tallies, &decided.claims(), command.ctx.now);
            }
            let held = by_order.get_mut(&command.order);
            if let (Some(settlement), Some(held)) = (decided.decision.stock, held) {
                let only = decided.decision.stock_of;
                let held = held
                    .iter_mut()
                    .filter(|reservation| only.is_none_or(|only| only == reservation.tenant));
                writes.settle(command.ctx.now, held, settlement, &mut shelves)?;
            }
            let unsent = &decided.decision.unsent;
            if !unsent.is_empty() {
                let sold = by_order
                    .get_mut(&command.order)
                    .map_or(&mut [][..], Vec::as_mut_slice);
                writes.take_back(command.ctx.now, command.order, unsent, sold, &mut shelves)?;
            }
            if let Some(goods) = &decided.decision.goods {
                let sold = by_order.get(&command.order).map_or(&[][..], Vec::as_slice);
                let to = destination(&decided.change.order);
                let of = (command.ctx.now, command.order);
                if let Err(short) = exchange(&mut writes, &mut shelves, of, goods, sold, to)? {
                    *outcome = Err(Error::ExchangeShort(short.into()));
                }
            }
        }
        move_purses(commands, decided, &mut purses);
        writes.finish(&shelves);
        Ok(StockChange {
            purses,
            writes,
            shelves,
            tallies,
            uses,
        })
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
        let mut refunds = Vec::new();
        let mut captures = Vec::new();
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
            if let Some(books) = &decision.books {
                // Of a share that is captured late the goods may be there already.
                let delivered_at = |tenant: TenantId| {
                    let mut parts = order.sub_orders();
                    let part = parts.find(|part| part.part.tenant == tenant)?;
                    part.progress.delivered_at
                };
                entries.push_delivered(&entry(books, command.ctx.now, order)?, delivered_at);
            }
            refunds.extend(decision.refund.as_ref().and_then(RefundMove::changed));
            refunds.extend(&decision.released);
            captures.extend(decision.capture.as_ref().and_then(CaptureMove::changed));
            if let Some(saga) = &decision.saga {
                sagas.push((order.id, saga));
            }
            publish(&mut outbox, command, decided)?;
        }
        if let Some(ctx) = batch_ctx(commands.last().map(|c| &c.ctx)) {
            let crossings = stock.shelves.crossings();
            inventory::till::publish_crossings(&mut outbox, &ctx, &crossings)?;
        }
        let ((), (), (), (), moved, (), (), (), (), ()) = tokio::try_join!(
            biased;
            self.orders.write(client, &orders),
            self.stock.write(client, &stock.writes),
            self.promotions.write(client, &stock.tallies, &stock.uses),
            self.purses.write(client, &stock.purses),
            payments::till::settle(client, &self.payments, &moves),
            ledger::till::post(client, &self.ledger, &entries),
            self.sagas.save(client, &sagas),
            self.refunds.save(client, &refunds),
            self.captures.save(client, &captures),
            store::rows::write(client, &self.outbox, outbox.rows()),
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

/// Puts a return's goods on the shelf and takes what is sent again from it; where that is not there, does nothing and says
/// what is short.
pub(super) fn exchange(
    writes: &mut inventory::till::Writes,
    shelves: &mut Shelves,
    (now, order): (Timestamp, OrderId),
    goods: &Goods,
    sold: &[Reservation],
    to: Destination<'_>,
) -> Result<Result<(), Vec<Shortage>>, MissingLevel> {
    let short = short(shelves, goods);
    if !short.is_empty() {
        return Ok(Err(short));
    }
    for line in &goods.back {
        writes.restock(now, order, goods.of.0, line, sold, shelves)?;
    }
    let picks = match shelves.hold(&goods.again, to) {
        Ok(picks) => picks,
        Err(short) => return Ok(Err(short)),
    };
    let mut held = writes.hold_again(now, order, &goods.again, &picks, now);
    writes.settle(now, &mut held, Settlement::Sold, shelves)?;
    Ok(Ok(()))
}

/// What of the goods that are sent again will not be there once those that came back are.
fn short(shelves: &Shelves, goods: &Goods) -> Vec<Shortage> {
    let of = |lines: &[Line], wanted: &Line| -> i64 {
        let same = lines.iter().filter(|line| line.sku == wanted.sku);
        same.map(|line| line.quantity).sum()
    };
    let mut short: Vec<Shortage> = Vec::new();
    for line in &goods.again {
        let requested = of(&goods.again, line);
        let available = shelves.available(line.tenant, line.sku) + of(&goods.back, line);
        if requested > available && short.iter().all(|known| known.sku != line.sku) {
            short.push(Shortage {
                sku: line.sku,
                requested,
                available,
            });
        }
    }
    short
}

/// What is posted, for an order.
pub(super) fn entry(books: &Books, now: Timestamp, order: &Order) -> Result<Entry, MoneyError> {
    let currency = order.currency();
    let money = |amount| Money::new(amount, currency);
    let share = |share: &Share| SellerShare {
        tenant: share.tenant,
        total: money(share.amount),
        commission: money(share.commission),
        tax: money(share.tax),
        funded: money(share.funded),
        sales_tax: money(share.sales_tax),
    };
    match books {
        Books::Sale => {
            let parts = order.placed.parts.iter();
            let sold = |part: &Part| SellerShare {
                tenant: part.tenant,
                total: money(part.total()),
                commission: money(part.commission),
                tax: money(part.commission_tax),
                funded: money(part.funded()),
                sales_tax: money(part.tax_kept()),
            };
            let shares: Vec<SellerShare> = parts.map(sold).collect();
            sale(order.id, now, &shares, tendered(&order.placed.tenders))
        }
        Books::SaleOfTake { number, shares } => {
            let shares: Vec<SellerShare> = shares.iter().map(share).collect();
            sale_of_take(order.id, *number, now, &shares)
        }
        Books::Refund {
            refund: id,
            shares,
            tenders,
        } => {
            let shares: Vec<SellerShare> = shares.iter().map(share).collect();
            refund(*id, order.id, now, &shares, tendered(tenders))
        }
        Books::CameBack {
            refund,
            attempt,
            amount,
        } => refund_came_back(*refund, *attempt, order.id, now, money(*amount)),
        Books::GivenAgain {
            refund,
            attempt,
            amount,
        } => refund_again(*refund, *attempt, order.id, now, money(*amount)),
    }
}

/// What others learn: of the order from orders, of the payment here, because only the till moves both.
fn publish(outbox: &mut Outbox, command: &Settle, decided: &Decided) -> Result<(), serde_json::Error> {
    let Decided {
        change,
        decision,
        told,
        ..
    } = decided;
    change.publish(outbox)?;
    if let Some(told) = told {
        outbox.push(&command.ctx, told)?;
    }
    let (order, payment) = (change.order.id, change.order.placed.payment);
    match &decision.payment {
        Some(Payment::Captured { reference }) => outbox.push(
            &command.ctx,
            &PaymentCaptured {
                payment,
                order,
                amount: change.order.total(),
                reference: Some(reference.clone()),
            },
        ),
        // As often as something of it is.
        Some(Payment::SharesCaptured {
            reference, amount, ..
        }) => outbox.push(
            &command.ctx,
            &PaymentCaptured {
                payment,
                order,
                amount: Money::new(*amount, change.order.currency()),
                reference: Some(reference.clone()),
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
        Some(Payment::Refunded { reference }) => outbox.push(
            &command.ctx,
            &PaymentRefunded {
                payment,
                order,
                // The provider took this much, and gives it back; gift cards were never spent.
                amount: change.order.charged(),
                refund: None,
                reference: Some(reference.clone()),
                sold: false,
            },
        ),
        Some(Payment::PartlyRefunded {
            refund,
            amount,
            reference,
            ..
        }) => outbox.push(
            &command.ctx,
            &PaymentRefunded {
                payment,
                order,
                amount: Money::new(*amount, change.order.currency()),
                refund: Some(*refund),
                reference: Some(reference.clone()),
                sold: true,
            },
        ),
        Some(Payment::RefundCameBack { refund, amount, .. }) => outbox.push(
            &command.ctx,
            &RefundCameBack {
                payment,
                order,
                refund: *refund,
                amount: Money::new(*amount, change.order.currency()),
            },
        ),
        _ => Ok(()),
    }
}

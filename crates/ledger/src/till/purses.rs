//! What the till does to gift cards and store credit, inside its own transactions, over tokio-postgres, which pipelines.
//! Where no order of a batch is paid by one, nothing is sent.
//!
//! An order sets aside what it will spend when it is placed, with the purses locked, so that two orders never spend the same
//! cent; being paid spends it, its end lets it go, and a refund puts it back.

use crate::domain::purse::{PurseKind, credit_of};
use chrono::TimeDelta;
use kernel::{Currency, EntryId, OrderId, PurseId, PurseMovementId, RefundId, Timestamp, UserId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tokio_postgres::{Client, Error, Statement};
use uuid::Uuid;

/// Money that goes back to a gift card can be spent for at least so long, even where the card had expired meanwhile.
pub const SPENDABLE_AGAIN_DAYS: i64 = 30;
/// For how long a card that ran out while an order held some of it can be spent when the order ends unpaid.
const RELEASED_DAYS: i64 = 1;

/// Purses of buyers who had no store credit yet. Parameters: ids, users, currencies, times.
const OPEN: &str = "
insert into ledger.purse (id, kind, currency, user_id, made_at)
select id, 'store_credit', currency, user_id, made_at
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) as p (id, user_id, currency, made_at)
on conflict do nothing";

/// Locks purses in one order for everybody. Parameter: ids, sorted and each once.
const LOCK: &str = "
select id, balance, held, expires_at, disabled_at is not null
  from ledger.purse
 where id = any($1)
 order by id
   for update";

/// Parameters: ids, balances, held, expiries.
const COUNT: &str = "
update ledger.purse p
   set balance = d.balance, held = d.held, expires_at = d.expires_at
  from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::timestamptz[]) as d (id, balance, held, expires_at)
 where p.id = d.id";

/// What an order sets aside, ends to set aside, or sets aside again because it was opened again. Parameters: orders,
/// purses, amounts, states, times.
const HOLD: &str = "
insert into ledger.purse_hold (order_id, purse_id, amount, state, at, ended_at)
select order_id, purse_id, amount, state, at, case when state <> 'held' then at end
  from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::timestamptz[]) as d (order_id, purse_id, amount, state, at)
on conflict on constraint purse_hold_pkey do update
   set state = excluded.state, ended_at = excluded.ended_at";

/// Parameters: purses, ids, kinds, amounts, entries, orders, refunds, times.
const MOVE: &str = "
insert into ledger.purse_movement (purse_id, id, kind, amount, entry_id, order_id, refund_id, at)
select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::uuid[], $6::uuid[], $7::uuid[], $8::timestamptz[])";

/// What an order is to spend, or a refund to put back, of one purse. Minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    pub purse: PurseId,
    pub kind: PurseKind,
    pub amount: i64,
}

/// A purse as it stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub balance: i64,
    pub held: i64,
    pub expires_at: Option<Timestamp>,
    pub disabled: bool,
}

impl Standing {
    /// What can be set aside for another order.
    #[must_use]
    pub fn spendable(&self, now: Timestamp) -> i64 {
        match self.disabled || self.expires_at.is_some_and(|ends| ends <= now) {
            true => 0,
            false => self.balance - self.held,
        }
    }
}

/// There is less on a purse than an order needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Short {
    pub purse: PurseId,
    pub kind: PurseKind,
    pub spendable: i64,
}

/// Locked purses, and what a batch does to them.
#[derive(Debug, Default)]
pub struct Locked {
    known: HashMap<PurseId, Standing>,
    changed: BTreeSet<PurseId>,
    holds: BTreeMap<(OrderId, PurseId), (i64, &'static str, Timestamp)>,
    movements: Movements,
}

#[derive(Debug, Default)]
struct Movements {
    purses: Vec<PurseId>,
    ids: Vec<PurseMovementId>,
    kinds: Vec<&'static str>,
    amounts: Vec<i64>,
    entries: Vec<EntryId>,
    orders: Vec<OrderId>,
    refunds: Vec<Option<RefundId>>,
    ats: Vec<Timestamp>,
}

/// A buyer who is about to get store credit and may have none yet.
#[derive(Clone, Copy, Debug)]
pub struct Opening {
    pub user: UserId,
    pub currency: Currency,
    pub at: Timestamp,
}

impl Locked {
    #[must_use]
    pub fn new(known: HashMap<PurseId, Standing>) -> Self {
        Self {
            known,
            ..Self::default()
        }
    }

    /// Whether there is as much as an order needs of each of its purses, which differ.
    pub fn check(&self, parts: &[Part], now: Timestamp) -> Result<(), Short> {
        for part in parts {
            let spendable = self
                .known
                .get(&part.purse)
                .map_or(0, |purse| purse.spendable(now));
            if part.amount > spendable {
                return Err(Short {
                    purse: part.purse,
                    kind: part.kind,
                    spendable,
                });
            }
        }
        Ok(())
    }

    /// Sets aside what was [checked](Self::check).
    pub fn hold(&mut self, order: OrderId, parts: &[Part], at: Timestamp) {
        for part in parts {
            self.purse(part.purse).held += part.amount;
            self.holds.insert((order, part.purse), (part.amount, "held", at));
        }
    }

    /// The order ended unpaid: what it had set aside can be spent by others. A card that ran out meanwhile can be spent for a
    /// day: its owner was about to.
    pub fn release(&mut self, order: OrderId, parts: &[Part], at: Timestamp) {
        for part in parts {
            let purse = self.purse(part.purse);
            purse.held -= part.amount;
            let until = at + TimeDelta::days(RELEASED_DAYS);
            purse.expires_at = purse.expires_at.map(|ends| if ends <= at { until } else { ends });
            self.holds
                .insert((order, part.purse), (part.amount, "released", at));
        }
    }

    /// The order was paid: what it had set aside is spent, as its sale's entry tells.
    pub fn spend(&mut self, order: OrderId, parts: &[Part], entry: EntryId, at: Timestamp) {
        for part in parts {
            let purse = self.purse(part.purse);
            purse.held -= part.amount;
            purse.balance -= part.amount;
            self.holds.insert((order, part.purse), (part.amount, "spent", at));
            self.moved(part.purse, "spent", -part.amount, entry, (order, None), at);
        }
    }

    /// Puts a refund's money back, as its entry tells.
    pub fn give_back(
        &mut self,
        (order, refund): (OrderId, RefundId),
        parts: &[Part],
        entry: EntryId,
        at: Timestamp,
    ) {
        for part in parts {
            let purse = self.purse(part.purse);
            purse.balance += part.amount;
            let until = at + TimeDelta::days(SPENDABLE_AGAIN_DAYS);
            purse.expires_at = purse.expires_at.map(|ends| ends.max(until));
            self.moved(
                part.purse,
                "given_back",
                part.amount,
                entry,
                (order, Some(refund)),
                at,
            );
        }
    }

    fn purse(&mut self, id: PurseId) -> &mut Standing {
        self.changed.insert(id);
        self.known.entry(id).or_default()
    }

    fn moved(
        &mut self,
        purse: PurseId,
        kind: &'static str,
        amount: i64,
        entry: EntryId,
        (order, refund): (OrderId, Option<RefundId>),
        at: Timestamp,
    ) {
        let moves = &mut self.movements;
        moves.purses.push(purse);
        moves.ids.push(PurseMovementId::new(at));
        moves.kinds.push(kind);
        moves.amounts.push(amount);
        moves.entries.push(entry);
        moves.orders.push(order);
        moves.refunds.push(refund);
        moves.ats.push(at);
    }
}

/// The till's statements on purses, prepared on one connection.
#[derive(Clone)]
pub struct Statements {
    open: Statement,
    lock: Statement,
    count: Statement,
    hold: Statement,
    moving: Statement,
}

impl Statements {
    pub async fn prepare(client: &Client) -> Result<Self, Error> {
        let (open, lock, count, hold, moving) = tokio::try_join!(
            client.prepare(OPEN),
            client.prepare(LOCK),
            client.prepare(COUNT),
            client.prepare(HOLD),
            client.prepare(MOVE),
        )?;
        Ok(Self {
            open,
            lock,
            count,
            hold,
            moving,
        })
    }

    /// Locks purses until the transaction ends and reads them as they then are, with those that are opened first.
    pub async fn lock(
        &self,
        client: &Client,
        purses: &[PurseId],
        openings: &[Opening],
    ) -> Result<Locked, Error> {
        let mut wanted: BTreeSet<PurseId> = purses.iter().copied().collect();
        wanted.extend(openings.iter().map(|new| credit_of(new.user, new.currency)));
        if wanted.is_empty() {
            return Ok(Locked::default());
        }
        self.open(client, openings).await?;
        let wanted: Vec<PurseId> = wanted.into_iter().collect();
        let rows = client.query(&self.lock, &[&wanted]).await?;
        let mut known = HashMap::with_capacity(rows.len());
        for row in &rows {
            let id: Uuid = row.try_get(0)?;
            let standing = Standing {
                balance: row.try_get(1)?,
                held: row.try_get(2)?,
                expires_at: row.try_get(3)?,
                disabled: row.try_get(4)?,
            };
            known.insert(PurseId(id), standing);
        }
        Ok(Locked::new(known))
    }

    async fn open(&self, client: &Client, openings: &[Opening]) -> Result<(), Error> {
        if openings.is_empty() {
            return Ok(());
        }
        // Sorted, so that two who open the same ones wait for each other instead of deadlocking.
        let new: BTreeMap<PurseId, &Opening> = openings
            .iter()
            .map(|new| (credit_of(new.user, new.currency), new))
            .collect();
        let ids: Vec<PurseId> = new.keys().copied().collect();
        let users: Vec<UserId> = new.values().map(|new| new.user).collect();
        let currencies: Vec<&str> = new.values().map(|new| new.currency.code()).collect();
        let ats: Vec<Timestamp> = new.values().map(|new| new.at).collect();
        client
            .execute(&self.open, &[&ids, &users, &currencies, &ats])
            .await
            .map(drop)
    }

    /// Writes what was decided, all in one go.
    pub async fn write(&self, client: &Client, locked: &Locked) -> Result<(), Error> {
        if locked.changed.is_empty() {
            return Ok(());
        }
        tokio::try_join!(
            biased;
            self.count(client, locked),
            self.hold(client, locked),
            self.move_all(client, &locked.movements),
        )
        .map(drop)
    }

    async fn count(&self, client: &Client, locked: &Locked) -> Result<(), Error> {
        let ids: Vec<PurseId> = locked.changed.iter().copied().collect();
        let now = |id: &PurseId| locked.known.get(id).copied().unwrap_or_default();
        let balances: Vec<i64> = ids.iter().map(|id| now(id).balance).collect();
        let held: Vec<i64> = ids.iter().map(|id| now(id).held).collect();
        let expiries: Vec<Option<Timestamp>> = ids.iter().map(|id| now(id).expires_at).collect();
        client
            .execute(&self.count, &[&ids, &balances, &held, &expiries])
            .await
            .map(drop)
    }

    async fn hold(&self, client: &Client, locked: &Locked) -> Result<(), Error> {
        if locked.holds.is_empty() {
            return Ok(());
        }
        let (orders, purses): (Vec<OrderId>, Vec<PurseId>) = locked.holds.keys().copied().unzip();
        let amounts: Vec<i64> = locked.holds.values().map(|hold| hold.0).collect();
        let states: Vec<&str> = locked.holds.values().map(|hold| hold.1).collect();
        let ats: Vec<Timestamp> = locked.holds.values().map(|hold| hold.2).collect();
        client
            .execute(&self.hold, &[&orders, &purses, &amounts, &states, &ats])
            .await
            .map(drop)
    }

    async fn move_all(&self, client: &Client, moves: &Movements) -> Result<(), Error> {
        if moves.ids.is_empty() {
            return Ok(());
        }
        client
            .execute(
                &self.moving,
                &[
                    &moves.purses,
                    &moves.ids,
                    &moves.kinds,
                    &moves.amounts,
                    &moves.entries,
                    &moves.orders,
                    &moves.refunds,
                    &moves.ats,
                ],
            )
            .await
            .map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(days: i64) -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000, 0).expect("in range") + TimeDelta::days(days)
    }

    fn card(balance: i64, expires_at: Option<Timestamp>) -> (Locked, [Part; 1]) {
        let purse = PurseId::new(at(0));
        let standing = Standing {
            balance,
            expires_at,
            ..Standing::default()
        };
        let part = |amount| Part {
            purse,
            kind: PurseKind::GiftCard,
            amount,
        };
        (Locked::new(HashMap::from([(purse, standing)])), [part(700)])
    }

    #[test]
    fn what_one_order_has_set_aside_no_other_has() {
        let (mut purses, part) = card(1_000, None);
        let (first, second) = (OrderId::new(at(0)), OrderId::new(at(0)));
        purses.check(&part, at(0)).expect("there is enough");
        purses.hold(first, &part, at(0));
        let short = purses.check(&part, at(0)).expect_err("300 are left");
        assert_eq!(short.spendable, 300);
        purses.release(first, &part, at(0));
        purses.check(&part, at(0)).expect("it was let go");
        purses.hold(second, &part, at(0));
        purses.spend(second, &part, EntryId::new(at(0)), at(0));
        assert_eq!(purses.known[&part[0].purse].balance, 300);
        assert_eq!(purses.known[&part[0].purse].held, 0);
        assert_eq!(purses.movements.amounts, [-700]);
    }

    #[test]
    fn an_expired_card_is_not_spent_and_one_that_gets_money_back_is_good_for_a_while() {
        let (mut purses, part) = card(1_000, Some(at(10)));
        purses.check(&part, at(9)).expect("it holds until the tenth day");
        assert_eq!(purses.check(&part, at(10)).expect_err("expired").spendable, 0);
        let of = (OrderId::new(at(0)), RefundId::new(at(0)));
        purses.give_back(of, &part, EntryId::new(at(0)), at(10));
        assert_eq!(purses.known[&part[0].purse].expires_at, Some(at(40)));
        purses.check(&part, at(39)).expect("good for thirty days");
    }

    #[test]
    fn a_card_that_is_switched_off_is_not_spent() {
        let (mut purses, part) = card(1_000, None);
        purses.purse(part[0].purse).disabled = true;
        assert_eq!(purses.check(&part, at(0)).expect_err("off").spendable, 0);
    }
}

//! Paying shops: what is due when, and what becomes of it at the provider.

use super::holds::DEFAULT_SCHEDULE;
use super::{Ledger, Rules};
use crate::domain::{PayoutState, Said, Schedule, Step, entry_id, payout_made, payout_paid, step};
use crate::error::Error;
use crate::provider::Transfer;
use crate::store::entries::{currency, post, reverse};
use crate::store::payouts::{self, BatchRow, Change, EventRow, NewPayout, PayoutRow};
use crate::store::terms::{self, ChangeRow, TermsRow};
use ::store::Scope;
use ::store::log::Outbox;
use chrono::{NaiveDate, TimeDelta};
use contracts::ledger::{PayoutFailed, PayoutPaid, PayoutReturned};
use kernel::{Ctx, Currency, Money, PayoutId, TenantId, Timestamp};
use sqlx::PgConnection;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Shops settled in one transaction.
const SHOPS_MAX: i64 = 100;
/// Days, each with its currencies, of which an overview tells.
const BATCHES_MAX: i64 = 60;
/// Payouts that one worker takes at once.
const TAKE_MAX: i64 = 20;
/// How long a worker may ask the provider before another asks what became of it.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// Pause before the first inquiry after an answer was lost; doubles up to an hour.
const INQUIRE_FIRST_S: i64 = 10;
const INQUIRE_MAX_S: i64 = 3_600;
/// For how long a bank may send a payout back, and how often it is asked.
const WATCH: TimeDelta = TimeDelta::days(14);
const WATCH_EVERY: TimeDelta = TimeDelta::days(1);

/// When a shop is paid, and the least that is.
#[derive(Clone, Debug)]
pub struct Terms {
    pub schedule: Schedule,
    pub minimums: Vec<Money>,
    pub hold_days: i16,
    pub reserve_bp: i32,
    pub reserve_days: i16,
    /// By which commission rules name the shop.
    pub plan: Option<String>,
    pub next_on: Option<NaiveDate>,
}

/// A payout with its history.
#[derive(Clone, Debug)]
pub struct PayoutView {
    pub payout: PayoutRow,
    pub history: Vec<EventRow>,
}

/// A payout that a shop asks for itself.
#[derive(Clone, Debug)]
pub struct Asked {
    pub currency: Currency,
    /// The same key is the same payout.
    pub key: String,
}

impl Ledger {
    pub async fn terms(&self, tenant: TenantId) -> Result<Terms, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let row = terms::find(&mut tx, tenant).await?;
        let minimums = terms::minimums(&mut tx, &[tenant.0]).await?;
        tx.commit().await?;
        let minimums = minimums.into_iter().map(|(_, money)| money).collect();
        Ok(match row {
            Some(row) => Terms {
                schedule: row.schedule()?,
                minimums,
                hold_days: row.hold_days,
                reserve_bp: row.reserve_bp,
                reserve_days: row.reserve_days,
                plan: row.plan,
                next_on: row.next_on,
            },
            None => Terms {
                schedule: DEFAULT_SCHEDULE,
                minimums,
                hold_days: 7,
                reserve_bp: 0,
                reserve_days: 30,
                plan: None,
                next_on: None,
            },
        })
    }

    /// Changes when a shop is paid, and the least that is.
    pub async fn set_terms(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        schedule: Schedule,
        minimums: &[Money],
    ) -> Result<Terms, Error> {
        let mut currencies = HashSet::new();
        for minimum in minimums {
            if minimum.amount < 0 || !currencies.insert(minimum.currency) {
                return Err(Error::Field {
                    field: "/minimums",
                    detail: "Give each currency once, with an amount of zero or more in minor units."
                        .to_owned(),
                });
            }
        }
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        terms::begin(&mut tx, &[tenant.0], schedule.next(ctx.now.date_naive())).await?;
        terms::lock(&mut tx, tenant).await?;
        terms::set_schedule(&mut tx, ctx, tenant, schedule).await?;
        terms::set_minimums(&mut tx, tenant, minimums).await?;
        tx.commit().await?;
        self.terms(tenant).await
    }

    /// Changes for how long a shop's money is held, how much is reserved, and where payouts go.
    pub async fn set_rules(&self, ctx: &Ctx, tenant: TenantId, rules: &Rules) -> Result<(), Error> {
        self.require_shop(ctx, tenant).await?;
        let mut tx = self.db().begin(Scope::System).await?;
        let next = DEFAULT_SCHEDULE.next(ctx.now.date_naive());
        terms::begin(&mut tx, &[tenant.0], next).await?;
        if rules.plan.is_some() {
            crate::store::commission::changed(&mut tx).await?;
        }
        terms::set_rules(&mut tx, ctx, tenant, rules).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Who changed a shop's terms, the latest first.
    pub async fn terms_changes(
        &self,
        tenant: TenantId,
        before: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<ChangeRow>, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let rows = terms::changes(&mut tx, tenant, before, limit).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Makes the payouts of every shop whose day has come; how many those are. Safe to run twice at once.
    pub async fn settle_due(&self, ctx: &Ctx) -> Result<usize, Error> {
        if !self.pays {
            return Ok(0);
        }
        let mut made = 0;
        let today = ctx.now.date_naive();
        loop {
            let mut tx = self.db().begin(Scope::System).await?;
            let due = terms::lock_due(&mut tx, today, SHOPS_MAX).await?;
            let mut periods = HashMap::new();
            let mut next = Vec::with_capacity(due.len());
            for shop in &due {
                let schedule = shop.schedule()?;
                if let Some(period) = schedule.period(ctx.now) {
                    periods.insert(shop.tenant_id, period.to_string());
                }
                next.push(schedule.next(today));
            }
            made += self.pay(&mut tx, ctx, &due, &periods, None).await?.len();
            let tenants: Vec<Uuid> = due.iter().map(|shop| shop.tenant_id).collect();
            terms::turn(&mut tx, &tenants, &next).await?;
            tx.commit().await?;
            if due.len() < usize::try_from(SHOPS_MAX).unwrap_or(usize::MAX) {
                return Ok(made);
            }
        }
    }

    /// Pays out at once what is available in one currency. The same key is answered with the same payout.
    pub async fn pay_now(&self, ctx: &Ctx, tenant: TenantId, asked: &Asked) -> Result<PayoutView, Error> {
        if !self.pays {
            return Err(Error::NoBank);
        }
        let period = format!("asked:{}", asked.key);
        // Its entry has postings of the marketplace's own, which a shop's role may not write.
        let mut tx = self.db().begin(Scope::System).await?;
        let next = DEFAULT_SCHEDULE.next(ctx.now.date_naive());
        terms::begin(&mut tx, &[tenant.0], next).await?;
        let shop = terms::lock(&mut tx, tenant).await?;
        let known = payouts::of_period(&mut tx, tenant, asked.currency.code(), &period).await?;
        let id = match known {
            Some(known) => known.id,
            None => {
                let periods = HashMap::from([(tenant.0, period)]);
                let made = self
                    .pay(&mut tx, ctx, &[shop], &periods, Some(asked.currency))
                    .await?;
                match made.first() {
                    Some(id) => *id,
                    None => return Err(nothing_due(&mut tx, tenant, asked.currency).await?),
                }
            }
        };
        tx.commit().await?;
        self.payout(tenant, id).await
    }

    /// One payout for each shop and currency with something due, posted and told of.
    async fn pay(
        &self,
        conn: &mut PgConnection,
        ctx: &Ctx,
        shops: &[TermsRow],
        periods: &HashMap<Uuid, String>,
        only: Option<Currency>,
    ) -> Result<Vec<PayoutId>, Error> {
        let tenants: Vec<Uuid> = shops.iter().map(|shop| shop.tenant_id).collect();
        let minimums: HashMap<(Uuid, Currency), i64> = terms::minimums(conn, &tenants)
            .await?
            .into_iter()
            .map(|(tenant, money)| ((tenant, money.currency), money.amount))
            .collect();
        let destinations: HashMap<Uuid, &str> = shops
            .iter()
            .map(|shop| (shop.tenant_id, shop.destination.as_str()))
            .collect();
        let mut wanted = Vec::new();
        for (tenant, currency, standing) in terms::standings(conn, &tenants).await? {
            let minimum = minimums.get(&(tenant.0, currency)).copied().unwrap_or(0);
            let (Some(period), Some(amount)) = (periods.get(&tenant.0), standing.due(minimum)) else {
                continue;
            };
            if only.is_none_or(|only| only == currency) {
                wanted.push(NewPayout {
                    tenant,
                    id: PayoutId::new(ctx.now),
                    amount: Money::new(amount, currency),
                    period: period.clone(),
                    destination: destinations
                        .get(&tenant.0)
                        .copied()
                        .unwrap_or_default()
                        .to_owned(),
                });
            }
        }
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let made: HashSet<PayoutId> = payouts::insert(conn, self.provider.name(), ctx.now, &wanted)
            .await?
            .into_iter()
            .collect();
        wanted.retain(|payout| made.contains(&payout.id));
        let entries = wanted
            .iter()
            .map(|p| payout_made(p.id, p.tenant, ctx.now, p.amount))
            .collect::<Result<Vec<_>, _>>()?;
        post(conn, &entries).await?;
        let told: Vec<_> = wanted.iter().map(|p| (p.tenant, p.id)).collect();
        payouts::tell(conn, ctx, &told, "created", "").await?;
        Ok(told.into_iter().map(|(_, id)| id).collect())
    }

    pub async fn payout(&self, tenant: TenantId, id: PayoutId) -> Result<PayoutView, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let payout = payouts::find(&mut tx, tenant, id)
            .await?
            .ok_or(Error::NotFound("payout"))?;
        let history = payouts::history(&mut tx, tenant, id).await?;
        tx.commit().await?;
        Ok(PayoutView { payout, history })
    }

    /// A shop's payouts, newest first.
    pub async fn payouts(
        &self,
        tenant: TenantId,
        state: Option<PayoutState>,
        before: Option<PayoutId>,
        limit: i64,
    ) -> Result<Vec<PayoutRow>, Error> {
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let state = state.map(PayoutState::name);
        let rows = payouts::list(&mut tx, Some(tenant), state, before, limit).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Payouts of all shops or of one, newest first, for operators.
    pub async fn all_payouts(
        &self,
        tenant: Option<TenantId>,
        state: Option<PayoutState>,
        before: Option<PayoutId>,
        limit: i64,
    ) -> Result<Vec<PayoutRow>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let rows = payouts::list(&mut tx, tenant, state.map(PayoutState::name), before, limit).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Payouts since a moment by the day on which they were made, the latest first, for operators.
    pub async fn batches(&self, since: Timestamp) -> Result<Vec<BatchRow>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let rows = payouts::batches(&mut tx, since, BATCHES_MAX).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Asks the provider about every payout that is due to be sent or looked at; how many those were. Nothing is
    /// locked while it answers.
    pub async fn send_due(&self, ctx: &Ctx) -> Result<usize, Error> {
        if !self.pays {
            return Ok(0);
        }
        let mut asked = 0;
        loop {
            let mut tx = self.db().begin(Scope::System).await?;
            let taken = payouts::take_due(&mut tx, ctx.now, ctx.now + LEASE, TAKE_MAX).await?;
            tx.commit().await?;
            if taken.is_empty() {
                return Ok(asked);
            }
            asked += taken.len();
            for payout in taken {
                let said = self.ask(ctx, &payout).await?;
                self.hear(ctx, &payout, &said).await?;
            }
        }
    }

    async fn ask(&self, ctx: &Ctx, payout: &PayoutRow) -> Result<Said, Error> {
        let key = payout.id.to_string();
        if payout.state != PayoutState::Created.name() {
            let destination = payout.destination.clone();
            return Ok(self.provider.inquire(key, destination, ctx.now).await);
        }
        let transfer = Transfer {
            key,
            amount: amount(payout)?,
            destination: payout.destination.clone(),
            at: ctx.now,
        };
        Ok(self.provider.send(transfer).await)
    }

    /// Posts and tells what follows from the provider's answer, unless another worker has asked since.
    async fn hear(&self, ctx: &Ctx, asked: &PayoutRow, said: &Said) -> Result<(), Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let Some(payout) = payouts::lock_attempt(&mut tx, asked.id, asked.attempt).await? else {
            return Ok(());
        };
        let state = PayoutState::parse(&payout.state)
            .ok_or_else(|| Error::Broken(format!("a payout in state `{}`", payout.state)))?;
        let step = step(state, said);
        self.books(&mut tx, ctx, &payout, step, said).await?;
        payouts::change(&mut tx, payout.id, &change(ctx.now, &payout, state, step, said)).await?;
        if let Some((name, detail)) = news(state, step, said) {
            payouts::tell(&mut tx, ctx, &[(payout.tenant_id, payout.id)], name, detail).await?;
        }
        let mut outbox = Outbox::new();
        publish(&mut outbox, ctx, &payout, step, said)?;
        outbox.append(&mut tx).await?;
        tx.commit().await?;
        if !outbox.is_empty() {
            ::store::log::wake();
        }
        Ok(())
    }

    async fn books(
        &self,
        conn: &mut PgConnection,
        ctx: &Ctx,
        payout: &PayoutRow,
        step: Step,
        said: &Said,
    ) -> Result<(), Error> {
        let (id, why) = (payout.id.0, reason(said).unwrap_or("the payout failed"));
        if matches!(step, Step::Pay | Step::PayAndReturn) {
            post(conn, &[payout_paid(payout.id, ctx.now, amount(payout)?)?]).await?;
        }
        if matches!(step, Step::Return | Step::PayAndReturn) {
            reverse(conn, ctx, entry_id("payout_paid", id), why).await?;
        }
        if matches!(step, Step::Fail | Step::Return | Step::PayAndReturn) {
            reverse(conn, ctx, entry_id("payout", id), why).await?;
        }
        Ok(())
    }
}

async fn nothing_due(conn: &mut PgConnection, tenant: TenantId, currency: Currency) -> Result<Error, Error> {
    let standing = terms::standings(conn, &[tenant.0])
        .await?
        .into_iter()
        .find(|(_, c, _)| *c == currency)
        .map(|(_, _, standing)| standing)
        .unwrap_or_default();
    let minimum = terms::minimums(conn, &[tenant.0])
        .await?
        .into_iter()
        .map(|(_, money)| money)
        .find(|money| money.currency == currency)
        .unwrap_or(Money::zero(currency));
    Ok(Error::NothingDue {
        available: Money::new(standing.available(), currency),
        minimum,
    })
}

fn amount(payout: &PayoutRow) -> Result<Money, Error> {
    Ok(Money::new(payout.amount, currency(&payout.currency)?))
}

fn reason(said: &Said) -> Option<&str> {
    match said {
        Said::Failed { reason } | Said::Returned { reason, .. } => Some(reason),
        Said::Paid { .. } | Said::Unknown | Said::NotFound => None,
    }
}

/// How the payout's row reads after a step, and when it is looked at next.
fn change<'a>(
    now: Timestamp,
    payout: &PayoutRow,
    state: PayoutState,
    step: Step,
    said: &'a Said,
) -> Change<'a> {
    let reference = match said {
        Said::Paid { reference } | Said::Returned { reference, .. } => Some(reference.as_str()),
        _ => None,
    };
    let doublings = u32::try_from(payout.attempt - 1).unwrap_or(0).min(10);
    let pause = TimeDelta::seconds((INQUIRE_FIRST_S << doublings).min(INQUIRE_MAX_S));
    let is_watched = payout.paid_at.is_some_and(|at| now - at < WATCH);
    let (state, next_at) = match step {
        Step::Wait => (state, is_watched.then(|| now + WATCH_EVERY)),
        Step::Inquire => (PayoutState::Unknown, Some(now + pause)),
        // Unless it was sent just now, and the provider denies it: then not at once.
        Step::SendAgain if state == PayoutState::Unknown => (PayoutState::Created, Some(now)),
        Step::SendAgain => (PayoutState::Created, Some(now + pause)),
        Step::Pay => (PayoutState::Paid, Some(now + WATCH_EVERY)),
        Step::Fail => (PayoutState::Failed, None),
        Step::Return | Step::PayAndReturn => (PayoutState::Returned, None),
    };
    Change {
        state: state.name(),
        reference,
        reason: reason(said),
        paid_at: matches!(step, Step::Pay | Step::PayAndReturn).then_some(now),
        next_at,
    }
}

/// What the payout's history says of a step, if it is new.
fn news(state: PayoutState, step: Step, said: &Said) -> Option<(&'static str, &str)> {
    match step {
        Step::Wait => None,
        Step::Inquire => (state != PayoutState::Unknown).then_some(("unanswered", "")),
        Step::SendAgain => Some(("not_received", "")),
        Step::Pay => Some(("paid", "")),
        Step::Fail => Some(("failed", reason(said).unwrap_or(""))),
        Step::Return | Step::PayAndReturn => Some(("returned", reason(said).unwrap_or(""))),
    }
}

fn publish(outbox: &mut Outbox, ctx: &Ctx, row: &PayoutRow, step: Step, said: &Said) -> Result<(), Error> {
    let (payout, tenant, amount) = (row.id, row.tenant_id, amount(row)?);
    let reason = reason(said).unwrap_or("").to_owned();
    match step {
        Step::Wait | Step::Inquire | Step::SendAgain => Ok(()),
        Step::Pay => outbox.push(
            ctx,
            &PayoutPaid {
                payout,
                tenant,
                amount,
            },
        ),
        Step::Fail => outbox.push(
            ctx,
            &PayoutFailed {
                payout,
                tenant,
                amount,
                reason,
            },
        ),
        Step::Return | Step::PayAndReturn => outbox.push(
            ctx,
            &PayoutReturned {
                payout,
                tenant,
                amount,
                reason,
            },
        ),
    }?;
    Ok(())
}

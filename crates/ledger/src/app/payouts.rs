//! Paying shops: what is due when, and what becomes of it at the provider.

use super::holds::DEFAULT_SCHEDULE;
use super::{Ledger, Rules, told};
use crate::domain::{PayoutState, Schedule, payout_made};
use crate::error::Error;
use crate::store::entries::post;
use crate::store::payouts::{self, BatchRow, EventRow, NewPayout, PayoutRow};
use crate::store::terms::{self, ChangeRow, TermsRow};
use ::store::Scope;
use chrono::NaiveDate;
use kernel::{Ctx, Currency, Money, PayoutId, TenantId, Timestamp};
use sqlx::PgConnection;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// Shops settled in one transaction.
const SHOPS_MAX: i64 = 100;
/// Days, each with its currencies, of which an overview tells.
const BATCHES_MAX: i64 = 60;

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
        let before = told::terms(&mut tx, tenant).await?;
        terms::set_schedule(&mut tx, ctx, tenant, schedule).await?;
        terms::set_minimums(&mut tx, tenant, minimums).await?;
        told::terms_changed(&mut tx, ctx, tenant, before).await?;
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
        let before = told::terms(&mut tx, tenant).await?;
        terms::set_rules(&mut tx, ctx, tenant, rules).await?;
        told::terms_changed(&mut tx, ctx, tenant, before).await?;
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

    /// Pays out at once what is available in one currency, and has it sent. The same key is answered with the same payout.
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
        // Answered as it was made, not as far as it got meanwhile.
        let made = self.payout(tenant, id).await;
        self.wake_sender();
        made
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

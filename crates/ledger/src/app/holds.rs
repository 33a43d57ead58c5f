//! Holding money back, and letting it go.

use super::{Ledger, told};
use crate::domain::{HoldReason, Schedule, entry_id, reserve};
use crate::error::Error;
use crate::store::entries::{currency, post, reverse_all};
use crate::store::holds::{HoldRow, NewHold, Wanted, delivered, end, insert, list, lock, lock_due};
use crate::store::terms;
use ::store::Scope;
use chrono::TimeDelta;
use kernel::limits::AMOUNT_MINOR_MAX;
use kernel::{BasisPoints, Ctx, EntryId, HoldId, Money, OrderId, TenantId, Timestamp};
use sqlx::PgConnection;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Holds released in one transaction.
const RELEASE_MAX: i64 = 500;

/// What shops without a schedule of their own have: Mondays.
pub(super) const DEFAULT_SCHEDULE: Schedule = Schedule::Weekly { weekday: 1 };

/// Money that an operator sets aside.
#[derive(Clone, Debug)]
pub struct PlaceHold {
    pub tenant: TenantId,
    pub amount: Money,
    /// Not [`HoldReason::Delivery`], which sales have by themselves.
    pub reason: HoldReason,
    pub note: String,
    /// None: until somebody lifts it.
    pub release_at: Option<Timestamp>,
}

impl Ledger {
    /// Sets a shop's money aside, more than there is if need be: later sales then make up for it.
    pub async fn place_hold(&self, ctx: &Ctx, request: PlaceHold) -> Result<HoldRow, Error> {
        self.require_shop(ctx, request.tenant).await?;
        if !(1..=AMOUNT_MINOR_MAX).contains(&request.amount.amount) {
            return Err(Error::Field {
                field: "/amount/amount",
                detail: format!("The amount must be 1 to {AMOUNT_MINOR_MAX} minor units."),
            });
        }
        if request.reason == HoldReason::Delivery {
            return Err(Error::Field {
                field: "/reason",
                detail: "Sales are held for delivery by themselves; use reserve, dispute or manual."
                    .to_owned(),
            });
        }
        if request.release_at.is_some_and(|at| at <= ctx.now) {
            return Err(Error::ReleaseInThePast);
        }
        let mut tx = self.db().begin(Scope::System).await?;
        let today = ctx.now.date_naive();
        terms::begin(&mut tx, &[request.tenant.0], DEFAULT_SCHEDULE.next(today)).await?;
        // Alone with the shop's money: a payout made at this moment is before it or after it.
        terms::lock(&mut tx, request.tenant).await?;
        let id = HoldId::new(ctx.now);
        set_aside(&mut tx, ctx, vec![(id, request)]).await?;
        let row = lock(&mut tx, id).await?.ok_or(Error::NotFound("hold"))?;
        told::hold_placed(&mut tx, ctx, &row).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Lets a hold go before its time.
    pub async fn lift_hold(&self, ctx: &Ctx, id: HoldId, note: &str) -> Result<HoldRow, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let row = lock(&mut tx, id).await?.ok_or(Error::NotFound("hold"))?;
        if row.state != "held" {
            return Err(Error::HoldEnded);
        }
        told::hold_lifted(&mut tx, ctx, &row, note).await?;
        self.release(&mut tx, ctx, &[row], note).await?;
        let row = lock(&mut tx, id).await?.ok_or(Error::NotFound("hold"))?;
        tx.commit().await?;
        Ok(row)
    }

    /// Shops' parts of orders have arrived: their days of waiting begin. How many holds that moved: none where nothing is held.
    pub async fn delivered(
        conn: &mut PgConnection,
        arrived: &BTreeMap<(TenantId, OrderId), Timestamp>,
    ) -> Result<u64, sqlx::Error> {
        delivered(conn, arrived).await
    }

    /// Holds, newest first: those of one shop under its own role, or of all.
    pub async fn holds(&self, scope: Scope, wanted: &Wanted<'_>, limit: i64) -> Result<Vec<HoldRow>, Error> {
        let mut tx = self.db().begin(scope).await?;
        let rows = list(&mut tx, wanted, limit).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Lets go what was held until now; how many holds that were. Safe to run twice at once: each hold is released by
    /// one of them.
    pub async fn release_due(&self, ctx: &Ctx) -> Result<usize, Error> {
        let mut released = 0;
        loop {
            let mut tx = self.db().begin(Scope::System).await?;
            let due = lock_due(&mut tx, ctx.now, RELEASE_MAX).await?;
            if !due.is_empty() {
                self.release(&mut tx, ctx, &due, "its time has come").await?;
            }
            tx.commit().await?;
            released += due.len();
            if due.len() < usize::try_from(RELEASE_MAX).unwrap_or(usize::MAX) {
                return Ok(released);
            }
        }
    }

    /// Ends locked holds: what was set aside goes back; of sales, the shop's share goes into reserve.
    async fn release(
        &self,
        conn: &mut PgConnection,
        ctx: &Ctx,
        holds: &[HoldRow],
        note: &str,
    ) -> Result<(), Error> {
        let mut tenants: Vec<Uuid> = holds.iter().map(|h| h.tenant_id.0).collect();
        tenants.sort_unstable();
        tenants.dedup();
        terms::begin(conn, &tenants, DEFAULT_SCHEDULE.next(ctx.now.date_naive())).await?;
        let rules: HashMap<Uuid, terms::TermsRow> = terms::of(conn, &tenants)
            .await?
            .into_iter()
            .map(|row| (row.tenant_id, row))
            .collect();
        let ids: Vec<Uuid> = holds.iter().map(|h| h.id.0).collect();
        end(conn, ctx, &ids, note).await?;
        let (sold, set_aside_before): (Vec<&HoldRow>, Vec<&HoldRow>) = holds
            .iter()
            .partition(|hold| hold.reason == HoldReason::Delivery.name());
        let entries: Vec<EntryId> = set_aside_before.iter().map(|hold| hold.entry_id).collect();
        reverse_all(conn, ctx, &entries, note).await?;
        let mut reserves = Vec::new();
        for hold in sold {
            if let Some(terms) = rules.get(&hold.tenant_id.0) {
                reserves.extend(share(ctx, hold, terms)?);
            }
        }
        set_aside(conn, ctx, reserves).await
    }
}

/// The share of a released sale that is kept against later refunds.
fn share(ctx: &Ctx, hold: &HoldRow, terms: &terms::TermsRow) -> Result<Option<(HoldId, PlaceHold)>, Error> {
    let rate = BasisPoints(u32::try_from(terms.reserve_bp).unwrap_or(0));
    let amount = Money::new(hold.remaining, currency(&hold.currency)?).share(rate)?;
    if amount.amount <= 0 {
        return Ok(None);
    }
    let place = PlaceHold {
        tenant: hold.tenant_id,
        amount,
        reason: HoldReason::Reserve,
        note: format!("of order {}", hold.reference),
        release_at: Some(ctx.now + TimeDelta::days(i64::from(terms.reserve_days))),
    };
    Ok(Some((HoldId::new(ctx.now), place)))
}

async fn set_aside(
    conn: &mut PgConnection,
    ctx: &Ctx,
    placed: Vec<(HoldId, PlaceHold)>,
) -> Result<(), Error> {
    if placed.is_empty() {
        return Ok(());
    }
    let entries = placed
        .iter()
        .map(|(id, hold)| reserve(*id, hold.tenant, ctx.now, hold.amount))
        .collect::<Result<Vec<_>, _>>()?;
    post(conn, &entries).await?;
    let holds: Vec<NewHold> = placed
        .into_iter()
        .map(|(id, hold)| NewHold {
            tenant: hold.tenant,
            id,
            entry: entry_id("hold", id.0),
            reason: hold.reason,
            amount: hold.amount,
            note: hold.note,
            release_at: hold.release_at,
        })
        .collect();
    insert(conn, ctx, &holds).await?;
    Ok(())
}

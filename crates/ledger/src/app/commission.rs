//! What shops are charged: rules are made and ended here, and remembered by whoever sells.

use super::{Ledger, told};
use crate::domain::{Charged, Conditions, Rule, Rulebook, Sold, Tariff};
use crate::error::Error;
use crate::store::commission::{self, RuleRow, Wanted};
use ::store::remembered::{self, Known, Remembered};
use ::store::{Db, Scope};
use chrono::TimeDelta;
use kernel::{BasisPoints, CommissionRuleId, Ctx, SharedClock, Timestamp};
use sqlx::PgConnection;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What the marketplace keeps of goods where no rule holds; delivery is the seller's, whole.
pub const HOUSE_RATE: BasisPoints = BasisPoints(1_000);
/// Rules that are valid at once, or will be.
pub const RULES_MAX: i64 = 10_000;
/// Seconds for which rules are kept in mind after their end: sales are dated a little before they are written.
const LINGER_S: i64 = 3_600;

/// The rules as they are, in memory, for those who sell.
#[derive(Clone)]
pub struct Rates(Arc<Inner>);

struct Inner {
    db: Db,
    known: Remembered<Rulebook>,
}

impl Rates {
    pub(super) fn new(db: Db) -> Self {
        Self(Arc::new(Inner {
            db,
            known: Remembered::default(),
        }))
    }

    /// The rules. They are read once, and then remembered.
    pub async fn book(&self, now: Timestamp) -> Result<Arc<Rulebook>, Error> {
        match self.0.known.known() {
            Some(known) => Ok(known.value),
            None => self.refresh(now).await,
        }
    }

    /// Reads the rules again if they are others now.
    pub async fn refresh(&self, now: Timestamp) -> Result<Arc<Rulebook>, Error> {
        let mut tx = self.0.db.begin(Scope::System).await?;
        // The number first: a change that comes between is then read again, never missed.
        let version = commission::version(&mut tx).await?;
        if let Some(book) = self.0.known.of_version(version) {
            return Ok(book);
        }
        let book = Arc::new(read(&mut tx, now).await?);
        tx.commit().await?;
        Ok(self.0.known.remember(Known {
            version,
            value: book,
            looked_at: now,
        }))
    }

    /// Keeps the rules as they are until `stop`.
    pub async fn keep(self, clock: SharedClock, stop: CancellationToken) {
        remembered::keep("commission rules", clock, stop, |now| self.refresh(now)).await;
    }
}

async fn read(conn: &mut PgConnection, now: Timestamp) -> Result<Rulebook, Error> {
    let rows = commission::from(conn, now - TimeDelta::seconds(LINGER_S), RULES_MAX).await?;
    let rules: Result<_, Error> = rows.iter().map(RuleRow::rule).collect();
    Ok(Rulebook::new(HOUSE_RATE, rules?, commission::plans(conn).await?))
}

/// A rule as an operator wishes it.
#[derive(Clone, Debug)]
pub struct NewRule {
    pub conditions: Conditions,
    pub tariff: Tariff,
    /// As soon as everybody can know it, if absent.
    pub valid_from: Option<Timestamp>,
    /// Ends this one when it begins.
    pub replaces: Option<CommissionRuleId>,
    pub note: String,
}

/// What a line would be charged, and by which rule.
pub struct Preview {
    pub charged: Charged,
    pub rule: Option<RuleRow>,
}

impl Ledger {
    /// The rules, to be remembered by whoever sells.
    #[must_use]
    pub fn rates(&self) -> &Rates {
        &self.rates
    }

    /// Makes a rule.
    pub async fn make_rule(&self, ctx: &Ctx, new: NewRule) -> Result<RuleRow, Error> {
        if let Some(shop) = new.conditions.shop {
            self.require_shop(ctx, shop).await?;
        }
        let rule = Rule {
            id: CommissionRuleId::new(ctx.now),
            conditions: new.conditions,
            tariff: new.tariff,
            valid_from: beginning("/valid_from", new.valid_from, ctx.now)?,
            valid_to: None,
        };
        let mut tx = self.db().begin(Scope::System).await?;
        commission::changed(&mut tx).await?;
        if commission::count(&mut tx, ctx.now).await? >= RULES_MAX {
            return Err(Error::TooManyRules);
        }
        if let Some(old) = new.replaces {
            end(&mut tx, ctx, old, rule.valid_from, &new.note).await?;
        }
        commission::insert(&mut tx, ctx, &rule, new.replaces, &new.note).await?;
        let row = found(&mut tx, rule.id).await?;
        told::rule_made(&mut tx, ctx, &row).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// Ends a rule, as soon as everybody can know it or at a later moment.
    pub async fn end_rule(
        &self,
        ctx: &Ctx,
        id: CommissionRuleId,
        at: Option<Timestamp>,
        note: &str,
    ) -> Result<RuleRow, Error> {
        let at = beginning("/at", at, ctx.now)?;
        let mut tx = self.db().begin(Scope::System).await?;
        commission::changed(&mut tx).await?;
        end(&mut tx, ctx, id, at, note).await?;
        let row = found(&mut tx, id).await?;
        tx.commit().await?;
        Ok(row)
    }

    pub async fn rules(&self, wanted: &Wanted, limit: i64) -> Result<Vec<RuleRow>, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let rows = commission::list(&mut tx, wanted, limit).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// What a line would be charged if it were sold at a moment, by the rules as they are known now.
    pub async fn preview(
        &self,
        sold: &Sold<'_>,
        plan: Option<&str>,
        at: Timestamp,
    ) -> Result<Preview, Error> {
        let mut tx = self.db().begin(Scope::System).await?;
        let book = read(&mut tx, at).await?;
        let charged = match plan {
            Some(plan) => book.charge_on_plan(sold, Some(plan), at)?,
            None => book.charge(sold, at)?,
        };
        let rule = match charged.rule {
            Some(id) => Some(found(&mut tx, id).await?),
            None => None,
        };
        tx.commit().await?;
        Ok(Preview { charged, rule })
    }
}

async fn found(conn: &mut PgConnection, id: CommissionRuleId) -> Result<RuleRow, Error> {
    let row = commission::find(conn, id).await?;
    row.ok_or(Error::NotFound("commission rule"))
}

/// Ends a rule that is there and has no end.
async fn end(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: CommissionRuleId,
    at: Timestamp,
    note: &str,
) -> Result<(), Error> {
    let rule = found(conn, id).await?;
    // One that has not begun is ended before it does: it never holds.
    let at = at.max(rule.valid_from);
    match commission::end(conn, ctx, id, at, note).await? {
        true => told::rule_ended(conn, ctx, &rule, at, note).await,
        false => Err(Error::RuleEnded),
    }
}

/// When a change begins to hold.
pub(super) fn beginning(
    field: &'static str,
    at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Timestamp, Error> {
    remembered::beginning(at, now).map_err(|too_soon| Error::Field {
        field,
        detail: too_soon.to_string(),
    })
}

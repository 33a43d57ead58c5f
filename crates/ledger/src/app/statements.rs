//! Shops' statements.

use super::Ledger;
use crate::domain::Statement;
use crate::error::Error;
use crate::store::statements;
use ::store::Scope;
use chrono::{Days, NaiveDate, NaiveTime};
use kernel::{Currency, Money, TenantId};

/// Days that one statement may cover.
const DAYS_MAX: i64 = 366;
/// Movements of one statement: what a program can still hold and a person can still open.
const MOVEMENTS_MAX: i64 = 100_000;

impl Ledger {
    /// A shop's statement over some days of UTC, both included.
    pub async fn statement(
        &self,
        tenant: TenantId,
        currency: Currency,
        [first, last]: [NaiveDate; 2],
    ) -> Result<Statement, Error> {
        let field = |field, detail: String| Error::Field { field, detail };
        let days = (last - first).num_days() + 1;
        if !(1..=DAYS_MAX).contains(&days) {
            let detail = format!("`to` must be `from` or up to {} days later.", DAYS_MAX - 1);
            return Err(field("to", detail));
        }
        let end = last
            .checked_add_days(Days::new(1))
            .ok_or_else(|| field("to", "Give an earlier day.".to_owned()))?;
        let [from, until] = [first, end].map(|day| day.and_time(NaiveTime::MIN).and_utc());
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let opening = statements::owed_before(&mut tx, tenant, currency, from).await?;
        let lines = statements::lines(&mut tx, tenant, currency, [from, until], MOVEMENTS_MAX + 1).await?;
        tx.commit().await?;
        if i64::try_from(lines.len()).is_ok_and(|n| n > MOVEMENTS_MAX) {
            let detail =
                format!("More than {MOVEMENTS_MAX} movements lie in these days; ask for fewer days.");
            return Err(field("from", detail));
        }
        Ok(Statement::new(Money::new(opening, currency), lines)?)
    }
}

//! A shop's calendar year.

use super::Ledger;
use crate::domain::{Takings, YearInCurrency, year};
use crate::error::Error;
use crate::lines;
use crate::store::years;
use ::store::Scope;
use chrono::{Datelike, NaiveDate, NaiveTime};
use kernel::{Ctx, TenantId, Timestamp};

/// Before the first marketplace of this kind.
const YEAR_MIN: i32 = 2000;

impl Ledger {
    /// What a shop sold, was charged and was paid in a year of UTC; of the present one, so far.
    pub async fn year(&self, ctx: &Ctx, tenant: TenantId, wanted: i32) -> Result<Vec<YearInCurrency>, Error> {
        let present = ctx.now.year();
        let refused = || Error::Field {
            field: "year",
            detail: format!("Give a year from {YEAR_MIN} to {present}."),
        };
        if !(YEAR_MIN..=present).contains(&wanted) {
            return Err(refused());
        }
        let begin = |year| -> Option<Timestamp> {
            let day = NaiveDate::from_ymd_opt(year, 1, 1)?;
            Some(day.and_time(NaiveTime::MIN).and_utc())
        };
        let (Some(from), Some(until)) = (begin(wanted), begin(wanted + 1)) else {
            return Err(refused());
        };
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let rows: Vec<(u8, Takings)> = years::quarters(&mut tx, tenant, [from, until]).await?;
        tx.commit().await?;
        Ok(year(rows)?)
    }

    /// The same as comma-separated lines: four quarters and the year for each currency.
    pub async fn year_as_lines(&self, ctx: &Ctx, tenant: TenantId, wanted: i32) -> Result<String, Error> {
        let years = self.year(ctx, tenant, wanted).await?;
        let written = lines::write_year(wanted, &years);
        written.map_err(|error| Error::Broken(format!("a year that cannot be written: {error}")))
    }
}

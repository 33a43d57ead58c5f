//! Shops' statements.

use super::Ledger;
use crate::domain::{self, Place, Statement};
use crate::error::Error;
use crate::store::days::in_books;
use crate::store::statements;
use crate::{lines, papers};
use ::store::Scope;
use chrono::{Days, NaiveDate, NaiveTime};
use contracts::{Document, Language};
use kernel::{Ctx, Currency, Money, PageLimit, TenantId, Timestamp};

/// Days that one statement may cover.
const DAYS_MAX: i64 = 366;
/// Movements of one statement: what a program can still hold and a person can still open.
const MOVEMENTS_MAX: i64 = 100_000;
/// Of one on paper: about a hundred pages.
const PRINTED_MAX: usize = 5_000;

/// From the begin of the first day to the end of the last.
fn span([first, last]: [NaiveDate; 2]) -> Result<[Timestamp; 2], Error> {
    let refused = |detail: String| Error::Field { field: "to", detail };
    let days = (last - first).num_days() + 1;
    if !(1..=DAYS_MAX).contains(&days) {
        let detail = format!("`to` must be `from` or up to {} days later.", DAYS_MAX - 1);
        return Err(refused(detail));
    }
    let end = last
        .checked_add_days(Days::new(1))
        .ok_or_else(|| refused("Give an earlier day.".to_owned()))?;
    Ok([first, end].map(|day| in_books(day.and_time(NaiveTime::MIN).and_utc())))
}

impl Ledger {
    /// A shop's statement over some days of UTC, both included, with all its movements.
    pub async fn statement(
        &self,
        tenant: TenantId,
        currency: Currency,
        days: [NaiveDate; 2],
    ) -> Result<Statement, Error> {
        let [begin, end] = span(days)?.map(Place::before);
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        let opening = statements::owed_upto(&mut tx, tenant, currency, begin).await?;
        let lines = statements::lines(&mut tx, tenant, currency, [begin, end], MOVEMENTS_MAX + 1).await?;
        tx.commit().await?;
        if i64::try_from(lines.len()).is_ok_and(|n| n > MOVEMENTS_MAX) {
            return Err(Error::Field {
                field: "from",
                detail: format!("More than {MOVEMENTS_MAX} movements lie in these days; ask for fewer days."),
            });
        }
        Ok(domain::statement(Money::new(opening, currency), lines)?)
    }

    /// The same with the movements behind one of them, or the first; what they come to is of all.
    pub async fn statement_page(
        &self,
        tenant: TenantId,
        currency: Currency,
        days: [NaiveDate; 2],
        after: Option<Place>,
        limit: PageLimit,
    ) -> Result<Statement, Error> {
        let [from, until] = span(days)?;
        let [begin, end] = [from, until].map(Place::before);
        let after = match after {
            Some(place) if place.at >= until => end,
            Some(place) if place.at >= from => place,
            _ => begin,
        };
        let mut tx = self.db().begin(Scope::Tenant(tenant)).await?;
        // What they come to and what they are is read at one moment.
        sqlx::query("set transaction isolation level repeatable read")
            .execute(&mut *tx)
            .await?;
        let opening = statements::owed_upto(&mut tx, tenant, currency, begin).await?;
        let owed = match after == begin {
            true => opening,
            false => statements::owed_upto(&mut tx, tenant, currency, after).await?,
        };
        let sums = statements::sums(&mut tx, tenant, currency, [from, until]).await?;
        let wanted = limit.plus_one();
        let mut lines = statements::next_lines(&mut tx, tenant, currency, [after, end], wanted).await?;
        tx.commit().await?;
        let has_more = lines.len() > limit.get();
        lines.truncate(limit.get());
        let next = lines.last().filter(|_| has_more).map(Place::of);
        let [opening, owed] = [opening, owed].map(|amount| Money::new(amount, currency));
        Ok(domain::statement_page(opening, sums, owed, lines, next)?)
    }

    /// All of it as comma-separated lines, opening and closing balance included.
    pub async fn statement_as_lines(
        &self,
        tenant: TenantId,
        currency: Currency,
        days: [NaiveDate; 2],
    ) -> Result<String, Error> {
        let statement = self.statement(tenant, currency, days).await?;
        let written = lines::write(&statement, days.map(|day| day.to_string()));
        written.map_err(|error| Error::Broken(format!("a statement that cannot be written: {error}")))
    }

    /// The same on paper, in the shop's name.
    pub async fn statement_on_paper(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        currency: Currency,
        days: [NaiveDate; 2],
        language: Language,
    ) -> Result<Document, Error> {
        let statement = self.statement(tenant, currency, days).await?;
        if statement.movements.len() > PRINTED_MAX {
            return Err(Error::Field {
                field: "from",
                detail: format!(
                    "More than {PRINTED_MAX} movements lie in these days; ask for fewer days, or for comma-separated lines."
                ),
            });
        }
        let name = self.name_of(ctx, tenant).await?;
        Ok(papers::statement(&name, &statement, days, language))
    }

    /// How a shop is called; by its id where nobody can be asked.
    async fn name_of(&self, ctx: &Ctx, tenant: TenantId) -> Result<String, Error> {
        let Some(shops) = &self.shops else {
            return Ok(tenant.to_string());
        };
        let known = shops.shops(ctx, vec![tenant]).await.map_err(Error::Elsewhere)?;
        Ok(known
            .first()
            .map_or_else(|| tenant.to_string(), |shop| shop.name.clone()))
    }
}

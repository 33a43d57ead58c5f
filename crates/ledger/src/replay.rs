//! Makes the sums of closed days anew from their postings, as a shadow beside the live ones, and compares the two. Nothing is
//! changed.

use crate::app::Ledger;
use crate::error::Error;
use crate::store::shadow;
use ::store::Scope;
use chrono::NaiveDate;

/// Differences named before a report stops; where there are more, the first ones tell enough.
const DIFFERENCES_MAX: i64 = 100;

/// What a replay did and found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replayed {
    pub postings: u64,
    /// Closed days with postings.
    pub days: u64,
    /// At most 100, in order of table and day.
    pub differences: Vec<Difference>,
}

/// A sum that is not what was posted.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Difference {
    /// `ledger.day_sum` or `ledger.day_total`.
    pub table: String,
    pub day: NaiveDate,
    /// What the table says, and what the postings do; amounts in minor units.
    pub what: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.table, self.day, self.what)
    }
}

/// All closed days, in one snapshot: what is posted and closed meanwhile is no difference.
pub async fn replay(ledger: &Ledger) -> Result<Replayed, Error> {
    let mut tx = ledger.db().begin(Scope::System).await?;
    sqlx::query("set transaction isolation level repeatable read")
        .execute(&mut *tx)
        .await?;
    shadow::make(&mut tx).await?;
    let (postings, days) = shadow::sum_up(&mut tx).await?;
    let differences = shadow::differences(&mut tx, DIFFERENCES_MAX).await?;
    tx.rollback().await?;
    Ok(Replayed {
        postings: u64::try_from(postings).unwrap_or_default(),
        days: u64::try_from(days).unwrap_or_default(),
        differences,
    })
}

//! The trail as the operator looks at it.

use crate::error::Error;
use crate::store;
use ::store::{Db, Scope};
use contracts::audit::{AuditEntry, AuditFilter, AuditTrail};
use contracts::{Reply, reply};
use kernel::{Ctx, Cursor, Fault, Page, PageLimit, Timestamp};

/// The audit context.
#[derive(Clone, Debug)]
pub struct Trail(Db);

impl Trail {
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self(db)
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0
    }

    /// What was changed, the latest first.
    pub async fn entries(
        &self,
        filter: &AuditFilter,
        after: Option<&Cursor>,
        limit: PageLimit,
    ) -> Result<Page<AuditEntry>, Error> {
        let after = after.map(place).transpose()?;
        let mut tx = self.db().begin(Scope::System).await?;
        let mut rows = store::find(&mut tx, filter, after, limit.plus_one()).await?;
        tx.commit().await?;
        let is_more = rows.len() > limit.get();
        rows.truncate(limit.get());
        let last = rows
            .last()
            .map(|row| Cursor(format!("{}.{}", row.at.timestamp_micros(), row.seq)));
        Ok(Page {
            items: rows.iter().map(store::EntryRow::card).collect::<Result<_, _>>()?,
            next: last.filter(|_| is_more),
        })
    }
}

/// Where a cursor stands: microseconds and place.
fn place(cursor: &Cursor) -> Result<(Timestamp, i64), Fault> {
    let parts = cursor.0.split_once('.');
    parts
        .and_then(|(at, seq)| {
            let at = Timestamp::from_timestamp_micros(at.parse().ok()?)?;
            Some((httpkit::moment("after", at).ok()?, seq.parse().ok()?))
        })
        .ok_or_else(|| {
            Fault::field(
                "cursor_invalid",
                "after",
                "This is no place in the list. Start again without `after`.",
            )
        })
}

impl AuditTrail for Trail {
    fn entries<'a>(
        &'a self,
        _ctx: &'a Ctx,
        filter: AuditFilter,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<AuditEntry>> {
        reply(async move {
            let limit = PageLimit::new(limit).unwrap_or_default();
            self.entries(&filter, after.as_ref(), limit).await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_a_moment_and_a_place() {
        let read = place(&Cursor("1700000000000001.7".to_owned())).expect("a place");
        assert_eq!((read.0.timestamp_micros(), read.1), (1_700_000_000_000_001, 7));
        for wrong in ["", "7", "a.b", "9223372036854775807.1"] {
            assert!(place(&Cursor(wrong.to_owned())).is_err(), "{wrong}");
        }
    }
}

//! Days that are closed: how far, and how they come to be. A balance is what their sums say and what was posted since.

use super::unlisted;
use chrono::{Days, NaiveDate, NaiveTime, TimeDelta};
use kernel::Timestamp;
use sqlx::PgConnection;

/// Days that are summed up in one transaction, once there are postings on them.
const DAYS_AT_ONCE: u64 = 7;

/// Later than any posting: the year 9999 begins.
pub const FOREVER: Timestamp = at_second(253_370_764_800);
/// Earlier than any: the year 2000 begins, and nothing is posted before.
const EVER: Timestamp = at_second(946_684_800);

const fn at_second(since_1970: i64) -> Timestamp {
    match Timestamp::from_timestamp(since_1970, 0) {
        Some(at) => at,
        None => Timestamp::MAX_UTC,
    }
}

/// The next moment that the database knows.
pub fn just_after(at: Timestamp) -> Timestamp {
    at.checked_add_signed(TimeDelta::microseconds(1))
        .unwrap_or(FOREVER)
}

/// The same time, or the first or the last of which anything can be posted.
pub fn in_books(at: Timestamp) -> Timestamp {
    at.clamp(EVER, FOREVER)
}

fn midnight(day: NaiveDate) -> Timestamp {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// A span of time as it is added up: whole days that are closed, and the time behind them, in which each posting counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// The first one, and the one behind the last.
    pub days: [NaiveDate; 2],
    /// Its begin, and its end, which is not in it.
    pub rest: [Timestamp; 2],
}

impl Parts {
    /// What is closed now may be read for as long as one likes: a closed day stays what it is.
    pub async fn of(conn: &mut PgConnection, span: [Timestamp; 2]) -> Result<Self, sqlx::Error> {
        let closed_before = sqlx::query_scalar("select closed_before from ledger.closed")
            .fetch_one(conn)
            .await?;
        Ok(Self::at(closed_before, span))
    }

    /// All that was posted before a time.
    pub async fn before(conn: &mut PgConnection, until: Timestamp) -> Result<Self, sqlx::Error> {
        Self::of(conn, [EVER, until]).await
    }

    /// From the begin of one day to that of another.
    pub fn whole_days(days: [NaiveDate; 2]) -> [Timestamp; 2] {
        days.map(midnight)
    }

    /// The day that begins at a time, or else the next one.
    pub fn first_whole_day(at: Timestamp) -> NaiveDate {
        let day = at.date_naive();
        match at == midnight(day) {
            true => day,
            false => day.succ_opt().unwrap_or(day),
        }
    }

    fn at(closed_before: NaiveDate, [from, until]: [Timestamp; 2]) -> Self {
        let from = from.clamp(EVER, FOREVER);
        let until = until.clamp(from, FOREVER);
        let first = from.date_naive();
        // The sum of a day says nothing of a part of it.
        let behind = match from == midnight(first) {
            true => closed_before.min(until.date_naive()).max(first),
            false => first,
        };
        Self {
            days: [first, behind],
            rest: [from.max(midnight(behind)), until],
        }
    }
}

/// Says that days before `before` take no more entries, if anything was posted on them. Gives how far that was said by now,
/// and none if all of it is summed up.
pub async fn announce(conn: &mut PgConnection, before: NaiveDate) -> Result<Option<NaiveDate>, sqlx::Error> {
    let (closing, closed) = lock(conn).await?;
    if closing >= before || first_open(conn, closing, before).await?.is_none() {
        return Ok(Some(closing).filter(|_| closing > closed));
    }
    sqlx::query("update ledger.closed set closing_before = $1")
        .bind(before)
        .execute(conn)
        .await?;
    Ok(Some(before))
}

async fn lock(conn: &mut PgConnection) -> Result<(NaiveDate, NaiveDate), sqlx::Error> {
    sqlx::query_as("select closing_before, closed_before from ledger.closed for update")
        .fetch_one(conn)
        .await
}

/// The id of this transaction, which is made to have one: whoever had one before has a smaller one. A snapshot would not tell as
/// much, whose `xmax` is only the first that no *ended* transaction has come after.
pub async fn this_transaction(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select pg_current_xact_id()::text::bigint")
        .fetch_one(conn)
        .await
}

/// The day before which the database's own clock would have days closed.
pub async fn due_by_database(conn: &mut PgConnection, open_for: TimeDelta) -> Result<NaiveDate, sqlx::Error> {
    sqlx::query_scalar("select (now() at time zone 'UTC' - make_interval(secs => $1))::date")
        .bind(open_for.num_seconds() as f64)
        .fetch_one(conn)
        .await
}

/// Whether all transactions before that one are over.
pub async fn are_over(conn: &mut PgConnection, transactions: i64) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint >= $1")
        .bind(transactions)
        .fetch_one(conn)
        .await
}

/// Sums up the next days before `upto`, of which everything is known; whether some are left. One at a time, whoever else
/// is at it.
pub async fn sum_up(conn: &mut PgConnection, upto: NaiveDate) -> Result<bool, sqlx::Error> {
    let (_, closed) = lock(conn).await?;
    if closed >= upto {
        return Ok(false);
    }
    let behind = match first_open(conn, closed, upto).await? {
        Some(first) => first
            .max(closed)
            .checked_add_days(Days::new(DAYS_AT_ONCE))
            .map_or(upto, |day| day.min(upto)),
        None => upto,
    };
    sqlx::query("select ledger.sum_days($1, $2)")
        .bind(closed)
        .bind(behind)
        .execute(&mut *conn)
        .await?;
    unlisted::note_between(conn, Parts::whole_days([closed, behind])).await?;
    sqlx::query("update ledger.closed set closed_before = $1")
        .bind(behind)
        .execute(conn)
        .await?;
    Ok(behind < upto)
}

/// A day before which nothing was posted from `from` on, and not long after which something was; none if nothing was
/// before `until`.
async fn first_open(
    conn: &mut PgConnection,
    from: NaiveDate,
    until: NaiveDate,
) -> Result<Option<NaiveDate>, sqlx::Error> {
    // The first by its id is at most two hours later than the first by its time, those apart.
    let first: Option<Timestamp> = sqlx::query_scalar(
        "select least(
             (select e.at - interval '2 hours' from ledger.entry e
               where e.id >= ledger.id_floor($1, -2) and e.id < ledger.id_floor($2, 2) and e.at >= $1 and e.at < $2
               order by e.id limit 1),
             (select min(a.at) from ledger.entry_apart a where a.at >= $1 and a.at < $2))",
    )
    .bind(midnight(from))
    .bind(midnight(until))
    .persistent(false)
    .fetch_one(conn)
    .await?;
    Ok(first.map(|at| at.date_naive()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 5, n).expect("a day")
    }

    fn check(
        closed_before: u32,
        [from, until]: [Timestamp; 2],
        [first, behind]: [u32; 2],
        rest: [Timestamp; 2],
    ) {
        let parts = Parts::at(day(closed_before), [from, until]);
        assert_eq!(parts.days, [day(first), day(behind)]);
        assert_eq!(parts.rest, rest);
    }

    #[test]
    fn a_whole_day_begins_at_its_midnight() {
        let first = Parts::first_whole_day;
        assert_eq!(first(midnight(day(3))), day(3));
        assert_eq!(first(just_after(midnight(day(3)))), day(4));
    }

    #[test]
    fn a_span_is_closed_days_and_the_time_behind_them() {
        let noon = |n| midnight(day(n)) + TimeDelta::hours(12);
        let begin = |n| midnight(day(n));
        // Open time is the rest, and so is part of a day that is closed.
        check(10, [begin(3), noon(14)], [3, 10], [begin(10), noon(14)]);
        check(10, [begin(3), noon(7)], [3, 7], [begin(7), noon(7)]);
        check(10, [begin(3), begin(7)], [3, 7], [begin(7), begin(7)]);
        // None is closed yet.
        check(2, [begin(3), begin(7)], [3, 3], [begin(3), begin(7)]);
        // It begins within a day.
        check(10, [noon(3), begin(7)], [3, 3], [noon(3), begin(7)]);
        // It ends before it begins.
        check(10, [begin(3), begin(2)], [3, 3], [begin(3), begin(3)]);
    }
}

//! What was searched for by day: which days are summed up, which have to be once more, and from where on a span is read in sums.

use chrono::{Days, NaiveDate, NaiveTime};
use kernel::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

/// Days that are summed up for the first time in one transaction, and once more.
const DAYS_AT_ONCE: u64 = 7;

fn midnight(day: NaiveDate) -> Timestamp {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// The time from some moment on as it is added up: days that are summed up, and what lies before and behind them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    pub from: Timestamp,
    /// The first day, and the one behind the last.
    pub days: [NaiveDate; 2],
}

impl Parts {
    pub async fn of(conn: &mut PgConnection, from: Timestamp) -> Result<Self, sqlx::Error> {
        let (since, before): (NaiveDate, NaiveDate) =
            sqlx::query_as("select since, before from search.days_summed")
                .fetch_one(conn)
                .await?;
        Ok(Self::at([since, before], from))
    }

    fn at([since, before]: [NaiveDate; 2], from: Timestamp) -> Self {
        let day = from.date_naive();
        // The sum of a day says nothing of a part of it.
        let whole = match from == midnight(day) {
            true => day,
            false => day.succ_opt().unwrap_or(day),
        };
        let first = whole.max(since);
        Self {
            from,
            days: [first, before.max(first)],
        }
    }
}

/// Says that something was written of these days, or of the days of these searches, where they are summed up: the last that its transaction
/// does. Of days that are not, which are nearly all, nothing is written.
pub async fn mark(conn: &mut PgConnection, days: &[NaiveDate], searches: &[Uuid]) -> Result<(), sqlx::Error> {
    // Whoever sums up waits for those who have it, and so sees what they wrote, or has committed how far it is summed up.
    sqlx::query("select pg_advisory_xact_lock_shared(hashtextextended('search.days_summed', 0))")
        .execute(&mut *conn)
        .await?;
    // By a statement of its own, which sees what was committed before the lock was there.
    sqlx::query(
        "insert into search.days_stale (day)
         select d.day
           from (select unnest($1::date[]) as day
                 union
                 select (s.at at time zone 'UTC')::date from search.searched s where s.id = any ($2::uuid[])) d
           join search.days_summed u on d.day < u.before
          order by d.day
             on conflict on constraint days_stale_pkey do nothing",
    )
    .bind(days)
    .bind(searches)
    .execute(conn)
    .await?;
    Ok(())
}

/// Sums up some days before `today`, for the first time or once more; whether more are left. One at a time, whoever else is at it, and
/// while nobody is about to commit notes.
pub async fn sum_up(conn: &mut PgConnection, today: NaiveDate) -> Result<bool, sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('search.days_summed', 0))")
        .execute(&mut *conn)
        .await?;
    let (since, before): (NaiveDate, NaiveDate) =
        sqlx::query_as("select since, before from search.days_summed for update")
            .fetch_one(&mut *conn)
            .await?;
    let first = match before < today {
        true => first_open(conn, before.max(since)).await?,
        false => None,
    };
    // Where nobody searched nothing is to be summed up.
    let starts = first.map_or(today, |day| day.max(since).min(today)).max(before);
    let behind = starts
        .checked_add_days(Days::new(DAYS_AT_ONCE))
        .map_or(today, |day| day.min(today))
        .max(before);
    let again: Vec<NaiveDate> = sqlx::query_scalar(
        "delete from search.days_stale s
          using (select day from search.days_stale where day < $1 order by day limit $2) d
          where s.day = d.day
         returning s.day",
    )
    .bind(behind)
    .bind(i64::try_from(DAYS_AT_ONCE).unwrap_or(1))
    .fetch_all(&mut *conn)
    .await?;
    let is_more = behind < today || again.len() as u64 == DAYS_AT_ONCE;
    let mut days: Vec<NaiveDate> = starts.iter_days().take_while(|day| *day < behind).collect();
    // Of older ones not everything is there any more.
    days.extend(again.into_iter().filter(|day| *day >= since));
    days.sort_unstable();
    days.dedup();
    if !days.is_empty() {
        sqlx::query("select search.sum_days($1)")
            .bind(&days)
            .execute(&mut *conn)
            .await?;
    }
    if behind > before {
        sqlx::query("update search.days_summed set before = $1")
            .bind(behind)
            .execute(conn)
            .await?;
    }
    Ok(is_more)
}

/// The day of the first search or click from that one on.
async fn first_open(conn: &mut PgConnection, from: NaiveDate) -> Result<Option<NaiveDate>, sqlx::Error> {
    let first: Option<Timestamp> = sqlx::query_scalar(
        "select least((select min(at) from search.searched where at >= $1),
                      (select min(at) from search.clicked where at >= $1))",
    )
    .bind(midnight(from))
    .fetch_one(conn)
    .await?;
    Ok(first.map(|at| at.date_naive()))
}

/// Lets the sums of a day and of those before it go, before the first of its notes does.
pub async fn forget(conn: &mut PgConnection, last: NaiveDate) -> Result<(), sqlx::Error> {
    let since = last.succ_opt().unwrap_or(last);
    // First of all: whoever sums up holds it.
    sqlx::query("update search.days_summed set since = $1 where since < $1")
        .bind(since)
        .execute(&mut *conn)
        .await?;
    for old in [
        "delete from search.words_day where day < $1",
        "delete from search.places_day where day < $1",
    ] {
        sqlx::query(old).bind(since).execute(&mut *conn).await?;
    }
    Ok(())
}

/// Days whose sums are not what their notes say, though nothing was written of them since.
pub async fn wrong(conn: &mut PgConnection, limit: i64) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar(include_str!("../sql/wrong_days.sql"))
        .bind(limit)
        .fetch_all(conn)
        .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a_span_is_read_in_sums_where_whole_days_are_summed_up() {
        let day = |n| NaiveDate::from_ymd_opt(2026, 5, n).expect("a day");
        let noon = |n| midnight(day(n)) + TimeDelta::hours(12);
        let days = |from| Parts::at([day(3), day(10)], from).days;
        assert_eq!(days(noon(5)), [day(6), day(10)]);
        assert_eq!(days(midnight(day(5))), [day(5), day(10)]);
        // What was let go is read as it is.
        assert_eq!(days(noon(1)), [day(3), day(10)]);
        // None of it is summed up.
        assert_eq!(days(noon(9)), [day(10), day(10)]);
        assert_eq!(days(noon(12)), [day(13), day(13)]);
        // The sums of all that was ever summed up were let go.
        assert_eq!(Parts::at([day(14), day(10)], noon(12)).days, [day(14), day(14)]);
    }
}

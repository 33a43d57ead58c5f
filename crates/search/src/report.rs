//! What people searched for and what came of it, added up for operators, and what others are offered for it.

use crate::error::Error;
use crate::store::sums::Parts;
use ::store::{Db, Scope};
use chrono::TimeDelta;
use contracts::search::tuning::{PositionReport, QueryReport, SearchReport};
use kernel::Timestamp;
use sqlx::PgConnection;

/// Queries of each list.
const LISTED: i64 = 50;
/// Searches that a query must have been, each with something found, for others to be offered it.
const OFFERED_FROM: i64 = 5;
/// Visitors who must have made it, by what is known of those who are signed in: what one person types again and again is not
/// put before everybody.
const OFFERED_VISITORS: i64 = 3;
/// Days of searches from which queries are offered.
const OFFERED_DAYS: i64 = 30;
const OFFERED_MAX: i64 = 5_000;

#[derive(sqlx::FromRow)]
struct QueryRow {
    list: String,
    words: String,
    searches: i64,
    without_results: i64,
    clicked: i64,
    ordered: i64,
}

fn whole(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

impl From<&QueryRow> for QueryReport {
    fn from(row: &QueryRow) -> Self {
        Self {
            words: row.words.clone(),
            searches: whole(row.searches),
            without_results: whole(row.without_results),
            clicked: whole(row.clicked),
            ordered: whole(row.ordered),
        }
    }
}

/// The last `days`: the sums of those that are over, and the searches of the others.
pub async fn of(db: &Db, days: u16, now: Timestamp) -> Result<SearchReport, Error> {
    let from = now - TimeDelta::days(i64::from(days));
    let mut tx = db.begin(Scope::System).await?;
    // How far it is summed up, what the sums say and what was noted since is of one moment.
    sqlx::query("set transaction isolation level repeatable read")
        .execute(&mut *tx)
        .await?;
    let parts = Parts::of(&mut tx, from).await?;
    let told = words(&mut tx, parts).await?;
    let positions = places(&mut tx, parts).await?;
    tx.commit().await?;
    let list = |name: &str| -> Vec<QueryReport> {
        let rows = told.iter().filter(|row| row.list == name);
        rows.map(QueryReport::from).collect()
    };
    let all = told.iter().find(|row| row.list == "all");
    let total = |count: fn(&QueryRow) -> i64| all.map_or(0, |row| whole(count(row)));
    Ok(SearchReport {
        from,
        searches: total(|row| row.searches),
        clicked: total(|row| row.clicked),
        without_results: total(|row| row.without_results),
        top: list("top"),
        unanswered: list("unanswered"),
        positions: positions
            .into_iter()
            .map(|(position, shown, clicks)| PositionReport {
                position: u32::try_from(position).unwrap_or(0),
                shown: whole(shown),
                clicks: whole(clicks),
            })
            .collect(),
    })
}

async fn words(conn: &mut PgConnection, parts: Parts) -> Result<Vec<QueryRow>, sqlx::Error> {
    let [first, behind] = parts.days;
    sqlx::query_as(include_str!("sql/report_words.sql"))
        .bind(parts.from)
        .bind(first)
        .bind(behind)
        .bind(LISTED)
        .fetch_all(conn)
        .await
}

/// Each position that clicks are told of, searches that found as many, and clicks.
async fn places(conn: &mut PgConnection, parts: Parts) -> Result<Vec<(i32, i64, i64)>, sqlx::Error> {
    let [first, behind] = parts.days;
    sqlx::query_as(include_str!("sql/report_places.sql"))
        .bind(parts.from)
        .bind(first)
        .bind(behind)
        .fetch_all(conn)
        .await
}

/// Queries by which several found something, and somebody what they clicked: the commonest first.
pub async fn offered(db: &Db, now: Timestamp) -> Result<Vec<String>, Error> {
    let mut tx = db.begin(Scope::System).await?;
    let words = sqlx::query_scalar(
        "select words
           from search.searched s
          where at >= $1 and results > 0
          group by words
         having count(*) >= $2 and count(distinct visitor) >= $4
            and count(*) filter (where exists (select from search.clicked c where c.search_id = s.id)) > 0
          order by count(*) desc, words
          limit $3",
    )
    .bind(now - TimeDelta::days(OFFERED_DAYS))
    .bind(OFFERED_FROM)
    .bind(OFFERED_MAX)
    .bind(OFFERED_VISITORS)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(words)
}

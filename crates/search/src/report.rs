//! What people searched for and what came of it, added up for operators, and what others are offered for it.

use crate::error::Error;
use ::store::{Db, Scope};
use chrono::TimeDelta;
use contracts::search::tuning::{PositionReport, QueryReport, SearchReport};
use kernel::Timestamp;
use sqlx::PgConnection;

/// Queries of each list.
const LISTED: i64 = 50;
/// Positions that clicks are told of.
const POSITIONS: i32 = 24;
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
    words: String,
    searches: i64,
    without_results: i64,
    clicked: i64,
    ordered: i64,
}

fn whole(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}

impl From<QueryRow> for QueryReport {
    fn from(row: QueryRow) -> Self {
        Self {
            words: row.words,
            searches: whole(row.searches),
            without_results: whole(row.without_results),
            clicked: whole(row.clicked),
            ordered: whole(row.ordered),
        }
    }
}

macro_rules! queries {
    ($rest:literal) => {
        concat!(
            "select words, count(*) as searches, count(*) filter (where results = 0) as without_results,
                    count(*) filter (where exists (select from search.clicked c where c.search_id = s.id)) as clicked,
                    count(*) filter (where exists (select from search.ordered o where o.search_id = s.id)) as ordered
               from search.searched s
              where at >= $1
              group by words ",
            $rest
        )
    };
}

/// The last `days`.
pub async fn of(db: &Db, days: u16, now: Timestamp) -> Result<SearchReport, Error> {
    let from = now - TimeDelta::days(i64::from(days));
    let mut tx = db.begin(Scope::System).await?;
    let (searches, clicked, without): (i64, i64, i64) = sqlx::query_as(
        "select count(*), count(*) filter (where exists (select from search.clicked c where c.search_id = s.id)),
                count(*) filter (where results = 0)
           from search.searched s where at >= $1",
    )
    .bind(from)
    .fetch_one(&mut *tx)
    .await?;
    let top = list(&mut tx, queries!("order by searches desc, words limit $2"), from).await?;
    let unanswered = list(
        &mut tx,
        queries!(
            "having count(*) filter (where results = 0) > 0 order by without_results desc, words limit $2"
        ),
        from,
    )
    .await?;
    let positions: Vec<(i32, i64, i64)> = sqlx::query_as(
        // Searches are read once, however many positions there are.
        "with reached as (
             select least(results, $2::int)::int as last, count(*) as searches
               from search.searched where at >= $1 and results > 0 group by 1
         ), clicked as (
             select position, count(*) as clicks from search.clicked where at >= $1 and position <= $2::int group by position
         )
         select p.position, coalesce((select sum(r.searches) from reached r where r.last >= p.position), 0)::bigint,
                coalesce((select c.clicks from clicked c where c.position = p.position), 0)
           from generate_series(1, $2::int) as p (position)
          order by 1",
    )
    .bind(from)
    .bind(POSITIONS)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(SearchReport {
        from,
        searches: whole(searches),
        clicked: whole(clicked),
        without_results: whole(without),
        top,
        unanswered,
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

async fn list(
    conn: &mut PgConnection,
    sql: &'static str,
    from: Timestamp,
) -> Result<Vec<QueryReport>, sqlx::Error> {
    let rows: Vec<QueryRow> = sqlx::query_as(sql)
        .bind(from)
        .bind(LISTED)
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(QueryReport::from).collect())
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

//! How far the readers of the log and the jobs are: what an operator looks at when something does not happen.

use crate::{Db, Scope};
use kernel::Timestamp;

/// A reader of the log, and what it has before it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Reader {
    pub consumer: String,
    /// When its place was written last.
    pub moved_at: Timestamp,
    /// When the oldest event was told that it has not handled; none when it has handled all.
    pub waiting_since: Option<Timestamp>,
    /// Events set aside that are tried again by themselves, and those behind them.
    pub retrying: i64,
    /// Events set aside that wait for somebody.
    pub dead: i64,
}

/// Jobs of one kind.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Queue {
    pub queue: String,
    /// Due, and taken by nobody.
    pub due: i64,
    /// At some later time.
    pub later: i64,
    pub running: i64,
    /// Out of attempts: they wait for somebody.
    pub dead: i64,
    /// Since when the longest one is due.
    pub due_since: Option<Timestamp>,
    /// Why one of them failed last; empty where none did.
    pub error: String,
}

/// Every reader that ever kept its place here, those that are behind first.
pub async fn readers(db: &Db) -> Result<Vec<Reader>, sqlx::Error> {
    let mut tx = db.begin(Scope::System).await?;
    let found = sqlx::query_as(
        "select c.consumer, c.moved_at, w.at as waiting_since, l.retrying, l.dead
           from log.cursor c
           left join lateral (
                select e.at from log.event e
                 where (e.xid, e.id) > (c.xid, c.id) and e.topic = any(c.topics)
                 order by e.xid, e.id limit 1) w on true
          cross join lateral (
                select count(*) filter (where d.state <> 'dead') as retrying,
                       count(*) filter (where d.state = 'dead') as dead
                  from log.dead_letter d where d.consumer = c.consumer) l
          order by l.dead desc, w.at nulls last, c.consumer",
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(found)
}

/// Every kind of job of which there is one, as of `now`.
pub async fn queues(db: &Db, now: Timestamp) -> Result<Vec<Queue>, sqlx::Error> {
    let mut tx = db.begin(Scope::System).await?;
    let found = sqlx::query_as(
        "select j.queue,
                count(*) filter (where j.state = 'ready' and not j.leased and j.run_at <= $1) as due,
                count(*) filter (where j.state = 'ready' and not j.leased and j.run_at > $1) as later,
                count(*) filter (where j.state = 'ready' and j.leased) as running,
                count(*) filter (where j.state = 'dead') as dead,
                min(j.run_at) filter (where j.state = 'ready' and not j.leased and j.run_at <= $1) as due_since,
                coalesce((array_agg(j.error order by (j.state = 'dead') desc, j.run_at desc)
                          filter (where j.error is not null))[1], '') as error
           from (select queue, state, run_at, error, coalesce(leased_until > $1, false) as leased from store.job) j
          group by j.queue
          order by dead desc, due_since nulls last, j.queue",
    )
    .bind(now)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(found)
}

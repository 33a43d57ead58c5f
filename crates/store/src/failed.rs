//! What failed for good, whoever's it is: jobs that ran out of attempts, and events that a consumer could not handle.

use crate::log::{self, Position};
use crate::{Db, Scope, dead_letters, jobs};
use kernel::{JobId, Timestamp};
use sqlx::FromRow;
use std::fmt;
use std::str::FromStr;

/// Which of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailedId {
    Job(JobId),
    Event { consumer: String, position: Position },
}

impl fmt::Display for FailedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Job(id) => write!(f, "job:{id}"),
            Self::Event { consumer, position } => {
                write!(f, "event:{consumer}:{}:{}", position.xid, position.id)
            }
        }
    }
}

/// What is no name of any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoFailedId;

impl FromStr for FailedId {
    type Err = NoFailedId;

    fn from_str(text: &str) -> Result<Self, NoFailedId> {
        let mut parts = text.split(':');
        let id = match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some("job"), Some(id), None, None) => Self::Job(id.parse().map_err(|_| NoFailedId)?),
            (Some("event"), Some(consumer), Some(xid), Some(id)) => Self::Event {
                consumer: consumer.to_owned(),
                position: Position {
                    xid: log::xid(xid).map_err(|_| NoFailedId)?,
                    id: id.parse().map_err(|_| NoFailedId)?,
                },
            },
            _ => return Err(NoFailedId),
        };
        parts.next().is_none().then_some(id).ok_or(NoFailedId)
    }
}

/// Something that failed for good.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Failed {
    /// Of a [`FailedId`].
    pub id: String,
    /// The queue, or the consumer.
    pub name: String,
    /// Of the event.
    pub topic: Option<String>,
    /// What the last attempt said.
    pub error: String,
    pub attempts: i32,
    /// When it was asked for, or happened.
    pub since: Timestamp,
    /// Events of the same thing that wait until this one is settled.
    pub behind: i64,
}

/// Where a list is read on: behind something of this time and id.
pub type Place = (Timestamp, String);

/// The latest first.
pub async fn list(db: &Db, after: Option<&Place>, limit: i64) -> Result<Vec<Failed>, sqlx::Error> {
    let (since, id) = after.map(|(since, id)| (since, id.as_str())).unzip();
    let mut tx = db.begin(Scope::System).await?;
    let failed = sqlx::query_as(
        "select * from (
            select 'job:' || id as id, queue as name, null as topic, coalesce(error, '') as error, attempts,
                   created_at as since, 0::bigint as behind
              from store.job where state = 'dead'
            union all
            select 'event:' || d.consumer || ':' || d.xid || ':' || d.id, d.consumer, d.topic, d.error, d.attempts,
                   (d.envelope ->> 'at')::timestamptz,
                   (select count(*) from log.dead_letter b where b.consumer = d.consumer and b.key = d.key and b.state = 'parked')
              from log.dead_letter d where d.state = 'dead') as f
          where $1::timestamptz is null or (since, id) < ($1, $2)
          order by since desc, id desc limit $3",
    )
    .bind(since)
    .bind(id)
    .bind(limit)
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(failed)
}

/// One of them.
pub async fn find(db: &Db, id: &FailedId) -> Result<Option<Failed>, sqlx::Error> {
    let mut tx = db.begin(Scope::System).await?;
    let failed = match id {
        FailedId::Job(id) => {
            sqlx::query_as(
                "select 'job:' || id as id, queue as name, null as topic, coalesce(error, '') as error, attempts,
                        created_at as since, 0::bigint as behind
                   from store.job where id = $1 and state = 'dead'",
            )
            .bind(id)
            .fetch_optional(&mut *tx)
            .await?
        }
        FailedId::Event { consumer, position } => {
            sqlx::query_as(
                "select 'event:' || consumer || ':' || xid || ':' || id as id, consumer as name, topic, error, attempts,
                        (envelope ->> 'at')::timestamptz as since, 0::bigint as behind
                   from log.dead_letter
                  where consumer = $1 and xid = $2::text::xid8 and id = $3 and state = 'dead'",
            )
            .bind(consumer)
            .bind(position.xid.to_string())
            .bind(position.id)
            .fetch_optional(&mut *tx)
            .await?
        }
    };
    tx.commit().await?;
    Ok(failed)
}

/// Gives it new attempts, from now on. False when it is not there any more.
pub async fn retry(db: &Db, id: &FailedId, now: Timestamp) -> Result<bool, sqlx::Error> {
    let id = match id {
        FailedId::Job(id) => id,
        FailedId::Event { consumer, position } => {
            return dead_letters::retry(db, consumer, *position).await;
        }
    };
    let mut tx = db.begin(Scope::System).await?;
    let revived = sqlx::query(
        "update store.job set state = 'ready', attempts = 0, run_at = $2, leased_until = null
          where id = $1 and state = 'dead'",
    )
    .bind(id)
    .bind(now)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    jobs::wake();
    Ok(revived.rows_affected() == 1)
}

/// Gives it up: nobody tries it again. False when it is not there any more.
pub async fn discard(db: &Db, id: &FailedId) -> Result<bool, sqlx::Error> {
    let id = match id {
        FailedId::Job(id) => id,
        FailedId::Event { consumer, position } => {
            return dead_letters::discard(db, consumer, *position).await;
        }
    };
    let mut tx = db.begin(Scope::System).await?;
    let deleted = sqlx::query("delete from store.job where id = $1 and state = 'dead'")
        .bind(id)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(deleted.rows_affected() == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        for text in [
            "job:01980000-0000-7000-8000-000000000000",
            "event:ledger.note_deliveries:42:7",
        ] {
            let id: FailedId = text.parse().expect("a name");
            assert_eq!(id.to_string(), text);
        }
        for text in [
            "",
            "job:7",
            "event:a:b:c",
            "event:a:1",
            "job:01980000-0000-7000-8000-000000000000:1",
            "event:a:1:2:3",
        ] {
            assert_eq!(text.parse::<FailedId>(), Err(NoFailedId), "{text}");
        }
    }
}

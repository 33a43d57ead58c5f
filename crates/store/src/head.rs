//! What is new in the log, found out once for all consumers of a process.
//!
//! Every commit wakes every consumer, and most commits concern few of them. One short query tells all which topics
//! have news; only those who read these topics then go and read.

use crate::log::{self, Position, xid};
use crate::{Db, Scope};
use sqlx::Row;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::time::Instant;

/// Between two queries, however often consumers are woken: under load each commit wakes all of them.
const PAUSE: Duration = Duration::from_millis(20);

/// The newest readable place of each topic of one database.
#[derive(Debug, Default)]
pub(crate) struct Head {
    known: tokio::sync::Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    /// When the last query began: what was committed before is known.
    as_of: Option<Instant>,
    /// Where the first query began to look; nothing is known of what lies before.
    from: Position,
    upto: Position,
    newest: HashMap<String, Position>,
}

/// What a consumer needs to know before it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// There may be events behind the place that was asked about.
    Some,
    /// There are none up to this place.
    NoneUpTo(Position),
}

static HEADS: LazyLock<Mutex<HashMap<String, Weak<Head>>>> = LazyLock::new(Mutex::default);

impl Head {
    /// The one that all pools of this database share.
    pub(crate) fn of(url: &str) -> Arc<Self> {
        let mut heads = HEADS.lock().unwrap_or_else(PoisonError::into_inner);
        heads.retain(|_, head| head.strong_count() > 0);
        if let Some(head) = heads.get(url).and_then(Weak::upgrade) {
            return head;
        }
        let head = Arc::new(Self::default());
        heads.insert(url.to_owned(), Arc::downgrade(&head));
        head
    }

    /// Whether there are events of `topics` behind `seen`, by all that this process has written and what others wrote
    /// until some moments ago.
    pub(crate) async fn news(&self, db: &Db, seen: Position, topics: &[&str]) -> Result<News, sqlx::Error> {
        let since = log::looked_since();
        // Who comes while another asks waits for that answer.
        let mut known = self.known.lock().await;
        if known.as_of.is_none_or(|as_of| as_of < since) {
            if let Some(as_of) = known.as_of {
                tokio::time::sleep_until(as_of + PAUSE).await;
            }
            known.look(db).await?;
        }
        Ok(known.news(seen, topics))
    }
}

impl Known {
    async fn look(&mut self, db: &Db) -> Result<(), sqlx::Error> {
        let began = Instant::now();
        let mut tx = db.begin(Scope::System).await?;
        let rows = sqlx::query(
            "select horizon.xmin::text as horizon, news.topic, news.xid::text as xid, news.id
               from (select pg_snapshot_xmin(pg_current_snapshot()) as xmin) horizon
               left join log.news($1::text::xid8, $2) news on $1 <> '0'",
        )
        .bind(self.upto.xid.to_string())
        .bind(self.upto.id)
        .fetch_all(&mut *tx)
        .await?;
        for row in &rows {
            let horizon = xid(row.try_get("horizon")?)?;
            if let Some(topic) = row.try_get::<Option<String>, _>("topic")? {
                let place = Position {
                    xid: xid(row.try_get("xid")?)?,
                    id: row.try_get("id")?,
                };
                self.newest.insert(topic, place);
            }
            self.upto = self.upto.max(Position { xid: horizon, id: 0 });
        }
        if self.as_of.is_none() {
            self.from = self.upto;
        }
        self.as_of = Some(began);
        Ok(())
    }

    fn news(&self, seen: Position, topics: &[&str]) -> News {
        let is_unknown = seen < self.from;
        let is_new = |topic: &&str| self.newest.get(*topic).is_some_and(|place| *place > seen);
        match is_unknown || topics.iter().any(is_new) {
            true => News::Some,
            false => News::NoneUpTo(self.upto),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(xid: u64) -> Position {
        Position { xid, id: 0 }
    }

    #[test]
    fn only_those_who_read_a_topic_behind_its_newest_event_have_news() {
        let known = Known {
            as_of: None,
            from: at(10),
            upto: at(30),
            newest: HashMap::from([("a".to_owned(), at(20))]),
        };
        assert_eq!(known.news(at(15), &["b", "a"]), News::Some);
        assert_eq!(known.news(at(20), &["a"]), News::NoneUpTo(at(30)));
        assert_eq!(known.news(at(15), &["b"]), News::NoneUpTo(at(30)));
        assert_eq!(
            known.news(at(9), &["b"]),
            News::Some,
            "nobody knows what was before 10"
        );
    }
}

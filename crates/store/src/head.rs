//! What is new in the log, read once for all readers of a process.
//!
//! Every commit wakes every reader, and an event is read by several. One query brings what was appended since the one
//! before; readers take from that, and only those who are further behind than what is kept read the database.
//!
//! A query sees the log below the oldest transaction that runs in its own snapshot: where it has looked, nothing can
//! appear any more. So what is kept is the log itself from one place to another, of the topics that somebody reads, and
//! whoever takes from it gets the events that the database would give, in their order.

use crate::Db;
use crate::log::{self, Logged, Position, Read};
use crate::reads::Reads;
use crate::standings::{Standing, Standings};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;
use tokio::time::Instant;

/// Between two queries, however often readers are woken: under load each commit wakes all of them.
const PAUSE: Duration = Duration::from_millis(20);
/// Events that one query brings: what a busy till tells in a fifth of a second. Where there are more, such as after an
/// upload, readers read the database by themselves until they are there again.
const LOOK_MAX: i64 = 4_000;
/// Events that are kept for readers who are behind, a few kilobytes each: the better part of a second of a busy till, of
/// which a reader rests a quarter.
const KEPT_MAX: usize = 16_384;
/// How long they are kept, so that a quiet process keeps none.
const KEPT_FOR: Duration = Duration::from_secs(5);

/// The newest part of the log of one database.
#[derive(Debug, Default)]
pub(crate) struct Head {
    url: String,
    /// Connections of its own: it looks often, and so needs no transaction to act for the system in.
    reads: OnceLock<Reads>,
    /// Held by whoever looks; others wait for the same answer. Not held by those who take what is known.
    looking: tokio::sync::Mutex<()>,
    known: Mutex<Known>,
    standings: Standings,
}

#[derive(Debug, Default)]
struct Known {
    /// When the last query began: what was committed before is known.
    as_of: Option<Instant>,
    /// Up to here the log has been looked at.
    upto: Position,
    /// The topics that somebody reads, and the place behind which all of their events are known.
    from: HashMap<&'static str, Position>,
    /// Up to here events are not kept any more.
    gone: Position,
    /// All events of these topics behind their places and `gone`, with the time when they were read.
    kept: VecDeque<(Instant, Arc<Logged>)>,
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
        let head = Arc::new(Self {
            url: url.to_owned(),
            ..Self::default()
        });
        heads.insert(url.to_owned(), Arc::downgrade(&head));
        head
    }

    /// Up to `limit` events of `topics` behind `after`, by all that this process has written and what others wrote until
    /// some moments ago. `None` where the place is too far behind, or a topic is asked for the first time: then the
    /// database is to be read.
    pub(crate) async fn read(
        &self,
        db: &Db,
        after: Position,
        topics: &[&'static str],
        limit: i64,
    ) -> Result<Option<Read>, sqlx::Error> {
        let since = log::looked_since();
        // Who comes while another looks waits for that answer.
        let looking = self.looking.lock().await;
        let as_of = self.known().as_of;
        if as_of.is_none_or(|as_of| as_of < since) {
            if let Some(as_of) = as_of {
                tokio::time::sleep_until(as_of + PAUSE).await;
            }
            if let Err(error) = self.look(db).await {
                // The database may come back as another one, such as a replica that lacks the last commits.
                *self.known() = Known::default();
                return Err(error);
            }
        }
        let mut known = self.known();
        // Not while somebody looks: that query would not bring a new topic's events.
        known.include(topics);
        drop(looking);
        Ok(known.read(after, topics, limit))
    }

    /// As [`read`](Self::read), of what is known already: for whoever has more before them than they could take.
    pub(crate) fn recall(&self, after: Position, topics: &[&'static str], limit: i64) -> Option<Read> {
        self.known().read(after, topics, limit)
    }

    /// Where a consumer stands in the database, as of a moment ago.
    pub(crate) async fn standing(&self, db: &Db, consumer: &str) -> Result<Standing, sqlx::Error> {
        self.standings.of(db, consumer).await
    }

    /// For whoever holds `looking`.
    async fn look(&self, db: &Db) -> Result<(), sqlx::Error> {
        let began = Instant::now();
        let (is_first, upto, topics) = {
            let known = self.known();
            let topics: Vec<&'static str> = known.from.keys().copied().collect();
            (known.as_of.is_none(), known.upto, topics)
        };
        let read = match is_first {
            true => None,
            false => Some(log::read_by(self.reads(db), upto, &topics, LOOK_MAX).await?),
        };
        let is_all = |read: &Read| i64::try_from(read.events.len()).is_ok_and(|count| count < LOOK_MAX);
        match read.filter(is_all) {
            Some(read) => self.known().keep(read, began),
            None => {
                let end = log::end(db).await?;
                self.known().begin_at(end, began);
            }
        }
        Ok(())
    }

    /// As whoever looks first: the log is the same to all of them.
    fn reads(&self, db: &Db) -> &Reads {
        let context = db.context();
        self.reads
            .get_or_init(|| Reads::new(&self.url, context, format!("stoa_{context}_system")))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Nothing is known of what lies before `place`.
    fn begin_at(&mut self, place: Position, as_of: Instant) {
        self.kept.clear();
        self.gone = place;
        self.upto = place;
        self.as_of = Some(as_of);
    }

    /// Takes in what a query brought that began at `as_of`.
    fn keep(&mut self, read: Read, as_of: Instant) {
        let events = read.events.into_iter().map(|event| (as_of, event));
        self.kept.extend(events);
        self.upto = read.next;
        self.as_of = Some(as_of);
        while let Some((read_at, oldest)) = self.kept.front() {
            if self.kept.len() <= KEPT_MAX && as_of.duration_since(*read_at) < KEPT_FOR {
                break;
            }
            self.gone = oldest.position;
            self.kept.pop_front();
        }
    }

    /// From now on these topics are read too.
    fn include(&mut self, topics: &[&'static str]) {
        for &topic in topics {
            self.from.entry(topic).or_insert(self.upto);
        }
    }

    fn read(&self, after: Position, topics: &[&'static str], limit: i64) -> Option<Read> {
        let is_known = |topic: &&'static str| self.from.get(topic).is_some_and(|from| *from <= after);
        if after < self.gone || !topics.iter().all(is_known) {
            return None;
        }
        let first = self.kept.partition_point(|(_, event)| event.position <= after);
        let events = self.kept.range(first..).map(|(_, event)| event);
        let events: Vec<Arc<Logged>> = events
            .filter(|event| topics.contains(&event.envelope.topic.as_str()))
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .cloned()
            .collect();
        Some(Read::of(events, limit, after, self.upto))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::Envelope;
    use kernel::{Actor, CorrelationId, EventId, Timestamp};
    use serde_json::Value;
    use uuid::Uuid;

    fn at(xid: u64, id: i64) -> Position {
        Position { xid, id }
    }

    fn event(position: Position, topic: &str) -> Arc<Logged> {
        let envelope = Envelope {
            id: EventId(Uuid::nil()),
            topic: topic.to_owned(),
            version: 1,
            key: Uuid::nil(),
            tenant: None,
            actor: Actor::System {
                name: "test".to_owned(),
            },
            correlation: CorrelationId(Uuid::nil()),
            at: Timestamp::UNIX_EPOCH,
            payload: Value::Null,
        };
        Arc::new(Logged { position, envelope })
    }

    /// A query that found these and looked up to there.
    fn found(events: impl IntoIterator<Item = Arc<Logged>>, next: Position) -> Read {
        Read {
            events: events.into_iter().collect(),
            next,
        }
    }

    fn places(read: Option<Read>) -> Option<(Vec<Position>, Position)> {
        read.map(|read| {
            (
                read.events.iter().map(|event| event.position).collect(),
                read.next,
            )
        })
    }

    /// Looked at from 10 to 30: of `a` and `b` everything is known.
    fn known() -> Known {
        let mut known = Known::default();
        known.begin_at(at(10, 0), Instant::now());
        known.include(&["a", "b"]);
        let events = [
            event(at(12, 1), "a"),
            event(at(20, 2), "b"),
            event(at(20, 3), "a"),
        ];
        known.keep(found(events, at(30, 0)), Instant::now());
        known
    }

    #[test]
    fn who_is_not_too_far_behind_gets_what_the_database_would_give() {
        let known = known();
        let read = |after, topics: &[&'static str], limit| places(known.read(after, topics, limit));
        assert_eq!(
            read(at(10, 0), &["a", "b"], 10),
            Some((vec![at(12, 1), at(20, 2), at(20, 3)], at(30, 0)))
        );
        assert_eq!(
            read(at(10, 0), &["a", "b"], 2),
            Some((vec![at(12, 1), at(20, 2)], at(20, 2))),
            "there may be more behind the last of a full read"
        );
        assert_eq!(read(at(20, 2), &["a"], 10), Some((vec![at(20, 3)], at(30, 0))));
        assert_eq!(read(at(20, 2), &["b"], 10), Some((vec![], at(30, 0))));
        assert_eq!(
            read(at(40, 0), &["a"], 10),
            Some((vec![], at(40, 0))),
            "who has read the database later does not go back"
        );
    }

    #[test]
    fn what_was_before_the_first_look_is_not_known() {
        assert_eq!(places(known().read(at(9, 9), &["a"], 10)), None);
    }

    #[test]
    fn a_topic_is_known_from_where_somebody_asked_for_it() {
        let mut known = known();
        assert_eq!(places(known.read(at(10, 0), &["a", "c"], 10)), None);
        known.include(&["c"]);
        assert_eq!(places(known.read(at(20, 0), &["c"], 10)), None);
        known.keep(found([event(at(31, 4), "c")], at(40, 0)), Instant::now());
        assert_eq!(
            places(known.read(at(30, 0), &["c"], 10)),
            Some((vec![at(31, 4)], at(40, 0)))
        );
        assert_eq!(
            places(known.read(at(10, 0), &["b"], 10)),
            Some((vec![at(20, 2)], at(40, 0))),
            "those who read others do not notice"
        );
    }

    #[test]
    fn only_so_many_are_kept_and_who_is_behind_them_is_told() {
        let mut known = known();
        let last = 100 + u64::try_from(KEPT_MAX).expect("a number");
        let events = (101..=last).map(|xid| event(at(xid, 5), "a"));
        known.keep(found(events, at(last + 1, 0)), Instant::now());
        assert_eq!(known.kept.len(), KEPT_MAX);
        assert_eq!(places(known.read(at(20, 2), &["b"], 10)), None);
        assert_eq!(
            places(known.read(at(20, 3), &["a"], 1)),
            Some((vec![at(101, 5)], at(101, 5)))
        );
    }

    #[test]
    fn nothing_is_kept_for_long() {
        let mut known = known();
        known.keep(found([], at(50, 0)), Instant::now() + KEPT_FOR);
        assert!(known.kept.is_empty());
        assert_eq!(places(known.read(at(12, 1), &["a"], 10)), None);
        assert_eq!(
            places(known.read(at(20, 3), &["a"], 10)),
            Some((vec![], at(50, 0)))
        );
    }
}

//! All SQL of notifications.

pub mod kept;
pub mod reach;
pub mod templates;
pub mod wishes;

use crate::domain::facts::Facts;
use crate::domain::news::{Recipient, Told};
use crate::error::Error;
use crate::messages::News;
use kernel::{EventId, Timestamp, UserId};
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A notice as it is kept.
#[derive(FromRow)]
pub struct NoticeRow {
    pub id: EventId,
    pub kind: String,
    pub facts: Json<Facts>,
    pub at: Timestamp,
    pub read_at: Option<Timestamp>,
}

/// The id of what an event tells somebody of something: always the same, nobody else's, and in order of time as the event's.
fn own_id(event: EventId, recipient: Uuid, subject: &str) -> Uuid {
    const VARIANT: u64 = 0b10 << 62;
    let (time, random) = event.0.as_u64_pair();
    let told = recipient.as_bytes().iter().copied().chain(subject.bytes());
    // FNV-1a, from what is random in the event's id.
    let mixed = told.fold(random, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    Uuid::from_u64_pair(time, (mixed >> 2) | VARIANT)
}

/// Notices to be kept, column by column: one for each recipient and subject.
#[derive(Default)]
pub struct Drafts {
    /// Where the draft of a recipient and subject stands.
    places: HashMap<(Uuid, String), usize>,
    recipients: Vec<Uuid>,
    tenants: Vec<Option<Uuid>>,
    ids: Vec<Uuid>,
    kinds: Vec<&'static str>,
    topics: Vec<&'static str>,
    subjects: Vec<String>,
    facts: Vec<serde_json::Value>,
    times: Vec<Timestamp>,
    read: Vec<bool>,
}

impl Drafts {
    /// What is said later of the same takes the place of what was said before.
    pub fn push(&mut self, id: EventId, at: Timestamp, told: Told, read: bool) -> Result<(), Error> {
        let (recipient, tenant) = match told.to {
            Recipient::Person(user) => (user.0, None),
            Recipient::Shop(tenant) => (tenant.0, Some(tenant.0)),
        };
        let facts = serde_json::to_value(&told.facts)?;
        let (kind, topic) = (told.kind.name(), told.kind.topic().name());
        let key = (recipient, told.subject.clone());
        let id = own_id(id, recipient, &told.subject);
        if let Some(&place) = self.places.get(&key) {
            self.ids[place] = id;
            self.kinds[place] = kind;
            self.topics[place] = topic;
            self.facts[place] = facts;
            self.times[place] = at;
            self.read[place] = read;
            return Ok(());
        }
        self.places.insert(key, self.ids.len());
        self.recipients.push(recipient);
        self.tenants.push(tenant);
        self.ids.push(id);
        self.kinds.push(kind);
        self.topics.push(topic);
        self.subjects.push(told.subject);
        self.facts.push(facts);
        self.times.push(at);
        self.read.push(read);
        Ok(())
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// What persons are told of those that are `noted`; what is old is no news.
    pub fn of_persons(&self, noted: &HashSet<Uuid>) -> Result<Vec<News>, Error> {
        let is_news = |place: &usize| {
            self.tenants[*place].is_none() && !self.read[*place] && noted.contains(&self.ids[*place])
        };
        (0..self.ids.len())
            .filter(is_news)
            .map(|place| {
                Ok(News {
                    user: UserId(self.recipients[place]),
                    id: EventId(self.ids[place]),
                    kind: serde_json::from_value(self.kinds[place].into())?,
                    facts: serde_json::from_value(self.facts[place].clone())?,
                    at: self.times[place],
                })
            })
            .collect()
    }
}

/// Keeps notices. One of the same subject gives way to what is newer, and is unread again; what came before it, or came
/// already, changes nothing. Answers which are news.
pub async fn note(conn: &mut PgConnection, drafts: &Drafts) -> Result<HashSet<Uuid>, sqlx::Error> {
    let noted: Vec<Uuid> = sqlx::query_scalar(
        "insert into notifications.notice as n (recipient_id, tenant_id, id, kind, topic, subject, facts, at, read_at)
         select d.recipient_id, d.tenant_id, d.id, d.kind, d.topic, d.subject, d.facts, d.at, case when d.read then d.at end
           from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::timestamptz[], $9::boolean[])
             as d (recipient_id, tenant_id, id, kind, topic, subject, facts, at, read)
         on conflict on constraint notice_once do update
            set id = excluded.id, kind = excluded.kind, topic = excluded.topic, facts = excluded.facts, at = excluded.at,
                read_at = excluded.read_at
          where n.id <> excluded.id and n.at <= excluded.at
      returning n.id",
    )
    .bind(&drafts.recipients)
    .bind(&drafts.tenants)
    .bind(&drafts.ids)
    .bind(&drafts.kinds)
    .bind(&drafts.topics)
    .bind(&drafts.subjects)
    .bind(&drafts.facts)
    .bind(&drafts.times)
    .bind(&drafts.read)
    .fetch_all(conn)
    .await?;
    Ok(noted.into_iter().collect())
}

/// Whether a notice still stands as it was told, and nobody has read it.
pub async fn is_unread(conn: &mut PgConnection, recipient: Uuid, id: EventId) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from notifications.notice where recipient_id = $1 and id = $2 and read_at is null)",
    )
    .bind(recipient)
    .bind(id)
    .fetch_one(conn)
    .await
}

/// Somebody's notices but for some topics, the latest first, behind one.
pub async fn feed(
    conn: &mut PgConnection,
    recipient: Uuid,
    without: &[String],
    before: Option<EventId>,
    limit: i64,
) -> Result<Vec<NoticeRow>, sqlx::Error> {
    sqlx::query_as(
        "select id, kind, facts, at, read_at from notifications.notice
          where recipient_id = $1 and topic <> all($2) and ($3::uuid is null or id < $3)
          order by id desc limit $4",
    )
    .bind(recipient)
    .bind(without)
    .bind(before)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// How many are not read, up to `most`.
pub async fn unread(
    conn: &mut PgConnection,
    recipient: Uuid,
    without: &[String],
    most: i64,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "select count(*) from (
             select from notifications.notice
              where recipient_id = $1 and read_at is null and topic <> all($2) limit $3) as found",
    )
    .bind(recipient)
    .bind(without)
    .bind(most)
    .fetch_one(conn)
    .await
}

pub async fn mark_read(
    conn: &mut PgConnection,
    recipient: Uuid,
    without: &[String],
    id: EventId,
    now: Timestamp,
) -> Result<Option<NoticeRow>, sqlx::Error> {
    sqlx::query_as(
        "update notifications.notice set read_at = coalesce(read_at, $4)
          where recipient_id = $1 and topic <> all($2) and id = $3
      returning id, kind, facts, at, read_at",
    )
    .bind(recipient)
    .bind(without)
    .bind(id)
    .bind(now)
    .fetch_optional(conn)
    .await
}

/// Answers how many were not read.
pub async fn mark_all_read(
    conn: &mut PgConnection,
    recipient: Uuid,
    without: &[String],
    through: EventId,
    now: Timestamp,
) -> Result<u64, sqlx::Error> {
    let marked = sqlx::query(
        "update notifications.notice set read_at = $4
          where recipient_id = $1 and topic <> all($2) and id <= $3 and read_at is null",
    )
    .bind(recipient)
    .bind(without)
    .bind(through)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(marked.rows_affected())
}

/// Deletes what is older than `before`, at most `most`, and answers how many there were.
pub async fn forget(conn: &mut PgConnection, before: Timestamp, most: i64) -> Result<u64, sqlx::Error> {
    let forgotten = sqlx::query(
        "delete from notifications.notice
          where (recipient_id, id) in (select recipient_id, id from notifications.notice where at < $1 limit $2)",
    )
    .bind(before)
    .bind(most)
    .execute(conn)
    .await?;
    Ok(forgotten.rows_affected())
}

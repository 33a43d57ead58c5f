//! All SQL of notifications.

pub mod kept;
pub mod reach;
pub mod templates;
pub mod wishes;

use crate::domain::facts::Facts;
use crate::domain::news::{Recipient, Told};
use crate::error::Error;
use crate::messages::News;
use contracts::notifications::NoticeTopic;
use kernel::{EventId, TenantId, Timestamp, UserId};
use sqlx::types::Json;
use sqlx::{FromRow, PgConnection};
use std::collections::{BTreeSet, HashMap, HashSet};
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
    mail_due: Vec<bool>,
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
        // What concerns a shop's stock is mailed as well, in one mail for all of an hour.
        let mail_due = tenant.is_some() && !read && told.kind.topic() == NoticeTopic::Stock;
        let key = (recipient, told.subject.clone());
        let id = own_id(id, recipient, &told.subject);
        if let Some(&place) = self.places.get(&key) {
            self.ids[place] = id;
            self.kinds[place] = kind;
            self.topics[place] = topic;
            self.facts[place] = facts;
            self.times[place] = at;
            self.read[place] = read;
            self.mail_due[place] = mail_due;
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
        self.mail_due.push(mail_due);
        Ok(())
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Where those stand that are `noted`; what is old is no news.
    fn fresh<'a>(&'a self, noted: &'a HashSet<Uuid>) -> impl Iterator<Item = usize> + 'a {
        let is_news = move |place: &usize| !self.read[*place] && noted.contains(&self.ids[*place]);
        (0..self.ids.len()).filter(is_news)
    }

    fn news(&self, place: usize, user: UserId) -> Result<News, Error> {
        Ok(News {
            user,
            id: EventId(self.ids[place]),
            kind: serde_json::from_value(self.kinds[place].into())?,
            facts: serde_json::from_value(self.facts[place].clone())?,
            at: self.times[place],
        })
    }

    /// What persons are told of those that are `noted`.
    pub fn of_persons(&self, noted: &HashSet<Uuid>) -> Result<Vec<News>, Error> {
        let of_persons = self.fresh(noted).filter(|&place| self.tenants[place].is_none());
        of_persons
            .map(|place| self.news(place, UserId(self.recipients[place])))
            .collect()
    }

    /// The shops that are told something of those that are `noted`.
    pub fn shops(&self, noted: &HashSet<Uuid>) -> Vec<Uuid> {
        let shops: BTreeSet<Uuid> = self
            .fresh(noted)
            .filter_map(|place| self.tenants[place])
            .collect();
        shops.into_iter().collect()
    }

    /// What shops are told of those that are `noted`, for each of their staff who wants to be texted of it.
    pub fn of_staff(
        &self,
        noted: &HashSet<Uuid>,
        texted: &[reach::StaffTextedRow],
    ) -> Result<Vec<(TenantId, News)>, Error> {
        let mut found = Vec::new();
        for place in self.fresh(noted) {
            let Some(shop) = self.tenants[place] else {
                continue;
            };
            let wants =
                |row: &&reach::StaffTextedRow| row.shop_id.0 == shop && row.topic == self.topics[place];
            for row in texted.iter().filter(wants) {
                found.push((row.shop_id, self.news(place, row.user_id)?));
            }
        }
        Ok(found)
    }

    /// The shops that are mailed of something of those that are `noted`.
    pub fn mailed_shops(&self, noted: &HashSet<Uuid>) -> Vec<TenantId> {
        let mailed = self.fresh(noted).filter(|&place| self.mail_due[place]);
        let shops: BTreeSet<Uuid> = mailed.filter_map(|place| self.tenants[place]).collect();
        shops.into_iter().map(TenantId).collect()
    }
}

/// Keeps notices. One of the same subject gives way to what is newer, and is unread again; what came before it, or came
/// already, changes nothing. Answers which are news.
pub async fn note(conn: &mut PgConnection, drafts: &Drafts) -> Result<HashSet<Uuid>, sqlx::Error> {
    let noted: Vec<Uuid> = sqlx::query_scalar(
        "insert into notifications.notice as n (recipient_id, tenant_id, id, kind, topic, subject, facts, at, read_at, mail_due)
         select d.recipient_id, d.tenant_id, d.id, d.kind, d.topic, d.subject, d.facts, d.at, case when d.read then d.at end,
                d.mail_due
           from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::jsonb[], $8::timestamptz[],
                       $9::boolean[], $10::boolean[])
             as d (recipient_id, tenant_id, id, kind, topic, subject, facts, at, read, mail_due)
         on conflict on constraint notice_once do update
            set id = excluded.id, kind = excluded.kind, topic = excluded.topic, facts = excluded.facts, at = excluded.at,
                read_at = excluded.read_at, mail_due = excluded.mail_due
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
    .bind(&drafts.mail_due)
    .fetch_all(conn)
    .await?;
    Ok(noted.into_iter().collect())
}

/// Of a shop, what is yet to be mailed, the first that was told comes first.
pub async fn mail_due(conn: &mut PgConnection, shop: TenantId) -> Result<Vec<NoticeRow>, sqlx::Error> {
    sqlx::query_as(
        "select id, kind, facts, at, read_at from notifications.notice where recipient_id = $1 and mail_due order by id",
    )
    .bind(shop)
    .fetch_all(conn)
    .await
}

/// Takes what is mailed now, once; what gave way to something newer meanwhile stays due. Answers which were taken.
pub async fn take_mail_due(
    conn: &mut PgConnection,
    shop: TenantId,
    ids: &[Uuid],
) -> Result<HashSet<Uuid>, sqlx::Error> {
    let taken: Vec<Uuid> = sqlx::query_scalar(
        "update notifications.notice set mail_due = false where recipient_id = $1 and id = any($2) and mail_due
      returning id",
    )
    .bind(shop)
    .bind(ids)
    .fetch_all(conn)
    .await?;
    Ok(taken.into_iter().collect())
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

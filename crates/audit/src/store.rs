//! All SQL of the audit trail.

use contracts::audit::{AuditActor, AuditAudience, AuditEntry, AuditFilter, AuditSubject};
use kernel::{CorrelationId, TenantId, Timestamp, UserId};
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection};
use std::fmt::Write as _;
use uuid::Uuid;

/// An entry as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct EntryRow {
    pub seq: i64,
    pub at: Timestamp,
    pub event_id: Uuid,
    pub audience: String,
    pub user_id: Option<Uuid>,
    pub role: Option<String>,
    pub actor_name: Option<String>,
    pub tenant_id: Option<Uuid>,
    pub kind: String,
    pub about_kind: String,
    pub about_id: String,
    pub label: String,
    /// JSON, as it was written.
    pub before: Option<String>,
    pub after: Option<String>,
    pub correlation_id: Uuid,
    pub digest: Vec<u8>,
}

/// Some entries in a row, and what they are chained by.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct BatchRow {
    pub seq: i64,
    pub first_entry: i64,
    pub last_entry: i64,
    pub previous: Vec<u8>,
    pub hash: Vec<u8>,
}

macro_rules! select_entries {
    ($rest:literal) => {
        concat!(
            "select e.seq, e.at, e.event_id, e.audience, e.user_id, e.role, e.actor_name, e.tenant_id, e.kind, e.about_kind,",
            " e.about_id, e.label, e.before::text as before, e.after::text as after, e.correlation_id, e.digest",
            " from audit.entry e ",
            $rest
        )
    };
}

fn json(text: Option<&str>) -> Result<Option<Value>, serde_json::Error> {
    text.map(serde_json::from_str).transpose()
}

impl EntryRow {
    pub fn card(&self) -> Result<AuditEntry, serde_json::Error> {
        let role = self.role.clone().map(Value::String);
        Ok(AuditEntry {
            seq: self.seq,
            at: self.at,
            who: AuditActor {
                audience: AuditAudience::named(&self.audience).unwrap_or(AuditAudience::System),
                user: self.user_id.map(UserId),
                role: role.map(serde_json::from_value).transpose()?,
                name: self.actor_name.clone(),
            },
            tenant: self.tenant_id.map(TenantId),
            kind: self.kind.clone(),
            about: AuditSubject {
                kind: self.about_kind.clone(),
                id: self.about_id.clone(),
                label: self.label.clone(),
            },
            before: json(self.before.as_deref())?,
            after: json(self.after.as_deref())?,
            correlation: CorrelationId(self.correlation_id),
        })
    }
}

/// Makes all that a transaction reads be of one moment. To be its first statement.
pub async fn look_once(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("set transaction isolation level repeatable read, read only")
        .execute(conn)
        .await?;
    Ok(())
}

/// How many entries there are.
pub async fn count(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select count(*) from audit.entry")
        .fetch_one(conn)
        .await
}

/// The last batch, to which the next is chained.
pub async fn last_batch(conn: &mut PgConnection) -> Result<Option<BatchRow>, sqlx::Error> {
    sqlx::query_as(
        "select seq, first_entry, last_entry, previous, hash from audit.batch order by seq desc limit 1",
    )
    .fetch_optional(conn)
    .await
}

/// Batches behind one, in their order.
pub async fn batches(conn: &mut PgConnection, after: i64, limit: i64) -> Result<Vec<BatchRow>, sqlx::Error> {
    sqlx::query_as(
        "select seq, first_entry, last_entry, previous, hash from audit.batch where seq > $1 order by seq limit $2",
    )
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Entries from one to another, in their order.
pub async fn between(conn: &mut PgConnection, first: i64, last: i64) -> Result<Vec<EntryRow>, sqlx::Error> {
    sqlx::query_as(select_entries!("where e.seq between $1 and $2 order by e.seq"))
        .bind(first)
        .bind(last)
        .fetch_all(conn)
        .await
}

/// The first entry that no batch can hold: before the first place, or behind the last batch.
pub async fn stray(conn: &mut PgConnection, last: i64) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar("select min(seq) from audit.entry where seq < 1 or seq > $1")
        .bind(last)
        .fetch_one(conn)
        .await
}

/// Those of these events that were heard before, with an entry or without.
pub async fn known(conn: &mut PgConnection, events: &[Uuid]) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar(
        "select event_id from audit.entry where event_id = any($1)
          union all
         select event_id from audit.told_again where event_id = any($1)",
    )
    .bind(events)
    .fetch_all(conn)
    .await
}

/// Remembers events that said nothing new.
pub async fn keep_told_again(conn: &mut PgConnection, events: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query("insert into audit.told_again (event_id) select unnest($1::uuid[]) on conflict do nothing")
        .bind(events)
        .execute(conn)
        .await?;
    Ok(())
}

/// What was said last of each of these, by its place in the question: kinds, ids and shops in a row.
pub async fn last_said(
    conn: &mut PgConnection,
    kinds: &[&str],
    ids: &[&str],
    tenants: &[Option<Uuid>],
) -> Result<Vec<(i64, Option<String>)>, sqlx::Error> {
    sqlx::query_as(
        "select asked.place, said.after
           from unnest($1::text[], $2::text[], $3::uuid[]) with ordinality as asked (kind, about_id, tenant_id, place)
          cross join lateral (
                select e.after::text as after from audit.entry e
                 where e.about_id = asked.about_id and e.kind = asked.kind
                   and e.tenant_id is not distinct from asked.tenant_id
                 order by e.seq desc
                 limit 1) said",
    )
    .bind(kinds)
    .bind(ids)
    .bind(tenants)
    .fetch_all(conn)
    .await
}

/// Writes a batch with its entries.
pub async fn append(
    conn: &mut PgConnection,
    batch: &BatchRow,
    entries: &[EntryRow],
) -> Result<(), sqlx::Error> {
    macro_rules! column {
        ($field:ident) => {
            entries.iter().map(|entry| entry.$field).collect::<Vec<_>>()
        };
    }
    macro_rules! texts {
        ($field:ident) => {
            entries
                .iter()
                .map(|entry| entry.$field.clone())
                .collect::<Vec<_>>()
        };
    }
    sqlx::query(
        "insert into audit.entry (seq, at, event_id, audience, user_id, role, actor_name, tenant_id, kind, about_kind,
                about_id, label, before, after, correlation_id, digest)
         select e.seq, e.at, e.event_id, e.audience, e.user_id, e.role, e.actor_name, e.tenant_id, e.kind, e.about_kind,
                e.about_id, e.label, e.was::json, e.became::json, e.correlation_id, e.digest
           from unnest($1::bigint[], $2::timestamptz[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::uuid[],
                       $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::uuid[], $16::bytea[])
                as e (seq, at, event_id, audience, user_id, role, actor_name, tenant_id, kind, about_kind, about_id, label,
                      was, became, correlation_id, digest)",
    )
    .bind(column!(seq))
    .bind(column!(at))
    .bind(column!(event_id))
    .bind(texts!(audience))
    .bind(column!(user_id))
    .bind(texts!(role))
    .bind(texts!(actor_name))
    .bind(column!(tenant_id))
    .bind(texts!(kind))
    .bind(texts!(about_kind))
    .bind(texts!(about_id))
    .bind(texts!(label))
    .bind(texts!(before))
    .bind(texts!(after))
    .bind(column!(correlation_id))
    .bind(texts!(digest))
    .execute(&mut *conn)
    .await?;
    sqlx::query(
        "insert into audit.batch (seq, first_entry, last_entry, previous, hash) values ($1, $2, $3, $4, $5)",
    )
    .bind(batch.seq)
    .bind(batch.first_entry)
    .bind(batch.last_entry)
    .bind(&batch.previous)
    .bind(&batch.hash)
    .execute(conn)
    .await?;
    Ok(())
}

/// Entries, the latest first, behind a moment and place. What is not asked for is not in the statement, so that each filter
/// is read by its own index.
pub async fn find(
    conn: &mut PgConnection,
    filter: &AuditFilter,
    after: Option<(Timestamp, i64)>,
    limit: i64,
) -> Result<Vec<EntryRow>, sqlx::Error> {
    let asked = [
        (filter.who.is_some(), "e.user_id ="),
        (filter.tenant.is_some(), "e.tenant_id ="),
        (filter.kind.is_some(), "e.kind ="),
        (filter.about.is_some(), "e.about_id ="),
        (filter.from.is_some(), "e.at >="),
        (filter.to.is_some(), "e.at <"),
    ];
    let mut sql = select_entries!("where true").to_owned();
    let mut count = 0;
    for (_, condition) in asked.iter().filter(|(is_asked, _)| *is_asked) {
        count += 1;
        // Writing into a string does not fail.
        let _ = write!(sql, " and {condition} ${count}");
    }
    if after.is_some() {
        let _ = write!(sql, " and (e.at, e.seq) < (${}, ${})", count + 1, count + 2);
        count += 2;
    }
    let _ = write!(sql, " order by e.at desc, e.seq desc limit ${}", count + 1);
    let mut query = sqlx::query_as::<sqlx::Postgres, EntryRow>(AssertSqlSafe(sql));
    if let Some(who) = filter.who {
        query = query.bind(who.0);
    }
    if let Some(tenant) = filter.tenant {
        query = query.bind(tenant.0);
    }
    if let Some(kind) = &filter.kind {
        query = query.bind(kind.clone());
    }
    if let Some(about) = &filter.about {
        query = query.bind(about.clone());
    }
    if let Some(from) = filter.from {
        query = query.bind(from);
    }
    if let Some(to) = filter.to {
        query = query.bind(to);
    }
    if let Some((at, seq)) = after {
        query = query.bind(at).bind(seq);
    }
    query.bind(limit).fetch_all(conn).await
}

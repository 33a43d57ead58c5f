//! All SQL of webhooks.

use contracts::webhooks::{Attempt, Delivery, DeliveryState, Endpoint, Pause, WebhookKind};
use kernel::{EventId, TenantId, Timestamp, WebhookEndpointId};
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

pub mod replay;

/// An endpoint as it is kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct EndpointRow {
    pub tenant_id: TenantId,
    pub id: WebhookEndpointId,
    pub url: String,
    pub description: String,
    pub events: Vec<String>,
    pub paused: Option<String>,
    pub failing_since: Option<Timestamp>,
    pub rests_until: Option<Timestamp>,
    pub sealed_secret: Vec<u8>,
    pub old_sealed_secret: Option<Vec<u8>>,
    pub old_secret_until: Option<Timestamp>,
    pub created_at: Timestamp,
}

impl EndpointRow {
    /// As it is shown at `now`: an old secret that signs no more is none.
    pub fn card(&self, now: Timestamp) -> Endpoint {
        Endpoint {
            id: self.id,
            url: self.url.clone(),
            description: self.description.clone(),
            events: self
                .events
                .iter()
                .filter_map(|name| WebhookKind::named(name))
                .collect(),
            paused: self.paused.as_deref().map(|why| match why {
                "shop" => Pause::Shop,
                _ => Pause::Failing,
            }),
            failing_since: self.failing_since,
            old_secret_until: self.old_secret_until.filter(|until| *until > now),
            created_at: self.created_at,
        }
    }
}

/// Messages on their way into the tables, column by column.
#[derive(Default)]
pub struct Drafts {
    pub tenants: Vec<Uuid>,
    pub ids: Vec<Uuid>,
    pub kinds: Vec<&'static str>,
    pub data: Vec<serde_json::Value>,
    pub at: Vec<Timestamp>,
}

/// What is to be sent next.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Due {
    pub message_id: Uuid,
    pub tries: i16,
    pub kind: String,
    pub data: serde_json::Value,
    pub at: Timestamp,
    /// Until then it is whoever's took it, which tells their taking from every other.
    pub taken_until: Timestamp,
}

/// What came of an attempt.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub at: Timestamp,
    pub status: Option<u16>,
    pub duration_ms: i32,
    pub said: String,
}

macro_rules! select_endpoints {
    ($rest:literal) => {
        concat!(
            "select tenant_id, id, url, description, events, paused, failing_since, rests_until, sealed_secret,
                    old_sealed_secret, old_secret_until, created_at
               from webhooks.endpoint ",
            $rest
        )
    };
}

/// Until the transaction ends nobody else makes an endpoint of the shop's: there may be so many, and no more.
pub async fn make_alone(db: impl PgExecutor<'_>, tenant: TenantId) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('webhooks.endpoint ' || $1::text, 0))")
        .bind(tenant)
        .execute(db)
        .await?;
    Ok(())
}

/// Keeps an endpoint, unless the shop has `most`; false then.
pub async fn insert(db: impl PgExecutor<'_>, row: &EndpointRow, most: i64) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "insert into webhooks.endpoint (tenant_id, id, url, description, events, sealed_secret, created_at)
         select $1, $2, $3, $4, $5, $6, $7
          where (select count(*) from webhooks.endpoint where tenant_id = $1) < $8",
    )
    .bind(row.tenant_id)
    .bind(row.id)
    .bind(&row.url)
    .bind(&row.description)
    .bind(&row.events)
    .bind(&row.sealed_secret)
    .bind(row.created_at)
    .bind(most)
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn list(db: impl PgExecutor<'_>, tenant: TenantId) -> Result<Vec<EndpointRow>, sqlx::Error> {
    sqlx::query_as(select_endpoints!("where tenant_id = $1 order by id desc"))
        .bind(tenant)
        .fetch_all(db)
        .await
}

pub async fn find(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    id: WebhookEndpointId,
) -> Result<Option<EndpointRow>, sqlx::Error> {
    sqlx::query_as(select_endpoints!("where tenant_id = $1 and id = $2"))
        .bind(tenant)
        .bind(id)
        .fetch_optional(db)
        .await
}

/// The same, locked until the transaction ends.
pub async fn lock(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    id: WebhookEndpointId,
) -> Result<Option<EndpointRow>, sqlx::Error> {
    sqlx::query_as(select_endpoints!("where tenant_id = $1 and id = $2 for update"))
        .bind(tenant)
        .bind(id)
        .fetch_optional(db)
        .await
}

/// Endpoints of all shops behind `after`, locked until the transaction ends.
pub async fn sealed(
    db: impl PgExecutor<'_>,
    after: Option<WebhookEndpointId>,
    limit: i64,
) -> Result<Vec<EndpointRow>, sqlx::Error> {
    sqlx::query_as(select_endpoints!(
        "where $1::uuid is null or id > $1 order by id limit $2 for update"
    ))
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await
}

/// Writes what may change of an endpoint.
pub async fn update(db: impl PgExecutor<'_>, row: &EndpointRow) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update webhooks.endpoint
            set url = $3, description = $4, events = $5, paused = $6, failing_since = $7, rests_until = $8,
                sealed_secret = $9, old_sealed_secret = $10, old_secret_until = $11
          where tenant_id = $1 and id = $2",
    )
    .bind(row.tenant_id)
    .bind(row.id)
    .bind(&row.url)
    .bind(&row.description)
    .bind(&row.events)
    .bind(&row.paused)
    .bind(row.failing_since)
    .bind(row.rests_until)
    .bind(&row.sealed_secret)
    .bind(&row.old_sealed_secret)
    .bind(row.old_secret_until)
    .execute(db)
    .await?;
    Ok(())
}

pub async fn delete(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    id: WebhookEndpointId,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("delete from webhooks.endpoint where tenant_id = $1 and id = $2")
        .bind(tenant)
        .bind(id)
        .execute(db)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Keeps messages of shops that have an endpoint, each once, with a delivery to each endpoint that is told of it; the
/// endpoints that have something to be sent now. Whoever makes an endpoint is not told of what happened before.
pub async fn note(
    conn: &mut PgConnection,
    drafts: &Drafts,
    now: Timestamp,
) -> Result<Vec<(TenantId, WebhookEndpointId)>, sqlx::Error> {
    sqlx::query_as(
        "with told as (
            insert into webhooks.message (tenant_id, id, kind, data, at)
            select d.tenant_id, d.id, d.kind, d.data, d.at
              from unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[], $5::timestamptz[])
                   as d (tenant_id, id, kind, data, at)
             where exists (select from webhooks.endpoint e where e.tenant_id = d.tenant_id)
            on conflict do nothing
            returning tenant_id, id, kind, at),
         sent as (
            insert into webhooks.delivery (tenant_id, endpoint_id, message_id, state, tries, next_at)
            select t.tenant_id, e.id, t.id, 'pending', 0, $6
              from told t
              join webhooks.endpoint e on e.tenant_id = t.tenant_id
             where e.paused is null and (e.events = '{}' or t.kind = any(e.events))
               -- messages have the time of their id, in milliseconds
               and date_trunc('milliseconds', e.created_at) <= t.at
            returning tenant_id, endpoint_id)
         select distinct tenant_id, endpoint_id from sent",
    )
    .bind(&drafts.tenants)
    .bind(&drafts.ids)
    .bind(&drafts.kinds)
    .bind(&drafts.data)
    .bind(&drafts.at)
    .bind(now)
    .fetch_all(conn)
    .await
}

/// A message to one endpoint alone.
pub async fn note_for_one(
    conn: &mut PgConnection,
    endpoint: (TenantId, WebhookEndpointId),
    message: (EventId, &str, serde_json::Value),
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with told as (
            insert into webhooks.message (tenant_id, id, kind, data, at) values ($1, $3, $4, $5, $6))
         insert into webhooks.delivery (tenant_id, endpoint_id, message_id, state, tries, next_at)
         values ($1, $2, $3, 'pending', 0, $6)",
    )
    .bind(endpoint.0)
    .bind(endpoint.1)
    .bind(message.0)
    .bind(message.1)
    .bind(message.2)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the message that has waited longest, for as long as `until`: whoever takes it and is never heard of again does not
/// keep it from being sent.
pub async fn take(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    endpoint: WebhookEndpointId,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Due>, sqlx::Error> {
    sqlx::query_as(
        "with due as (
            select message_id from webhooks.delivery
             where tenant_id = $1 and endpoint_id = $2 and state = 'pending' and next_at <= $3
             order by next_at, message_id
             limit 1
               for update skip locked)
         update webhooks.delivery d
            set next_at = $4
           from due, webhooks.message m
          where d.tenant_id = $1 and d.endpoint_id = $2 and d.message_id = due.message_id
            and m.tenant_id = $1 and m.id = due.message_id
      returning d.message_id, d.tries, m.kind, m.data, m.at, d.next_at as taken_until",
    )
    .bind(tenant)
    .bind(endpoint)
    .bind(now)
    .bind(until)
    .fetch_optional(db)
    .await
}

/// When the next message to an endpoint is due, or may be taken from whoever was never heard of again.
pub async fn next_due(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    endpoint: WebhookEndpointId,
) -> Result<Option<Timestamp>, sqlx::Error> {
    sqlx::query_scalar(
        "select min(next_at) from webhooks.delivery where tenant_id = $1 and endpoint_id = $2 and state = 'pending'",
    )
    .bind(tenant)
    .bind(endpoint)
    .fetch_one(db)
    .await
}

/// How long the last attempt took at the newest message that an endpoint was sent, in milliseconds; none where there is none.
pub async fn last_took(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    endpoint: WebhookEndpointId,
) -> Result<Option<i32>, sqlx::Error> {
    sqlx::query_scalar(
        "select duration_ms from webhooks.attempt
          where tenant_id = $1 and endpoint_id = $2 order by message_id desc, id desc limit 1",
    )
    .bind(tenant)
    .bind(endpoint)
    .fetch_optional(db)
    .await
}

/// Writes down what came of an attempt: `next_at` is when it is tried again, none if it is not. A message that was asked
/// for again meanwhile, or that somebody else has taken, stays as they left it.
pub async fn settle(
    db: impl PgExecutor<'_>,
    endpoint: (TenantId, WebhookEndpointId),
    due: &Due,
    outcome: &Outcome,
    (state, next_at): (DeliveryState, Option<Timestamp>),
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with settled as (
            update webhooks.delivery
               set state = case when next_at = $11 then $4 else state end,
                   tries = case when next_at = $11 then tries + 1 else tries end,
                   next_at = case when next_at = $11 then coalesce($5, next_at) else next_at end
             where tenant_id = $1 and endpoint_id = $2 and message_id = $3
            returning 1)
         insert into webhooks.attempt (tenant_id, endpoint_id, message_id, id, at, status, duration_ms, said)
         select $1, $2, $3, $6, $7, $8, $9, $10 from settled",
    )
    .bind(endpoint.0)
    .bind(endpoint.1)
    .bind(due.message_id)
    .bind(state_name(state))
    .bind(next_at)
    .bind(kernel::uuid_at(outcome.at))
    .bind(outcome.at)
    .bind(
        outcome
            .status
            .map(|status| i16::try_from(status).unwrap_or(i16::MAX)),
    )
    .bind(outcome.duration_ms)
    .bind(&outcome.said)
    .bind(due.taken_until)
    .execute(db)
    .await?;
    Ok(())
}

fn state_name(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Pending => "pending",
        DeliveryState::Delivered => "delivered",
        DeliveryState::Failed => "failed",
    }
}

/// Sends one message again; false when the endpoint never had it.
pub async fn retry(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    endpoint: WebhookEndpointId,
    message: EventId,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "update webhooks.delivery set state = 'pending', tries = 0, next_at = $4
          where tenant_id = $1 and endpoint_id = $2 and message_id = $3",
    )
    .bind(tenant)
    .bind(endpoint)
    .bind(message)
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// A delivery with one of its attempts, or none.
#[derive(sqlx::FromRow)]
struct DeliveryRow {
    message_id: Uuid,
    kind: String,
    state: String,
    at: Timestamp,
    next_at: Timestamp,
    #[sqlx(flatten)]
    attempt: AttemptRow,
}

#[derive(sqlx::FromRow)]
struct AttemptRow {
    tried_at: Option<Timestamp>,
    status: Option<i16>,
    duration_ms: Option<i32>,
    said: Option<String>,
}

impl DeliveryRow {
    fn delivery(&self) -> Delivery {
        let state = match self.state.as_str() {
            "pending" => DeliveryState::Pending,
            "delivered" => DeliveryState::Delivered,
            _ => DeliveryState::Failed,
        };
        Delivery {
            message: EventId(self.message_id),
            event: self.kind.clone(),
            state,
            at: self.at,
            attempts: Vec::new(),
            next_at: (state == DeliveryState::Pending).then_some(self.next_at),
        }
    }
}

impl AttemptRow {
    fn attempt(self) -> Option<Attempt> {
        Some(Attempt {
            at: self.tried_at?,
            status: self.status.and_then(|status| u16::try_from(status).ok()),
            duration_ms: u32::try_from(self.duration_ms?).unwrap_or_default(),
            said: self.said?,
        })
    }
}

/// What is or was on its way to an endpoint, the latest first, from below `after`. In one statement, so that a state and
/// the attempts that led to it are of one moment.
pub async fn deliveries(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    endpoint: WebhookEndpointId,
    after: Option<EventId>,
    limit: i64,
) -> Result<Vec<Delivery>, sqlx::Error> {
    let rows: Vec<DeliveryRow> = sqlx::query_as(
        "select d.message_id, d.kind, d.state, d.at, d.next_at, a.at as tried_at, a.status, a.duration_ms, a.said
           from (select d.message_id, m.kind, d.state, m.at, d.next_at
                   from webhooks.delivery d
                   join webhooks.message m on m.tenant_id = d.tenant_id and m.id = d.message_id
                  where d.tenant_id = $1 and d.endpoint_id = $2 and ($3::uuid is null or d.message_id < $3)
                  order by d.message_id desc
                  limit $4) d
           left join lateral (
                select id, at, status, duration_ms, said from webhooks.attempt
                 where tenant_id = $1 and endpoint_id = $2 and message_id = d.message_id
                 order by id desc
                 limit 20) a on true
          order by d.message_id desc, a.id desc",
    )
    .bind(tenant)
    .bind(endpoint)
    .bind(after)
    .bind(limit)
    .fetch_all(db)
    .await?;
    let mut found: Vec<Delivery> = Vec::new();
    for row in rows {
        if found.last().is_none_or(|last| last.message.0 != row.message_id) {
            found.push(row.delivery());
        }
        if let (Some(delivery), Some(attempt)) = (found.last_mut(), row.attempt.attempt()) {
            delivery.attempts.push(attempt);
        }
    }
    Ok(found)
}

/// Deletes messages older than `before`, with what came of them; how many they were.
pub async fn forget(db: impl PgExecutor<'_>, before: Timestamp, limit: i64) -> Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "delete from webhooks.message m
          using (select tenant_id, id from webhooks.message where at < $1 order by at limit $2) old
          where m.tenant_id = old.tenant_id and m.id = old.id",
    )
    .bind(before)
    .bind(limit)
    .execute(db)
    .await?;
    Ok(done.rows_affected())
}

//! Work to be done later, at least once: enqueued in the transaction that wants it, leased by a worker, repeated with
//! growing pauses, dead after its last attempt.

use crate::Db;
use crate::db::is_outage;
use futures::future::{BoxFuture, FutureExt};
use futures::stream::{FuturesUnordered, StreamExt};
use kernel::{JobId, SharedClock, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{FromRow, PgConnection, Row};
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Signalled when this process has committed a job.
static ENQUEUED: Notify = Notify::const_new();

/// To be called after the commit of a transaction that enqueued: workers need not wait for their next poll.
pub fn wake() {
    ENQUEUED.notify_waiters();
}

/// How long an idle worker waits before it looks again, unless [`wake`] is called.
const POLL: Duration = Duration::from_millis(200);
/// Pause after the database could not be reached.
const OUTAGE_PAUSE: Duration = Duration::from_millis(500);
/// Characters of an error that are kept.
const ERROR_CHARS_MAX: usize = 2_000;

/// What becomes of an open job of the same key.
macro_rules! or_renew {
    () => {
        "on conflict on constraint job_once do update
            set payload = excluded.payload,
                run_at = case job.state when 'dead' then excluded.run_at else least(job.run_at, excluded.run_at) end,
                attempts = case job.state when 'dead' then 0 else job.attempts end,
                error = case job.state when 'dead' then null else job.error end,
                state = 'ready',
                revision = job.revision + 1"
    };
}

/// Takes due jobs whose lease is free. One that took its last attempt and was never heard of again is dead.
macro_rules! lease {
    ($before:literal, $but:literal, $then:literal) => {
        concat!(
            "with ",
            $before,
            "due as (
                select id from store.job
                 where queue = $1 and state = 'ready' and run_at <= $2 and (leased_until is null or leased_until <= $2)",
            $but,
            "
                 order by run_at
                 limit $3
                   for update skip locked),
             leased as (
                update store.job job
                   set attempts = least(attempts + 1, attempts_max), fence = fence + 1,
                       leased_until = case when attempts < attempts_max then $4 end,
                       state = case when attempts < attempts_max then 'ready' else 'dead' end,
                       error = case when attempts < attempts_max then error else coalesce(error, 'its worker died in every attempt') end
                  from due
                 where job.id = due.id
             returning job.id, job.key, job.payload, job.attempts, job.attempts_max, job.run_at, job.error, job.revision, job.fence,
                       job.state)
             ",
            $then
        )
    };
}

const LEASE: &str = lease!("", "", "select * from leased");
/// The same, and jobs that are done end with it, but for those that were asked for again or are just being asked for: who ends
/// several must not wait for one of them, since those who ask for several wait as well. A row even when there is no job: it tells
/// which are gone.
const END_AND_LEASE: &str = lease!(
    "done as (
                select job.id
                  from unnest($5::uuid[], $6::bigint[], $7::int[]) as d (id, fence, revision)
                  join store.job job on job.id = d.id and job.fence = d.fence and job.revision = d.revision
                   for update of job skip locked),
             gone as (
                delete from store.job job
                 using done
                 where job.id = done.id
             returning job.id),
             ",
    " and id <> all ($5)",
    "select ends.gone, leased.* from (select array_agg(id) as gone from gone) as ends left join leased on true"
);

/// A kind of job. One value per kind, shared by those who enqueue and the worker.
#[derive(Clone, Debug)]
pub struct Queue {
    pub name: &'static str,
    pub attempts_max: i32,
    /// Jobs one worker does at a time.
    pub concurrency: usize,
    /// How long a worker may be silent before its job is given to another. A living worker renews it.
    pub lease: Duration,
    /// Pause before the second attempt; doubles with each further one, up to `backoff_max`, and is scattered by a
    /// quarter to either side.
    pub backoff_first: Duration,
    pub backoff_max: Duration,
}

/// A leased or dead job.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Job {
    pub id: JobId,
    pub key: Option<String>,
    pub payload: serde_json::Value,
    /// 1 in the first attempt.
    pub attempts: i32,
    pub attempts_max: i32,
    pub run_at: Timestamp,
    /// What the last failed attempt said.
    pub error: Option<String>,
    /// Tells a renewed wish from the one this attempt serves.
    revision: i32,
    /// Tells this lease from all others: a worker that was thought dead cannot settle what another has taken over.
    fence: i64,
}

impl Job {
    /// The payload as it was enqueued.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(&self.payload)
    }
}

impl Queue {
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self {
            name,
            attempts_max: 8,
            concurrency: 4,
            lease: Duration::from_secs(30),
            backoff_first: Duration::from_secs(1),
            backoff_max: Duration::from_secs(60 * 60),
        }
    }

    /// Enqueues in the caller's transaction: the job exists if and only if its other effects do. Call
    /// [`wake`] after the commit if it should start at once.
    pub async fn enqueue(
        &self,
        conn: &mut PgConnection,
        payload: &impl Serialize,
        run_at: Timestamp,
    ) -> Result<JobId, sqlx::Error> {
        self.insert(conn, None, payload, run_at).await
    }

    /// Enqueues several in one statement.
    pub async fn enqueue_all(
        &self,
        conn: &mut PgConnection,
        payloads: &[impl Serialize],
        run_at: Timestamp,
    ) -> Result<(), sqlx::Error> {
        let payloads: Result<Vec<_>, _> = payloads.iter().map(serde_json::to_value).collect();
        let payloads = payloads.map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
        let ids: Vec<Uuid> = payloads.iter().map(|_| JobId::new(run_at).0).collect();
        sqlx::query(
            "insert into store.job (id, queue, payload, run_at, attempts_max)
             select j.id, $2, j.payload, $4, $5 from unnest($1::uuid[], $3::jsonb[]) as j (id, payload)",
        )
        .bind(ids)
        .bind(self.name)
        .bind(payloads)
        .bind(run_at)
        .bind(self.attempts_max)
        .execute(conn)
        .await?;
        Ok(())
    }

    /// Enqueues unless there is an open job of this key. Then that job gets the new payload and the earlier of both
    /// times; if it is running, it runs again afterwards; if it was dead, it lives again.
    pub async fn enqueue_once(
        &self,
        conn: &mut PgConnection,
        key: &str,
        payload: &impl Serialize,
        run_at: Timestamp,
    ) -> Result<JobId, sqlx::Error> {
        self.insert(conn, Some(key), payload, run_at).await
    }

    /// As [`enqueue_once`](Self::enqueue_once), several in one statement; no two of them have one key.
    pub async fn enqueue_each_once(
        &self,
        conn: &mut PgConnection,
        jobs: &[(String, impl Serialize, Timestamp)],
    ) -> Result<(), sqlx::Error> {
        let payloads: Result<Vec<_>, _> = jobs.iter().map(|(_, job, _)| serde_json::to_value(job)).collect();
        let payloads = payloads.map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
        let ids: Vec<Uuid> = jobs.iter().map(|(_, _, run_at)| JobId::new(*run_at).0).collect();
        let keys: Vec<&str> = jobs.iter().map(|(key, ..)| key.as_str()).collect();
        let times: Vec<Timestamp> = jobs.iter().map(|(_, _, run_at)| *run_at).collect();
        sqlx::query(concat!(
            "insert into store.job as job (id, queue, key, payload, run_at, attempts_max)
             select j.id, $2, j.key, j.payload, j.run_at, $6
               from unnest($1::uuid[], $3::text[], $4::jsonb[], $5::timestamptz[]) as j (id, key, payload, run_at) ",
            or_renew!()
        ))
        .bind(ids)
        .bind(self.name)
        .bind(keys)
        .bind(payloads)
        .bind(times)
        .bind(self.attempts_max)
        .execute(conn)
        .await?;
        Ok(())
    }

    async fn insert(
        &self,
        conn: &mut PgConnection,
        key: Option<&str>,
        payload: &impl Serialize,
        run_at: Timestamp,
    ) -> Result<JobId, sqlx::Error> {
        let payload = serde_json::to_value(payload).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
        sqlx::query_scalar(concat!(
            "insert into store.job as job (id, queue, key, payload, run_at, attempts_max)
             values ($1, $2, $3, $4, $5, $6) ",
            or_renew!(),
            " returning id"
        ))
        .bind(JobId::new(run_at))
        .bind(self.name)
        .bind(key)
        .bind(payload)
        .bind(run_at)
        .bind(self.attempts_max)
        .fetch_one(conn)
        .await
    }

    /// Hands jobs to `handler` until `cancel`; then finishes those it has begun. A job may come twice (its worker was
    /// thought dead), so the handler's effects are keyed by the job's id or safe to repeat. Any number of workers of
    /// one queue share its jobs.
    pub async fn work<E, H>(&self, db: &Db, cancel: CancellationToken, clock: SharedClock, handler: H)
    where
        E: std::fmt::Display + Send,
        H: for<'j> Fn(&'j Job) -> BoxFuture<'j, Result<(), E>> + Send + Sync,
    {
        let mut running = FuturesUnordered::new();
        // Done, and still there.
        let mut ended: Vec<Job> = Vec::new();
        // Those that do not end with a turn end each by itself, and take a place as if they still ran.
        let end = |job: Job| self.end(db, job).right_future();
        loop {
            let enqueued = ENQUEUED.notified();
            let room = self.concurrency.saturating_sub(running.len());
            let (mut pause, mut may_be_more) = (POLL, false);
            if cancel.is_cancelled() {
                running.extend(ended.drain(..).map(end));
            } else if room > 0 || !ended.is_empty() {
                let done = std::mem::take(&mut ended);
                let turn = self.turn(db, &clock, &done, room);
                match beside(&mut running, &mut ended, turn).await {
                    Ok((jobs, left)) => {
                        may_be_more = jobs.len() >= room || !ended.is_empty();
                        running.extend(
                            jobs.into_iter()
                                .map(|job| self.attempt(db, &clock, &handler, job).left_future()),
                        );
                        running.extend(left.into_iter().map(end));
                    }
                    Err(error) => {
                        tracing::warn!(queue = self.name, %error, "jobs cannot be read");
                        pause = OUTAGE_PAUSE;
                        running.extend(done.into_iter().map(end));
                    }
                }
            }
            if running.is_empty() && ended.is_empty() && cancel.is_cancelled() {
                return;
            }
            // Some ended meanwhile.
            if may_be_more && running.len() < self.concurrency {
                continue;
            }
            tokio::select! {
                Some(done) = running.next(), if !running.is_empty() => ended.extend(done),
                () = cancel.cancelled(), if !cancel.is_cancelled() => {}
                _ = tokio::time::timeout(pause, enqueued) => {}
            }
        }
    }

    /// Runs the handler while renewing the lease. Gives the job where it is done; one that failed is settled.
    async fn attempt<E, H>(&self, db: &Db, clock: &SharedClock, handler: &H, job: Job) -> Option<Job>
    where
        E: std::fmt::Display,
        H: for<'j> Fn(&'j Job) -> BoxFuture<'j, Result<(), E>>,
    {
        let outcome = {
            let mut work = handler(&job);
            loop {
                tokio::select! {
                    outcome = &mut work => break outcome,
                    () = tokio::time::sleep(self.lease / 3) => {
                        if let Err(error) = self.renew(db, clock, &job).await {
                            tracing::warn!(queue = self.name, job = %job.id, %error, "a lease cannot be renewed");
                        }
                    }
                }
            }
        };
        let label = if outcome.is_ok() { "done" } else { "failed" };
        metrics::counter!("jobs_total", "queue" => self.name, "outcome" => label).increment(1);
        let Err(error) = outcome else {
            return Some(job);
        };
        if let Err(error) = self.failed(db, clock, &job, &error.to_string()).await {
            self.not_settled(&job, &error);
        }
        None
    }

    /// Its lease runs out and it comes again.
    fn not_settled(&self, job: &Job, error: &sqlx::Error) {
        let is_outage = is_outage(error);
        tracing::warn!(queue = self.name, job = %job.id, %error, is_outage, "a job cannot be settled");
    }

    /// Ends a job that is done, once nobody holds it any more. Nothing is left of it.
    async fn end(&self, db: &Db, job: Job) -> Option<Job> {
        if let Err(error) = self.done(db, &job).await {
            self.not_settled(&job, &error);
        }
        None
    }

    /// Ends jobs that are done and takes due ones, by one statement. Those that were done and are still there come beside.
    async fn turn(
        &self,
        db: &Db,
        clock: &SharedClock,
        done: &[Job],
        room: usize,
    ) -> Result<(Vec<Job>, Vec<Job>), sqlx::Error> {
        if done.is_empty() {
            return Ok((self.lease_due(db, clock, room).await?, Vec::new()));
        }
        let (jobs, gone) = self.end_and_lease_due(db, clock, done, room).await?;
        let left = done.iter().filter(|job| !gone.contains(&job.id.0));
        Ok((jobs, left.cloned().collect()))
    }

    async fn lease_due(&self, db: &Db, clock: &SharedClock, limit: usize) -> Result<Vec<Job>, sqlx::Error> {
        let now = clock.now();
        let leased: Vec<Leased> = sqlx::query_as(LEASE)
            .bind(self.name)
            .bind(now)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .bind(now + self.lease)
            .fetch_all(db.pool())
            .await?;
        Ok(alive(leased))
    }

    /// Which of those that are done are gone comes beside.
    async fn end_and_lease_due(
        &self,
        db: &Db,
        clock: &SharedClock,
        done: &[Job],
        limit: usize,
    ) -> Result<(Vec<Job>, Vec<Uuid>), sqlx::Error> {
        let now = clock.now();
        let ids: Vec<Uuid> = done.iter().map(|job| job.id.0).collect();
        let fences: Vec<i64> = done.iter().map(|job| job.fence).collect();
        let revisions: Vec<i32> = done.iter().map(|job| job.revision).collect();
        let rows = sqlx::query(END_AND_LEASE)
            .bind(self.name)
            .bind(now)
            .bind(i64::try_from(limit).unwrap_or(i64::MAX))
            .bind(now + self.lease)
            .bind(ids)
            .bind(fences)
            .bind(revisions)
            .fetch_all(db.pool())
            .await?;
        let (mut leased, mut gone) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in &rows {
            gone = row.try_get::<Option<Vec<Uuid>>, _>("gone")?.unwrap_or_default();
            if row.try_get::<Option<JobId>, _>("id")?.is_some() {
                leased.push(Leased::from_row(row)?);
            }
        }
        Ok((alive(leased), gone))
    }

    async fn renew(&self, db: &Db, clock: &SharedClock, job: &Job) -> Result<(), sqlx::Error> {
        sqlx::query("update store.job set leased_until = $3 where id = $1 and fence = $2 and leased_until is not null")
            .bind(job.id)
            .bind(job.fence)
            .bind(clock.now() + self.lease)
            .execute(db.pool())
            .await?;
        Ok(())
    }

    async fn done(&self, db: &Db, job: &Job) -> Result<(), sqlx::Error> {
        let deleted = sqlx::query("delete from store.job where id = $1 and fence = $2 and revision = $3")
            .bind(job.id)
            .bind(job.fence)
            .bind(job.revision)
            .execute(db.pool())
            .await?;
        if deleted.rows_affected() == 1 {
            return Ok(());
        }
        self.again(db, job).await
    }

    /// It was asked for again while it ran: its next run is a first attempt.
    async fn again(&self, db: &Db, job: &Job) -> Result<(), sqlx::Error> {
        sqlx::query(
            "update store.job set leased_until = null, attempts = 0, error = null
              where id = $1 and fence = $2 and revision > $3",
        )
        .bind(job.id)
        .bind(job.fence)
        .bind(job.revision)
        .execute(db.pool())
        .await?;
        Ok(())
    }

    async fn failed(&self, db: &Db, clock: &SharedClock, job: &Job, error: &str) -> Result<(), sqlx::Error> {
        let is_last = job.attempts >= job.attempts_max;
        tracing::warn!(queue = self.name, job = %job.id, attempts = job.attempts, is_last, error, "a job failed");
        sqlx::query(
            "update store.job
                set leased_until = null, error = $4, run_at = $5,
                    state = case when $6 and revision = $3 then 'dead' else 'ready' end,
                    attempts = case when revision = $3 then attempts else 0 end
              where id = $1 and fence = $2",
        )
        .bind(job.id)
        .bind(job.fence)
        .bind(job.revision)
        .bind(cut(error))
        .bind(clock.now() + self.backoff(job.attempts))
        .bind(is_last)
        .execute(db.pool())
        .await?;
        Ok(())
    }

    fn backoff(&self, attempts: i32) -> Duration {
        let doublings = u32::try_from(attempts - 1).unwrap_or(0).min(31);
        let pause = self
            .backoff_first
            .saturating_mul(1 << doublings)
            .min(self.backoff_max);
        pause * rand::random_range(75..=125) / 100
    }

    /// Jobs that ran out of attempts, oldest first, behind `after`.
    pub async fn dead(
        &self,
        conn: &mut PgConnection,
        after: Option<JobId>,
        limit: i64,
    ) -> Result<Vec<Job>, sqlx::Error> {
        sqlx::query_as(
            "select id, key, payload, attempts, attempts_max, run_at, error, revision, fence
               from store.job
              where queue = $1 and state = 'dead' and ($2::uuid is null or id > $2)
              order by id
              limit $3",
        )
        .bind(self.name)
        .bind(after)
        .bind(limit)
        .fetch_all(conn)
        .await
    }

    /// Gives a dead job new attempts from now on. False when there is no such dead job.
    pub async fn retry(
        &self,
        conn: &mut PgConnection,
        id: JobId,
        now: Timestamp,
    ) -> Result<bool, sqlx::Error> {
        let revived = sqlx::query(
            "update store.job set state = 'ready', attempts = 0, run_at = $3, leased_until = null
              where queue = $1 and id = $2 and state = 'dead'",
        )
        .bind(self.name)
        .bind(id)
        .bind(now)
        .execute(conn)
        .await?;
        Ok(revived.rows_affected() == 1)
    }

    /// Gives a dead job up for good. False when there is no such dead job.
    pub async fn discard(&self, conn: &mut PgConnection, id: JobId) -> Result<bool, sqlx::Error> {
        let deleted = sqlx::query("delete from store.job where queue = $1 and id = $2 and state = 'dead'")
            .bind(self.name)
            .bind(id)
            .execute(conn)
            .await?;
        Ok(deleted.rows_affected() == 1)
    }

    /// Jobs of this queue that are not dead: due, waiting or running.
    pub async fn open(&self, conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
        sqlx::query_scalar("select count(*) from store.job where queue = $1 and state = 'ready'")
            .bind(self.name)
            .fetch_one(conn)
            .await
    }
}

#[derive(sqlx::FromRow)]
struct Leased {
    #[sqlx(flatten)]
    job: Job,
    state: String,
}

/// Those that have attempts left.
fn alive(leased: Vec<Leased>) -> Vec<Job> {
    let alive = leased.into_iter().filter(|leased| leased.state == "ready");
    alive.map(|leased| leased.job).collect()
}

/// What `one` comes to, while `others` go on; those of them that end are kept in `ended`. A connection that becomes free is given
/// to whoever has waited for it longest: one that nobody polls would keep it, and `one` wait for ever.
async fn beside<T>(
    others: &mut FuturesUnordered<impl Future<Output = Option<Job>>>,
    ended: &mut Vec<Job>,
    one: impl Future<Output = T>,
) -> T {
    let mut one = std::pin::pin!(one);
    loop {
        tokio::select! {
            came = &mut one => return came,
            Some(done) = others.next() => ended.extend(done),
        }
    }
}

fn cut(error: &str) -> String {
    // PostgreSQL's text has no NUL.
    error
        .chars()
        .filter(|c| *c != '\0')
        .take(ERROR_CHARS_MAX)
        .collect()
}

//! Messages are sent. A job is about one endpoint, and sends what waits for it one after another; between two transactions, so
//! that nothing is locked while somebody else's server thinks.

use crate::app::{DELIVER, Hooks, Waiting, mark};
use crate::domain;
use crate::error::Error;
use crate::lanes::{Pace, Room};
use crate::store::{self, Due, EndpointRow, Outcome};
use ::store::jobs::Job;
use ::store::{Scope, jobs, log};
use bytes::Bytes;
use chrono::TimeDelta;
use contracts::webhooks::{DeliveryState, EndpointPaused};
use http_body_util::{BodyExt, Full, Limited};
use httpkit::webhook::Secret;
use hyper::header::{CONTENT_TYPE, USER_AGENT};
use hyper::{Request, StatusCode, Uri};
use kernel::{Ctx, SharedClock, Timestamp};
use serde_json::json;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use wire::Unreached;

/// How long an endpoint may take to answer.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How long one job goes on with one endpoint before others have their turn.
const TURN: Duration = Duration::from_secs(5);
/// When somebody looks again at an endpoint that another is at, and at one for which there was no room.
const BUSY_FOR: TimeDelta = TimeDelta::seconds(1);
const FULL_FOR: TimeDelta = TimeDelta::seconds(5);
/// After so long a message that was taken is sent by somebody else.
const TAKEN_FOR: TimeDelta = TimeDelta::minutes(2);
/// Bytes of an answer that are kept.
const SAID_BYTES_MAX: usize = 500;
/// Bytes of an answer that are read.
const READ_BYTES_MAX: usize = 64 * 1024;

/// Sends what waits, until `stop`.
pub async fn deliver(hooks: Hooks, clock: SharedClock, stop: CancellationToken) {
    let (now, stopping) = (clock.clone(), stop.clone());
    DELIVER
        .work(hooks.db(), stop, clock, |job: &Job| {
            let (hooks, clock, stop) = (hooks.clone(), now.clone(), stopping.clone());
            Box::pin(async move {
                let waiting: Waiting = job.read()?;
                turn(&hooks, &clock, &stop, waiting).await
            })
        })
        .await;
}

/// What one look at an endpoint found.
enum Look {
    /// A message is ours now.
    Taken(Box<EndpointRow>, Due),
    /// There is more to be sent now.
    More,
    /// Nothing is to be done before then.
    Later(Timestamp),
    Nothing,
}

async fn turn(
    hooks: &Hooks,
    clock: &SharedClock,
    stop: &CancellationToken,
    of: Waiting,
) -> Result<(), Error> {
    let pace = pace(hooks, of).await?;
    let lane = match hooks.lanes().enter(of.tenant, of.endpoint, pace) {
        Room::Lane(lane) => lane,
        Room::Busy => return come_back(hooks, of, clock.now() + BUSY_FOR).await,
        Room::Full => return come_back(hooks, of, clock.now() + FULL_FOR).await,
    };
    let began = Instant::now();
    while began.elapsed() < TURN && !stop.is_cancelled() {
        match look(hooks, of, clock.now()).await? {
            Look::Taken(row, due) => {
                let outcome = send(hooks, &row, &due, clock.now()).await?;
                settle(hooks, clock, of, &due, &outcome).await?;
                let took = Duration::from_millis(u64::try_from(outcome.duration_ms).unwrap_or_default());
                if !lane.may_go_on(took) {
                    return come_back(hooks, of, clock.now() + FULL_FOR).await;
                }
            }
            Look::More => {}
            Look::Later(at) => return come_back(hooks, of, at).await,
            Look::Nothing => return Ok(()),
        }
    }
    come_back(hooks, of, clock.now()).await
}

/// How an endpoint answered the last time: this process, or the one that asked it last.
async fn pace(hooks: &Hooks, of: Waiting) -> Result<Pace, Error> {
    if let Some(pace) = hooks.lanes().pace(of.endpoint) {
        return Ok(pace);
    }
    let mut tx = hooks.db().begin(Scope::Tenant(of.tenant)).await?;
    let took = store::last_took(&mut *tx, of.tenant, of.endpoint).await?;
    tx.commit().await?;
    let took = took.and_then(|took| u64::try_from(took).ok());
    Ok(took.map_or(Pace::Slow, |took| Pace::of(Duration::from_millis(took))))
}

/// Takes the next message, in a transaction of its own: nothing is locked while it is sent.
async fn look(hooks: &Hooks, of: Waiting, now: Timestamp) -> Result<Look, Error> {
    let mut tx = hooks.db().begin(Scope::Tenant(of.tenant)).await?;
    let row = store::find(&mut *tx, of.tenant, of.endpoint).await?;
    let Some(row) = row.filter(|row| row.paused.is_none()) else {
        return Ok(Look::Nothing);
    };
    if let Some(until) = row.rests_until.filter(|until| *until > now) {
        return Ok(Look::Later(until));
    }
    let until = now + TAKEN_FOR;
    if let Some(due) = store::take(&mut *tx, of.tenant, of.endpoint, now, until).await? {
        tx.commit().await?;
        return Ok(Look::Taken(Box::new(row), due));
    }
    // What is sent again follows when nothing else is to be sent.
    if store::replay::go_on(&mut tx, &row, now).await? {
        tx.commit().await?;
        return Ok(Look::More);
    }
    // What waits for its next attempt, and what was taken by somebody who is never heard of again.
    let next = store::next_due(&mut *tx, of.tenant, of.endpoint).await?;
    tx.commit().await?;
    Ok(next.map_or(Look::Nothing, Look::Later))
}

/// Lets another job go on, no earlier than `at`. Jobs of the same second are one.
async fn come_back(hooks: &Hooks, of: Waiting, at: Timestamp) -> Result<(), Error> {
    let mut tx = hooks.db().begin(Scope::System).await?;
    let key = format!("{}/{}", of.endpoint, at.timestamp());
    DELIVER.enqueue_once(&mut tx, &key, &of, at).await?;
    tx.commit().await?;
    jobs::wake();
    Ok(())
}

/// The same bytes however often they are sent.
fn body(due: &Due) -> Vec<u8> {
    json!({"type": due.kind, "version": 1, "timestamp": due.at, "data": due.data})
        .to_string()
        .into_bytes()
}

/// Asks once. That nobody answers is an outcome as well.
async fn send(hooks: &Hooks, row: &EndpointRow, due: &Due, now: Timestamp) -> Result<Outcome, Error> {
    let (id, body) = (due.message_id.to_string(), body(due));
    let mut timestamp = String::new();
    let mut signatures = Vec::new();
    for secret in hooks.secrets(row, now)? {
        let signed = Secret::new(secret).sign(&id, now, body.clone());
        timestamp = signed.timestamp;
        signatures.push(signed.signature);
    }
    let request = row.url.parse::<Uri>().ok().and_then(|uri| {
        Request::post(uri)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "Stoa-Webhooks")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp)
            .header("webhook-signature", signatures.join(" "))
            .body(Full::new(Bytes::from(body)))
            .ok()
    });
    let began = Instant::now();
    let (status, said) = match request {
        Some(request) => match tokio::time::timeout(TIMEOUT, ask(hooks, request)).await {
            Ok(answered) => answered,
            Err(_) => (None, format!("no answer within {} s", TIMEOUT.as_secs())),
        },
        None => (None, "this is no address".to_owned()),
    };
    Ok(Outcome {
        at: now,
        status: status.map(|status| status.as_u16()),
        duration_ms: i32::try_from(began.elapsed().as_millis()).unwrap_or(i32::MAX),
        said,
    })
}

async fn ask(hooks: &Hooks, request: Request<Full<Bytes>>) -> (Option<StatusCode>, String) {
    let answer = match hooks.public().ask(request).await {
        Ok(answer) => answer,
        Err(Unreached::Refused(why) | Unreached::Silent(why)) => return (None, why),
    };
    let status = answer.status();
    let said = match Limited::new(answer.into_body(), READ_BYTES_MAX).collect().await {
        Ok(body) => beginning(&body.to_bytes()),
        // It was answered all the same.
        Err(_) => String::new(),
    };
    (Some(status), said)
}

/// What is kept of an answer: text, without what a column cannot hold.
fn beginning(body: &[u8]) -> String {
    let cut = &body[..body.len().min(SAID_BYTES_MAX)];
    String::from_utf8_lossy(cut).replace('\0', "")
}

/// Writes down what came of it, and when it is tried again. What has failed for long is given up, and its shop is told.
async fn settle(
    hooks: &Hooks,
    clock: &SharedClock,
    of: Waiting,
    due: &Due,
    outcome: &Outcome,
) -> Result<(), Error> {
    let now = clock.now();
    let is_taken = outcome.status.is_some_and(|status| (200..300).contains(&status));
    let next_at = match is_taken {
        true => None,
        false => {
            let tries = due.tries.saturating_add(1);
            let chance = domain::chance((of.endpoint.0, due.message_id, tries));
            domain::pause_after(tries, chance).map(|pause| now + pause)
        }
    };
    let state = match (is_taken, next_at) {
        (true, _) => DeliveryState::Delivered,
        (false, Some(_)) => DeliveryState::Pending,
        (false, None) => DeliveryState::Failed,
    };
    let mut tx = hooks.db().begin(Scope::Tenant(of.tenant)).await?;
    // Deleted meanwhile, nothing is to be written down.
    let Some(mut row) = store::lock(&mut *tx, of.tenant, of.endpoint).await? else {
        return Ok(());
    };
    store::settle(&mut *tx, (of.tenant, of.endpoint), due, outcome, (state, next_at)).await?;
    let was_well = row.failing_since.is_none() && row.rests_until.is_none();
    let is_given_up = mark(&mut row, (!is_taken).then_some(outcome.status), now);
    if !(is_taken && was_well) {
        store::update(&mut *tx, &row).await?;
    }
    if is_given_up {
        let host = row.url.parse::<Uri>().ok();
        let host = host.as_ref().and_then(Uri::host).unwrap_or_default();
        let event = EndpointPaused {
            endpoint: of.endpoint,
            tenant: of.tenant,
            host: host.to_owned(),
        };
        log::append(&mut tx, &Ctx::system(DELIVER.name, now), &event).await?;
    }
    tx.commit().await?;
    if is_given_up {
        log::wake();
    }
    Ok(())
}

//! Pages that bring themselves up to date: they are told that something changed, and fetch themselves anew.
//!
//! One reader of the log per process hears what happens ([`Live::hear`]) and wakes the connections that wait for it, in
//! memory: a connection asks the database nothing. What is sent says that something changed and never what, so that a page
//! shows what its visitor may see by then, and nobody else's things travel.

use super::failure::Failure;
use super::visit::Visit;
use super::{Shop, orders};
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use contracts::cart::CartOwner;
use contracts::identity::{Credential, Principal};
use contracts::inventory::LowStock;
use contracts::ledger::{PayoutFailed, PayoutPaid, PayoutReturned};
use contracts::orders::{
    DownloadsReady, OrderCancelled, OrderConfirmed, OrderPlaced, OrderReaddressed, OrderReopened,
    ParcelDelivered, ReturnChanged, SubOrderCancelled, SubOrderDelivered, SubOrderPacked, SubOrderRefunded,
    SubOrderShipped, SubOrderUnitsCancelled,
};
use contracts::payments::{PaymentCaptured, PaymentDeclined, PaymentRefunded};
use contracts::shipping::ShipmentProgressed;
use contracts::tenants::{ShopApplied, ShopChanged};
use contracts::{Envelope, PublicEvent};
use futures::future::BoxFuture;
use futures::stream;
use httpkit::Auth;
use kernel::{Ctx, Fault, Kind, OrderId, Permission, SharedClock, TenantId, Timestamp};
use serde::Deserialize;
use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;

/// Connections of one process. Pages that find no place stay as they were loaded.
const CONNECTIONS_MAX: usize = 1_024;
/// Connections of one session: browsers that speak HTTP/1.1 open six to one address, and pages need some of them.
const SESSION_CONNECTIONS_MAX: usize = 4;
/// What was told so lately is remembered for connections that come a moment after their page.
const TOLD_MAX: usize = 8_192;
/// Clocks of several processes differ by less, and tables that are made from the log are behind it by less.
const SLACK_MS: i64 = 2_000;
/// How long after a change its page is fetched: several changes at once are one, and tables made from the log catch up.
const SETTLE: Duration = Duration::from_millis(400);
/// The same of the marketplace's sums, which are mended behind the log, some days of them at once.
const MARKET_SETTLE: Duration = Duration::from_secs(3);
/// Pages of one order or one shop's orders are told no more often than this.
const PACE: Duration = Duration::from_secs(2);
/// The same of pages that add up much.
const SLOW_PACE: Duration = Duration::from_secs(15);
/// Something is sent so often at least: whatever stands between sees that the connection lives.
const BEAT: Duration = Duration::from_secs(20);
/// Whether the session is still one is asked so often, and before each change that is told.
const SESSION_CHECK: Duration = Duration::from_secs(60);
/// A connection is let go after so long: its browser comes again by itself.
const LIFE: Duration = Duration::from_secs(30 * 60);
/// How long browsers wait before they come again.
const RETRY: Duration = Duration::from_secs(5);

/// What a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Subject {
    Order(OrderId),
    /// The orders of a shop.
    Sales(TenantId),
    /// All that a shop's first page counts.
    Desk(TenantId),
    /// The marketplace as a whole.
    Market,
}

impl Subject {
    const fn pace(self) -> Duration {
        match self {
            Self::Order(_) | Self::Sales(_) => PACE,
            Self::Desk(_) | Self::Market => SLOW_PACE,
        }
    }

    const fn settle(self) -> Duration {
        match self {
            Self::Order(_) | Self::Sales(_) | Self::Desk(_) => SETTLE,
            Self::Market => MARKET_SETTLE,
        }
    }
}

/// Who waits for what, and what was told lately.
struct Heard {
    waiting: HashMap<Subject, watch::Sender<()>>,
    /// Connections of each session.
    sessions: HashMap<String, usize>,
    connections: usize,
    /// Milliseconds since the epoch; the oldest first.
    told: VecDeque<(i64, Subject)>,
    /// What was told before is not known any more.
    forgotten_until: i64,
    is_closed: bool,
}

/// The connections of a process. Cheap to clone.
#[derive(Clone)]
pub struct Live {
    clock: SharedClock,
    heard: Arc<Mutex<Heard>>,
}

impl Live {
    /// What [`hear`](Self::hear) wants to hear of.
    pub const TOPICS: [&'static str; 24] = [
        OrderPlaced::TOPIC,
        OrderConfirmed::TOPIC,
        OrderCancelled::TOPIC,
        OrderReopened::TOPIC,
        OrderReaddressed::TOPIC,
        DownloadsReady::TOPIC,
        SubOrderPacked::TOPIC,
        SubOrderShipped::TOPIC,
        ParcelDelivered::TOPIC,
        SubOrderDelivered::TOPIC,
        SubOrderCancelled::TOPIC,
        SubOrderUnitsCancelled::TOPIC,
        SubOrderRefunded::TOPIC,
        ReturnChanged::TOPIC,
        PaymentCaptured::TOPIC,
        PaymentDeclined::TOPIC,
        PaymentRefunded::TOPIC,
        ShipmentProgressed::TOPIC,
        PayoutPaid::TOPIC,
        PayoutFailed::TOPIC,
        PayoutReturned::TOPIC,
        ShopApplied::TOPIC,
        ShopChanged::TOPIC,
        LowStock::TOPIC,
    ];

    #[must_use]
    pub fn new(clock: SharedClock) -> Self {
        let heard = Heard {
            waiting: HashMap::new(),
            sessions: HashMap::new(),
            connections: 0,
            told: VecDeque::new(),
            forgotten_until: clock.now().timestamp_millis(),
            is_closed: false,
        };
        Self {
            clock,
            heard: Arc::new(Mutex::new(heard)),
        }
    }

    /// For what goes on longer than the request that began it.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Wakes whoever waits for what these events concern.
    pub fn hear<'e>(&self, events: impl IntoIterator<Item = &'e Envelope>) {
        let mut changed: Vec<Subject> = events.into_iter().flat_map(subjects).collect();
        changed.sort_unstable();
        changed.dedup();
        let now = self.clock.now().timestamp_millis();
        let mut heard = self.heard();
        for subject in changed {
            if let Some(waiting) = heard.waiting.get(&subject) {
                waiting.send_replace(());
            }
            heard.told.push_back((now, subject));
        }
        while heard.told.len() > TOLD_MAX {
            if let Some((at, _)) = heard.told.pop_front() {
                heard.forgotten_until = at;
            }
        }
    }

    /// Ends all connections, and takes no more: the process stops.
    pub fn close(&self) {
        let mut heard = self.heard();
        heard.is_closed = true;
        heard.waiting.clear();
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one more connection. `since` is when its page was written, or when it heard something last.
    fn enter(
        &self,
        subject: Subject,
        key: String,
        since: Option<i64>,
        is_there: IsThere,
    ) -> Result<Listener, Fault> {
        let mut heard = self.heard();
        let own = heard.sessions.get(&key).copied().unwrap_or(0);
        if heard.is_closed || heard.connections >= CONNECTIONS_MAX || own >= SESSION_CONNECTIONS_MAX {
            return Err(Fault::unavailable("events"));
        }
        heard.connections += 1;
        heard.sessions.insert(key.clone(), own + 1);
        let waiting = heard.waiting.entry(subject);
        let told = waiting.or_insert_with(|| watch::Sender::new(())).subscribe();
        let now = Instant::now();
        let is_late = since.is_some_and(|since| heard.told_since(since, subject));
        drop(heard);
        Ok(Listener {
            told,
            due: is_late.then(|| now + subject.settle()),
            last: None,
            beat: now + BEAT,
            check: now + SESSION_CHECK,
            ends: now + LIFE,
            is_new: true,
            is_over: false,
            is_there,
            place: Place {
                live: self.clone(),
                subject,
                key,
            },
        })
    }
}

impl Heard {
    /// Whether something may have been told of it since.
    fn told_since(&self, since: i64, subject: Subject) -> bool {
        let from = since.saturating_sub(SLACK_MS);
        let mut lately = self.told.iter().rev().take_while(|(at, _)| *at >= from);
        since < self.forgotten_until || lately.any(|(_, told)| *told == subject)
    }
}

/// What is read of any event: of whose order it tells, and of which shops.
#[derive(Deserialize)]
struct Concerned {
    order: Option<OrderId>,
    #[serde(default)]
    tenants: Vec<TenantId>,
}

fn subjects(event: &Envelope) -> Vec<Subject> {
    let Ok(concerned) = Concerned::deserialize(&event.payload) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for tenant in concerned.tenants.iter().copied().chain(event.tenant) {
        found.push(Subject::Desk(tenant));
        if concerned.order.is_some() {
            found.push(Subject::Sales(tenant));
        }
    }
    found.extend(concerned.order.map(Subject::Order));
    // What runs low is its shop's own affair.
    if event.topic != LowStock::TOPIC {
        found.push(Subject::Market);
    }
    found
}

/// Whether whoever listens may still hear.
type IsThere = Box<dyn Fn() -> BoxFuture<'static, bool> + Send + Sync>;

/// One connection.
struct Listener {
    /// Before `place`: it is gone by the time that its place is given back.
    told: watch::Receiver<()>,
    /// When the next change is to be told of, if there is one.
    due: Option<Instant>,
    last: Option<Instant>,
    beat: Instant,
    check: Instant,
    ends: Instant,
    is_new: bool,
    is_over: bool,
    is_there: IsThere,
    place: Place,
}

struct Place {
    live: Live,
    subject: Subject,
    key: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut heard = self.live.heard();
        heard.connections = heard.connections.saturating_sub(1);
        let left = heard
            .sessions
            .get(&self.key)
            .map_or(0, |own| own.saturating_sub(1));
        if left == 0 {
            heard.sessions.remove(&self.key);
        } else {
            heard.sessions.insert(self.key.clone(), left);
        }
        let is_alone = heard
            .waiting
            .get(&self.subject)
            .is_some_and(|waiting| waiting.receiver_count() == 0);
        if is_alone {
            heard.waiting.remove(&self.subject);
        }
    }
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Hello,
    Beat,
    Changed,
}

impl Listener {
    /// What is sent next; none at the end.
    async fn next(&mut self) -> Option<Said> {
        if self.is_over {
            return None;
        }
        if std::mem::take(&mut self.is_new) {
            return Some(Said::Hello);
        }
        loop {
            let until = self.due.map_or(self.beat, |due| due.min(self.beat));
            tokio::select! {
                told = self.told.changed() => {
                    // Nobody tells any more: the process stops.
                    told.ok()?;
                    let subject = self.place.subject;
                    let (soon, pace) = (Instant::now() + subject.settle(), subject.pace());
                    let due = self.last.map_or(soon, |last| soon.max(last + pace));
                    self.due = self.due.or(Some(due));
                    continue;
                }
                () = tokio::time::sleep_until(until) => {}
            }
            let now = Instant::now();
            self.is_over = now >= self.ends;
            // What waits to be told is told before the end.
            let is_due = self.due.is_some_and(|due| due <= now || self.is_over);
            if self.is_over && !is_due {
                return None;
            }
            if is_due || now >= self.check {
                self.check = now + SESSION_CHECK;
                if !(self.is_there)().await {
                    return None;
                }
            }
            if is_due {
                (self.due, self.last) = (None, Some(now));
                return Some(Said::Changed);
            }
            self.beat = now + BEAT;
            return Some(Said::Beat);
        }
    }

    /// Up to when all was told; none while a change waits to be.
    fn told_until(&self) -> Option<i64> {
        let now = || self.place.live.now().timestamp_millis();
        self.due.is_none().then(now)
    }

    /// It says up to when all was told: a browser that comes again says that back. Without data its page hears nothing.
    fn event(&self, said: Said) -> Event {
        let told_until = self.told_until();
        let event = match told_until {
            Some(until) => Event::default().id(until.to_string()),
            None => Event::default(),
        };
        match said {
            Said::Hello => event.retry(RETRY),
            // An event has something in it.
            Said::Beat if told_until.is_none() => event.comment("beat"),
            Said::Beat => event,
            Said::Changed => event.data("changed"),
        }
    }
}

/// Where a page of this path listens, for one that is written now.
pub fn address(path: &str, ctx: &Ctx) -> String {
    format!("{path}/events?since={}", ctx.now.timestamp_millis())
}

/// Somebody who comes to listen.
pub struct Arrival {
    shop: Shop,
    visit: Visit,
    auth: Auth,
    /// When the page was written, or when it heard something last.
    since: Option<i64>,
}

#[derive(Deserialize)]
struct Written {
    since: Option<i64>,
}

impl FromRequestParts<Shop> for Arrival {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Self, Failure> {
        let visit = Visit::from_request_parts(parts, shop).await?;
        let auth = parts
            .extensions
            .get::<Auth>()
            .cloned()
            .ok_or_else(Fault::internal)?;
        let Query(written) =
            Query::<Written>::try_from_uri(&parts.uri).map_err(|_| Fault::not_found("page"))?;
        Ok(Self {
            shop: shop.clone(),
            visit,
            auth,
            since: since(&written, &parts.headers),
        })
    }
}

/// `/orders/{id}/events`
pub async fn order(arrival: Arrival, Path(id): Path<OrderId>) -> Result<Response, Failure> {
    let (owner, _) = orders::find(&arrival.shop, &arrival.visit, id).await?;
    match owner {
        CartOwner::User(_) => arrival.listen(Subject::Order(id)),
        // A guest has no session that could end: who has the secret has the order.
        CartOwner::Guest(secret) => {
            let is_there: IsThere = Box::new(|| Box::pin(async { true }));
            arrival.enter(Subject::Order(id), secret, is_there)
        }
    }
}

/// `/seller/orders/events`
pub async fn sales(arrival: Arrival) -> Result<Response, Failure> {
    let tenant = arrival.visit.seller(Permission::ReadSales)?;
    arrival.listen(Subject::Sales(tenant))
}

/// `/seller/events`
pub async fn desk(arrival: Arrival) -> Result<Response, Failure> {
    let tenant = arrival.visit.seller(Permission::ReadShop)?;
    arrival.listen(Subject::Desk(tenant))
}

/// `/operator/events`
pub async fn market(arrival: Arrival) -> Result<Response, Failure> {
    arrival.visit.operator(Permission::ReadLedger)?;
    arrival.listen(Subject::Market)
}

/// What a browser heard last, where it comes again; else when its page was written.
fn since(written: &Written, headers: &HeaderMap) -> Option<i64> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    last.and_then(|id| id.parse().ok()).or(written.since)
}

impl Arrival {
    /// For whoever is signed in, as long as they are, and as what they are now.
    fn listen(&self, subject: Subject) -> Result<Response, Failure> {
        let (Some(session), Some(principal)) = (self.visit.session.clone(), self.visit.principal.clone())
        else {
            return Err(Failure(Fault::not_found("page")));
        };
        let (auth, clock, ctx) = (
            self.auth.clone(),
            self.shop.live.clock.clone(),
            self.visit.ctx.clone(),
        );
        let key = session.clone();
        let is_there: IsThere = Box::new(move || {
            let (auth, session, principal) = (auth.clone(), session.clone(), principal.clone());
            let ctx = Ctx {
                now: clock.now(),
                ..ctx.clone()
            };
            Box::pin(async move {
                match auth.principal(&ctx, Credential::Session(session)).await {
                    Ok(found) => is_same(&found, &principal),
                    // Who cannot be asked about is asked about again.
                    Err(fault) => !matches!(fault.kind, Kind::Unauthenticated | Kind::NotFound),
                }
            })
        });
        self.enter(subject, key, is_there)
    }

    fn enter(&self, subject: Subject, key: String, is_there: IsThere) -> Result<Response, Failure> {
        let listener = self.shop.live.enter(subject, key, self.since, is_there)?;
        Ok(answer(listener))
    }
}

/// Whether a session still lets its holder do the same. Whoever became somebody else comes again and is judged anew.
fn is_same(found: &Principal, known: &Principal) -> bool {
    (found.user, found.audience, found.role, found.tenant)
        == (known.user, known.audience, known.role, known.tenant)
}

fn answer(listener: Listener) -> Response {
    let events = stream::unfold(listener, |mut listener| async move {
        let said = listener.next().await?;
        Some((Ok::<_, Infallible>(listener.event(said)), listener))
    });
    // Proxies that gather answers before they pass them on are asked not to.
    let unbuffered = (
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    );
    ([unbuffered], Sse::new(events)).into_response()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests;

//! Idempotency keys on every unsafe call: the same key with the same request gets the same answer, and nothing is done
//! twice.
//!
//! Calls whose work must be one with its key (placing an order, moving stock) take the key themselves and keep the answer
//! in the transaction of the work; they are left alone here. For the others the answer is kept beside the work: should the
//! process die between the two, the call is done again once [`LEASE`] is over.

use crate::auth::identify;
use crate::extract::{Said, header_once};
use crate::idempotency::{IdempotencyKey, read_key};
use crate::{Problem, RequestInfo};
use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chrono::SubsecRound;
use contracts::identity::Audience;
use futures::FutureExt;
use futures::future::{BoxFuture, Either};
use kernel::{Fault, Kind, Timestamp, hex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tower::{Layer, Service};
use tracing::Instrument;

/// How long a call may be under way before its key is free again.
pub const LEASE: Duration = Duration::from_secs(60);
/// Bodies beyond this are neither compared nor kept: uploads know what they have seen by the keys of their rows.
const BODY_BYTES_MAX: usize = 1 << 20;
/// Answers with tokens in them are not for keeping.
const SECRETS: [&str; 5] = [
    "/v1/auth/",
    "/v1/admin/partner-keys",
    "/v1/admin/gift-cards",
    "/v1/seller/api-keys",
    "/v1/seller/webhooks",
];
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// Whether what this path answers may hold secrets: it is never kept under a key.
#[must_use]
pub fn tells_secrets(path: &str) -> bool {
    // The last is a ticket to a file.
    SECRETS.iter().any(|known| path.starts_with(known)) || path.ends_with("/downloads")
}

/// Where answers are kept.
pub trait Answers: Send + Sync + 'static {
    /// Claims a key for as long as [`LEASE`].
    fn claim<'a>(&'a self, claim: &'a Claim, now: Timestamp) -> BoxFuture<'a, Result<Claimed, Fault>>;
    /// Keeps the answer to a claimed key.
    fn keep<'a>(&'a self, claim: &'a Claim, answer: &'a Answer) -> BoxFuture<'a, Result<(), Fault>>;
    /// Lets go of a claimed key: nothing was done under it.
    fn release<'a>(&'a self, claim: &'a Claim) -> BoxFuture<'a, Result<(), Fault>>;
}

/// A key, whose it is, and the hash of the request it came with.
#[derive(Clone, Debug)]
pub struct Claim {
    pub scope: String,
    pub key: String,
    pub request_hash: Vec<u8>,
    /// When it is free again if nothing was heard of it.
    pub ends: Timestamp,
}

/// What became of a claim.
#[derive(Clone, Debug)]
pub enum Claimed {
    New,
    /// The same request is being worked on.
    UnderWay,
    Answered(Answer),
    /// The key came with another request.
    Mismatch,
}

/// An answer, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// Layer over the routes: answers calls that came before.
#[derive(Clone)]
pub struct Replay {
    answers: Arc<dyn Answers>,
    /// Operations whose answers are kept here: those that do not see to their keys themselves.
    operations: Arc<HashSet<(Method, String)>>,
}

impl Replay {
    #[must_use]
    pub fn new(answers: Arc<dyn Answers>, operations: HashSet<(Method, String)>) -> Self {
        Self {
            answers,
            operations: Arc::new(operations),
        }
    }

    fn concerns(&self, request: &Request) -> bool {
        let is_unsafe = matches!(
            *request.method(),
            Method::POST | Method::PUT | Method::PATCH | Method::DELETE
        );
        let path = request.uri().path();
        is_unsafe
            && request.headers().contains_key(IdempotencyKey::HEADER)
            && path.starts_with("/v1/")
            && !tells_secrets(path)
            && is_small_json(request)
            && request.extensions().get::<MatchedPath>().is_some_and(|route| {
                let route = (request.method().clone(), route.as_str().to_owned());
                self.operations.contains(&route)
            })
    }
}

/// Without a body, or with JSON that does not say that it is long.
fn is_small_json(request: &Request) -> bool {
    let header = |name| {
        request
            .headers()
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    let length = header(header::CONTENT_LENGTH).map(str::parse::<usize>);
    match header(header::CONTENT_TYPE) {
        Some(kind) if is_json(kind) => !length.is_some_and(|length| length.is_ok_and(|n| n > BODY_BYTES_MAX)),
        Some(_) => length == Some(Ok(0)),
        None => {
            length.is_none_or(|length| length == Ok(0))
                && !request.headers().contains_key(header::TRANSFER_ENCODING)
        }
    }
}

fn is_json(kind: &str) -> bool {
    let essence = kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

/// What [`Replay`] makes of a service.
#[derive(Clone)]
pub struct Replaying<S> {
    replay: Replay,
    inner: S,
}

impl<S> Layer<S> for Replay {
    type Service = Replaying<S>;

    fn layer(&self, inner: S) -> Replaying<S> {
        Replaying {
            replay: self.clone(),
            inner,
        }
    }
}

impl<S> Service<Request> for Replaying<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<S::Future, BoxFuture<'static, Result<Response, Infallible>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if !self.replay.concerns(&request) {
            return Either::Left(self.inner.call(request));
        }
        let answers = Arc::clone(&self.replay.answers);
        // The one that was polled ready does the work; its clone takes its place.
        let ready = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, ready);
        let work = async move {
            let answered = answer(&*answers, inner, request).await;
            answered.unwrap_or_else(IntoResponse::into_response)
        };
        Either::Right(Box::pin(to_its_end(work)))
    }
}

/// Callers who hang up are the very ones who come back with the same key: what they asked for is done to its end, and
/// answered when they do.
#[allow(
    clippy::disallowed_methods,
    reason = "a call belongs to its caller, who may be gone; it is as short as any other"
)]
async fn to_its_end(work: impl Future<Output = Response> + Send + 'static) -> Result<Response, Infallible> {
    let task = tokio::spawn(work.in_current_span());
    Ok(task.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a call with a key did not end");
        Problem(Fault::internal()).into_response()
    }))
}

async fn answer<S>(answers: &dyn Answers, mut inner: S, request: Request) -> Result<Response, Problem>
where
    S: Service<Request, Response = Response, Error = Infallible> + Send,
    S::Future: Send,
{
    let (mut parts, body) = request.into_parts();
    // A key that is none is refused whoever sent it, also where it would count for nothing.
    let key = read_key(&parts)?;
    let Some(caller) = caller(&mut parts).await? else {
        let Ok(response) = inner.call(Request::from_parts(parts, body)).await;
        return Ok(response);
    };
    let now = parts
        .extensions
        .get::<RequestInfo>()
        .ok_or(Fault::internal())?
        .now;
    let body = to_bytes(body, BODY_BYTES_MAX).await.map_err(|_| {
        Fault::new(
            Kind::Invalid,
            "body_unreadable",
            "The body broke off. Send the request again.",
        )
    })?;
    let claim = Claim {
        scope: format!("http/{caller}"),
        key: key.0,
        request_hash: hash(&parts, &body),
        // To the microsecond, as it is kept.
        ends: (now + LEASE).trunc_subsecs(6),
    };
    match answers.claim(&claim, now).await? {
        Claimed::New => {}
        Claimed::Answered(answer) => return Ok(answer.into_response()),
        Claimed::UnderWay => return Err(under_way().into()),
        Claimed::Mismatch => return Err(mismatch().into()),
    }
    let work = inner.call(Request::from_parts(parts, Body::from(body)));
    let Ok(Ok(response)) = AssertUnwindSafe(work).catch_unwind().await else {
        let_go(answers, &claim).await;
        metrics::counter!("http_panics_total").increment(1);
        return Err(Fault::internal().into());
    };
    if is_for_now(response.status()) {
        let_go(answers, &claim).await;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(|_| Fault::internal())?;
    match Answer::of(&parts, &body) {
        Some(kept) => {
            // What was done was done: its caller hears of it, also where it cannot be kept.
            if let Err(fault) = answers.keep(&claim, &kept).await {
                tracing::error!(%fault, "an answer cannot be kept under its key");
            }
        }
        None => let_go(answers, &claim).await,
    }
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// Refusals that the next attempt may not meet: trouble of ours, too many calls, rights that may be granted meanwhile.
fn is_for_now(status: StatusCode) -> bool {
    status.is_server_error()
        || [
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::UNAUTHORIZED,
            StatusCode::FORBIDDEN,
        ]
        .contains(&status)
}

/// Nothing was done under the key. Where it cannot be let go of, its lease ends by itself.
async fn let_go(answers: &dyn Answers, claim: &Claim) {
    if let Err(fault) = answers.release(claim).await {
        tracing::error!(%fault, "a key cannot be let go of");
    }
}

/// Whose key it is: a person's, for a shop or not, or a guest's with a cart. Nobody else is told from others, and what
/// they are answered may hold a secret, so that their keys count for nothing.
async fn caller(parts: &mut Parts) -> Result<Option<String>, Problem> {
    // Whoever is refused here is refused by the handler as well, in its own words.
    let Ok((_, principal)) = identify(parts).await else {
        return Ok(None);
    };
    if let Some(principal) = principal {
        return Ok(Some(match (principal.audience, principal.tenant) {
            // What a person was answered is not for each of the shop's programs.
            (_, Some(_)) if principal.scopes.is_some() => format!("key/{}", principal.session),
            (Audience::Seller, Some(tenant)) => format!("{}/{tenant}", principal.user),
            (audience, _) => format!("{audience:?}/{}", principal.user).to_lowercase(),
        }));
    }
    Ok(match header_once(parts, "x-cart-token") {
        Said::Once(token) => Some(format!("guest/{}", hex(&Sha256::digest(token.as_bytes())))),
        Said::Not | Said::Unclear => None,
    })
}

/// Of all that the request asks for. The version that the caller saw is part of it, and so is the cart they name.
fn hash(parts: &Parts, body: &Bytes) -> Vec<u8> {
    let seen = parts
        .headers
        .get(header::IF_MATCH)
        .map_or(&b""[..], HeaderValue::as_bytes);
    let cart = parts
        .headers
        .get("x-cart-token")
        .map_or(&b""[..], HeaderValue::as_bytes);
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    let mut digest = Sha256::new();
    for part in [
        parts.method.as_str().as_bytes(),
        target.as_bytes(),
        seen,
        cart,
        body,
    ] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().to_vec()
}

fn under_way() -> Fault {
    let mut fault = Fault::new(
        Kind::Conflict,
        "idempotency_under_way",
        "The same call is still being worked on. Send it again in a moment to get its answer.",
    );
    fault.retry_after_s = Some(1);
    fault
}

fn mismatch() -> Fault {
    Fault::new(
        Kind::Unprocessable,
        "idempotency_key_reused",
        "This Idempotency-Key was sent with another request. Use a new key for a new request.",
    )
    .at("Idempotency-Key")
}

impl Answer {
    /// None where the answer is no short text.
    fn of(parts: &axum::http::response::Parts, body: &Bytes) -> Option<Self> {
        if body.len() > BODY_BYTES_MAX {
            return None;
        }
        let kept = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];
        let headers = kept.iter().filter_map(|name| {
            let value = parts.headers.get(name)?.to_str().ok()?;
            Some((name.to_string(), value.to_owned()))
        });
        Some(Self {
            status: parts.status.as_u16(),
            headers: headers.collect(),
            body: String::from_utf8(body.to_vec()).ok()?,
        })
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let headers = response.headers_mut();
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
        headers.insert(REPLAYED, HeaderValue::from_static("true"));
        response
    }
}

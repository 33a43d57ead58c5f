//! A server that speaks the part of OpenSearch's API that the marketplace uses, on this machine and in memory.
//!
//! It is strict: what it does not know it refuses, as OpenSearch would or more so, so that a request that only this server
//! understands is one that it was taught. Its scores are BM25 over whitespace tokens; its counts are of one shard, exact.
//! Shapes: <https://docs.opensearch.org/latest/api-reference/>.

mod aggregate;
mod documents;
mod matching;
mod search;

use crate::calls::Calls;
use crate::spawn_router;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use documents::Store;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A refusal as OpenSearch words it.
#[derive(Debug)]
pub struct Refusal {
    status: u16,
    kind: &'static str,
    reason: String,
}

impl Refusal {
    fn new(status: u16, kind: &'static str, reason: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            reason: reason.into(),
        }
    }

    /// Something that this server does not know.
    fn unknown(reason: impl Into<String>) -> Self {
        Self::new(400, "parsing_exception", reason)
    }

    fn no_index(name: &str) -> Self {
        Self::new(
            404,
            "index_not_found_exception",
            format!("no such index [{name}]"),
        )
    }

    fn error(&self) -> Value {
        json!({"type": self.kind, "reason": self.reason})
    }

    fn body(&self) -> Value {
        let mut error = self.error();
        error["root_cause"] = json!([self.error()]);
        json!({"error": error, "status": self.status})
    }
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// 429, before any effect.
    Busy,
    /// 500, before any effect.
    Broken,
    /// It takes effect, and its answer breaks off.
    Lost,
    /// It takes longer than anybody waits, before any effect.
    Slow,
    /// Of a bulk, this many documents are taken and the others meet 429.
    Partly(usize),
}

/// The server; a clone is the same one.
#[derive(Clone)]
pub struct OpenSearch {
    store: Arc<Mutex<Store>>,
    calls: Calls<Mishap>,
    authorization: Option<String>,
    pub url: String,
}

impl OpenSearch {
    /// Whoever calls needs `authorization`, if there is one.
    pub async fn start(authorization: Option<&str>) -> Self {
        let mut server = Self {
            store: Arc::default(),
            calls: Calls::new(),
            authorization: authorization.map(str::to_owned),
            url: String::new(),
        };
        let router = Router::new().fallback(handle).with_state(server.clone());
        server.url = spawn_router(router).await;
        server
    }

    /// The next call whose method and path hold `call` meets a mishap.
    pub fn disturb(&self, call: &str, mishap: Mishap) {
        self.calls.disturb(call, mishap);
    }

    /// Whether it answers nobody.
    pub fn is_down(&self, down: bool) {
        self.calls.set_down(down);
    }

    /// Calls so far whose method and path hold `part`.
    pub fn calls(&self, part: &str) -> usize {
        self.calls.count(part)
    }

    /// Names of all indexes.
    pub fn indexes(&self) -> Vec<String> {
        self.store.lock().unwrap().names()
    }

    /// A document as it is, refreshed or not, wherever the alias stands.
    pub fn document(&self, alias: &str, id: &str) -> Option<Value> {
        self.store.lock().unwrap().source(alias, id)
    }

    /// How many fields the index of this alias has.
    pub fn fields(&self, alias: &str) -> usize {
        self.store.lock().unwrap().fields(alias)
    }

    fn serve(
        &self,
        method: &Method,
        uri: &Uri,
        body: &[u8],
        partly: Option<usize>,
    ) -> Result<Value, Refusal> {
        let path: Vec<&str> = uri.path().split('/').filter(|part| !part.is_empty()).collect();
        let parameters: HashMap<&str, &str> = uri
            .query()
            .into_iter()
            .flat_map(|query| query.split('&'))
            .filter_map(|pair| pair.split_once('='))
            .collect();
        if let Some(name) = parameters.keys().find(|name| **name != "require_alias") {
            let reason = format!(
                "request [{}] contains unrecognized parameter: [{name}]",
                uri.path()
            );
            return Err(Refusal::new(400, "illegal_argument_exception", reason));
        }
        if !body.is_empty() && (*method == Method::GET || path.last() == Some(&"_refresh")) {
            let reason = format!("request [{method} {}] does not support having a body", uri.path());
            return Err(Refusal::new(400, "illegal_argument_exception", reason));
        }
        let json = || -> Result<Value, Refusal> {
            serde_json::from_slice(body).map_err(|error| Refusal::unknown(error.to_string()))
        };
        let mut store = self.store.lock().unwrap();
        match (method.as_str(), path.as_slice()) {
            ("GET", ["_alias", alias]) => store.alias(alias),
            ("GET", [pattern, "_alias"]) => Ok(store.aliases_of(pattern)),
            ("POST", ["_aliases"]) => store.change_aliases(&json()?),
            ("PUT", [index]) => store.create(index, &json()?),
            ("DELETE", [index]) => store.delete(index),
            ("GET", [index, "_doc", id]) => store.get(index, id),
            ("POST", [index, "_refresh"]) => store.refresh(index),
            ("POST", [index, "_bulk"]) => {
                let needs_alias = parameters.get("require_alias") == Some(&"true");
                store.bulk(index, body, needs_alias, partly)
            }
            ("POST", [index, "_count"]) => search::count(&store, index, &json()?),
            ("POST", [index, "_search"]) => search::search(&store, index, &json()?),
            _ => {
                let reason = format!("no handler found for uri [{}] and method [{method}]", uri.path());
                Err(Refusal::new(400, "illegal_argument_exception", reason))
            }
        }
    }
}

/// An answer that breaks off.
fn broken_off() -> Response {
    let error: Result<Bytes, std::io::Error> = Err(std::io::Error::other("the line broke"));
    Body::from_stream(futures::stream::iter([error])).into_response()
}

async fn handle(
    State(server): State<OpenSearch>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let call = format!("{method} {}", uri.path());
    let mishap = server.calls.note(&call);
    if server.calls.is_down() {
        return broken_off();
    }
    let told = headers.get("authorization").and_then(|value| value.to_str().ok());
    if server.authorization.as_deref() != told {
        return (StatusCode::UNAUTHORIZED, "Unauthorized").into_response();
    }
    let partly = match mishap {
        Some(Mishap::Busy) => {
            let busy = Refusal::new(429, "rejected_execution_exception", "rejected execution of task");
            return (StatusCode::TOO_MANY_REQUESTS, axum::Json(busy.body())).into_response();
        }
        Some(Mishap::Broken) => {
            let broken = Refusal::new(500, "null_pointer_exception", "something was not there");
            return (StatusCode::INTERNAL_SERVER_ERROR, axum::Json(broken.body())).into_response();
        }
        Some(Mishap::Slow) => {
            tokio::time::sleep(Duration::from_secs(60)).await;
            return broken_off();
        }
        Some(Mishap::Partly(taken)) => Some(taken),
        Some(Mishap::Lost) | None => None,
    };
    let lines = uri.path().ends_with("/_bulk");
    let content = headers.get("content-type").and_then(|value| value.to_str().ok());
    let wanted = if lines {
        "application/x-ndjson"
    } else {
        "application/json"
    };
    if !body.is_empty() && content != Some(wanted) {
        let reason = format!(
            "Content-Type header [{}] is not supported",
            content.unwrap_or_default()
        );
        let refusal = Refusal::new(406, "media_type_header_exception", reason);
        return (StatusCode::NOT_ACCEPTABLE, axum::Json(refusal.body())).into_response();
    }
    let answer = match server.serve(&method, &uri, &body, partly) {
        Ok(answer) => (StatusCode::OK, axum::Json(answer)).into_response(),
        Err(refusal) => {
            let status = StatusCode::from_u16(refusal.status).unwrap();
            (status, axum::Json(refusal.body())).into_response()
        }
    };
    if mishap == Some(Mishap::Lost) {
        return broken_off();
    }
    answer
}

/// Refuses members that are not known.
fn only(object: &Value, known: &[&str], of: &str) -> Result<(), Refusal> {
    let Some(object) = object.as_object() else {
        return Err(Refusal::unknown(format!("[{of}] should be an object")));
    };
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        Some(key) => Err(Refusal::unknown(format!("unknown field [{key}] in [{of}]"))),
        None => Ok(()),
    }
}

/// The one member of an object.
fn single<'a>(object: &'a Value, of: &str) -> Result<(&'a str, &'a Value), Refusal> {
    let members = object.as_object().filter(|members| members.len() == 1);
    let member = members.and_then(|members| members.iter().next());
    member
        .map(|(key, value)| (key.as_str(), value))
        .ok_or_else(|| Refusal::unknown(format!("[{of}] should have exactly one member")))
}

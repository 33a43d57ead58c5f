//! A server that speaks the part of S3 that the marketplace uses, on this machine and in memory, its bucket in the path.
//!
//! It is strict: what it does not know it refuses, and so it does every request that is not signed by its one key with every
//! byte of it. Shapes: <https://docs.aws.amazon.com/AmazonS3/latest/API/>.

mod bucket;
mod signed;

use crate::calls::Calls;
use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use bucket::Bucket;
use futures::StreamExt;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::net::TcpListener;

pub const BUCKET: &str = "stoa-test";
pub const REGION: &str = "eu-south-2";
pub const KEY_ID: &str = "AKIAONLYFORTESTS0000";
pub const SECRET: &str = "only/for+tests/only/for+tests/only/for+t";
/// When everything was changed last.
const CHANGED_AT: &str = "Wed, 21 Oct 2015 07:28:00 GMT";

/// A refusal as S3 words it.
#[derive(Debug)]
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refusal {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap(),
            code,
            message: message.into(),
        }
    }

    /// Something that this server does not know.
    fn unknown(what: impl Into<String>) -> Self {
        Self::new(501, "NotImplemented", what)
    }

    fn answer(self) -> Answer {
        let body = format!(
            "<Error><Code>{}</Code><Message>{}</Message></Error>",
            self.code, self.message
        );
        Answer {
            status: self.status,
            headers: vec![(header::CONTENT_TYPE, "application/xml".to_owned())],
            body: body.into(),
        }
    }
}

/// An answer, before anything happens to it.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    headers: Vec<(header::HeaderName, String)>,
    body: Bytes,
}

impl Answer {
    fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    fn xml(body: String) -> Self {
        Self::empty(StatusCode::OK)
            .with(header::CONTENT_TYPE, "application/xml")
            .of(body.into())
    }

    fn with(mut self, name: header::HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    fn of(mut self, body: Bytes) -> Self {
        self.body = body;
        self
    }

    /// `half` breaks off in the middle of the body. To HEAD goes none.
    fn send(self, method: &Method, half: bool) -> Response<Body> {
        let mut response = Response::builder().status(self.status);
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        if self.status != StatusCode::NO_CONTENT {
            response = response.header(header::CONTENT_LENGTH, self.body.len());
        }
        let body = if *method == Method::HEAD {
            Body::empty()
        } else if half {
            let first = self.body.slice(..self.body.len() / 2);
            let first = futures::stream::once(async move { io::Result::Ok(first) });
            Body::from_stream(first.chain(futures::stream::once(async {
                // What was sent so far is on its way by then.
                tokio::time::sleep(Duration::from_millis(20)).await;
                Err(gone())
            })))
        } else {
            Body::from(self.body)
        };
        response.body(body).unwrap()
    }
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// 503, before any effect.
    Busy,
    /// It takes effect, and the connection ends without an answer.
    Lost,
    /// It takes effect, and its answer breaks off in the middle.
    Half,
    /// It takes longer than anybody waits, before any effect.
    Slow,
}

/// The server, with one bucket; a clone is the same one.
#[derive(Clone)]
pub struct S3 {
    bucket: Arc<Mutex<Bucket>>,
    calls: Calls<Mishap>,
    pub url: String,
}

impl S3 {
    /// Serves until the test's runtime ends.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            bucket: Arc::default(),
            calls: Calls::new(),
            url: format!("http://{}", listener.local_addr().unwrap()),
        };
        let serving = server.clone();
        #[allow(clippy::disallowed_methods, reason = "a test's server dies with the test")]
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = serving.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |request| {
                        let server = server.clone();
                        async move { server.answer(request).await }
                    });
                    // Whoever called finds out by themselves that the connection ended.
                    let _ = http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        server
    }

    /// The next call whose method, path and query hold `call` meets a mishap.
    pub fn disturb(&self, call: &str, mishap: Mishap) {
        self.calls.disturb(call, mishap);
    }

    /// Whether it answers nobody.
    pub fn is_down(&self, down: bool) {
        self.calls.set_down(down);
    }

    /// Calls so far whose method, path and query hold `part`.
    pub fn calls(&self, part: &str) -> usize {
        self.calls.count(part)
    }

    /// The keys of all objects, sorted.
    pub fn keys(&self) -> Vec<String> {
        self.bucket.lock().unwrap().keys()
    }

    /// How many uploads in parts were begun and neither completed nor aborted.
    pub fn unfinished(&self) -> usize {
        self.bucket.lock().unwrap().unfinished()
    }

    async fn answer(&self, request: Request<Incoming>) -> io::Result<Response<Body>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        let mishap = self.calls.note(&format!("{} {}", head.method, head.uri));
        if self.calls.is_down() {
            return Err(gone());
        }
        match mishap {
            Some(Mishap::Busy) => {
                let busy = Refusal::new(503, "SlowDown", "Please reduce your request rate.");
                return Ok(busy.answer().send(&head.method, false));
            }
            Some(Mishap::Slow) => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                return Err(gone());
            }
            Some(Mishap::Lost | Mishap::Half) | None => {}
        }
        let answer = self.serve(&head, body).unwrap_or_else(Refusal::answer);
        if mishap == Some(Mishap::Lost) {
            return Err(gone());
        }
        Ok(answer.send(&head.method, mishap == Some(Mishap::Half)))
    }

    fn serve(&self, head: &Parts, body: Bytes) -> Result<Answer, Refusal> {
        signed::check(head, &body)?;
        let path = head.uri.path();
        let key = path
            .strip_prefix(&format!("/{BUCKET}/"))
            .ok_or_else(|| Refusal::new(404, "NoSuchBucket", path))?;
        if key.is_empty() || key.contains('%') {
            return Err(Refusal::unknown(format!("the key of {path}")));
        }
        if let Some(name) = head.headers.keys().find(|name| name.as_str().starts_with("if-")) {
            return Err(Refusal::unknown(format!("the header {name}")));
        }
        let pairs = head.uri.query().unwrap_or_default().split('&');
        let mut query: Vec<(&str, &str)> = pairs
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .collect();
        query.sort_unstable();
        let mut bucket = self.bucket.lock().unwrap();
        match (head.method.as_str(), query.as_slice()) {
            ("PUT", []) => Ok(bucket.put(key, body)),
            ("GET" | "HEAD", []) => {
                let range = head
                    .headers
                    .get(header::RANGE)
                    .and_then(|range| range.to_str().ok());
                bucket.get(key, range)
            }
            ("DELETE", []) => Ok(bucket.delete(key)),
            ("POST", [("uploads", "")]) => Ok(bucket.begin(key)),
            ("PUT", [("partNumber", number), ("uploadId", upload)]) => {
                bucket.put_part(key, upload, number, body)
            }
            ("POST", [("uploadId", upload)]) => bucket.complete(key, upload, &body),
            ("DELETE", [("uploadId", upload)]) => bucket.abort(key, upload),
            (method, _) => Err(Refusal::unknown(format!("{method} {}", head.uri))),
        }
    }
}

fn gone() -> io::Error {
    io::Error::other("the line broke")
}

use axum::Router;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::{HeaderMap, Method, Request};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Serves `router` on a free port of the loopback until the test's runtime ends, and returns its base URL.
pub async fn spawn_router(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    #[allow(clippy::disallowed_methods, reason = "a test's server dies with the test")]
    tokio::spawn(async move {
        // As the real server does it, so that a request is known to come from this machine.
        let service = router.into_make_service_with_connect_info::<std::net::SocketAddr>();
        axum::serve(listener, service).await.unwrap();
    });
    format!("http://{address}")
}

/// A caller of one base URL. Cheap to clone: [`bearer`](Client::bearer) and [`header`](Client::header) make another
/// caller over the same connections.
#[derive(Clone, Debug)]
pub struct Client {
    pool: Pool<HttpConnector, Full<Bytes>>,
    base: String,
    headers: HeaderMap,
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Response {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Client {
    #[must_use]
    pub fn new(base: impl Into<String>) -> Self {
        Self {
            pool: Pool::builder(TokioExecutor::new()).build_http(),
            base: base.into(),
            headers: HeaderMap::new(),
        }
    }

    /// The same caller with this access token.
    #[must_use]
    pub fn bearer(&self, token: &str) -> Self {
        self.header(AUTHORIZATION.as_str(), &format!("Bearer {token}"))
    }

    /// The same caller with one more header, or another value of it.
    #[must_use]
    pub fn header(&self, name: &str, value: &str) -> Self {
        let mut changed = self.clone();
        let name: hyper::header::HeaderName = name.parse().unwrap();
        changed.headers.insert(name, value.parse().unwrap());
        changed
    }

    pub async fn get(&self, path: &str) -> Response {
        self.send(Method::GET, path, Bytes::new()).await
    }

    pub async fn delete(&self, path: &str) -> Response {
        self.send(Method::DELETE, path, Bytes::new()).await
    }

    pub async fn post(&self, path: &str, json: &impl Serialize) -> Response {
        self.send_json(Method::POST, path, json).await
    }

    pub async fn put(&self, path: &str, json: &impl Serialize) -> Response {
        self.send_json(Method::PUT, path, json).await
    }

    pub async fn patch(&self, path: &str, json: &impl Serialize) -> Response {
        self.send_json(Method::PATCH, path, json).await
    }

    pub async fn send_json(&self, method: Method, path: &str, json: &impl Serialize) -> Response {
        let body = serde_json::to_vec(json).unwrap();
        self.header(CONTENT_TYPE.as_str(), "application/json")
            .send(method, path, body)
            .await
    }

    /// Sends any bytes, with the content type set by [`header`](Self::header): for uploads, forms and broken bodies.
    pub async fn send(&self, method: Method, path: &str, body: impl Into<Bytes>) -> Response {
        self.try_send(method, path, body)
            .await
            .unwrap_or_else(|e| panic!("{e}"))
    }

    /// Sends any bytes to a server that may not be there, or not stay until it has answered.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: impl Into<Bytes>,
    ) -> Result<Response, NoAnswer> {
        let uri = format!("{}{path}", self.base);
        let mut request = Request::new(Full::new(body.into()));
        *request.method_mut() = method;
        *request.uri_mut() = uri.parse().unwrap_or_else(|e| panic!("{uri}: {e}"));
        *request.headers_mut() = self.headers.clone();
        let lost = |reason: &dyn std::error::Error| NoAnswer {
            uri: uri.clone(),
            reason: told(reason),
        };
        let answer = self.pool.request(request).await.map_err(|e| lost(&e))?;
        let (head, body) = answer.into_parts();
        Ok(Response {
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.collect().await.map_err(|e| lost(&e))?.to_bytes(),
        })
    }
}

/// The server was not there, or went away in the middle: whether it did what was asked is not known.
#[derive(Clone, Debug)]
pub struct NoAnswer {
    uri: String,
    reason: String,
}

impl std::fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.uri, self.reason)
    }
}

impl std::error::Error for NoAnswer {}

/// An error with all that is behind it.
fn told(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut behind = error.source();
    while let Some(cause) = behind {
        words = format!("{words}: {cause}");
        behind = cause.source();
    }
    words
}

impl Response {
    /// The body as JSON; `Null` when it is empty.
    #[must_use]
    pub fn json(&self) -> Value {
        if self.body.is_empty() {
            return Value::Null;
        }
        self.read()
    }

    /// The body as a `T`.
    #[must_use]
    pub fn read<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e} in {}", self.text()))
    }

    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header's value, if it is there and is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// This answer, if its status is the expected one; otherwise the test fails and shows the body.
    #[must_use]
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }
}

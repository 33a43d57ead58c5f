//! The API as it describes itself, and calls of it.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Method, Request, header};
use bytes::Bytes;
use http_body_util::BodyExt;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use tower::ServiceExt;

/// From where all calls come, as far as the router is told: a proxy that is trusted to say for whom.
pub const PROXY: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// One method of one path.
#[derive(Clone, Debug)]
pub struct Operation {
    pub method: Method,
    /// As the description writes it: `/v1/orders/{id}`.
    pub path: String,
    /// Its operation id.
    pub name: String,
    pub parameters: Vec<Parameter>,
    /// The schema of a JSON body.
    pub json: Option<Value>,
    /// Whether it takes bytes of a file.
    pub takes_bytes: bool,
    /// Whether a token is asked for; without, it is taken if it comes.
    pub needs_token: bool,
    /// Whether a token is looked at.
    pub takes_token: bool,
    pub statuses: Vec<u16>,
}

#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    pub place: String,
    pub schema: Value,
}

/// The whole description.
pub struct Spec {
    pub document: Value,
    pub operations: BTreeMap<String, Operation>,
}

impl Spec {
    pub fn of(document: Value) -> Self {
        let mut operations = BTreeMap::new();
        for (path, item) in document["paths"].as_object().expect("paths") {
            for (method, said) in item.as_object().expect("operations") {
                let operation = operation(path, method, said);
                let twice = operations.insert(operation.name.clone(), operation);
                assert!(
                    twice.is_none(),
                    "two operations are called {}",
                    twice.unwrap().name
                );
            }
        }
        Self { document, operations }
    }

    pub fn operation(&self, name: &str) -> &Operation {
        self.operations
            .get(name)
            .unwrap_or_else(|| panic!("the API has no operation {name} any more"))
    }

    /// What a schema says once its references are followed.
    pub fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(at) => {
                let found = self.document.pointer(at.trim_start_matches('#'));
                self.resolve(found.unwrap_or_else(|| panic!("{at} leads nowhere")))
            }
            None => schema,
        }
    }
}

/// Whether a scheme is sent in the `Authorization` header.
fn is_token(scheme: &Value) -> bool {
    scheme["bearer"].is_array() || scheme["partner"].is_array()
}

fn operation(path: &str, method: &str, said: &Value) -> Operation {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let body = &said["requestBody"]["content"];
    let schemes = list(&said["security"]);
    Operation {
        method: method.to_uppercase().parse().expect("method"),
        path: path.to_owned(),
        name: said["operationId"].as_str().expect("operationId").to_owned(),
        parameters: list(&said["parameters"])
            .iter()
            .map(|p| Parameter {
                name: p["name"].as_str().expect("name").to_owned(),
                place: p["in"].as_str().expect("in").to_owned(),
                schema: p["schema"].clone(),
            })
            .collect(),
        json: body.get("application/json").map(|json| json["schema"].clone()),
        takes_bytes: body.get("application/octet-stream").is_some(),
        needs_token: !schemes.is_empty() && schemes.iter().all(is_token),
        takes_token: schemes.iter().any(is_token),
        statuses: said["responses"]
            .as_object()
            .expect("responses")
            .keys()
            .map(|status| status.parse().expect("status"))
            .collect(),
    }
}

/// One request, to be sent as often as one likes.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    /// With its parameters filled in, and the query.
    pub target: String,
    pub headers: Vec<(&'static str, Vec<u8>)>,
    pub body: Bytes,
}

impl Call {
    /// `parts` fill the path's parameters from left to right.
    pub fn to(operation: &Operation, parts: &[&str]) -> Self {
        let mut target = String::new();
        let mut parts = parts.iter();
        for segment in operation.path.split('/').skip(1) {
            target.push('/');
            if segment.starts_with('{') {
                target.push_str(
                    parts
                        .next()
                        .unwrap_or_else(|| panic!("{}: which?", operation.path)),
                );
            } else {
                target.push_str(segment);
            }
        }
        assert!(parts.next().is_none(), "{} has fewer parameters", operation.path);
        Self {
            method: operation.method.clone(),
            target,
            headers: Vec::new(),
            body: Bytes::new(),
        }
    }

    pub fn query(mut self, query: &str) -> Self {
        self.target = format!("{}?{query}", self.target);
        self
    }

    pub fn header(mut self, name: &'static str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same call with this header said once, whatever was said before.
    pub fn instead(mut self, name: &'static str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.retain(|(said, _)| *said != name);
        self.header(name, value)
    }

    pub fn bearer(self, token: Option<&str>) -> Self {
        match token {
            Some(token) => self.instead("authorization", format!("Bearer {token}")),
            None => self,
        }
    }

    pub fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string())
    }

    pub fn bytes(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.instead("content-type", content_type)
    }

    /// `None` where the library that stands for HTTP here refuses to write such a request at all.
    fn request(&self) -> Option<Request<Body>> {
        let mut request = Request::builder()
            .extension(ConnectInfo(SocketAddr::new(PROXY, 1)))
            .method(&self.method)
            .uri(self.target.as_bytes())
            .body(Body::from(self.body.clone()))
            .ok()?;
        for (name, value) in &self.headers {
            let value = HeaderValue::from_bytes(value).ok()?;
            request.headers_mut().append(*name, value);
        }
        // As every client says it.
        if !self.body.is_empty() && !request.headers().contains_key(header::CONTENT_LENGTH) {
            let length = HeaderValue::from(self.body.len());
            request.headers_mut().insert(header::CONTENT_LENGTH, length);
        }
        Some(request)
    }
}

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: axum::http::HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e} in {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// An id, slug, token or other text of the body, by JSON pointer.
    #[track_caller]
    pub fn at(&self, pointer: &str) -> String {
        let json = self.json();
        let found = json.pointer(pointer).and_then(Value::as_str);
        found
            .unwrap_or_else(|| panic!("no {pointer} in {json}"))
            .to_owned()
    }

    /// What is wrong with a refusal as a document; nothing for other answers.
    pub fn flaw(&self) -> Option<String> {
        if self.status < 400 {
            return None;
        }
        let kind = self.headers.get("content-type").map(HeaderValue::as_bytes);
        if kind != Some(b"application/problem+json") {
            return Some(format!("its content type is {kind:?}"));
        }
        let Ok(problem) = serde_json::from_slice::<Value>(&self.body) else {
            return Some("it is not JSON".to_owned());
        };
        let texts = ["type", "title", "code", "detail"];
        if let Some(name) = texts
            .iter()
            .find(|name| problem[**name].as_str().is_none_or(str::is_empty))
        {
            return Some(format!("it has no {name}"));
        }
        (problem["status"] != self.status).then(|| format!("its status is {}", problem["status"]))
    }
}

/// `None` if no such request can be made.
pub async fn try_send(router: &Router, call: &Call) -> Option<Answer> {
    let request = call.request()?;
    let (head, body) = router
        .clone()
        .oneshot(request)
        .await
        .expect("a router refuses nothing")
        .into_parts();
    Some(Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        body: body.collect().await.expect("a whole body").to_bytes(),
    })
}

/// The status of an answer, and its body, which need not have an end.
pub async fn listen(router: &Router, call: &Call) -> (u16, Body) {
    let request = call
        .request()
        .unwrap_or_else(|| panic!("this cannot be sent: {call:?}"));
    let answer = router
        .clone()
        .oneshot(request)
        .await
        .expect("a router refuses nothing");
    (answer.status().as_u16(), answer.into_body())
}

pub async fn send(router: &Router, call: &Call) -> Answer {
    let answer = try_send(router, call).await;
    answer.unwrap_or_else(|| panic!("this cannot be sent: {call:?}"))
}

//! Refusals on the wire: RFC 9457 problem documents. The one place where a fault becomes a status.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::{Fault, FieldError, Kind};
use serde::Serialize;

/// A refusal as a handler returns it.
#[derive(Debug)]
pub struct Problem(pub Fault);

/// The body of every response with status 4xx and 5xx, as `application/problem+json`.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ProblemDocument {
    /// Where the code is explained.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problems#out_of_stock")]
    pub kind: String,
    #[schema(example = "Conflict")]
    pub title: String,
    #[schema(example = 409)]
    pub status: u16,
    /// Stable; made for programs.
    #[schema(example = "out_of_stock")]
    pub code: String,
    /// Made for people: what is wrong and what would be right.
    pub detail: String,
    /// The fields at fault, as JSON pointers into the body or names of parameters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// More about this very problem, such as the new total or the shortages.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub extra: serde_json::Map<String, serde_json::Value>,
}

#[must_use]
pub fn status_of(kind: Kind) -> StatusCode {
    match kind {
        Kind::Invalid => StatusCode::BAD_REQUEST,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Forbidden => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Any context error that is a fault can be returned with `?`.
impl<E> From<E> for Problem
where
    Fault: From<E>,
{
    fn from(error: E) -> Self {
        Self(Fault::from(error))
    }
}

/// Members that every problem document has; a fault's own must be called otherwise.
const RESERVED: [&str; 6] = ["type", "title", "status", "code", "detail", "errors"];

/// The refusal of a method that a path does not take. The router adds `Allow`.
#[must_use]
pub fn method_not_allowed() -> Response {
    let fault = Fault::new(
        Kind::Invalid,
        "method_not_allowed",
        "This path takes the methods that `Allow` names; see /docs.",
    );
    write(StatusCode::METHOD_NOT_ALLOWED, fault)
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        write(status_of(self.0.kind), self.0)
    }
}

fn write(status: StatusCode, mut fault: Fault) -> Response {
    let named = fault.extra.len();
    fault.extra.retain(|name, _| !RESERVED.contains(&name.as_str()));
    if fault.extra.len() < named {
        tracing::error!(
            code = fault.code,
            "a fault's own member is called as one that all have"
        );
    }
    let document = ProblemDocument {
        kind: format!("/docs/problems#{}", fault.code),
        title: status.canonical_reason().unwrap_or("Error").to_owned(),
        status: status.as_u16(),
        code: fault.code,
        detail: fault.detail,
        errors: fault.fields,
        extra: fault.extra,
    };
    let body = serde_json::to_vec(&document).unwrap_or_default();
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if status == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = fault.retry_after_s {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    #[tokio::test]
    async fn a_fault_cannot_overwrite_what_every_problem_says() {
        let fault = Fault::new(Kind::Conflict, "transition_illegal", "Too late.")
            .with("status", "cancelled")
            .with("allowed", ["shipped"]);
        let body = Problem(fault).into_response().into_body();
        let body = body.collect().await.expect("read").to_bytes();
        let text = String::from_utf8_lossy(&body);
        assert_eq!(text.matches("\"status\"").count(), 1, "{text}");
        let document: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(document["status"], 409);
        assert_eq!(document["allowed"][0], "shipped");
    }
}

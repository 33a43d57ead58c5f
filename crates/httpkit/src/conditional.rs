use crate::Problem;
use crate::extract::{Said, header_once};
use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::{HeaderValue, header, request::Parts};
use kernel::{Fault, Kind};

/// The `If-Match` header: the version the caller saw. Required where it stands in a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub i64);

/// The entity tag of a version.
#[must_use]
pub fn etag(version: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\"")).unwrap_or(HeaderValue::from_static("\"0\""))
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let said = match header_once(parts, header::IF_MATCH) {
            Said::Once(tag) => tag.to_str().ok(),
            Said::Not | Said::Unclear => None,
        };
        said
            .and_then(|v| v.trim().trim_start_matches("W/").trim_matches('"').parse().ok())
            .map(Self)
            .ok_or_else(|| {
                let mut fault = Fault::field(
                    "if_match",
                    "If-Match",
                    "Send the `ETag` of the version you changed as `If-Match`, so that nobody's later change is lost.",
                );
                fault.kind = Kind::Invalid;
                Problem(fault)
            })
    }
}

/// Where it is not required: absent is `None`, and one that cannot be read is refused all the same.
impl<S: Send + Sync> OptionalFromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        if parts.headers.contains_key(header::IF_MATCH) {
            let required = <Self as FromRequestParts<S>>::from_request_parts(parts, state);
            return required.await.map(Some);
        }
        Ok(None)
    }
}

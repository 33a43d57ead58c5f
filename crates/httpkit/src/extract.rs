//! Reading requests: every rejection is a problem document with a pointer to the field.

use crate::Problem;
use axum::extract::{FromRequest, FromRequestParts, Request, rejection::PathRejection};
use axum::http::{HeaderValue, StatusCode, header, request::Parts};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kernel::limits::{BODY_BYTES_MAX, JSON_DEPTH_MAX};
use kernel::{Fault, Kind};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A JSON body, in both directions.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

/// The query string.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

/// The path's parameters.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => (
                [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))],
                body,
            )
                .into_response(),
            Err(error) => {
                tracing::error!(%error, "a response could not be written as JSON");
                Problem(Fault::internal()).into_response()
            }
        }
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let json_type = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .map(|v| v.split(';').next().unwrap_or("").trim().to_ascii_lowercase())
            .is_some_and(|t| t == "application/json" || t.ends_with("+json"));
        if !json_type {
            return Err(Problem(Fault::field(
                "content_type",
                "Content-Type",
                "Send the body as JSON with `Content-Type: application/json`.",
            )));
        }
        let body = Limited::new(request.into_body(), BODY_BYTES_MAX)
            .collect()
            .await
            .map_err(|error| {
                if error.downcast_ref::<LengthLimitError>().is_some() {
                    Problem(Fault::new(
                        Kind::TooLarge,
                        "body_too_large",
                        format!("The body may have at most {BODY_BYTES_MAX} bytes."),
                    ))
                } else {
                    Problem(Fault::new(
                        Kind::Invalid,
                        "body_unreadable",
                        "The body broke off before its end. Send it again.",
                    ))
                }
            })?;
        parse(&body.to_bytes()).map(Json).map_err(Problem)
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Fault> {
    check_depth(bytes)?;
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer_of(error.path());
        let inner = error.into_inner();
        let code = if inner.is_data() {
            "field_invalid"
        } else {
            "json_malformed"
        };
        Fault::field(code, pointer, inner.to_string())
    })?;
    reader.end().map_err(|e| {
        Fault::field(
            "json_malformed",
            "",
            format!("There is something after the JSON value: {e}"),
        )
    })?;
    // NUL cannot be stored by PostgreSQL and means nothing in any field of ours.
    if has_escaped_nul(bytes) {
        return Err(Fault::field(
            "nul_character",
            "",
            "Text must not contain NUL characters (\\u0000).",
        ));
    }
    Ok(value)
}

fn has_escaped_nul(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    while let Some(at) = rest.windows(6).position(|w| w == b"\\u0000") {
        // An even number of backslashes before it means that the backslash itself is escaped.
        let backslashes = rest[..at].iter().rev().take_while(|&&b| b == b'\\').count();
        if backslashes % 2 == 0 {
            return true;
        }
        rest = &rest[at + 6..];
    }
    false
}

/// Refuses nesting beyond the limit before anything is built from it.
fn check_depth(bytes: &[u8]) -> Result<(), Fault> {
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for &byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                if depth > JSON_DEPTH_MAX {
                    return Err(Fault::field(
                        "json_too_deep",
                        "",
                        format!("JSON may nest at most {JSON_DEPTH_MAX} levels."),
                    ));
                }
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

fn pointer_of(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |mut pointer, segment| {
        pointer.push('/');
        match segment {
            Segment::Seq { index } => pointer.push_str(&index.to_string()),
            Segment::Map { key } => pointer.push_str(&key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => pointer.push_str(variant),
            Segment::Unknown => pointer.push('?'),
        }
        pointer
    })
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or("");
        if query.contains("%00") {
            return Err(Problem(Fault::field(
                "nul_character",
                "query",
                "Parameters must not contain NUL characters (%00).",
            )));
        }
        let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
        serde_path_to_error::deserialize(reader)
            .map(Query)
            .map_err(|error| {
                let name = error.path().to_string();
                Problem(Fault::field(
                    "parameter_invalid",
                    name,
                    error.into_inner().to_string(),
                ))
            })
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Path(value)),
            // An id that cannot be one names nothing: 404, as for one that does not exist.
            Err(PathRejection::FailedToDeserializePathParams(error))
                if error.status() == StatusCode::BAD_REQUEST =>
            {
                let mut fault = Fault::not_found("thing");
                fault.detail = format!("The path is not one of ours: {}.", error.body_text());
                Err(Problem(fault))
            }
            Err(_) => Err(Problem(Fault::internal())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        #[allow(dead_code)]
        quantity: u32,
        #[allow(dead_code)]
        note: Option<String>,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Body {
        #[allow(dead_code)]
        lines: Vec<Line>,
    }

    fn refusal(body: &str) -> (String, String) {
        let fault = parse::<Body>(body.as_bytes()).expect_err("refused");
        (fault.code, fault.fields[0].pointer.clone())
    }

    #[test]
    fn the_pointer_names_the_field() {
        assert_eq!(
            refusal(r#"{"lines":[{"quantity":1},{"quantity":-2}]}"#),
            ("field_invalid".into(), "/lines/1/quantity".into())
        );
        assert_eq!(
            refusal(r#"{"lines":[{"quantity":1,"qty":2}]}"#),
            ("field_invalid".into(), "/lines/0/qty".into())
        );
    }

    #[test]
    fn hostile_json_is_refused_early() {
        assert_eq!(refusal(&"[".repeat(10_000)).0, "json_too_deep");
        assert_eq!(refusal(r#"{"lines":[]} trailing"#).0, "json_malformed");
        assert_eq!(
            refusal(r#"{"lines":[{"quantity":1,"note":"a\u0000b"}]}"#).0,
            "nul_character"
        );
        assert_eq!(refusal("").0, "json_malformed");
    }

    #[test]
    fn an_escaped_backslash_before_u0000_is_text() {
        assert!(parse::<Body>(br#"{"lines":[{"quantity":1,"note":"a\\u0000b"}]}"#).is_ok());
    }
}

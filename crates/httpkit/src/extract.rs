//! Reading requests: every rejection is a problem document with a pointer to the field.

use crate::Problem;
use crate::strict::Strict;
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

/// A header that may be said once. Said twice it might be read otherwise here than by a proxy before us, so then it is
/// as good as unreadable.
pub(crate) enum Said<'a> {
    Not,
    Once(&'a HeaderValue),
    Unclear,
}

pub(crate) fn header_once(parts: &Parts, name: impl header::AsHeaderName) -> Said<'_> {
    let mut values = parts.headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Said::Not,
        (Some(value), None) => Said::Once(value),
        (Some(_), Some(_)) => Said::Unclear,
    }
}

/// Most answers fit without being moved while they are written.
const BODY_BYTES_USUAL: usize = 2048;

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(BODY_BYTES_USUAL);
        match serde_json::to_writer(&mut body, &self.0) {
            Ok(()) => (
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
                    Problem(Fault::field(
                        "body_unreadable",
                        "",
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
    let value = serde_path_to_error::deserialize(Strict(&mut reader)).map_err(|error| {
        let mut pointer = pointer_of(error.path());
        let inner = error.into_inner();
        if let Some(name) = missing_field(&inner.to_string()) {
            pointer.push('/');
            pointer.push_str(name);
        }
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
            serde_json::from_slice(bytes)
                .ok()
                .and_then(|body| nul_within(&body))
                .unwrap_or_default(),
            "Text must not contain NUL characters (\\u0000).",
        ));
    }
    Ok(value)
}

/// The reader stops at the object that lacks a field; forms want to know which.
fn missing_field(message: &str) -> Option<&str> {
    let (name, _) = message.strip_prefix("missing field `")?.split_once('`')?;
    Some(name)
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

/// Where the first text with a NUL character is.
fn nul_within(value: &serde_json::Value) -> Option<String> {
    use serde_json::Value;
    let below = |name: &str, value: &Value| {
        let name = name.replace('~', "~0").replace('/', "~1");
        nul_within(value).map(|rest| format!("/{name}{rest}"))
    };
    match value {
        Value::String(text) => text.contains('\0').then(String::new),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(i, item)| below(&i.to_string(), item)),
        Value::Object(members) => members.iter().find_map(|(name, member)| {
            if name.contains('\0') {
                Some(String::new())
            } else {
                below(name, member)
            }
        }),
        _ => None,
    }
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
        check_parameters(query).map_err(Problem)?;
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

fn check_parameters(query: &str) -> Result<(), Fault> {
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let has = |c: char| name.contains(c) || value.contains(c);
        if has('\0') {
            return Err(Fault::field(
                "nul_character",
                name.replace('\0', ""),
                "Parameters must not contain NUL characters (%00).",
            ));
        }
        // Broken sequences are decoded to this character, which nobody types.
        if has(char::REPLACEMENT_CHARACTER) {
            return Err(Fault::field(
                "parameter_invalid",
                name,
                "This is not UTF-8; percent-encode the UTF-8 bytes of the text.",
            ));
        }
    }
    Ok(())
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

    // As types do that travel between services, this one does not refuse what it does not know.
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
        assert_eq!(
            refusal(r#"{"lines":[{"note":"gift"}]}"#),
            ("field_invalid".into(), "/lines/0/quantity".into())
        );
        assert_eq!(
            refusal(r#"{"lines":[],"note/1":2}"#),
            ("field_invalid".into(), "/note~11".into())
        );
    }

    #[test]
    fn hostile_json_is_refused_early() {
        assert_eq!(refusal(&"[".repeat(10_000)).0, "json_too_deep");
        assert_eq!(refusal(r#"{"lines":[]} trailing"#).0, "json_malformed");
        assert_eq!(
            refusal(r#"{"lines":[{"quantity":1,"note":"a\u0000b"}]}"#),
            ("nul_character".into(), "/lines/0/note".into())
        );
        assert_eq!(refusal("").0, "json_malformed");
    }

    #[test]
    fn parameters_are_text() {
        let refusal = |query: &str| {
            let fault = check_parameters(query).expect_err("refused");
            (fault.code, fault.fields[0].pointer.clone())
        };
        assert_eq!(refusal("a=1&b=%00"), ("nul_character".into(), "b".into()));
        assert_eq!(refusal("a=1&b=%ff"), ("parameter_invalid".into(), "b".into()));
        assert_eq!(refusal("a%00=1"), ("nul_character".into(), "a".into()));
        assert!(check_parameters("a=%C3%A9&b=%zz&&=").is_ok());
    }

    #[test]
    fn a_list_does_not_pass_for_an_object() {
        assert_eq!(refusal("[[]]"), ("field_invalid".into(), String::new()));
        assert_eq!(
            refusal(r#"{"lines":[[1,null]]}"#),
            ("field_invalid".into(), "/lines/0".into())
        );
        assert!(parse::<Body>(br#"{"lines":[{"quantity":1,"note":null}]}"#).is_ok());
    }

    #[test]
    fn an_escaped_backslash_before_u0000_is_text() {
        assert!(parse::<Body>(br#"{"lines":[{"quantity":1,"note":"a\\u0000b"}]}"#).is_ok());
    }
}

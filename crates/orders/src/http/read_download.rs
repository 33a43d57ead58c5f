use crate::Orders;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use httpkit::{Anyone, Path, Problem, ProblemDocument};
use std::ops::Range;

/// Reads the file of a download that was granted (`begin_download`).
///
/// It is a file to be kept, never a page to be opened. A download that broke off goes on with `Range`.
#[utoipa::path(
    get,
    path = "/v1/downloads/{ticket}",
    tag = "orders",
    operation_id = "read_download",
    params(
        ("ticket" = String, Path, description = "The secret of the download", max_length = 128),
        ("Range" = Option<String>, Header, description = "One range of bytes", example = "bytes=1048576-"),
    ),
    responses(
        (status = 200, description = "The file", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 206, description = "The part that was asked for", body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such download, or its time is over", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`download_ended`, `download_expired`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 416, description = "The range is beyond the file"),
        (status = 503, description = "`unavailable`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(())
)]
pub(super) async fn handler(
    State(orders): State<Orders>,
    anyone: Anyone,
    Path(ticket): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let open = orders.ticketed(&anyone.ctx, &ticket).await?;
    let size = open.file.bytes;
    // A file never changes: its id is its tag.
    let tag = format!("\"{}\"", open.file.id);
    let wanted = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    let holds = headers
        .get(header::IF_RANGE)
        .is_none_or(|seen| seen.as_bytes() == tag.as_bytes());
    let mut kept = HeaderMap::new();
    for (name, value) in [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, attachment(&open.file.name)),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox".to_owned(),
        ),
        (header::CACHE_CONTROL, "private, no-store".to_owned()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::ETAG, tag),
    ] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            kept.insert(name, value);
        }
    }
    let number = |name, text: String, kept: &mut HeaderMap| {
        if let Ok(value) = HeaderValue::from_str(&text) {
            kept.insert(name, value);
        }
    };
    let part = match wanted.filter(|_| holds).map(|wanted| range(wanted, size)) {
        Some(Asked::Part(part)) => part,
        Some(Asked::Beyond) => {
            kept.remove(header::CONTENT_DISPOSITION);
            number(header::CONTENT_RANGE, format!("bytes */{size}"), &mut kept);
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, kept).into_response());
        }
        Some(Asked::Whole) | None => {
            let bytes = orders.read_file(&open, None).await?;
            number(header::CONTENT_LENGTH, size.to_string(), &mut kept);
            return Ok((kept, Body::from_stream(bytes.fuse())).into_response());
        }
    };
    let bytes = orders.read_file(&open, Some(part.clone())).await?;
    number(
        header::CONTENT_LENGTH,
        (part.end - part.start).to_string(),
        &mut kept,
    );
    let told = format!("bytes {}-{}/{size}", part.start, part.end - 1);
    number(header::CONTENT_RANGE, told, &mut kept);
    Ok((StatusCode::PARTIAL_CONTENT, kept, Body::from_stream(bytes.fuse())).into_response())
}

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// What is not understood, or is several ranges, is passed over (RFC 9110, 14.2).
    Whole,
    Part(Range<u64>),
    Beyond,
}

/// `bytes=0-99`, `bytes=100-` or `bytes=-100`, of a file of `size` bytes.
fn range(wanted: &str, size: u64) -> Asked {
    let Some((first, last)) = wanted
        .strip_prefix("bytes=")
        .filter(|ranges| !ranges.contains(','))
        .and_then(|range| range.trim().split_once('-'))
    else {
        return Asked::Whole;
    };
    let number = |text: &str| match text.bytes().all(|b| b.is_ascii_digit()) {
        true => text.parse::<u64>().ok(),
        false => None,
    };
    match (number(first), number(last), last.is_empty()) {
        (Some(first), _, true) if first < size => Asked::Part(first..size),
        (Some(first), Some(last), _) if first <= last && first < size => {
            Asked::Part(first..last.saturating_add(1).min(size))
        }
        (Some(first), Some(last), _) if first > last => Asked::Whole,
        (Some(_), ..) if last.is_empty() || number(last).is_some() => Asked::Beyond,
        (None, Some(0), _) if first.is_empty() => Asked::Beyond,
        (None, Some(last), _) if first.is_empty() => Asked::Part(size.saturating_sub(last)..size),
        _ => Asked::Whole,
    }
}

/// As a file to be kept, under its name (RFC 6266): in ASCII for old programs, and as it is.
fn attachment(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| match c {
            '"' | '\\' => '_',
            c if c.is_ascii() && !c.is_ascii_control() => c,
            _ => '_',
        })
        .collect();
    let mut whole = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                whole.push(char::from(byte));
            }
            other => whole.push_str(&format!("%{other:02X}")),
        }
    }
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_is_understood_and_others_are_passed_over() {
        for (wanted, asked) in [
            ("bytes=0-99", Asked::Part(0..100)),
            ("bytes=100-", Asked::Part(100..1_000)),
            ("bytes=-100", Asked::Part(900..1_000)),
            ("bytes=-5000", Asked::Part(0..1_000)),
            ("bytes=990-5000", Asked::Part(990..1_000)),
            ("bytes=999-999", Asked::Part(999..1_000)),
            ("bytes=1000-", Asked::Beyond),
            ("bytes=1000-2000", Asked::Beyond),
            ("bytes=-0", Asked::Beyond),
            ("bytes=5-2", Asked::Whole),
            ("bytes=0-1,5-6", Asked::Whole),
            ("bytes=a-b", Asked::Whole),
            ("bytes=-", Asked::Whole),
            ("lines=0-1", Asked::Whole),
            ("bytes=99999999999999999999-", Asked::Whole),
        ] {
            assert_eq!(range(wanted, 1_000), asked, "{wanted}");
        }
    }

    #[test]
    fn names_cannot_break_out_of_their_header() {
        assert_eq!(
            attachment("Patrón \"38\".pdf"),
            "attachment; filename=\"Patr_n _38_.pdf\"; filename*=UTF-8''Patr%C3%B3n%20%2238%22.pdf"
        );
        assert!(HeaderValue::from_str(&attachment("a\r\nX: y.pdf")).is_ok());
    }
}

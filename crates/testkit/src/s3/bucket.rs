//! Objects, and those that come in parts.

use super::{Answer, CHANGED_AT, Refusal};
use axum::body::Bytes;
use axum::http::{StatusCode, header};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::Range;

/// Of every part but the last.
const PART_BYTES_MIN: usize = 5 * 1024 * 1024;

#[derive(Debug, Default)]
pub(super) struct Bucket {
    objects: BTreeMap<String, Bytes>,
    /// By their ids: the key, and the parts by number.
    uploads: BTreeMap<String, (String, BTreeMap<usize, Bytes>)>,
    uploads_begun: usize,
}

impl Bucket {
    pub(super) fn keys(&self) -> Vec<String> {
        self.objects.keys().cloned().collect()
    }

    pub(super) fn unfinished(&self) -> usize {
        self.uploads.len()
    }

    pub(super) fn put(&mut self, key: &str, body: Bytes) -> Answer {
        let answer = Answer::empty(StatusCode::OK).with(header::ETAG, etag(&body));
        self.objects.insert(key.to_owned(), body);
        answer
    }

    pub(super) fn get(&self, key: &str, range: Option<&str>) -> Result<Answer, Refusal> {
        let object = self
            .objects
            .get(key)
            .ok_or_else(|| Refusal::new(404, "NoSuchKey", "The specified key does not exist."))?;
        let (status, part) = match range {
            None => (StatusCode::OK, 0..object.len()),
            Some(range) => (StatusCode::PARTIAL_CONTENT, part(range, object.len())?),
        };
        let mut answer = Answer::empty(status)
            .with(header::ETAG, etag(object))
            .with(header::LAST_MODIFIED, CHANGED_AT)
            .with(header::ACCEPT_RANGES, "bytes");
        if range.is_some() {
            let told = format!("bytes {}-{}/{}", part.start, part.end - 1, object.len());
            answer = answer.with(header::CONTENT_RANGE, told);
        }
        Ok(answer.of(object.slice(part)))
    }

    /// What is not there is deleted as well.
    pub(super) fn delete(&mut self, key: &str) -> Answer {
        self.objects.remove(key);
        Answer::empty(StatusCode::NO_CONTENT)
    }

    pub(super) fn begin(&mut self, key: &str) -> Answer {
        self.uploads_begun += 1;
        let id = format!("upload-{}", self.uploads_begun);
        self.uploads.insert(id.clone(), (key.to_owned(), BTreeMap::new()));
        Answer::xml(format!(
            "<InitiateMultipartUploadResult><Key>{key}</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
        ))
    }

    pub(super) fn put_part(
        &mut self,
        key: &str,
        upload: &str,
        number: &str,
        body: Bytes,
    ) -> Result<Answer, Refusal> {
        let number = number
            .parse::<usize>()
            .ok()
            .filter(|number| (1..=10_000).contains(number))
            .ok_or_else(|| Refusal::new(400, "InvalidArgument", "partNumber is from 1 to 10000"))?;
        let parts = self.parts(key, upload)?;
        let answer = Answer::empty(StatusCode::OK).with(header::ETAG, etag(&body));
        parts.insert(number, body);
        Ok(answer)
    }

    pub(super) fn complete(&mut self, key: &str, upload: &str, body: &[u8]) -> Result<Answer, Refusal> {
        let kept = self.parts(key, upload)?;
        let body = String::from_utf8_lossy(body);
        let mut named = Vec::new();
        for part in body.split("<Part>").skip(1) {
            let number = within(part, "PartNumber")?.parse::<usize>().ok();
            named.push((number, within(part, "ETag")?.replace("&quot;", "\"")));
        }
        let last = named.len();
        if last == 0 {
            return Err(Refusal::new(400, "MalformedXML", "no part is named"));
        }
        let mut whole = Vec::new();
        for (at, (number, tag)) in named.into_iter().enumerate() {
            if number != Some(at + 1) {
                let why = "this server takes parts that are numbered from 1 without gaps";
                return Err(Refusal::new(400, "InvalidPartOrder", why));
            }
            let part = kept
                .get(&(at + 1))
                .filter(|part| etag(part) == tag)
                .ok_or_else(|| Refusal::new(400, "InvalidPart", format!("part {} is another", at + 1)))?;
            if at + 1 < last && part.len() < PART_BYTES_MIN {
                let why = "Your proposed upload is smaller than the minimum allowed size";
                return Err(Refusal::new(400, "EntityTooSmall", why));
            }
            whole.extend_from_slice(part);
        }
        self.uploads.remove(upload);
        let whole = Bytes::from(whole);
        let tag = etag(&whole).replace('"', "&quot;");
        self.objects.insert(key.to_owned(), whole);
        Ok(Answer::xml(format!(
            "<CompleteMultipartUploadResult><Key>{key}</Key><ETag>{tag}</ETag></CompleteMultipartUploadResult>"
        )))
    }

    pub(super) fn abort(&mut self, key: &str, upload: &str) -> Result<Answer, Refusal> {
        self.parts(key, upload)?;
        self.uploads.remove(upload);
        Ok(Answer::empty(StatusCode::NO_CONTENT))
    }

    fn parts(&mut self, key: &str, upload: &str) -> Result<&mut BTreeMap<usize, Bytes>, Refusal> {
        self.uploads
            .get_mut(upload)
            .filter(|(of, _)| of == key)
            .map(|(_, parts)| parts)
            .ok_or_else(|| Refusal::new(404, "NoSuchUpload", "The specified upload does not exist."))
    }
}

fn etag(bytes: &[u8]) -> String {
    format!("\"{}\"", kernel::hex(&Sha256::digest(bytes)[..16]))
}

/// The bytes that a Range header asks for; an end beyond the object's is the object's.
fn part(range: &str, bytes: usize) -> Result<Range<usize>, Refusal> {
    let bounds = range
        .strip_prefix("bytes=")
        .and_then(|bounds| bounds.split_once('-'))
        .ok_or_else(|| Refusal::unknown(format!("the range {range}")))?;
    let number = |text: &str| {
        text.parse::<usize>()
            .map_err(|_| Refusal::unknown(format!("the range {range}")))
    };
    let part = match bounds {
        ("", last) => bytes.saturating_sub(number(last)?)..bytes,
        (first, "") => number(first)?..bytes,
        (first, last) => number(first)?..bytes.min(number(last)?.saturating_add(1)),
    };
    if part.is_empty() {
        return Err(Refusal::new(
            416,
            "InvalidRange",
            "The requested range is not satisfiable",
        ));
    }
    Ok(part)
}

/// The text of the first element of this name.
fn within<'a>(xml: &'a str, name: &str) -> Result<&'a str, Refusal> {
    xml.split_once(&format!("<{name}>"))
        .and_then(|(_, rest)| rest.split_once(&format!("</{name}>")))
        .map(|(text, _)| text)
        .ok_or_else(|| Refusal::new(400, "MalformedXML", format!("{name} is missing")))
}

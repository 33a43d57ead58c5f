//! Forms that change something: read with limits, and only with the token that the page gave out.

use super::Shop;
use super::failure::Failure;
use super::visit::Visit;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Multipart, Request};
use axum::http::header;
use kernel::{Fault, Kind};

/// Characters of one field.
const FIELD_CHARS_MAX: usize = 60_000;
const FIELDS_MAX: usize = 5_000;
/// Bytes of a form without files.
pub const FORM_BYTES_MAX: usize = 512 * 1024;

/// A submitted form.
pub struct Posted {
    pub visit: Visit,
    fields: Vec<(String, String)>,
    files: Vec<PostedFile>,
}

/// A file of a form.
pub struct PostedFile {
    /// The field it was chosen in.
    pub field: String,
    /// What it is called on its owner's machine.
    pub name: String,
    pub bytes: Bytes,
}

impl FromRequest<Shop> for Posted {
    type Rejection = Failure;

    async fn from_request(request: Request, shop: &Shop) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, shop).await?;
        let has_files = parts
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|v| v.to_str().ok())
            .is_some_and(|v| v.to_ascii_lowercase().starts_with("multipart/form-data"));
        let mut request = Request::from_parts(parts, body);
        let (fields, files) = if has_files {
            // Strangers have nothing to upload, and need not be listened to.
            if visit.principal.is_none() {
                return Err(Failure(Fault::new(
                    Kind::Unauthenticated,
                    "sign_in",
                    "Please sign in.",
                )));
            }
            read_files(request).await?
        } else {
            DefaultBodyLimit::max(FORM_BYTES_MAX).apply(&mut request);
            let bytes = Bytes::from_request(request, shop)
                .await
                .map_err(|_| too_large())?;
            let pairs = form_urlencoded::parse(&bytes).into_owned();
            (pairs.take(FIELDS_MAX).collect(), Vec::new())
        };
        let posted = Self { visit, fields, files };
        let unfit = |text: &str| text.chars().count() > FIELD_CHARS_MAX || text.contains('\0');
        if posted.fields.iter().any(|(_, v)| unfit(v)) {
            return Err(Failure(Fault::field(
                "field_too_long",
                "form",
                posted.visit.locale.t("refused.field").to_string(),
            )));
        }
        if posted.get("csrf") != posted.visit.csrf {
            return Err(Failure(Fault::new(
                Kind::Forbidden,
                "form_expired",
                posted.visit.locale.t("refused.expired").to_string(),
            )));
        }
        Ok(posted)
    }
}

type Parts = (Vec<(String, String)>, Vec<PostedFile>);

/// Fields and files of a form with files. The route's own limit holds for the whole of it.
async fn read_files(request: Request) -> Result<Parts, Fault> {
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|_| unreadable())?;
    let (mut fields, mut files) = (Vec::new(), Vec::new());
    while let Some(part) = form.next_field().await.map_err(|e| refusal(&e))? {
        let field = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let bytes = part.bytes().await.map_err(|e| refusal(&e))?;
        if fields.len() + files.len() >= FIELDS_MAX {
            return Err(too_large());
        }
        match file_name {
            // Browsers send an empty file for a field in which none was chosen.
            Some(name) if name.is_empty() && bytes.is_empty() => {}
            Some(name) => files.push(PostedFile { field, name, bytes }),
            None => fields.push((field, String::from_utf8_lossy(&bytes).into_owned())),
        }
    }
    Ok((fields, files))
}

fn refusal(error: &axum::extract::multipart::MultipartError) -> Fault {
    if error.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        too_large()
    } else {
        unreadable()
    }
}

fn too_large() -> Fault {
    Fault::new(Kind::TooLarge, "form_too_large", "The form is too large.")
}

fn unreadable() -> Fault {
    Fault::new(
        Kind::Invalid,
        "form_unreadable",
        "The form broke off on its way. Send it again.",
    )
}

impl Posted {
    /// A field, trimmed; empty when absent.
    pub fn get(&self, name: &str) -> &str {
        self.raw(name).trim()
    }

    /// A field as it was typed: for passwords.
    pub fn raw(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.as_str())
    }

    /// Whether a box was ticked.
    pub fn ticked(&self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// Fields whose names begin with `prefix`, without it.
    pub fn with_prefix<'p>(&'p self, prefix: &'p str) -> impl Iterator<Item = (&'p str, &'p str)> {
        self.fields
            .iter()
            .filter_map(move |(n, v)| Some((n.strip_prefix(prefix)?, v.trim())))
    }

    /// The files chosen in a field, empty ones left out.
    pub fn files<'p>(&'p self, field: &'p str) -> impl Iterator<Item = &'p PostedFile> {
        self.files
            .iter()
            .filter(move |file| file.field == field && !file.bytes.is_empty())
    }
}

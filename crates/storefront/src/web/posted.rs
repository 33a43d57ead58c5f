//! Forms that change something: read with limits, and only with the token that the page gave out.

use super::Shop;
use super::failure::Failure;
use super::visit::Visit;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use kernel::{Fault, Kind};

/// Characters of one field.
const FIELD_CHARS_MAX: usize = 4_000;
const FIELDS_MAX: usize = 200;

/// A submitted form.
pub struct Posted {
    pub visit: Visit,
    fields: Vec<(String, String)>,
}

impl FromRequest<Shop> for Posted {
    type Rejection = Failure;

    async fn from_request(request: Request, shop: &Shop) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, shop).await?;
        let bytes = Bytes::from_request(Request::from_parts(parts, body), shop)
            .await
            .map_err(|_| Fault::new(Kind::TooLarge, "form_too_large", "The form is too large."))?;
        let fields: Vec<(String, String)> = form_urlencoded::parse(&bytes)
            .into_owned()
            .take(FIELDS_MAX)
            .collect();
        if fields
            .iter()
            .any(|(_, v)| v.chars().count() > FIELD_CHARS_MAX || v.contains('\0'))
        {
            return Err(Failure(Fault::field(
                "field_too_long",
                "form",
                "A field is too long, or holds what no keyboard types.",
            )));
        }
        let posted = Self { visit, fields };
        if posted.get("csrf") != posted.visit.csrf {
            return Err(Failure(Fault::new(
                Kind::Forbidden,
                "form_expired",
                "This form has expired. Go back, load the page anew and send it again.",
            )));
        }
        Ok(posted)
    }
}

impl Posted {
    /// A field, trimmed; empty when absent.
    pub fn get(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.trim())
    }

    /// A field as it was typed: for passwords.
    pub fn raw(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(n, _)| n == name)
            .map_or("", |(_, v)| v.as_str())
    }

    /// Fields whose names begin with `prefix`, without it.
    pub fn with_prefix<'p>(&'p self, prefix: &'p str) -> impl Iterator<Item = (&'p str, &'p str)> {
        self.fields
            .iter()
            .filter_map(move |(n, v)| Some((n.strip_prefix(prefix)?, v.trim())))
    }
}

//! A refusal that can travel: between rooms, over the wire between services, and to the caller as problem+json.

use serde::{Deserialize, Serialize};

/// What went wrong, as far as the transport cares. The HTTP status is decided from this, in one place (httpkit).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The request cannot be read or breaks a rule of its fields.
    Invalid,
    Unauthenticated,
    Forbidden,
    NotFound,
    /// The request is well-formed but the state of things does not allow it.
    Conflict,
    /// The version the caller saw is no longer the current one.
    PreconditionFailed,
    TooLarge,
    /// Well-formed, but its content contradicts itself or an earlier request.
    Unprocessable,
    TooMany,
    Unavailable,
    Internal,
}

/// One field's part in a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldError {
    /// JSON pointer into the request body, or the name of the query parameter or header.
    pub pointer: String,
    /// What is wrong and what would be right.
    pub detail: String,
}

/// A refusal: stable `code` for programs, `detail` for people, `fields` for forms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    pub kind: Kind,
    pub code: String,
    pub detail: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
    /// Extra members of the problem document, such as the allowed transitions or the new total.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub extra: serde_json::Map<String, serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
}

impl Fault {
    #[must_use]
    pub fn new(kind: Kind, code: &str, detail: impl Into<String>) -> Self {
        Self {
            kind,
            code: code.to_owned(),
            detail: detail.into(),
            fields: Vec::new(),
            extra: serde_json::Map::new(),
            retry_after_s: None,
        }
    }

    /// A refusal of one field.
    #[must_use]
    pub fn field(code: &str, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let mut fault = Self::new(Kind::Invalid, code, detail.clone());
        fault.fields.push(FieldError {
            pointer: pointer.into(),
            detail,
        });
        fault
    }

    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(
            Kind::NotFound,
            "not_found",
            format!("There is no such {what}, or it is not yours to see."),
        )
    }

    /// Something of ours broke. The cause is logged where this is made; the caller learns only that it was not their fault.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            Kind::Internal,
            "internal",
            "Something went wrong on our side. Please try again.",
        )
    }

    #[must_use]
    pub fn unavailable(what: &str) -> Self {
        let mut fault = Self::new(
            Kind::Unavailable,
            "unavailable",
            format!("{what} cannot be reached right now. Please try again."),
        );
        fault.retry_after_s = Some(1);
        fault
    }

    /// More is asked of us than we can do at once.
    #[must_use]
    pub fn busy() -> Self {
        let mut fault = Self::new(
            Kind::TooMany,
            "busy",
            "Too many ask for this at the same time. Please try again in a moment.",
        );
        fault.retry_after_s = Some(1);
        fault
    }

    #[must_use]
    pub fn with(mut self, key: &str, value: impl Serialize) -> Self {
        if let Ok(value) = serde_json::to_value(value) {
            self.extra.insert(key.to_owned(), value);
        }
        self
    }

    /// What can still be done with what the refused act was about; nothing, if it has ended for good.
    #[must_use]
    pub fn allowing(self, moves: &[&str]) -> Self {
        self.with("allowed", moves)
    }

    #[must_use]
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        let detail = self.detail.clone();
        self.fields.push(FieldError {
            pointer: pointer.into(),
            detail,
        });
        self
    }
}

/// Amounts that cannot be added up: they are too large, or of different currencies.
impl From<crate::MoneyError> for Fault {
    fn from(error: crate::MoneyError) -> Self {
        Self::new(Kind::Unprocessable, "amounts_do_not_add_up", error.to_string())
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl std::error::Error for Fault {}

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use contracts::{Document, Language};

/// A document as an answer: shown in the browser, saved under its name.
#[derive(Clone, Debug)]
pub struct Pdf(pub Document);

/// In which language a document is wanted.
#[derive(serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct LanguageQuery {
    /// English where it is absent.
    #[serde(default)]
    #[param(inline)]
    pub lang: Language,
}

impl IntoResponse for Pdf {
    fn into_response(self) -> Response {
        let named = format!("inline; filename=\"{}\"", self.0.name);
        let disposition = HeaderValue::from_str(&named).unwrap_or(HeaderValue::from_static("inline"));
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
            (header::CONTENT_DISPOSITION, disposition),
            // It has addresses in it, and no cache between us and its reader needs them.
            (
                header::CACHE_CONTROL,
                HeaderValue::from_static("private, no-store"),
            ),
        ];
        (headers, self.0.pdf).into_response()
    }
}

/// Comma-separated lines as an answer, saved under a name.
#[derive(Clone, Debug)]
pub struct Csv {
    /// Letters, digits, dots and dashes.
    pub name: String,
    pub lines: Vec<u8>,
}

impl IntoResponse for Csv {
    fn into_response(self) -> Response {
        let named = format!("attachment; filename=\"{}\"", self.name);
        let disposition = HeaderValue::from_str(&named).unwrap_or(HeaderValue::from_static("attachment"));
        let headers = [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/csv; charset=utf-8"),
            ),
            (header::CONTENT_DISPOSITION, disposition),
        ];
        (headers, self.lines).into_response()
    }
}

//! The API's description, a page to read and try it, and a page of the codes that its errors carry.

use axum::Router;
use axum::http::{StatusCode, header};
use axum::middleware::map_response;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::SwaggerUi;

/// `/v1/openapi.json`, `/docs`, and `/docs/problems`, where the `type` of every problem document leads.
pub fn routes(openapi: OpenApi) -> Router {
    let page = serde_json::to_value(&openapi)
        .map(|document| problems_page(&problems(&document)))
        .unwrap_or_default();
    Router::from(SwaggerUi::new("/docs").url("/v1/openapi.json", openapi))
        .layer(map_response(fits_phones))
        .route("/docs/problems", get(async move || Html(page)))
}

/// Bytes of a page that is read to be mended; it has a hundredth of them.
const PAGE_BYTES_MAX: usize = 1024 * 1024;

/// The page that comes with the library says nothing of narrow screens: phones would show it as a far too wide one.
async fn fits_phones(response: Response) -> Response {
    let kind = response.headers().get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(page) = axum::body::to_bytes(body, PAGE_BYTES_MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let page = String::from_utf8_lossy(&page);
    let fitting = "<head><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">";
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, page.replacen("<head>", fitting, 1).into())
}

/// What the description says of one code.
#[derive(Debug, Default, PartialEq)]
struct Problem {
    statuses: BTreeSet<String>,
    /// In words, where a response says more than the code.
    remarks: BTreeSet<String>,
    operations: BTreeSet<String>,
}

/// Codes stand between backticks at the head of a response's description: "`out_of_stock`, `cart_full`: the remark".
fn problems(document: &Value) -> BTreeMap<String, Problem> {
    let mut found: BTreeMap<String, Problem> = BTreeMap::new();
    let paths = document["paths"].as_object().into_iter().flatten();
    for (path, operations) in paths {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let responses = operation["responses"].as_object().into_iter().flatten();
            for (status, response) in responses.filter(|(status, _)| status.starts_with(['4', '5'])) {
                let description = response["description"].as_str().unwrap_or_default();
                for part in description.split(';') {
                    let (codes, remark) = part.split_once(':').unwrap_or((part, ""));
                    // Behind "with" stand members of the document, not codes.
                    let codes = codes.split("with ").next().unwrap_or_default();
                    for code in codes.split('`').skip(1).step_by(2) {
                        let problem = found.entry(code.to_owned()).or_default();
                        problem.statuses.insert(status.clone());
                        problem
                            .operations
                            .insert(format!("{} {path}", method.to_uppercase()));
                        if !remark.trim().is_empty() {
                            problem.remarks.insert(remark.trim().to_owned());
                        }
                    }
                }
            }
        }
    }
    found
}

fn problems_page(problems: &BTreeMap<String, Problem>) -> String {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Problems</title><style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:46rem;\
         margin:2rem auto;padding:0 1rem}code{font-size:.9em}section:target{outline:2px solid;outline-offset:.5rem}\
         li{overflow-wrap:anywhere}</style><h1>Problems</h1><p>Every error of the API is a problem document (RFC 9457). Its \
         <code>code</code> is one of these; its <code>detail</code> says what is wrong with this request, and its \
         <code>errors</code> point at the fields. <a href=\"/docs\">The API</a></p>",
    );
    for (code, problem) in problems {
        let statuses: Vec<&str> = problem.statuses.iter().map(String::as_str).collect();
        let _ = write!(
            page,
            "<section id=\"{0}\"><h2><code>{0}</code></h2><p>Status {1}.",
            escaped(code),
            escaped(&statuses.join(", "))
        );
        for remark in &problem.remarks {
            let _ = write!(page, " {}.", escaped(remark));
        }
        page.push_str("</p><ul>");
        for operation in &problem.operations {
            let _ = write!(page, "<li><code>{}</code></li>", escaped(operation));
        }
        page.push_str("</ul></section>");
    }
    page
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[tokio::test]
    async fn the_page_fits_narrow_screens_and_other_files_stay_as_they_are() {
        let given = |kind: &'static str| ([(header::CONTENT_TYPE, kind)], "<head><title>x</title></head>");
        let text = async |response: Response| {
            let bytes = axum::body::to_bytes(response.into_body(), 1_000).await;
            String::from_utf8(bytes.expect("read").to_vec()).expect("UTF-8")
        };
        let page = text(fits_phones(given("text/html").into_response()).await).await;
        assert!(page.starts_with("<head><meta name=\"viewport\""), "{page}");
        let script = text(fits_phones(given("text/javascript").into_response()).await).await;
        assert!(!script.contains("viewport"), "{script}");
    }

    #[test]
    fn codes_are_read_from_the_descriptions() {
        let document = json!({"paths": {"/v1/orders": {"post": {"responses": {
            "201": {"description": "`not_a_problem`"},
            "409": {"description": "`out_of_stock`, `cart_full` with `limit`; `cart_ordered`: the order is told"},
        }}}}});
        let found = problems(&document);
        assert_eq!(
            found.keys().collect::<Vec<_>>(),
            ["cart_full", "cart_ordered", "out_of_stock"]
        );
        assert!(found["cart_ordered"].remarks.contains("the order is told"));
        let page = problems_page(&found);
        assert!(page.contains("id=\"out_of_stock\"") && page.contains("POST /v1/orders"));
    }
}

//! The head of the API's description; paths and schemas come from the handlers.

use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, Ref, RefOr, ResponseBuilder};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Stoa",
        description = "The API of a multi-vendor marketplace. Errors are problem documents (RFC 9457) with a stable `code`; lists are paged by `after` and `next`; amounts are integers of the currency's minor unit.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&Bearer)
)]
pub struct Description;

struct Bearer;

impl utoipa::Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .build();
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", SecurityScheme::Http(scheme));
    }
}

/// Adds to every operation the refusals that do not come from its handler but from what stands before it.
pub fn complete(openapi: &mut utoipa::openapi::OpenApi) {
    for item in openapi.paths.paths.values_mut() {
        for operation in operations(item) {
            refuse(operation, "429", "`rate_limited`, with Retry-After");
            let takes_json = operation.request_body.as_ref().is_some_and(|body| match body {
                RefOr::T(body) => body.content.contains_key("application/json"),
                RefOr::Ref(_) => false,
            });
            if takes_json {
                refuse(operation, "413", "`body_too_large`");
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.patch,
        &mut item.delete,
    ]
    .into_iter()
    .flatten()
}

/// Unless the handler says more about this status.
fn refuse(operation: &mut Operation, status: &str, codes: &str) {
    operation
        .responses
        .responses
        .entry(status.to_owned())
        .or_insert_with(|| {
            ResponseBuilder::new()
                .description(codes)
                .content(
                    "application/problem+json",
                    Content::new(Some(Ref::from_schema_name("ProblemDocument"))),
                )
                .build()
                .into()
        });
}

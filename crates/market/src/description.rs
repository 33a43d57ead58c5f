//! The head of the API's description; paths and schemas come from the handlers.

use httpkit::IdempotencyKey;
use kernel::limits::IDEMPOTENCY_KEY_BYTES_MAX;
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::Type;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Content, ObjectBuilder, Ref, RefOr, Required, ResponseBuilder};

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
            .description(Some(
                "An access token from /v1/auth/login, or, for what is a shop's, an API key of the shop's (`stoa_sk_...`) whose scopes include it.",
            ))
            .build();
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("bearer", SecurityScheme::Http(scheme));
        let key = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("stoa_pk_...")
            .description(Some("A partner's API key, made by the operator."))
            .build();
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("partner", SecurityScheme::Http(key));
    }
}

/// Adds to every operation the refusals that do not come from its handler but from what stands before it.
pub fn complete(openapi: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut openapi.paths.paths {
        // What carriers tell has ids of its own.
        let takes_no_key = httpkit::tells_secrets(path) || path.starts_with("/v1/partner/");
        for operation in unsafe_operations(item).filter(|_| !takes_no_key) {
            offer_key(operation);
        }
        for operation in operations(item) {
            refuse(operation, "429", "`rate_limited` or `busy`, with Retry-After");
            if takes_json(operation) {
                refuse(operation, "413", "`body_too_large`");
            }
        }
    }
}

fn takes_json(operation: &Operation) -> bool {
    operation.request_body.as_ref().is_some_and(|body| match body {
        RefOr::T(body) => body.content.contains_key("application/json"),
        RefOr::Ref(_) => false,
    })
}

/// Says that the answer is kept under a key, where the handler does not take one itself. Uploads have keys in their rows.
fn offer_key(operation: &mut Operation) {
    let parameters = operation.parameters.get_or_insert_default();
    let has_key = parameters.iter().any(
        |parameter| matches!(parameter, RefOr::T(p) if p.name.eq_ignore_ascii_case(IdempotencyKey::HEADER)),
    );
    if has_key || (operation.request_body.is_some() && !takes_json(operation)) {
        return;
    }
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(IDEMPOTENCY_KEY_BYTES_MAX))
        .pattern(Some("^[!-~]+$"));
    operation.parameters.get_or_insert_default().push(
        ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(
                "The same key with the same request gets the same answer for 24 hours, and nothing is done twice. Counts for whoever is signed in or has a cart.",
            ))
            .schema(Some(text))
            .build()
            .into(),
    );
    refuse(operation, "400", "`idempotency_key`");
    refuse(
        operation,
        "409",
        "`idempotency_under_way`: the same call is still being worked on",
    );
    refuse(
        operation,
        "422",
        "`idempotency_key_reused`: the key came with another request",
    );
}

fn unsafe_operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.put, &mut item.post, &mut item.patch, &mut item.delete]
        .into_iter()
        .flatten()
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

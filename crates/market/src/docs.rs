//! The API's description, and a page to read and try it.

use axum::Router;
use utoipa::openapi::OpenApi;
use utoipa_swagger_ui::SwaggerUi;

/// `/v1/openapi.json` and `/docs`.
pub fn routes(openapi: OpenApi) -> Router {
    SwaggerUi::new("/docs").url("/v1/openapi.json", openapi).into()
}

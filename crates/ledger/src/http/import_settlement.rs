use crate::app::Ledger;
use axum::body::Body;
use axum::extract::State;
use httpkit::{Admin, Json, Problem, ProblemDocument, Query, perm, text};
use kernel::{Fault, Kind};
use serde::{Deserialize, Serialize};

/// Bytes of one file.
const FILE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Characters of a provider's name.
const PROVIDER_CHARS_MAX: usize = 40;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Whose file it is.
    #[param(min_length = 1, max_length = 40, example = "sandbox")]
    provider: String,
}

#[derive(Serialize, utoipa::ToSchema)]
pub struct SettlementImport {
    /// Lines of the file.
    lines: usize,
    /// Lines that no file before had.
    new: usize,
    /// Entries that it made: fees, and transfers to the bank.
    posted: usize,
}

/// Imports a payment provider's settlement file.
///
/// CSV with the columns reference, kind (charge, refund, fee, transfer), gross, fee, net, currency and date. A file
/// counts as a whole or not at all; sending it again changes nothing.
#[utoipa::path(
    post, path = "/v1/admin/ledger/settlements", tag = "ledger", operation_id = "import_settlement",
    params(Parameters),
    request_body(content = Vec<u8>, content_type = "text/csv", description = "The file"),
    security(("bearer" = [])),
    responses(
        (status = 200, body = SettlementImport),
        (status = 400, description = "`settlement_file_invalid`, `settlement_line_changed`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    admin: Admin<perm::ManageLedger>,
    Query(parameters): Query<Parameters>,
    body: Body,
) -> Result<Json<SettlementImport>, Problem> {
    let provider = text::line("provider", &parameters.provider, PROVIDER_CHARS_MAX)?;
    let bytes = axum::body::to_bytes(body, FILE_BYTES_MAX).await.map_err(|_| {
        let detail = format!("A file may have at most {FILE_BYTES_MAX} bytes; send it in parts.");
        Fault::new(Kind::TooLarge, "body_too_large", detail)
    })?;
    let done = ledger.import_settlement(&admin.ctx, &provider, &bytes).await?;
    Ok(Json(SettlementImport {
        lines: done.lines,
        new: done.new,
        posted: done.posted,
    }))
}

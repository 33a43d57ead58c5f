use super::request::Waiting;
use crate::app::Conversations;
use axum::extract::State;
use contracts::messages::ReportedThread;
use httpkit::{Admin, Json, Problem, ProblemDocument, Query, perm};
use kernel::Page;

/// Lists threads that one of the two reported: those that wait, the longest first; or those that were decided on, the latest
/// first.
#[utoipa::path(
    get, path = "/v1/admin/messages", tag = "messages", operation_id = "list_reported_message_threads",
    params(Waiting),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of threads", body = Page<ReportedThread>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(conversations): State<Conversations>,
    _admin: Admin<perm::ModerateMessages>,
    Query(parameters): Query<Waiting>,
) -> Result<Json<Page<ReportedThread>>, Problem> {
    let (waiting, page) = parameters.read();
    let limit = super::limit(&page)?;
    Ok(Json(conversations.reported(waiting, page.after, limit).await?))
}

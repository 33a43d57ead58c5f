use crate::app::Conversations;
use axum::extract::State;
use contracts::messages::ModeratedThread;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::ThreadId;

/// Reads a thread that one of the two reported, as it was written: nothing is hidden in it. What nobody reported, nobody else
/// reads.
#[utoipa::path(
    get, path = "/v1/admin/messages/{id}", tag = "messages", operation_id = "get_reported_message_thread",
    params(("id" = ThreadId, Path, description = "The thread")),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The thread, its reports and what was decided before", body = ModeratedThread),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such thread, or nobody reported it", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(conversations): State<Conversations>,
    admin: Admin<perm::ModerateMessages>,
    Path(id): Path<ThreadId>,
) -> Result<Json<ModeratedThread>, Problem> {
    Ok(Json(conversations.moderated(&admin.ctx, id).await?))
}

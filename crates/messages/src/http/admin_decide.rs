use crate::app::Conversations;
use axum::extract::State;
use contracts::messages::{ModeratedThread, Verdict};
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::ThreadId;

/// Decides on the reports of a thread: dismisses them, hides a message, or closes the thread. Of the latter two both sides are
/// told, with the reason.
#[utoipa::path(
    post, path = "/v1/admin/messages/{id}/decisions", tag = "messages", operation_id = "decide_on_message_thread",
    params(("id" = ThreadId, Path, description = "The thread")),
    request_body = Verdict,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The thread as it stands now", body = ModeratedThread),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such thread, nobody reported it, or no such message in it", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(conversations): State<Conversations>,
    admin: Admin<perm::ModerateMessages>,
    Path(id): Path<ThreadId>,
    Json(verdict): Json<Verdict>,
) -> Result<Json<ModeratedThread>, Problem> {
    Ok(Json(conversations.decide(&admin.ctx, id, verdict).await?))
}

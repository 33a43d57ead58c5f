use crate::app::Conversations;
use axum::extract::State;
use contracts::messages::{ModeratedThread, Verdict};
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::{Fault, MessageId, ThreadId};
use serde::Deserialize;

/// What a moderator says.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MessageDecisionKind)]
pub(crate) enum Kind {
    /// Nothing is wrong with it.
    Dismiss,
    /// Nobody reads one message any more.
    Hide,
    /// Nobody writes in it any more.
    Close,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MessageDecision)]
pub(crate) struct Decision {
    kind: Kind,
    /// The one that is hidden; of nothing else.
    #[serde(default)]
    message: Option<MessageId>,
    /// Needed but for a dismissal: both sides are told.
    #[serde(default)]
    #[schema(max_length = 500)]
    reason: String,
}

impl Decision {
    fn verdict(self) -> Result<Verdict, Fault> {
        let reason = self.reason;
        match (self.kind, self.message) {
            (Kind::Dismiss, None) => Ok(Verdict::Dismiss { reason }),
            (Kind::Close, None) => Ok(Verdict::Close { reason }),
            (Kind::Hide, Some(message)) => Ok(Verdict::Hide { message, reason }),
            (Kind::Hide, None) => Err(Fault::field(
                "field_invalid",
                "/message",
                "Name the message that nobody is to read any more.",
            )),
            (Kind::Dismiss | Kind::Close, Some(_)) => Err(Fault::field(
                "field_invalid",
                "/message",
                "A message is named to hide it. Leave it out.",
            )),
        }
    }
}

/// Decides on the reports of a thread: dismisses them, hides a message, or closes the thread. Of the latter two both sides are
/// told, with the reason.
#[utoipa::path(
    post, path = "/v1/admin/messages/{id}/decisions", tag = "messages", operation_id = "decide_on_message_thread",
    params(("id" = ThreadId, Path, description = "The thread")),
    request_body = Decision,
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
    Json(decision): Json<Decision>,
) -> Result<Json<ModeratedThread>, Problem> {
    let verdict = decision.verdict()?;
    Ok(Json(conversations.decide(&admin.ctx, id, verdict).await?))
}

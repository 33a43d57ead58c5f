use crate::app::Notices;
use axum::extract::State;
use contracts::notifications::Subscription;
use httpkit::{Json, Path, Problem, ProblemDocument};

/// Ends mails of one topic to one person, with one click of a mail program's (RFC 8058): the address stands in the mail's
/// `List-Unsubscribe`. What is sent along is not read.
#[utoipa::path(
    post, path = "/v1/notifications/unsubscribe/{token}", tag = "notifications", operation_id = "unsubscribe_mails",
    params(("token" = String, Path, description = "From the mail")),
    responses(
        (status = 200, description = "No more mails of the topic come", body = Subscription),
        (status = 404, description = "`not_found`: the link is none of ours", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(notices): State<Notices>,
    Path(token): Path<String>,
) -> Result<Json<Subscription>, Problem> {
    Ok(Json(notices.subscribe(&token, false).await?))
}

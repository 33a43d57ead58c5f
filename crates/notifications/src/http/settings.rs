use crate::app::Notices;
use axum::extract::State;
use contracts::notifications::NoticeSettings;
use httpkit::{Anyone, Json, Problem, ProblemDocument};

/// Says how the caller wants to be told: in which ways of which topics, and when not. Whoever works for a shop says it for
/// themselves, not for the shop; their `sms` are of what that shop is told.
#[utoipa::path(
    get, path = "/v1/notifications/settings", tag = "notifications", operation_id = "get_notification_settings",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "All topics", body = NoticeSettings),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(notices): State<Notices>,
    caller: Anyone,
) -> Result<Json<NoticeSettings>, Problem> {
    let user = super::user(&caller)?;
    Ok(Json(notices.settings(user, super::shop(&caller)).await?))
}

use crate::app::Notices;
use axum::extract::State;
use contracts::notifications::NoticeSettings;
use httpkit::{Anyone, Json, Problem, ProblemDocument};

/// Changes how the caller wants to be told. Topics that are not named stay as they are; `orders` and `security` cannot be
/// turned off in the list and by e-mail, `security` in no way. Of a shop's staff, `sms` are of what that shop is told.
#[utoipa::path(
    put, path = "/v1/notifications/settings", tag = "notifications", operation_id = "put_notification_settings",
    request_body = NoticeSettings,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "All topics as they are now", body = NoticeSettings),
        (status = 400, description = "`json_malformed`, `field_invalid`, `topic_required`, `too_many`, `time_zone_unknown`, `time_invalid`, `quiet_hours_empty`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(notices): State<Notices>,
    caller: Anyone,
    Json(change): Json<NoticeSettings>,
) -> Result<Json<NoticeSettings>, Problem> {
    let user = super::user(&caller)?;
    let shop = super::shop(&caller);
    Ok(Json(notices.change_settings(user, shop, change).await?))
}

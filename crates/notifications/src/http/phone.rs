use crate::app::Notices;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::Language;
use contracts::notifications::{NewPhone, Phone};
use httpkit::{Anyone, Json, Problem, ProblemDocument};
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PutNotificationPhoneRequest)]
pub struct Given {
    /// With its country's: `+`, and 8 to 15 digits.
    #[schema(example = "+34 600 00 00 00", min_length = 9, max_length = 32)]
    number: String,
    #[serde(default)]
    language: Language,
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VerifyNotificationPhoneRequest)]
pub struct Code {
    #[schema(example = "123456", min_length = 6, max_length = 12)]
    code: String,
}

/// Says which telephone gets the caller's text messages, and whether a code waits to be sent back.
#[utoipa::path(
    get, path = "/v1/me/phone", tag = "notifications", operation_id = "get_notification_phone",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The telephone; empty where there is none", body = Phone),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn get(State(notices): State<Notices>, caller: Anyone) -> Result<Json<Phone>, Problem> {
    let ways = notices.ways(&caller.ctx, super::user(&caller)?).await?;
    Ok(Json(ways.phone))
}

/// Sends a code to a number, good once and for ten minutes. Until it is sent back, text messages go where they went before. At
/// most three codes an hour are sent for one person, five a day to one number, and some hundreds an hour of all people together.
/// The e-mail address of the caller's account must be confirmed.
#[utoipa::path(
    put, path = "/v1/me/phone", tag = "notifications", operation_id = "put_notification_phone",
    request_body = Given,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The number waits for its code", body = Phone),
        (status = 400, description = "`json_malformed`, `field_invalid`, `number_invalid`, `number_refused`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`email_unverified`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`phone_codes_too_many`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`: nobody carries text messages now", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn put(
    State(notices): State<Notices>,
    caller: Anyone,
    Json(given): Json<Given>,
) -> Result<Json<Phone>, Problem> {
    let user = super::user(&caller)?;
    let principal = caller.principal.as_ref();
    let phone = NewPhone {
        number: given.number,
        language: given.language,
        email_verified: principal.is_some_and(|principal| principal.email_verified),
    };
    Ok(Json(notices.give_phone(&caller.ctx, user, &phone).await?))
}

/// Takes the code, once: text messages go to its number from then on. It may be mistyped four times.
#[utoipa::path(
    post, path = "/v1/me/phone/verify", tag = "notifications", operation_id = "verify_notification_phone",
    request_body = Code,
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The number is the caller's", body = Phone),
        (status = 400, description = "`json_malformed`, `field_invalid`, `phone_code_wrong`, `phone_code_over`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn verify(
    State(notices): State<Notices>,
    caller: Anyone,
    Json(Code { code }): Json<Code>,
) -> Result<Json<Phone>, Problem> {
    let user = super::user(&caller)?;
    Ok(Json(notices.verify_phone(&caller.ctx, user, &code).await?))
}

/// Takes the number back: no more text messages go there, nor to one that waits for its code.
#[utoipa::path(
    delete, path = "/v1/me/phone", tag = "notifications", operation_id = "delete_notification_phone",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "There is none any more"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn delete(State(notices): State<Notices>, caller: Anyone) -> Result<StatusCode, Problem> {
    notices.drop_phone(&caller.ctx, super::user(&caller)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

use crate::app::Purses;
use axum::Extension;
use axum::extract::State;
use contracts::purses::{GiftCardBalance, Purses as _};
use httpkit::{Anyone, Json, Problem, ProblemDocument, RequestInfo};
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiftCardCode {
    /// As it was told when the card was issued; hyphens and small letters do not matter.
    #[schema(min_length = 1, max_length = 64, example = "4T9C-XK2M-0R8V-7KQ2-M5HD")]
    code: String,
}

/// Tells what can be spent of a gift card. Its code is in the body, because addresses are written down in many places.
#[utoipa::path(
    post, path = "/v1/gift-cards/balance", tag = "ledger", operation_id = "gift_card_balance",
    request_body = GiftCardCode,
    responses(
        (status = 200, body = GiftCardBalance, description = "What is left of it"),
        (status = 400, description = "`json_malformed`, `field_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`gift_card_unknown`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`codes_guessed`: too many unknown ones from one address, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub async fn handler(
    State(purses): State<Purses>,
    caller: Anyone,
    info: Option<Extension<RequestInfo>>,
    Json(request): Json<GiftCardCode>,
) -> Result<Json<GiftCardBalance>, Problem> {
    let client = info.map_or_else(String::new, |info| info.client.to_string());
    let known = purses.balance(&caller.ctx, request.code, client).await?;
    Ok(Json(known))
}

use crate::app::Purses;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::purses::{Funding, GiftCard, IssuedGiftCard, NewGiftCard, Purses as _};
use httpkit::{Admin, IdempotencyKey, Json, PageQuery, Problem, ProblemDocument, Query, moment, perm};
use kernel::{DateTime, Money, Page};
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueGiftCard {
    /// Above zero.
    amount: Money,
    /// `sold`: its amount came to the bank. `given`: the marketplace bears it.
    funding: Funding,
    /// The first moment at which it cannot be spent any more; never if absent.
    #[serde(default)]
    expires_at: Option<DateTime>,
    /// For whom, or why; for the operator's staff.
    #[schema(min_length = 1, max_length = 500, example = "Raffle of the spring fair")]
    note: String,
}

/// Lists gift cards, newest first, without their codes.
#[utoipa::path(
    get, path = "/v1/admin/gift-cards", tag = "ledger", operation_id = "list_gift_cards",
    params(PageQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "A page of gift cards", body = Page<GiftCard>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(purses): State<Purses>,
    admin: Admin<perm::ReadLedger>,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<GiftCard>>, Problem> {
    let limit = query.limit()?.get() as u16;
    Ok(Json(purses.cards(&admin.ctx, query.after, limit).await?))
}

/// Issues a gift card. Its code is in this answer and nowhere else.
#[utoipa::path(
    post, path = "/v1/admin/gift-cards", tag = "ledger", operation_id = "issue_gift_card",
    params(("Idempotency-Key" = String, Header, description = "The same key is one card, however often it is sent")),
    request_body = IssueGiftCard,
    security(("bearer" = [])),
    responses(
        (status = 201, body = IssuedGiftCard, description = "The card and its code"),
        (status = 400, description = "`idempotency_key`, `json_malformed`, `field_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`gift_card_issued`: with this key, before; `id` is the card, whose code is not told again", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn issue(
    State(purses): State<Purses>,
    admin: Admin<perm::ManageLedger>,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    Json(request): Json<IssueGiftCard>,
) -> Result<(StatusCode, Json<IssuedGiftCard>), Problem> {
    let new = NewGiftCard {
        amount: request.amount,
        funding: request.funding,
        expires_at: request
            .expires_at
            .map(|at| moment("/expires_at", at))
            .transpose()?,
        note: request.note,
        idempotency_key,
    };
    let issued = purses.issue(&admin.ctx, new).await?;
    Ok((StatusCode::CREATED, Json(issued)))
}

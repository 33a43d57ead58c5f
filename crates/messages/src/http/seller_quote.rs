use crate::app::Conversations;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDate;
use contracts::messages::{Message, NewQuote};
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::{Money, ThreadId};
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QuoteRequestedGoods)]
pub struct Request {
    price: Money,
    /// Days from the order until it is sent.
    #[schema(maximum = 730)]
    lead_days: u16,
    /// The last day on which it can be accepted.
    #[schema(value_type = String, format = Date)]
    valid_until: NaiveDate,
    #[serde(default)]
    #[schema(max_length = 2_000)]
    text: String,
}

/// Quotes for what a custom order asks for. The thread's quote before that is over.
#[utoipa::path(
    post, path = "/v1/seller/messages/{id}/quotes", tag = "messages", operation_id = "quote_seller_message",
    params(("id" = ThreadId, Path, description = "The thread")),
    request_body = Request,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "The quote", body = Message),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `amount_out_of_range`, `days_out_of_range`, `date_out_of_range`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such thread of yours", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`quote_not_asked`: the thread is no custom order; `thread_closed`, `shop_not_open`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`messages_too_often`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(conversations): State<Conversations>,
    seller: Seller<perm::AnswerBuyers>,
    Path(id): Path<ThreadId>,
    Json(request): Json<Request>,
) -> Result<(StatusCode, Json<Message>), Problem> {
    let quote = NewQuote {
        price: request.price,
        lead_days: request.lead_days,
        valid_until: request.valid_until,
        text: request.text,
    };
    let quoted = conversations.quote(&seller.ctx, seller.tenant, id, quote).await?;
    Ok((StatusCode::CREATED, Json(quoted)))
}

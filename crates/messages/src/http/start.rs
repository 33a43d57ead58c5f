use crate::app::Conversations;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::Language;
use contracts::messages::{Conversation, NewThread, Wish};
use httpkit::{Buyer, Json, Problem, ProblemDocument};
use kernel::{OrderId, ProductId, TenantId};
use serde::Deserialize;

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StartMessageThreadRequest)]
pub struct Request {
    shop: TenantId,
    /// About a product of the shop's.
    #[serde(default)]
    product: Option<ProductId>,
    /// About a paid order of the caller's with the shop.
    #[serde(default)]
    order: Option<OrderId>,
    /// Asks for something that is to be made, like the product: the shop may answer with a quote.
    #[serde(default)]
    #[schema(inline)]
    custom: Option<Wish>,
    #[schema(min_length = 1, max_length = 2_000)]
    text: String,
    /// In which the caller is mailed from now on.
    #[serde(default)]
    #[schema(inline)]
    language: Option<Language>,
}

/// Begins to write to a shop: about it, a product of it, or an order there.
#[utoipa::path(
    post, path = "/v1/messages", tag = "messages", operation_id = "start_message_thread",
    request_body = Request,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "The thread with its first message", body = Conversation),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`, `subject_unclear`, `product_missing`, `date_out_of_range`, `amount_out_of_range`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such open shop, no such product of it, or no paid order of yours there", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`messages_too_often`: 20 threads a day, 60 messages an hour; with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(conversations): State<Conversations>,
    buyer: Buyer,
    Json(request): Json<Request>,
) -> Result<(StatusCode, Json<Conversation>), Problem> {
    let new = NewThread {
        shop: request.shop,
        product: request.product,
        order: request.order,
        custom: request.custom,
        text: request.text,
        language: request.language,
    };
    let begun = conversations.start(&buyer.ctx, buyer.user, new).await?;
    Ok((StatusCode::CREATED, Json(begun)))
}

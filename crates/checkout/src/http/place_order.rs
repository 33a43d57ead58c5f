use super::{client, owner};
use crate::Checkouts;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{ETAG, LOCATION};
use axum::response::IntoResponse;
use contracts::cart::CartOwner;
use contracts::checkout::{Checkout, DeliveryChoice, PlaceOrder};
use contracts::orders::Order;
use contracts::purses::TenderWish;
use contracts::{Address, Language};
use httpkit::{CartToken, IdempotencyKey, Json, Problem, ProblemDocument, RequestInfo, Shopper, etag};
use kernel::limits::CART_LINES_MAX;
use kernel::{CartId, Fault, Money};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlaceOrderRequest)]
pub(super) struct Request {
    cart: CartId,
    /// The version of the cart that is ordered; a cart that has changed since is refused.
    cart_version: i64,
    /// What the quote said it costs; anything else is refused with the new total.
    expected_total: Money,
    #[schema(example = "lucia@example.org", max_length = 254)]
    email: String,
    address: Address,
    /// Chosen delivery per shop; the cheapest where none is named.
    #[serde(default)]
    delivery: Vec<DeliveryChoice>,
    /// Codes of gift cards that pay of it, in the order in which they are used; at most 5.
    #[serde(default)]
    #[schema(max_items = 5, example = json!(["4T9C-XK2M-0R8V-7KQ2-M5HD"]))]
    gift_cards: Vec<String>,
    /// Whether your store credit pays of what is left after them. Needs an account.
    #[serde(default)]
    store_credit: bool,
    /// What the quote said is due beside them; anything else is refused with what it would be. Needed with either.
    #[serde(default)]
    expected_due: Option<Money>,
    /// Whether the buyer wants downloads as soon as they have paid, and knows that they lose their right to withdraw from them
    /// at that moment. Needed where a line is `digital`; kept with the order, and confirmed by mail.
    #[serde(default)]
    consents_to_downloads: bool,
    #[serde(default)]
    language: Language,
}

/// Places the order of a cart: stock of every line is held and the order recorded, or nothing happens at all. The stock
/// is held for a while; pay within it.
#[utoipa::path(
    post,
    path = "/v1/orders",
    tag = "checkout",
    operation_id = "place_order",
    params(
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 255, pattern = "^[ -~]+$", description = "1 to 255 characters. The same key with the same body is one order, however often it is sent"),
        CartToken,
    ),
    request_body = Request,
    responses(
        (status = 201, description = "Placed", body = Order, headers(("Location" = String, description = "The order"), ("ETag" = String, description = "Its version"))),
        (status = 400, description = "`idempotency_key`, `field_invalid`, `email_invalid`, `address_invalid`, `amount_negative`, `due_missing`, `text_empty`, `text_too_long`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such cart, or not yours", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`out_of_stock` with `shortages`; `promotion_gone` with `promotion` and `reason`; `total_changed` with `total`; `due_changed` with `due`; `tender_gone` with `kind`, `hint` and `spendable`: less is left on a gift card or of the store credit; `cart_changed` with `cart_version`; `cart_ordered` with `order`; `not_for_sale` with `sku`; `answers_outdated` with `line`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`idempotency_key_reused`, `cart_empty`, `address_not_served`, `delivery_unavailable`, `delivery_stray`, `amounts_incompatible`, `gift_card_unknown`, `gift_card_expired`, `gift_card_disabled`, `gift_card_empty`, `gift_card_currency`, `gift_card_repeated`, `gift_cards_too_many`, `store_credit_guest`, `download_consent_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, `codes_guessed`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    shopper: Shopper,
    IdempotencyKey(idempotency_key): IdempotencyKey,
    info: Option<Extension<RequestInfo>>,
    Json(request): Json<Request>,
) -> Result<impl IntoResponse, Problem> {
    let (ctx, owner) = owner(shopper, "cart")?;
    if request.delivery.len() > CART_LINES_MAX {
        return Err(Problem(Fault::field(
            "rows_out_of_range",
            "/delivery",
            format!("Name at most {CART_LINES_MAX} deliveries, one per shop."),
        )));
    }
    let buyer = match owner {
        CartOwner::User(user) => Some(user),
        CartOwner::Guest(_) => None,
    };
    let order = checkouts
        .place(
            &ctx,
            PlaceOrder {
                owner,
                buyer,
                idempotency_key,
                cart: request.cart,
                cart_version: request.cart_version,
                expected_total: request.expected_total,
                email: request.email,
                address: request.address,
                delivery: request.delivery,
                tender: TenderWish {
                    gift_cards: request.gift_cards,
                    store_credit: request.store_credit,
                    client: client(info),
                },
                expected_due: request.expected_due,
                consents_to_downloads: request.consents_to_downloads,
                language: request.language,
            },
        )
        .await?;
    let headers = [
        (LOCATION, format!("/v1/orders/{}", order.id)),
        (ETAG, etag(order.version).to_str().unwrap_or_default().to_owned()),
    ];
    Ok((StatusCode::CREATED, headers, Json(order)))
}

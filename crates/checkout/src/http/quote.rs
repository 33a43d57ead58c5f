use super::{client, owner};
use crate::Checkouts;
use axum::Extension;
use axum::extract::State;
use contracts::Address;
use contracts::checkout::{self, Checkout, DeliveryChoice, DeliveryQuote, Unserved};
use contracts::digital::Digital;
use contracts::making::Made;
use contracts::promotions::{Discount, RefusedCode, TakenPromotion};
use contracts::purses::{Tender, TenderWish};
use contracts::taxes::{Tax, TaxSum};
use httpkit::{CartToken, Json, Problem, ProblemDocument, RequestInfo, Shopper};
use kernel::{CartId, CartLineId, Money, ProductId, SkuId, TenantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = QuoteRequest)]
pub(super) struct Request {
    cart: CartId,
    /// The least version of the cart you have seen.
    #[serde(default)]
    cart_version: Option<i64>,
    /// Without it delivery is left out of the totals.
    #[serde(default)]
    address: Option<Address>,
    /// Chosen delivery per shop; the cheapest where none is named.
    #[serde(default)]
    delivery: Vec<DeliveryChoice>,
    /// The address for the order's mail, where a guest knows it already: what they used of a coupon is counted by it.
    #[serde(default)]
    #[schema(example = "lucia@example.org")]
    email: Option<String>,
    /// Codes of gift cards that are to pay of it, in the order in which they are used; at most 5.
    #[serde(default)]
    #[schema(max_items = 5, example = json!(["4T9C-XK2M-0R8V-7KQ2-M5HD"]))]
    gift_cards: Vec<String>,
    /// Whether your store credit is to pay of what is left after them. Needs an account.
    #[serde(default)]
    store_credit: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Quote)]
pub(super) struct Response {
    cart: CartId,
    cart_version: i64,
    groups: Vec<Group>,
    /// Of the goods, after discounts, with tax.
    subtotal: Money,
    /// After discounts, with tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<Money>,
    /// What promotions take off: subtotal and delivery are after it.
    discount: Money,
    total: Money,
    /// Of `total`, what is tax, by rate.
    taxes: Vec<TaxSum>,
    /// What of it comes on top of prices that do not include it.
    tax_added: Money,
    /// Whether there is no address yet: each shop's goods are taxed as if they went where it is.
    tax_estimated: bool,
    /// What the cart gets something from, in the order in which it is taken off.
    promotions: Vec<TakenPromotion>,
    /// Coupons of the cart that do nothing for it, and why.
    refused_codes: Vec<RefusedCode>,
    /// What gift cards and store credit would pay of the total.
    tenders: Vec<Tender>,
    /// The rest of it: what a payment provider would be asked for.
    due: Money,
}

/// One seller's part.
#[derive(Serialize, ToSchema)]
#[schema(as = QuoteGroup)]
struct Group {
    tenant: TenantId,
    shop_name: String,
    shop_slug: String,
    lines: Vec<Line>,
    /// Of the goods, after discounts, with tax.
    subtotal: Money,
    /// Ways of delivery to the address, cheapest first; empty without an address, or when the shop does not deliver there.
    options: Vec<DeliveryQuote>,
    #[serde(skip_serializing_if = "Option::is_none")]
    chosen: Option<String>,
    /// Why there is no way of delivery to the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    unserved: Option<Unserved>,
    /// After discounts, with tax.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<Money>,
    /// What promotions take off, of goods and delivery.
    discount: Money,
    /// Of it, off the delivery.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    delivery_discounts: Vec<Discount>,
    /// The tax in the delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_tax: Option<Tax>,
    /// What is tax of the goods and the delivery, by rate.
    taxes: Vec<TaxSum>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = QuoteLine)]
struct Line {
    /// The line of the cart.
    line: CartLineId,
    sku: SkuId,
    product: ProductId,
    title: String,
    quantity: u32,
    /// With the surcharges of how it is made.
    unit_price: Money,
    /// Of all units, before discounts.
    list_total: Money,
    /// What promotions take off it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    discounts: Vec<Discount>,
    /// After discounts, with tax.
    total: Money,
    /// The tax in that; absent where none is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    tax: Option<Tax>,
    /// What one cost when it was put in, when that differs.
    #[serde(skip_serializing_if = "Option::is_none")]
    price_was: Option<Money>,
    /// Units left for it, beside the lines before of the same SKU.
    available: i64,
    /// How it is made to order.
    #[serde(skip_serializing_if = "Option::is_none")]
    made: Option<Box<Made>>,
    /// What is downloaded of it: placing the order then needs `consents_to_downloads`.
    #[serde(skip_serializing_if = "Option::is_none")]
    digital: Option<Box<Digital>>,
    /// Whether the product asks something else by now, so that the answers do not fit.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_outdated: bool,
    /// Whether the line can be ordered as it is.
    orderable: bool,
}

impl From<checkout::Quote> for Response {
    fn from(quote: checkout::Quote) -> Self {
        Self {
            cart: quote.cart,
            cart_version: quote.cart_version,
            groups: quote.groups.into_iter().map(Group::from).collect(),
            subtotal: quote.subtotal,
            delivery: quote.delivery,
            discount: quote.discount,
            total: quote.total,
            taxes: quote.taxes,
            tax_added: quote.tax_added,
            tax_estimated: quote.tax_estimated,
            promotions: quote.promotions,
            refused_codes: quote.refused_codes,
            tenders: quote.tenders,
            due: quote.due,
        }
    }
}

impl From<checkout::QuoteGroup> for Group {
    fn from(group: checkout::QuoteGroup) -> Self {
        Self {
            tenant: group.tenant,
            shop_name: group.shop_name,
            shop_slug: group.shop_slug,
            lines: group.lines.into_iter().map(Line::from).collect(),
            subtotal: group.subtotal,
            options: group.options,
            chosen: group.chosen,
            unserved: group.unserved,
            delivery: group.delivery,
            discount: group.discount,
            delivery_discounts: group.delivery_discounts,
            delivery_tax: group.delivery_tax,
            taxes: group.taxes,
        }
    }
}

impl From<checkout::QuoteLine> for Line {
    fn from(line: checkout::QuoteLine) -> Self {
        Self {
            orderable: line.orderable(),
            sku: line.offer.sku,
            product: line.offer.product,
            title: line.offer.title,
            quantity: line.quantity,
            unit_price: line.offer.price,
            list_total: line.list_total,
            discounts: line.discounts,
            total: line.total,
            tax: line.tax,
            price_was: line.price_was,
            available: line.available,
            line: line.line,
            made: line.made,
            digital: line.offer.digital,
            is_outdated: line.is_outdated,
        }
    }
}

/// Says what a cart would cost, delivered to an address.
#[utoipa::path(
    post,
    path = "/v1/checkout/quote",
    tag = "checkout",
    operation_id = "quote_cart",
    params(CartToken),
    request_body = Request,
    responses(
        (status = 200, description = "The quote", body = Response),
        (status = 400, description = "`field_invalid`, `email_invalid`, `address_invalid`, `text_empty`, `text_too_long`, `text_control`, `cart_token`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such cart, or not yours", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 422, description = "`cart_empty`, `delivery_unavailable`, `delivery_stray`, `amounts_incompatible`, `gift_card_unknown`, `gift_card_expired`, `gift_card_disabled`, `gift_card_empty`, `gift_card_currency`, `gift_card_repeated`, `gift_cards_too_many`, `store_credit_guest`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`codes_guessed`: too many unknown ones from one address, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    shopper: Shopper,
    info: Option<Extension<RequestInfo>>,
    Json(request): Json<Request>,
) -> Result<Json<Response>, Problem> {
    let (ctx, owner) = owner(shopper, "cart")?;
    let quote = checkouts
        .quote(
            &ctx,
            checkout::QuoteRequest {
                owner,
                cart: request.cart,
                cart_version: request.cart_version,
                address: request.address,
                delivery: request.delivery,
                email: request.email,
                tender: TenderWish {
                    gift_cards: request.gift_cards,
                    store_credit: request.store_credit,
                    client: client(info),
                },
            },
        )
        .await?;
    Ok(Json(Response::from(quote)))
}

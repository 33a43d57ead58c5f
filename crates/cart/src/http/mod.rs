//! The cart over HTTP. A signed-in buyer's cart is found by their token, a guest's by `X-Cart-Token`.

mod add_line;
mod coupon;
mod get_cart;
mod merge;
mod set_line;

use crate::app::Carts;
use crate::domain::price_now;
use crate::error::Error;
use axum::http::{HeaderName, HeaderValue, header};
use contracts::cart::{Cart, CartLine};
use contracts::making::Answers;
use httpkit::{Json, etag};
use kernel::{CartId, CartLineId, Ctx, Currency, DateTime, Money, SkuId, TenantId};
use serde::Serialize;
use utoipa_axum::{router::OpenApiRouter, routes};

/// All routes of carts.
pub fn routes(carts: Carts) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_cart::handler))
        .routes(routes!(add_line::handler))
        .routes(routes!(set_line::set, set_line::remove))
        .routes(routes!(coupon::add))
        .routes(routes!(coupon::remove))
        .routes(routes!(merge::handler))
        .with_state(carts)
}

/// A cart, as its owner sees it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CartBody {
    /// Absent while nothing was ever put in.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<CartId>,
    /// The order names it: `cart_version` of `POST /v1/orders`. Also the `ETag` of the answer.
    version: i64,
    currency: Currency,
    lines: Vec<LineBody>,
    /// Coupons, in the order in which they were put in. Whether they hold says the quote.
    codes: Vec<String>,
    /// Of all lines, at the prices that were seen; delivery comes with the quote.
    subtotal: Money,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<DateTime>,
    /// A new guest's secret, shown once: send it as `X-Cart-Token` from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    cart_token: Option<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = CartBodyLine)]
struct LineBody {
    /// What changes of the line name it by: the SKU of plain goods.
    #[serde(rename = "line")]
    id: CartLineId,
    sku: SkuId,
    tenant: TenantId,
    quantity: u32,
    /// What one cost when it was put in, surcharges included; a change since is shown and must be accepted.
    price_seen: Money,
    /// How it is to be made.
    #[serde(skip_serializing_if = "Answers::is_empty")]
    answers: Answers,
    /// How it stands now, where the whole cart is read: what stands in the way of ordering it.
    #[serde(flatten)]
    now: Option<LineNow>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = CartBodyLineNow)]
struct LineNow {
    /// What one costs now, surcharges included; absent for what the catalogue does not know any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<Money>,
    /// False once the product was deactivated or its shop closed. Such a line cannot be ordered: take it out.
    for_sale: bool,
    /// Units left for everybody, over all lines of the same SKU.
    available: i64,
    /// Whether the product asks something else by now, so that the answers do not fit. Such a line cannot be ordered:
    /// take it out, and put it in with answers that fit.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_outdated: bool,
}

impl LineBody {
    fn of(line: &CartLine, now: Option<LineNow>) -> Self {
        Self {
            id: line.id(),
            sku: line.sku,
            tenant: line.tenant,
            quantity: line.quantity,
            price_seen: line.price_seen,
            answers: line.answers.clone(),
            now,
        }
    }
}

/// A cart with its version as entity tag.
pub(crate) type Answer = ([(HeaderName, HeaderValue); 1], Json<CartBody>);

/// The cart after a change. A new guest is told their secret.
fn changed(cart: &Cart, cart_token: Option<String>) -> Answer {
    let lines = cart.lines.iter().map(|line| LineBody::of(line, None));
    answer(Some(cart), lines.collect(), cart_token)
}

/// The cart as it stands now, line by line; an empty one if there is none.
async fn read(carts: &Carts, ctx: &Ctx, cart: Option<&Cart>) -> Result<Answer, Error> {
    let Some(cart) = cart else {
        return Ok(answer(None, Vec::new(), None));
    };
    let now = carts.now(ctx, cart).await?;
    let lines = cart.lines.iter().zip(now).map(|(line, (offer, available))| {
        let price = offer
            .as_ref()
            .and_then(|o| price_now(o, &line.answers, cart.units_of(line.sku)));
        let now = LineNow {
            is_outdated: offer.is_some() && price.is_none(),
            price,
            for_sale: offer.is_some_and(|o| o.for_sale),
            available,
        };
        LineBody::of(line, Some(now))
    });
    Ok(answer(Some(cart), lines.collect(), None))
}

fn answer(cart: Option<&Cart>, lines: Vec<LineBody>, cart_token: Option<String>) -> Answer {
    let cart = cart.filter(|cart| cart.version > 0);
    let version = cart.map_or(0, |c| c.version);
    let currency = cart.map_or(Currency::EUR, |c| c.currency);
    // Prices are checked when they are set and quantities limited, so that this is far from the end of the numbers.
    let subtotal = lines
        .iter()
        .map(|l| {
            let quantity = i64::from(l.quantity);
            l.price_seen.amount.saturating_mul(quantity)
        })
        .fold(0i64, i64::saturating_add);
    let body = CartBody {
        id: cart.map(|c| c.id),
        version,
        currency,
        lines,
        codes: cart.map(|c| c.codes.clone()).unwrap_or_default(),
        subtotal: Money::new(subtotal, currency),
        updated_at: cart.map(|c| c.updated_at),
        cart_token,
    };
    ([(header::ETAG, etag(version))], Json(body))
}

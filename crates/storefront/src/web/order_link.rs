//! A guest's order by the link of a mail, in whatever browser it is read: seen, and nothing else. What the buyer does needs
//! the browser in which they ordered.

use super::Shop;
use super::failure::Failure;
use super::visit::{Visit, redirect};
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::Response;
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use contracts::orders::Order;
use kernel::{Fault, OrderId};

const COOKIE: &str = "stoa_order";
/// Of the cookie. The browser may be somebody else's; the mail opens the order again.
const KEPT_S: i64 = 24 * 60 * 60;

/// `/order-links/{link}`: leads on to the order. The link stays with the browser, for the pages of this order alone, and out
/// of the address, which browsers remember and show.
pub async fn open(
    State(shop): State<Shop>,
    visit: Visit,
    Path(link): Path<String>,
) -> Result<Response, Failure> {
    let order = shop.orders.by_link(&visit.ctx, link.clone()).await?;
    let page = format!("/orders/{}", order.id);
    let cookie = Cookie::build((COOKIE, link))
        .path(page.as_str())
        .http_only(true)
        .secure(visit.is_secure(&shop))
        .same_site(SameSite::Lax)
        .build();
    let cookie = HeaderValue::from_str(&format!("{cookie}; Max-Age={KEPT_S}"));
    let cookie = cookie.map_err(|_| Fault::internal())?;
    let mut response = redirect(&page);
    for (name, value) in [
        (header::SET_COOKIE, cookie),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (
            HeaderName::from_static("x-robots-tag"),
            HeaderValue::from_static("noindex"),
        ),
    ] {
        response.headers_mut().insert(name, value);
    }
    Ok(response)
}

/// The order, if it was opened by its link in this browser and the link is still good.
pub async fn opened(shop: &Shop, visit: &Visit, jar: &CookieJar, id: OrderId) -> Option<Order> {
    let link = jar.get(COOKIE)?.value().to_owned();
    let order = shop.orders.by_link(&visit.ctx, link).await.ok()?;
    (order.id == id).then_some(order)
}

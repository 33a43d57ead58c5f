//! Words that rarely change, the visitor's preferences, and the files that pages are dressed with.

use super::Shop;
use super::failure::Failure;
use super::posted::Posted;
use super::visit::{Visit, redirect, safe_next};
use crate::i18n::Locale;
use crate::views::info::{AboutPage, HelpPage};
use crate::views::page::Theme;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use contracts::search::SearchQuery;
use std::collections::HashSet;

const SHOPS_MAX: u16 = 500;
const PREFERENCE_DAYS: i64 = 365;

pub async fn help(State(shop): State<Shop>, visit: Visit) -> Response {
    let title = visit.locale.t("help.title").to_string();
    let page = visit.public_page(&shop, &title, &title, "/help").await;
    visit.show(&shop, &HelpPage { page })
}

pub async fn about(State(shop): State<Shop>, visit: Visit) -> Response {
    let title = visit.locale.t("about.title").to_string();
    let (page, makers, found) = futures::join!(
        visit.public_page(&shop, &title, &title, "/about"),
        shop.tenants.active_shops(&visit.ctx, SHOPS_MAX),
        shop.search.search(
            &visit.ctx,
            SearchQuery {
                limit: 1,
                in_stock: true,
                ..SearchQuery::default()
            }
        ),
    );
    let makers = makers.unwrap_or_default();
    let provinces: HashSet<_> = makers
        .iter()
        .filter_map(|m| m.location.region.as_deref())
        .collect();
    let view = AboutPage {
        makers_total: makers.len() as u64,
        products_total: found.map_or(0, |f| f.total),
        provinces_total: provinces.len() as u64,
        page,
    };
    visit.show(&shop, &view)
}

/// Language and theme, kept in the visitor's own cookies.
pub async fn preferences(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let mut response = redirect(safe_next(posted.get("next")));
    if let Some(locale) = Locale::from_code(posted.get("lang")) {
        let cookie = posted
            .visit
            .cookie(&shop, "lang", locale.code().to_owned(), PREFERENCE_DAYS);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    if !posted.get("theme").is_empty() {
        let theme = Theme::from_code(posted.get("theme")).code().to_owned();
        // The script reads this one, to flip the theme without a round trip.
        if let Ok(cookie) =
            HeaderValue::from_str(&format!("theme={theme}; Path=/; SameSite=Lax; Max-Age=31536000"))
        {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    Ok(response)
}

/// What crawlers leave alone: everything of one visitor's, and lists narrowed by filters, of which there is no end.
pub async fn robots(State(shop): State<Shop>) -> impl IntoResponse {
    let text = format!(
        "User-agent: *\nDisallow: /cart\nDisallow: /checkout\nDisallow: /account\nDisallow: /orders\nDisallow: /seller\n\
         Disallow: /operator\nDisallow: /dev\nDisallow: /sandbox\nDisallow: /v1/\nDisallow: /*?*attr.\nDisallow: /*?*cursor=\n\n\
         Sitemap: {}/sitemap.xml\n",
        shop.public_url
    );
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text)
}

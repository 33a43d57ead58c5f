//! What search engines may know of: an index, the pages of the marketplace, and the products of each shop.

use super::Shop;
use super::cards;
use super::failure::Failure;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use contracts::catalog::ProductStatus;
use httpkit::RequestInfo;
use kernel::{Actor, Ctx, DateTime, Fault, ProductId, TenantId};

/// Shops of which the index knows.
const SHOPS_MAX: u16 = 1_000;
/// Addresses one file may hold, by the protocol.
const ADDRESSES_MAX: usize = 50_000;
/// Products read at once.
const PRODUCTS_AT_ONCE: u16 = 1_000;
/// Crawlers come again and again; the answer may be as old as this.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=3600");

fn ctx(info: RequestInfo) -> Ctx {
    Ctx {
        actor: Actor::Anonymous,
        now: info.now,
        correlation: info.correlation,
    }
}

/// `/sitemap.xml`
pub async fn index(
    State(shop): State<Shop>,
    axum::Extension(info): axum::Extension<RequestInfo>,
) -> Result<Response, Failure> {
    let shops = shop.tenants.active_shops(&ctx(info), SHOPS_MAX).await?;
    let own = std::iter::once("/sitemap/pages.xml".to_owned());
    let files = own.chain(shops.iter().map(|s| format!("/sitemap/{}.xml", s.slug)));
    let mut xml = String::from("<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">");
    for file in files {
        xml.push_str(&format!(
            "<sitemap><loc>{}</loc></sitemap>",
            escaped(&format!("{}{file}", shop.public_url))
        ));
    }
    xml.push_str("</sitemapindex>");
    Ok(answer(&xml))
}

/// `/sitemap/pages.xml`, and `/sitemap/{shop}.xml`.
pub async fn file(
    State(shop): State<Shop>,
    axum::Extension(info): axum::Extension<RequestInfo>,
    Path(file): Path<String>,
) -> Result<Response, Failure> {
    let ctx = ctx(info);
    let name = file
        .strip_suffix(".xml")
        .ok_or_else(|| Fault::not_found("page"))?;
    let addresses = if name == "pages" {
        pages(&shop, &ctx).await?
    } else {
        let seller = shop.tenants.shop_by_slug(&ctx, name.to_owned()).await?;
        let seller = seller.ok_or_else(|| Fault::not_found("page"))?;
        products(&shop, &ctx, seller.id).await?
    };
    let mut xml = String::from("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">");
    for (path, changed) in addresses {
        xml.push_str("<url><loc>");
        xml.push_str(&escaped(&format!("{}{path}", shop.public_url)));
        xml.push_str("</loc>");
        if let Some(changed) = changed {
            xml.push_str(&format!("<lastmod>{}</lastmod>", changed.format("%Y-%m-%d")));
        }
        xml.push_str("</url>");
    }
    xml.push_str("</urlset>");
    Ok(answer(&xml))
}

type Addresses = Vec<(String, Option<DateTime>)>;

async fn pages(shop: &Shop, ctx: &Ctx) -> Result<Addresses, Fault> {
    let (categories, shops) = futures::join!(
        shop.catalog.categories(ctx),
        shop.tenants.active_shops(ctx, SHOPS_MAX)
    );
    let fixed = ["/", "/search", "/help", "/about", "/open-a-shop"].map(|path| (path.to_owned(), None));
    let categories = categories?.into_iter().map(|c| (format!("/c/{}", c.path), None));
    let shops = shops?.into_iter().map(|s| (format!("/shop/{}", s.slug), None));
    Ok(fixed
        .into_iter()
        .chain(categories)
        .chain(shops)
        .take(ADDRESSES_MAX)
        .collect())
}

async fn products(shop: &Shop, ctx: &Ctx, tenant: TenantId) -> Result<Addresses, Fault> {
    let mut addresses = Vec::new();
    let mut after: Option<ProductId> = None;
    loop {
        let ids = shop
            .catalog
            .scan_shop(ctx, tenant, after, PRODUCTS_AT_ONCE)
            .await?;
        let Some(last) = ids.last().copied() else { break };
        let complete = ids.len() < usize::from(PRODUCTS_AT_ONCE);
        let listings = shop.catalog.listings(ctx, ids).await?;
        let active = listings.iter().filter(|l| l.status == ProductStatus::Active);
        addresses.extend(active.map(|l| (cards::product_href(&l.slug, l.id), Some(l.updated_at))));
        if complete || addresses.len() >= ADDRESSES_MAX {
            break;
        }
        after = Some(last);
    }
    addresses.truncate(ADDRESSES_MAX);
    Ok(addresses)
}

fn answer(xml: &str) -> Response {
    (
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/xml; charset=utf-8"),
            ),
            (header::CACHE_CONTROL, KEPT),
        ],
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{xml}"),
    )
        .into_response()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;")
}

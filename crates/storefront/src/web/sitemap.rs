//! What search engines may know of: an index, the pages of the marketplace, and the products of each shop.
//!
//! A file takes many reads to write and anybody may ask for it, so it is written once in a while and one at a time.

use super::Shop;
use super::cards;
use super::failure::Failure;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use contracts::catalog::ProductAddress;
use contracts::tenants::ShopStatus;
use httpkit::RequestInfo;
use kernel::limits::PAGE_SIZE_MAX;
use kernel::{Ctx, DateTime, Fault, ProductId, TenantId};
use moka::future::Cache;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// Addresses one file may hold, by the protocol.
const ADDRESSES_MAX: usize = 50_000;
/// Shops of which the index knows: it names the pages' file too.
const SHOPS_MAX: usize = ADDRESSES_MAX - 1;
/// Products read at once.
const PRODUCTS_AT_ONCE: u16 = 1_000;
/// How long a written file is given out.
const WRITTEN_FOR: Duration = Duration::from_secs(600);
/// Bytes of all files that are kept.
const WRITTEN_BYTES_MAX: u64 = 64 * 1024 * 1024;
const XML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
/// Crawlers come again and again; the answer may be as old as this.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=3600");

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum File {
    Index,
    Pages,
    Shop(TenantId),
}

/// The files as they were last written. Cheap to clone; one per process.
#[derive(Clone)]
pub struct Sitemaps {
    written: Cache<File, Bytes>,
    turn: Arc<Mutex<()>>,
}

impl Sitemaps {
    pub fn new() -> Self {
        let written = Cache::builder()
            .weigher(|_, xml: &Bytes| u32::try_from(xml.len()).unwrap_or(u32::MAX))
            .max_capacity(WRITTEN_BYTES_MAX)
            .time_to_live(WRITTEN_FOR)
            .build();
        Self {
            written,
            turn: Arc::default(),
        }
    }

    /// The file as it is kept, or as `write` writes it now: once, however many ask.
    async fn get(
        &self,
        file: File,
        write: impl Future<Output = Result<String, Fault>>,
    ) -> Result<Bytes, Fault> {
        let written = self.written.try_get_with(file, async {
            let _turn = self.turn.lock().await;
            write.await.map(Bytes::from)
        });
        written.await.map_err(|fault: Arc<Fault>| Fault::clone(&fault))
    }
}

pub fn router() -> Router<Shop> {
    Router::new()
        .route("/sitemap.xml", get(index))
        .route("/sitemap/{file}", get(file))
        .layer(Extension(Sitemaps::new()))
}

/// `/sitemap.xml`
pub async fn index(
    State(shop): State<Shop>,
    Extension(sitemaps): Extension<Sitemaps>,
    Extension(info): Extension<RequestInfo>,
) -> Result<Response, Failure> {
    let xml = sitemaps
        .get(File::Index, write_file(&shop, &info.anonymous(), File::Index))
        .await?;
    Ok(answer(xml))
}

async fn write_index(shop: &Shop, ctx: &Ctx) -> Result<String, Fault> {
    let slugs = slugs(shop, ctx).await?;
    let own = std::iter::once("/sitemap/pages.xml".to_owned());
    let files = own.chain(slugs.iter().map(|slug| format!("/sitemap/{slug}.xml")));
    let mut xml = format!("{XML}<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">");
    for file in files {
        xml.push_str(&format!(
            "<sitemap><loc>{}</loc></sitemap>",
            escaped(&format!("{}{file}", shop.public_url))
        ));
    }
    xml.push_str("</sitemapindex>");
    Ok(xml)
}

/// What all active shops are called in addresses, the newest first.
async fn slugs(shop: &Shop, ctx: &Ctx) -> Result<Vec<String>, Fault> {
    let mut slugs = Vec::new();
    let mut before = None;
    while slugs.len() < SHOPS_MAX {
        let page = shop
            .shop_desk
            .entries(ctx, Some(ShopStatus::Active), before, PAGE_SIZE_MAX)
            .await?;
        before = page.items.last().map(|entry| entry.shop.id);
        slugs.extend(page.items.into_iter().map(|entry| entry.shop.slug));
        if page.next.is_none() || before.is_none() {
            break;
        }
    }
    slugs.truncate(SHOPS_MAX);
    Ok(slugs)
}

/// `/sitemap/pages.xml`, and `/sitemap/{shop}.xml`.
pub async fn file(
    State(shop): State<Shop>,
    Extension(sitemaps): Extension<Sitemaps>,
    Extension(info): Extension<RequestInfo>,
    Path(file): Path<String>,
) -> Result<Response, Failure> {
    let ctx = info.anonymous();
    let name = file
        .strip_suffix(".xml")
        .ok_or_else(|| Fault::not_found("page"))?;
    let file = if name == "pages" {
        File::Pages
    } else {
        // Asked anew each time: a shop that was closed is not given out any longer.
        let seller = shop.tenants.shop_by_slug(&ctx, name.to_owned()).await?;
        File::Shop(seller.ok_or_else(|| Fault::not_found("page"))?.id)
    };
    let xml = sitemaps.get(file, write_file(&shop, &ctx, file)).await?;
    Ok(answer(xml))
}

async fn write_file(shop: &Shop, ctx: &Ctx, file: File) -> Result<String, Fault> {
    let addresses = match file {
        File::Index => return write_index(shop, ctx).await,
        File::Pages => pages(shop, ctx).await?,
        File::Shop(tenant) => products(shop, ctx, tenant).await?,
    };
    let mut xml = format!("{XML}<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">");
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
    Ok(xml)
}

type Addresses = Vec<(String, Option<DateTime>)>;

async fn pages(shop: &Shop, ctx: &Ctx) -> Result<Addresses, Fault> {
    let (categories, shops) = futures::join!(shop.catalog.categories(ctx), slugs(shop, ctx));
    let fixed = ["/", "/search", "/help", "/about", "/open-a-shop"].map(|path| (path.to_owned(), None));
    let categories = categories?.into_iter().map(|c| (format!("/c/{}", c.path), None));
    let shops = shops?.into_iter().map(|slug| (format!("/shop/{slug}"), None));
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
        let found = shop
            .catalog
            .addresses(ctx, tenant, after, PRODUCTS_AT_ONCE)
            .await?;
        after = found.last().map(|product| product.id);
        let complete = found.len() < usize::from(PRODUCTS_AT_ONCE);
        let address = |one: ProductAddress| (cards::product_href(&one.slug, one.id), Some(one.updated_at));
        addresses.extend(found.into_iter().map(address));
        if complete || addresses.len() >= ADDRESSES_MAX {
            break;
        }
    }
    addresses.truncate(ADDRESSES_MAX);
    Ok(addresses)
}

fn answer(xml: Bytes) -> Response {
    (
        [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/xml; charset=utf-8"),
            ),
            (header::CACHE_CONTROL, KEPT),
        ],
        xml,
    )
        .into_response()
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&apos;")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::{File, Sitemaps};
    use kernel::Fault;

    #[tokio::test]
    async fn a_file_is_written_once_and_a_failure_is_not_kept() {
        let sitemaps = Sitemaps::new();
        let failed = sitemaps.get(File::Index, async { Err(Fault::internal()) }).await;
        assert!(failed.is_err());
        let first = sitemaps.get(File::Index, async { Ok("first".to_owned()) }).await;
        assert_eq!(first.unwrap(), "first");
        let again = sitemaps.get(File::Index, async { Ok("second".to_owned()) }).await;
        assert_eq!(again.unwrap(), "first");
        let other = sitemaps.get(File::Pages, async { Ok("other".to_owned()) }).await;
        assert_eq!(other.unwrap(), "other");
    }
}

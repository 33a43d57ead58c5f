//! What the big shopping channels read of the goods: one file each, written while it is read.
//!
//! A file holds the whole marketplace, so it is never in memory as a whole: products are read page by page, and the next
//! page when the reader has taken the last.

mod goods;
mod lines;

use self::goods::Names;
use self::lines::META_COLUMNS;
use super::Shop;
use super::failure::Failure;
use super::sitemap::escaped;
use super::visit::category_name;
use crate::i18n::Locale;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use contracts::catalog::ProductStatus;
use contracts::tenants::{Shop as Seller, ShopStatus};
use futures::{Stream, StreamExt, stream};
use httpkit::RequestInfo;
use kernel::{Ctx, Currency, Fault, ProductId, SkuId, TenantId};
use serde::Deserialize;
use std::collections::HashMap;
use std::pin::pin;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit, mpsc};
use tokio::time::timeout;
use tracing::Instrument;

/// Files that are written at once: each reads all goods there are.
static WRITERS: Semaphore = Semaphore::const_new(4);
/// Products read at once.
const PRODUCTS_AT_ONCE: u16 = 200;
/// Within so many seconds a file counts as the same.
const KEPT_S: i64 = 900;
/// Pages that are read ahead of whoever takes them.
const PAGES_AHEAD: usize = 1;
/// Whoever does not take a page within this time gives their place to others.
const PAGE_WITHIN: Duration = Duration::from_secs(30);
/// A whole file is written within this time, or breaks off.
const FILE_WITHIN: Duration = Duration::from_secs(10 * 60);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Channel {
    /// Google Merchant Center: RSS 2.0 with its own fields.
    Google,
    /// The catalogues of Facebook and Instagram: CSV.
    Meta,
}

#[derive(Deserialize)]
pub struct Asked {
    lang: Option<String>,
    currency: Option<String>,
}

/// Which goods are told of.
#[derive(Clone, Copy, Debug)]
struct Wanted {
    /// Those with words in it; each in its own where none is named.
    locale: Option<Locale>,
    currency: Option<Currency>,
}

pub fn router() -> Router<Shop> {
    Router::new()
        .route("/feeds/google.xml", get(google))
        .route("/feeds/meta.csv", get(meta))
}

/// `/feeds/google.xml`
pub async fn google(
    State(shop): State<Shop>,
    Extension(info): Extension<RequestInfo>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    answer(shop, info.anonymous(), Channel::Google, &asked, &headers).await
}

/// `/feeds/meta.csv`
pub async fn meta(
    State(shop): State<Shop>,
    Extension(info): Extension<RequestInfo>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    answer(shop, info.anonymous(), Channel::Meta, &asked, &headers).await
}

fn wanted(asked: &Asked) -> Result<Wanted, Fault> {
    let lang = asked.lang.as_deref().filter(|code| !code.is_empty());
    let locale = match lang {
        Some(code) => Some(Locale::from_code(code).ok_or_else(|| {
            Fault::field("language_unknown", "/lang", "Goods are told of in `en` or `es`.")
        })?),
        None => None,
    };
    let currency = asked.currency.as_deref().filter(|code| !code.is_empty());
    let currency = match currency {
        Some(code) => Some(code.parse::<Currency>().map_err(|_| {
            let detail = "There is no such currency. Name one by its ISO 4217 code, such as `EUR`.";
            Fault::field("currency_unknown", "/currency", detail)
        })?),
        None => None,
    };
    Ok(Wanted { locale, currency })
}

async fn answer(
    shop: Shop,
    ctx: Ctx,
    channel: Channel,
    asked: &Asked,
    headers: &HeaderMap,
) -> Result<Response, Failure> {
    let wanted = wanted(asked)?;
    let tag = format!(
        "W/\"{channel:?}-{}-{}-{}\"",
        wanted.locale.map_or("", Locale::code),
        wanted.currency.map(|c| c.to_string()).unwrap_or_default(),
        ctx.now.timestamp() / KEPT_S
    );
    let content_type = match channel {
        Channel::Google => "application/xml; charset=utf-8",
        Channel::Meta => "text/csv; charset=utf-8",
    };
    let tag_value = HeaderValue::from_str(&tag).map_err(|_| Fault::internal())?;
    let head = [
        (header::ETAG, tag_value),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=900"),
        ),
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
    ];
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag)) {
        return Ok((StatusCode::NOT_MODIFIED, head).into_response());
    }
    let place = WRITERS.try_acquire().map_err(|_| Fault::unavailable("feeds"))?;
    let mut writer = Writer {
        shop,
        ctx,
        channel,
        wanted,
        names: Names::new(),
        after: None,
        is_over: false,
        _place: place,
    };
    // What cannot be read at all is a page that says so, not a file that breaks off.
    writer.names = writer.category_names().await?;
    let mut first = writer.begin();
    first.push_str(&writer.page().await?);
    let (to, pages) = mpsc::channel(PAGES_AHEAD);
    write_on(writer, first, to);
    Ok((head, body(pages)).into_response())
}

/// Writes the rest of a file beside its answer: a reader who takes nothing holds a place for a while, not for as long as
/// they hold their connection.
#[allow(
    clippy::disallowed_methods,
    reason = "a file belongs to its reader, and ends with them or after some minutes"
)]
fn write_on(writer: Writer, first: String, to: mpsc::Sender<Page>) {
    let written = stream::unfold((writer, Some(first)), |(mut writer, first)| async move {
        if let Some(text) = first {
            let page = Page::new(text, writer.is_over);
            return Some((Ok(page), (writer, None)));
        }
        if writer.is_over {
            return None;
        }
        let text = writer.page().await;
        writer.is_over |= text.is_err();
        let is_last = writer.is_over;
        Some((text.map(|text| Page::new(text, is_last)), (writer, None)))
    });
    let writing = async move {
        if timeout(FILE_WITHIN, hand_out(written, to)).await.is_err() {
            tracing::info!("a feed was read too slowly, and broke off");
        }
    };
    tokio::spawn(writing.in_current_span());
}

/// Hands pages to whoever reads them, as long as they take them. What is written is gone when this ends, and its place free.
async fn hand_out(written: impl Stream<Item = Result<Page, Fault>>, to: mpsc::Sender<Page>) {
    let mut written = pin!(written);
    while let Some(page) = written.next().await {
        match page {
            Ok(page) => {
                if !matches!(timeout(PAGE_WITHIN, to.send(page)).await, Ok(Ok(()))) {
                    return;
                }
            }
            Err(fault) => {
                tracing::warn!(%fault, "a feed cannot be read to its end");
                return;
            }
        }
    }
}

/// What was handed out. A file that breaks off is not taken for a whole one.
fn body(pages: mpsc::Receiver<Page>) -> Body {
    let texts = stream::unfold(Some(pages), |pages| async move {
        let mut pages = pages?;
        Some(match pages.recv().await {
            Some(page) => (Ok(page.text), (!page.is_last).then_some(pages)),
            None => (Err(std::io::Error::other("the file broke off")), None),
        })
    });
    // Who compresses it asks once more after its end.
    Body::from_stream(texts.fuse())
}

/// Some of a file.
struct Page {
    text: Bytes,
    is_last: bool,
}

impl Page {
    fn new(text: String, is_last: bool) -> Self {
        Self {
            text: Bytes::from(text),
            is_last,
        }
    }
}

/// A file that is being written.
struct Writer {
    shop: Shop,
    ctx: Ctx,
    channel: Channel,
    wanted: Wanted,
    names: Names,
    after: Option<ProductId>,
    is_over: bool,
    _place: SemaphorePermit<'static>,
}

impl Writer {
    fn begin(&self) -> String {
        match self.channel {
            Channel::Google => {
                let language = self.wanted.locale.map_or(String::new(), |locale| {
                    format!("<language>{}</language>", locale.code())
                });
                format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\" xmlns:g=\"http://base.google.com/ns/1.0\"><channel>\
                     <title>Stoa</title><link>{}</link><description>Stoa</description>{language}",
                    escaped(&self.shop.public_url)
                )
            }
            Channel::Meta => format!("{}\r\n", META_COLUMNS.join(",")),
        }
    }

    /// What categories are called in the file's language, read once.
    async fn category_names(&self) -> Result<Names, Fault> {
        let locale = self.wanted.locale.unwrap_or(Locale::En);
        let categories = self.shop.catalog.categories(&self.ctx).await?;
        let named = categories.into_iter();
        Ok(named
            .map(|category| (category.path.clone(), category_name(&category, locale).to_owned()))
            .collect())
    }

    /// The next products, and at the end what closes the file.
    async fn page(&mut self) -> Result<String, Fault> {
        // A file takes minutes: what is on sale, and how old is what is remembered, is as of each page.
        self.ctx.now = self.shop.live.now();
        let ids = self
            .shop
            .catalog
            .scan(&self.ctx, self.after, PRODUCTS_AT_ONCE)
            .await?;
        self.is_over = ids.len() < usize::from(PRODUCTS_AT_ONCE);
        self.after = ids.last().copied().or(self.after);
        let mut text = String::new();
        if !ids.is_empty() {
            self.write(ids, &mut text).await?;
        }
        if self.is_over && self.channel == Channel::Google {
            text.push_str("</channel></rss>");
        }
        Ok(text)
    }

    async fn write(&self, ids: Vec<ProductId>, text: &mut String) -> Result<(), Fault> {
        // Past the memory of pages, which a file of everything would sweep out.
        let mut listings = self.shop.catalog.listings_now(&self.ctx, ids).await?;
        listings.retain(|listing| listing.status == ProductStatus::Active);
        let mut tenants: Vec<TenantId> = listings.iter().map(|listing| listing.tenant).collect();
        tenants.sort_unstable();
        tenants.dedup();
        let variants = listings.iter().flat_map(|listing| &listing.variants);
        let skus: Vec<SkuId> = variants.map(|variant| variant.sku).collect();
        let (sellers, levels) = futures::join!(
            self.shop.tenants.shops(&self.ctx, tenants),
            self.shop.inventory.availability(&self.ctx, skus),
        );
        let sellers: HashMap<TenantId, Seller> = sellers?
            .into_iter()
            .filter(|seller| seller.status == ShopStatus::Active)
            .map(|seller| (seller.id, seller))
            .collect();
        let levels: HashMap<SkuId, i64> = levels?
            .into_iter()
            .map(|level| (level.sku, level.available))
            .collect();
        for listing in &listings {
            let Some(seller) = sellers.get(&listing.tenant) else {
                continue;
            };
            for variant in &listing.variants {
                let is_there = levels.get(&variant.sku).is_some_and(|units| *units > 0);
                let origin = &self.shop.public_url;
                let told = goods::goods(origin, &self.names, listing, variant, seller, self.wanted);
                let Some(goods) = told else {
                    continue;
                };
                match self.channel {
                    Channel::Google => lines::google_item(text, &goods, is_there),
                    Channel::Meta => lines::meta_row(text, &goods, is_there),
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    fn pages() -> impl Stream<Item = Result<Page, Fault>> {
        stream::iter((1..=4).map(|at| Ok(Page::new(at.to_string(), at == 4))))
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_a_file_has_the_whole_of_it() {
        let (to, from) = mpsc::channel(PAGES_AHEAD);
        let read = axum::body::to_bytes(body(from), 1_024);
        let ((), read) = tokio::join!(hand_out(pages(), to), read);
        assert_eq!(read.ok().as_deref(), Some(b"1234".as_slice()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_file_stays_at_its_end() {
        let (to, from) = mpsc::channel(PAGES_AHEAD);
        let mut file = body(from).into_data_stream();
        let read = async {
            while let Some(page) = file.next().await {
                assert!(page.is_ok());
            }
            assert!(file.next().await.is_none() && file.next().await.is_none());
        };
        tokio::join!(hand_out(pages(), to), read);
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_loses_their_place_and_never_has_a_part_for_the_whole() {
        let (to, from) = mpsc::channel(PAGES_AHEAD);
        let began = Instant::now();
        hand_out(pages(), to).await;
        assert!((PAGE_WITHIN..2 * PAGE_WITHIN).contains(&began.elapsed()));
        assert!(axum::body::to_bytes(body(from), 1_024).await.is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn what_cannot_be_read_breaks_the_file_off() {
        let (to, from) = mpsc::channel(PAGES_AHEAD);
        let fails = pages().take(1).chain(stream::iter([Err(Fault::internal())]));
        let read = axum::body::to_bytes(body(from), 1_024);
        let ((), read) = tokio::join!(hand_out(fails, to), read);
        assert!(read.is_err());
    }

    #[test]
    fn a_language_or_currency_that_is_none_is_refused() {
        let asked = |lang: &str, currency: &str| {
            wanted(&Asked {
                lang: Some(lang.to_owned()),
                currency: Some(currency.to_owned()),
            })
        };
        assert!(asked("es", "EUR").is_ok() && asked("", "").is_ok());
        assert_eq!(
            asked("xx", "").err().map(|fault| fault.code).as_deref(),
            Some("language_unknown")
        );
        assert_eq!(
            asked("", "money").err().map(|fault| fault.code).as_deref(),
            Some("currency_unknown")
        );
    }
}

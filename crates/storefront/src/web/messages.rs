//! Messages: what a buyer writes to shops, and what both faces of a thread share.

pub mod talk;

use super::failure::Failure;
use super::posted::Posted;
use super::visit::{Visit, encode, redirect, redirect_done, redirect_refused};
use super::{Shop, cards};
use crate::i18n::Locale;
use crate::views::common::{Choice, Field, Image, Link};
use crate::views::messages::{AccountMessagesPage, AccountThreadPage, AskPage, ThreadRow};
use crate::views::page::Tone;
use crate::views::work::Status;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::Language;
use contracts::catalog::{Listing, ProductStatus};
use contracts::identity::Audience;
use contracts::messages::{
    AbuseReason, NewThread, Party, Side, Thread, ThreadBox, ThreadKind, ThreadQuery, Wish,
};
use contracts::orders::AsOf;
use contracts::tenants::Shop as Seller;
use kernel::{Cursor, Fault, MessageId, Money, OrderId, Page, Permission, ProductId, TenantId, ThreadId};
use serde::Deserialize;
use talk::{Shown, talk};

const PATH: &str = "/account/messages";
const NEW: &str = "/account/messages/new";
pub const PER_PAGE: u16 = 20;
pub const MESSAGES_SHOWN: u16 = 50;
pub const BOXES: [(ThreadBox, &str, &str); 3] = [
    (ThreadBox::Open, "open", "messages.open"),
    (ThreadBox::Unread, "unread", "messages.unread_only"),
    (ThreadBox::Archived, "archived", "messages.archived"),
];
const REASONS: [(AbuseReason, &str, &str); 6] = [
    (AbuseReason::OffMarket, "off_market", "abuse.off_market"),
    (AbuseReason::Advertising, "advertising", "abuse.advertising"),
    (AbuseReason::Offensive, "offensive", "abuse.offensive"),
    (AbuseReason::Threat, "threat", "abuse.threat"),
    (AbuseReason::Fraud, "fraud", "abuse.fraud"),
    (AbuseReason::Other, "other", "abuse.other"),
];

/// In which mails are to be.
pub fn language(locale: Locale) -> Language {
    match locale {
        Locale::En => Language::En,
        Locale::Es => Language::Es,
    }
}

/// What the frame tells: a shop's where somebody works for it, one's own in the account.
pub async fn unread(shop: &Shop, visit: &Visit) -> u64 {
    let Some(principal) = &visit.principal else {
        return 0;
    };
    let within = |root: &str| {
        let rest = visit.path.strip_prefix(root);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    };
    let works = principal.audience == Audience::Seller && visit.may(Permission::FulfilSales);
    let who = match principal.tenant {
        Some(tenant) if works && within("/seller") => Party::Shop(tenant),
        _ if within("/account") || within("/orders") => Party::Buyer(principal.user),
        _ => return 0,
    };
    // Without the number, a page is still one.
    shop.messages.unread(&visit.ctx, who).await.map_or(0, u64::from)
}

#[derive(Default, Deserialize)]
pub struct Filter {
    show: Option<String>,
    after: Option<String>,
}

impl Filter {
    pub fn which(&self) -> ThreadBox {
        let show = self.show.as_deref().unwrap_or_default();
        let known = BOXES.iter().find(|(_, value, _)| *value == show);
        known.map(|(which, ..)| *which).unwrap_or_default()
    }

    pub fn after(&self) -> Option<Cursor> {
        self.after.clone().map(Cursor)
    }

    pub fn tabs(&self, path: &str, locale: Locale) -> Vec<Choice> {
        let current = self.which();
        let tabs = BOXES.iter().map(|(which, value, key)| Choice {
            selected: *which == current,
            ..Choice::new(format!("{path}?show={value}"), locale.t(key).to_string())
        });
        tabs.collect()
    }

    pub fn more(&self, path: &str, next: Option<Cursor>, locale: Locale) -> Option<Link> {
        let current = self.which();
        let show = BOXES.iter().find(|(which, ..)| *which == current);
        let show = show.map_or("open", |(_, value, _)| value);
        next.map(|next| {
            Link::new(
                locale.t("messages.more").to_string(),
                format!("{path}?show={show}&after={}", encode(&next.0)),
            )
        })
    }
}

/// Where reading on in a thread begins.
#[derive(Default, Deserialize)]
pub struct Place {
    pub after: Option<String>,
}

/// Threads as one side lists them.
pub fn rows(page: &Page<Thread>, path: &str, reader: Side, locale: Locale) -> Vec<ThreadRow> {
    let row = |thread: &Thread| {
        let tag = |key: &str, tone| Status {
            label: locale.t(key).to_string(),
            tone,
        };
        let mut tags = Vec::new();
        if thread.kind == ThreadKind::Custom {
            tags.push(tag("messages.custom", Tone::Calm));
        }
        if thread.closed.is_some() {
            tags.push(tag("messages.closed", Tone::Warn));
        }
        let said = match thread.excerpt.is_empty() {
            true => "–".to_owned(),
            false => thread.excerpt.clone(),
        };
        ThreadRow {
            href: format!("{path}/{}", thread.id),
            with: other(thread, reader),
            title: thread.title.clone(),
            excerpt: match thread.last_by == reader {
                true => locale.t("messages.you_said").arg("text", said).to_string(),
                false => said,
            },
            date: locale.date_time_short(thread.last_at.naive_utc()),
            unread: u64::from(thread.unread),
            tags,
        }
    };
    page.items.iter().map(row).collect()
}

/// The name of the other of the two.
pub fn other(thread: &Thread, reader: Side) -> String {
    match reader {
        Side::Buyer => thread.shop_name.clone(),
        Side::Shop => thread.buyer_name.clone(),
    }
}

pub fn reasons(locale: Locale) -> Vec<Choice> {
    let choice = |(_, value, key): &(AbuseReason, &str, &str)| Choice::new(*value, locale.t(key).to_string());
    REASONS.iter().map(choice).collect()
}

pub fn reason_said(reason: AbuseReason, locale: Locale) -> String {
    let known = REASONS.iter().find(|(known, ..)| *known == reason);
    known
        .map(|(_, _, key)| locale.t(key).to_string())
        .unwrap_or_default()
}

pub fn reason_posted(posted: &Posted) -> AbuseReason {
    let value = posted.get("reason");
    let known = REASONS.iter().find(|(_, known, _)| *known == value);
    known.map_or(AbuseReason::Other, |(reason, ..)| *reason)
}

/// How soon a shop answers, in words.
pub async fn answers(shop: &Shop, visit: &Visit, seller: TenantId) -> Option<String> {
    let times = shop.messages.response_times(&visit.ctx, vec![seller]).await;
    let hours = u64::from(times.ok()?.pop()?.median_hours);
    let text = match hours {
        ..48 => visit.locale.n("messages.answers_hours", hours),
        _ => visit.locale.n("messages.answers_days", hours.div_ceil(24)),
    };
    Some(text.to_string())
}

/// Where one writes to a shop about a product.
pub fn ask_href(product: ProductId) -> String {
    format!("{NEW}?product={product}")
}

/// Where one writes to a shop about itself.
pub fn ask_shop_href(slug: &str) -> String {
    format!("{NEW}?shop={}", encode(slug))
}

/// For each shop's part of an order: the thread about it, or where one begins.
pub async fn of_order(shop: &Shop, visit: &Visit, order: OrderId) -> Vec<(TenantId, String)> {
    let Ok(user) = visit.user() else { return Vec::new() };
    let query = ThreadQuery {
        which: ThreadBox::Open,
        order: Some(order),
    };
    let found = shop
        .messages
        .threads(&visit.ctx, Party::Buyer(user), query, None, PER_PAGE)
        .await;
    let threads = found.map(|page| page.items).unwrap_or_default();
    threads
        .iter()
        .map(|thread| (thread.shop, format!("{PATH}/{}", thread.id)))
        .collect()
}

/// Where one writes to a shop about its part of an order.
pub fn order_link(threads: &[(TenantId, String)], order: OrderId, shop: TenantId, locale: Locale) -> Link {
    match threads.iter().find(|(of, _)| *of == shop) {
        Some((_, href)) => Link::new(locale.t("messages.read_thread").to_string(), href),
        None => Link::new(
            locale.t("messages.write_shop").to_string(),
            format!("{NEW}?order={order}&shop={shop}"),
        ),
    }
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    let who = Party::Buyer(visit.user()?);
    let query = ThreadQuery {
        which: filter.which(),
        order: None,
    };
    let (page, found) = futures::join!(
        visit.keyed_page(&shop, "account.messages"),
        shop.messages
            .threads(&visit.ctx, who, query, filter.after(), PER_PAGE),
    );
    let (found, locale) = (found?, visit.locale);
    let view = AccountMessagesPage {
        page,
        tabs: filter.tabs(PATH, locale),
        rows: rows(&found, PATH, Side::Buyer, locale),
        more: filter.more(PATH, found.next, locale),
    };
    Ok(visit.show(&shop, &view))
}

/// What somebody wants to write about.
#[derive(Default, Deserialize)]
pub struct About {
    /// By its slug, or beside an order by its id.
    shop: Option<String>,
    product: Option<ProductId>,
    order: Option<OrderId>,
    custom: Option<String>,
}

/// The same, found.
struct Subject {
    seller: Seller,
    listing: Option<Listing>,
    /// The order, and the number of the shop's part of it.
    order: Option<(OrderId, String)>,
}

async fn subject(shop: &Shop, visit: &Visit, about: &About) -> Result<Subject, Failure> {
    let named = about.shop.as_deref().unwrap_or_default();
    if let Some(product) = about.product {
        let listing = shop.catalog.listings(&visit.ctx, vec![product]).await?.pop();
        let listing = listing.filter(|of| of.status == ProductStatus::Active);
        let listing = listing.ok_or_else(|| Fault::not_found("product"))?;
        return Ok(Subject {
            seller: seller(shop, visit, listing.tenant).await?,
            listing: Some(listing),
            order: None,
        });
    }
    if let Some(order) = about.order {
        let owner = contracts::cart::CartOwner::User(visit.user()?);
        let found = shop
            .orders
            .order(&visit.ctx, Some(owner), order, AsOf::default())
            .await?;
        let tenant: Option<TenantId> = named.parse().ok();
        let part = found.sub_orders.iter().find(|part| Some(part.tenant) == tenant);
        let part = part.ok_or_else(|| Fault::not_found("order"))?;
        return Ok(Subject {
            seller: seller(shop, visit, part.tenant).await?,
            listing: None,
            order: Some((order, part.number.clone())),
        });
    }
    let seller = shop.tenants.shop_by_slug(&visit.ctx, named.to_owned()).await?;
    Ok(Subject {
        seller: seller.ok_or_else(|| Fault::not_found("shop"))?,
        listing: None,
        order: None,
    })
}

async fn seller(shop: &Shop, visit: &Visit, tenant: TenantId) -> Result<Seller, Failure> {
    let found = shop.tenants.shops(&visit.ctx, vec![tenant]).await?.pop();
    Ok(found.ok_or_else(|| Fault::not_found("shop"))?)
}

pub async fn new(
    State(shop): State<Shop>,
    visit: Visit,
    Query(about): Query<About>,
) -> Result<Response, Failure> {
    visit.user()?;
    let found = subject(&shop, &visit, &about).await?;
    form(&shop, &visit, found, about.custom.is_some(), None).await
}

async fn form(
    shop: &Shop,
    visit: &Visit,
    about: Subject,
    custom: bool,
    refused: Option<(&Posted, &Fault)>,
) -> Result<Response, Failure> {
    let locale = visit.locale;
    let (page, answers) = futures::join!(
        visit.keyed_page(shop, "messages.ask"),
        answers(shop, visit, about.seller.id)
    );
    let custom = custom && about.listing.is_some();
    let field = |name: &str, pointer: &str| match refused {
        Some((posted, fault)) => Field {
            value: posted.get(name).to_owned(),
            error: visit.tell_field(fault, pointer),
        },
        None => Field::default(),
    };
    let placed = ["/text", "/custom/by", "/custom/budget"];
    let placed = |fault: &Fault| {
        placed
            .iter()
            .any(|pointer| visit.tell_field(fault, pointer).is_some())
    };
    let title = match (&about.listing, &about.order) {
        (Some(listing), _) => listing.title.clone(),
        (None, Some((_, number))) => locale.t("order.title").arg("number", number).to_string(),
        (None, None) => String::new(),
    };
    let switch = about.listing.as_ref().map(|listing| {
        let href = ask_href(listing.id);
        match custom {
            true => Link::new(locale.t("messages.ask_plain").to_string(), href),
            false => Link::new(
                locale.t("messages.ask_custom_instead").to_string(),
                format!("{href}&custom=yes"),
            ),
        }
    });
    let view = AskPage {
        page,
        shop: Link::new(about.seller.name.clone(), format!("/shop/{}", about.seller.slug)),
        title,
        image: about.listing.as_ref().and_then(picture),
        shop_id: about.seller.id.to_string(),
        product_id: about
            .listing
            .as_ref()
            .map(|listing| listing.id.to_string())
            .unwrap_or_default(),
        order_id: about
            .order
            .as_ref()
            .map(|(order, _)| order.to_string())
            .unwrap_or_default(),
        custom,
        switch,
        currency: about.seller.currency.code().to_owned(),
        text: field("text", "/text"),
        by: field("by", "/custom/by"),
        budget: field("budget", "/custom/budget"),
        answers,
        error: refused
            .filter(|(_, fault)| !placed(fault))
            .map(|(_, fault)| visit.tell(fault)),
    };
    Ok(visit.show(shop, &view))
}

fn picture(listing: &Listing) -> Option<Image> {
    // The title stands beside it.
    let image = listing.images.first().map(cards::image)?;
    Some(Image {
        alt: String::new(),
        ..image
    })
}

/// What is wished for, as it was typed.
fn wish(posted: &Posted, seller: &Seller) -> Result<Wish, Fault> {
    let by =
        match posted.get("by") {
            "" => None,
            day => Some(day.parse().map_err(|_| {
                Fault::field("date_out_of_range", "/custom/by", "Choose a day from today on.")
            })?),
        };
    let budget = match posted.get("budget") {
        "" => None,
        amount => {
            let parsed = Money::parse(amount, seller.currency);
            Some(
                parsed
                    .map_err(|why| Fault::field("amount_out_of_range", "/custom/budget", why.to_string()))?,
            )
        }
    };
    Ok(Wish { by, budget })
}

pub async fn start(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let user = visit.user()?;
    let Ok(tenant) = posted.get("shop").parse::<TenantId>() else {
        return Err(Fault::not_found("shop").into());
    };
    let seller = seller(&shop, visit, tenant).await?;
    let is_custom = posted.ticked("custom");
    let custom = is_custom.then(|| wish(&posted, &seller)).transpose();
    let product: Option<ProductId> = posted.get("product").parse().ok();
    let order: Option<OrderId> = posted.get("order").parse().ok();
    let begun = match custom {
        Ok(custom) => {
            let new = NewThread {
                shop: tenant,
                product,
                order,
                custom,
                text: posted.get("text").to_owned(),
                language: Some(language(visit.locale)),
            };
            shop.messages.start(&visit.ctx, user, new).await
        }
        Err(fault) => Err(fault),
    };
    match begun {
        Ok(begun) => Ok(redirect_done(
            &format!("{PATH}/{}", begun.thread.id),
            "message_sent",
        )),
        Err(fault) if fault.kind == kernel::Kind::NotFound => Err(fault.into()),
        Err(fault) => {
            let about = About {
                shop: Some(match order {
                    Some(_) => tenant.to_string(),
                    None => seller.slug.clone(),
                }),
                product,
                order,
                custom: None,
            };
            let found = subject(&shop, visit, &about).await?;
            form(&shop, visit, found, is_custom, Some((&posted, &fault))).await
        }
    }
}

pub async fn thread(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<ThreadId>,
    Query(place): Query<Place>,
) -> Result<Response, Failure> {
    show(&shop, &visit, id, place.after, None).await
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    id: ThreadId,
    after: Option<String>,
    refused: Option<(&Posted, &Fault)>,
) -> Result<Response, Failure> {
    let who = Party::Buyer(visit.user()?);
    let shown = Shown {
        who,
        path: PATH,
        id,
        after,
        refused,
    };
    // What is read counts as read in the frame around it.
    let (talk, _) = talk(shop, visit, shown).await?;
    let mut page = visit.keyed_page(shop, "account.messages").await;
    page.title = format!("{} · {}", talk.with, talk.title);
    Ok(visit.show(shop, &AccountThreadPage { page, talk }))
}

pub async fn send(
    State(shop): State<Shop>,
    Path(id): Path<ThreadId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let who = Party::Buyer(visit.user()?);
    let text = posted.get("text").to_owned();
    let language = Some(language(visit.locale));
    match shop.messages.send(&visit.ctx, who, id, text, language).await {
        Ok(sent) => Ok(redirect(&format!("{PATH}/{id}#message-{}", sent.id))),
        Err(fault) => show(&shop, visit, id, None, Some((&posted, &fault))).await,
    }
}

pub async fn archive(
    State(shop): State<Shop>,
    Path(id): Path<ThreadId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    put_away(&shop, &posted, Party::Buyer(visit.user()?), PATH, id).await
}

/// Puts a thread away, or takes it back.
pub async fn put_away(
    shop: &Shop,
    posted: &Posted,
    who: Party,
    path: &str,
    id: ThreadId,
) -> Result<Response, Failure> {
    let archived = posted.get("archived") == "yes";
    match shop.messages.archive(&posted.visit.ctx, who, id, archived).await {
        Ok(_) if archived => Ok(redirect_done(path, "thread_archived")),
        Ok(_) => Ok(redirect_done(&format!("{path}/{id}"), "thread_back")),
        Err(fault) => redirect_refused(path, fault),
    }
}

pub async fn report(
    State(shop): State<Shop>,
    Path(id): Path<ThreadId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    tell_moderators(&shop, &posted, Party::Buyer(visit.user()?), PATH, id).await
}

pub async fn tell_moderators(
    shop: &Shop,
    posted: &Posted,
    who: Party,
    path: &str,
    id: ThreadId,
) -> Result<Response, Failure> {
    let (reason, note) = (reason_posted(posted), posted.get("note").to_owned());
    let to = format!("{path}/{id}");
    match shop
        .messages
        .report(&posted.visit.ctx, who, id, reason, note)
        .await
    {
        Ok(()) => Ok(redirect_done(&to, "thread_reported")),
        Err(fault) => redirect_refused(&to, fault),
    }
}

pub async fn answer_quote(
    State(shop): State<Shop>,
    Path((id, message)): Path<(ThreadId, MessageId)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let user = visit.user()?;
    let to = format!("{PATH}/{id}");
    let (accept, done) = match posted.get("answer") {
        "accept" => (true, "quote_accepted"),
        _ => (false, "quote_declined"),
    };
    match shop
        .messages
        .answer_quote(&visit.ctx, user, id, message, accept)
        .await
    {
        Ok(_) => Ok(redirect_done(&to, done)),
        Err(fault) => redirect_refused(&to, fault),
    }
}

//! What somebody is told of what happens to what is theirs.

use super::Shop;
use super::failure::Failure;
use super::messages;
use super::posted::Posted;
use super::visit::{Visit, encode, redirect, redirect_done};
use crate::i18n::Locale;
use crate::views::common::Link;
use crate::views::notices::{AccountNoticesPage, NoticeDay, NoticeRow};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::identity::Audience;
use contracts::notifications::{KEPT_DAYS, Notice, NoticeReader, NoticeTopic};
use kernel::{Cursor, EventId, Fault, Page, Permission};
use serde::Deserialize;

const PATH: &str = "/account/notifications";
pub const PER_PAGE: u16 = 30;

/// What the frame tells: messages, and notifications, that the visitor has not read.
pub async fn unread(shop: &Shop, visit: &Visit) -> (u64, u64) {
    futures::join!(messages::unread(shop, visit), news(shop, visit))
}

async fn news(shop: &Shop, visit: &Visit) -> u64 {
    let Some(principal) = &visit.principal else {
        return 0;
    };
    let at_work =
        visit.path == "/seller" || visit.path.starts_with("/seller/") || visit.path.starts_with("/seller?");
    let works = principal.audience == Audience::Seller && visit.may(Permission::ReadShop);
    let reader = match principal.tenant {
        Some(tenant) if works && at_work => NoticeReader::Staff {
            user: principal.user,
            tenant,
            role: principal.role,
        },
        _ => NoticeReader::Person { user: principal.user },
    };
    // Without the number, a page is still one.
    shop.notifications
        .unread(&visit.ctx, reader)
        .await
        .map_or(0, u64::from)
}

#[derive(Default, Deserialize)]
pub struct From {
    after: Option<String>,
}

impl From {
    pub fn cursor(&self) -> Option<Cursor> {
        self.after.clone().map(Cursor)
    }
}

/// Notices as a page lists them.
pub struct Listed {
    pub days: Vec<NoticeDay>,
    pub through: Option<String>,
    pub kept: u64,
    pub more: Option<Link>,
}

pub fn listed(found: Page<Notice>, path: &str, locale: Locale) -> Listed {
    let mut days: Vec<NoticeDay> = Vec::new();
    // The latest of all stands on the first page.
    let unread = found.items.iter().any(|notice| !notice.read);
    let through = found
        .items
        .first()
        .filter(|_| unread)
        .map(|notice| notice.id.to_string());
    for notice in found.items {
        let label = locale.date(notice.at.date_naive());
        let row = NoticeRow {
            href: format!("{path}/{}", notice.id),
            icon: icon(notice.topic),
            title: notice.title,
            text: notice.text,
            time: notice.at.format("%H:%M").to_string(),
            read: notice.read,
        };
        match days.last_mut().filter(|day| day.label == label) {
            Some(day) => day.rows.push(row),
            None => days.push(NoticeDay {
                label,
                rows: vec![row],
            }),
        }
    }
    Listed {
        days,
        through,
        kept: u64::try_from(KEPT_DAYS).unwrap_or_default(),
        more: found.next.map(|next| {
            Link::new(
                locale.t("notices.more").to_string(),
                format!("{path}?after={}", encode(&next.0)),
            )
        }),
    }
}

/// The sign of a topic.
fn icon(topic: NoticeTopic) -> &'static str {
    match topic {
        NoticeTopic::Orders => "receipt",
        NoticeTopic::Deliveries => "box",
        NoticeTopic::Refunds | NoticeTopic::Payouts => "coins",
        NoticeTopic::Returns => "return",
        NoticeTopic::Messages => "mail",
        NoticeTopic::Reviews => "star",
        NoticeTopic::Stock => "layers",
        NoticeTopic::Moderation => "filter",
        NoticeTopic::Programs => "bell",
        NoticeTopic::Security => "person",
    }
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(from): Query<From>,
) -> Result<Response, Failure> {
    let reader = NoticeReader::Person { user: visit.user()? };
    let language = messages::language(visit.locale);
    let (page, found) = futures::join!(
        visit.keyed_page(&shop, "account.notices"),
        shop.notifications
            .feed(&visit.ctx, reader, language, from.cursor(), PER_PAGE),
    );
    let listed = listed(found?, PATH, visit.locale);
    let view = AccountNoticesPage {
        page,
        days: listed.days,
        through: listed.through,
        kept: listed.kept,
        more: listed.more,
    };
    Ok(visit.show(&shop, &view))
}

/// Marks one as read and leads on to what it is about.
pub async fn open(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<EventId>,
) -> Result<Response, Failure> {
    let reader = NoticeReader::Person { user: visit.user()? };
    lead_on(&shop, &visit, reader, id).await
}

pub async fn lead_on(
    shop: &Shop,
    visit: &Visit,
    reader: NoticeReader,
    id: EventId,
) -> Result<Response, Failure> {
    let language = messages::language(visit.locale);
    let notice = shop
        .notifications
        .mark_read(&visit.ctx, reader, id, language)
        .await?;
    Ok(redirect(&notice.href))
}

pub async fn read_all(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let reader = NoticeReader::Person {
        user: posted.visit.user()?,
    };
    mark_all(&shop, &posted, reader, PATH).await
}

pub async fn mark_all(
    shop: &Shop,
    posted: &Posted,
    reader: NoticeReader,
    path: &str,
) -> Result<Response, Failure> {
    let through: EventId = posted
        .get("through")
        .parse()
        .map_err(|_| Fault::not_found("notification"))?;
    shop.notifications
        .mark_all_read(&posted.visit.ctx, reader, through)
        .await?;
    Ok(redirect_done(path, "saved"))
}

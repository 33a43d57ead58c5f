//! Notifications over HTTP: a person's own, and a shop's.

mod change_settings;
mod decisions;
mod devices;
mod dismiss_failure;
mod failures;
mod list;
mod phone;
mod preview_template;
mod read;
mod read_all;
mod request;
mod restore_template;
mod retry_failure;
mod seller_list;
mod seller_read;
mod seller_read_all;
mod seller_unread;
mod settings;
mod template;
mod templates;
mod unread;
mod unsubscribe;
mod write_template;

use crate::app::Notices;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use contracts::Language;
use contracts::notifications::{NoticeReader, NoticeTemplate, TemplateKind};
use httpkit::{Anyone, Json, PageQuery, Seller, etag, perm};
use kernel::{Fault, Kind, TenantId, UserId};
use serde::Serialize;
use utoipa_axum::{router::OpenApiRouter, routes};

/// All routes of notifications.
pub fn routes(notices: Notices) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list::handler))
        .routes(routes!(unread::handler))
        .routes(routes!(read_all::handler))
        .routes(routes!(read::handler))
        .routes(routes!(seller_list::handler))
        .routes(routes!(seller_unread::handler))
        .routes(routes!(seller_read_all::handler))
        .routes(routes!(seller_read::handler))
        .routes(routes!(settings::handler, change_settings::handler))
        .routes(routes!(phone::get, phone::put, phone::delete))
        .routes(routes!(phone::verify))
        .routes(routes!(devices::list, devices::register))
        .routes(routes!(devices::delete))
        .routes(routes!(unsubscribe::handler))
        .routes(routes!(templates::handler))
        .routes(routes!(template::handler, write_template::handler))
        .routes(routes!(preview_template::handler))
        .routes(routes!(restore_template::handler))
        .routes(routes!(failures::handler))
        .routes(routes!(decisions::handler))
        .routes(routes!(retry_failure::handler))
        .routes(routes!(dismiss_failure::handler))
        .with_state(notices)
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = UnreadNotifications)]
pub(crate) struct Unread {
    /// 100 where there are more than 99.
    #[schema(maximum = 100)]
    unread: u32,
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = NotificationsRead)]
pub(crate) struct Marked {
    /// How many were not read before.
    read: u32,
}

fn own(user: UserId) -> NoticeReader {
    NoticeReader::Person { user }
}

fn staff(seller: &Seller<perm::ReadNotices>) -> NoticeReader {
    NoticeReader::Staff {
        user: seller.user,
        tenant: seller.tenant,
        role: seller.principal.role,
    }
}

/// For what words are, as an address names it.
#[derive(serde::Deserialize)]
pub(crate) struct Named {
    kind: String,
    language: String,
}

impl Named {
    fn read(&self) -> Result<(TemplateKind, Language), Fault> {
        let kind = TemplateKind::named(&self.kind);
        let mut languages = [Language::En, Language::Es].into_iter();
        let language = languages.find(|known| known.code() == self.language);
        kind.zip(language).ok_or_else(|| Fault::not_found("template"))
    }
}

/// Words, with the version that a change names.
fn tagged(template: NoticeTemplate) -> Response {
    let tag = (header::ETAG, etag(template.version));
    ([tag], Json(template)).into_response()
}

/// Whoever is signed in, as whatever.
fn user(caller: &Anyone) -> Result<UserId, Fault> {
    let principal = caller.principal.as_ref();
    principal.map(|principal| principal.user).ok_or_else(|| {
        Fault::new(
            Kind::Unauthenticated,
            "token_missing",
            "This needs an access token, sent as `Authorization: Bearer ...`.",
        )
    })
}

/// The shop for which somebody is signed in.
fn shop(caller: &Anyone) -> Option<TenantId> {
    caller.principal.as_ref().and_then(|principal| principal.tenant)
}

/// How many items a page is to have.
fn limit(page: &PageQuery) -> Result<u16, Fault> {
    // A page has at most 100.
    page.limit()
        .map(|limit| u16::try_from(limit.get()).unwrap_or(u16::MAX))
}

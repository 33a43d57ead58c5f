//! Notifications over HTTP: a person's own, and a shop's.

mod list;
mod read;
mod read_all;
mod request;
mod seller_list;
mod seller_read;
mod seller_read_all;
mod seller_unread;
mod unread;

use crate::app::Notices;
use contracts::notifications::NoticeReader;
use httpkit::{PageQuery, Seller, perm};
use kernel::{Fault, UserId};
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

fn staff(seller: &Seller<perm::ReadShop>) -> NoticeReader {
    NoticeReader::Staff {
        user: seller.user,
        tenant: seller.tenant,
        role: seller.principal.role,
    }
}

/// How many items a page is to have.
fn limit(page: &PageQuery) -> Result<u16, Fault> {
    // A page has at most 100.
    page.limit()
        .map(|limit| u16::try_from(limit.get()).unwrap_or(u16::MAX))
}

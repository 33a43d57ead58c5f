//! Messages over HTTP: for buyers, for shops, for moderators.

mod admin_decide;
mod admin_get;
mod admin_list;
mod answer_quote;
mod archive;
mod get;
mod list;
mod read;
mod report;
mod request;
mod response_time;
mod seller_archive;
mod seller_get;
mod seller_list;
mod seller_quote;
mod seller_read;
mod seller_report;
mod seller_send;
mod seller_unread;
mod send;
mod start;
mod unread;

use crate::app::Conversations;
use httpkit::PageQuery;
use kernel::Fault;
use serde::Serialize;
use utoipa_axum::{router::OpenApiRouter, routes};

/// All routes of messages.
pub fn routes(conversations: Conversations) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list::handler, start::handler))
        .routes(routes!(unread::handler))
        .routes(routes!(get::handler, send::handler))
        .routes(routes!(read::handler))
        .routes(routes!(archive::handler))
        .routes(routes!(report::handler))
        .routes(routes!(answer_quote::handler))
        .routes(routes!(seller_list::handler))
        .routes(routes!(seller_unread::handler))
        .routes(routes!(seller_get::handler, seller_send::handler))
        .routes(routes!(seller_read::handler))
        .routes(routes!(seller_archive::handler))
        .routes(routes!(seller_report::handler))
        .routes(routes!(seller_quote::handler))
        .routes(routes!(admin_list::handler))
        .routes(routes!(admin_get::handler))
        .routes(routes!(admin_decide::handler))
        .routes(routes!(response_time::handler))
        .with_state(conversations)
}

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = UnreadMessages)]
pub(crate) struct Unread {
    unread: u32,
}

/// How many items a page is to have.
fn limit(page: &PageQuery) -> Result<u16, Fault> {
    // A page has at most 100.
    page.limit()
        .map(|limit| u16::try_from(limit.get()).unwrap_or(u16::MAX))
}

//! The development mailbox.

use super::Shop;
use super::failure::Failure;
use super::visit::Visit;
use crate::markup::Markup;
use crate::views::dev_mail::{DevMailMessagePage, DevMailPage, MailRow};
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::response::Response;
use httpkit::{RequestInfo, Transport};
use kernel::{Fault, Permission};
use serde::Deserialize;
use uuid::Uuid;

const MAILS_MAX: u16 = 100;
const PREVIEW_CHARS: usize = 120;

/// In the signature of whoever shows mails: links in them open accounts. Operators may see them, and, where the
/// marketplace is set up for trying out, whoever sits at this machine.
pub struct Reader;

impl FromRequestParts<Shop> for Reader {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Self, Failure> {
        let info = parts.extensions.get::<RequestInfo>().copied();
        let is_here = info.is_some_and(|info| info.transport == Transport::Loopback);
        if !(shop.open_inbox && is_here) {
            let visit = Visit::from_request_parts(parts, shop).await?;
            visit.operator(Permission::ReadSystem)?;
        }
        Ok(Self)
    }
}

#[derive(Deserialize)]
pub struct Filter {
    to: Option<String>,
}

pub async fn list(
    State(shop): State<Shop>,
    _: Reader,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    let to = filter.to.filter(|t| !t.is_empty());
    let mails = shop.mailbox.mails(&visit.ctx, to.clone(), MAILS_MAX).await?;
    let row = |mail: contracts::identity::Mail| MailRow {
        href: format!("/dev/mail/{}", mail.id),
        to: mail.to,
        subject: mail.subject,
        preview: mail.body.chars().take(PREVIEW_CHARS).collect(),
        at: visit.locale.date_time(mail.at.naive_utc()),
    };
    let view = DevMailPage {
        page: visit.keyed_page(&shop, "mail.title").await,
        messages: mails.into_iter().map(row).collect(),
        to: to.unwrap_or_default(),
    };
    Ok(visit.show(&shop, &view))
}

pub async fn message(
    State(shop): State<Shop>,
    _: Reader,
    visit: Visit,
    Path(id): Path<Uuid>,
) -> Result<Response, Failure> {
    let mail = shop
        .mailbox
        .mail(&visit.ctx, id)
        .await?
        .ok_or_else(|| Fault::not_found("mail"))?;
    let view = DevMailMessagePage {
        page: visit.keyed_page(&shop, "mail.title").await,
        to: mail.to,
        from: mail.from,
        subject: mail.subject,
        at: visit.locale.date_time(mail.at.naive_utc()),
        headers: mail.headers,
        body: Markup::from_plain_text(&mail.body),
    };
    Ok(visit.show(&shop, &view))
}

//! Threads that a buyer or a shop reported: a moderator reads them as they were written, and decides.

use super::bar;
use crate::i18n::Locale;
use crate::markup::Markup;
use crate::views::common::{Choice, Field, Link};
use crate::views::messages::{OperatorMessagesPage, OperatorThreadPage, ReadMessage, ReportedRow};
use crate::views::page::Tone;
use crate::views::work::Status;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::messages::reason_said;
use crate::web::messages::talk::{hidden, quote_status};
use crate::web::posted::Posted;
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::messages::{ModeratedMessage, ReportedThread, Side, Verdict};
use kernel::{Cursor, Fault, Permission, ThreadId};
use serde::Deserialize;

const PATH: &str = "/operator/messages";
const PER_PAGE: u16 = 20;

#[derive(Default, Deserialize)]
pub struct Filter {
    show: Option<String>,
    after: Option<String>,
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ModerateMessages)?;
    let waiting = filter.show.as_deref() != Some("decided");
    let (page, found) = futures::join!(
        visit.keyed_page(&shop, "operator.messages"),
        shop.messages
            .reported(&visit.ctx, waiting, filter.after.map(Cursor), PER_PAGE),
    );
    let (found, locale) = (found?, visit.locale);
    let tab = |key: &str, value: &str, selected| Choice {
        selected,
        ..Choice::new(format!("{PATH}?show={value}"), locale.t(key).to_string())
    };
    let shown = if waiting { "waiting" } else { "decided" };
    let view = OperatorMessagesPage {
        page,
        work: bar(&visit, PATH),
        tabs: vec![
            tab("operator.messages_waiting", "waiting", waiting),
            tab("operator.messages_decided", "decided", !waiting),
        ],
        rows: found.items.iter().map(|one| row(one, locale)).collect(),
        more: found.next.map(|next| {
            Link::new(
                locale.t("messages.more").to_string(),
                format!("{PATH}?show={shown}&after={}", encode(&next.0)),
            )
        }),
    };
    Ok(visit.show(&shop, &view))
}

fn side_key(side: Side) -> &'static str {
    match side {
        Side::Buyer => "messages.the_buyer",
        Side::Shop => "messages.the_shop",
    }
}

fn row(one: &ReportedThread, locale: Locale) -> ReportedRow {
    let (key, tone) = match (&one.closed, one.waits_since) {
        (_, Some(_)) => ("operator.message_waits", Tone::Warn),
        (Some(_), None) => ("messages.closed", Tone::Bad),
        (None, None) => ("operator.message_decided", Tone::Good),
    };
    let said = one.reports.iter().map(|report| {
        let day = locale.date(report.at.date_naive());
        let by = locale.t(side_key(report.by)).to_string();
        let reason = reason_said(report.reason, locale);
        match report.note.is_empty() {
            true => format!("{day} · {by} · {reason}"),
            false => format!("{day} · {by} · {reason}: {}", report.note),
        }
    });
    ReportedRow {
        href: format!("{PATH}/{}", one.id),
        title: one.title.clone(),
        parties: locale
            .n("operator.message_parties", u64::from(one.messages))
            .arg("buyer", &one.buyer_name)
            .arg("shop", &one.shop_name)
            .to_string(),
        status: Status {
            label: locale.t(key).to_string(),
            tone,
        },
        reports: said.collect(),
    }
}

pub async fn thread(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<ThreadId>,
) -> Result<Response, Failure> {
    show(&shop, &visit, id, None).await
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    id: ThreadId,
    refused: Option<(&Posted, &Fault)>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ModerateMessages)?;
    let (page, found) = futures::join!(
        visit.keyed_page(shop, "operator.messages"),
        shop.messages.moderated(&visit.ctx, id),
    );
    let (found, locale) = (found?, visit.locale);
    let decision = |past: &contracts::messages::PastDecision| {
        let key = match past.verdict.as_str() {
            "hide" => "operator.message_was_hidden",
            "close" => "operator.message_was_closed",
            _ => "operator.message_was_dismissed",
        };
        let (day, did) = (locale.date(past.at.date_naive()), locale.t(key));
        match past.reason.is_empty() {
            true => format!("{day} · {did}"),
            false => format!("{day} · {did}: {}", past.reason),
        }
    };
    let thread = &found.thread;
    let view = OperatorThreadPage {
        page,
        work: bar(visit, PATH),
        row: row(thread, locale),
        messages: found
            .messages
            .iter()
            .map(|message| read(message, thread, locale))
            .collect(),
        decisions: found.decisions.iter().map(decision).collect(),
        closed: thread.closed.as_ref().map(|closing| closing.reason.clone()),
        action: format!("{PATH}/{id}"),
        error: refused.map(|(_, fault)| visit.tell(fault)),
        reason: refused
            .map(|(posted, _)| Field::of(posted.get("reason")))
            .unwrap_or_default(),
    };
    Ok(visit.show(shop, &view))
}

fn read(message: &ModeratedMessage, thread: &ReportedThread, locale: Locale) -> ReadMessage {
    let quote = message.quote.as_ref().map(|quote| {
        let status = quote_status(quote.status, locale).label;
        format!("{} · {status}", locale.money(quote.price))
    });
    ReadMessage {
        id: format!("message-{}", message.id),
        by: match message.by {
            Side::Buyer => thread.buyer_name.clone(),
            Side::Shop => thread.shop_name.clone(),
        },
        shop: message.by == Side::Shop,
        time: locale.date_time_short(message.at.naive_utc()),
        text: Markup::from_plain_text(&message.text),
        hidden: hidden(&message.hidden, false, locale),
        removed: message.removed.clone(),
        quote,
    }
}

pub async fn dismiss(
    State(shop): State<Shop>,
    Path(id): Path<ThreadId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let verdict = Verdict::Dismiss {
        reason: posted.get("reason").to_owned(),
    };
    decide(&shop, id, &posted, verdict).await
}

pub async fn hide(
    State(shop): State<Shop>,
    Path(id): Path<ThreadId>,
    posted: Posted,
) -> Result<Response, Failure> {
    posted.visit.operator(Permission::ModerateMessages)?;
    let message = posted.get("message");
    let message = message.strip_prefix("message-").unwrap_or(message).parse();
    let verdict = Verdict::Hide {
        message: message.map_err(|_| Fault::not_found("message"))?,
        reason: posted.get("reason").to_owned(),
    };
    decide(&shop, id, &posted, verdict).await
}

pub async fn close(
    State(shop): State<Shop>,
    Path(id): Path<ThreadId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let verdict = Verdict::Close {
        reason: posted.get("reason").to_owned(),
    };
    decide(&shop, id, &posted, verdict).await
}

async fn decide(shop: &Shop, id: ThreadId, posted: &Posted, verdict: Verdict) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ModerateMessages)?;
    let closes = matches!(verdict, Verdict::Close { .. });
    match shop.messages.decide(&visit.ctx, id, verdict).await {
        Ok(_) => Ok(redirect_done(&format!("{PATH}/{id}"), "thread_decided")),
        // The reason is kept as it was typed.
        Err(fault) if closes && fault.kind == kernel::Kind::Invalid => {
            show(shop, visit, id, Some((posted, &fault))).await
        }
        Err(fault) => redirect_refused(&format!("{PATH}/{id}"), fault),
    }
}

//! A thread as one of the two reads it: by days, one's own on the right.

use super::{MESSAGES_SHOWN, other, picture, reasons};
use crate::i18n::Locale;
use crate::markup::Markup;
use crate::views::common::{Field, Link};
use crate::views::messages::{Bubble, Day, QuoteCard, Talk};
use crate::views::page::Tone;
use crate::views::work::Status;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, encode};
use crate::web::{Shop, cards};
use chrono::NaiveDate;
use contracts::catalog::{Listing, ProductStatus};
use contracts::messages::{
    ContactKind, Conversation, Message, MessageKind, Party, Quote, QuoteStatus, Side, Thread,
};
use kernel::{Cursor, Fault, ThreadId};

/// What is to be shown, to whom.
pub struct Shown<'p> {
    pub who: Party,
    /// The reader's list of threads.
    pub path: &'static str,
    pub id: ThreadId,
    pub after: Option<String>,
    /// A message that was refused, and why.
    pub refused: Option<(&'p Posted, &'p Fault)>,
}

/// Reads a thread; what is shown of it is read.
pub async fn talk(shop: &Shop, visit: &Visit, shown: Shown<'_>) -> Result<(Talk, Thread), Failure> {
    let Shown {
        who,
        path,
        id,
        after,
        refused,
    } = shown;
    let cursor = after.clone().map(Cursor);
    let found = shop
        .messages
        .conversation(&visit.ctx, who, id, cursor, MESSAGES_SHOWN)
        .await?;
    if let Some(newest) = found.messages.first().filter(|_| after.is_none()) {
        // Whoever cannot be told of it reads it again another time.
        if let Err(error) = shop.messages.mark_read(&visit.ctx, who, id, newest.id).await {
            tracing::warn!(%error, "a thread could not be marked as read");
        }
    }
    let listing = match found.thread.product {
        Some(product) => shop.catalog.listings(&visit.ctx, vec![product]).await.ok(),
        None => None,
    };
    let listing = listing.and_then(|mut found| found.pop());
    let thread = found.thread.clone();
    let text = |field: &str| match refused {
        Some((posted, _)) => Field::of(posted.get(field)),
        None => Field::default(),
    };
    let locale = visit.locale;
    let href = format!("{path}/{id}");
    let talk = Talk {
        with: other(&thread, who.side()),
        title: thread.title.clone(),
        image: listing.as_ref().and_then(picture),
        about: about(&thread, listing.as_ref(), who.side(), locale),
        wishes: wishes(&thread, locale),
        earlier: found.next.as_ref().map(|next| {
            Link::new(
                locale.t("messages.earlier").to_string(),
                format!("{href}?after={}", encode(&next.0)),
            )
        }),
        days: days(&found, who.side(), &href, visit),
        text: thread.closed.is_none().then(|| text("text")),
        error: refused.map(|(_, fault)| visit.tell(fault)),
        closed: thread.closed.as_ref().map(|closing| closing.reason.clone()),
        masks: !thread.contact_shown,
        archived: thread.archived,
        reasons: reasons(locale),
        href,
    };
    Ok((talk, thread))
}

/// Where what it is about can be looked at.
fn about(thread: &Thread, listing: Option<&Listing>, reader: Side, locale: Locale) -> Option<Link> {
    match (reader, listing, thread.order, thread.sub_order) {
        (Side::Buyer, Some(of), ..) if of.status == ProductStatus::Active => Some(Link::new(
            thread.title.clone(),
            cards::product_href(&of.slug, of.id),
        )),
        (Side::Shop, Some(of), ..) => Some(Link::new(
            thread.title.clone(),
            format!("/seller/products/{}", of.id),
        )),
        (Side::Buyer, _, Some(order), _) => Some(Link::new(
            locale.t("order.title").arg("number", &thread.title).to_string(),
            format!("/orders/{order}"),
        )),
        (Side::Shop, _, _, Some(part)) => Some(Link::new(
            locale.t("order.title").arg("number", &thread.title).to_string(),
            format!("/seller/orders/{part}"),
        )),
        _ => None,
    }
}

fn wishes(thread: &Thread, locale: Locale) -> Vec<String> {
    let Some(wish) = &thread.wish else {
        return Vec::new();
    };
    let by = wish.by.map(|day| {
        locale
            .t("messages.wants_by")
            .arg("date", locale.date(day))
            .to_string()
    });
    let budget = wish.budget.map(|budget| {
        locale
            .t("messages.wants_for")
            .arg("amount", locale.money(budget))
            .to_string()
    });
    let said: Vec<String> = by.into_iter().chain(budget).collect();
    match said.is_empty() {
        true => vec![locale.t("messages.wants_open").to_string()],
        false => said,
    }
}

/// The oldest first, by the days of the universal clock.
fn days(found: &Conversation, reader: Side, href: &str, visit: &Visit) -> Vec<Day> {
    let locale = visit.locale;
    let seen = found.thread.seen;
    // Under the last of one's own that the other has read, and nowhere else.
    let last_read = seen.and_then(|seen| {
        let own = found.messages.iter().filter(|message| message.by == reader);
        own.map(|message| message.id).find(|id| *id <= seen.through)
    });
    let mut days: Vec<(NaiveDate, Day)> = Vec::new();
    for message in found.messages.iter().rev() {
        let date = message.at.date_naive();
        let read = (Some(message.id) == last_read).then(|| {
            let at = seen.map(|seen| locale.date_time_short(seen.at.naive_utc()));
            locale
                .t("messages.read_at")
                .arg("date", at.unwrap_or_default())
                .to_string()
        });
        let bubble = bubble(message, &found.thread, reader, href, read, visit);
        match days.last_mut() {
            Some((day, of)) if *day == date => of.bubbles.push(bubble),
            _ => days.push((
                date,
                Day {
                    label: locale.date(date),
                    bubbles: vec![bubble],
                },
            )),
        }
    }
    days.into_iter().map(|(_, day)| day).collect()
}

fn bubble(
    message: &Message,
    thread: &Thread,
    reader: Side,
    href: &str,
    read: Option<String>,
    visit: &Visit,
) -> Bubble {
    let locale = visit.locale;
    let own = message.by == reader;
    let status = |key: &str, tone| Status {
        label: locale.t(key).to_string(),
        tone,
    };
    Bubble {
        id: format!("message-{}", message.id),
        own,
        by: match (own, message.by) {
            (true, _) => locale.t("messages.you").to_string(),
            (false, Side::Buyer) => thread.buyer_name.clone(),
            (false, Side::Shop) => thread.shop_name.clone(),
        },
        time: message.at.format("%H:%M").to_string(),
        text: Markup::from_plain_text(&message.text),
        removed: message.removed.clone(),
        hidden: hidden(&message.hidden, own, locale),
        quote: message
            .quote
            .as_ref()
            .map(|quote| card(quote, message, reader, thread, href, locale)),
        statement: match message.kind {
            MessageKind::QuoteAccepted => Some(status("messages.quote_was_accepted", Tone::Good)),
            MessageKind::QuoteDeclined => Some(status("messages.quote_was_declined", Tone::Calm)),
            MessageKind::Text | MessageKind::Quote => None,
        },
        read,
    }
}

fn kind_key(kind: ContactKind) -> &'static str {
    match kind {
        ContactKind::EmailAddress => "contact.email_address",
        ContactKind::PhoneNumber => "contact.phone_number",
        ContactKind::Link => "contact.link",
        ContactKind::Handle => "contact.handle",
    }
}

/// Which kinds are hidden, in words; its author learns until when.
pub fn hidden(kinds: &[ContactKind], own: bool, locale: Locale) -> Option<String> {
    if kinds.is_empty() {
        return None;
    }
    let kinds: Vec<String> = kinds
        .iter()
        .map(|kind| locale.t(kind_key(*kind)).to_string())
        .collect();
    let key = if own {
        "messages.hidden_own"
    } else {
        "messages.hidden_other"
    };
    Some(locale.t(key).arg("what", kinds.join(", ")).to_string())
}

pub fn quote_status(status: QuoteStatus, locale: Locale) -> Status {
    let (key, tone) = match status {
        QuoteStatus::Open => ("messages.quote_open", Tone::Calm),
        QuoteStatus::Accepted => ("messages.quote_accepted", Tone::Good),
        QuoteStatus::Declined => ("messages.quote_declined", Tone::Warn),
        QuoteStatus::Over => ("messages.quote_over", Tone::Warn),
    };
    Status {
        label: locale.t(key).to_string(),
        tone,
    }
}

fn card(
    quote: &Quote,
    message: &Message,
    reader: Side,
    thread: &Thread,
    href: &str,
    locale: Locale,
) -> QuoteCard {
    let can_answer = reader == Side::Buyer
        && quote.status == QuoteStatus::Open
        && message.removed.is_none()
        && thread.closed.is_none();
    QuoteCard {
        price: locale.money(quote.price),
        lead: locale
            .n("messages.quote_lead", u64::from(quote.lead_days))
            .to_string(),
        until: locale
            .t("messages.quote_until_day")
            .arg("date", locale.date(quote.valid_until))
            .to_string(),
        status: quote_status(quote.status, locale),
        answer: can_answer.then(|| format!("{href}/quotes/{}", message.id)),
    }
}

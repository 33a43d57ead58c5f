//! How somebody wants to be told of what happens, and the links in mails by which they want no more.

use super::Shop;
use super::failure::Failure;
use super::posted::Posted;
use super::visit::{Visit, encode, redirect, redirect_done};
use super::ways;
use crate::views::common::Field;
use crate::views::notices::{AccountNoticeSettingsPage, NoticeForm, TopicRow, UnsubscribePage, WaysPanel};
use axum::extract::{Query, State};
use axum::response::Response;
use contracts::notifications::{NoticeSettings, NoticeTopic, QuietHours, TopicChoice, Ways};
use kernel::{Fault, TenantId, UserId};
use serde::Deserialize;

const PATH: &str = "/account/notifications";
/// What concerns whoever buys.
const TOPICS: &[NoticeTopic] = &[
    NoticeTopic::Orders,
    NoticeTopic::Deliveries,
    NoticeTopic::Refunds,
    NoticeTopic::Returns,
    NoticeTopic::Messages,
    NoticeTopic::Reviews,
    NoticeTopic::Moderation,
    NoticeTopic::Security,
];
/// Before somebody says otherwise.
const USUAL_QUIET: (&str, &str) = ("22:00", "07:00");
/// To choose from; any other that the IANA knows may be typed.
const ZONES: &[&str] = &[
    "Africa/Johannesburg",
    "Africa/Lagos",
    "America/Argentina/Buenos_Aires",
    "America/Bogota",
    "America/Chicago",
    "America/Denver",
    "America/Lima",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/New_York",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/Toronto",
    "Asia/Dubai",
    "Asia/Hong_Kong",
    "Asia/Kolkata",
    "Asia/Seoul",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Atlantic/Canary",
    "Australia/Sydney",
    "Europe/Amsterdam",
    "Europe/Athens",
    "Europe/Berlin",
    "Europe/Brussels",
    "Europe/Dublin",
    "Europe/Istanbul",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Madrid",
    "Europe/Paris",
    "Europe/Prague",
    "Europe/Rome",
    "Europe/Stockholm",
    "Europe/Vienna",
    "Europe/Warsaw",
    "Europe/Zurich",
    "Pacific/Auckland",
    "UTC",
];

/// Of which topics mails are sent.
fn is_mailed(topic: NoticeTopic) -> bool {
    !matches!(
        topic,
        NoticeTopic::Reviews | NoticeTopic::Payouts | NoticeTopic::Programs
    )
}

fn rows(visit: &Visit, topics: &[NoticeTopic], wants: impl Fn(NoticeTopic) -> TopicChoice) -> Vec<TopicRow> {
    let said = |part: &str, topic: NoticeTopic| {
        let key = format!("notices.{part}.{}", topic.name());
        visit.locale.t(&key).to_string()
    };
    let row = |topic: &NoticeTopic| {
        let choice = wants(*topic);
        let alert = topic.is_alert();
        TopicRow {
            name: topic.name(),
            label: said("topic", *topic),
            text: said("about", *topic),
            in_app: choice.in_app || topic.is_required(),
            email: choice.email || topic.is_required(),
            required: topic.is_required(),
            mailed: is_mailed(*topic),
            sms: alert || choice.sms == Some(true),
            push: alert || choice.push == Some(true),
            alert,
        }
    };
    topics.iter().map(row).collect()
}

/// The form as things stand; at a shop where they work, text messages are of what it is told.
pub async fn standing(
    shop: &Shop,
    visit: &Visit,
    (user, works_at): (UserId, Option<TenantId>),
    path: &'static str,
    topics: &[NoticeTopic],
    ways: &Ways,
) -> Result<NoticeForm, Failure> {
    let settings = shop.notifications.settings(&visit.ctx, user, works_at).await?;
    let wants = |topic: NoticeTopic| {
        let choice = settings.topics.iter().find(|choice| choice.topic == topic);
        choice.copied().unwrap_or(TopicChoice {
            topic,
            in_app: true,
            email: true,
            sms: None,
            push: None,
        })
    };
    let (from, until) = match &settings.quiet {
        Some(quiet) => (quiet.from.as_str(), quiet.until.as_str()),
        None => USUAL_QUIET,
    };
    Ok(NoticeForm {
        path,
        topics: rows(visit, topics, wants),
        texts: ways.phone.number.is_some(),
        pushes: !ways.devices.is_empty(),
        time_zone: Field::of(settings.time_zone.clone()),
        zones: ZONES,
        quiet: settings.quiet.is_some(),
        from: Field::of(from),
        until: Field::of(until),
        error: None,
    })
}

/// What was posted, kept; or the form again with what is wrong with it.
pub async fn keep(
    shop: &Shop,
    posted: &Posted,
    (user, works_at): (UserId, Option<TenantId>),
    path: &'static str,
    topics: &[NoticeTopic],
) -> Result<Result<Response, Box<NoticeForm>>, Failure> {
    let visit = &posted.visit;
    let ticked = |name: String| posted.get(&name) == "yes";
    let (texts, pushes) = (ticked("texts".to_owned()), ticked("pushes".to_owned()));
    let wants = |topic: NoticeTopic| {
        let (name, required, alert) = (topic.name(), topic.is_required(), topic.is_alert());
        TopicChoice {
            topic,
            in_app: required || ticked(format!("in_app.{name}")),
            // What is never mailed has no box.
            email: required || !is_mailed(topic) || ticked(format!("email.{name}")),
            sms: (texts && !alert).then(|| ticked(format!("sms.{name}"))),
            push: (pushes && !alert).then(|| ticked(format!("push.{name}"))),
        }
    };
    let text = |name: &str| posted.get(name).trim().to_owned();
    let change = NoticeSettings {
        topics: topics.iter().map(|topic| wants(*topic)).collect(),
        time_zone: text("time_zone"),
        quiet: ticked("quiet".to_owned()).then(|| QuietHours {
            from: text("from"),
            until: text("until"),
        }),
    };
    let changed = shop
        .notifications
        .change_settings(&visit.ctx, user, works_at, change);
    match changed.await {
        Ok(_) => Ok(Ok(redirect_done(&format!("{path}/settings"), "saved"))),
        Err(fault) if !fault.fields.is_empty() => {
            let field = |name: &str| Field {
                value: text(name),
                error: visit.tell_field(&fault, &format!("/{name}")),
            };
            Ok(Err(Box::new(NoticeForm {
                path,
                topics: rows(visit, topics, wants),
                texts,
                pushes,
                time_zone: field("time_zone"),
                zones: ZONES,
                quiet: ticked("quiet".to_owned()),
                from: field("from"),
                until: field("until"),
                error: None,
            })))
        }
        Err(fault) => Err(fault.into()),
    }
}

/// A person's own settings: the form as it was typed, or as things stand, and where messages reach them.
pub async fn own_page(
    shop: &Shop,
    visit: &Visit,
    typed: Option<NoticeForm>,
    put: impl FnOnce(&mut WaysPanel) + Send,
) -> Result<Response, Failure> {
    let user = visit.user()?;
    let ways = shop.reach.ways(&visit.ctx, user).await?;
    let form = async {
        match typed {
            Some(typed) => Ok(typed),
            None => standing(shop, visit, (user, None), PATH, TOPICS, &ways).await,
        }
    };
    let (page, form) = futures::join!(visit.keyed_page(shop, "notices.settings"), form);
    let form = form?;
    let mut ways = ways::panel(visit, ways);
    put(&mut ways);
    Ok(visit.show(shop, &AccountNoticeSettingsPage { page, form, ways }))
}

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    own_page(&shop, &visit, None, |_| ()).await
}

pub async fn change(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let user = posted.visit.user()?;
    match keep(&shop, &posted, (user, None), PATH, TOPICS).await? {
        Ok(kept) => Ok(kept),
        Err(form) => own_page(&shop, &posted.visit, Some(*form), |_| ()).await,
    }
}

#[derive(Default, Deserialize)]
pub struct Link {
    token: Option<String>,
}

/// Whoever has the mail may say so, signed in or not.
pub async fn unsubscribe_page(
    State(shop): State<Shop>,
    visit: Visit,
    Query(link): Query<Link>,
) -> Result<Response, Failure> {
    let token = link.token.ok_or_else(|| Fault::not_found("link"))?;
    let (page, found) = futures::join!(
        visit.keyed_page(&shop, "unsubscribe.page"),
        shop.notifications.subscription(&visit.ctx, token.clone())
    );
    let found = found?;
    let key = format!("notices.topic.{}", found.topic.name());
    let view = UnsubscribePage {
        page,
        topic: visit.locale.t(&key).to_string(),
        email: found.email,
        required: found.topic.is_required(),
        token,
    };
    Ok(visit.show(&shop, &view))
}

pub async fn unsubscribe(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let (token, email) = (posted.get("token").to_owned(), posted.get("email") == "yes");
    let to = format!("/unsubscribe?token={}", encode(&token));
    shop.notifications
        .subscribe(&posted.visit.ctx, token, email)
        .await?;
    Ok(redirect(&to))
}

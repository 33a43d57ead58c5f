//! Where the shop's programs are told of what happens, and what came of it.

use super::{bar, own_shop, page_of_features, program_parts};
use crate::views::common::{Choice, Field, Link};
use crate::views::page::Tone;
use crate::views::seller_hooks::{
    AttemptRow, DeliveryRow, EndpointFields, EndpointRow, EventBox, SellerWebhookPage, SellerWebhooksPage,
};
use crate::views::work::Status;
use crate::web::Shop;
use crate::web::failure::{Failure, is_ours};
use crate::web::posted::Posted;
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use chrono::TimeDelta;
use contracts::webhooks::{
    Attempt, ChangeEndpoint, Delivery, DeliveryState, Endpoint, MakeEndpoint, Pause, WebhookKind,
};
use kernel::{Cursor, EventId, Fault, Kind, Permission, TenantId, WebhookEndpointId};
use serde::Deserialize;

const PATH: &str = "/seller/webhooks";
/// Deliveries on a page.
const SHOWN: u16 = 20;
/// Days back that the page offers to replay.
const DAYS: [(&str, &str); 4] = [
    ("1", "hooks.day"),
    ("3", "hooks.days_3"),
    ("7", "hooks.days_7"),
    ("29", "hooks.days_29"),
];

/// What came of a form.
enum Sent<'p> {
    Nothing,
    Secret(String),
    Refused(&'p Posted, Fault),
}

#[derive(Deserialize)]
pub struct Asked {
    after: Option<String>,
}

pub async fn list(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    show_all(&shop, &visit, &Sent::Nothing).await
}

async fn show_all(shop: &Shop, visit: &Visit, sent: &Sent<'_>) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ManageKeys)?;
    let (page, seller, endpoints) = futures::join!(
        page_of_features(shop, visit, tenant, "hooks.title"),
        own_shop(shop, visit, tenant),
        shop.webhooks.endpoints(&visit.ctx, tenant),
    );
    let view = SellerWebhooksPage {
        page,
        work: bar(visit, &seller?, "/seller/api-keys"),
        parts: program_parts(visit, PATH),
        rows: endpoints?.iter().map(|endpoint| row(endpoint, visit)).collect(),
        form: fields(sent, None, visit),
    };
    Ok(visit.show(shop, &view))
}

fn event_key(kind: WebhookKind) -> &'static str {
    match kind {
        WebhookKind::OrderConfirmed => "hooks.order_confirmed",
        WebhookKind::OrderChanged => "hooks.order_changed",
        WebhookKind::OrderCancelled => "hooks.order_cancelled",
        WebhookKind::ParcelShipped => "hooks.parcel_shipped",
        WebhookKind::OrderDelivered => "hooks.order_delivered",
        WebhookKind::ReturnChanged => "hooks.return_changed",
        WebhookKind::RefundCompleted => "hooks.refund_completed",
        WebhookKind::PayoutPaid => "hooks.payout_paid",
        WebhookKind::ProductChanged => "hooks.product_changed",
        WebhookKind::StockLow => "hooks.stock_low",
    }
}

fn status(endpoint: &Endpoint, visit: &Visit) -> Status {
    let (key, tone) = match (endpoint.paused, endpoint.failing_since) {
        (Some(Pause::Shop), _) => ("hooks.is_off", Tone::Calm),
        (Some(Pause::Failing), _) => ("hooks.given_up", Tone::Bad),
        (None, Some(_)) => ("hooks.failing", Tone::Warn),
        (None, None) => ("hooks.is_on", Tone::Good),
    };
    Status {
        label: visit.locale.t(key).to_string(),
        tone,
    }
}

fn row(endpoint: &Endpoint, visit: &Visit) -> EndpointRow {
    let named: Vec<String> = endpoint
        .events
        .iter()
        .map(|kind| visit.locale.t(event_key(*kind)).to_string())
        .collect();
    EndpointRow {
        link: Link::new(endpoint.url.clone(), format!("{PATH}/{}", endpoint.id)),
        description: endpoint.description.clone(),
        events: match named.is_empty() {
            true => visit.locale.t("hooks.everything").to_string(),
            false => named.join(", "),
        },
        status: status(endpoint, visit),
    }
}

/// A form as it was sent, or as `endpoint` is.
fn fields(sent: &Sent<'_>, endpoint: Option<&Endpoint>, visit: &Visit) -> EndpointFields {
    let refused = match sent {
        Sent::Refused(posted, fault) => Some((*posted, fault)),
        _ => None,
    };
    let field = |name: &str, is: fn(&Endpoint) -> &str| match refused {
        Some((posted, fault)) => Field {
            value: posted.get(name).to_owned(),
            error: visit.tell_field(fault, &format!("/{name}")),
        },
        None => Field::of(endpoint.map_or("", is)),
    };
    let ticked = |kind: WebhookKind| match refused {
        Some((posted, _)) => posted.ticked(kind.name()),
        None => endpoint.is_some_and(|endpoint| endpoint.events.contains(&kind)),
    };
    EndpointFields {
        refused: refused
            .filter(|(_, fault)| fault.fields.is_empty())
            .map(|(_, fault)| visit.tell(fault)),
        url: field("url", |endpoint| &endpoint.url),
        description: field("description", |endpoint| &endpoint.description),
        events: WebhookKind::ALL
            .iter()
            .map(|kind| EventBox {
                name: kind.name().to_owned(),
                label: visit.locale.t(event_key(*kind)).to_string(),
                ticked: ticked(*kind),
            })
            .collect(),
    }
}

pub async fn page(
    State(shop): State<Shop>,
    Path(id): Path<WebhookEndpointId>,
    Query(asked): Query<Asked>,
    visit: Visit,
) -> Result<Response, Failure> {
    show(&shop, &visit, id, asked.after.map(Cursor), &Sent::Nothing).await
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    id: WebhookEndpointId,
    after: Option<Cursor>,
    sent: &Sent<'_>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ManageKeys)?;
    let (page, seller, endpoint, deliveries) = futures::join!(
        visit.keyed_page(shop, "hooks.title"),
        own_shop(shop, visit, tenant),
        shop.webhooks.endpoint(&visit.ctx, tenant, id),
        shop.webhooks.deliveries(&visit.ctx, tenant, id, after, SHOWN),
    );
    let (endpoint, deliveries) = (endpoint?, deliveries?);
    let path = format!("{PATH}/{id}");
    let locale = visit.locale;
    let more = deliveries.next.map(|next| {
        let label = locale.t("listing.more").to_string();
        Link::new(label, format!("{path}?after={}", encode(&next.0)))
    });
    let on = |key: &str, at: kernel::Timestamp| {
        let said = locale.t(key).arg("day", locale.date_time_short(at.naive_utc()));
        said.to_string()
    };
    let note = match (endpoint.paused, endpoint.failing_since) {
        (Some(Pause::Failing), Some(since)) => Some(on("hooks.given_up_since", since)),
        (None, Some(since)) => Some(on("hooks.failing_since", since)),
        _ => None,
    };
    let old_secret = endpoint
        .old_secret_until
        .map(|until| on("hooks.old_secret", until));
    let view = SellerWebhookPage {
        page,
        work: bar(visit, &seller?, "/seller/api-keys"),
        name: name(&endpoint),
        url: endpoint.url.clone(),
        status: status(&endpoint, visit),
        note,
        old_secret,
        secret: match sent {
            Sent::Secret(secret) => Some(secret.clone()),
            _ => None,
        },
        is_on: endpoint.paused.is_none(),
        form: fields(sent, Some(&endpoint), visit),
        deliveries: deliveries
            .items
            .iter()
            .map(|one| delivery(one, &path, endpoint.paused.is_none(), visit))
            .collect(),
        more,
        days: DAYS
            .map(|(days, key)| Choice::new(days, locale.t(key).to_string()))
            .into(),
        path,
    };
    Ok(match view.secret {
        Some(_) => visit.show_once(shop, &view),
        None => visit.show(shop, &view),
    })
}

/// What the shop calls it; else its host.
fn name(endpoint: &Endpoint) -> String {
    if !endpoint.description.is_empty() {
        return endpoint.description.clone();
    }
    let host = endpoint.url.split('/').nth(2);
    host.unwrap_or(&endpoint.url).to_owned()
}

fn delivery(one: &Delivery, path: &str, is_on: bool, visit: &Visit) -> DeliveryRow {
    let locale = visit.locale;
    let (key, tone) = match one.state {
        DeliveryState::Pending if !is_on => ("hooks.waits", Tone::Calm),
        DeliveryState::Pending if one.attempts.is_empty() => ("hooks.on_its_way", Tone::Calm),
        DeliveryState::Pending => ("hooks.tried_again", Tone::Warn),
        DeliveryState::Delivered => ("hooks.delivered", Tone::Good),
        DeliveryState::Failed => ("hooks.failed", Tone::Bad),
    };
    let event = WebhookKind::named(&one.event);
    DeliveryRow {
        id: one.message.to_string(),
        event: event
            .map_or_else(|| locale.t("hooks.a_test"), |kind| locale.t(event_key(kind)))
            .to_string(),
        at: locale.date_time_short(one.at.naive_utc()),
        status: Status {
            label: locale.t(key).to_string(),
            tone,
        },
        next: one.next_at.filter(|_| !one.attempts.is_empty()).map(|at| {
            let at = locale.date_time_short(at.naive_utc());
            locale.t("hooks.next").arg("day", at).to_string()
        }),
        attempts: one.attempts.iter().map(|one| attempt(one, visit)).collect(),
        retry: is_on.then(|| format!("{path}/deliveries/{}/retry", one.message)),
    }
}

fn attempt(one: &Attempt, visit: &Visit) -> AttemptRow {
    let locale = visit.locale;
    let answer = match one.status {
        Some(status) => locale.t("hooks.answered").arg("status", status.to_string()),
        None => locale.t("hooks.no_answer"),
    };
    AttemptRow {
        at: locale.date_time_short(one.at.naive_utc()),
        answer: answer
            .arg("ms", locale.number(u64::from(one.duration_ms)))
            .to_string(),
        said: one.said.clone(),
    }
}

fn events(posted: &Posted) -> Vec<WebhookKind> {
    WebhookKind::ALL
        .iter()
        .copied()
        .filter(|kind| posted.ticked(kind.name()))
        .collect()
}

pub async fn make(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::ManageKeys)?;
    let new = MakeEndpoint {
        url: posted.get("url").trim().to_owned(),
        description: posted.get("description").to_owned(),
        events: events(&posted),
    };
    match shop.webhooks.make(&visit.ctx, tenant, new).await {
        Ok(made) => show(&shop, visit, made.endpoint.id, None, &Sent::Secret(made.secret)).await,
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => show_all(&shop, visit, &Sent::Refused(&posted, fault)).await,
    }
}

pub async fn change(
    State(shop): State<Shop>,
    Path(id): Path<WebhookEndpointId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::ManageKeys)?;
    let change = ChangeEndpoint {
        url: Some(posted.get("url").trim().to_owned()),
        description: Some(posted.get("description").to_owned()),
        events: Some(events(&posted)),
        enabled: None,
    };
    match shop.webhooks.change(&visit.ctx, tenant, id, change).await {
        Ok(_) => Ok(redirect_done(&format!("{PATH}/{id}"), "saved")),
        Err(fault) if fault.kind == Kind::Invalid => {
            show(&shop, visit, id, None, &Sent::Refused(&posted, fault)).await
        }
        Err(fault) => Err(Failure(fault)),
    }
}

/// What the other forms of an endpoint's page do.
pub async fn act(
    State(shop): State<Shop>,
    Path((id, act)): Path<(WebhookEndpointId, String)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::ManageKeys)?;
    let page = format!("{PATH}/{id}");
    let (ctx, hooks) = (&visit.ctx, &shop.webhooks);
    let (outcome, done, to) = match act.as_str() {
        "on" | "off" => (
            switch(&shop, visit, tenant, id, act == "on").await,
            if act == "on" { "hook_on" } else { "hook_off" },
            &*page,
        ),
        "test" => (hooks.test(ctx, tenant, id).await.map(drop), "hook_sent", &*page),
        "delete" => (hooks.delete(ctx, tenant, id).await, "hook_deleted", PATH),
        "replay" => {
            let known = DAYS.iter().find(|(days, _)| *days == posted.get("since"));
            let days = known.and_then(|(days, _)| days.parse().ok()).unwrap_or(1);
            let since = ctx.now - TimeDelta::days(days);
            (
                hooks.replay(ctx, tenant, id, since).await.map(drop),
                "hook_replayed",
                &*page,
            )
        }
        "rotate" => {
            let made = hooks.rotate(ctx, tenant, id).await?;
            return show(&shop, visit, id, None, &Sent::Secret(made.secret)).await;
        }
        _ => return Err(Failure(Fault::not_found("page"))),
    };
    match outcome {
        Ok(()) => Ok(redirect_done(to, done)),
        Err(fault) => redirect_refused(&page, fault),
    }
}

async fn switch(
    shop: &Shop,
    visit: &Visit,
    tenant: TenantId,
    id: WebhookEndpointId,
    on: bool,
) -> Result<(), Fault> {
    let change = ChangeEndpoint {
        enabled: Some(on),
        ..ChangeEndpoint::default()
    };
    shop.webhooks
        .change(&visit.ctx, tenant, id, change)
        .await
        .map(drop)
}

pub async fn retry(
    State(shop): State<Shop>,
    Path((id, message)): Path<(WebhookEndpointId, EventId)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::ManageKeys)?;
    let page = format!("{PATH}/{id}");
    match shop.webhooks.retry(&visit.ctx, tenant, id, message).await {
        Ok(()) => Ok(redirect_done(&page, "hook_sent")),
        Err(fault) => redirect_refused(&page, fault),
    }
}

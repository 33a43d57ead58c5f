//! Where text messages and pushes reach somebody: a telephone and devices, and what the sandboxes of carriers kept.

use super::Shop;
use super::failure::Failure;
use super::mail::Reader;
use super::messages::language;
use super::notice_settings::own_page;
use super::posted::Posted;
use super::visit::{Visit, redirect_done};
use crate::views::common::Field;
use crate::views::notices::{DeviceRow, WaysPanel};
use crate::views::ways::{DevMessageRow, DevMessagesPage};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::notifications::{DevicePlatform, KeptMessage, MessageChannel, NewPhone, Ways};
use kernel::{DeviceId, Fault};
use serde::Deserialize;

const SETTINGS: &str = "/account/notifications/settings";
const MESSAGES_MAX: u16 = 100;

fn platform(platform: DevicePlatform) -> &'static str {
    match platform {
        DevicePlatform::Android => "ways.android",
        DevicePlatform::Ios => "ways.ios",
        DevicePlatform::Web => "ways.web",
    }
}

/// The panel as things stand.
pub fn panel(visit: &Visit, ways: Ways) -> WaysPanel {
    let device = |device: contracts::notifications::Device| DeviceRow {
        id: device.id.to_string(),
        name: device.name,
        platform: visit.locale.t(platform(device.platform)).to_string(),
        added: visit.locale.date(device.added_at.date_naive()),
    };
    WaysPanel {
        phone: ways.phone.number,
        waiting: ways.phone.waiting,
        number: Field::default(),
        code: Field::default(),
        devices: ways.devices.into_iter().map(device).collect(),
    }
}

/// The page again, with what is wrong with a field of the panel.
async fn again(shop: &Shop, posted: &Posted, fault: Fault, field: &'static str) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let Some(error) = visit.tell_field(&fault, &format!("/{field}")) else {
        return Err(fault.into());
    };
    let wrong = Field::wrong(posted.get(field).trim(), error);
    let put = |panel: &mut WaysPanel| match field {
        "code" => panel.code = wrong,
        _ => panel.number = wrong,
    };
    own_page(shop, visit, None, put).await
}

pub async fn give_phone(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let user = visit.user()?;
    let phone = NewPhone {
        number: posted.get("number").trim().to_owned(),
        language: language(visit.locale),
        email_verified: visit.principal.as_ref().is_some_and(|p| p.email_verified),
    };
    match shop.reach.give_phone(&visit.ctx, user, phone).await {
        Ok(_) => Ok(redirect_done(SETTINGS, "phone_sent")),
        Err(fault) => again(&shop, &posted, fault, "number").await,
    }
}

pub async fn verify_phone(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let (user, code) = (visit.user()?, posted.get("code").trim().to_owned());
    match shop.reach.verify_phone(&visit.ctx, user, code).await {
        Ok(_) => Ok(redirect_done(SETTINGS, "phone_verified")),
        Err(fault) => again(&shop, &posted, fault, "code").await,
    }
}

pub async fn drop_phone(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let user = posted.visit.user()?;
    shop.reach.drop_phone(&posted.visit.ctx, user).await?;
    Ok(redirect_done(SETTINGS, "saved"))
}

pub async fn drop_device(
    State(shop): State<Shop>,
    Path(device): Path<DeviceId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let user = posted.visit.user()?;
    shop.reach.drop_device(&posted.visit.ctx, user, device).await?;
    Ok(redirect_done(SETTINGS, "saved"))
}

#[derive(Deserialize)]
pub struct Filter {
    to: Option<String>,
}

/// Codes in them open what mails' links open: for the same eyes.
pub async fn messages(
    State(shop): State<Shop>,
    _: Reader,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    let to = filter.to.filter(|to| !to.is_empty());
    let kept = shop
        .reach
        .kept_messages(&visit.ctx, to.clone(), MESSAGES_MAX)
        .await?;
    let row = |message: KeptMessage| DevMessageRow {
        channel: match message.channel {
            MessageChannel::Sms => visit.locale.t("dev_messages.sms").to_string(),
            MessageChannel::Push => visit.locale.t("dev_messages.push").to_string(),
        },
        to: message.to,
        title: message.title,
        text: message.text,
        href: message.href,
        at: visit.locale.date_time(message.at.naive_utc()),
    };
    let view = DevMessagesPage {
        page: visit.keyed_page(&shop, "dev_messages.title").await,
        messages: kept.into_iter().map(row).collect(),
        to: to.unwrap_or_default(),
    };
    Ok(visit.show(&shop, &view))
}

//! The buyer's account: their orders, the addresses they used, where they are signed in.

use super::checkout::address_lines;
use super::failure::Failure;
use super::posted::Posted;
use super::visit::{Visit, redirect_done, redirect_refused};
use super::{Shop, orders};
use crate::i18n::Locale;
use crate::views::account::{AccountPage, CreditRow, SessionRow};
use crate::views::common::Price;
use axum::Extension;
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::identity::Device;
use contracts::purses::PurseMovement;
use httpkit::Auth;
use kernel::{Fault, SessionId};

const LATEST: u16 = 3;
/// Of store credit.
const MOVEMENTS_SHOWN: u16 = 10;
/// Sessions shown: more than that nobody tells apart.
const DEVICES_SHOWN: usize = 12;

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    let user = visit.user()?;
    let (page, latest, addresses, devices, credit, movements, factor) = futures::join!(
        visit.keyed_page(&shop, "nav.account"),
        shop.orders.of_buyer(&visit.ctx, user, None, LATEST),
        shop.order_desk.addresses(&visit.ctx, user),
        shop.account.devices(&visit.ctx, user),
        shop.purses.credit(&visit.ctx, user),
        shop.purses
            .credit_movements(&visit.ctx, user, None, MOVEMENTS_SHOWN),
        shop.second_factors.standing(&visit.ctx, user),
    );
    let principal = visit.principal.as_ref();
    let current = principal.map(|p| p.session);
    let since = kernel::uuid_time(user.0)
        .map(|t| visit.locale.date(t.date_naive()))
        .unwrap_or_default();
    let view = AccountPage {
        page,
        name: principal.map(|p| p.name.clone()).unwrap_or_default(),
        email: principal.map(|p| p.email.clone()).unwrap_or_default(),
        email_verified: principal.is_some_and(|p| p.email_verified),
        member_since: since,
        latest: orders::rows(&shop, &visit, &latest?.items).await,
        addresses: addresses
            .unwrap_or_default()
            .iter()
            .map(|address| address_lines(address, &visit))
            .collect(),
        credit: credit
            .unwrap_or_default()
            .iter()
            .map(|credit| Price::new(visit.locale, credit.balance))
            .collect(),
        credit_history: movements
            .map(|page| page.items)
            .unwrap_or_default()
            .iter()
            .map(|movement| credit_row(movement, visit.locale))
            .collect(),
        sessions: devices
            .unwrap_or_default()
            .iter()
            .take(DEVICES_SHOWN)
            .map(|device| session(device, current, visit.locale))
            .collect(),
        has_second_factor: factor.is_ok_and(|standing| standing.on_since.is_some()),
    };
    Ok(visit.show(&shop, &view))
}

fn credit_row(movement: &PurseMovement, locale: Locale) -> CreditRow {
    let said = match movement.kind.as_str() {
        "spent" => "credit.spent",
        "given_back" => "credit.given_back",
        _ => "credit.granted",
    };
    CreditRow {
        what: movement
            .note
            .clone()
            .unwrap_or_else(|| locale.t(said).to_string()),
        date: locale.date(movement.at.date_naive()),
        amount: Price::new(locale, movement.amount),
        order_href: movement.order.map(|order| format!("/orders/{order}")),
    }
}

fn session(device: &Device, current: Option<SessionId>, locale: Locale) -> SessionRow {
    SessionRow {
        id: device.session.to_string(),
        device: device_name(device, locale),
        last_seen: locale
            .t("account.last_seen")
            .arg("date", locale.date_time(device.last_seen_at.naive_utc()))
            .arg("address", &device.address)
            .to_string(),
        current: current == Some(device.session),
    }
}

/// "Firefox on Linux", of what a browser says of itself; what cannot be read is named by what it is.
pub fn device_name(device: &Device, locale: Locale) -> String {
    // In this order: each of these also claims to be some that follow.
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrom", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ];
    let named = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(mark, _)| device.device.contains(mark));
        found.map(|(_, name)| *name)
    };
    match (named(&BROWSERS), named(&SYSTEMS)) {
        (Some(browser), Some(system)) => locale
            .t("account.device")
            .arg("browser", browser)
            .arg("system", system)
            .to_string(),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) if device.browser => locale.t("account.browser").to_string(),
        (None, None) => locale.t("account.program").to_string(),
    }
}

pub async fn revoke(
    State(shop): State<Shop>,
    Path(session): Path<SessionId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let user = posted.visit.user()?;
    shop.account
        .sign_out_device(&posted.visit.ctx, user, session)
        .await?;
    Ok(redirect_done("/account", "signed_out_device"))
}

/// Mails the link that verifies the address once more.
pub async fn send_verification(
    State(shop): State<Shop>,
    Extension(auth): Extension<Auth>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let user = visit.user()?;
    let sent: Result<(), Fault> = shop.account.send_verification(&visit.ctx, user).await;
    visit.forget(&auth);
    match sent {
        Ok(()) => Ok(redirect_done("/account", "sent")),
        Err(fault) => redirect_refused("/account", fault),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(device: &str) -> String {
        let at = kernel::Timestamp::default();
        let device = Device {
            session: SessionId(uuid::Uuid::nil()),
            browser: true,
            device: device.to_owned(),
            address: String::new(),
            started_at: at,
            last_seen_at: at,
        };
        device_name(&device, Locale::En)
    }

    #[test]
    fn devices_are_named_as_people_call_them() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1";
        assert_eq!(named(chrome), "Chrome on Linux");
        assert_eq!(named(phone), "Safari on iPhone");
        assert_eq!(named("curl/8.1"), "A browser");
    }
}

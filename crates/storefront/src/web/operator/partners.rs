//! Keys of partners' programs: made, shown once, ended.

use super::bar;
use crate::views::common::Field;
use crate::views::operator_money::{KeyFields, KeyRow, OperatorPartnersPage};
use crate::views::page::Tone;
use crate::views::work::Status;
use crate::web::Shop;
use crate::web::failure::{Failure, is_ours};
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect_done, redirect_refused};
use axum::extract::{Path, State};
use axum::response::Response;
use chrono::{NaiveDate, NaiveTime};
use contracts::identity::{MakePartnerKey, PartnerKeyCard, PartnerScope};
use kernel::{Fault, PartnerKeyId, Permission};

const PATH: &str = "/operator/partners";

/// What came of the form.
enum Sent<'p> {
    Nothing,
    Made(String),
    Refused(&'p Posted, Fault),
}

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    show(&shop, &visit, Sent::Nothing).await
}

async fn show(shop: &Shop, visit: &Visit, sent: Sent<'_>) -> Result<Response, Failure> {
    visit.operator(Permission::ManagePartners)?;
    let (page, keys) = futures::join!(
        visit.keyed_page(shop, "operator.partners"),
        shop.partner_keys.keys(&visit.ctx),
    );
    let view = OperatorPartnersPage {
        page,
        work: bar(visit, PATH),
        rows: keys?.iter().map(|key| row(key, visit)).collect(),
        form: fields(&sent, visit),
        secret: match sent {
            Sent::Made(secret) => Some(secret),
            _ => None,
        },
    };
    Ok(match view.secret {
        Some(_) => visit.show_once(shop, &view),
        None => visit.show(shop, &view),
    })
}

fn scope_key(scope: PartnerScope) -> &'static str {
    match scope {
        PartnerScope::ShipmentsRead => "partners.shipments_read",
        PartnerScope::ShipmentsPush => "partners.shipments_push",
    }
}

fn row(key: &PartnerKeyCard, visit: &Visit) -> KeyRow {
    let (locale, now) = (visit.locale, visit.ctx.now);
    let (state, tone) = match key {
        key if key.revoked_at.is_some() => ("partners.revoked", Tone::Bad),
        key if key.expires_at <= now => ("partners.expired", Tone::Calm),
        key if key.is_replaced => ("partners.replaced", Tone::Warn),
        _ => ("partners.open", Tone::Good),
    };
    let scopes: Vec<String> = key
        .scopes
        .iter()
        .map(|scope| locale.t(scope_key(*scope)).to_string())
        .collect();
    let is_open = key.revoked_at.is_none() && key.expires_at > now;
    KeyRow {
        id: format!("key-{}", key.id),
        name: key.name.clone(),
        prefix: key.prefix.clone(),
        carrier: key.carrier.clone(),
        scopes: scopes.join(", "),
        expires: locale.date_short(key.expires_at.date_naive()),
        used: key.last_used_at.map_or_else(
            || locale.t("partners.unused").to_string(),
            |at| locale.date_time_short(at.naive_utc()),
        ),
        status: Status {
            label: locale.t(state).to_string(),
            tone,
        },
        revoke: is_open.then(|| format!("{PATH}/{}/revoke", key.id)),
    }
}

fn fields(sent: &Sent<'_>, visit: &Visit) -> KeyFields {
    let refused = match sent {
        Sent::Refused(posted, fault) => Some((*posted, fault)),
        _ => None,
    };
    let field = |name: &str, pointer: &str| match refused {
        Some((posted, fault)) => Field {
            value: posted.get(name).to_owned(),
            error: visit.tell_field(fault, pointer),
        },
        None => Field::default(),
    };
    let ticked = |scope: PartnerScope| {
        // A form that was not sent yet asks for all.
        refused.is_none_or(|(posted, _)| posted.ticked(scope.name()))
    };
    let placed = ["/name", "/carrier", "/expires_at"];
    let is_placed = |fault: &Fault| {
        let pointers = fault.fields.iter().map(|field| field.pointer.as_str());
        pointers.into_iter().any(|pointer| placed.contains(&pointer))
    };
    KeyFields {
        refused: refused
            .filter(|(_, fault)| !is_placed(fault))
            .map(|(_, fault)| visit.tell(fault)),
        name: field("name", "/name"),
        carrier: field("carrier", "/carrier"),
        scopes: PartnerScope::ALL
            .map(|scope| {
                let label = visit.locale.t(scope_key(scope)).to_string();
                (scope.name().to_owned(), label, ticked(scope))
            })
            .into(),
        expires: field("expires", "/expires_at"),
    }
}

fn read(posted: &Posted) -> Result<MakePartnerKey, Fault> {
    let expires_at = match posted.get("expires") {
        "" => None,
        day => {
            let day: Option<NaiveDate> = day.parse().ok();
            let said = posted.visit.locale.t("refusal.day_invalid").to_string();
            let day = day.ok_or_else(|| Fault::field("day_invalid", "/expires_at", said))?;
            Some(day.and_time(NaiveTime::MIN).and_utc())
        }
    };
    Ok(MakePartnerKey {
        name: posted.get("name").to_owned(),
        carrier: posted.get("carrier").trim().to_owned(),
        scopes: PartnerScope::ALL
            .into_iter()
            .filter(|scope| posted.ticked(scope.name()))
            .collect(),
        expires_at,
    })
}

pub async fn make(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManagePartners)?;
    let by = visit.user()?;
    let made = match read(&posted) {
        Ok(new) => shop.partner_keys.make(&visit.ctx, by, new).await,
        Err(fault) => Err(fault),
    };
    let sent = match made {
        Ok(made) => Sent::Made(made.secret),
        Err(fault) if is_ours(&fault) => return Err(Failure(fault)),
        Err(fault) => Sent::Refused(&posted, fault),
    };
    show(&shop, visit, sent).await
}

pub async fn revoke(
    State(shop): State<Shop>,
    Path(id): Path<PartnerKeyId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManagePartners)?;
    let by = visit.user()?;
    match shop.partner_keys.revoke(&visit.ctx, by, id).await {
        Ok(_) => Ok(redirect_done(PATH, "key_revoked")),
        Err(fault) => redirect_refused(PATH, fault),
    }
}

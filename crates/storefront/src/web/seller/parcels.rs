//! Labels and documents of the shop's part of an order.

use super::orders::{self, chosen, left_to_ship};
use super::returns::left_to_exchange;
use crate::i18n::Locale;
use crate::views::common::{Choice, Link};
use crate::views::parcel::{BookForm, Label};
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::left::{Left, Shown};
use crate::web::papers::language;
use crate::web::posted::Posted;
use crate::web::sub_orders::{credit_notes, state_key};
use crate::web::visit::{Visit, redirect_done, redirect_refused};
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::orders::{ReturnStatus, SubOrder, SubOrderStatus};
use contracts::shipping::{Carrier, NewShipment, Shipment, ShipmentState};
use httpkit::Pdf;
use kernel::{Fault, Permission, RefundId, ShipmentId, SubOrderId};

/// Between a carrier and its service in a form's choice.
const CHOICE: char = '/';

pub async fn packing_slip(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<SubOrderId>,
) -> Result<Pdf, Failure> {
    let tenant = visit.seller(Permission::ReadSales)?;
    let drawn = shop
        .order_papers
        .packing_slip(&visit.ctx, tenant, id, language(visit.locale));
    Ok(Pdf(drawn.await?))
}

pub async fn invoice(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<SubOrderId>,
) -> Result<Pdf, Failure> {
    let tenant = visit.seller(Permission::ReadSales)?;
    let drawn = shop
        .order_papers
        .sale_invoice(&visit.ctx, tenant, id, language(visit.locale));
    Ok(Pdf(drawn.await?))
}

pub async fn credit_note(
    State(shop): State<Shop>,
    visit: Visit,
    Path((id, refund)): Path<(SubOrderId, RefundId)>,
) -> Result<Pdf, Failure> {
    let tenant = visit.seller(Permission::ReadSales)?;
    let language = language(visit.locale);
    let drawn = shop
        .order_papers
        .sale_credit_note(&visit.ctx, tenant, id, refund, language);
    Ok(Pdf(drawn.await?))
}

pub async fn label(
    State(shop): State<Shop>,
    visit: Visit,
    Path((_, shipment)): Path<(SubOrderId, ShipmentId)>,
) -> Result<Pdf, Failure> {
    let tenant = visit.seller(Permission::ReadSales)?;
    let drawn = shop
        .shipping
        .label(&visit.ctx, tenant, shipment, language(visit.locale));
    Ok(Pdf(drawn.await?))
}

pub async fn book(
    State(shop): State<Shop>,
    Path(id): Path<SubOrderId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::FulfilSales)?;
    let booked = match wanted(&posted) {
        Ok(new) => shop.shipping.book(&visit.ctx, tenant, id, new).await,
        Err(fault) => Err(fault),
    };
    match booked {
        Err(fault) => orders::refused(&shop, id, action(id), &posted, fault).await,
        booked => done(id, "booked", booked),
    }
}

fn wanted(posted: &Posted) -> Result<NewShipment, Fault> {
    let (carrier, service) = posted.get("service").split_once(CHOICE).unwrap_or_default();
    let made = |_| ShipmentId::new(posted.visit.ctx.now);
    Ok(NewShipment {
        id: posted.get("shipment").parse().unwrap_or_else(made),
        lines: Some(chosen(posted)?),
        carrier: carrier.to_owned(),
        service: service.to_owned(),
        // What is no weight is none that a carrier takes.
        weight_g: posted.get("weight").parse().unwrap_or(0),
        exchange: posted.get("exchange").parse().ok(),
    })
}

pub async fn hand_over(
    State(shop): State<Shop>,
    Path((id, shipment)): Path<(SubOrderId, ShipmentId)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::FulfilSales)?;
    let handed = shop.shipping.hand_over(&visit.ctx, tenant, shipment).await;
    done(id, "shipped", handed)
}

fn done(id: SubOrderId, code: &str, outcome: Result<Shipment, Fault>) -> Result<Response, Failure> {
    let order = format!("/seller/orders/{id}");
    match outcome {
        Ok(_) => Ok(redirect_done(&order, code)),
        Err(fault) => redirect_refused(&order, fault),
    }
}

/// What can be printed of it.
pub fn papers(sub: &SubOrder, locale: Locale) -> Vec<Link> {
    let href = |file: &str| format!("/seller/orders/{}/{file}", sub.id);
    let notes = credit_notes(sub, locale, |refund| {
        href(&format!("refunds/{refund}/credit-note.pdf"))
    });
    if matches!(sub.status, SubOrderStatus::Placed | SubOrderStatus::Cancelled) {
        return notes;
    }
    let papers = [
        ("paper.packing_slip", "packing-slip.pdf"),
        ("paper.invoice", "invoice.pdf"),
    ];
    let papers = papers.map(|(key, file)| Link::new(locale.t(key).to_string(), href(file)));
    papers.into_iter().chain(notes).collect()
}

/// Labels of parcels that have not left; those that have are parcels.
pub fn labels(sub: &SubOrder, shipments: &[Shipment], visit: &Visit) -> Vec<Label> {
    let is_here = |shipment: &&Shipment| !sub.parcels.iter().any(|parcel| parcel.id == shipment.parcel);
    let to_send = matches!(sub.status, SubOrderStatus::Packed | SubOrderStatus::PartlyShipped);
    let may =
        |shipment: &Shipment| visit.may(Permission::FulfilSales) && (to_send || shipment.exchange.is_some());
    let locale = visit.locale;
    let label = |shipment: &Shipment| {
        let href = |step: &str| format!("/seller/orders/{}/shipments/{}/{step}", sub.id, shipment.id);
        let has_label = shipment.tracking.is_some();
        Label {
            carrier: format!("{} · {}", shipment.carrier, shipment.service),
            tracking: shipment.tracking.clone().unwrap_or_default(),
            state: match &shipment.reason {
                Some(reason) => locale.t("label.refused").arg("reason", reason).to_string(),
                None => locale.t(state_key(shipment.state)).to_string(),
            },
            download: has_label.then(|| href("label.pdf")),
            hand_over: (has_label && may(shipment) && shipment.state != ShipmentState::Returned)
                .then(|| href("hand-over")),
        }
    };
    shipments.iter().filter(is_here).map(label).collect()
}

fn action(id: SubOrderId) -> String {
    format!("/seller/orders/{id}/shipments")
}

/// The form that asks for a label for what is left to be sent, or to be sent again.
pub fn book_form(
    sub: &SubOrder,
    carriers: &[Carrier],
    visit: &Visit,
    left: Option<&Left<'_>>,
) -> Option<BookForm> {
    let action = action(sub.id);
    let shown = Shown::of(left, &action);
    let (lines, exchange) = match sub.status {
        SubOrderStatus::Packed | SubOrderStatus::PartlyShipped => (left_to_ship(sub, shown), String::new()),
        _ => {
            let mut returns = sub.returns.iter();
            let again = returns.find(|of| of.status == ReturnStatus::Exchanged)?;
            (left_to_exchange(sub, again, shown), again.id.to_string())
        }
    };
    let choice = |carrier: &Carrier| -> Vec<Choice> {
        let services = carrier.services.iter();
        services
            .map(|service| Choice {
                value: format!("{}{CHOICE}{}", carrier.name, service.code),
                label: format!("{} · {}", carrier.name, service.name),
                selected: false,
            })
            .collect()
    };
    let services: Vec<Choice> = carriers.iter().flat_map(choice).collect();
    let may = !lines.is_empty() && visit.may(Permission::FulfilSales) && !services.is_empty();
    may.then(|| BookForm {
        shipment: ShipmentId::new(visit.ctx.now).to_string(),
        lines,
        exchange,
        services: shown.choices("service", services),
        weight: shown.field("weight", "weight_g", ""),
        refused: shown.refused(),
        action,
    })
}

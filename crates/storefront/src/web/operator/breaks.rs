//! Where payment providers' files and the ledger disagree.

use super::bar;
use crate::i18n::Locale;
use crate::views::common::{Field, Link};
use crate::views::page::Tone;
use crate::views::settlement::{BreakRow, ImportForm, OperatorBreaksPage};
use crate::views::work::{Section, Status};
use crate::web::Shop;
use crate::web::failure::{Failure, is_ours};
use crate::web::posted::Posted;
use crate::web::visit::{Visit, encode, redirect_done};
use axum::extract::{Query, State};
use axum::response::Response;
use contracts::ledger::{BreakKind, Disagreement};
use kernel::{Cursor, Money, OrderId, Permission};
use serde::Deserialize;
use std::collections::HashMap;

const PER_PAGE: u16 = 50;
const PATH: &str = "/operator/reconciliation";
/// The tab of those that somebody explained.
const EXPLAINED: &str = "explained";
const NOTE_CHARS_MAX: usize = 500;
/// As many bytes as a provider's file may have, and some for the rest of the form.
pub const BYTES_MAX: usize = 9 * 1024 * 1024;

#[derive(Default, Deserialize)]
pub struct Filter {
    kind: Option<String>,
    after: Option<String>,
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    show(&shop, &visit, filter, ImportForm::default()).await
}

async fn show(shop: &Shop, visit: &Visit, filter: Filter, form: ImportForm) -> Result<Response, Failure> {
    visit.operator(Permission::ReadLedger)?;
    let locale = visit.locale;
    let wanted = filter.kind.unwrap_or_default();
    let kind = BreakKind::ALL.into_iter().find(|kind| kind.name() == wanted);
    let explained = wanted == EXPLAINED;
    let after = filter.after.map(Cursor);
    let (page, found) = futures::join!(
        visit.keyed_page(shop, "operator.breaks"),
        shop.settlement
            .disagreements(&visit.ctx, kind, explained, after, PER_PAGE),
    );
    let found = found?;
    let orders: Vec<OrderId> = found.items.iter().filter_map(|one| one.order).collect();
    // Numbers are for reading: without them the list still shows what disagrees.
    let numbers = shop.order_desk.numbers(&visit.ctx, orders.clone()).await;
    let numbers: HashMap<OrderId, String> = orders.into_iter().zip(numbers.unwrap_or_default()).collect();
    let kept = match kind.is_some() || explained {
        true => format!("kind={wanted}&"),
        false => String::new(),
    };
    let view = OperatorBreaksPage {
        page,
        work: bar(visit, PATH),
        import: visit.may(Permission::ManageLedger).then_some(form),
        tabs: tabs(kind, explained, locale),
        rows: found.items.iter().map(|one| row(one, &numbers, visit)).collect(),
        more: found.next.map(|next| {
            Link::new(
                locale.t("listing.more").to_string(),
                format!("{PATH}?{kept}after={}", encode(&next.0)),
            )
        }),
    };
    Ok(visit.show(shop, &view))
}

fn status(kind: BreakKind, locale: Locale) -> Status {
    let tone = match kind {
        BreakKind::MissingHere => Tone::Bad,
        BreakKind::MissingThere => Tone::Warn,
        BreakKind::AmountDiffers => Tone::Bad,
    };
    Status {
        label: locale.t(&format!("breaks.kind.{}", kind.name())).to_string(),
        tone,
    }
}

fn tabs(current: Option<BreakKind>, explained: bool, locale: Locale) -> Vec<Section> {
    let all = Section {
        link: Link::new(locale.t("work.all").to_string(), PATH),
        current: current.is_none() && !explained,
    };
    let known = Section {
        link: Link::new(
            locale.t("breaks.explained").to_string(),
            format!("{PATH}?kind={EXPLAINED}"),
        ),
        current: explained,
    };
    let of = |kind: BreakKind| Section {
        link: Link::new(status(kind, locale).label, format!("{PATH}?kind={}", kind.name())),
        current: current == Some(kind),
    };
    std::iter::once(all)
        .chain(BreakKind::ALL.map(of))
        .chain([known])
        .collect()
}

fn row(one: &Disagreement, numbers: &HashMap<OrderId, String>, visit: &Visit) -> BreakRow {
    let locale = visit.locale;
    let said = |amount: Option<Money>| amount.map(|amount| locale.money(amount)).unwrap_or_default();
    let what = match one.is_refund {
        true => "breaks.refund",
        false => "breaks.charge",
    };
    BreakRow {
        kind: status(one.kind, locale),
        what: locale.t(what).to_string(),
        at: locale.date_short(one.at.date_naive()),
        order: one.order.and_then(|order| {
            let number = numbers.get(&order)?;
            Some(Link::new(number.clone(), format!("/operator/payments/{order}")))
        }),
        reference: one.reference.clone().unwrap_or_default(),
        theirs: said(one.theirs),
        ours: said(one.ours),
        note: one
            .explained
            .as_ref()
            .map(|said| said.note.clone())
            .unwrap_or_default(),
        place: match visit.may(Permission::ManageLedger) {
            true => one.place.clone(),
            false => String::new(),
        },
    }
}

/// Somebody found out why they disagree there.
pub async fn explain(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageLedger)?;
    let note = httpkit::text::line("/note", posted.get("note"), NOTE_CHARS_MAX)?;
    let place = posted.get("break").to_owned();
    shop.settlement.explain(&visit.ctx, place, note).await?;
    Ok(redirect_done(PATH, "break_explained"))
}

/// A provider's file: taken as a whole, or refused with what is wrong with it.
pub async fn import(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageLedger)?;
    let provider = posted.get("provider").to_owned();
    let file = posted.files("file").next();
    let text = file.and_then(|file| String::from_utf8(file.bytes.to_vec()).ok());
    let refused = match text {
        None => visit.locale.t("upload.no_file").to_string(),
        Some(text) => match shop
            .money_desk
            .import_file(&visit.ctx, provider.clone(), text)
            .await
        {
            Ok(_) => return Ok(redirect_done(PATH, "file_imported")),
            Err(fault) if is_ours(&fault) => return Err(Failure(fault)),
            Err(fault) => visit.tell(&fault),
        },
    };
    let form = ImportForm {
        refused: Some(refused),
        provider: Field::of(provider),
    };
    show(&shop, visit, Filter::default(), form).await
}

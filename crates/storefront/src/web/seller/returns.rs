//! What buyers send back to the shop, and what the shop does about it.

use super::orders::refused;
use super::{bar, own_shop};
use crate::views::common::{Choice, Link};
use crate::views::returns::{
    NoteForm, ReceiveForm, RefundForm, ReturnCase, SellerReturnRow, SellerReturnsPage, ShopReturnForms,
    TermsFields, UnitsBack,
};
use crate::views::seller::{ShipForm, ShipLine};
use crate::views::work::Tab;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::left::{Left, Shown};
use crate::web::posted::Posted;
use crate::web::returns::{reason, seen_by_shop, state, units};
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::checkout::{AfterReceipt, Receipt, ReceiptLine, ReturnTerms};
use contracts::orders::{
    Deduction, Return, ReturnAnswer, ReturnLine, ReturnStatus, ReturnWish, SellerReturn, SubOrder,
};
use kernel::{Currency, Cursor, Fault, LineId, Money, ParcelId, Permission, ReturnId, SubOrderId, TenantId};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Sub-orders on a page, each with its returns.
const PER_PAGE: u16 = 25;
/// What may follow when the goods are there, by the end of the keys of the words.
const THEN: [&str; 3] = ["refund", "exchange", "nothing"];

#[derive(Deserialize)]
pub struct Filter {
    show: Option<String>,
    before: Option<String>,
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadSales)?;
    let all = filter.show.as_deref() == Some("all");
    let before = filter.before.map(Cursor);
    let (page, found, tally, seller) = futures::join!(
        visit.keyed_page(&shop, "work.returns_list"),
        shop.orders
            .returns_of_seller(&visit.ctx, tenant, !all, before, PER_PAGE),
        shop.order_desk.tally_returns(&visit.ctx, tenant),
        own_shop(&shop, &visit, tenant),
    );
    let (found, locale) = (found?, visit.locale);
    let tab = |key: &str, href: &str, count, current| Tab {
        link: Link::new(locale.t(key).to_string(), href),
        count,
        current,
    };
    let tally = tally.unwrap_or_default();
    let view = SellerReturnsPage {
        page,
        work: bar(&visit, &seller?, "/seller/returns"),
        tabs: vec![
            tab("work.returns_open", "/seller/returns", tally.open, !all),
            tab("work.returns_all", "/seller/returns?show=all", tally.all, all),
        ],
        rows: found.items.iter().map(|found| row(found, &visit)).collect(),
        more: found.next.map(|cursor| {
            let show = if all { "show=all&" } else { "" };
            Link::new(
                locale.t("orders.more").to_string(),
                format!("/seller/returns?{show}before={}", encode(&cursor.0)),
            )
        }),
    };
    Ok(visit.show(&shop, &view))
}

fn row(found: &SellerReturn, visit: &Visit) -> SellerReturnRow {
    let of = &found.of;
    let lines = of.lines.iter().zip(&found.titles);
    let contents: Vec<String> = lines
        .map(|(line, title)| format!("{} × {title}", line.quantity))
        .collect();
    let asked = of.timeline.first().map(|asked| asked.at);
    SellerReturnRow {
        number: found.number.clone(),
        href: format!("/seller/orders/{}#return-{}", found.sub_order, of.id),
        asked: asked
            .map(|at| visit.locale.date_short(at.date_naive()))
            .unwrap_or_default(),
        state: state(of),
        contents: contents.join(", "),
        reason: reason(of.reason, visit.locale),
    }
}

/// A sub-order's returns with what the visitor may do about them.
pub fn cases(sub: &SubOrder, visit: &Visit, left: Option<&Left<'_>>) -> Vec<ReturnCase> {
    let cases = seen_by_shop(sub, visit.locale).into_iter();
    cases
        .zip(&sub.returns)
        .map(|(case, of)| ReturnCase {
            shop: forms(sub, of, visit, left),
            ..case
        })
        .collect()
}

fn forms(sub: &SubOrder, of: &Return, visit: &Visit, left: Option<&Left<'_>>) -> ShopReturnForms {
    use ReturnStatus as S;
    let href = |act: &str| action(sub.id, of.id, act);
    let when = |states: &[S], permission| states.contains(&of.status) && visit.may(permission);
    let (fulfil, refund) = (Permission::FulfilSales, Permission::RefundSales);
    let to_come = [S::Authorised, S::SentBack, S::Refunded];
    ShopReturnForms {
        authorise: when(&[S::Requested], refund).then(|| note_form(href("authorise"), left)),
        refuse: when(&[S::Requested], refund).then(|| note_form(href("refuse"), left)),
        receive: when(&to_come, fulfil).then(|| receive_form(sub, of, visit, left)),
        refund: when(&[S::Authorised, S::SentBack, S::Received], refund)
            .then(|| refund_form(href("refund"), left)),
        exchange: when(&[S::Received], fulfil).then(|| href("exchange")),
        ship: when(&[S::Exchanged], fulfil)
            .then(|| ship(sub, of, visit, left))
            .filter(|form| !form.lines.is_empty()),
        close: when(
            &[S::Authorised, S::SentBack, S::Received, S::Refunded, S::Exchanged],
            refund,
        )
        .then(|| note_form(href("close"), left)),
    }
}

fn action(sub: SubOrderId, of: ReturnId, act: &str) -> String {
    format!("/seller/orders/{sub}/returns/{of}/{act}")
}

fn note_form(action: String, left: Option<&Left<'_>>) -> NoteForm {
    let shown = Shown::of(left, &action);
    NoteForm {
        note: shown.value("note", ""),
        refused: shown.refused(),
        action,
    }
}

fn refund_form(action: String, left: Option<&Left<'_>>) -> RefundForm {
    let shown = Shown::of(left, &action);
    RefundForm {
        terms: terms_fields(shown),
        refused: shown.refused(),
        action,
    }
}

fn receive_form(sub: &SubOrder, of: &Return, visit: &Visit, left: Option<&Left<'_>>) -> ReceiveForm {
    let action = action(sub.id, of.id, "receive");
    let shown = Shown::of(left, &action);
    let back = |line: &ReturnLine| {
        let units = units(sub, line.line, line.quantity, Shown::of(None, ""), "")?;
        Some(UnitsBack {
            restocked: shown.value(&format!("restocked.{}", units.id), &units.units.to_string()),
            written_off: shown.value(&format!("written_off.{}", units.id), "0"),
            id: units.id,
            title: units.title,
            units: units.units,
        })
    };
    // Money that went before does not go again.
    let has_terms = visit.may(Permission::RefundSales) && of.status != ReturnStatus::Refunded;
    ReceiveForm {
        lines: of.lines.iter().filter_map(back).collect(),
        then: shown.choices("then", then(of, visit)),
        terms: has_terms.then(|| terms_fields(shown)),
        refused: shown.refused(),
        action,
    }
}

fn terms_fields(shown: Shown<'_>) -> TermsFields {
    TermsFields {
        kept: shown.field("kept", "kept", ""),
        kept_reason: shown.field("kept_reason", "kept_reason", ""),
        delivery: shown.ticked("delivery"),
    }
}

/// What may follow the goods: what the buyer wished for comes first.
fn then(of: &Return, visit: &Visit) -> Vec<Choice> {
    let wished = match of.wish {
        ReturnWish::Refund => "refund",
        ReturnWish::Exchange => "exchange",
    };
    let mut choices: Vec<&str> = THEN.into();
    choices.sort_by_key(|name| *name != wished);
    if of.status == ReturnStatus::Refunded {
        choices = vec!["refund"];
    }
    let words = |name: &str| visit.locale.t(&format!("return.then.{name}")).to_string();
    choices
        .into_iter()
        .map(|name| Choice::new(name, words(name)))
        .collect()
}

/// The goods that are still to be sent again.
pub(super) fn left_to_exchange(sub: &SubOrder, of: &Return, shown: Shown<'_>) -> Vec<ShipLine> {
    let parcels = sub.parcels.iter().filter(|parcel| parcel.exchange == Some(of.id));
    let sent: Vec<_> = parcels.flat_map(|parcel| &parcel.lines).collect();
    let left = of.exchange.iter().filter_map(|line| {
        let gone = sent.iter().filter(|sent| sent.line == line.line);
        let gone: u32 = gone.map(|sent| sent.quantity).sum();
        let left = line.quantity.saturating_sub(gone);
        let units = units(sub, line.line, left, shown, &left.to_string())?;
        (units.units > 0).then_some(ShipLine {
            id: units.id,
            title: units.title,
            left: units.units,
            value: units.value,
        })
    });
    left.collect()
}

fn ship(sub: &SubOrder, of: &Return, visit: &Visit, left: Option<&Left<'_>>) -> ShipForm {
    let action = format!("/seller/orders/{}/ship", sub.id);
    let shown = Shown::of(left, &action).only("exchange", &of.id.to_string());
    ShipForm {
        parcel: ParcelId::new(visit.ctx.now).to_string(),
        lines: left_to_exchange(sub, of, shown),
        carriers: Vec::new(),
        carrier: shown.value("carrier", ""),
        tracking: shown.value("tracking", ""),
        refused: shown.refused(),
        action,
    }
}

type Which = Path<(SubOrderId, ReturnId)>;

pub async fn authorise(shop: State<Shop>, path: Which, posted: Posted) -> Result<Response, Failure> {
    answer(shop, path, posted, "authorise", |note| ReturnAnswer::Authorise {
        note,
    })
    .await
}

pub async fn refuse(shop: State<Shop>, path: Which, posted: Posted) -> Result<Response, Failure> {
    answer(shop, path, posted, "refuse", |note| ReturnAnswer::Refuse { note }).await
}

async fn answer(
    State(shop): State<Shop>,
    Path((id, of)): Which,
    posted: Posted,
    act: &str,
    said: fn(String) -> ReturnAnswer,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::RefundSales)?;
    let said = said(posted.get("note").to_owned());
    let answered = shop.orders.answer_return(&visit.ctx, tenant, id, of, said).await;
    match answered {
        Ok(_) => Ok(done(id, "return_answered")),
        Err(fault) => refused(&shop, id, action(id, of, act), &posted, fault).await,
    }
}

pub async fn close(
    State(shop): State<Shop>,
    Path((id, of)): Which,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::RefundSales)?;
    let note = posted.get("note").to_owned();
    let closed = shop.checkout.close_return(&visit.ctx, tenant, id, of, note).await;
    match closed {
        Ok(_) => Ok(done(id, "return_answered")),
        Err(fault) => refused(&shop, id, action(id, of, "close"), &posted, fault).await,
    }
}

pub async fn receive(
    State(shop): State<Shop>,
    Path((id, of)): Which,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::FulfilSales)?;
    let currency = currency(&shop, visit, tenant, id).await?;
    let again = |fault| refused(&shop, id, action(id, of, "receive"), &posted, fault);
    let receipt = match receipt(&posted, currency) {
        Ok(receipt) => receipt,
        Err(fault) => return again(fault).await,
    };
    if matches!(&receipt.then, AfterReceipt::Refund(terms) if *terms != ReturnTerms::default()) {
        visit.seller(Permission::RefundSales)?;
    }
    let received = shop
        .checkout
        .receive_return(&visit.ctx, tenant, id, of, receipt)
        .await;
    match received {
        Ok(_) => Ok(done(id, "return_received")),
        Err(fault) => again(fault).await,
    }
}

pub async fn refund(
    State(shop): State<Shop>,
    Path((id, of)): Which,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::RefundSales)?;
    let currency = currency(&shop, visit, tenant, id).await?;
    let refunded = match terms(&posted, currency) {
        Ok(terms) => {
            let refund = shop.checkout.refund_return(&visit.ctx, tenant, id, of, terms);
            refund.await
        }
        Err(fault) => Err(fault),
    };
    match refunded {
        Ok(_) => Ok(done(id, "return_refunded")),
        Err(fault) => refused(&shop, id, action(id, of, "refund"), &posted, fault).await,
    }
}

pub async fn exchange(
    State(shop): State<Shop>,
    Path((id, of)): Which,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::FulfilSales)?;
    let exchanged = shop.checkout.exchange_return(&visit.ctx, tenant, id, of).await;
    match exchanged {
        Ok(_) => Ok(done(id, "return_exchanged")),
        Err(fault) => redirect_refused(&order_page(id), fault),
    }
}

/// Of the shop's own sub-order: what somebody else's is in is not told.
async fn currency(shop: &Shop, visit: &Visit, tenant: TenantId, id: SubOrderId) -> Result<Currency, Failure> {
    let sub = shop.orders.sub_order(&visit.ctx, tenant, id).await?;
    Ok(sub.total.currency)
}

fn receipt(posted: &Posted, currency: Currency) -> Result<Receipt, Fault> {
    let unreadable = || Fault::field("units_invalid", "units", "Write how many units came.");
    let mut lines: BTreeMap<LineId, ReceiptLine> = BTreeMap::new();
    for (prefix, is_restocked) in [("restocked.", true), ("written_off.", false)] {
        for (line, units) in posted.with_prefix(prefix) {
            let line: LineId = line.parse().map_err(|_| unreadable())?;
            let units: u32 = units.parse().map_err(|_| unreadable())?;
            let came = lines.entry(line).or_insert(ReceiptLine {
                line,
                restocked: 0,
                written_off: 0,
            });
            match is_restocked {
                true => came.restocked = units,
                false => came.written_off = units,
            }
        }
    }
    let came = |line: &ReceiptLine| line.restocked > 0 || line.written_off > 0;
    Ok(Receipt {
        lines: lines.into_values().filter(came).collect(),
        then: match posted.get("then") {
            "exchange" => AfterReceipt::Exchange,
            "nothing" => AfterReceipt::Nothing,
            _ => AfterReceipt::Refund(terms(posted, currency)?),
        },
    })
}

fn terms(posted: &Posted, currency: Currency) -> Result<ReturnTerms, Fault> {
    let kept = posted.get("kept");
    let deduction = match kept.is_empty() {
        true => None,
        false => Some(Deduction {
            amount: Money::parse(kept, currency).map_err(|_| unreadable_amount())?,
            reason: kept_because(posted)?,
        }),
    };
    Ok(ReturnTerms {
        delivery: posted.ticked("delivery"),
        deduction,
    })
}

fn unreadable_amount() -> Fault {
    Fault::field("deduction_invalid", "kept", "Write an amount, such as 12.50.")
}

fn kept_because(posted: &Posted) -> Result<String, Fault> {
    match posted.get("kept_reason") {
        "" => Err(Fault::field(
            "note_missing",
            "kept_reason",
            "Say why: the buyer is told.",
        )),
        reason => Ok(reason.to_owned()),
    }
}

fn order_page(id: SubOrderId) -> String {
    format!("/seller/orders/{id}")
}

/// Back to the sub-order, which says how it stands.
fn done(id: SubOrderId, code: &str) -> Response {
    redirect_done(&order_page(id), code)
}

//! Returns: what a buyer sees of them and does about them.

use super::Shop;
use super::failure::Failure;
use super::left::{Left, Shown};
use super::orders::{self, find};
use super::posted::Posted;
use super::visit::{Visit, redirect_done, redirect_refused};
use crate::i18n::Locale;
use crate::views::common::{Choice, Price};
use crate::views::order::{Progress, TimelineStep};
use crate::views::returns::{ReturnCase, ReturnForm, ReturnState, ReturnUnits, ShopReturnForms};
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::orders as api;
use contracts::orders::{NewReturn, Order, ParcelLine, ReturnReason, ReturnStatus, ReturnWish};
use kernel::{Fault, LineId, OrderId, ReturnId};

/// The wishes, by the end of the keys of their words.
const WISHES: [(&str, ReturnWish); 2] = [("refund", ReturnWish::Refund), ("exchange", ReturnWish::Exchange)];

/// A shop's part of an order: its returns, without what may be done about them.
pub fn seen_by_shop(sub: &api::SubOrder, locale: Locale) -> Vec<ReturnCase> {
    let of_shop = |of| case(sub, of, "return.answer_by_you", locale);
    sub.returns.iter().map(of_shop).collect()
}

/// The same for the buyer of the order.
pub fn seen_by_buyer(order: OrderId, sub: &api::SubOrder, locale: Locale) -> Vec<ReturnCase> {
    let href = |of: &api::Return, act: &str| format!("/orders/{order}/returns/{}/{act}", of.id);
    let with_forms = |of: &api::Return| {
        use ReturnStatus as S;
        // A number that is told is told; one that was left out may follow.
        let may_send =
            matches!(of.status, S::Authorised | S::SentBack | S::Refunded) && of.tracking.is_empty();
        let may_withdraw = matches!(of.status, S::Requested | S::Authorised);
        ReturnCase {
            send: may_send.then(|| href(of, "send")),
            withdraw: may_withdraw.then(|| href(of, "withdraw")),
            ..case(sub, of, "return.answer_by", locale)
        }
    };
    sub.returns.iter().map(with_forms).collect()
}

/// Where the buyer asks to return something, while that is possible.
pub fn form(
    order: OrderId,
    sub: &api::SubOrder,
    visit: &Visit,
    left: Option<&Left<'_>>,
) -> Option<ReturnForm> {
    let locale = visit.locale;
    let until = sub.return_until.filter(|until| *until >= visit.ctx.now)?;
    if sub.returnable.is_empty() {
        return None;
    }
    let action = action(order);
    let shown = Shown::of(left, &action).only("sub_order", &sub.id.to_string());
    let units = sub
        .returnable
        .iter()
        .filter_map(|of| units(sub, of.line, of.quantity, shown, "0"));
    let reasons = ReturnReason::ALL.map(|reason| Choice::new(reason.name(), self::reason(reason, locale)));
    let wishes =
        WISHES.map(|(name, _)| Choice::new(name, locale.t(&format!("return.wish.{name}")).to_string()));
    Some(ReturnForm {
        action,
        sub_order: sub.id.to_string(),
        id: ReturnId::new(visit.ctx.now).to_string(),
        until: locale.date(until.date_naive()),
        lines: units.collect(),
        reasons: shown.choices("reason", reasons.into()),
        wishes: shown.choices("wish", wishes.into()),
        note: shown.value("note", ""),
        refused: shown.refused(),
    })
}

fn action(order: OrderId) -> String {
    format!("/orders/{order}/returns")
}

pub fn reason(reason: ReturnReason, locale: Locale) -> String {
    locale.t(&format!("return.reason.{}", reason.name())).to_string()
}

/// Units of one of a sub-order's lines, with its title, and what its field shows.
pub fn units(
    sub: &api::SubOrder,
    line: LineId,
    units: u32,
    shown: Shown<'_>,
    usual: &str,
) -> Option<ReturnUnits> {
    let own = sub.lines.iter().find(|own| own.id == line)?;
    Some(ReturnUnits {
        value: shown.value(&format!("units.{line}"), usual),
        id: own.id.to_string(),
        title: match own.options.is_empty() {
            true => own.title.clone(),
            false => format!("{} · {}", own.title, own.options),
        },
        units: u64::from(units),
    })
}

fn case(sub: &api::SubOrder, of: &api::Return, answer_by: &str, locale: Locale) -> ReturnCase {
    let asked = of.timeline.first().map(|asked| asked.at);
    let day = asked.map(|at| locale.day(at.date_naive())).unwrap_or_default();
    let contents = of.lines.iter().filter_map(|line| {
        let units = units(sub, line.line, line.quantity, Shown::of(None, ""), "")?;
        Some(format!("{} × {}", units.units, units.title))
    });
    ReturnCase {
        key: of.id.to_string(),
        title: locale.t("return.title").arg("date", day).to_string(),
        state: state(of),
        contents: contents.collect(),
        reason: reason(of.reason, locale),
        note: of.note.clone(),
        answer: of.answer.clone(),
        parcel: format!("{} {}", of.carrier, of.tracking).trim().to_owned(),
        facts: facts(of, answer_by, locale),
        timeline: timeline(of, locale),
        send: None,
        withdraw: None,
        shop: ShopReturnForms::default(),
    }
}

/// Where it stands; one that is closed by what the buyer got for it.
pub fn state(of: &api::Return) -> ReturnState {
    match of.status {
        ReturnStatus::Requested => ReturnState::Requested,
        ReturnStatus::Refused => ReturnState::Refused,
        ReturnStatus::Withdrawn => ReturnState::Withdrawn,
        ReturnStatus::Authorised => ReturnState::Authorised,
        ReturnStatus::SentBack => ReturnState::SentBack,
        ReturnStatus::Received => ReturnState::Received,
        ReturnStatus::Refunded => ReturnState::Refunded,
        ReturnStatus::Exchanged => ReturnState::Exchanged,
        ReturnStatus::Closed if of.refunded.is_some() => ReturnState::Refunded,
        ReturnStatus::Closed if !of.exchange.is_empty() && of.lines.iter().all(|line| line.put_back == 0) => {
            ReturnState::Exchanged
        }
        ReturnStatus::Closed => ReturnState::Closed,
    }
}

/// `answer_by` is the message that says when the shop's answer is due.
fn facts(of: &api::Return, answer_by: &str, locale: Locale) -> Vec<String> {
    let price = |money| Price::new(locale, money).text;
    let refunded = of.refunded.map(|money| {
        let sentence = locale.t("return.refunded");
        sentence.arg("amount", price(money)).to_string()
    });
    let kept = of.deduction.as_ref().map(|kept| {
        let sentence = locale.t("return.kept").arg("amount", price(kept.amount));
        sentence.arg("reason", &kept.reason).to_string()
    });
    let answer = of.answer_by.map(|by| {
        let sentence = locale.t(answer_by);
        sentence.arg("date", locale.date_time(by.naive_utc())).to_string()
    });
    answer.into_iter().chain(refunded).chain(kept).collect()
}

/// What happened, the last of it as where it stands.
fn timeline(of: &api::Return, locale: Locale) -> Vec<TimelineStep> {
    let last = of.timeline.len().saturating_sub(1);
    let step = |(n, milestone): (usize, &api::Milestone)| TimelineStep {
        label: locale.t(&format!("return.step.{}", milestone.name)).to_string(),
        at: locale.day(milestone.at.date_naive()),
        progress: if n == last {
            Progress::Current
        } else {
            Progress::Done
        },
    };
    of.timeline.iter().enumerate().map(step).collect()
}

pub async fn request(
    State(shop): State<Shop>,
    Path(id): Path<OrderId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let (owner, _) = find(&shop, visit, id).await?;
    let requested = match asked(&posted) {
        Ok(request) => shop.orders.request_return(&visit.ctx, owner, id, request).await,
        Err(fault) => Err(fault),
    };
    match requested {
        Ok(_) => Ok(redirect_done(&format!("/orders/{id}"), "return_requested")),
        Err(fault) => orders::refused(&shop, id, action(id), &posted, fault).await,
    }
}

fn asked(posted: &Posted) -> Result<NewReturn, Fault> {
    let unreadable = |field: &str| Fault::field("units_invalid", field, "Choose what you send back.");
    let mut lines = Vec::new();
    for (line, units) in posted.with_prefix("units.") {
        let line: LineId = line.parse().map_err(|_| unreadable("units"))?;
        let quantity: u32 = units.parse().map_err(|_| unreadable("units"))?;
        if quantity > 0 {
            lines.push(ParcelLine { line, quantity });
        }
    }
    let reason = posted.get("reason");
    let reason = ReturnReason::ALL.into_iter().find(|known| known.name() == reason);
    let wish = WISHES.into_iter().find(|(name, _)| *name == posted.get("wish"));
    let id = posted.get("return").parse();
    Ok(NewReturn {
        id: id.unwrap_or_else(|_| ReturnId::new(posted.visit.ctx.now)),
        sub_order: posted
            .get("sub_order")
            .parse()
            .map_err(|_| unreadable("sub_order"))?,
        lines,
        reason: reason.unwrap_or(ReturnReason::Other),
        note: posted.get("note").to_owned(),
        wish: wish.map(|(_, wish)| wish).unwrap_or_default(),
    })
}

pub async fn send(
    State(shop): State<Shop>,
    Path((id, of)): Path<(OrderId, ReturnId)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let (owner, _) = find(&shop, visit, id).await?;
    let (carrier, tracking) = (
        posted.get("carrier").to_owned(),
        posted.get("tracking").to_owned(),
    );
    let sent = shop
        .orders
        .send_back(&visit.ctx, owner, id, of, carrier, tracking);
    after(id, "return_sent", sent.await)
}

pub async fn withdraw(
    State(shop): State<Shop>,
    Path((id, of)): Path<(OrderId, ReturnId)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let (owner, _) = find(&shop, visit, id).await?;
    let withdrawn = shop.checkout.withdraw_return(&visit.ctx, owner, id, of);
    after(id, "return_withdrawn", withdrawn.await)
}

/// Back to the order, which says how it stands.
fn after(id: OrderId, done: &str, outcome: Result<Order, Fault>) -> Result<Response, Failure> {
    let page = format!("/orders/{id}");
    match outcome {
        Ok(_) => Ok(redirect_done(&page, done)),
        Err(fault) => redirect_refused(&page, fault),
    }
}

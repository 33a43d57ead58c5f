//! What the mails tell. The words for it are made when they are sent, in the reader's language.

use super::{News, OrderLink};
use contracts::notifications::{MailFact, MailFacts, MailFiles, MailKind, MailPhrase, MailUnits};
use contracts::orders::{CancelReason, OrderStatus, ReturnStatus, SubOrderCancelled};
use contracts::payments::PaymentRefunded;
use kernel::{Money, ParcelId, SubOrderId, Timestamp};
use orders::domain::{Order, Refund, Sent, SubOrder, Units, of_sub_order};

/// Which mail, and what is filled in; none where there is nothing to tell any more.
pub fn of(order: &Order, news: &News) -> Option<(MailKind, MailFacts)> {
    Some(match news {
        // With a link in them: [`ready`], [`unpaid`], [`confirmed`].
        News::Ready(_) | News::Placed(_) | News::Confirmed(_) => return None,
        News::Refunded(refunded) => (MailKind::Refunded, given_back(order, refunded)),
        News::CameBack(back) => (
            MailKind::RefundCameBack,
            numbered(order.number()).amount("amount", back.amount),
        ),
        News::Sent(sent) => {
            let (sub_order, sent) = parcel(order, sent.sub_order, sent.parcel)?;
            let more = match (sent.parcel.exchange, sub_order.left_to_ship().is_empty()) {
                (Some(_), _) => MailPhrase::ReplacesReturned,
                (None, true) => MailPhrase::AllHasLeft,
                (None, false) => MailPhrase::RestFollows,
            };
            (
                MailKind::ParcelSent,
                carried(&sub_order, sent).phrase("rest", more),
            )
        }
        News::Arrived(arrived) => {
            let (sub_order, arrived) = parcel(order, arrived.sub_order, arrived.parcel)?;
            (MailKind::ParcelArrived, carried(&sub_order, arrived))
        }
        News::PartCancelled(cancelled) => {
            let sub_order = order.sub_order(cancelled.sub_order)?;
            let since = sub_order.cancellation();
            let kind = match since.is_some_and(|since| is_let_go(&sub_order, since.at)) {
                true => MailKind::PartNotCharged,
                false => MailKind::PartCancelled,
            };
            (kind, nothing_comes(&sub_order, cancelled))
        }
        News::UnitsCancelled(cancelled) => {
            let sub_order = order.sub_order(cancelled.sub_order)?;
            let units = cancelled.units.iter().map(|units| Units {
                line: units.line,
                quantity: units.quantity,
            });
            let units: Vec<Units> = units.collect();
            let facts = part(&sub_order)
                .phrase("who", who(cancelled.reason))
                .units("goods", contents(&sub_order, &units))
                .text("note", cancelled.note.as_str());
            let known = sub_order.progress.cancelled_units.iter();
            let mut same = known.filter(|known| known.units == units && known.note == cancelled.note);
            let kind = match same.any(|known| is_let_go(&sub_order, known.at)) {
                true => MailKind::UnitsNotCharged,
                false => MailKind::UnitsCancelled,
            };
            (kind, facts)
        }
        News::ReturnAnswered(answered) => {
            let sub_order = order.sub_order(answered.sub_order)?;
            let known = sub_order.find_return(answered.of)?;
            let facts = part(&sub_order)
                .units("goods", contents(&sub_order, &known.requested.lines))
                .text("note", known.answer().unwrap_or_default());
            let kind = match answered.status {
                ReturnStatus::Refused => MailKind::ReturnRefused,
                _ => MailKind::ReturnAuthorised,
            };
            (kind, facts)
        }
        News::ReturnWaits(waits) => {
            let sub_order = order.sub_order(waits.sub_order)?;
            let known = sub_order.find_return(waits.of)?;
            if sub_order.return_status(known) != ReturnStatus::Requested {
                return None;
            }
            let facts = part(&sub_order)
                .units("goods", contents(&sub_order, &known.requested.lines))
                .with("until", MailFact::Moment(waits.answer_by));
            (MailKind::ReturnWaits, facts)
        }
    })
}

/// An order that waits for its money; none where it waits no more.
pub(super) fn unpaid(order: &Order, link: &OrderLink, now: Timestamp) -> Option<(MailKind, MailFacts)> {
    let until = order.placed.reserved_until;
    let waits = order.status == OrderStatus::Placed && until > now;
    waits.then(|| {
        let facts = ordered(order, link).with("until", MailFact::Moment(until));
        (MailKind::OrderPlaced, facts)
    })
}

pub(super) fn confirmed(order: &Order, link: &OrderLink) -> (MailKind, MailFacts) {
    (MailKind::OrderConfirmed, ordered(order, link))
}

/// All that was ordered, of all shops, and what it costs.
fn ordered(order: &Order, link: &OrderLink) -> MailFacts {
    let lines = order.placed.parts.iter().flat_map(|part| &part.lines);
    let goods = lines.map(|line| MailUnits {
        quantity: line.quantity,
        title: line.title.clone(),
    });
    let facts = numbered(order.number())
        .units("goods", goods.collect())
        .amount("amount", order.total())
        .text("link", link.href.as_str());
    match link.until {
        Some(until) => facts.with("link_until", MailFact::Moment(until)),
        None => facts,
    }
}

/// What of an order can be downloaded, and from where; none where nothing can be any more. With it goes what the law wants
/// buyers of downloads to have on a durable medium (directive 2011/83/EU, articles 8 (7) b and 16 m).
pub fn ready(order: &Order, link: &str) -> Option<(MailKind, MailFacts)> {
    let parts = order.sub_orders().filter(|part| part.cancellation().is_none());
    let lines = parts.flat_map(|part| &part.part.lines);
    let bought = lines.filter_map(|line| Some((line, line.digital.as_deref()?)));
    let files: Vec<MailFiles> = bought
        .map(|(line, digital)| MailFiles {
            title: line.title.clone(),
            files: digital.files.len(),
            times: digital.downloads_max,
            days: digital.days,
        })
        .collect();
    let agreed_at = order.sub_orders().find_map(|part| part.consented_at())?;
    let facts = numbered(order.number())
        .with("agreed_at", MailFact::Moment(agreed_at))
        .phrase("consent", MailPhrase::Consent)
        .text("link", link);
    (!files.is_empty()).then(|| {
        (
            MailKind::DownloadsReady,
            facts.with("files", MailFact::Files(files)),
        )
    })
}

fn numbered(number: String) -> MailFacts {
    MailFacts::default().text("order", number)
}

/// By its shop's own number.
fn part(sub_order: &SubOrder<'_>) -> MailFacts {
    numbered(of_sub_order(&sub_order.order.number(), sub_order.index))
}

/// With why, in the words of whoever gave it back.
fn given_back(order: &Order, refunded: &PaymentRefunded) -> MailFacts {
    let facts = numbered(order.number()).amount("amount", refunded.amount);
    if !refunded.sold {
        return facts.phrase("why", MailPhrase::CameTooLate);
    }
    let mut given = order.sub_orders().flat_map(|part| &part.progress.refunds);
    // One for several parts has the id of the first of them.
    let refund = given.find(|given| Some(given.refund.id) == refunded.refund);
    let Some(Refund {
        reason, deduction, ..
    }) = refund.map(|given| &given.refund)
    else {
        return facts;
    };
    let facts = facts.text("why", reason.as_str());
    match deduction {
        Some(kept) => facts
            .amount("kept", Money::new(kept.amount, order.currency()))
            .text("kept_why", kept.reason.as_str()),
        None => facts,
    }
}

/// By whom, and under which number; a shop may have told neither.
fn carried(sub_order: &SubOrder<'_>, sent: &Sent) -> MailFacts {
    part(sub_order)
        .units("goods", contents(sub_order, &sent.parcel.lines))
        .text("carrier", sent.parcel.carrier.as_str())
        .text("tracking", sent.parcel.tracking.as_str())
}

/// All that was not cancelled before, and its money.
fn nothing_comes(sub_order: &SubOrder<'_>, cancelled: &SubOrderCancelled) -> MailFacts {
    let mut facts = part(sub_order)
        .phrase("who", who(cancelled.reason))
        .units("goods", contents(sub_order, &sub_order.left_to_ship()))
        .text("note", cancelled.note.as_str());
    // A part that promotions made free has none.
    if cancelled.left.amount != 0 {
        facts = facts.amount("amount", cancelled.left);
    }
    match sub_order.order.placed.parts.len() {
        1 => facts,
        _ => facts.phrase("others", MailPhrase::OtherShopsUntouched),
    }
}

/// Whether the money of what was cancelled then was only set aside: it is let go with the cancellation.
fn is_let_go(sub_order: &SubOrder<'_>, at: Timestamp) -> bool {
    let mut given = sub_order.progress.refunds.iter();
    given.any(|given| given.refund.released && given.at == at)
}

fn who(reason: CancelReason) -> MailPhrase {
    match reason {
        CancelReason::Buyer => MailPhrase::CancelledByBuyer,
        CancelReason::Operator => MailPhrase::CancelledByMarketplace,
        CancelReason::Seller | CancelReason::Expired => MailPhrase::CancelledByShop,
    }
}

/// A line for each, such as `2 × Stoneware bowl`.
fn contents(sub_order: &SubOrder<'_>, units: &[Units]) -> Vec<MailUnits> {
    let lines = units.iter().filter_map(|units| {
        let line = sub_order.line(units.line)?;
        Some(MailUnits {
            quantity: units.quantity,
            title: line.title.clone(),
        })
    });
    lines.collect()
}

fn parcel(order: &Order, part: SubOrderId, id: ParcelId) -> Option<(SubOrder<'_>, &Sent)> {
    let index = order.placed.parts.iter().position(|known| known.id == part)?;
    let mut parcels = order.progress[index].parcels.iter();
    Some((order.sub_order(part)?, parcels.find(|sent| sent.parcel.id == id)?))
}

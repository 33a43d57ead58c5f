//! What stands in the mails.

use super::News;
use crate::app::CAME_TOO_LATE;
use contracts::Language;
use contracts::digital::consent;
use contracts::orders::{CancelReason, ParcelLine, ReturnStatus, SubOrderCancelled};
use contracts::payments::PaymentRefunded;
use kernel::{Money, ParcelId, SubOrderId, Timestamp};
use orders::domain::{Order, Refund, Sent, SubOrder, Units, of_sub_order};

/// Subject, and what is said below the greeting; none where there is nothing to tell any more.
pub fn of(order: &Order, news: &News) -> Option<(String, String)> {
    Some(match news {
        // With a link in it: [`ready`].
        News::Ready(_) => return None,
        News::Refunded(refunded) => (
            format!("{} went back to you", refunded.amount),
            given_back(order, refunded),
        ),
        News::CameBack(back) => (
            format!("{} did not reach you", back.amount),
            format!(
                "We gave {} of your order {} back to you, and your bank sent it back to our payment provider: it may be that the \
                 card or account has been closed. It is still yours. We were told of it and will try again; if you want it \
                 sent another way, tell us.",
                back.amount,
                order.number()
            ),
        ),
        News::Sent(sent) => {
            let (sub_order, sent) = parcel(order, sent.sub_order, sent.parcel)?;
            let number = number(&sub_order);
            (
                format!("A parcel of your order {number} is on its way"),
                on_its_way(&sub_order, sent),
            )
        }
        News::Arrived(arrived) => {
            let (sub_order, arrived) = parcel(order, arrived.sub_order, arrived.parcel)?;
            let number = number(&sub_order);
            (
                format!("A parcel of your order {number} has arrived"),
                has_arrived(&sub_order, arrived),
            )
        }
        News::PartCancelled(cancelled) => {
            let sub_order = order.sub_order(cancelled.sub_order)?;
            (
                format!("Your order {} will not come", number(&sub_order)),
                nothing_comes(&sub_order, cancelled),
            )
        }
        News::UnitsCancelled(cancelled) => {
            let sub_order = order.sub_order(cancelled.sub_order)?;
            let told = will_not_come(&sub_order, &cancelled.units, cancelled.reason, &cancelled.note);
            (
                format!("Some of your order {} will not come", number(&sub_order)),
                told,
            )
        }
        News::ReturnAnswered(answered) => {
            let sub_order = order.sub_order(answered.sub_order)?;
            let known = sub_order.find_return(answered.of)?;
            let said = known.answer().unwrap_or_default();
            let goods = contents(&sub_order, &known.requested.lines);
            let (what, so) = match answered.status {
                ReturnStatus::Refused => ("was refused", "The shop does not take these back:"),
                _ => ("was authorised", "You can send these back:"),
            };
            (
                format!("Your return of order {} {what}", number(&sub_order)),
                format!("{so}\n\n{goods}\n{said}"),
            )
        }
        News::ReturnWaits(waits) => {
            let sub_order = order.sub_order(waits.sub_order)?;
            let known = sub_order.find_return(waits.of)?;
            if sub_order.return_status(known) != ReturnStatus::Requested {
                return None;
            }
            let (number, until) = (number(&sub_order), waits.answer_by.format("%-d %B %Y, %H:%M"));
            let goods = contents(&sub_order, &known.requested.lines);
            (
                format!("A return of order {number} waits for your answer"),
                format!(
                    "Your buyer wants to send these back:\n\n{goods}\nAnswer until {until} (UTC). After that the return is \
                     authorised by itself."
                ),
            )
        }
    })
}

/// What of an order can be downloaded, and from where; none where nothing can be any more.
pub fn ready(order: &Order, link: &str) -> Option<(String, String)> {
    let parts = order.sub_orders().filter(|part| part.cancellation().is_none());
    let lines = parts.flat_map(|part| &part.part.lines);
    let bought = lines.filter_map(|line| Some((line, line.digital.as_deref()?)));
    let told: Vec<String> = bought
        .map(|(line, digital)| {
            let (files, times, days) = (digital.files.len(), digital.downloads_max, digital.days);
            let each = if files == 1 {
                "1 file".to_owned()
            } else {
                format!("{files} files")
            };
            format!(
                "{}: {each}, up to {times} downloads each within {days} days\n",
                line.title
            )
        })
        .collect();
    let consented_at = order.sub_orders().find_map(|part| part.consented_at())?;
    (!told.is_empty()).then(|| {
        (
            format!("Your downloads of order {}", order.number()),
            format!(
                "Thank you. What you bought is ready:\n\n{}\nDownload it here:\n{link}\n\nThe link is yours alone: whoever has it can \
                 download instead of you.\n\n{}",
                told.concat(),
                confirmed(consented_at)
            ),
        )
    })
}

/// What the law wants buyers of downloads to have on a durable medium (directive 2011/83/EU, articles 8 (7) b and 16 m).
fn confirmed(consented_at: Timestamp) -> String {
    format!(
        "When you ordered, on {} (UTC), you agreed to this:\n\n“{}”\n\nThis mail confirms it: keep it. If something is wrong with a \
         download, write to the shop.",
        consented_at.format("%-d %B %Y at %H:%M"),
        consent(Language::En)
    )
}

fn given_back(order: &Order, refunded: &PaymentRefunded) -> String {
    let (amount, number, why) = (refunded.amount, order.number(), why(order, refunded));
    format!(
        "{amount} of your order {number} went back to you. Banks take some days to show it; gift cards and store credit have it \
         at once.\n\n{why}"
    )
}

/// In the words of whoever gave it back.
fn why(order: &Order, refunded: &PaymentRefunded) -> String {
    if !refunded.sold {
        return CAME_TOO_LATE.to_owned();
    }
    let mut given = order.sub_orders().flat_map(|part| &part.progress.refunds);
    // One for several parts has the id of the first of them.
    let refund = given.find(|given| Some(given.refund.id) == refunded.refund);
    let Some(Refund {
        reason, deduction, ..
    }) = refund.map(|given| &given.refund)
    else {
        return String::new();
    };
    match deduction {
        Some(kept) => format!(
            "{reason} The shop kept {} of what was paid: {}",
            Money::new(kept.amount, order.currency()),
            kept.reason
        ),
        None => reason.clone(),
    }
}

fn on_its_way(sub_order: &SubOrder<'_>, sent: &Sent) -> String {
    let more = match (sent.parcel.exchange, sub_order.left_to_ship().is_empty()) {
        (Some(_), _) => "It replaces what you sent back.",
        (None, true) => "With it, all of this part of your order has left.",
        (None, false) => "The rest of this part of your order follows.",
    };
    format!(
        "These have left:\n\n{}\n{}\n{more}",
        contents(sub_order, &sent.parcel.lines),
        way(sent)
    )
}

fn has_arrived(sub_order: &SubOrder<'_>, sent: &Sent) -> String {
    let lines = contents(sub_order, &sent.parcel.lines);
    format!(
        "These have arrived:\n\n{lines}\n{}\nIf you have not got the parcel, ask the shop where it is.",
        way(sent)
    )
}

fn will_not_come(sub_order: &SubOrder<'_>, units: &[ParcelLine], reason: CancelReason, note: &str) -> String {
    let units: Vec<Units> = units
        .iter()
        .map(|units| Units {
            line: units.line,
            quantity: units.quantity,
        })
        .collect();
    format!(
        "{}\n\n{}\n{}What was paid for them goes back the way it was paid. All else comes as it was ordered.",
        who(reason),
        contents(sub_order, &units),
        said(note)
    )
}

/// All that was not cancelled before, and its money.
fn nothing_comes(sub_order: &SubOrder<'_>, cancelled: &SubOrderCancelled) -> String {
    let lines = contents(sub_order, &sub_order.left_to_ship());
    // A part that promotions made free has none.
    let money = match cancelled.left.amount {
        0 => String::new(),
        _ => format!("{} goes back the way it was paid.\n", cancelled.left),
    };
    let others = match sub_order.order.placed.parts.len() {
        1 => "",
        _ => "What you ordered from other shops is not touched.",
    };
    format!(
        "{}\n\n{lines}\n{}{money}{others}",
        who(cancelled.reason),
        said(&cancelled.note)
    )
}

fn who(reason: CancelReason) -> &'static str {
    match reason {
        CancelReason::Buyer => "You have cancelled these:",
        CancelReason::Operator => "The marketplace has cancelled these:",
        CancelReason::Seller | CancelReason::Expired => "The shop cannot send these:",
    }
}

fn said(note: &str) -> String {
    match note.is_empty() {
        true => String::new(),
        false => format!("{note}\n\n"),
    }
}

/// A line for each, such as `2 × Stoneware bowl`.
fn contents(sub_order: &SubOrder<'_>, units: &[Units]) -> String {
    let lines = units.iter().filter_map(|units| {
        let line = sub_order.line(units.line)?;
        Some(format!("{} × {}\n", units.quantity, line.title))
    });
    lines.collect()
}

/// By whom, and under which number; a shop may have told neither.
fn way(sent: &Sent) -> String {
    let line = |what: &str, text: &str| match text.is_empty() {
        true => String::new(),
        false => format!("{what}: {text}\n"),
    };
    let parcel = &sent.parcel;
    line("Carrier", &parcel.carrier) + &line("Tracking number", &parcel.tracking)
}

fn parcel(order: &Order, part: SubOrderId, id: ParcelId) -> Option<(SubOrder<'_>, &Sent)> {
    let index = order.placed.parts.iter().position(|known| known.id == part)?;
    let mut parcels = order.progress[index].parcels.iter();
    Some((order.sub_order(part)?, parcels.find(|sent| sent.parcel.id == id)?))
}

fn number(sub_order: &SubOrder<'_>) -> String {
    of_sub_order(&sub_order.order.number(), sub_order.index)
}

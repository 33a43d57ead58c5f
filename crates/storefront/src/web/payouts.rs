//! Payouts as shops and operators see them.

use super::visit::Visit;
use crate::i18n::Locale;
use crate::views::common::Link;
use crate::views::page::Tone;
use crate::views::settlement::PayoutRow;
use crate::views::work::{Section, Status};
use contracts::ledger::{PayoutState, ShopPayout};

pub fn state_of(code: &str) -> Option<PayoutState> {
    PayoutState::parse(code)
}

pub fn status(state: PayoutState, locale: Locale) -> Status {
    let tone = match state {
        PayoutState::Created | PayoutState::Sending => Tone::Calm,
        PayoutState::Unknown => Tone::Warn,
        PayoutState::Paid => Tone::Good,
        PayoutState::Failed | PayoutState::Returned => Tone::Bad,
    };
    Status {
        label: locale.t(&format!("payout.state.{}", state.name())).to_string(),
        tone,
    }
}

/// Filters by state, below `path`.
pub fn tabs(path: &str, current: Option<PayoutState>, locale: Locale) -> Vec<Section> {
    let all = Section {
        link: Link::new(locale.t("work.all").to_string(), path),
        current: current.is_none(),
    };
    let of = |state: PayoutState| Section {
        link: Link::new(
            status(state, locale).label,
            format!("{path}?state={}", state.name()),
        ),
        current: current == Some(state),
    };
    std::iter::once(all).chain(PayoutState::ALL.map(of)).collect()
}

/// As its shop sees it.
pub fn row(payout: &ShopPayout, visit: &Visit) -> PayoutRow {
    let locale = visit.locale;
    PayoutRow {
        made: locale.date_short(payout.created_at.date_naive()),
        shop: String::new(),
        href: None,
        period: match payout.period {
            Some(day) => locale
                .t("settlement.until_day")
                .arg("day", locale.day(day))
                .to_string(),
            None => locale.t("settlement.asked").to_string(),
        },
        amount: locale.money(payout.amount),
        status: status(payout.state, locale),
        note: note(payout, locale),
        reference: payout.reference.clone().unwrap_or_default(),
        came_back: None,
    }
}

fn note(payout: &ShopPayout, locale: Locale) -> String {
    match (payout.state, payout.paid_at) {
        (PayoutState::Failed | PayoutState::Returned, _) => payout.reason.clone().unwrap_or_default(),
        (_, Some(at)) => {
            let at = locale.date(at.date_naive());
            locale.t("settlement.paid_on").arg("day", at).to_string()
        }
        (_, None) => String::new(),
    }
}

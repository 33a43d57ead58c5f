//! Times that are compared and drawn: this month beside the one before, and days, weeks or months one after another.

use crate::i18n::Locale;
use crate::views::operator_overview::PeriodRow;
use crate::views::seller::Bar;
use chrono::{Datelike, Days, Months as Count, NaiveDate, NaiveTime, TimeDelta};
use contracts::ledger::{Grain, Turnover};
use kernel::{Currency, Money, Timestamp};

/// Weeks and months that are drawn.
const WEEKS: u64 = 12;
const MONTHS: u32 = 12;
/// From one bar to the next, in the picture's units.
const BAR_STEP: u32 = 10;
/// A day on which little was sold is still one on which something was.
const BAR_HEIGHT_MIN: i128 = 2;

/// This month until now, and the month before until the same moment of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Months {
    pub this: [Timestamp; 2],
    pub past: [Timestamp; 2],
}

fn midnight(day: NaiveDate) -> Timestamp {
    day.and_time(NaiveTime::MIN).and_utc()
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

impl Months {
    #[must_use]
    pub fn of(now: Timestamp) -> Self {
        // What was done at this very moment counts.
        let until = now + TimeDelta::seconds(1);
        let first = first_of_month(now.date_naive());
        let from = midnight(first);
        let past = midnight(first.checked_sub_months(Count::new(1)).unwrap_or(first));
        Self {
            this: [from, until],
            // A month before that was shorter is counted whole.
            past: [past, (past + (until - from)).min(from)],
        }
    }
}

#[must_use]
pub fn grain(asked: Option<&str>) -> Grain {
    match asked {
        Some("week") => Grain::Week,
        Some("month") => Grain::Month,
        _ => Grain::Day,
    }
}

/// `1 – 22 November`
#[must_use]
pub fn span([from, until]: [Timestamp; 2], locale: Locale) -> String {
    let last = (until - TimeDelta::seconds(1)).date_naive();
    locale.day_range(from.date_naive(), last)
}

/// The first moment that is drawn.
#[must_use]
pub fn begins(by: Grain, months: Months) -> Timestamp {
    let today = months.this[1].date_naive();
    midnight(match by {
        Grain::Day => months.this[0].date_naive(),
        Grain::Week => {
            let monday = today - Days::new(u64::from(today.weekday().num_days_from_monday()));
            monday - Days::new(7 * (WEEKS - 1))
        }
        Grain::Month => {
            let first = first_of_month(today);
            first.checked_sub_months(Count::new(MONTHS - 1)).unwrap_or(first)
        }
    })
}

/// The first days of all steps that are drawn: those of the whole month, or up to now.
fn steps(by: Grain, now: Timestamp) -> Vec<NaiveDate> {
    let months = Months::of(now);
    let (first, today) = (begins(by, months).date_naive(), now.date_naive());
    let next = |day: &NaiveDate| match by {
        Grain::Day => Some(*day + Days::new(1)),
        Grain::Week => Some(*day + Days::new(7)),
        Grain::Month => day.checked_add_months(Count::new(1)),
    };
    std::iter::successors(Some(first), next)
        .take_while(|day| match by {
            Grain::Day => day.month() == today.month(),
            Grain::Week | Grain::Month => *day <= today,
        })
        .collect()
}

fn named(day: NaiveDate, by: Grain, locale: Locale) -> String {
    match by {
        Grain::Day => locale.day(day),
        Grain::Week => locale
            .t("overview.week_of")
            .arg("day", locale.day(day))
            .to_string(),
        Grain::Month => locale.month(day),
    }
}

fn of(turnover: &[Turnover], currency: Currency) -> impl DoubleEndedIterator<Item = &Turnover> {
    turnover.iter().filter(move |one| one.sold.currency == currency)
}

/// One for each step, the best as high as the picture.
#[must_use]
pub fn bars(
    turnover: &[Turnover],
    currency: Currency,
    by: Grain,
    now: Timestamp,
    locale: Locale,
) -> Vec<Bar> {
    let best = of(turnover, currency)
        .map(|one| one.sold.amount)
        .max()
        .unwrap_or(0);
    let days = steps(by, now);
    let today = days.iter().rposition(|day| *day <= now.date_naive());
    let bar = |(index, day): (usize, NaiveDate)| {
        let sold = of(turnover, currency).find(|one| one.day == day);
        let amount = sold.map_or(0, |one| one.sold.amount.max(0));
        let height = match amount {
            0 => 0,
            amount => (i128::from(amount) * 100 / i128::from(best.max(1))).max(BAR_HEIGHT_MIN),
        };
        let height = u32::try_from(height).unwrap_or(100).min(100);
        Bar {
            label: format!(
                "{}: {}",
                named(day, by, locale),
                locale.money(Money::new(amount, currency))
            ),
            x: u32::try_from(index).unwrap_or(0) * BAR_STEP,
            y: 100 - height,
            height,
            is_today: Some(index) == today,
        }
    };
    days.into_iter().enumerate().map(bar).collect()
}

/// What the picture says, to those who do not see it.
#[must_use]
pub fn said(turnover: &[Turnover], currency: Currency, by: Grain, locale: Locale) -> String {
    let each = of(turnover, currency)
        .map(|one| format!("{}: {}", named(one.day, by, locale), locale.money(one.sold)));
    each.collect::<Vec<_>>().join(", ")
}

/// The latest first.
#[must_use]
pub fn rows(turnover: &[Turnover], currency: Currency, by: Grain, locale: Locale) -> Vec<PeriodRow> {
    let row = |one: &Turnover| PeriodRow {
        when: named(one.day, by, locale),
        sold: locale.money(one.sold),
        refunded: locale.money(one.refunded),
        commission: locale.money(one.commission),
    };
    of(turnover, currency).rev().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn the_month_is_set_beside_the_same_part_of_the_one_before() {
        let months = Months::of(at("2026-11-22T10:30:00Z"));
        assert_eq!(
            months.this,
            [at("2026-11-01T00:00:00Z"), at("2026-11-22T10:30:01Z")]
        );
        assert_eq!(
            months.past,
            [at("2026-10-01T00:00:00Z"), at("2026-10-22T10:30:01Z")]
        );
        assert_eq!(span(months.past, Locale::En), "1–22 October");
    }

    #[test]
    fn a_shorter_month_before_ends_where_this_one_begins() {
        let months = Months::of(at("2026-03-31T10:30:00Z"));
        assert_eq!(
            months.past,
            [at("2026-02-01T00:00:00Z"), at("2026-03-01T00:00:00Z")]
        );
    }

    #[test]
    fn every_day_week_and_month_is_drawn() {
        let now = at("2026-11-22T10:30:00Z");
        let drawn = |by| steps(by, now).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(drawn(Grain::Day).len(), 30);
        let weeks = drawn(Grain::Week);
        assert_eq!((weeks.len(), weeks[11].as_str()), (12, "2026-11-16"));
        let months = drawn(Grain::Month);
        assert_eq!((months.len(), months[0].as_str()), (12, "2025-12-01"));
    }
}

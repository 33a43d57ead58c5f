//! What the shop has sold since the month began.

use crate::i18n::Locale;
use crate::views::common::Price;
use crate::views::seller::{Bar, Month, TopProduct};
use crate::views::work::Figure;
use crate::web::Shop;
use crate::web::visit::Visit;
use chrono::{Datelike, NaiveDate, NaiveTime};
use contracts::orders::{CurrencyTakings, DayTakings, Takings};
use kernel::{Currency, Permission, TenantId};

/// From one day's bar to the next, in the picture's units.
const BAR_STEP: u32 = 10;
/// A day on which little was sold is still one on which something was.
const BAR_HEIGHT_MIN: i64 = 2;

/// None for those who are not to know, and where it cannot be had: the page is a page without it.
pub async fn month(shop: &Shop, visit: &Visit, tenant: TenantId) -> Option<Month> {
    if !visit.may(Permission::ReadSales) {
        return None;
    }
    let today = visit.ctx.now.date_naive();
    let first = today.with_day(1)?;
    let since = first.and_time(NaiveTime::MIN).and_utc();
    let taken = shop.order_desk.takings(&visit.ctx, tenant, since).await.ok()?;
    Some(shown(&taken, today, visit.locale))
}

fn shown(taken: &Takings, today: NaiveDate, locale: Locale) -> Month {
    // Shops sell in one currency, as a rule; where there are more, each is said and the first is drawn.
    let drawn = taken.totals.first().map(|total| total.sold.currency);
    let days: Vec<&DayTakings> = taken
        .days
        .iter()
        .filter(|day| Some(day.sold.currency) == drawn)
        .collect();
    Month {
        name: locale.month(today),
        figures: figures(&taken.totals, locale),
        bars: drawn
            .map(|currency| bars(&days, currency, today, locale))
            .unwrap_or_default(),
        bars_text: days
            .iter()
            .map(|day| said(day, locale))
            .collect::<Vec<_>>()
            .join(", "),
        first: locale.day(today.with_day(1).unwrap_or(today)),
        last: locale.day(last_of_month(today)),
        top: taken
            .top
            .iter()
            .map(|top| TopProduct {
                title: top.title.clone(),
                href: format!("/seller/products/{}", top.product),
                units: locale.n("count.pieces", top.units).to_string(),
                sold: Price::new(locale, top.sold),
            })
            .collect(),
    }
}

fn last_of_month(day: NaiveDate) -> NaiveDate {
    let days = day.iter_days().take_while(|next| next.month() == day.month());
    days.last().unwrap_or(day)
}

fn figures(totals: &[CurrencyTakings], locale: Locale) -> Vec<Figure> {
    let money = |of: fn(&CurrencyTakings) -> kernel::Money| {
        let said: Vec<String> = totals.iter().map(|total| locale.money(of(total))).collect();
        match said.is_empty() {
            true => "—".to_owned(),
            false => said.join(" + "),
        }
    };
    let count = |of: fn(&CurrencyTakings) -> u64| locale.number(totals.iter().map(of).sum::<u64>());
    let figure = |key: &str, value: String, href: Option<&str>| Figure {
        key: key.to_owned(),
        label: locale.t(key).to_string(),
        value,
        href: href.map(str::to_owned),
    };
    vec![
        figure("work.month.sold", money(|total| total.sold), None),
        figure(
            "work.month.share",
            money(|total| total.share),
            Some("/seller/settlement"),
        ),
        figure(
            "work.month.orders",
            count(|total| total.orders),
            Some("/seller/orders"),
        ),
        figure("work.month.units", count(|total| total.units), None),
    ]
}

fn said(day: &DayTakings, locale: Locale) -> String {
    format!("{}: {}", locale.day(day.day), locale.money(day.sold))
}

/// One for each day of the month, the best of them as high as the picture.
fn bars(days: &[&DayTakings], currency: Currency, today: NaiveDate, locale: Locale) -> Vec<Bar> {
    let best = days.iter().map(|day| day.sold.amount).max().unwrap_or(0).max(1);
    let first = today.with_day(1).unwrap_or(today);
    first
        .iter_days()
        .take_while(|day| day.month() == today.month())
        .map(|day| {
            let sold = days.iter().find(|sold| sold.day == day);
            let amount = sold.map_or(0, |sold| sold.sold.amount.max(0));
            let height = match amount {
                0 => 0,
                amount => (i128::from(amount) * 100 / i128::from(best)).max(i128::from(BAR_HEIGHT_MIN)),
            };
            let height = u32::try_from(height).unwrap_or(100).min(100);
            let none = DayTakings {
                day,
                sold: kernel::Money::zero(currency),
            };
            Bar {
                label: said(sold.copied().unwrap_or(&none), locale),
                x: day.day0() * BAR_STEP,
                y: 100 - height,
                height,
                is_today: day == today,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Money;

    fn day(number: u32, amount: i64) -> DayTakings {
        DayTakings {
            day: NaiveDate::from_ymd_opt(2026, 11, number).unwrap_or_default(),
            sold: Money::new(amount, Currency::EUR),
        }
    }

    #[test]
    fn every_day_of_the_month_has_a_bar_and_the_best_is_the_highest() {
        let (little, best) = (day(3, 10), day(21, 20_000));
        let today = day(22, 0).day;
        let bars = bars(&[&little, &best], Currency::EUR, today, Locale::En);
        assert_eq!(bars.len(), 30);
        let heights: Vec<u32> = bars.iter().map(|bar| bar.height).collect();
        assert_eq!((heights[0], heights[2], heights[20]), (0, 2, 100));
        assert_eq!((bars[20].x, bars[20].y), (200, 0));
        assert_eq!(bars[20].label, "21 November: €200.00");
        assert!(bars[21].is_today && !bars[20].is_today);
    }
}

//! What a product's page says of its prices beside the price.

use super::cards;
use crate::i18n::Locale;
use crate::views::common::Price;
use crate::views::product::{Beside, BreakRow, BreakTable};
use contracts::catalog::price::unit_price;
use contracts::catalog::{Listing, Variant};
use kernel::{DateTime, Money};

/// A table for each variant that is cheaper in numbers; one where they all are alike.
pub fn breaks(listing: &Listing, locale: Locale) -> Vec<BreakTable> {
    let rows = |variant: &Variant| -> Vec<(u32, Money)> {
        let steps = variant.breaks.iter().map(|step| step.from_quantity);
        // During a sale a step may be no cheaper than one unit.
        let each = |quantity| unit_price(variant.price, &variant.breaks, quantity);
        steps
            .map(|quantity| (quantity, each(quantity)))
            .filter(|(_, price)| price.amount < variant.price.amount)
            .collect()
    };
    let of: Vec<_> = listing
        .variants
        .iter()
        .map(|variant| (variant, rows(variant)))
        .collect();
    let are_alike = of.windows(2).all(|pair| pair[0].1 == pair[1].1);
    of.into_iter()
        .filter(|(_, rows)| !rows.is_empty())
        .take(if are_alike { 1 } else { usize::MAX })
        .map(|(variant, rows)| BreakTable {
            label: match are_alike {
                true => String::new(),
                false => cards::options(&variant.options),
            },
            rows: rows
                .into_iter()
                .map(|(quantity, price)| BreakRow {
                    quantity: locale.number(u64::from(quantity)),
                    price: Price::new(locale, price),
                })
                .collect(),
        })
        .collect()
}

/// What is said beside a variant's price where it is reduced.
pub fn beside(variant: &Variant, now: DateTime, locale: Locale) -> Beside {
    let said = |key: &str, name: &'static str, text: Option<String>| {
        text.map(|text| locale.t(key).arg(name, text).to_string())
            .unwrap_or_default()
    };
    let money = |money: Option<Money>| money.map(|money| locale.money(money));
    let percent = cards::saving(variant).map(|percent| locale.percent(percent));
    Beside {
        before: money(variant.compare_at).unwrap_or_default(),
        saving: said("price.saving", "saving", percent),
        lowest: said("price.lowest_30", "price", money(variant.lowest_30_days)),
        until: said("price.sale_until", "at", until(variant, now, locale)),
    }
}

/// When a sale that is on ends.
fn until(variant: &Variant, now: DateTime, locale: Locale) -> Option<String> {
    let sale = variant.sale.as_ref().filter(|sale| sale.is_on(now))?;
    let until = locale.date_time(sale.until?.naive_utc());
    Some(locale.t("schedule.utc").arg("at", until).to_string())
}

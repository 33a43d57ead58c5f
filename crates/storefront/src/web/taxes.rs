//! Taxes on pages: what comes on top of prices, and what is in the total.

use crate::i18n::Locale;
use crate::views::cart::Taxes;
use crate::views::common::Price;
use contracts::checkout::Quote;
use contracts::orders::{Order, SubOrder};
use contracts::taxes::{Tax, TaxCategoryCard, TaxSum};
use kernel::Money;

pub fn of_quote(quote: &Quote, locale: Locale) -> Taxes {
    let key = match quote.tax_estimated {
        true => "cart.tax_estimated",
        false => "cart.tax_in",
    };
    taxes(key, &quote.taxes, quote.tax_added, locale)
}

pub fn of_order(order: &Order, locale: Locale) -> Taxes {
    let added = order.sub_orders.iter().map(added).sum();
    taxes(
        "cart.tax_in",
        &order.taxes,
        Money::new(added, order.total.currency),
        locale,
    )
}

/// What is in the total of one shop's part, in a sentence.
pub fn note(sub: &SubOrder, locale: Locale) -> String {
    told("cart.tax_in", &sub.taxes, locale)
}

/// What of a shop's taxes comes on top of its prices.
fn added(sub: &SubOrder) -> i64 {
    let lines = sub.lines.iter().map(|line| on_top(line.tax.as_ref()));
    lines.sum::<i64>() + of_delivery(sub)
}

/// What of it is the delivery's.
pub fn of_delivery(sub: &SubOrder) -> i64 {
    on_top(sub.delivery_tax.as_ref())
}

fn on_top(tax: Option<&Tax>) -> i64 {
    tax.filter(|tax| !tax.included).map_or(0, |tax| tax.amount.amount)
}

fn taxes(key: &str, sums: &[TaxSum], added: Money, locale: Locale) -> Taxes {
    Taxes {
        added: (added.amount > 0).then(|| Price::new(locale, added)),
        note: told(key, sums, locale),
    }
}

/// Empty where nothing is due.
fn told(key: &str, sums: &[TaxSum], locale: Locale) -> String {
    let each: Vec<String> = sums
        .iter()
        .map(|sum| format!("{} {}", sum.name, locale.money(sum.amount)))
        .collect();
    match each.is_empty() {
        true => String::new(),
        false => locale.t(key).arg("taxes", each.join(", ")).to_string(),
    }
}

/// What a tax category is called: in the visitor's language where it came with the marketplace.
pub fn category_label(category: &TaxCategoryCard, locale: Locale) -> String {
    let key = format!("tax.category.{}", category.code);
    match locale.messages().get(&key) {
        Some(_) => locale.t(&key).to_string(),
        None => category.name.clone(),
    }
}

//! A variant's sale and its quantity prices as fields of a form.

use super::product_text::typed;
use crate::i18n::Locale;
use crate::views::common::Field;
use crate::views::seller_goods::TermFields;
use crate::web::posted::Posted;
use chrono::NaiveDateTime;
use contracts::catalog::{DraftSale, QuantityBreak, Sale, Variant};
use kernel::{Currency, DateTime, Money};

/// As browsers send a day and a time.
const TYPED: &str = "%Y-%m-%dT%H:%M";
/// The same where it has seconds, which browsers send of values that have them.
const TYPED_EXACTLY: &str = "%Y-%m-%dT%H:%M:%S";

/// What a variant asks beside its price, as its seller types it.
pub fn filled(variant: &Variant, locale: Locale) -> TermFields {
    let sale = variant.sale.as_ref();
    let time = |at: Option<DateTime>| Field::of(at.map(written).unwrap_or_default());
    TermFields {
        price: Field::of(sale.map(|sale| typed(sale.price, locale)).unwrap_or_default()),
        from: time(sale.and_then(|sale| sale.from)),
        until: time(sale.and_then(|sale| sale.until)),
        breaks: Field::of(breaks_text(&variant.breaks, locale)),
    }
}

fn written(at: DateTime) -> String {
    let has_seconds = at.timestamp() % 60 != 0;
    at.format(if has_seconds { TYPED_EXACTLY } else { TYPED })
        .to_string()
}

/// `6: 16.00; 12: 15.00`
pub fn breaks_text(breaks: &[QuantityBreak], locale: Locale) -> String {
    let steps = breaks
        .iter()
        .map(|step| format!("{}: {}", step.from_quantity, typed(step.price, locale)));
    steps.collect::<Vec<_>>().join("; ")
}

/// `€15.00, 27 Nov 2026, 08:00 UTC – open end`
pub fn sale_text(sale: &Sale, locale: Locale) -> String {
    let moment = |at: Option<DateTime>, open: &str| match at {
        Some(at) => locale
            .t("schedule.utc")
            .arg("at", locale.date_time_short(at.naive_utc()))
            .to_string(),
        None => locale.t(open).to_string(),
    };
    locale
        .t("history.sale_period")
        .arg("price", locale.money(sale.price))
        .arg("from", moment(sale.from, "history.sale_now"))
        .arg("until", moment(sale.until, "history.sale_open"))
        .to_string()
}

/// The fields as they were sent, with what is wrong beside them, and what they say if they can be read.
pub fn read(
    posted: &Posted,
    index: usize,
    currency: Currency,
) -> (TermFields, Option<(DraftSale, Vec<QuantityBreak>)>) {
    let text = |name: &str| posted.get(&format!("variant.{index}.{name}")).trim().to_owned();
    let said = |key: &str| Some(posted.visit.locale.t(key).to_string());
    let mut fields = TermFields {
        price: Field::of(text("sale_price")),
        from: Field::of(text("sale_from")),
        until: Field::of(text("sale_until")),
        breaks: Field::of(text("breaks")),
    };
    let price = optional(&fields.price.value, |text| Money::parse(text, currency).ok());
    if price.is_none() {
        fields.price.error = said("refusal.price");
    }
    let from = optional(&fields.from.value, time);
    if from.is_none() {
        fields.from.error = said("refusal.time_wrong");
    }
    let until = optional(&fields.until.value, time);
    if until.is_none() {
        fields.until.error = said("refusal.time_wrong");
    }
    let breaks = read_breaks(&fields.breaks.value, currency);
    if breaks.is_none() {
        fields.breaks.error = said("refusal.breaks");
    }
    // A period of nothing would be lost without a word.
    let is_dated = !(fields.from.value.is_empty() && fields.until.value.is_empty());
    if price == Some(None) && is_dated {
        fields.price.error = said("refusal.sale_price_missing");
        return (fields, None);
    }
    let read = (price, from, until, breaks);
    let (Some(price), Some(from), Some(until), Some(breaks)) = read else {
        return (fields, None);
    };
    let sale = price.map(|price| Sale { price, from, until });
    (fields, Some((sale.into(), breaks)))
}

/// Nothing where nothing is typed; none at all where it cannot be read.
fn optional<T>(text: &str, read: impl FnOnce(&str) -> Option<T>) -> Option<Option<T>> {
    match text {
        "" => Some(None),
        text => read(text).map(Some),
    }
}

fn time(text: &str) -> Option<DateTime> {
    let read = |format| NaiveDateTime::parse_from_str(text, format).ok();
    Some(read(TYPED).or_else(|| read(TYPED_EXACTLY))?.and_utc())
}

fn read_breaks(text: &str, currency: Currency) -> Option<Vec<QuantityBreak>> {
    let steps = text.split(';').map(str::trim).filter(|step| !step.is_empty());
    let step = |step: &str| {
        let (quantity, price) = step.split_once(':')?;
        Some(QuantityBreak {
            from_quantity: quantity.trim().parse().ok()?,
            price: Money::parse(price, currency).ok()?,
        })
    };
    steps.map(step).collect()
}

/// The field that a refusal of a sale or of quantity prices belongs to.
pub fn field_of<'f>(fields: &'f mut TermFields, what: &str, part: Option<&str>) -> &'f mut Field {
    match (what, part) {
        ("sale", Some("from")) => &mut fields.from,
        ("sale", Some("until")) => &mut fields.until,
        ("sale", _) => &mut fields.price,
        _ => &mut fields.breaks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantity_prices_are_read_as_they_are_written() {
        let step = |from_quantity, cents| QuantityBreak {
            from_quantity,
            price: Money::new(cents, Currency::EUR),
        };
        let steps = vec![step(6, 1_600), step(12, 1_550)];
        for locale in [Locale::En, Locale::Es] {
            let text = breaks_text(&steps, locale);
            assert_eq!(read_breaks(&text, Currency::EUR), Some(steps.clone()), "{text}");
        }
        assert_eq!(read_breaks(" 6:16 ;; 12 : 15,50;", Currency::EUR), Some(steps));
        assert_eq!(read_breaks("", Currency::EUR), Some(vec![]));
        for wrong in ["6", "six: 16.00", "6: cheap", "6: 16.00, 12: 15.00", "-2: 3"] {
            assert_eq!(read_breaks(wrong, Currency::EUR), None, "{wrong}");
        }
    }

    #[test]
    fn times_are_read_as_browsers_send_them() {
        for text in ["2026-11-27T08:00", "2026-11-27T08:00:30"] {
            assert_eq!(time(text).map(written).as_deref(), Some(text));
        }
        assert_eq!(time("tomorrow"), None);
    }
}

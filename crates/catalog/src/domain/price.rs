//! Sales and quantity breaks as sellers may state them.

use super::Refusal;
use chrono::{Datelike, SubsecRound};
use contracts::catalog::price::BREAKS_MAX;
use contracts::catalog::{DraftSale, QuantityBreak, Sale};
use kernel::{DateTime, Money};

/// Years that a sale may begin or end in: what is beyond them is a slip, and no database's time.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2999;
/// The database's clock has microseconds.
const SUBSECOND_DIGITS: u16 = 6;

/// A stated sale of a variant whose base price is `base`; `pointer` names the sale.
pub fn parse_sale(pointer: &str, base: Money, stated: DraftSale) -> Result<DraftSale, Refusal> {
    let DraftSale::Is(sale) = stated else {
        return Ok(stated);
    };
    if sale.price.currency != base.currency || !(0..base.amount).contains(&sale.price.amount) {
        return Err(Refusal::new(
            format!("{pointer}/price"),
            "sale_not_below",
            format!(
                "A sale's price must be below the price, {base}, in its currency and not negative. Lower it, or leave the sale out."
            ),
        ));
    }
    let from = sale.from.map(|at| moment(pointer, "from", at)).transpose()?;
    let until = sale.until.map(|at| moment(pointer, "until", at)).transpose()?;
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        return Err(Refusal::new(
            format!("{pointer}/until"),
            "sale_period_empty",
            "A sale must end after it begins. Name a later end, or leave it open.",
        ));
    }
    Ok(DraftSale::Is(Sale {
        price: sale.price,
        from,
        until,
    }))
}

fn moment(pointer: &str, side: &str, at: DateTime) -> Result<DateTime, Refusal> {
    if YEARS.contains(&at.year()) {
        return Ok(at.trunc_subsecs(SUBSECOND_DIGITS));
    }
    Err(Refusal::new(
        format!("{pointer}/{side}"),
        "sale_time_out_of_range",
        format!("Name a time from {} to {}, in UTC.", YEARS.start(), YEARS.end()),
    ))
}

/// Stated quantity breaks of a variant whose base price is `base`: rising quantities, falling prices.
pub fn parse_breaks(
    pointer: &str,
    base: Money,
    breaks: Vec<QuantityBreak>,
) -> Result<Vec<QuantityBreak>, Refusal> {
    if breaks.len() > BREAKS_MAX {
        return Err(Refusal::new(
            pointer,
            "too_many",
            format!("There are {}; at most {BREAKS_MAX} are allowed.", breaks.len()),
        ));
    }
    let (mut quantity, mut price) = (1, base);
    for (i, step) in breaks.iter().enumerate() {
        if step.from_quantity <= quantity {
            return Err(Refusal::new(
                format!("{pointer}/{i}/from_quantity"),
                "break_not_rising",
                format!("Each quantity must be greater than the one before: more than {quantity} here."),
            ));
        }
        if step.price.currency != base.currency || !(0..price.amount).contains(&step.price.amount) {
            return Err(Refusal::new(
                format!("{pointer}/{i}/price"),
                "break_not_below",
                format!(
                    "Each quantity's price must be below the one before: below {price} here, in its currency and not negative."
                ),
            ));
        }
        (quantity, price) = (step.from_quantity, step.price);
    }
    Ok(breaks)
}

/// What a variant keeps whose new base price is `base`. A sale that is over is let go where it does not fit; one that is not
/// must be dealt with by its seller, and so must quantity breaks.
pub fn kept_sale(
    pointer: &str,
    base: Money,
    kept: Option<&Sale>,
    now: DateTime,
) -> Result<Option<Sale>, Refusal> {
    let Some(sale) = kept else { return Ok(None) };
    match parse_sale(pointer, base, DraftSale::Is(sale.clone())) {
        Ok(_) => Ok(Some(sale.clone())),
        Err(_) if sale.is_over(now) => Ok(None),
        Err(mut refusal) => {
            refusal.message = format!(
                "The variant's sale at {} would not be below the price of {base}. End the sale or lower its price first.",
                sale.price
            );
            Err(refusal)
        }
    }
}

/// The amounts that buyers may be asked beside the base price, as far as they were not before.
pub fn newly_asked<'a>(
    before: (Option<&'a Sale>, &'a [QuantityBreak]),
    after: (Option<&'a Sale>, &'a [QuantityBreak]),
) -> impl Iterator<Item = Money> + 'a {
    let known: Vec<Money> = amounts(before).collect();
    amounts(after).filter(move |amount| !known.contains(amount))
}

fn amounts<'a>((sale, breaks): (Option<&'a Sale>, &'a [QuantityBreak])) -> impl Iterator<Item = Money> + 'a {
    sale.map(|sale| sale.price)
        .into_iter()
        .chain(breaks.iter().map(|step| step.price))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::catalog::PricePoint;
    use contracts::catalog::price::{LOOKED_BACK, asked, lowest_before, to_come, unit_price};
    use kernel::{Currency, Timestamp};
    use proptest::prelude::*;
    use std::time::Duration;

    fn eur(amount: i64) -> Money {
        Money::new(amount, Currency::EUR)
    }

    fn hour(n: i64) -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000 + n * 3_600, 0).expect("in range")
    }

    fn sale(price: i64, from: Option<i64>, until: Option<i64>) -> Sale {
        Sale {
            price: eur(price),
            from: from.map(hour),
            until: until.map(hour),
        }
    }

    fn step(from_quantity: u32, price: i64) -> QuantityBreak {
        QuantityBreak {
            from_quantity,
            price: eur(price),
        }
    }

    fn refused<T: std::fmt::Debug>(result: Result<T, Refusal>) -> (String, &'static str) {
        let refusal = result.expect_err("refused");
        (refusal.pointer, refusal.code)
    }

    #[test]
    fn a_sale_that_is_none_is_refused_by_its_field() {
        let parse = |sale| parse_sale("sale", eur(1_000), DraftSale::Is(sale));
        for price in [-1, 1_000, 1_001] {
            let (pointer, code) = refused(parse(sale(price, None, None)));
            assert_eq!((pointer.as_str(), code), ("sale/price", "sale_not_below"));
        }
        let yen = Sale {
            price: Money::new(500, Currency::JPY),
            ..sale(0, None, None)
        };
        assert_eq!(refused(parse(yen)).1, "sale_not_below");
        let (pointer, code) = refused(parse(sale(900, Some(5), Some(5))));
        assert_eq!((pointer.as_str(), code), ("sale/until", "sale_period_empty"));
        let far = Sale {
            until: Some(Timestamp::MAX_UTC),
            ..sale(900, None, None)
        };
        assert_eq!(refused(parse(far)).1, "sale_time_out_of_range");
        assert!(parse(sale(999, Some(1), None)).is_ok());
        assert!(parse(sale(0, None, Some(2))).is_ok());
    }

    #[test]
    fn quantities_rise_and_prices_fall() {
        let parse = |breaks| parse_breaks("breaks", eur(1_000), breaks);
        assert!(parse(vec![step(2, 999), step(10, 0)]).is_ok());
        let cases = [
            (vec![step(1, 900)], "breaks/0/from_quantity", "break_not_rising"),
            (
                vec![step(5, 900), step(5, 800)],
                "breaks/1/from_quantity",
                "break_not_rising",
            ),
            (vec![step(5, 1_000)], "breaks/0/price", "break_not_below"),
            (
                vec![step(5, 900), step(6, 900)],
                "breaks/1/price",
                "break_not_below",
            ),
            (vec![step(5, -1)], "breaks/0/price", "break_not_below"),
            (
                (2..13).map(|n| step(n, 900 - i64::from(n))).collect(),
                "breaks",
                "too_many",
            ),
        ];
        for (breaks, pointer, code) in cases {
            assert_eq!(refused(parse(breaks)), (pointer.to_owned(), code));
        }
    }

    #[test]
    fn a_price_below_a_sale_that_stays_is_refused_unless_the_sale_is_over() {
        let kept = sale(900, None, Some(5));
        let (pointer, code) = refused(kept_sale("sale", eur(900), Some(&kept), hour(4)));
        assert_eq!((pointer.as_str(), code), ("sale/price", "sale_not_below"));
        assert_eq!(
            kept_sale("sale", eur(900), Some(&kept), hour(5)).expect("over"),
            None
        );
        assert_eq!(
            kept_sale("sale", eur(901), Some(&kept), hour(5)).expect("fits"),
            Some(kept.clone())
        );
    }

    #[test]
    fn a_period_is_half_open() {
        let sale = sale(700, Some(1), Some(2));
        let second = Duration::from_secs(1);
        let at = |now| asked(eur(1_000), Some(&sale), now).amount;
        assert_eq!(
            [hour(1) - second, hour(1), hour(2) - second, hour(2)].map(at),
            [1_000, 700, 700, 1_000]
        );
    }

    fn any_sale() -> impl Strategy<Value = Option<Sale>> {
        let edge = || proptest::option::of(-100i64..100);
        proptest::option::of((-50i64..2_000, edge(), edge()).prop_map(|(p, f, u)| sale(p, f, u)))
    }

    proptest! {
        #[test]
        fn nobody_is_asked_more_than_the_base_price_nor_less_than_nothing(
            base in 0i64..2_000,
            sale in any_sale(),
            breaks in proptest::collection::vec((0u32..30, -50i64..2_000), 0..12),
            quantity in 0u32..40,
            now in -120i64..120,
        ) {
            let mut breaks: Vec<_> = breaks.into_iter().map(|(q, p)| step(q, p)).collect();
            breaks.sort_by_key(|step| step.from_quantity);
            let one = asked(eur(base), sale.as_ref(), hour(now));
            let each = unit_price(one, &breaks, quantity);
            prop_assert!((0..=base).contains(&one.amount));
            prop_assert!((0..=one.amount).contains(&each.amount));
            if sale.as_ref().is_none_or(|sale| !sale.is_on(hour(now))) {
                prop_assert_eq!(one, eur(base));
            }
        }

        #[test]
        fn more_units_never_cost_more_each(
            base in 100i64..2_000,
            steps in proptest::collection::vec((1u32..10, 1i64..40), 0..=BREAKS_MAX),
            fewer in 1u32..60,
            more in 0u32..60,
        ) {
            let (mut quantity, mut price) = (1, base);
            let mut breaks = Vec::new();
            for (q, p) in steps {
                (quantity, price) = (quantity + q, price - p);
                if price >= 0 {
                    breaks.push(step(quantity, price));
                }
            }
            let breaks = parse_breaks("breaks", eur(base), breaks).expect("rising and falling");
            let each = |quantity| unit_price(eur(base), &breaks, quantity).amount;
            prop_assert!(each(fewer + more) <= each(fewer));
        }

        /// Against a look at every single hour.
        #[test]
        fn the_lowest_price_is_that_of_thirty_days_of_hours(
            changes in proptest::collection::vec((1i64..400, 1i64..9), 1..12),
            sale_price in 0i64..9,
            sale_from in 0i64..900,
            sale_hours in 1i64..900,
            looked_at in 0i64..4_000,
        ) {
            let mut points: Vec<PricePoint> = Vec::new();
            let mut at = 0;
            for (later, price) in changes {
                at += later;
                if points.last().is_none_or(|last| last.price != eur(price)) {
                    points.push(PricePoint { at: hour(at), price: eur(price) });
                }
            }
            let base = points.last().expect("one at least").price;
            let sale = sale(sale_price, Some(at + sale_from), Some(at + sale_from + sale_hours));
            points.pop();
            for point in to_come(base, Some(&sale), hour(at)) {
                if points.last().is_none_or(|last| last.price != point.price) {
                    points.push(point);
                }
            }
            let now = hour(looked_at);
            let price_at = |t: Timestamp| points.iter().rev().find(|p| p.at <= t).map(|p| p.price.amount);
            let brute = price_at(now).and_then(|present| {
                let mut begun = looked_at;
                while price_at(hour(begun - 1)) == Some(present) {
                    begun -= 1;
                }
                let hours = i64::try_from(LOOKED_BACK.as_secs() / 3_600).expect("720");
                (begun - hours..begun).filter_map(|h| price_at(hour(h))).min()
            });
            prop_assert_eq!(lowest_before(&points, now).map(|low| low.amount), brute);
        }
    }
}

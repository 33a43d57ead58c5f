//! How much tax is in an amount, or comes on top of one.

use super::WHOLE;

/// The tax in a price that includes it, rounded half up at the minor unit. Never more than the price.
#[must_use]
pub fn in_price(price: i64, rate_millionths: u32) -> i64 {
    let (whole, rate) = (i128::from(WHOLE), i128::from(rate_millionths));
    half_up(i128::from(price) * rate, whole + rate)
}

/// The tax that a price without it calls for, rounded half up at the minor unit. `None` beyond all amounts.
#[must_use]
pub fn on_price(price: i64, rate_millionths: u32) -> Option<i64> {
    let product = i128::from(price) * i128::from(rate_millionths);
    i64::try_from(half_up_wide(product, i128::from(WHOLE))).ok()
}

fn half_up(value: i128, divisor: i128) -> i64 {
    // A share of an `i64` of less than the whole fits into one.
    i64::try_from(half_up_wide(value, divisor)).unwrap_or(i64::MAX)
}

/// `divisor` is above zero. Below zero, half goes away from it too, so that what is given back mirrors what was taken.
fn half_up_wide(value: i128, divisor: i128) -> i128 {
    let rounded = (2 * value.abs() + divisor) / (2 * divisor);
    rounded * value.signum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Given a price, when it is taxed at a rate, then so much of it is tax, or comes on top.
    #[test]
    fn half_a_minor_unit_is_a_whole_one() {
        // price, millionths, included, on top
        let table = [
            (0, 210_000, 0, 0),
            (121, 210_000, 21, 25),
            (100, 210_000, 17, 21),
            // 1.05 and 0.95 of a minor unit
            (10, 105_000, 1, 1),
            // 0.5 exactly: one, whatever stands before it
            (5, 100_000, 0, 1),
            (15, 100_000, 1, 2),
            (25, 100_000, 2, 3),
            // a hair below a half of a minor unit is none
            (11, 47_619, 0, 1),
            // half of 3 is 1.5; a third of 3 is 1
            (3, 500_000, 1, 2),
            (1_999, 255_000, 406, 510),
            (99_999, 0, 0, 0),
            // yen and fils count in their own minor units
            (1_080, 80_000, 80, 86),
            (1_234_567, 50_000, 58_789, 61_728),
        ];
        for (price, rate, included, on_top) in table {
            assert_eq!(in_price(price, rate), included, "{price} with {rate} in it");
            assert_eq!(on_price(price, rate), Some(on_top), "{price} and {rate} on it");
        }
    }

    #[test]
    fn what_no_amount_can_hold_is_none() {
        assert_eq!(on_price(i64::MAX, 2_000_000), None);
        assert_eq!(on_price(i64::MAX, 0), Some(0));
        assert!(in_price(i64::MAX, 1_000_000) < i64::MAX);
    }

    proptest! {
        #[test]
        fn tax_strays_from_its_rate_by_half_a_unit_at_most(price in 0i64..1_000_000_000_000, rate in 0u32..=1_000_000) {
            let (net, tax) = (price, on_price(price, rate).expect("in range"));
            let error = 2 * (i128::from(tax) * 1_000_000 - i128::from(net) * i128::from(rate));
            prop_assert!(-1_000_000 < error && error <= 1_000_000, "{error}");
            let inside = in_price(price, rate);
            let whole = 1_000_000 + i128::from(rate);
            let error = 2 * (i128::from(inside) * whole - i128::from(price) * i128::from(rate));
            prop_assert!(-whole < error && error <= whole, "{error}");
            prop_assert!(0 <= inside && inside <= price);
        }

        #[test]
        fn what_is_put_on_a_price_is_found_in_the_sum(price in 0i64..1_000_000_000_000, rate in 0u32..=1_000_000) {
            let on_top = on_price(price, rate).expect("in range");
            let inside = in_price(price + on_top, rate);
            prop_assert!((inside - on_top).abs() <= 1, "{inside} and {on_top}");
        }
    }
}

use super::*;
use proptest::prelude::*;
use uuid::Uuid;

const PRODUCT: ProductId = ProductId(Uuid::from_u128(1));
const SHOP: TenantId = TenantId(Uuid::from_u128(2));

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_790_000_000 + seconds, 0).expect("in range")
}

fn rule(number: u128, conditions: Conditions) -> Rule {
    Rule {
        id: CommissionRuleId(Uuid::from_u128(number)),
        conditions,
        tariff: Tariff {
            rate: BasisPoints(u32::try_from(number).expect("small")),
            ..Tariff::default()
        },
        valid_from: at(0),
        valid_to: None,
    }
}

fn line(category: Option<&str>) -> Sold<'_> {
    Sold {
        product: PRODUCT,
        shop: SHOP,
        category,
        quantity: 1,
        total: Money::new(10_000, Currency::EUR),
    }
}

fn book(rules: Vec<Rule>) -> Rulebook {
    let plans = HashMap::from([(SHOP, "pro".to_owned())]);
    Rulebook::new(BasisPoints(1_000), rules, plans)
}

/// Which rule holds, by its number.
fn holds(rules: Vec<Rule>, line: &Sold<'_>, seconds: i64) -> Option<u128> {
    let charged = book(rules).charge(line, at(seconds)).expect("in range");
    charged.rule.map(|id| id.0.as_u128())
}

fn of_product() -> Conditions {
    Conditions {
        product: Some(PRODUCT),
        ..Conditions::default()
    }
}

fn of_shop() -> Conditions {
    Conditions {
        shop: Some(SHOP),
        ..Conditions::default()
    }
}

fn of_category(path: &str) -> Conditions {
    Conditions {
        category: Some(path.to_owned()),
        ..Conditions::default()
    }
}

fn of_plan(plan: &str) -> Conditions {
    Conditions {
        plan: Some(plan.to_owned()),
        ..Conditions::default()
    }
}

fn of_currency(currency: Currency) -> Conditions {
    Conditions {
        currency: Some(currency),
        ..Conditions::default()
    }
}

#[test]
fn the_most_specific_rule_holds() {
    // Each beats all that follow it, whatever their order in the book and however many of those are met at once.
    let ranks = [
        Conditions {
            shop: Some(SHOP),
            ..of_product()
        },
        of_product(),
        Conditions {
            category: Some("ceramics".to_owned()),
            ..of_shop()
        },
        Conditions {
            plan: Some("pro".to_owned()),
            ..of_shop()
        },
        of_shop(),
        Conditions {
            plan: Some("pro".to_owned()),
            ..of_category("ceramics/bowls")
        },
        of_category("ceramics/bowls"),
        Conditions {
            currency: Some(Currency::EUR),
            ..of_category("ceramics")
        },
        of_category("ceramics"),
        Conditions {
            currency: Some(Currency::EUR),
            ..of_plan("pro")
        },
        of_plan("pro"),
        of_currency(Currency::EUR),
        Conditions::default(),
    ];
    let rules: Vec<Rule> = (1..).zip(ranks).map(|(n, of)| rule(n, of)).collect();
    for first in 0..rules.len() {
        let mut rest = rules[first..].to_vec();
        let expected = u128::try_from(first).expect("small") + 1;
        let bowl = line(Some("ceramics/bowls"));
        assert_eq!(holds(rest.clone(), &bowl, 0), Some(expected));
        rest.reverse();
        assert_eq!(holds(rest, &bowl, 0), Some(expected), "in any order");
    }
}

#[test]
fn a_rule_that_is_not_met_does_not_hold() {
    let elsewhere = [
        Conditions {
            product: Some(ProductId(Uuid::from_u128(9))),
            ..Conditions::default()
        },
        Conditions {
            shop: Some(TenantId(Uuid::from_u128(9))),
            ..of_product()
        },
        of_category("ceramics/bowls/small"),
        of_category("cera"),
        of_plan("basic"),
        of_currency(Currency::USD),
    ];
    for conditions in elsewhere {
        let rules = vec![rule(1, conditions.clone())];
        assert_eq!(
            holds(rules, &line(Some("ceramics/bowls")), 0),
            None,
            "{conditions:?}"
        );
    }
    assert_eq!(
        holds(vec![rule(1, of_category("ceramics"))], &line(None), 0),
        None
    );
    let charged = book(Vec::new()).charge(&line(None), at(0)).expect("in range");
    assert_eq!((charged.commission, charged.tax), (1_000, 0), "the house's tenth");
}

#[test]
fn of_rules_alike_the_newer_holds_while_it_is_valid() {
    let old = rule(1, of_shop());
    let new = Rule {
        valid_from: at(100),
        valid_to: Some(at(200)),
        ..rule(2, of_shop())
    };
    let both = || vec![old.clone(), new.clone()];
    for (seconds, expected) in [(99, 1), (100, 2), (199, 2), (200, 1)] {
        assert_eq!(holds(both(), &line(None), seconds), Some(expected), "{seconds}");
    }
    assert_eq!(holds(both(), &line(None), -1), None, "before both");
    let twin = rule(3, of_shop());
    assert_eq!(holds(vec![twin, old], &line(None), 0), Some(3), "made later");
}

fn check(tariff: Tariff, quantity: u32, total: i64, currency: &str, expected: (i64, i64)) {
    let total = Money::new(total, currency.parse().expect("a currency"));
    assert_eq!(tariff.of(quantity, total), Ok(expected), "{tariff:?} of {total}");
}

#[test]
fn a_tariff_is_a_share_and_an_amount_within_bounds() {
    let tariff = |rate, fixed, floor, cap, tax| Tariff {
        rate: BasisPoints(rate),
        fixed,
        floor,
        cap,
        tax: BasisPoints(tax),
    };
    check(tariff(1_250, 0, None, None, 0), 1, 1_990, "EUR", (249, 0));
    check(tariff(1_000, 30, None, None, 2_100), 2, 5_000, "EUR", (560, 118));
    // Bounds are for each unit.
    check(tariff(100, 0, Some(50), None, 0), 3, 3_000, "EUR", (150, 0));
    check(tariff(5_000, 0, None, Some(200), 0), 3, 3_000, "EUR", (600, 0));
    check(tariff(0, 100, Some(100), Some(100), 0), 2, 9_000, "JPY", (200, 0));
    check(
        tariff(1_000, 0, None, None, 1_500),
        1,
        12_345,
        "KWD",
        (1_234, 185),
    );
    check(
        tariff(1_000, 0, None, None, 1_900),
        1,
        10_001,
        "CLF",
        (1_000, 190),
    );
    // Never more than was sold for, tax included.
    check(tariff(0, 500, None, None, 2_000), 1, 300, "EUR", (250, 50));
    check(
        tariff(10_000, 0, None, None, 2_000),
        1,
        1_200,
        "EUR",
        (1_000, 200),
    );
    check(tariff(1_000, 500, Some(500), None, 2_000), 4, 0, "EUR", (0, 0));
    assert_eq!(
        tariff(0, i64::MAX, None, None, 0).of(2, Money::new(1, Currency::EUR)),
        Err(MoneyError::Overflow)
    );
}

fn currencies() -> impl Strategy<Value = Currency> {
    proptest::sample::select(vec!["JPY", "EUR", "KWD", "CLF"])
        .prop_map(|code| code.parse().expect("a currency"))
}

fn tariffs() -> impl Strategy<Value = Tariff> {
    let floor = proptest::option::of(0i64..5_000);
    let room = proptest::option::of(0i64..5_000);
    (0u32..=10_000, 0i64..5_000, floor, room, 0u32..=10_000).prop_map(|(rate, fixed, floor, room, tax)| {
        Tariff {
            rate: BasisPoints(rate),
            fixed,
            floor,
            cap: room.map(|room| floor.unwrap_or(0) + room),
            tax: BasisPoints(tax),
        }
    })
}

proptest! {
    #[test]
    fn what_is_kept_is_never_more_than_the_line(
        tariff in tariffs(), quantity in 1u32..1_000, total in 0i64..1_000_000_000, currency in currencies(),
    ) {
        let (commission, tax) = tariff.of(quantity, Money::new(total, currency)).expect("in range");
        prop_assert!(commission >= 0 && tax >= 0);
        prop_assert!(commission + tax <= total);
        let exact = i128::from(commission) * i128::from(tariff.tax.0);
        prop_assert!((i128::from(tax) * 10_000 - exact).abs() <= 5_000, "rounded once");
    }

    #[test]
    fn bounds_hold_wherever_the_line_has_room(
        tariff in tariffs(), quantity in 1u32..100, currency in currencies(),
    ) {
        // So much that neither floor nor tax meets the line's total.
        let total = Money::new(100_000_000_000, currency);
        let (commission, _) = tariff.of(quantity, total).expect("in range");
        let units = i64::from(quantity);
        if let Some(cap) = tariff.cap {
            prop_assert!(commission <= cap * units);
        }
        if tariff.tax.0 == 0 {
            prop_assert!(commission >= tariff.floor.unwrap_or(0) * units);
        }
    }

    #[test]
    fn one_rule_holds_whatever_the_order_of_the_book(
        mut numbers in Just((1u128..=12).collect::<Vec<_>>()).prop_shuffle(), taken in 1usize..12,
    ) {
        numbers.truncate(taken);
        let conditions = |n: u128| Conditions {
            product: (n & 1 > 0).then_some(PRODUCT),
            shop: (n & 2 > 0).then_some(SHOP),
            category: (n & 4 > 0).then(|| "ceramics".to_owned()),
            plan: (n & 8 > 0).then(|| "pro".to_owned()),
            currency: None,
        };
        let rules: Vec<Rule> = numbers.iter().map(|n| rule(*n, conditions(*n))).collect();
        let weight = |n: &u128| [n & 1, n & 2, n & 4, n & 8].map(|bit| bit > 0);
        let expected = numbers.iter().copied().max_by_key(weight);
        prop_assert_eq!(holds(rules, &line(Some("ceramics")), 0), expected);
    }
}

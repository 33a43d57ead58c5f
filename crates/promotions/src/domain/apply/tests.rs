use super::*;
use crate::domain::{Benefit, Book, Conditions, Limits, Tally};
use kernel::PromotionId;
use proptest::prelude::*;
use std::collections::HashMap;
use uuid::Uuid;

const A: TenantId = TenantId(Uuid::from_u128(1));
const B: TenantId = TenantId(Uuid::from_u128(2));

fn at(second: i64) -> Timestamp {
    Timestamp::from_timestamp(1_790_000_000 + second, 0).expect("in range")
}

fn product(n: u128) -> ProductId {
    ProductId(Uuid::from_u128(100 + n))
}

/// One of the marketplace's, in euros, that holds for everything.
fn promotion(n: u128, benefit: Benefit) -> Promotion {
    Promotion {
        id: PromotionId(Uuid::from_u128(n)),
        shop: None,
        name: format!("Offer {n}"),
        code: None,
        benefit,
        conditions: Conditions::default(),
        currency: Some(Currency::EUR),
        most: None,
        limits: Limits::default(),
        starts_at: at(0),
        ends_at: None,
    }
}

fn of_shop(shop: TenantId, promotion: Promotion) -> Promotion {
    Promotion {
        shop: Some(shop),
        ..promotion
    }
}

fn coupon(code: &str, promotion: Promotion) -> Promotion {
    Promotion {
        code: Some(code.to_owned()),
        ..promotion
    }
}

fn percent(n: u128, rate: u32) -> Promotion {
    promotion(n, Benefit::Percent(BasisPoints(rate)))
}

fn fixed(n: u128, amount: i64) -> Promotion {
    promotion(n, Benefit::Fixed(amount))
}

/// `(shop, [(product, quantity, unit price)], delivery)`
type Part<'a> = (TenantId, &'a [(u128, u32, i64)], Option<(i64, i64)>);

fn basket<'a>(parts: &[Part<'_>]) -> Basket<'a> {
    let line = |&(n, quantity, price): &(u128, u32, i64)| BasketLine {
        product: product(n),
        category: Some(if n < 10 { "ceramics/bowls" } else { "soap" }),
        quantity,
        total: price * i64::from(quantity),
    };
    Basket {
        currency: Currency::EUR,
        parts: parts
            .iter()
            .map(|(shop, lines, delivery)| BasketPart {
                shop: *shop,
                lines: lines.iter().map(line).collect(),
                delivery: delivery.map(|(chosen, cheapest)| DeliveryCost { chosen, cheapest }),
            })
            .collect(),
    }
}

/// What holds, applied at second 10.
fn applied(promotions: Vec<Promotion>, codes: &[&str], basket: &Basket<'_>) -> Applied {
    with_standing(promotions, codes, basket, &Tallies::default())
}

fn with_standing(
    promotions: Vec<Promotion>,
    codes: &[&str],
    basket: &Basket<'_>,
    standing: &Tallies,
) -> Applied {
    let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
    let candidates = Book::new(promotions).candidates(basket.parts.iter().map(|part| part.shop), &codes);
    let buyer = Buyer::of(None, "ana@example.org");
    apply(&candidates, standing, Some(&buyer), basket, at(10)).expect("in range")
}

/// What is taken off, as `part.line: offer amount`, `part d: ..` for deliveries, and `CODE: reason`.
fn told(applied: &Applied) -> Vec<String> {
    let mut told = Vec::new();
    for (p, part) in applied.parts.iter().enumerate() {
        for (l, off) in part.lines.iter().enumerate() {
            told.extend(
                off.iter()
                    .map(|off| format!("{p}.{l}: {} {}", off.promotion.id.0.as_u128(), off.amount)),
            );
        }
        let delivery = part.delivery.iter();
        told.extend(delivery.map(|off| format!("{p} d: {} {}", off.promotion.id.0.as_u128(), off.amount)));
    }
    told.extend(applied.refused.iter().map(|refused| {
        let missing = refused
            .missing
            .map(|m| format!(" {}", m.amount))
            .unwrap_or_default();
        format!("{}: {:?}{missing}", refused.code, refused.reason)
    }));
    told
}

#[test]
fn a_share_is_rounded_once_and_split_over_its_lines() {
    // 10 % of 9.99 is 0.999, rounded to 1.00; three lines share it as 0.33, 0.33 and 0.34 would, the first with the most.
    let basket = basket(&[(A, &[(1, 1, 333), (2, 1, 333)], None), (B, &[(3, 1, 333)], None)]);
    assert_eq!(
        told(&applied(vec![percent(1, 1_000)], &[], &basket)),
        ["0.0: 1 34", "0.1: 1 33", "1.0: 1 33"]
    );
}

#[test]
fn an_amount_is_never_more_than_its_goods_cost() {
    let basket = basket(&[(A, &[(1, 2, 300), (11, 1, 700)], None)]);
    let for_bowls = Promotion {
        conditions: Conditions {
            category: Some("ceramics".into()),
            ..Conditions::default()
        },
        ..fixed(1, 5_000)
    };
    assert_eq!(told(&applied(vec![for_bowls], &[], &basket)), ["0.0: 1 600"]);
    assert_eq!(
        told(&applied(vec![fixed(1, 130)], &[], &basket)),
        ["0.0: 1 60", "0.1: 1 70"]
    );
}

#[test]
fn no_more_is_taken_off_one_order_than_the_most_that_it_says() {
    let at_most = |most, promotion: Promotion| Promotion {
        most: Some(most),
        ..promotion
    };
    let basket = basket(&[
        (A, &[(1, 2, 300), (11, 1, 700)], Some((900, 500))),
        (B, &[(2, 1, 1_300)], Some((400, 400))),
    ]);
    let half = |most| told(&applied(vec![at_most(most, percent(1, 5_000))], &[], &basket));
    assert_eq!(half(1_300), ["0.0: 1 300", "0.1: 1 350", "1.0: 1 650"]);
    assert_eq!(half(101), ["0.0: 1 23", "0.1: 1 27", "1.0: 1 51"]);
    let free = at_most(450, promotion(1, Benefit::FreeDelivery));
    assert_eq!(
        told(&applied(vec![free], &[], &basket)),
        ["0 d: 1 250", "1 d: 1 200"]
    );
    // It gives less than another one, which therefore holds.
    let both = vec![at_most(100, percent(1, 5_000)), fixed(2, 130)];
    assert_eq!(
        told(&applied(both, &[], &basket)),
        ["0.0: 2 30", "0.1: 2 35", "1.0: 2 65"]
    );
}

#[test]
fn of_every_so_many_units_the_cheapest_are_free() {
    let two_and_one = |rate| {
        promotion(
            1,
            Benefit::BuyGet {
                buy: 2,
                get: 1,
                rate: BasisPoints(rate),
            },
        )
    };
    // Seven units: two of the cheapest are free, 2 x 2.00, split over all lines by what they cost (20.00, 6.00).
    let seven = basket(&[(A, &[(1, 4, 500), (2, 3, 200)], None)]);
    assert_eq!(
        told(&applied(vec![two_and_one(10_000)], &[], &seven)),
        ["0.0: 1 308", "0.1: 1 92"]
    );
    assert_eq!(
        told(&applied(vec![two_and_one(5_000)], &[], &seven)),
        ["0.0: 1 154", "0.1: 1 46"]
    );
    let two = basket(&[(A, &[(1, 2, 500)], None)]);
    let coupon = coupon("THREE", two_and_one(10_000));
    assert_eq!(told(&applied(vec![coupon], &["THREE"], &two)), ["THREE: NoGoods"]);
}

#[test]
fn free_delivery_is_the_cheapest_one() {
    let free = || coupon("SHIP", promotion(1, Benefit::FreeDelivery));
    let parts = |a, b| basket(&[(A, &[(1, 1, 1_000)], a), (B, &[(2, 1, 1_000)], b)]);
    let both = parts(Some((900, 500)), Some((400, 400)));
    assert_eq!(
        told(&applied(vec![free()], &["SHIP"], &both)),
        ["0 d: 1 500", "1 d: 1 400"]
    );
    let unknown = applied(vec![free()], &["SHIP"], &parts(None, None));
    assert_eq!(
        (told(&unknown).len(), unknown.taken[0].amount),
        (0, 0),
        "it holds, and waits for an address"
    );
    let gratis = parts(Some((0, 0)), Some((0, 0)));
    assert_eq!(
        told(&applied(vec![free()], &["SHIP"], &gratis)),
        ["SHIP: Superseded"]
    );
    // The shop's own comes first, and leaves the marketplace nothing to pay for it.
    let own = of_shop(A, promotion(2, Benefit::FreeDelivery));
    assert_eq!(
        told(&applied(vec![free(), own], &["SHIP"], &both)),
        ["0 d: 2 500", "0 d: 1 400", "1 d: 1 400"]
    );
}

#[test]
fn shops_come_before_the_marketplace_and_each_counts_on_what_is_left() {
    let basket = basket(&[(A, &[(1, 1, 10_000)], None), (B, &[(2, 1, 10_000)], None)]);
    let promotions = vec![
        percent(1, 1_000),
        coupon("HOUSE", percent(2, 1_000)),
        of_shop(A, percent(3, 1_000)),
        of_shop(A, coupon("SHOP", percent(4, 1_000))),
    ];
    assert_eq!(
        told(&applied(promotions, &["SHOP", "HOUSE"], &basket)),
        [
            "0.0: 3 1000",
            "0.0: 4 900",
            "0.0: 1 810",
            "0.0: 2 729",
            "1.0: 1 1000",
            "1.0: 2 900"
        ]
    );
}

#[test]
fn of_one_house_the_best_holds_and_the_other_coupon_is_told_so() {
    let basket = basket(&[(A, &[(1, 1, 1_000)], None)]);
    let promotions = || {
        vec![
            coupon("SMALL", fixed(1, 100)),
            coupon("BIG", fixed(2, 300)),
            percent(3, 500),
            percent(4, 500),
        ]
    };
    assert_eq!(
        told(&applied(promotions(), &["SMALL", "BIG"], &basket)),
        ["0.0: 3 50", "0.0: 2 300", "SMALL: Superseded"],
        "of two that give the same the older"
    );
    assert_eq!(
        told(&applied(promotions(), &["BIG", "SMALL"], &basket))[2],
        "SMALL: Superseded"
    );
    let equal = || vec![coupon("OLDER", fixed(1, 100)), coupon("NEWER", fixed(2, 100))];
    for codes in [["OLDER", "NEWER"], ["NEWER", "OLDER"]] {
        assert_eq!(
            told(&applied(equal(), &codes, &basket)),
            ["0.0: 1 100", "NEWER: Superseded"],
            "whichever was put in first"
        );
    }
}

#[test]
fn a_coupon_tells_why_it_does_nothing() {
    let basket = basket(&[(A, &[(1, 1, 1_000)], None)]);
    let why = |promotion: Promotion| {
        let told = told(&applied(vec![coupon("CODE", promotion)], &["CODE"], &basket));
        told.first().cloned().unwrap_or_default()
    };
    assert_eq!(
        told(&applied(vec![], &["NOBODYS"], &basket)),
        ["NOBODYS: Unknown"]
    );
    let later = Promotion {
        starts_at: at(11),
        ..fixed(1, 100)
    };
    assert_eq!(why(later), "CODE: NotStarted");
    let over = Promotion {
        ends_at: Some(at(10)),
        ..fixed(1, 100)
    };
    assert_eq!(why(over), "CODE: Ended");
    let dollars = Promotion {
        currency: Some(Currency::USD),
        ..fixed(1, 100)
    };
    assert_eq!(why(dollars), "CODE: OtherCurrency");
    assert_eq!(why(of_shop(B, fixed(1, 100))), "CODE: NoGoods");
    let for_other = Promotion {
        conditions: Conditions {
            products: vec![product(9)],
            ..Conditions::default()
        },
        ..fixed(1, 100)
    };
    assert_eq!(why(for_other), "CODE: NoGoods");
    let for_more = Promotion {
        conditions: Conditions {
            least: Some(1_500),
            ..Conditions::default()
        },
        ..fixed(1, 100)
    };
    assert_eq!(why(for_more), "CODE: BasketTooSmall 500");
    assert_eq!(
        why(percent(1, 1)),
        "CODE: Superseded",
        "a tenth of a cent is nothing"
    );
    assert_eq!(why(fixed(1, 100)), "0.0: 1 100");
}

#[test]
fn what_is_used_up_is_not_taken() {
    let basket = basket(&[(A, &[(1, 1, 1_000)], None)]);
    let why = |limits: Limits, uses: i64, spent: i64, of_buyer: i64| {
        let limited = Promotion {
            limits,
            ..fixed(1, 300)
        };
        let tally = Tally {
            limits,
            uses,
            spent,
            ends_at: None,
        };
        let buyer = Buyer::of(None, "ana@example.org");
        let of_buyers = HashMap::from([((limited.id, buyer), of_buyer)]);
        let standing = Tallies::new([(limited.id, tally)].into(), of_buyers);
        told(&with_standing(
            vec![coupon("CODE", limited)],
            &["CODE"],
            &basket,
            &standing,
        ))
        .remove(0)
    };
    let budget = Limits {
        budget: Some(1_000),
        ..Limits::default()
    };
    assert_eq!(why(budget, 2, 700, 0), "0.0: 1 300");
    assert_eq!(why(budget, 2, 701, 0), "CODE: BudgetGone");
    let uses = Limits {
        uses: Some(2),
        ..Limits::default()
    };
    assert_eq!(why(uses, 2, 600, 0), "CODE: UsedUp");
    let per_buyer = Limits {
        uses_per_buyer: Some(1),
        ..Limits::default()
    };
    assert_eq!(why(per_buyer, 5, 1_500, 1), "CODE: UsedByBuyer");
    assert_eq!(why(per_buyer, 5, 1_500, 0), "0.0: 1 300");
}

#[test]
fn only_of_what_may_take_something_off_it_must_be_known_how_much_is_left() {
    let basket = basket(&[(A, &[(1, 1, 1_000)], None)]);
    let asked = |promotion: Promotion| {
        let scarce = Promotion {
            limits: Limits {
                uses: Some(1),
                ..Limits::default()
            },
            ..promotion
        };
        let candidates = Book::new(vec![scarce]).candidates([A].into_iter(), &["CODE".to_owned()]);
        limited(&candidates, &basket, at(10)).count()
    };
    assert_eq!(asked(fixed(1, 100)), 1);
    assert_eq!(asked(of_shop(A, coupon("CODE", fixed(1, 100)))), 1);
    let later = Promotion {
        starts_at: at(11),
        ..fixed(1, 100)
    };
    let over = Promotion {
        ends_at: Some(at(10)),
        ..fixed(1, 100)
    };
    let dollars = Promotion {
        currency: Some(Currency::USD),
        ..fixed(1, 100)
    };
    let for_other = Promotion {
        conditions: Conditions {
            category: Some("soap".into()),
            ..Conditions::default()
        },
        ..fixed(1, 100)
    };
    let for_more = Promotion {
        conditions: Conditions {
            least: Some(1_001),
            ..Conditions::default()
        },
        ..fixed(1, 100)
    };
    for elsewhere in [
        later,
        over,
        dollars,
        for_other,
        for_more,
        of_shop(B, fixed(1, 100)),
    ] {
        assert_eq!(asked(elsewhere.clone()), 0, "{elsewhere:?}");
    }
    let candidates = Book::new(vec![fixed(1, 100)]).candidates([A].into_iter(), &[]);
    assert_eq!(
        limited(&candidates, &basket, at(10)).count(),
        0,
        "it has no limits"
    );
}

fn any_promotion() -> impl Strategy<Value = Promotion> {
    let benefit = prop_oneof![
        (1u32..=10_000).prop_map(|rate| Benefit::Percent(BasisPoints(rate))),
        (1i64..100_000).prop_map(Benefit::Fixed),
        (1u32..4, 1u32..4, 1u32..=10_000).prop_map(|(buy, get, rate)| Benefit::BuyGet {
            buy,
            get,
            rate: BasisPoints(rate)
        }),
        Just(Benefit::FreeDelivery),
    ];
    let shop = prop_oneof![Just(None), Just(Some(A)), Just(Some(B))];
    let code = prop_oneof![Just(None), Just(Some("ONE")), Just(Some("TWO"))];
    let category = prop_oneof![Just(None), Just(Some("ceramics")), Just(Some("soap"))];
    let most = prop::option::of(1i64..2_000);
    (benefit, shop, code, category, most).prop_map(|(benefit, shop, code, category, most)| Promotion {
        shop,
        most,
        code: code.map(str::to_owned),
        currency: None,
        conditions: Conditions {
            category: category.map(str::to_owned),
            ..Conditions::default()
        },
        ..promotion(0, benefit)
    })
}

proptest! {
    /// In currencies of 0, 2, 3 and 4 decimals: no line and no delivery below nothing, every promotion's parts sum to
    /// what it takes off, and each promotion is told of once.
    #[test]
    fn discounts_add_up_and_take_no_line_below_nothing(
        promotions in prop::collection::vec(any_promotion(), 0..8),
        lines in prop::collection::vec((0u128..20, 1u32..5, 0i64..50_000), 1..6),
        more in prop::collection::vec((0u128..20, 1u32..5, 0i64..50_000), 1..6),
        delivery in prop::option::of((0i64..2_000, 0i64..2_000)),
        currency in prop::sample::select(vec!["JPY", "EUR", "KWD", "CLF"]),
    ) {
        let delivery = delivery.map(|(a, b)| (a.max(b), a.min(b)));
        let basket = Basket {
            currency: currency.parse().expect("known"),
            ..basket(&[(A, &lines, delivery), (B, &more, delivery)])
        };
        let numbered = promotions.into_iter().enumerate().map(|(n, promotion)| Promotion {
            id: PromotionId(Uuid::from_u128(n as u128 + 1)),
            ..promotion
        });
        let applied = applied(numbered.collect(), &["ONE", "TWO"], &basket);
        let mut sums: HashMap<PromotionId, i64> = HashMap::new();
        for (part, off) in basket.parts.iter().zip(&applied.parts) {
            for (line, off) in part.lines.iter().zip(&off.lines) {
                prop_assert!(off.iter().all(|off| off.amount > 0));
                prop_assert!(off.iter().map(|off| off.amount).sum::<i64>() <= line.total);
                prop_assert!(off.len() <= 4, "two of the shop's, two of the marketplace's");
                off.iter().for_each(|off| *sums.entry(off.promotion.id).or_default() += off.amount);
            }
            let chosen = part.delivery.map_or(0, |delivery| delivery.chosen);
            prop_assert!(off.delivery.iter().map(|off| off.amount).sum::<i64>() <= chosen);
            off.delivery.iter().for_each(|off| *sums.entry(off.promotion.id).or_default() += off.amount);
        }
        for taken in &applied.taken {
            prop_assert_eq!(sums.remove(&taken.promotion.id).unwrap_or(0), taken.amount);
            prop_assert!(taken.promotion.most.is_none_or(|most| taken.amount <= most));
        }
        prop_assert!(sums.is_empty(), "what is taken off is told of once");
        for code in ["ONE", "TWO"] {
            let is_taken = applied.taken.iter().any(|off| off.promotion.code.as_deref() == Some(code));
            let is_refused = applied.refused.iter().any(|refused| refused.code == code);
            prop_assert!(is_taken != is_refused, "{} is taken or told why not", code);
        }
    }
}

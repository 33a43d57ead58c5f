//! Taxes in an order: what is in its totals, and what goes back with what is given back.

use super::parts::{FIRST, SECOND};
use super::refunds::any;
use super::*;

fn tax(name: &str, rate: u32, amount: i64, included: bool) -> Option<Tax> {
    Some(Tax {
        region: "ES".to_owned(),
        category: "standard".to_owned(),
        name: name.to_owned(),
        rate,
        amount,
        included,
    })
}

/// The first shop's prices have tax in them; the second's line of 2.50 has 0.53 on top.
fn taxed() -> Order {
    let mut placed = placed();
    placed.parts[0].lines[0].tax = tax("IVA 21 %", 210_000, 174, true);
    placed.parts[0].delivery.tax = tax("IVA 10 %", 100_000, 36, true);
    placed.parts[0].tax_owed_by = TaxOwner::Marketplace;
    placed.parts[1].lines[0].tax = tax("IVA 21 %", 210_000, 53, false);
    let first = (1, at(0), Event::Placed(Box::new(placed)));
    replay(ORDER, [first, (2, at(1), Event::Confirmed)]).expect("an order")
}

fn given(order: Order, refund: Refund) -> Order {
    let events = decide(Some(&order), &Command::Refund(refund), at(100)).expect("can be had");
    events
        .into_iter()
        .fold(order, |order, event| order.then(at(100), event))
}

#[test]
fn tax_on_top_is_paid_and_tax_in_a_price_is_a_part_of_it() {
    let order = taxed();
    let view = order.view();
    let told: Vec<_> = view
        .taxes
        .iter()
        .map(|sum| (sum.name.as_str(), sum.base.amount, sum.amount.amount))
        .collect();
    assert_eq!(told, [("IVA 21 %", 826 + 250, 227), ("IVA 10 %", 364, 36)]);
    let [first, second] = &view.sub_orders[..] else {
        panic!("two shops")
    };
    assert_eq!((first.total.amount, first.tax.amount), (1_400, 210));
    assert_eq!(
        (second.lines[0].list_total.amount, second.lines[0].total.amount),
        (250, 303)
    );
    assert_eq!((second.total.amount, second.tax.amount), (303, 53));
    assert_eq!((view.total.amount, view.tax.amount), (1_703, 263));
    let parts = &order.placed.parts;
    assert_eq!((parts[0].tax_kept(), parts[1].tax_kept()), (210, 0));
}

/// Given what went back, then so much of the tax did.
#[test]
fn what_goes_back_of_the_tax_follows_what_is_given_back() {
    // of 10.00 the line, of 4.00 the delivery, of the rest an amount; then the tax that is back
    let table = [
        (vec![any(1, FIRST, 0, 0, 500)], 87),
        (vec![any(1, FIRST, 0, 0, 500), any(2, FIRST, 0, 0, 500)], 174),
        (vec![any(1, FIRST, 0, 400, 0)], 36),
        // half of everything is half of each rate
        (vec![any(1, FIRST, 700, 0, 0)], 105),
        (
            vec![any(1, FIRST, 700, 0, 0), any(2, FIRST, 0, 0, 500)],
            87 + 68 + 28,
        ),
        (vec![any(1, FIRST, 1_400, 0, 0)], 210),
        (vec![any(1, SECOND, 303, 0, 0)], 53),
    ];
    for (refunds, expected) in table {
        let part = refunds[0].part;
        let order = refunds.iter().cloned().fold(taxed(), given);
        let sub_order = order.sub_order(part).expect("it is there");
        assert_eq!(sub_order.tax_refunded(), expected, "{refunds:?}");
        let kept = if part == FIRST { expected } else { 0 };
        assert_eq!(sub_order.tax_kept_refunded(), kept);
    }
}

proptest! {
    /// Amounts of yen and of thousandths and ten-thousandths of a dinar or a unit of account alike: nothing here knows
    /// how many decimals there are.
    #[test]
    fn whatever_is_given_back_the_tax_is_back_with_the_last_of_it(
        prices in prop::collection::vec((0i64..3_000, 1u32..4, 0u32..400_000, prop::bool::ANY), 1..4),
        delivery in (0i64..1_000, 0u32..400_000),
        gives in prop::collection::vec((0usize..5, 1i64..2_000), 0..8),
    ) {
        let mut placed = placed();
        placed.parts.truncate(1);
        let part = &mut placed.parts[0];
        let model = part.lines.remove(0);
        for (n, (price, quantity, rate, included)) in (1u128..).zip(prices) {
            let list = price * i64::from(quantity);
            let whole = if included { 1_000_000 + i64::from(rate) } else { 1_000_000 };
            part.lines.push(Line {
                id: LineId(Uuid::from_u128(300 + n)),
                quantity,
                unit_price: price,
                tax: tax(&format!("tax {rate}"), rate, list * i64::from(rate) / whole, included),
                ..model.clone()
            });
        }
        part.delivery.price = delivery.0;
        part.delivery.tax = tax("of delivery", delivery.1, delivery.0 * i64::from(delivery.1) / 2_000_000, true);
        part.commission = 0;
        let (total, tax) = (part.total(), part.tax());
        let first = (1, at(0), Event::Placed(Box::new(placed)));
        let mut order = replay(ORDER, [first, (2, at(1), Event::Confirmed)]).expect("an order");
        let rest = |order: &Order, n| any(n, FIRST, order.refundable(FIRST), 0, 0);
        for (n, (what, amount)) in (1u128..).zip(gives) {
            let part = &order.placed.parts[0];
            let mut refund = match (what, part.lines.get(what)) {
                (_, Some(line)) => Refund {
                    lines: vec![RefundLine { line: line.id, quantity: 0, amount }],
                    amount,
                    ..any(n, FIRST, 0, 0, 0)
                },
                (3, None) => any(n, FIRST, 0, amount, 0),
                _ => any(n, FIRST, amount, 0, 0),
            };
            refund.part = FIRST;
            if let Ok(events) = decide(Some(&order), &Command::Refund(refund), at(100)) {
                order = events.into_iter().fold(order, |order, event| order.then(at(100), event));
            }
            let back = order.sub_order(FIRST).expect("there").tax_refunded();
            prop_assert!(0 <= back && back <= tax, "{back} of {tax}");
        }
        if order.refundable(FIRST) > 0 {
            let last = rest(&order, 99);
            order = given(order, last);
        }
        let sub_order = order.sub_order(FIRST).expect("there");
        prop_assert_eq!((sub_order.refunded(), sub_order.tax_refunded()), (total, tax));
        let notes = (0..sub_order.progress.refunds.len()).flat_map(|n| sub_order.taxes_of_refund(n));
        let (mut taxes, mut paid) = (0, 0);
        for sum in notes {
            taxes += sum.amount.amount;
            paid += sum.amount.amount + sum.base.amount;
        }
        prop_assert_eq!((taxes, paid), (tax, total), "credit notes tell of all of it");
    }
}

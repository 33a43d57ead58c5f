//! What must be true when the water is gone.

use super::buyer::Purchase;
use super::{HOT_STOCK, Market, STOCK};
use crate::findings::Findings;
use crate::{Shop, Sku};
use anyhow::Result;
use bench::database::Session;
use contracts::orders::SubOrderStatus;
use kernel::{Currency, Money, OrderId};
use std::collections::{BTreeMap, BTreeSet};

/// Each must give zero.
const NONE_OF: [(&str, &str); 9] = [
    (
        "no cart has two orders",
        "select count(*) from (select payload->'placed'->>'cart' from orders.event where name = 'placed'
          group by 1 having count(*) > 1) twice",
    ),
    (
        "no order is charged twice",
        "select count(*) from (select p.id from payments.payment p
           join payments.sandbox_charge c on c.key like p.id || '-%' and c.captured > c.refunded
          group by p.id having count(*) > 1) twice",
    ),
    (
        "the provider holds what was sold for, and nothing else",
        "select count(*) from payments.payment p
           left join payments.sandbox_charge c on c.key like p.id || '-%' and c.captured > c.refunded
          where coalesce(c.captured - c.refunded, 0) <> p.captured - p.refunded",
    ),
    (
        "no money stays set aside",
        "select count(*) from payments.sandbox_charge where state in ('authorized', 'requires_action')",
    ),
    (
        "nothing of an order that was not paid is held or sold",
        "select count(*) from inventory.reservation r join orders.order o on o.id = r.order_id
          where o.status <> 'confirmed' and r.state in ('held', 'sold')",
    ),
    ("no order is left open", "select count(*) from orders.order where status = 'placed'"),
    ("no payment is left open", "select count(*) from checkout.saga where not step ? 'ended'"),
    (
        "the ledger sums to zero in each currency, and each entry does",
        "select (select count(*) from (select from ledger.posting group by currency having sum(amount) <> 0) c)
              + (select count(*) from (select from ledger.posting group by entry_id having sum(amount) <> 0) e)",
    ),
    (
        "no deadlock",
        "select coalesce(sum(deadlocks), 0)::bigint from pg_stat_database where datname = current_database()",
    ),
];

pub async fn check(
    findings: &mut Findings,
    market: &Market,
    shops: &[Shop],
    purchases: &[Purchase],
    books: &Session,
) -> Result<()> {
    for (what, sql) in NONE_OF {
        let found = books.number(sql).await?;
        findings.check(what, found == 0, || format!("{found}"));
    }
    let failures = market
        .failures
        .lock()
        .map(|failures| failures.clone())
        .unwrap_or_default();
    findings.check(
        "no answer is a failure of the program",
        failures.is_empty(),
        || {
            format!(
                "{} such as {}",
                failures.len(),
                failures.first().cloned().unwrap_or_default()
            )
        },
    );
    answers(findings, purchases, books).await?;
    stock(findings, market, books).await?;
    for shop in shops {
        seller(findings, shop, purchases).await?;
    }
    Ok(())
}

/// What buyers were told is what is.
async fn answers(findings: &mut Findings, purchases: &[Purchase], books: &Session) -> Result<()> {
    let known: BTreeSet<OrderId> = purchases
        .iter()
        .filter_map(|p| p.order.as_ref())
        .map(|order| order.id)
        .collect();
    let told = purchases
        .iter()
        .filter(|purchase| purchase.order.is_some())
        .count();
    findings.check("every order is told to one buyer", known.len() == told, || {
        format!("{told} of {}", known.len())
    });
    let orders = books.number("select count(*) from orders.order").await?;
    findings.check(
        "there is no order that nobody was told of",
        usize::try_from(orders)? == told,
        || format!("{orders} orders, {told} told"),
    );
    let mut words: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for purchase in purchases {
        *words.entry(&purchase.paid).or_default() += 1;
        let Some(order) = &purchase.order else { continue };
        let now = purchase
            .guest
            .order(&order.id.to_string())
            .await?
            .expect(200)
            .json();
        let status = now["status"].as_str().unwrap_or_default().to_owned();
        let fits = match purchase.is_paid() {
            true => status == "confirmed",
            false => status == "cancelled" && now["cancel_reason"] == "expired",
        };
        if !fits {
            wrong.push(format!("{}: told {}, is {status}", order.id, purchase.paid));
        }
    }
    findings.figure("what buyers were told of their payment", format!("{words:?}"));
    findings.check(
        "whoever was told it is paid has it, and nobody else",
        wrong.is_empty(),
        || wrong.join("; "),
    );
    Ok(())
}

/// Sold, available and reserved units are what there was; what is sold is what was paid for.
async fn stock(findings: &mut Findings, market: &Market, books: &Session) -> Result<()> {
    let sql = "select coalesce(sum(on_hand - reserved), 0)::bigint, coalesce(sum(reserved), 0)::bigint,
                      coalesce((select sum(quantity) from inventory.reservation
                                 where sku_id::text = $1 and state = 'sold'), 0)::bigint,
                      coalesce((select sum(l.quantity) from orders.line l
                                  join orders.sub_order s on s.tenant_id = l.tenant_id and s.id = l.sub_order_id
                                 where l.sku_id::text = $1 and s.status = 'confirmed'), 0)::bigint
                 from inventory.level where sku_id::text = $1";
    let mut wrong = Vec::new();
    let all = std::iter::once((&market.hot, HOT_STOCK)).chain(market.others.iter().map(|sku| (sku, STOCK)));
    for (Sku { id, .. }, initial) in all {
        let row = books.query_one(sql, &[id]).await?;
        let [available, reserved, sold, paid]: [i64; 4] = [0, 1, 2, 3].map(|column| row.get(column));
        if *id == market.hot.id {
            findings.figure("of the hundred that everybody wanted, sold", sold);
        }
        if sold + available + reserved != initial || reserved != 0 || sold != paid || available < 0 {
            wrong.push(format!(
                "{id}: {sold} sold ({paid} paid for) + {available} available + {reserved} reserved of {initial}"
            ));
        }
    }
    findings.check(
        "sold + available + reserved = initial, for every SKU",
        wrong.is_empty(),
        || wrong.join("; "),
    );
    Ok(())
}

/// A seller sees the parts that buyers know of, and is owed what those say.
async fn seller(findings: &mut Findings, shop: &Shop, purchases: &[Purchase]) -> Result<()> {
    // Their tokens of the morning are over.
    let shop = Shop {
        owner: shop.signed_in(&shop.owner.stranger()).await?,
        ..shop.clone()
    };
    let parts = shop.sub_orders().await?;
    let bought = |purchase: &&Purchase| {
        let order = purchase.order.as_ref();
        order.is_some_and(|order| {
            order
                .sub_orders
                .iter()
                .any(|part| part.tenant.to_string() == shop.id)
        })
    };
    let expected = purchases
        .iter()
        .filter(bought)
        .filter(|purchase| purchase.is_paid())
        .count();
    let sold: Vec<_> = parts
        .iter()
        .filter(|part| part.status == SubOrderStatus::Confirmed)
        .collect();
    let what = format!("{} has the orders that were paid", shop.name);
    findings.check(&what, sold.len() == expected, || {
        format!("{} of {expected}", sold.len())
    });
    let owed: i64 = sold
        .iter()
        .map(|part| part.total.amount - part.commission.map_or(0, |kept| kept.amount))
        .sum();
    let payable = shop.payable().await?;
    let expected = match owed {
        0 => Vec::new(),
        owed => vec![Money::new(owed, Currency::EUR)],
    };
    let what = format!("{} is owed what it sold", shop.name);
    findings.check(&what, payable == expected, || {
        format!("{payable:?}, not {expected:?}")
    });
    Ok(())
}

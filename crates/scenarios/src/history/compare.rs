//! What came out, beside what the files say.

use super::books::{ends, expected, parts};
use super::data::{Bought, History};
use super::market::{Market, answered, text};
use super::replay::Replay;
use crate::findings::Findings;
use anyhow::{Context, Result};
use bench::database::Session;
use futures::stream::{StreamExt, TryStreamExt};
use serde_json::Value;
use std::collections::BTreeMap;

const LOOKED_AT_ONCE: usize = 16;
/// Of what differs, so much is told.
const TOLD_MAX: usize = 5;
/// A payout may be made between two looks at a shop's money.
const LOOKS_MAX: usize = 3;

pub async fn compare(
    findings: &mut Findings,
    history: &History,
    market: &Market,
    replay: &Replay<'_>,
    books: &Session,
) -> Result<()> {
    orders(findings, history, market, replay).await?;
    counts(findings, history, books).await?;
    charges(findings, history, replay, books).await?;
    sellers(findings, history, market, books).await?;
    let unbalanced =
        "select (select count(*) from (select from ledger.posting group by currency having sum(amount) <> 0) c)
              + (select count(*) from (select from ledger.posting group by entry_id having sum(amount) <> 0) e)";
    let unbalanced = books.number(unbalanced).await?;
    findings.check(
        "the ledger sums to zero, and each entry does",
        unbalanced == 0,
        || format!("{unbalanced}"),
    );
    Ok(())
}

/// Every order as its buyer sees it.
async fn orders(
    findings: &mut Findings,
    history: &History,
    market: &Market,
    replay: &Replay<'_>,
) -> Result<()> {
    let looked = futures::stream::iter(&history.orders).map(async |bought| {
        let placed = &replay.placed[&bought.id];
        let now = placed.guest.order(&placed.order.id.to_string()).await?;
        anyhow::Ok((bought, answered(now, 200)?.json()))
    });
    let seen: Vec<(&Bought, Value)> = looked.buffered(LOOKED_AT_ONCE).try_collect().await?;
    let mut wrong = Vec::new();
    for (bought, order) in &seen {
        let (status, part_status) = ends(bought);
        let found: BTreeMap<String, (&str, i64)> = order["sub_orders"]
            .as_array()
            .context("sub-orders")?
            .iter()
            .map(|part| {
                let status = part["status"].as_str().unwrap_or_default();
                (
                    text(&part["tenant"]),
                    (status, part["total"]["amount"].as_i64().unwrap_or(-1)),
                )
            })
            .collect();
        let wanted: BTreeMap<String, (&str, i64)> = parts(bought)
            .into_iter()
            .map(|(seller, total)| (market.sellers[seller].shop.clone(), (part_status, total)))
            .collect();
        if order["status"] != status || order["total"]["amount"] != bought.total() || found != wanted {
            wrong.push(format!("{}: {order}, not {status} of {wanted:?}", bought.id));
        }
    }
    agree(
        findings,
        "every order, its parts, their totals and statuses",
        &wrong,
    );
    Ok(())
}

/// How many orders and parts ended how, as tables have it.
async fn counts(findings: &mut Findings, history: &History, books: &Session) -> Result<()> {
    let expected = expected(history);
    let mut wrong = Vec::new();
    for (table, wanted) in [
        ("orders.order", &expected.orders),
        ("orders.sub_order", &expected.parts),
    ] {
        let sql = format!("select status, count(*) from {table} group by 1");
        let rows = books.query(&sql, &[]).await?;
        let found: BTreeMap<&str, usize> = rows
            .iter()
            .map(|row| (row.get(0), usize::try_from(row.get::<_, i64>(1)).unwrap_or(0)))
            .collect();
        if found != *wanted {
            wrong.push(format!("{table}: {found:?}, not {wanted:?}"));
        }
        findings.figure(table, format!("{wanted:?}"));
    }
    agree(findings, "how many orders and parts ended how", &wrong);
    Ok(())
}

/// Each order is charged once, for what its ways of payment come to where the files agree with themselves.
async fn charges(
    findings: &mut Findings,
    history: &History,
    replay: &Replay<'_>,
    books: &Session,
) -> Result<()> {
    let sql = "select p.order_id::text, p.captured, p.refunded, count(c.key), coalesce(sum(c.captured - c.refunded), 0)::bigint
                 from payments.payment p
                 left join payments.sandbox_charge c on c.key like p.id || '-%'
                group by p.id, p.order_id, p.captured, p.refunded";
    let rows = books.query(sql, &[]).await?;
    let charged: BTreeMap<String, [i64; 4]> = rows
        .iter()
        .map(|row| (row.get(0), [1, 2, 3, 4].map(|column| row.get(column))))
        .collect();
    let mut wrong = Vec::new();
    for bought in &history.orders {
        let order = replay.placed[&bought.id].order.id.to_string();
        let found = charged.get(&order).copied().unwrap_or_default();
        let paid = match bought.is_consistent() {
            true => bought.paid,
            false => bought.total(),
        };
        let wanted = match (bought.was_paid(), ends(bought).0) {
            (true, "cancelled") => [paid, paid, 1, 0],
            (true, _) => [paid, 0, 1, paid],
            (false, _) => [0; 4],
        };
        if found != wanted {
            wrong.push(format!("{}: {found:?}, not {wanted:?}", bought.id));
        }
    }
    agree(
        findings,
        "each order charged once, for all its ways of payment; what was cancelled given back",
        &wrong,
    );
    Ok(())
}

/// What each shop earned: by the books, and by what it is told of its balance and its payouts.
async fn sellers(findings: &mut Findings, history: &History, market: &Market, books: &Session) -> Result<()> {
    let expected = expected(history);
    let sql = "select p.tenant_id::text, -sum(p.amount)::bigint
                 from ledger.posting p join ledger.entry e on e.id = p.entry_id
                where p.account = 'seller_payable' and e.kind in ('sale', 'refund')
                group by 1 having sum(p.amount) <> 0";
    let rows = books.query(sql, &[]).await?;
    let found: BTreeMap<String, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    let wanted: BTreeMap<String, i64> = expected
        .earned
        .iter()
        .map(|(seller, earned)| (market.sellers[seller].shop.clone(), *earned))
        .collect();
    let mut wrong = Vec::new();
    if found != wanted {
        let differ = wanted
            .iter()
            .filter(|(shop, earned)| found.get(*shop) != Some(*earned));
        wrong.extend(differ.map(|(shop, earned)| format!("{shop}: {:?}, not {earned}", found.get(shop))));
        wrong.extend(
            found
                .keys()
                .filter(|shop| !wanted.contains_key(*shop))
                .map(|shop| format!("{shop}: nothing wanted")),
        );
    }
    agree(findings, "what each seller earned", &wrong);

    let told = futures::stream::iter(market.sellers.keys()).map(async |seller| {
        let wanted = expected.earned.get(seller).copied().unwrap_or(0);
        let mut money = Told::default();
        for _ in 0..LOOKS_MAX {
            money = Told::of(market, seller).await?;
            if money.payable + money.paid_out == wanted {
                break;
            }
        }
        anyhow::Ok((seller, wanted, money))
    });
    let told: Vec<_> = told.buffered(LOOKED_AT_ONCE).try_collect().await?;
    let paid_out: i64 = told.iter().map(|(_, _, money)| money.paid_out).sum();
    findings.figure(
        "centavos earned by sellers",
        expected.earned.values().sum::<i64>(),
    );
    findings.figure("of them paid out on the way", paid_out);
    let wrong: Vec<String> = told
        .iter()
        .filter(|(_, wanted, money)| money.payable + money.paid_out != *wanted)
        .map(|(seller, wanted, money)| format!("{seller}: {money:?}, not {wanted}"))
        .collect();
    agree(
        findings,
        "each seller's balance and payouts, as the seller is told",
        &wrong,
    );
    Ok(())
}

/// A seller's money, in centavos.
#[derive(Debug, Default)]
struct Told {
    payable: i64,
    /// Or on its way to the bank.
    paid_out: i64,
}

impl Told {
    async fn of(market: &Market, seller: &str) -> Result<Self> {
        let caller = market.caller(seller).await?;
        let balance = answered(caller.get("/v1/seller/balance").await?, 200)?.json();
        let amounts = balance["payable"].as_array().cloned().unwrap_or_default();
        let payable = amounts.iter().filter_map(|money| money["amount"].as_i64()).sum();
        let mut paid_out = 0;
        let mut query = "limit=100".to_owned();
        loop {
            let page = caller.get(&format!("/v1/seller/payouts?{query}")).await?;
            let page = answered(page, 200)?.json();
            for payout in page["items"].as_array().into_iter().flatten() {
                if payout["state"] == "created" || payout["state"] == "paid" {
                    paid_out += payout["amount"]["amount"].as_i64().unwrap_or(0);
                }
            }
            match page["next"].as_str() {
                Some(next) => query = format!("limit=100&after={next}"),
                None => return Ok(Self { payable, paid_out }),
            }
        }
    }
}

fn agree(findings: &mut Findings, what: &str, wrong: &[String]) {
    findings.check(&format!("the files agree: {what}"), wrong.is_empty(), || {
        let some: Vec<&str> = wrong.iter().take(TOLD_MAX).map(String::as_str).collect();
        format!("{} differ, such as {}", wrong.len(), some.join("; "))
    });
}

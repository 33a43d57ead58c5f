//! The books: every account's balance, now or at any moment before.

use super::bar;
use crate::views::common::Field;
use crate::views::operator::{BalanceRow, CurrencyBalances, OperatorLedgerPage};
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::visit::Visit;
use axum::extract::{Query, State};
use axum::response::Response;
use chrono::NaiveDateTime;
use contracts::ledger::AccountBalance;
use kernel::{Currency, Money, Permission, Timestamp};
use serde::Deserialize;

/// As browsers write a moment.
const MOMENT: &str = "%Y-%m-%dT%H:%M";

#[derive(Deserialize)]
pub struct AsOf {
    at: Option<String>,
}

/// Now, unless another moment of UTC is asked for.
fn moment(asked: Option<String>, visit: &Visit) -> (Timestamp, Field) {
    let now = visit.ctx.now;
    let Some(text) = asked.filter(|text| !text.is_empty()) else {
        return (now, Field::of(now.format(MOMENT).to_string()));
    };
    let read = NaiveDateTime::parse_from_str(&text, MOMENT)
        .or_else(|_| NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S"));
    let at = read.ok().and_then(|at| httpkit::moment("at", at.and_utc()).ok());
    match at {
        Some(at) => (at, Field::of(text)),
        None => (
            now,
            Field::wrong(text, visit.locale.t("ledger.moment_wrong").to_string()),
        ),
    }
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Query(asked): Query<AsOf>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ReadLedger)?;
    let (at, moment) = moment(asked.at, &visit);
    let (page, balances) = futures::join!(
        visit.keyed_page(&shop, "operator.ledger"),
        shop.ledger.trial_balance(&visit.ctx, at),
    );
    let balances = balances?;
    let mut known: Vec<Currency> = Vec::new();
    for balance in &balances {
        if !known.contains(&balance.balance.currency) {
            known.push(balance.balance.currency);
        }
    }
    let view = OperatorLedgerPage {
        page,
        work: bar(&visit, "/operator/ledger"),
        at: visit.locale.date_time(at.naive_utc()),
        moment,
        currencies: known
            .into_iter()
            .map(|currency| of_currency(&balances, currency, &visit))
            .collect(),
    };
    Ok(visit.show(&shop, &view))
}

fn of_currency(balances: &[AccountBalance], currency: Currency, visit: &Visit) -> CurrencyBalances {
    let locale = visit.locale;
    let of = || balances.iter().filter(move |b| b.balance.currency == currency);
    let total = |wanted: fn(i64) -> bool| -> i64 {
        of().map(|b| b.balance.amount)
            .filter(|amount| wanted(*amount))
            .sum()
    };
    let (debit, credit) = (total(|a| a > 0), total(|a| a < 0));
    let said = |amount: i64| match amount {
        0 => String::new(),
        amount => locale.money(Money::new(amount.saturating_abs(), currency)),
    };
    let row = |balance: &AccountBalance| {
        let amount = balance.balance.amount;
        let key = format!("ledger.account.{}", balance.account);
        let known = locale.messages().get(&key).is_some();
        BalanceRow {
            key: balance.account.clone(),
            account: if known {
                locale.t(&key).to_string()
            } else {
                balance.account.clone()
            },
            debit: said(amount.max(0)),
            credit: said(amount.min(0)),
        }
    };
    CurrencyBalances {
        currency: currency.code().to_owned(),
        rows: of().map(row).collect(),
        debit: said(debit),
        credit: said(credit),
        is_balanced: debit + credit == 0,
    }
}

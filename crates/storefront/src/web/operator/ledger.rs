//! The books: every account's balance.

use super::bar;
use crate::views::operator::{BalanceRow, CurrencyBalances, OperatorLedgerPage};
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use contracts::ledger::AccountBalance;
use kernel::{Currency, Money, Permission};

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    visit.operator(Permission::ReadLedger)?;
    let (page, balances) = futures::join!(
        visit.keyed_page(&shop, "operator.ledger"),
        shop.ledger.trial_balance(&visit.ctx, visit.ctx.now),
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
        at: visit.locale.date_time(visit.ctx.now.naive_utc()),
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

//! A shop's statement of a month: its movements page by page, and all of them as a file.

use super::settlement::{currency, months};
use super::{bar, own_shop};
use crate::i18n::Locale;
use crate::views::common::{Choice, Link};
use crate::views::settlement::{MovementRow, SellerStatementPage};
use crate::views::work::Figure;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::papers::language;
use crate::web::visit::{Visit, encode};
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, Days, Months, NaiveDate};
use contracts::ledger::{Movement, Statement};
use contracts::orders::SaleCard;
use httpkit::{Csv, Pdf};
use kernel::{Currency, Cursor, Fault, Money, OrderId, Permission, TenantId};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap};

const PATH: &str = "/seller/settlement/statement";
const PER_PAGE: u16 = 25;

#[derive(Deserialize)]
pub struct Wanted {
    currency: Option<String>,
    month: Option<String>,
    format: Option<String>,
    after: Option<String>,
}

/// A month's statement: this one's, in the shop's currency and as a page, unless said otherwise.
pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadSales)?;
    let seller = own_shop(&shop, &visit, tenant).await?;
    let currency = match wanted.currency.as_deref() {
        Some(code) => currency(code)?,
        None => seller.currency,
    };
    let days = month(wanted.month.as_deref(), visit.ctx.now.date_naive())?;
    if let Some(format) = wanted.format.as_deref() {
        return file(&shop, &visit, tenant, currency, days, format).await;
    }
    let after = wanted.after.map(Cursor);
    let (page, told) = futures::join!(
        visit.keyed_page(&shop, "settlement.statements"),
        shop.settlement
            .statement(&visit.ctx, tenant, currency, days, after, PER_PAGE),
    );
    let (told, locale) = (told?, visit.locale);
    let month = days[0].format("%Y-%m").to_string();
    let address = format!("{PATH}?month={month}&currency={}", currency.code());
    let more = told.next.as_ref().map(|next| {
        Link::new(
            locale.t("listing.more").to_string(),
            format!("{address}&after={}", encode(&next.0)),
        )
    });
    let view = SellerStatementPage {
        page,
        work: bar(&visit, &seller, "/seller/settlement"),
        month: locale.month(days[0]),
        months: Choice::select(months(visit.ctx.now.date_naive(), locale), &month),
        currency: currency.code().to_owned(),
        figures: figures(&told, locale),
        movements: rows(&shop, &visit, tenant, &told.movements).await,
        pdf: format!("{address}&format=pdf"),
        csv: format!("{address}&format=csv"),
        more,
    };
    Ok(visit.show(&shop, &view))
}

/// All of it.
async fn file(
    shop: &Shop,
    visit: &Visit,
    tenant: TenantId,
    currency: Currency,
    days: [NaiveDate; 2],
    format: &str,
) -> Result<Response, Failure> {
    let (ctx, settlement) = (&visit.ctx, &shop.settlement);
    match format {
        "pdf" => {
            let drawn = settlement.statement_pdf(ctx, tenant, currency, days, language(visit.locale));
            Ok(Pdf(drawn.await?).into_response())
        }
        "csv" => {
            let lines = settlement.statement_csv(ctx, tenant, currency, days).await?;
            let csv = Csv {
                name: format!("statement-{currency}-{}-{}.csv", days[0], days[1]),
                lines: lines.into_bytes(),
            };
            Ok(csv.into_response())
        }
        _ => Err(Fault::field("format", "format", "Choose PDF or CSV.").into()),
    }
}

fn figures(told: &Statement, locale: Locale) -> Vec<Figure> {
    let figure = |key: &str, amount: Money| Figure {
        key: key.to_owned(),
        label: locale.t(key).to_string(),
        value: locale.money(amount),
        href: None,
    };
    vec![
        figure("statement.opening", told.opening),
        figure("statement.commission", told.commission),
        figure("statement.tax", told.tax),
        figure("statement.payouts", told.payouts),
        figure("statement.closing", told.closing),
    ]
}

/// The order that a movement is about, where it is about one.
fn order_of(movement: &Movement) -> Option<OrderId> {
    let is_of_order = matches!(movement.kind.as_str(), "sale" | "refund");
    is_of_order.then_some(OrderId(movement.reference))
}

/// Movements with the sales that they are of.
async fn rows(shop: &Shop, visit: &Visit, tenant: TenantId, movements: &[Movement]) -> Vec<MovementRow> {
    let orders: BTreeSet<OrderId> = movements.iter().filter_map(order_of).collect();
    let orders: Vec<OrderId> = orders.into_iter().collect();
    // What moved can be told without saying of which sale.
    let sales = match orders.is_empty() {
        true => Vec::new(),
        false => shop
            .order_desk
            .sales(&visit.ctx, tenant, orders)
            .await
            .unwrap_or_default(),
    };
    let sales: HashMap<OrderId, SaleCard> = sales.into_iter().map(|sale| (sale.order, sale)).collect();
    movements
        .iter()
        .map(|movement| row(movement, &sales, visit.locale))
        .collect()
}

fn row(movement: &Movement, sales: &HashMap<OrderId, SaleCard>, locale: Locale) -> MovementRow {
    let sale = order_of(movement).and_then(|order| sales.get(&order));
    MovementRow {
        at: locale.date_time_short(movement.at.naive_utc()),
        what: what(movement, locale),
        sale: sale.map(|sale| Link::new(sale.number.clone(), format!("/seller/orders/{}", sale.id))),
        gross: locale.money(movement.gross),
        commission: locale.money(movement.commission),
        tax: locale.money(movement.tax),
        net: locale.money(movement.net),
        balance: locale.money(movement.balance),
    }
}

/// A kind of entry in words; what has none keeps its name.
fn what(movement: &Movement, locale: Locale) -> String {
    let key = match movement.kind.as_str() {
        "sale" => "statement.sale",
        "refund" => "statement.refund",
        "payout" => "statement.payout",
        "listing_fee" => "statement.listing_fee",
        "promoted_fee" => "statement.promoted_fee",
        "hold" => "statement.hold",
        other => other,
    };
    let what = locale.t(key);
    match movement.reversal {
        true => locale.t("statement.reversed").arg("what", what).to_string(),
        false => what.to_string(),
    }
}

/// The first and the last day of `2026-11`; of this month where none is named.
fn month(text: Option<&str>, today: NaiveDate) -> Result<[NaiveDate; 2], Fault> {
    let first = match text {
        Some(text) => format!("{text}-01").parse().ok(),
        None => today.with_day(1),
    };
    let last = |first: NaiveDate| {
        first
            .checked_add_months(Months::new(1))?
            .checked_sub_days(Days::new(1))
    };
    first
        .and_then(|first| Some([first, last(first)?]))
        .ok_or_else(|| Fault::field("month", "month", "Choose a month."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_all_of_its_days() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let february = month(Some("2028-02"), day("2026-11-21")).unwrap();
        assert_eq!(february, [day("2028-02-01"), day("2028-02-29")]);
        let this = month(None, day("2026-12-31")).unwrap();
        assert_eq!(this, [day("2026-12-01"), day("2026-12-31")]);
        for wrong in ["", "2026", "2026-13", "2026-11-21", "-0001-01-01x"] {
            assert!(month(Some(wrong), day("2026-11-21")).is_err(), "{wrong}");
        }
    }
}

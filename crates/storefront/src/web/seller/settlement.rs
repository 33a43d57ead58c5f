//! How the shop is paid.

use super::{bar, own_shop};
use crate::i18n::Locale;
use crate::views::common::{Choice, Link};
use crate::views::page::Tone;
use crate::views::settlement::{HoldRow, PayForm, SellerHoldsPage, SellerPayoutsPage, SellerSettlementPage};
use crate::views::work::{Figure, Section, Status};
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use crate::web::{Shop, payouts};
use axum::extract::{Query, State};
use axum::response::Response;
use chrono::{Datelike, Months, NaiveDate};
use contracts::ledger::{HeldMoney, HoldState, PayoutQuery, PayoutSchedule, ShopStanding, ShopTerms};
use contracts::orders::SaleCard;
use httpkit::Csv;
use kernel::{Currency, Cursor, Fault, Money, OrderId, Permission, TenantId};
use serde::Deserialize;
use std::collections::HashMap;

/// Rows on the overview, and on a list.
const LATEST: u16 = 8;
const PER_PAGE: u16 = 25;
/// Months of which a statement is offered.
const MONTHS: u32 = 24;
/// Calendar years that can be looked back on.
const YEARS: i32 = 3;
const MONTH_DAYS: std::ops::RangeInclusive<u8> = 1..=28;

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadSales)?;
    let latest = PayoutQuery {
        shop: Some(tenant),
        limit: LATEST,
        ..PayoutQuery::default()
    };
    let (page, seller, standing, terms, held, paid) = futures::join!(
        visit.keyed_page(&shop, "work.settlement"),
        own_shop(&shop, &visit, tenant),
        shop.settlement.standing(&visit.ctx, tenant),
        shop.settlement.terms(&visit.ctx, tenant),
        shop.settlement
            .holds(&visit.ctx, tenant, Some(HoldState::Held), None, LATEST),
        shop.settlement.payouts(&visit.ctx, latest),
    );
    let (seller, standing, terms, locale) = (seller?, standing?, terms?, visit.locale);
    let may_edit = visit.may(Permission::EditShop);
    let view = SellerSettlementPage {
        page,
        work: bar(&visit, &seller, "/seller/settlement"),
        figures: standing.iter().flat_map(|one| figures(one, locale)).collect(),
        schedule: said(&terms, locale),
        terms: held_for(&terms, locale),
        schedules: schedules(terms.schedule, locale),
        may_edit,
        pay: standing
            .iter()
            .filter(|one| may_edit && one.available.amount > 0)
            .map(|one| PayForm {
                currency: one.available.currency.code().to_owned(),
                amount: locale.money(one.available),
                key: kernel::secret::token(),
            })
            .collect(),
        holds: hold_rows(&shop, &visit, tenant, &held?.items).await,
        payouts: rows(&paid?.items, &visit),
        currencies: currencies(&standing, seller.currency),
        months: months(visit.ctx.now.date_naive(), locale),
        years: years(visit.ctx.now.date_naive()),
    };
    Ok(visit.show(&shop, &view))
}

fn rows(paid: &[contracts::ledger::ShopPayout], visit: &Visit) -> Vec<crate::views::settlement::PayoutRow> {
    paid.iter().map(|payout| payouts::row(payout, visit)).collect()
}

fn figures(standing: &ShopStanding, locale: Locale) -> Vec<Figure> {
    let figure = |key: &str, amount: Money| Figure {
        key: key.to_owned(),
        label: locale.t(key).to_string(),
        value: locale.money(amount),
        href: None,
    };
    vec![
        figure("settlement.available", standing.available),
        figure("settlement.pending", standing.pending),
        figure("settlement.reserved", standing.reserved),
        figure("settlement.payable", owed(standing)),
    ]
}

/// All that a shop is owed, what is kept in reserve with it.
pub fn owed(standing: &ShopStanding) -> Money {
    let sum = standing.payable.amount.saturating_add(standing.reserved.amount);
    Money::new(sum, standing.payable.currency)
}

/// The currencies that the shop sold in, and its own.
fn currencies(standing: &[ShopStanding], own: Currency) -> Vec<Choice> {
    let mut known = vec![own];
    for one in standing {
        if !known.contains(&one.payable.currency) {
            known.push(one.payable.currency);
        }
    }
    let choices = known.iter().map(|c| Choice::new(c.code(), c.code())).collect();
    Choice::select(choices, own.code())
}

/// The month that runs first, then those before it.
pub(super) fn months(today: NaiveDate, locale: Locale) -> Vec<Choice> {
    let this = today.with_day(1).unwrap_or(today);
    (0..MONTHS)
        .filter_map(|back| this.checked_sub_months(Months::new(back)))
        .map(|first| Choice::new(first.format("%Y-%m").to_string(), locale.month(first)))
        .collect()
}

fn said(terms: &ShopTerms, locale: Locale) -> String {
    let schedule = schedule_label(terms.schedule, locale);
    match terms.next_on {
        Some(day) => locale
            .t("settlement.next_on")
            .arg("schedule", schedule)
            .arg("day", locale.date(day))
            .to_string(),
        None => format!("{schedule}."),
    }
}

fn held_for(terms: &ShopTerms, locale: Locale) -> String {
    let mut said = locale
        .n("settlement.hold_days", u64::from(terms.hold_days))
        .to_string();
    if terms.reserve_basis_points > 0 {
        let share = locale.percent_of(terms.reserve_basis_points);
        let reserve = locale
            .n("settlement.reserve_days", u64::from(terms.reserve_days))
            .arg("share", share);
        said = format!("{said} {reserve}");
    }
    for minimum in &terms.minimums {
        let least = locale
            .t("settlement.minimum")
            .arg("amount", locale.money(*minimum));
        said = format!("{said} {least}");
    }
    said
}

fn every_schedule() -> impl Iterator<Item = PayoutSchedule> {
    let weekly = (1..=7).map(|weekday| PayoutSchedule::Weekly { weekday });
    let monthly = MONTH_DAYS.map(|day| PayoutSchedule::Monthly { day });
    std::iter::once(PayoutSchedule::Daily)
        .chain(weekly)
        .chain(monthly)
        .chain([PayoutSchedule::Manual])
}

fn schedule_code(schedule: PayoutSchedule) -> String {
    match schedule {
        PayoutSchedule::Daily => "daily".to_owned(),
        PayoutSchedule::Weekly { weekday } => format!("weekly-{weekday}"),
        PayoutSchedule::Monthly { day } => format!("monthly-{day}"),
        PayoutSchedule::Manual => "manual".to_owned(),
    }
}

fn schedule_label(schedule: PayoutSchedule, locale: Locale) -> String {
    match schedule {
        PayoutSchedule::Daily => locale.t("settlement.daily").to_string(),
        PayoutSchedule::Weekly { weekday } => locale
            .t("settlement.weekly")
            .arg("weekday", locale.weekday(weekday))
            .to_string(),
        PayoutSchedule::Monthly { day } => locale.t("settlement.monthly").arg("day", day).to_string(),
        PayoutSchedule::Manual => locale.t("settlement.manual").to_string(),
    }
}

fn schedules(current: PayoutSchedule, locale: Locale) -> Vec<Choice> {
    let choice = |one| Choice::new(schedule_code(one), schedule_label(one, locale));
    Choice::select(every_schedule().map(choice).collect(), &schedule_code(current))
}

/// Held money with the sales that it is of.
async fn hold_rows(shop: &Shop, visit: &Visit, tenant: TenantId, held: &[HeldMoney]) -> Vec<HoldRow> {
    let orders: Vec<OrderId> = held.iter().filter_map(|hold| hold.order).collect();
    // What is held can be told without saying of which sale.
    let sales = match orders.is_empty() {
        true => Vec::new(),
        false => shop
            .order_desk
            .sales(&visit.ctx, tenant, orders)
            .await
            .unwrap_or_default(),
    };
    let sales: HashMap<OrderId, SaleCard> = sales.into_iter().map(|sale| (sale.order, sale)).collect();
    held.iter()
        .map(|hold| hold_row(hold, &sales, visit.locale))
        .collect()
}

fn hold_row(hold: &HeldMoney, sales: &HashMap<OrderId, SaleCard>, locale: Locale) -> HoldRow {
    let day = |at: kernel::DateTime| locale.date_short(at.date_naive());
    let (key, tone, until) = match hold.state {
        HoldState::Held => ("settlement.held", Tone::Warn, hold.release_at),
        HoldState::Released => ("settlement.released", Tone::Good, hold.ended_at),
        HoldState::Refunded => ("settlement.given_back", Tone::Calm, hold.ended_at),
    };
    HoldRow {
        sale: hold
            .order
            .and_then(|order| sales.get(&order))
            .map(|sale| Link::new(sale.number.clone(), format!("/seller/orders/{}", sale.id))),
        reason: locale
            .t(&format!("hold.reason.{}", hold.reason.name()))
            .to_string(),
        since: day(hold.placed_at),
        until: until.map_or_else(|| locale.t("settlement.until_lifted").to_string(), day),
        amount: locale.money(match hold.state {
            HoldState::Held => hold.remaining,
            HoldState::Released => hold.released,
            HoldState::Refunded => hold.amount,
        }),
        status: Status {
            label: locale.t(key).to_string(),
            tone,
        },
    }
}

#[derive(Deserialize)]
pub struct Filter {
    state: Option<String>,
    after: Option<String>,
}

impl Filter {
    /// Where the list at `path` reads on.
    fn more(&self, path: &str, next: Option<Cursor>, locale: Locale) -> Option<Link> {
        let kept = match self.state.as_deref() {
            Some(state) => format!("state={}&", encode(state)),
            None => String::new(),
        };
        let href = |next: Cursor| format!("{path}?{kept}after={}", encode(&next.0));
        next.map(|next| Link::new(locale.t("listing.more").to_string(), href(next)))
    }
}

const HOLD_STATES: [(HoldState, &str); 3] = [
    (HoldState::Held, "settlement.held"),
    (HoldState::Released, "settlement.released"),
    (HoldState::Refunded, "settlement.given_back"),
];

pub async fn holds(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadSales)?;
    let wanted = filter.state.as_deref().unwrap_or_default();
    let state = HOLD_STATES
        .iter()
        .map(|(state, _)| *state)
        .find(|s| s.name() == wanted);
    let after = filter.after.clone().map(Cursor);
    let (page, seller, held) = futures::join!(
        visit.keyed_page(&shop, "settlement.holds"),
        own_shop(&shop, &visit, tenant),
        shop.settlement.holds(&visit.ctx, tenant, state, after, PER_PAGE),
    );
    let (held, locale) = (held?, visit.locale);
    let path = "/seller/settlement/holds";
    let tab = |key: &str, href: String, current| Section {
        link: Link::new(locale.t(key).to_string(), href),
        current,
    };
    let mut tabs = vec![tab("work.all", path.to_owned(), state.is_none())];
    tabs.extend(
        HOLD_STATES.map(|(one, key)| tab(key, format!("{path}?state={}", one.name()), state == Some(one))),
    );
    let view = SellerHoldsPage {
        page,
        work: bar(&visit, &seller?, "/seller/settlement"),
        tabs,
        holds: hold_rows(&shop, &visit, tenant, &held.items).await,
        more: filter.more(path, held.next, locale),
    };
    Ok(visit.show(&shop, &view))
}

pub async fn payouts(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadSales)?;
    let state = filter.state.as_deref().and_then(payouts::state_of);
    let query = PayoutQuery {
        shop: Some(tenant),
        state,
        after: filter.after.clone().map(Cursor),
        limit: PER_PAGE,
    };
    let (page, seller, paid) = futures::join!(
        visit.keyed_page(&shop, "settlement.payouts"),
        own_shop(&shop, &visit, tenant),
        shop.settlement.payouts(&visit.ctx, query),
    );
    let (paid, path) = (paid?, "/seller/settlement/payouts");
    let view = SellerPayoutsPage {
        page,
        work: bar(&visit, &seller?, "/seller/settlement"),
        tabs: payouts::tabs(path, state, visit.locale),
        payouts: rows(&paid.items, &visit),
        more: filter.more(path, paid.next, visit.locale),
    };
    Ok(visit.show(&shop, &view))
}

pub async fn pay_now(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditShop)?;
    let currency = currency(posted.get("currency"))?;
    let key = key_of(&posted)?;
    let made = shop.settlement.pay_now(&visit.ctx, tenant, currency, key).await;
    after(made.map(drop), "payout_made")
}

pub async fn reschedule(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditShop)?;
    let wanted = every_schedule().find(|one| schedule_code(*one) == posted.get("schedule"));
    let wanted = wanted.ok_or_else(|| Fault::field("schedule", "schedule", "Choose when to be paid."))?;
    let changed = shop.settlement.reschedule(&visit.ctx, tenant, wanted).await;
    after(changed.map(drop), "saved")
}

fn after(outcome: Result<(), Fault>, done: &str) -> Result<Response, Failure> {
    match outcome {
        Ok(()) => Ok(redirect_done("/seller/settlement", done)),
        Err(fault) => redirect_refused("/seller/settlement", fault),
    }
}

/// By which a payout that is asked for twice is one.
fn key_of(posted: &Posted) -> Result<String, Fault> {
    let key: String = posted.get("key").chars().take(64).collect();
    match key.is_empty() {
        true => Err(Fault::field("key", "key", "Load the page anew and ask again.")),
        false => Ok(key),
    }
}

pub(super) fn currency(code: &str) -> Result<Currency, Fault> {
    let known = code.parse();
    known.map_err(|_| Fault::field("currency", "currency", "Choose a currency."))
}

#[derive(Deserialize)]
pub struct WantedYear {
    year: Option<String>,
}

/// What came of a calendar year, as a file: of this one, so far, unless said otherwise.
pub async fn year(
    State(shop): State<Shop>,
    visit: Visit,
    Query(wanted): Query<WantedYear>,
) -> Result<Csv, Failure> {
    let tenant = visit.seller(Permission::ReadSales)?;
    let year = match wanted.year.as_deref() {
        Some(text) => text
            .parse()
            .map_err(|_| Fault::field("year", "year", "Choose a year."))?,
        None => visit.ctx.now.year(),
    };
    let lines = shop.settlement.year_csv(&visit.ctx, tenant, year).await?;
    Ok(Csv {
        name: format!("year-{year}.csv"),
        lines: lines.into_bytes(),
    })
}

fn years(today: NaiveDate) -> Vec<Link> {
    let years = (0..YEARS).map(|ago| today.year() - ago);
    let link = |year: i32| Link::new(year.to_string(), format!("/seller/settlement/year?year={year}"));
    years.map(link).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_schedule_has_a_code_of_its_own() {
        let codes: std::collections::BTreeSet<_> = every_schedule().map(schedule_code).collect();
        assert_eq!(codes.len(), 1 + 7 + 28 + 1);
    }
}

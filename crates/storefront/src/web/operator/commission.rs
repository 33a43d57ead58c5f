//! What the marketplace keeps of sales: rules that are made and ended, never changed.

use super::bar;
use super::holds::shop_named;
use crate::i18n::Locale;
use crate::views::common::{Choice, Field, Link};
use crate::views::operator_money::{ChargeFields, ChargeRow, OperatorCommissionPage};
use crate::views::page::Tone;
use crate::views::work::Status;
use crate::web::Shop;
use crate::web::failure::{Failure, is_ours};
use crate::web::numbers;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, category_name, encode, redirect_done, redirect_refused};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use chrono::NaiveDateTime;
use contracts::catalog::Category;
use contracts::ledger::{MakeRule, RuleCard, RuleScope, RuleTariff};
use contracts::tenants::Shop as Seller;
use kernel::{CommissionRuleId, Currency, Cursor, Fault, Money, Permission, TenantId};
use serde::Deserialize;

const PATH: &str = "/operator/commission";
const PER_PAGE: u16 = 50;

#[derive(Default, Deserialize)]
pub struct Filter {
    after: Option<String>,
}

pub async fn list(
    State(shop): State<Shop>,
    visit: Visit,
    Query(filter): Query<Filter>,
) -> Result<Response, Failure> {
    show(&shop, &visit, filter, None).await
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    filter: Filter,
    left: Option<(&Posted, &Fault)>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ReadLedger)?;
    let after = filter
        .after
        .filter(|id| id.parse::<CommissionRuleId>().is_ok())
        .map(Cursor);
    let (page, found, categories) = futures::join!(
        visit.keyed_page(shop, "operator.commission"),
        shop.money_desk.commission_rules(&visit.ctx, after, PER_PAGE),
        shop.catalog.categories(&visit.ctx),
    );
    // Names are for reading: without them the rules still say what is kept.
    let (found, categories) = (found?, categories.unwrap_or_default());
    let mut ids: Vec<TenantId> = found.items.iter().filter_map(|rule| rule.scope.shop).collect();
    ids.sort_unstable();
    ids.dedup();
    let sellers = shop.tenants.shops(&visit.ctx, ids).await.unwrap_or_default();
    let may = visit.may(Permission::ManageLedger);
    let view = OperatorCommissionPage {
        page,
        work: bar(visit, PATH),
        rows: found
            .items
            .iter()
            .map(|rule| row(rule, &sellers, &categories, visit))
            .collect(),
        more: found.next.map(|next| {
            Link::new(
                visit.locale.t("listing.more").to_string(),
                format!("{PATH}?after={}", encode(&next.0)),
            )
        }),
        form: may.then(|| fields(left, &categories, visit)),
    };
    Ok(visit.show(shop, &view))
}

/// `Ceramics · Taller Guadalquivir`; all sales where nothing narrows it.
fn scope(scope: &RuleScope, sellers: &[Seller], categories: &[Category], locale: Locale) -> String {
    let shop = scope.shop.map(|id| {
        let known = sellers.iter().find(|seller| seller.id == id);
        known.map_or_else(
            || locale.t("commission.one_shop").to_string(),
            |seller| seller.name.clone(),
        )
    });
    let category = scope.category.as_ref().map(|path| {
        let known = categories.iter().find(|category| category.path == *path);
        known.map_or(path.clone(), |category| {
            category_name(category, locale).to_owned()
        })
    });
    let plan = scope
        .plan
        .as_ref()
        .map(|plan| locale.t("commission.of_plan").arg("plan", plan).to_string());
    let product = scope
        .product
        .map(|_| locale.t("commission.one_product").to_string());
    let currency = scope.currency.map(|currency| currency.code().to_owned());
    let parts: Vec<String> = [product, shop, category, plan, currency]
        .into_iter()
        .flatten()
        .collect();
    match parts.is_empty() {
        true => locale.t("commission.everything").to_string(),
        false => parts.join(" · "),
    }
}

/// `8% + €0.30, at least €0.50, tax 21%`
fn tariff(tariff: RuleTariff, currency: Option<Currency>, locale: Locale) -> String {
    let mut said = locale.percent_of(tariff.rate_basis_points);
    let money = |amount: i64| currency.map(|currency| locale.money(Money::new(amount, currency)));
    if let Some(fixed) = money(tariff.fixed).filter(|_| tariff.fixed > 0) {
        said.push_str(" + ");
        said.push_str(&fixed);
    }
    let bounds = [
        ("commission.floor_said", tariff.floor),
        ("commission.cap_said", tariff.cap),
    ];
    for (key, bound) in bounds {
        if let Some(amount) = bound.and_then(money) {
            said.push_str(", ");
            said.push_str(&locale.t(key).arg("amount", amount).to_string());
        }
    }
    if tariff.tax_basis_points > 0 {
        let tax = locale.percent_of(tariff.tax_basis_points);
        said.push_str(", ");
        said.push_str(&locale.t("commission.tax_said").arg("tax", tax).to_string());
    }
    said
}

fn row(rule: &RuleCard, sellers: &[Seller], categories: &[Category], visit: &Visit) -> ChargeRow {
    let (locale, now) = (visit.locale, visit.ctx.now);
    let (key, tone) = match (rule.valid_from > now, rule.valid_to) {
        (_, Some(end)) if end <= now => ("commission.ended", Tone::Calm),
        (true, _) => ("commission.coming", Tone::Warn),
        _ => ("commission.holds", Tone::Good),
    };
    let notes = [Some(rule.note.clone()), rule.end_note.clone()];
    let notes: Vec<String> = notes
        .into_iter()
        .flatten()
        .filter(|note| !note.is_empty())
        .collect();
    let may = visit.may(Permission::ManageLedger) && rule.valid_to.is_none();
    ChargeRow {
        id: format!("rule-{}", rule.id),
        what: scope(&rule.scope, sellers, categories, locale),
        tariff: tariff(rule.tariff, rule.scope.currency, locale),
        since: locale.date_time_short(rule.valid_from.naive_utc()),
        until: rule
            .valid_to
            .map(|end| locale.date_time_short(end.naive_utc()))
            .unwrap_or_default(),
        status: Status {
            label: locale.t(key).to_string(),
            tone,
        },
        note: notes.join(" · "),
        end: may.then(|| format!("{PATH}/{}/end", rule.id)),
    }
}

fn fields(left: Option<(&Posted, &Fault)>, categories: &[Category], visit: &Visit) -> ChargeFields {
    let locale = visit.locale;
    let field = |name: &str, pointer: &str| match left {
        Some((posted, fault)) => Field {
            value: posted.get(name).to_owned(),
            error: visit.tell_field(fault, pointer),
        },
        None => Field::default(),
    };
    let stood = |name: &str| left.map_or("", |(posted, _)| posted.get(name)).to_owned();
    let every = Choice::new("", locale.t("commission.all_goods").to_string());
    let named = categories.iter().map(|category| {
        let depth = "– ".repeat(usize::from(category.depth.saturating_sub(1)));
        Choice::new(
            &category.path,
            format!("{depth}{}", category_name(category, locale)),
        )
    });
    let any = Choice::new("", locale.t("commission.all_currencies").to_string());
    let currencies = Currency::all().map(|currency| Choice::new(currency.code(), currency.code().to_owned()));
    ChargeFields {
        refused: left
            .filter(|(_, fault)| fault.fields.is_empty())
            .map(|(_, fault)| visit.tell(fault)),
        shop: field("shop", "/shop"),
        categories: Choice::select(std::iter::once(every).chain(named).collect(), &stood("category")),
        plan: field("plan", "/plan"),
        currencies: Choice::select(
            std::iter::once(any).chain(currencies).collect(),
            &stood("currency"),
        ),
        rate: field("rate", "/rate_basis_points"),
        fixed: field("fixed", "/fixed"),
        floor: field("floor", "/floor"),
        cap: field("cap", "/cap"),
        tax: field("tax", "/tax_basis_points"),
        begins: field("begins", "/valid_from"),
        note: field("note", "/note"),
    }
}

/// What the form says, or what of it cannot be read.
async fn read(shop: &Shop, posted: &Posted) -> Result<MakeRule, Fault> {
    let visit = &posted.visit;
    let said =
        |code: &str, pointer: &str, key: &str| Fault::field(code, pointer, visit.locale.t(key).to_string());
    let given = |name: &str| Some(posted.get(name).trim().to_owned()).filter(|text| !text.is_empty());
    let seller = match given("shop") {
        Some(words) => Some(shop_named(shop, visit, &words).await?),
        None => None,
    };
    let currency: Option<Currency> = given("currency").and_then(|code| code.parse().ok());
    let percent = |name: &str, pointer: &str| match given(name) {
        Some(text) => numbers::share(&text, 2)
            .ok_or_else(|| said("percent_invalid", pointer, "refusal.share"))
            .map(Some),
        None => Ok(None),
    };
    let amount = |name: &str, pointer: &str| match (given(name), currency) {
        (None, _) => Ok(None),
        (Some(_), None) => Err(said("currency_missing", pointer, "commission.currency_missing")),
        (Some(text), Some(currency)) => Money::parse(&text, currency)
            .map(|money| Some(money.amount))
            .map_err(|_| said("amount_invalid", pointer, "refusal.amount_invalid")),
    };
    let rate = percent("rate", "/rate_basis_points")?;
    let rate = rate.ok_or_else(|| said("percent_invalid", "/rate_basis_points", "refusal.share"))?;
    let valid_from = match given("begins") {
        Some(text) => Some(
            NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M")
                .map(|at| at.and_utc())
                .map_err(|_| said("day_invalid", "/valid_from", "refusal.day_invalid"))?,
        ),
        None => None,
    };
    Ok(MakeRule {
        scope: RuleScope {
            product: None,
            shop: seller.map(|seller| seller.id),
            category: given("category"),
            plan: given("plan"),
            currency,
        },
        tariff: RuleTariff {
            rate_basis_points: rate,
            fixed: amount("fixed", "/fixed")?.unwrap_or(0),
            floor: amount("floor", "/floor")?,
            cap: amount("cap", "/cap")?,
            tax_basis_points: percent("tax", "/tax_basis_points")?.unwrap_or(0),
        },
        valid_from,
        replaces: None,
        note: posted.get("note").to_owned(),
    })
}

pub async fn make(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageLedger)?;
    let made = match read(&shop, &posted).await {
        Ok(new) => shop.money_desk.make_commission_rule(&visit.ctx, new).await,
        Err(fault) => Err(fault),
    };
    match made {
        Ok(_) => Ok(redirect_done(PATH, "rule_made")),
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => show(&shop, visit, Filter::default(), Some((&posted, &fault))).await,
    }
}

pub async fn end(
    State(shop): State<Shop>,
    Path(id): Path<CommissionRuleId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageLedger)?;
    let note = posted.get("note").to_owned();
    match shop.money_desk.end_commission_rule(&visit.ctx, id, note).await {
        Ok(_) => Ok(redirect_done(PATH, "rule_ended")),
        Err(fault) => redirect_refused(PATH, fault),
    }
}

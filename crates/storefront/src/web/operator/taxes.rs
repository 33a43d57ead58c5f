//! Taxes: who owes them, where, on what and how much.

use super::bar;
use crate::i18n::Locale;
use crate::views::common::{Choice, Field, Link};
use crate::views::operator_taxes::{
    CategoryFields, OperatorTaxesPage, RateFields, RegionFields, TaxCategoryRow, TaxRateRow,
};
use crate::web::Shop;
use crate::web::checkout::address::countries;
use crate::web::failure::{Failure, is_ours};
use crate::web::numbers::share;
use crate::web::posted::Posted;
use crate::web::taxes::category_label;
use crate::web::visit::{Visit, encode, redirect_done, redirect_refused};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use contracts::taxes::{
    NewTaxCategory, NewTaxRate, NewTaxRegion, TaxCategoryCard, TaxOwed, TaxOwner, TaxRateCard, TaxRateQuery,
    TaxRegionCard,
};
use kernel::{Cursor, Fault, Permission, TaxRateId, Timestamp};
use serde::Deserialize;

const PATH: &str = "/operator/taxes";
const PER_PAGE: u16 = 25;
/// Rates of one region that may hold at once, of which the one to be replaced is looked for.
const OF_REGION_MAX: u16 = 100;
/// Percent are kept in millionths: four decimals.
const DECIMALS: u32 = 4;

#[derive(Default, Deserialize)]
pub struct Filter {
    #[serde(default)]
    region: String,
    after: Option<String>,
}

/// A form that was refused.
struct Left<'p> {
    form: Which,
    posted: &'p Posted,
    fault: Fault,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Rate,
    Category,
    Region,
}

pub async fn page(
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
    left: Option<Left<'_>>,
) -> Result<Response, Failure> {
    visit.operator(Permission::ReadLedger)?;
    let locale = visit.locale;
    let query = TaxRateQuery {
        region: Some(filter.region.clone()).filter(|region| !region.is_empty()),
        at: None,
        after: filter.after.map(Cursor),
        limit: PER_PAGE,
    };
    let (page, regions, categories, owed, rates) = futures::join!(
        visit.keyed_page(shop, "operator.taxes"),
        shop.tax_desk.regions(&visit.ctx),
        shop.tax_desk.categories(&visit.ctx),
        shop.tax_desk.owed(&visit.ctx),
        shop.tax_desk.rates(&visit.ctx, query),
    );
    let (regions, categories, rates) = (regions?, categories?, rates?);
    let may_edit = visit.may(Permission::ManageLedger);
    let mut filters = vec![Choice::new("", locale.t("taxes.everywhere").to_string())];
    filters.extend(region_choices(&regions));
    let known = Known {
        regions: &regions,
        categories: &categories,
        locale,
    };
    let kept = match filter.region.as_str() {
        "" => String::new(),
        region => format!("region={}&", encode(region)),
    };
    let owed = owed?;
    let view = OperatorTaxesPage {
        page,
        work: bar(visit, PATH),
        error: left.as_ref().and_then(|left| general(left, visit)),
        may_edit,
        owed: said(&owed, visit.ctx.now, locale),
        owners: Choice::select(
            vec![
                Choice::new("seller", locale.t("taxes.owner_seller").to_string()),
                Choice::new("marketplace", locale.t("taxes.owner_marketplace").to_string()),
            ],
            match owner_now(&owed, visit.ctx.now) {
                TaxOwner::Seller => "seller",
                TaxOwner::Marketplace => "marketplace",
            },
        ),
        regions: Choice::select(filters, &filter.region),
        rates: rates
            .items
            .iter()
            .map(|rate| known.rate(rate, visit.ctx.now, may_edit))
            .collect(),
        more: rates.next.map(|next| {
            Link::new(
                locale.t("listing.more").to_string(),
                format!("{PATH}?{kept}after={}", encode(&next.0)),
            )
        }),
        categories: categories
            .iter()
            .map(|one| TaxCategoryRow {
                name: category_label(one, locale),
                code: one.code.clone(),
                otherwise: one
                    .otherwise
                    .as_deref()
                    .map(|code| known.category(code))
                    .unwrap_or_default(),
            })
            .collect(),
        new_rate: known.rate_fields(left.as_ref(), visit),
        new_category: known.category_fields(left.as_ref(), visit),
        new_region: region_fields(left.as_ref(), visit),
    };
    Ok(visit.show(shop, &view))
}

fn region_choices(regions: &[TaxRegionCard]) -> impl Iterator<Item = Choice> + '_ {
    regions
        .iter()
        .map(|one| Choice::new(one.code.clone(), format!("{} ({})", one.name, one.code)))
}

/// What stands over the page: refusals that belong to no field of the form.
fn general(left: &Left<'_>, visit: &Visit) -> Option<String> {
    let fields = [
        "/name",
        "/rate_millionths",
        "/source",
        "/note",
        "/code",
        "/provinces",
        "/postcodes",
    ];
    let is_placed = |pointer: &str| fields.contains(&pointer);
    let placed = left.fault.fields.iter().any(|field| is_placed(&field.pointer));
    (!placed).then(|| visit.tell(&left.fault))
}

/// Shops do, where nothing else was said.
fn owner_now(owed: &[TaxOwed], now: Timestamp) -> TaxOwner {
    let current = owed.iter().find(|one| one.valid_from <= now);
    current.map_or(TaxOwner::Seller, |one| one.owner)
}

/// Who owes the tax now.
fn said(owed: &[TaxOwed], now: Timestamp, locale: Locale) -> String {
    let current = owed.iter().find(|one| one.valid_from <= now);
    let key = match current.map(|one| one.owner) {
        Some(TaxOwner::Marketplace) => "taxes.owed_marketplace",
        Some(TaxOwner::Seller) | None => "taxes.owed_seller",
    };
    match current {
        Some(one) => format!(
            "{} {}",
            locale.t(key),
            locale
                .t("taxes.since")
                .arg("day", locale.date(one.valid_from.date_naive()))
        ),
        None => locale.t(key).to_string(),
    }
}

struct Known<'a> {
    regions: &'a [TaxRegionCard],
    categories: &'a [TaxCategoryCard],
    locale: Locale,
}

/// A field of one of the forms, as it came back or empty.
fn field(left: Option<&Left<'_>>, form: Which, name: &str, pointer: &str, visit: &Visit) -> Field {
    match left.filter(|left| left.form == form) {
        Some(left) => Field {
            value: left.posted.get(name).to_owned(),
            error: visit.tell_field(&left.fault, pointer),
        },
        None => Field::default(),
    }
}

/// What a choice of one of the forms stood at.
fn chosen<'l>(left: Option<&'l Left<'_>>, form: Which, name: &str, usual: &'l str) -> &'l str {
    left.filter(|left| left.form == form)
        .map_or(usual, |left| left.posted.get(name))
}

impl Known<'_> {
    fn category(&self, code: &str) -> String {
        let known = self.categories.iter().find(|one| one.code == code);
        known.map_or_else(|| code.to_owned(), |one| category_label(one, self.locale))
    }

    fn rate(&self, rate: &TaxRateCard, now: Timestamp, may_edit: bool) -> TaxRateRow {
        let locale = self.locale;
        let region = self.regions.iter().find(|one| one.code == rate.region);
        let from = locale.date_short(rate.valid_from.date_naive());
        let valid = match rate.valid_until {
            Some(until) => format!("{from} – {}", locale.date_short(until.date_naive())),
            None => locale.t("promotion.since").arg("day", from).to_string(),
        };
        let has_end = rate.valid_until.is_some_and(|until| until <= now);
        TaxRateRow {
            id: format!("end-{}", rate.id),
            region: region.map_or_else(|| rate.region.clone(), |one| one.name.clone()),
            category: self.category(&rate.category),
            name: rate.name.clone(),
            rate: locale.percent_of_millionths(rate.millionths),
            valid,
            source: rate.source.clone(),
            end: (may_edit && !has_end && rate.valid_until.is_none())
                .then(|| format!("{PATH}/rates/{}/end", rate.id)),
        }
    }

    fn category_choices(&self) -> Vec<Choice> {
        let choice = |one: &TaxCategoryCard| Choice::new(one.code.clone(), category_label(one, self.locale));
        self.categories.iter().map(choice).collect()
    }

    fn rate_fields(&self, left: Option<&Left<'_>>, visit: &Visit) -> RateFields {
        let of = |name: &str, pointer: &str| field(left, Which::Rate, name, pointer, visit);
        let stood = |name: &str, usual: &'static str| chosen(left, Which::Rate, name, usual).to_owned();
        RateFields {
            is_open: left.is_some_and(|left| left.form == Which::Rate),
            regions: Choice::select(region_choices(self.regions).collect(), &stood("region", "ES")),
            categories: Choice::select(self.category_choices(), &stood("category", "standard")),
            name: of("name", "/name"),
            rate: of("rate", "/rate_millionths"),
            source: of("source", "/source"),
            note: of("note", "/note"),
            replaces: !stood("replaces", "").is_empty(),
        }
    }

    fn category_fields(&self, left: Option<&Left<'_>>, visit: &Visit) -> CategoryFields {
        let of = |name: &str, pointer: &str| field(left, Which::Category, name, pointer, visit);
        let otherwise = chosen(left, Which::Category, "otherwise", "standard");
        CategoryFields {
            is_open: left.is_some_and(|left| left.form == Which::Category),
            code: of("code", "/code"),
            name: of("name", "/name"),
            otherwise: Choice::select(self.category_choices(), otherwise),
            note: of("note", "/note"),
        }
    }
}

fn region_fields(left: Option<&Left<'_>>, visit: &Visit) -> RegionFields {
    let of = |name: &str, pointer: &str| field(left, Which::Region, name, pointer, visit);
    RegionFields {
        is_open: left.is_some_and(|left| left.form == Which::Region),
        code: of("code", "/code"),
        name: of("name", "/name"),
        countries: countries(chosen(left, Which::Region, "country", "ES"), visit),
        provinces: of("provinces", "/provinces"),
        postcodes: of("postcodes", "/postcodes"),
        note: of("note", "/note"),
    }
}

async fn after(
    shop: &Shop,
    posted: &Posted,
    form: Which,
    outcome: Result<(), Fault>,
) -> Result<Response, Failure> {
    match outcome {
        Ok(()) => Ok(redirect_done(PATH, "tax_made")),
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => {
            let left = Left { form, posted, fault };
            show(shop, &posted.visit, Filter::default(), Some(left)).await
        }
    }
}

pub async fn make_rate(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageLedger)?;
    let made = match share(posted.get("rate"), DECIMALS) {
        Some(millionths) => rate(&shop, &posted, millionths).await,
        None => {
            let said = visit.locale.t("refusal.share").to_string();
            Err(Fault::field("rate_invalid", "/rate_millionths", said))
        }
    };
    after(&shop, &posted, Which::Rate, made).await
}

async fn rate(shop: &Shop, posted: &Posted, millionths: u32) -> Result<(), Fault> {
    let visit = &posted.visit;
    let (region, category) = (posted.get("region").to_owned(), posted.get("category").to_owned());
    let replaces = match posted.ticked("replaces") {
        true => holding(shop, visit, &region, &category).await?,
        false => None,
    };
    let new = NewTaxRate {
        region,
        category,
        name: posted.get("name").to_owned(),
        millionths,
        replaces,
        source: posted.get("source").to_owned(),
        note: posted.get("note").to_owned(),
    };
    shop.tax_desk.make_rate(&visit.ctx, new).await.map(drop)
}

/// The rate that holds now for a region and category.
async fn holding(
    shop: &Shop,
    visit: &Visit,
    region: &str,
    category: &str,
) -> Result<Option<TaxRateId>, Fault> {
    let query = TaxRateQuery {
        region: Some(region.to_owned()),
        at: Some(visit.ctx.now),
        after: None,
        limit: OF_REGION_MAX,
    };
    let found = shop.tax_desk.rates(&visit.ctx, query).await?;
    let own = found.items.iter().find(|rate| rate.category == category);
    Ok(own.map(|rate| rate.id))
}

pub async fn end_rate(
    State(shop): State<Shop>,
    Path(id): Path<TaxRateId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageLedger)?;
    let note = posted.get("note").to_owned();
    match shop.tax_desk.end_rate(&visit.ctx, id, note).await {
        Ok(_) => Ok(redirect_done(PATH, "tax_ended")),
        Err(fault) => redirect_refused(PATH, fault),
    }
}

pub async fn make_category(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageLedger)?;
    let new = NewTaxCategory {
        category: TaxCategoryCard {
            code: posted.get("code").to_owned(),
            name: posted.get("name").to_owned(),
            otherwise: Some(posted.get("otherwise").to_owned()),
        },
        note: posted.get("note").to_owned(),
    };
    let made = shop.tax_desk.make_category(&visit.ctx, new).await;
    after(&shop, &posted, Which::Category, made.map(drop)).await
}

pub async fn make_region(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageLedger)?;
    let listed = |name: &str| -> Vec<String> {
        let parts = posted.get(name).split(',').map(str::trim);
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let new = NewTaxRegion {
        region: TaxRegionCard {
            code: posted.get("code").to_owned(),
            name: posted.get("name").to_owned(),
            country: posted.get("country").to_owned(),
            provinces: listed("provinces"),
            postcodes: listed("postcodes"),
        },
        note: posted.get("note").to_owned(),
    };
    let made = shop.tax_desk.make_region(&visit.ctx, new).await;
    after(&shop, &posted, Which::Region, made.map(drop)).await
}

pub async fn set_owner(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageLedger)?;
    let owner = match posted.get("owner") {
        "seller" => TaxOwner::Seller,
        "marketplace" => TaxOwner::Marketplace,
        _ => {
            return Err(Failure(Fault::field(
                "owner",
                "owner",
                "Choose who owes the tax.",
            )));
        }
    };
    let note = posted.get("note").to_owned();
    match shop.tax_desk.owe(&visit.ctx, owner, note).await {
        Ok(_) => Ok(redirect_done(PATH, "saved")),
        Err(fault) => redirect_refused(PATH, fault),
    }
}

//! The shop's warehouses, and by which rule orders are sent from them.

use super::{bar, own_shop, stock_parts};
use crate::i18n::plain_decimal;
use crate::views::common::{Choice, Field};
use crate::views::page::Tone;
use crate::views::seller_goods_move::{SellerWarehousesPage, WarehouseFields, WarehouseRow};
use crate::views::work::Status;
use crate::web::Shop;
use crate::web::checkout::address::{countries, provinces};
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect_done, redirect_refused};
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::inventory::{RoutingRule, WarehouseCard, WarehouseForm, WarehousePlace};
use contracts::tenants::Shop as Seller;
use kernel::{Currency, Fault, Kind, Money, Permission, WarehouseId};

const PATH: &str = "/seller/warehouses";
const RULES: [(&str, RoutingRule); 4] = [
    ("preference", RoutingRule::Preference),
    ("nearest", RoutingRule::Nearest),
    ("cheapest", RoutingRule::Cheapest),
    ("fewest_parcels", RoutingRule::FewestParcels),
];
/// Minor units that a parcel may cost, as many as the inventory takes.
const PARCEL_COST_MAX: i64 = 1_000_000_000;
/// Of what the form for another warehouse is.
const NEW: &str = "new";

/// A form that was refused: of which warehouse, what it said, and why.
struct Left<'p> {
    of: String,
    posted: &'p Posted,
    fault: Fault,
}

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    show(&shop, &visit, None).await
}

async fn show(shop: &Shop, visit: &Visit, left: Option<Left<'_>>) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadStock)?;
    let locale = visit.locale;
    let (page, seller, book) = futures::join!(
        visit.keyed_page(shop, "work.warehouses"),
        own_shop(shop, visit, tenant),
        shop.warehouse_desk.warehouses(&visit.ctx, tenant),
    );
    let (seller, book) = (seller?, book?);
    let rules = RULES.map(|(code, rule)| (code, rule, format!("warehouse.rule.{code}")));
    let chosen = rules.iter().find(|(_, rule, _)| *rule == book.rule);
    let chosen = chosen.map_or("", |(code, ..)| *code);
    let choices = rules
        .iter()
        .map(|(code, _, key)| Choice::new(*code, locale.t(key).to_string()));
    let of_none = |fault: &Fault| fault.fields.is_empty();
    let view = SellerWarehousesPage {
        page,
        work: bar(visit, &seller, "/seller/stock"),
        parts: stock_parts(visit, PATH),
        error: left
            .as_ref()
            .filter(|l| of_none(&l.fault))
            .map(|l| visit.tell(&l.fault)),
        rules: Choice::select(choices.collect(), chosen),
        several: book.warehouses.iter().filter(|w| w.closed_at.is_none()).count() > 1,
        warehouses: book
            .warehouses
            .iter()
            .map(|one| row(one, &seller, visit, left.as_ref()))
            .collect(),
        new: fields(NEW, None, &seller, visit, left.as_ref()),
        may_edit: visit.may(Permission::EditStock),
    };
    Ok(visit.show(shop, &view))
}

fn row(one: &WarehouseCard, seller: &Seller, visit: &Visit, left: Option<&Left<'_>>) -> WarehouseRow {
    let locale = visit.locale;
    let is_open = one.closed_at.is_none();
    let (key, tone) = match (is_open, one.is_default) {
        (false, _) => ("warehouse.closed", Tone::Calm),
        (true, true) => ("warehouse.default", Tone::Good),
        (true, false) => ("warehouse.is_open", Tone::Good),
    };
    let place = one.place.as_ref();
    WarehouseRow {
        name: one.name.clone(),
        code: one.code.clone(),
        place: place
            .map(|place| format!("{} {}", place.postcode, place.town).trim().to_owned())
            .unwrap_or_default(),
        parcel_cost: locale.money(Money::new(one.parcel_cost, seller.currency)),
        status: Status {
            label: locale.t(key).to_string(),
            tone,
        },
        form: is_open.then(|| fields(&one.id.to_string(), Some(one), seller, visit, left)),
        close: (is_open && !one.is_default).then(|| format!("{PATH}/{}/close", one.id)),
    }
}

/// The form of a warehouse, or of another one: as it is, or as it came back.
fn fields(
    of: &str,
    one: Option<&WarehouseCard>,
    seller: &Seller,
    visit: &Visit,
    left: Option<&Left<'_>>,
) -> WarehouseFields {
    let left = left.filter(|left| left.of == of);
    let field = |name: &str, pointer: &str, kept: String| match left {
        Some(left) => Field {
            value: left.posted.get(name).to_owned(),
            error: visit.tell_field(&left.fault, pointer),
        },
        None => Field::of(kept),
    };
    let place = one.and_then(|one| one.place.clone());
    // Another one probably stands in the shop's own country.
    let (country, region, postcode, town) = match place {
        Some(place) => (place.country, place.region, place.postcode, place.town),
        None => (
            seller.location.country.clone(),
            None,
            String::new(),
            String::new(),
        ),
    };
    let country = field("country", "/country", country);
    let province = field("province", "/region", region.unwrap_or_default());
    let mut choices = vec![Choice::new("", visit.locale.t("form.province_none").to_string())];
    choices.extend(provinces(&province.value));
    let cost = one.map_or(0, |one| one.parcel_cost);
    WarehouseFields {
        of: format!("w-{of}"),
        action: match one {
            Some(one) => format!("{PATH}/{}", one.id),
            None => PATH.to_owned(),
        },
        is_open: left.is_some(),
        currency: seller.currency.code().to_owned(),
        code: field(
            "code",
            "/code",
            one.map(|one| one.code.clone()).unwrap_or_default(),
        ),
        name: field(
            "name",
            "/name",
            one.map(|one| one.name.clone()).unwrap_or_default(),
        ),
        priority: field(
            "priority",
            "/priority",
            one.map_or(0, |one| one.priority).to_string(),
        ),
        countries: countries(&country.value, visit),
        country_wrong: country.error.unwrap_or_default(),
        provinces: choices,
        province_wrong: province.error.unwrap_or_default(),
        postcode: field("postcode", "/postcode", postcode),
        town: field("town", "/town", town),
        parcel_cost: field(
            "parcel_cost",
            "/parcel_cost",
            plain_decimal(Money::new(cost, seller.currency)),
        ),
    }
}

fn read(posted: &Posted, currency: Currency) -> Result<WarehouseForm, Fault> {
    let visit = &posted.visit;
    let wrong = |pointer: &str, key: &str| {
        let said = visit.locale.t(key).to_string();
        Fault::field("field_invalid", pointer, said)
    };
    let parcel_cost = Money::parse(posted.get("parcel_cost"), currency)
        .ok()
        .filter(|cost| (0..=PARCEL_COST_MAX).contains(&cost.amount))
        .ok_or_else(|| wrong("/parcel_cost", "refusal.price"))?;
    let priority = posted
        .get("priority")
        .parse()
        .map_err(|_| wrong("/priority", "refusal.whole_number"))?;
    let region = posted.get("province");
    Ok(WarehouseForm {
        code: posted.get("code").to_owned(),
        name: posted.get("name").to_owned(),
        priority,
        place: Some(WarehousePlace {
            country: posted.get("country").to_owned(),
            region: Some(region.to_owned()).filter(|region| !region.is_empty()),
            postcode: posted.get("postcode").to_owned(),
            town: posted.get("town").to_owned(),
        }),
        parcel_cost: parcel_cost.amount,
    })
}

pub async fn open(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditStock)?;
    let seller = own_shop(&shop, visit, tenant).await?;
    let opened = match read(&posted, seller.currency) {
        Ok(form) => shop.warehouse_desk.open_warehouse(&visit.ctx, tenant, form).await,
        Err(fault) => Err(fault),
    };
    after(&shop, &posted, NEW, opened.map(drop)).await
}

pub async fn change(
    State(shop): State<Shop>,
    Path(id): Path<WarehouseId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditStock)?;
    let seller = own_shop(&shop, visit, tenant).await?;
    let changed = match read(&posted, seller.currency) {
        Ok(form) => {
            shop.warehouse_desk
                .change_warehouse(&visit.ctx, tenant, id, form)
                .await
        }
        Err(fault) => Err(fault),
    };
    after(&shop, &posted, &id.to_string(), changed.map(drop)).await
}

async fn after(
    shop: &Shop,
    posted: &Posted,
    of: &str,
    outcome: Result<(), Fault>,
) -> Result<Response, Failure> {
    match outcome {
        Ok(()) => Ok(redirect_done(PATH, "saved")),
        Err(fault) if matches!(fault.kind, Kind::Internal | Kind::Unavailable | Kind::NotFound) => {
            Err(Failure(fault))
        }
        Err(fault) => {
            let left = Left {
                of: of.to_owned(),
                posted,
                fault,
            };
            show(shop, &posted.visit, Some(left)).await
        }
    }
}

pub async fn close(
    State(shop): State<Shop>,
    Path(id): Path<WarehouseId>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditStock)?;
    match shop.warehouse_desk.close_warehouse(&visit.ctx, tenant, id).await {
        Ok(()) => Ok(redirect_done(PATH, "warehouse_closed")),
        Err(fault) => redirect_refused(PATH, fault),
    }
}

pub async fn set_rule(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditStock)?;
    let wanted = RULES.iter().find(|(code, _)| *code == posted.get("rule"));
    let (_, rule) = wanted.ok_or_else(|| Fault::field("rule", "rule", "Choose a rule."))?;
    shop.warehouse_desk.set_rule(&visit.ctx, tenant, *rule).await?;
    Ok(redirect_done(PATH, "saved"))
}

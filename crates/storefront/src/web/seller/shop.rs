//! What buyers read of the shop, its pictures, and what the operator checks before it opens.

use super::{bar, own_shop};
use crate::i18n::Locale;
use crate::views::common::{Accent, Field, Price};
use crate::views::page::Tone;
use crate::views::seller_shop::{CheckForm, DeliveryWay, RateRow, SellerShopPage};
use crate::views::work::Status;
use crate::web::auth::open_shop::location;
use crate::web::checkout::address::{countries, provinces};
use crate::web::failure::{Failure, is_ours};
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect_done};
use crate::web::{Shop, cards, home};
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::tenants::{
    CheckItem, CheckLine, CheckState, DeliveryOption, ShopDossier, ShopSettings, ShopStatus, Zone,
};
use kernel::{Fault, Permission};

/// Where the check-list stands.
pub const CHECKS: &str = "/seller/shop#checks";
/// More places than these are counted, and named where somebody opens them.
const PLACES_NAMED: usize = 6;
/// Bytes of a form with two pictures.
pub const BYTES_MAX: usize = 24 * 1024 * 1024;

pub const ITEMS: [(&str, CheckItem); 3] = [
    ("identity", CheckItem::Identity),
    ("bank_account", CheckItem::BankAccount),
    ("legal_documents", CheckItem::LegalDocuments),
];

pub fn item_code(item: CheckItem) -> &'static str {
    ITEMS
        .iter()
        .find(|(_, known)| *known == item)
        .map_or("", |(code, _)| *code)
}

pub fn item_of(code: &str) -> Result<CheckItem, Fault> {
    let found = ITEMS.iter().find(|(known, _)| *known == code);
    found
        .map(|(_, item)| *item)
        .ok_or_else(|| Fault::not_found("item"))
}

pub fn check_status(state: CheckState, locale: Locale) -> Status {
    let (key, tone) = match state {
        CheckState::Missing => ("check.state.missing", Tone::Warn),
        CheckState::Submitted => ("check.state.submitted", Tone::Calm),
        CheckState::Accepted => ("check.state.accepted", Tone::Good),
        CheckState::Rejected => ("check.state.rejected", Tone::Bad),
        CheckState::Waived => ("check.state.waived", Tone::Good),
    };
    Status {
        label: locale.t(key).to_string(),
        tone,
    }
}

/// What a form left behind that was refused.
#[derive(Default)]
struct Left<'p> {
    settings: Option<(&'p Posted, Fault)>,
    check: Option<(CheckItem, &'p Posted, Fault)>,
    error: Option<String>,
}

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    show(&shop, &visit, Left::default()).await
}

async fn show(shop: &Shop, visit: &Visit, left: Left<'_>) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::ReadShop)?;
    let (page, dossier) = futures::join!(
        visit.keyed_page(shop, "work.shop"),
        shop.shop_desk.dossier(&visit.ctx, tenant),
    );
    let dossier = dossier?;
    let seller = &dossier.shop;
    let pictures = home::pictures(shop, visit, seller.logo.into_iter().chain(seller.banner)).await;
    let field = |name: &str, pointer: &str, kept: &str| match &left.settings {
        Some((posted, fault)) => Field {
            value: posted.get(name).to_owned(),
            error: visit.tell_field(fault, pointer),
        },
        None => Field::of(kept),
    };
    let place = &seller.location;
    let country = field("country", "/country", &place.country);
    let province = field("province", "/region", place.region.as_deref().unwrap_or(""));
    let general = left
        .settings
        .as_ref()
        .filter(|(_, fault)| fault.fields.is_empty())
        .map(|(_, fault)| visit.tell(fault));
    let view = SellerShopPage {
        page,
        work: bar(visit, seller, "/seller/shop"),
        version: dossier.version,
        error: left.error.clone().or(general),
        may_edit: visit.may(Permission::EditShop),
        name: field("name", "/name", &seller.name),
        story: field("story", "/story", &seller.story),
        returns: field("returns", "/return_policy", &seller.return_policy),
        return_days: field("return_days", "/return_days", &seller.return_days.to_string()),
        tax_on_top: match &left.settings {
            Some((posted, _)) => !posted.get("tax_on_top").is_empty(),
            None => !seller.prices_include_tax,
        },
        countries: countries(&country.value, visit),
        country,
        provinces: provinces(&province.value),
        province,
        postcode: field("postcode", "/postcode", &place.postcode),
        town: field("town", "/town", &place.town),
        accent: seller.accent.as_deref().map(Accent::nearest).unwrap_or_default(),
        logo: seller.logo.and_then(|id| pictures.get(&id).cloned()),
        banner: seller.banner.and_then(|id| pictures.get(&id).cloned()),
        delivery: seller
            .delivery
            .iter()
            .map(|way| delivery(way, visit.locale))
            .collect(),
        checks: dossier
            .checks
            .iter()
            .map(|line| check(line, &dossier, &left, visit))
            .collect(),
        approved: seller.status != ShopStatus::Applied,
    };
    Ok(visit.show(shop, &view))
}

fn delivery(way: &DeliveryOption, locale: Locale) -> DeliveryWay {
    let zone = |zone: &Zone| match zone {
        Zone::SameRegion => locale.t("zone.same_region").to_string(),
        Zone::SameCountry => locale.t("zone.same_country").to_string(),
        Zone::Countries { codes } if codes.len() > PLACES_NAMED => {
            locale.n("zone.countries", codes.len() as u64).to_string()
        }
        Zone::Regions { codes } if codes.len() > PLACES_NAMED => {
            locale.n("zone.regions", codes.len() as u64).to_string()
        }
        Zone::Countries { codes } | Zone::Regions { codes } => named(codes, locale),
        Zone::Within { km } => locale.t("zone.within").arg("km", km).to_string(),
        Zone::World => locale.t("zone.world").to_string(),
    };
    DeliveryWay {
        name: way.name.clone(),
        rates: way
            .rates
            .iter()
            .map(|rate| RateRow {
                zone: zone(&rate.zone),
                places: match &rate.zone {
                    Zone::Countries { codes } | Zone::Regions { codes } if codes.len() > PLACES_NAMED => {
                        named(codes, locale)
                    }
                    _ => String::new(),
                },
                price: Price::new(locale, rate.least()),
                free_from: rate.free_from.map(|m| Price::new(locale, m)),
                days: if rate.days_min == rate.days_max {
                    locale.n("work.days", u64::from(rate.days_max)).to_string()
                } else {
                    let between = format!("{}–{}", rate.days_min, rate.days_max);
                    locale.t("work.days_between").arg("days", between).to_string()
                },
            })
            .collect(),
    }
}

fn named(codes: &[String], locale: Locale) -> String {
    let mut names: Vec<String> = codes
        .iter()
        .map(|code| cards::region_name(code, locale))
        .collect();
    names.sort_unstable();
    names.join(", ")
}

fn check(line: &CheckLine, dossier: &ShopDossier, left: &Left<'_>, visit: &Visit) -> CheckForm {
    let code = item_code(line.item);
    let said = |what: &str| visit.locale.t(&format!("check.{code}{what}")).to_string();
    let mine = left.check.as_ref().filter(|(item, ..)| *item == line.item);
    let field = |name: &str, kept: &str| match mine {
        Some((_, posted, fault)) => Field {
            value: posted.get(name).to_owned(),
            error: visit.tell_field(fault, &format!("/{name}")),
        },
        None => Field::of(kept),
    };
    let applied = dossier.shop.status == ShopStatus::Applied;
    CheckForm {
        code,
        label: said(""),
        hint: said(".hint"),
        holder_label: said(".holder"),
        reference_label: said(".reference"),
        status: check_status(line.state, visit.locale),
        stated: (!line.holder.is_empty()).then(|| format!("{} · {}", line.holder, line.reference)),
        remark: line.remark.clone(),
        holder: field("holder", &line.holder),
        reference: field("reference", ""),
        is_open: applied && matches!(line.state, CheckState::Missing | CheckState::Rejected),
    }
}

pub async fn change(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditShop)?;
    let seen = posted.get("version").parse().unwrap_or(0);
    let accent = Accent::ALL.into_iter().find(|a| a.code() == posted.get("accent"));
    let settings = ShopSettings {
        name: posted.get("name").to_owned(),
        story: posted.get("story").to_owned(),
        accent: accent.map(Accent::hex),
        location: location(&posted),
        return_policy: posted.get("returns").to_owned(),
        // What is no number of days is refused as too many.
        return_days: posted.get("return_days").parse().unwrap_or(u16::MAX),
        prices_include_tax: posted.get("tax_on_top").is_empty(),
    };
    match shop.shop_desk.configure(&visit.ctx, tenant, seen, settings).await {
        Ok(_) => Ok(redirect_done("/seller/shop", "saved")),
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => {
            let left = Left {
                settings: Some((&posted, fault)),
                ..Left::default()
            };
            show(&shop, visit, left).await
        }
    }
}

/// The shop's own pictures: those that are chosen replace those that are there.
pub async fn pictures(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditShop)?;
    let own = own_shop(&shop, visit, tenant).await?;
    let mut chosen = [None, None];
    for (place, field) in ["logo", "banner"].into_iter().enumerate() {
        let Some(file) = posted.files(field).next() else {
            continue;
        };
        let stored = shop
            .workbench
            .upload_picture(&visit.ctx, file.bytes.to_vec().into(), own.name.clone())
            .await;
        match stored {
            Ok(picture) => chosen[place] = Some(picture.image),
            Err(fault) if is_ours(&fault) => return Err(Failure(fault)),
            Err(fault) => {
                let left = Left {
                    error: Some(visit.tell(&fault)),
                    ..Left::default()
                };
                return show(&shop, visit, left).await;
            }
        }
    }
    let [logo, banner] = chosen;
    if logo.is_some() || banner.is_some() {
        shop.tenants.set_images(&visit.ctx, tenant, logo, banner).await?;
    }
    Ok(redirect_done("/seller/shop", "saved"))
}

/// States one item of the check-list.
pub async fn state_check(
    State(shop): State<Shop>,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let tenant = visit.seller(Permission::EditShop)?;
    let item = item_of(&code)?;
    let (holder, reference) = (
        posted.get("holder").to_owned(),
        posted.get("reference").to_owned(),
    );
    let stated = if posted.ticked("attested") {
        shop.shop_desk
            .state_item(&visit.ctx, tenant, item, holder, reference)
            .await
    } else {
        Err(Fault::field("not_attested", "/reference", "Tick the box."))
    };
    match stated {
        Ok(()) => Ok(redirect_done("/seller/shop", "saved")),
        Err(fault) if is_ours(&fault) => Err(Failure(fault)),
        Err(fault) => {
            let left = Left {
                error: fault.fields.is_empty().then(|| visit.tell(&fault)),
                check: Some((item, &posted, fault)),
                ..Left::default()
            };
            show(&shop, visit, left).await
        }
    }
}

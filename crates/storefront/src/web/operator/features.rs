//! Which features shops may use: for all, and for each.

use super::bar;
use crate::i18n::Locale;
use crate::views::common::{Choice, Field, Link};
use crate::views::operator_features::{
    FeatureRow, OneShopFields, OperatorFeaturesPage, OwnStateRow, ShopFeatureRow,
};
use crate::views::page::Tone;
use crate::views::work::Status;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect_done};
use axum::extract::{Path, State};
use axum::response::Response;
use contracts::tenants::{Feature, FeatureState, OwnState, Shop as Seller};
use kernel::{Fault, Permission, TenantId};

const PATH: &str = "/operator/features";
/// Shops that are offered to choose from.
const SHOPS_MAX: u16 = 500;
const STATES: [(&str, &str); 3] = [
    ("off", "features.off"),
    ("on", "features.on"),
    ("all", "features.as_for_all"),
];

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    show(&shop, &visit, None).await
}

async fn show(shop: &Shop, visit: &Visit, refused: Option<&Posted>) -> Result<Response, Failure> {
    visit.operator(Permission::ManageSystem)?;
    let (page, features, own, shops) = futures::join!(
        visit.keyed_page(shop, "operator.features"),
        shop.features.features(&visit.ctx),
        shop.features.own_states(&visit.ctx),
        shop.tenants.active_shops(&visit.ctx, SHOPS_MAX),
    );
    let own = own?;
    let view = OperatorFeaturesPage {
        page,
        work: bar(visit, PATH),
        rows: features?
            .iter()
            .map(|state| row(state, &own, visit.locale))
            .collect(),
        // Without names to choose from, one can still be typed.
        form: fields(refused, &shops.unwrap_or_default(), visit.locale),
    };
    Ok(visit.show(shop, &view))
}

fn name(feature: Feature, locale: Locale) -> String {
    locale.t(&format!("features.of.{}", feature.name())).to_string()
}

fn status(on: bool, locale: Locale) -> Status {
    let (key, tone) = match on {
        true => ("features.on", Tone::Good),
        false => ("features.off", Tone::Warn),
    };
    Status {
        label: locale.t(key).to_string(),
        tone,
    }
}

fn row(state: &FeatureState, own: &[OwnState], locale: Locale) -> FeatureRow {
    let code = state.feature.name();
    let own = own.iter().filter(|own| own.feature == state.feature);
    FeatureRow {
        code,
        name: name(state.feature, locale),
        text: locale.t(&format!("features.of.{code}_text")).to_string(),
        status: status(state.on, locale),
        is_on: state.on,
        action: format!("{PATH}/{code}"),
        own: own
            .map(|own| OwnStateRow {
                shop: Link::new(own.name.clone(), format!("/operator/shops/{}", own.shop)),
                status: status(own.on, locale),
                action: own_action(own.shop, code),
            })
            .collect(),
    }
}

fn own_action(shop: TenantId, code: &str) -> String {
    format!("/operator/shops/{shop}/features/{code}")
}

fn fields(refused: Option<&Posted>, shops: &[Seller], locale: Locale) -> OneShopFields {
    let features = Feature::ALL
        .map(|feature| Choice::new(feature.name(), name(feature, locale)))
        .into();
    let states = STATES
        .map(|(code, key)| Choice::new(code, locale.t(key).to_string()))
        .into();
    let sent = |field: &str| refused.map_or("", |posted| posted.get(field)).to_owned();
    OneShopFields {
        shop: match refused {
            Some(posted) => Field::wrong(posted.get("shop"), locale.t("features.no_shop").to_string()),
            None => Field::default(),
        },
        shops: shops
            .iter()
            .map(|shop| Choice::new(shop.slug.clone(), shop.name.clone()))
            .collect(),
        features: Choice::select(features, &sent("feature")),
        states: Choice::select(states, &sent("state")),
    }
}

/// What is posted for one shop; nothing is what holds for all.
fn own_state(posted: &Posted) -> Result<Option<bool>, Fault> {
    match posted.get("state") {
        "on" => Ok(Some(true)),
        "off" => Ok(Some(false)),
        "all" => Ok(None),
        _ => Err(Fault::field(
            "field_invalid",
            "/state",
            "Choose on, off or as for all.",
        )),
    }
}

fn feature_of(code: &str) -> Result<Feature, Fault> {
    Feature::of_name(code).ok_or_else(|| Fault::not_found("page"))
}

/// Sets what holds for all.
pub async fn set(
    State(shop): State<Shop>,
    Path(code): Path<String>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageSystem)?;
    let feature = feature_of(&code)?;
    let Some(on) = own_state(&posted)? else {
        let said = "Choose on or off.";
        return Err(Failure(Fault::field("field_invalid", "/state", said)));
    };
    shop.features.set_for_all(&visit.ctx, feature, on).await?;
    Ok(redirect_done(PATH, "saved"))
}

/// Sets or clears a shop's own state, on either page.
pub async fn set_own(
    State(shop): State<Shop>,
    Path((id, code)): Path<(TenantId, String)>,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageSystem)?;
    let (feature, on) = (feature_of(&code)?, own_state(&posted)?);
    shop.features.set_for_shop(&visit.ctx, id, feature, on).await?;
    let back = match posted.get("back") {
        "features" => PATH.to_owned(),
        _ => format!("/operator/shops/{id}"),
    };
    Ok(redirect_done(&back, "saved"))
}

/// Sets or clears the state of a shop that is named.
pub async fn set_named(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    visit.operator(Permission::ManageSystem)?;
    let (feature, on) = (feature_of(posted.get("feature"))?, own_state(&posted)?);
    let Some(id) = shop_named(&shop, visit, posted.get("shop")).await? else {
        return show(&shop, visit, Some(&posted)).await;
    };
    shop.features.set_for_shop(&visit.ctx, id, feature, on).await?;
    Ok(redirect_done(PATH, "saved"))
}

/// The shop that has this address, or this name if no other has.
async fn shop_named(shop: &Shop, visit: &Visit, said: &str) -> Result<Option<TenantId>, Fault> {
    let of_slug = shop.tenants.shop_by_slug(&visit.ctx, said.to_owned()).await?;
    if let Some(found) = of_slug {
        return Ok(Some(found.id));
    }
    let said = said.to_lowercase();
    let all = shop.tenants.active_shops(&visit.ctx, SHOPS_MAX).await?;
    let mut named = all.iter().filter(|one| one.name.to_lowercase() == said);
    Ok(match (named.next(), named.next()) {
        (Some(one), None) => Some(one.id),
        _ => None,
    })
}

/// The features on a shop's page; none for those who may not decide.
pub async fn of_shop(shop: &Shop, visit: &Visit, id: TenantId) -> Vec<ShopFeatureRow> {
    if !visit.may(Permission::ManageSystem) {
        return Vec::new();
    }
    let found = shop.features.of_shop(&visit.ctx, id).await.unwrap_or_default();
    found
        .iter()
        .map(|state| ShopFeatureRow {
            name: name(state.feature, visit.locale),
            status: status(state.on, visit.locale),
            is_on: state.on,
            is_own: state.own.is_some(),
            action: own_action(id, state.feature.name()),
        })
        .collect()
}

//! Step 1: who gets it, and where.

use super::{address_lines, is_downloaded, passage, shown_passage, summary};
use crate::views::checkout::{AddressForm, CheckoutAddressPage, SavedAddress, Step};
use crate::views::common::{Choice, Field};
use crate::web::Shop;
use crate::web::draft::Draft;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect};
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use contracts::Address;
use kernel::geo;
use serde::Deserialize;

const LINE_CHARS_MAX: usize = 120;
/// Addresses offered again.
const USED_SHOWN: usize = 4;

#[derive(Deserialize)]
pub struct Chosen {
    /// Which of the addresses used before fills the form.
    used: Option<usize>,
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    headers: HeaderMap,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Failure> {
    let mut draft = Draft::read(&headers);
    if draft.email.is_empty()
        && let Some(principal) = &visit.principal
    {
        draft.email.clone_from(&principal.email);
    }
    let used = used_before(&shop, &visit).await;
    let wanted = match chosen.used {
        Some(place) => used.get(place),
        None if draft.address.is_none() => used.first(),
        None => None,
    };
    if let Some(address) = wanted {
        draft.address = Some(address.clone());
    }
    let form = filled(&draft, &visit);
    let email = Field::of(draft.email.clone());
    show(&shop, &visit, draft, email, form, &used).await
}

/// Where a signed-in buyer's orders went before, the latest first.
async fn used_before(shop: &Shop, visit: &Visit) -> Vec<Address> {
    let Some(principal) = &visit.principal else {
        return Vec::new();
    };
    // They spare typing and nothing more: without them the form is empty.
    let used = shop.order_desk.addresses(&visit.ctx, principal.user).await;
    let mut used = used.unwrap_or_default();
    used.truncate(USED_SHOWN);
    used
}

pub async fn submit(
    State(shop): State<Shop>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Failure> {
    let mut draft = Draft::read(&headers);
    let visit = &posted.visit;
    let (email, mut form, address) = read(&posted);
    draft.email.clone_from(&email.value);
    let Some(address) = address else {
        let used = used_before(&shop, visit).await;
        return show(&shop, visit, draft, email, form, &used).await;
    };
    // Another place may mean other ways of delivery: they are chosen anew.
    draft.delivery.clear();
    draft.address = Some(address);
    let Ok(cookie) = draft.cookie(&shop, visit) else {
        form.line1.error = Some(visit.locale.t("refusal.draft_too_large").to_string());
        let used = used_before(&shop, visit).await;
        return show(&shop, visit, draft, email, form, &used).await;
    };
    // Of what is downloaded nothing is sent, so that there is nothing to choose.
    let sent = match passage(&shop, visit, draft.clone()).await? {
        Some(passage) => !passage.quote.groups.iter().all(is_downloaded),
        None => true,
    };
    let mut response = redirect(match sent {
        true => "/checkout/delivery",
        false => "/checkout/payment",
    });
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    draft: Draft,
    email: Field,
    address: AddressForm,
    used: &[Address],
) -> Result<Response, Failure> {
    let saved = |(place, one): (usize, &Address)| SavedAddress {
        label: address_lines(one, visit).join(", "),
        href: format!("/checkout/address?used={place}"),
        current: draft.address.as_ref() == Some(one),
    };
    let saved = used.iter().enumerate().map(saved).collect();
    let undelivered = Draft {
        address: None,
        ..draft
    };
    let Some(passage) = shown_passage(shop, visit, undelivered).await? else {
        return Ok(redirect("/cart"));
    };
    let view = CheckoutAddressPage {
        page: visit.keyed_page(shop, "checkout.address.title").await,
        step: Step::Address,
        summary: summary(visit, &passage.quote),
        email,
        address,
        saved,
    };
    Ok(visit.show(shop, &view))
}

fn filled(draft: &Draft, visit: &Visit) -> AddressForm {
    let field = |get: fn(&Address) -> &str| Field::of(draft.address.as_ref().map_or("", get));
    let name = visit.principal.as_ref().map_or("", |p| p.name.as_str());
    let country = draft.address.as_ref().map_or("ES", |a| a.country.as_str());
    let region = draft
        .address
        .as_ref()
        .and_then(|a| a.region.as_deref())
        .unwrap_or("");
    AddressForm {
        name: draft
            .address
            .as_ref()
            .map_or_else(|| Field::of(name), |a| Field::of(a.name.clone())),
        line1: field(|a| &a.line1),
        line2: field(|a| a.line2.as_deref().unwrap_or("")),
        postcode: field(|a| &a.postcode),
        city: field(|a| &a.city),
        province: Field::of(region),
        provinces: provinces(region),
        country: Field::of(country),
        countries: countries(country, visit),
        phone: field(|a| a.phone.as_deref().unwrap_or("")),
    }
}

/// A line of an address, with a word if it is too long.
fn limited(text: &str, visit: &Visit) -> Field {
    if text.chars().count() > LINE_CHARS_MAX {
        Field::wrong(text, visit.locale.t("form.too_long").to_string())
    } else {
        Field::of(text)
    }
}

/// The form as it was sent, with what is wrong with it; and the address, if nothing is.
fn read(posted: &Posted) -> (Field, AddressForm, Option<Address>) {
    let visit = &posted.visit;
    let required = |name: &str| match posted.get(name) {
        "" => Field::wrong("", visit.locale.t("form.required").to_string()),
        text => limited(text, visit),
    };
    let mut email = required("email");
    let well_formed = email
        .value
        .split_once('@')
        .is_some_and(|(who, host)| !who.is_empty() && host.contains('.') && !host.contains('@'))
        && !email
            .value
            .contains(|c: char| c.is_whitespace() || c.is_control());
    if email.error.is_none() && !well_formed {
        email.error = Some(visit.locale.t("form.email_wrong").to_string());
    }
    let (country, postcode) = (
        posted.get("country").to_owned(),
        posted.get("postcode").to_owned(),
    );
    // Provinces are Spain's: whoever moves the parcel abroad need not clear the field.
    let stated = Some(posted.get("province"))
        .filter(|p| !p.is_empty() && country == "ES")
        .map(str::to_owned);
    let region = stated.or_else(|| geo::region_of_postcode(&postcode, &country).map(str::to_owned));
    let mut form = AddressForm {
        name: required("name"),
        line1: required("line1"),
        line2: limited(posted.get("line2"), visit),
        postcode: required("postcode"),
        city: required("city"),
        province: Field::of(region.clone().unwrap_or_default()),
        provinces: provinces(region.as_deref().unwrap_or("")),
        country: required("country"),
        countries: countries(&country, visit),
        phone: limited(posted.get("phone"), visit),
    };
    if let Err(errors) = geo::validate_location(&country, region.as_deref(), &postcode) {
        for error in errors {
            let field = match error.pointer.trim_start_matches('/') {
                "country" => &mut form.country,
                "region" => &mut form.province,
                _ => &mut form.postcode,
            };
            field
                .error
                .get_or_insert_with(|| misplaced(&error.pointer, &country, &postcode, visit));
        }
    }
    let optional = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
    let fields = [
        &form.name,
        &form.line1,
        &form.line2,
        &form.phone,
        &form.postcode,
        &form.city,
        &form.country,
        &form.province,
        &email,
    ];
    let address = fields.iter().all(|f| f.error.is_none()).then(|| Address {
        name: form.name.value.clone(),
        line1: form.line1.value.clone(),
        line2: optional(&form.line2.value),
        postcode,
        city: form.city.value.clone(),
        region,
        country,
        phone: optional(&form.phone.value),
    });
    (email, form, address)
}

/// What is wrong with a part of a place.
fn misplaced(pointer: &str, country: &str, postcode: &str, visit: &Visit) -> String {
    let name = pointer.trim_start_matches('/');
    let lies_in = geo::region_of_postcode(postcode, country).and_then(geo::subdivision);
    match lies_in.filter(|_| name == "postcode") {
        Some(province) => visit
            .locale
            .t("refusal.postcode_elsewhere")
            .arg("province", province.name)
            .to_string(),
        None => visit.locale.t(&format!("refusal.at.{name}")).to_string(),
    }
}

pub fn countries(current: &str, visit: &Visit) -> Vec<Choice> {
    let spanish = visit.locale == crate::i18n::Locale::Es;
    let mut all: Vec<Choice> = geo::countries()
        .iter()
        .map(|c| Choice::new(c.code, if spanish { c.name_es } else { c.name }))
        .collect();
    all.sort_by(|a, b| a.label.cmp(&b.label));
    Choice::select(all, current)
}

/// Spanish provinces; other countries do without.
pub fn provinces(current: &str) -> Vec<Choice> {
    let mut all: Vec<Choice> = geo::spanish_provinces()
        .iter()
        .map(|p| Choice::new(p.code, p.name))
        .collect();
    all.sort_by(|a, b| a.label.cmp(&b.label));
    Choice::select(all, current)
}

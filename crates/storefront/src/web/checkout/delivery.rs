//! Step 2: how each seller sends it.

use super::{Passage, address_lines, is_downloaded, passage, shown_passage, summary, window};
use crate::views::checkout::{CheckoutDeliveryPage, DeliveryChoice, DeliveryOption, Step};
use crate::views::common::Price;
use crate::web::draft::Draft;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::{Visit, redirect};
use crate::web::{Shop, cards};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use contracts::checkout::{QuoteGroup, Unserved};
use contracts::tenants::Shop as Seller;

pub async fn page(State(shop): State<Shop>, visit: Visit, headers: HeaderMap) -> Result<Response, Failure> {
    let draft = Draft::read(&headers);
    if draft.address.is_none() {
        return Ok(redirect("/checkout/address"));
    }
    let Some(passage) = shown_passage(&shop, &visit, draft).await? else {
        return Ok(redirect("/cart"));
    };
    let tenants = passage.quote.groups.iter().map(|g| g.tenant).collect();
    let sellers = shop.tenants.shops(&visit.ctx, tenants).await?;
    let view = view(&shop, &visit, &passage, &sellers).await;
    Ok(visit.show(&shop, &view))
}

async fn view(shop: &Shop, visit: &Visit, passage: &Passage, sellers: &[Seller]) -> CheckoutDeliveryPage {
    let ship_to = passage
        .draft
        .address
        .as_ref()
        .map(|a| address_lines(a, visit).join(", "))
        .unwrap_or_default();
    let of = |group: &QuoteGroup| {
        let seller = sellers.iter().find(|s| s.id == group.tenant);
        choice(group, seller, visit)
    };
    CheckoutDeliveryPage {
        page: visit.keyed_page(shop, "checkout.delivery.title").await,
        step: Step::Delivery,
        summary: summary(visit, &passage.quote),
        ship_to,
        sellers: passage.quote.groups.iter().map(of).collect(),
    }
}

fn choice(group: &QuoteGroup, seller: Option<&Seller>, visit: &Visit) -> DeliveryChoice {
    let locale = visit.locale;
    let refused = group.options.is_empty().then(|| {
        locale
            .t(match group.unserved {
                Some(Unserved::TooHeavy) => "delivery.refused_heavy",
                _ => "delivery.refused",
            })
            .arg("seller", &group.shop_name)
            .to_string()
    });
    DeliveryChoice {
        name: format!("delivery.{}", group.tenant),
        seller: group.shop_name.clone(),
        place: seller
            .map(|s| cards::place(&s.location, locale))
            .unwrap_or_default(),
        items: group
            .lines
            .iter()
            .map(|l| format!("{} × {}", l.quantity, l.offer.title))
            .collect(),
        is_downloaded: is_downloaded(group),
        options: group
            .options
            .iter()
            .filter(|_| !is_downloaded(group))
            .map(|option| DeliveryOption {
                value: option.code.clone(),
                label: option.name.clone(),
                window: window(option, &group.lines, visit),
                price: (option.price.amount > 0).then(|| Price::new(locale, option.price)),
                selected: group.chosen.as_deref() == Some(option.code.as_str()),
            })
            .collect(),
        refused,
    }
}

pub async fn submit(
    State(shop): State<Shop>,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Failure> {
    let mut draft = Draft::read(&headers);
    // Without an address there is nothing to choose from.
    if draft.address.is_none() {
        return Ok(redirect("/checkout/address"));
    }
    draft.delivery.clear();
    let Some(passage) = passage(&shop, &posted.visit, draft.clone()).await? else {
        return Ok(redirect("/cart"));
    };
    let unchosen = |tenant| passage.quote.groups.iter().find(|g| g.tenant == tenant);
    draft.delivery = posted
        .with_prefix("delivery.")
        .filter_map(|(tenant, code)| {
            let tenant = tenant.parse().ok()?;
            // What is had without choosing need not be remembered: the draft has little room.
            let differs = unchosen(tenant)?.chosen.as_deref() != Some(code);
            differs.then(|| contracts::checkout::DeliveryChoice {
                tenant,
                code: code.to_owned(),
            })
        })
        .collect();
    let mut response = redirect("/checkout/payment");
    response
        .headers_mut()
        .append(header::SET_COOKIE, draft.cookie(&shop, &posted.visit)?);
    Ok(response)
}

//! A seller opens a shop: the person and the tenant at once.

use super::{field, open_session, registration};
use crate::views::auth::OpenShopPage;
use crate::views::common::Field;
use crate::web::Shop;
use crate::web::checkout::address::{countries, provinces};
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use contracts::tenants::{ApplyForShop, Location};
use kernel::{Currency, Fault, Kind};

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Response {
    let page = visit.keyed_page(&shop, "open_shop.title").await;
    let empty = Field::default;
    let view = OpenShopPage {
        page,
        shop_name: empty(),
        slug: empty(),
        country: Field::of("ES"),
        countries: countries("ES", &visit),
        province: empty(),
        provinces: provinces(""),
        postcode: empty(),
        about: empty(),
        name: empty(),
        email: empty(),
        password: empty(),
        slug_prefix: slug_prefix(&shop),
    };
    visit.show(&shop, &view)
}

pub async fn submit(State(shop): State<Shop>, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    match open(&shop, &posted).await {
        Ok(response) => Ok(response),
        Err(fault) if fault.kind == Kind::Internal || fault.kind == Kind::Unavailable => Err(Failure(fault)),
        Err(fault) => Ok(show_refused(&shop, visit, &posted, &fault).await),
    }
}

async fn open(shop: &Shop, posted: &Posted) -> Result<Response, Fault> {
    let visit = &posted.visit;
    let text = |name: &str| posted.get(name).to_owned();
    let province = Some(text("province")).filter(|p| !p.is_empty());
    let application = ApplyForShop {
        name: text("shop_name"),
        slug: Some(text("slug")).filter(|s| !s.is_empty()),
        story: text("about"),
        currency: Currency::EUR,
        location: Location {
            country: text("country"),
            region: province.or_else(|| {
                kernel::geo::region_of_postcode(posted.get("postcode"), posted.get("country"))
                    .map(str::to_owned)
            }),
            postcode: text("postcode"),
            town: text("town"),
        },
        accent: None,
        return_policy: String::new(),
        delivery: Vec::new(),
    };
    let owner = match &visit.principal {
        Some(principal) => principal.user,
        None => shop.identity.register(&visit.ctx, registration(posted)).await?,
    };
    shop.tenants.apply(&visit.ctx, owner, application).await?;
    open_session(
        shop,
        visit,
        posted.get("email"),
        posted.raw("password"),
        "/account",
    )
    .await
}

async fn show_refused(shop: &Shop, visit: &Visit, posted: &Posted, fault: &Fault) -> Response {
    let named = |input: &str, pointer: &str| {
        let error = fault
            .fields
            .iter()
            .find(|f| f.pointer.ends_with(pointer))
            .map(|f| f.detail.clone());
        Field {
            value: posted.get(input).to_owned(),
            error,
        }
    };
    let view = OpenShopPage {
        page: visit.keyed_page(shop, "open_shop.title").await,
        shop_name: named("shop_name", "name"),
        slug: named("slug", "slug"),
        country: named("country", "country"),
        countries: countries(posted.get("country"), visit),
        province: named("province", "region"),
        provinces: provinces(posted.get("province")),
        postcode: named("postcode", "postcode"),
        about: named("about", "story"),
        name: named("name", "/name"),
        email: field(posted, fault, "email"),
        password: Field {
            value: String::new(),
            ..named("password", "password")
        },
        slug_prefix: slug_prefix(shop),
    };
    visit.show(shop, &view)
}

fn slug_prefix(shop: &Shop) -> String {
    format!(
        "{}/shop/",
        shop.public_url
            .trim_start_matches("https://")
            .trim_start_matches("http://")
    )
}

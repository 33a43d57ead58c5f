//! A seller opens a shop: the person, unless they are signed in, and the tenant.

use super::{field, missing, open_session, registration};
use crate::views::auth::OpenShopPage;
use crate::views::common::Field;
use crate::web::Shop;
use crate::web::checkout::address::{countries, provinces};
use crate::web::failure::{Failure, is_ours};
use crate::web::posted::Posted;
use crate::web::private::Private;
use crate::web::visit::{Visit, redirect, redirect_done};
use axum::Extension;
use axum::extract::State;
use axum::http::header;
use axum::response::Response;
use contracts::identity::Audience;
use contracts::tenants::{ApplyForShop, Location};
use httpkit::Auth;
use kernel::{Currency, Fault, UserId, geo};

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Response {
    // Who sells already has a shop, and looks after it elsewhere.
    if visit
        .principal
        .as_ref()
        .is_some_and(|p| p.audience == Audience::Seller)
    {
        return redirect("/seller");
    }
    let empty = Field::default;
    let view = OpenShopPage {
        page: visit.keyed_page(&shop, "open_shop.title").await,
        signed_in: signed_in(&visit),
        shop_name: empty(),
        slug: empty(),
        country: Field::of("ES"),
        countries: countries("ES", &visit),
        province: empty(),
        provinces: provinces(""),
        postcode: empty(),
        town: empty(),
        about: empty(),
        name: empty(),
        email: empty(),
        password: empty(),
        error: None,
        slug_prefix: slug_prefix(&shop),
    };
    visit.show(&shop, &view)
}

fn signed_in(visit: &Visit) -> Option<String> {
    visit.principal.as_ref().map(|p| p.email.clone())
}

pub async fn submit(
    State(shop): State<Shop>,
    Extension(auth): Extension<Auth>,
    _: Private,
    posted: Posted,
) -> Result<Response, Failure> {
    let visit = &posted.visit;
    if let Some(principal) = &visit.principal {
        return match apply(&shop, &posted, principal.user).await {
            Ok(()) => {
                // From now on this session works for the shop.
                visit.forget(&auth);
                Ok(redirect_done("/seller", "applied"))
            }
            Err(fault) => refused(&shop, &posted, fault).await,
        };
    }
    let user = match shop.identity.register(&visit.ctx, registration(&posted)).await {
        Ok(user) => user,
        Err(fault) => return refused(&shop, &posted, fault).await,
    };
    let applied = apply(&shop, &posted, user).await;
    let (email, password) = (posted.get("email"), posted.raw("password"));
    let entered = open_session(&shop, visit, email, password, "/seller?done=applied").await?;
    match applied {
        Ok(()) => Ok(entered),
        // The account is made: who corrects the shop's fields must not be told that their address is taken.
        Err(fault) => {
            let mut response = refused_as(&shop, &posted, fault, Some(email.to_owned())).await?;
            for cookie in entered.headers().get_all(header::SET_COOKIE) {
                response.headers_mut().append(header::SET_COOKIE, cookie.clone());
            }
            Ok(response)
        }
    }
}

async fn apply(shop: &Shop, posted: &Posted, owner: UserId) -> Result<(), Fault> {
    let text = |name: &str| posted.get(name).to_owned();
    let application = ApplyForShop {
        name: text("shop_name"),
        slug: Some(text("slug")).filter(|s| !s.is_empty()),
        story: text("about"),
        currency: Currency::EUR,
        location: location(posted),
        accent: None,
        return_policy: String::new(),
        return_days: 14,
        delivery: Vec::new(),
    };
    shop.tenants.apply(&posted.visit.ctx, owner, application).await?;
    Ok(())
}

/// The place in a form; the province follows from the postcode where none is chosen.
pub fn location(posted: &Posted) -> Location {
    let text = |name: &str| posted.get(name).to_owned();
    let stated = Some(text("province")).filter(|p| !p.is_empty() && posted.get("country") == "ES");
    let known = || geo::region_of_postcode(posted.get("postcode"), posted.get("country")).map(str::to_owned);
    Location {
        country: text("country"),
        region: stated.or_else(known),
        postcode: text("postcode"),
        town: text("town"),
    }
}

async fn refused(shop: &Shop, posted: &Posted, fault: Fault) -> Result<Response, Failure> {
    refused_as(shop, posted, fault, signed_in(&posted.visit)).await
}

async fn refused_as(
    shop: &Shop,
    posted: &Posted,
    fault: Fault,
    signed_in: Option<String>,
) -> Result<Response, Failure> {
    if is_ours(&fault) {
        return Err(Failure(fault));
    }
    let visit = &posted.visit;
    // The shop and the person both have a name; only a refused application names the shop's.
    let of_person = signed_in.is_none() && fault.fields.iter().all(|f| !f.pointer.contains("location"));
    let named = |input: &str, pointer: &str| Field {
        value: posted.get(input).to_owned(),
        error: visit.tell_field(&fault, pointer),
    };
    let asked = |input: &str, pointer: &str| Field {
        error: missing(posted, input).or_else(|| visit.tell_field(&fault, pointer)),
        value: posted.get(input).to_owned(),
    };
    let plain = |input: &str| Field {
        error: missing(posted, input),
        value: posted.get(input).to_owned(),
    };
    let view = OpenShopPage {
        page: visit.keyed_page(shop, "open_shop.title").await,
        shop_name: if of_person {
            plain("shop_name")
        } else {
            asked("shop_name", "/name")
        },
        slug: named("slug", "/slug"),
        country: named("country", "/country"),
        countries: countries(posted.get("country"), visit),
        province: named("province", "/region"),
        provinces: provinces(posted.get("province")),
        postcode: asked("postcode", "/postcode"),
        town: asked("town", "/town"),
        about: named("about", "/story"),
        name: if of_person {
            asked("name", "/name")
        } else {
            plain("name")
        },
        email: field(posted, &fault, "/email"),
        password: Field {
            value: String::new(),
            ..asked("password", "/password")
        },
        error: fault.fields.is_empty().then(|| visit.tell(&fault)),
        slug_prefix: slug_prefix(shop),
        signed_in,
    };
    Ok(visit.show(shop, &view))
}

fn slug_prefix(shop: &Shop) -> String {
    format!(
        "{}/shop/",
        shop.public_url
            .trim_start_matches("https://")
            .trim_start_matches("http://")
    )
}

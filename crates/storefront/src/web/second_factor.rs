//! The second factor of one's account: an app that shows codes, turned on and off.

use super::Shop;
use super::failure::{Failure, is_ours};
use super::posted::Posted;
use super::private::Private;
use super::visit::{Visit, redirect, redirect_done};
use crate::qr::picture_of;
use crate::views::common::Field;
use crate::views::page::Page;
use crate::views::second_factor::{FactorSetup, SecondFactorPage};
use axum::extract::State;
use axum::response::Response;
use contracts::identity::{FactorProof, FactorSecret, FactorStanding};
use kernel::{Fault, Kind};

const PATH: &str = "/account/second-factor";
/// Letters of a secret that stand together.
const GROUP: usize = 4;

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    show(&shop, &visit, None).await
}

async fn show(shop: &Shop, visit: &Visit, refused: Option<&Fault>) -> Result<Response, Failure> {
    let user = visit.user()?;
    let (page, standing) = futures::join!(
        visit.keyed_page(shop, "second.title"),
        shop.second_factors.standing(&visit.ctx, user),
    );
    // The secret of an app is on it.
    Ok(visit.show_once(shop, &view(visit, page, standing?, refused)))
}

fn view(visit: &Visit, page: Page, standing: FactorStanding, refused: Option<&Fault>) -> SecondFactorPage {
    let locale = visit.locale;
    let on_since = |at: kernel::DateTime| {
        let date = locale.date(at.date_naive());
        locale.t("second.on_since").arg("date", date).to_string()
    };
    let field = |pointer: &str| Field {
        value: String::new(),
        error: refused.and_then(|fault| visit.tell_field(fault, pointer)),
    };
    SecondFactorPage {
        page,
        error: refused
            .filter(|fault| fault.fields.is_empty())
            .map(|fault| told(visit, fault)),
        password: field("/password"),
        code: field("/code"),
        setup: standing.pending.map(setup),
        on: standing.on_since.map(on_since),
        codes_left: u64::from(standing.recovery_codes_left),
        codes: Vec::new(),
    }
}

fn setup(secret: FactorSecret) -> FactorSetup {
    let letters: Vec<char> = secret.secret.chars().collect();
    let groups: Vec<String> = letters
        .chunks(GROUP)
        .map(|group| group.iter().collect())
        .collect();
    FactorSetup {
        picture: picture_of(&secret.uri),
        secret: groups.join(" "),
        uri: secret.uri,
    }
}

/// What a refusal of the form as a whole says.
fn told(visit: &Visit, fault: &Fault) -> String {
    match fault.kind {
        Kind::TooMany => visit.locale.t("sign_in.locked").to_string(),
        _ => visit.tell(fault),
    }
}

/// The page once more, with what was wrong.
async fn refused(shop: &Shop, visit: &Visit, fault: Fault) -> Result<Response, Failure> {
    if is_ours(&fault) {
        return Err(Failure(fault));
    }
    show(shop, visit, Some(&fault)).await
}

/// Recovery codes, in this answer and in no other.
async fn show_codes(shop: &Shop, visit: &Visit, codes: Vec<String>) -> Response {
    let page = visit.keyed_page(shop, "second.title").await;
    let bare = view(visit, page, FactorStanding::default(), None);
    visit.show_once(shop, &SecondFactorPage { codes, ..bare })
}

pub async fn start(State(shop): State<Shop>, _: Private, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let user = visit.user()?;
    let password = posted.raw("password").to_owned();
    let started = shop
        .second_factors
        .start(&visit.ctx, user, password, visit.address.clone())
        .await;
    match started {
        Ok(()) => Ok(redirect(PATH)),
        Err(fault) => refused(&shop, visit, fault).await,
    }
}

pub async fn confirm(State(shop): State<Shop>, _: Private, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let user = visit.user()?;
    let code = posted.get("code").to_owned();
    match shop.second_factors.confirm(&visit.ctx, user, code).await {
        Ok(codes) => Ok(show_codes(&shop, visit, codes).await),
        Err(fault) => refused(&shop, visit, fault).await,
    }
}

fn proof(posted: &Posted) -> FactorProof {
    FactorProof {
        password: posted.raw("password").to_owned(),
        code: posted.get("code").to_owned(),
        address: posted.visit.address.clone(),
    }
}

pub async fn renew_codes(State(shop): State<Shop>, _: Private, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let user = visit.user()?;
    match shop
        .second_factors
        .renew_codes(&visit.ctx, user, proof(&posted))
        .await
    {
        Ok(codes) => Ok(show_codes(&shop, visit, codes).await),
        Err(fault) => refused(&shop, visit, fault).await,
    }
}

pub async fn turn_off(State(shop): State<Shop>, _: Private, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let user = visit.user()?;
    match shop
        .second_factors
        .turn_off(&visit.ctx, user, proof(&posted))
        .await
    {
        Ok(()) => Ok(redirect_done(PATH, "factor_off")),
        Err(fault) => refused(&shop, visit, fault).await,
    }
}

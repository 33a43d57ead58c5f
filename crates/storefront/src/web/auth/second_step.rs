//! The second step of signing in, where the password is not enough.

use super::{enter, show_sign_in};
use crate::views::common::Field;
use crate::views::second_factor::SecondStepPage;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::posted::Posted;
use crate::web::private::Private;
use crate::web::visit::Visit;
use axum::extract::State;
use axum::response::Response;
use contracts::identity::FinishSignIn;
use kernel::{Fault, Kind};

/// Asks for a code, after a right password was refused with a challenge.
pub async fn ask(shop: &Shop, visit: &Visit, fault: &Fault, next: &str) -> Response {
    let challenge = fault.extra.get("challenge").and_then(|value| value.as_str());
    show(shop, visit, challenge.unwrap_or_default(), next, None).await
}

async fn show(shop: &Shop, visit: &Visit, challenge: &str, next: &str, error: Option<String>) -> Response {
    let page = visit.keyed_page(shop, "second_step.title").await;
    let view = SecondStepPage {
        page,
        error,
        challenge: challenge.to_owned(),
        next: next.to_owned(),
    };
    // The challenge is half of a sign-in.
    visit.show_once(shop, &view)
}

pub async fn finish(State(shop): State<Shop>, _: Private, posted: Posted) -> Result<Response, Failure> {
    let visit = &posted.visit;
    let (challenge, next) = (posted.get("challenge"), posted.get("next"));
    let request = FinishSignIn {
        challenge: challenge.to_owned(),
        code: posted.get("code").to_owned(),
        device: visit.device.clone(),
        address: visit.address.clone(),
    };
    let fault = match shop.second_factors.finish(&visit.ctx, request).await {
        Ok(session) => return Ok(enter(&shop, visit, session, next).await),
        Err(fault) => fault,
    };
    let say = |key: &str| Some(visit.locale.t(key).to_string());
    match fault.kind {
        Kind::Internal | Kind::Unavailable => Err(Failure(fault)),
        Kind::TooMany => Ok(show(&shop, visit, challenge, next, say("sign_in.locked")).await),
        _ if fault.code == "one_time_code_invalid" => {
            Ok(show(&shop, visit, challenge, next, say("second_step.wrong")).await)
        }
        // The challenge is over: the password is asked for again.
        _ => Ok(show_sign_in(&shop, visit, Field::default(), say("second_step.over"), next).await),
    }
}

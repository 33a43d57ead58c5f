//! Forms with a password in them.

use super::Shop;
use super::failure::Failure;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use httpkit::{Confidential, Problem};

/// In the signature of whoever takes a password: what others could read on its way is refused.
pub struct Private;

impl FromRequestParts<Shop> for Private {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, shop: &Shop) -> Result<Self, Failure> {
        match Confidential::from_request_parts(parts, shop).await {
            Ok(Confidential) => Ok(Self),
            Err(Problem(fault)) => Err(Failure(fault)),
        }
    }
}

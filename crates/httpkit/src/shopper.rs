use crate::{Anyone, Problem};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use contracts::cart::CartOwner;
use contracts::identity::Principal;
use kernel::{Ctx, Fault};

/// Bytes of a guest's cart token.
const CART_TOKEN_BYTES: std::ops::RangeInclusive<usize> = 20..=128;

/// Somebody with a cart: a signed-in buyer, or a guest who carries `X-Cart-Token`. A guest without one has no cart yet.
#[derive(Clone, Debug)]
pub struct Shopper {
    pub ctx: Ctx,
    pub principal: Option<Principal>,
    pub owner: Option<CartOwner>,
}

/// The header that guests carry.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
pub struct CartToken {
    /// A guest's cart, by the secret that came with it. Not needed with an access token.
    #[param(rename = "X-Cart-Token", value_type = Option<String>, min_length = 20, max_length = 128)]
    pub token: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Shopper {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Anyone { ctx, principal } = Anyone::from_request_parts(parts, state).await?;
        if let Some(principal) = principal {
            let owner = Some(CartOwner::User(principal.user));
            return Ok(Self {
                ctx,
                principal: Some(principal),
                owner,
            });
        }
        let owner = match parts.headers.get("x-cart-token") {
            None => None,
            Some(value) => {
                let token = value
                    .to_str()
                    .ok()
                    .filter(|t| CART_TOKEN_BYTES.contains(&t.len()))
                    .ok_or_else(|| {
                        Problem(Fault::field(
                            "cart_token",
                            "X-Cart-Token",
                            "This is not a cart token. Leave it out to begin a new cart.",
                        ))
                    })?;
                Some(CartOwner::Guest(token.to_owned()))
            }
        };
        Ok(Self {
            ctx,
            principal: None,
            owner,
        })
    }
}

use crate::auth::wrong_audience;
use crate::extract::{Said, header_once};
use crate::{Anyone, Problem};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use contracts::cart::CartOwner;
use contracts::identity::{Audience, Principal};
use kernel::{Actor, Ctx, Fault, Permission};

/// Bytes of a guest's cart token.
const CART_TOKEN_BYTES: std::ops::RangeInclusive<usize> = 20..=128;

/// Somebody with a cart: a signed-in buyer, or a guest who carries `X-Cart-Token`. A guest without one has no cart yet.
#[derive(Clone, Debug)]
pub struct Shopper {
    pub ctx: Ctx,
    pub principal: Option<Principal>,
    pub owner: Option<CartOwner>,
}

/// Who may read an order: its owner, or (`None`) an operator who may read any.
#[derive(Clone, Debug)]
pub struct OrderReader {
    pub ctx: Ctx,
    pub owner: Option<CartOwner>,
}

impl<S: Send + Sync> FromRequestParts<S> for OrderReader {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Anyone { ctx, .. } = Anyone::from_request_parts(parts, state).await?;
        if let Actor::Operator { role, .. } = ctx.actor
            && role.may(Permission::ReadAnyOrder)
        {
            return Ok(Self { ctx, owner: None });
        }
        let Shopper { ctx, owner, .. } = Shopper::from_request_parts(parts, state).await?;
        // Somebody without a token and without a cart owns nothing.
        let owner = owner.ok_or_else(|| Fault::not_found("order"))?;
        Ok(Self {
            ctx,
            owner: Some(owner),
        })
    }
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
        let guest = guest_of(parts)?;
        let owner = match &principal {
            // A seller or an operator shops with a buyer's token, as everybody does.
            Some(principal) if principal.audience != Audience::Buyer => {
                return Err(Problem(wrong_audience(Audience::Buyer)));
            }
            Some(principal) => Some(CartOwner::User(principal.user)),
            None => guest,
        };
        Ok(Self {
            ctx,
            principal,
            owner,
        })
    }
}

/// The guest's cart that the request names, if it names one.
fn guest_of(parts: &Parts) -> Result<Option<CartOwner>, Problem> {
    let said = match header_once(parts, "x-cart-token") {
        Said::Not => return Ok(None),
        Said::Once(token) => token.to_str().ok(),
        Said::Unclear => None,
    };
    let token = said
        .filter(|t| CART_TOKEN_BYTES.contains(&t.len()))
        .ok_or_else(|| {
            Problem(Fault::field(
                "cart_token",
                "X-Cart-Token",
                "This is not a cart token. Leave it out to begin a new cart.",
            ))
        })?;
    Ok(Some(CartOwner::Guest(token.to_owned())))
}

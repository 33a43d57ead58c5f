use super::Visitor;
use crate::{Accounts, SignInAs, TokenPair};
use axum::extract::State;
use contracts::identity::{Audience, SignIn};
use httpkit::{Confidential, Json, Problem, ProblemDocument};
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = LoginRequest)]
#[serde(deny_unknown_fields)]
pub struct Request {
    #[schema(example = "lucia@example.org")]
    email: String,
    #[schema(format = Password)]
    password: String,
    /// Whom the token is for; `buyer` if absent.
    #[serde(default = "buyer")]
    audience: Audience,
    /// Slug or id of the shop, for staff of several.
    #[serde(default)]
    #[schema(example = "alfareria-romero")]
    shop: Option<String>,
}

fn buyer() -> Audience {
    Audience::Buyer
}

/// Signs in. Three wrong passwords in a row lock the address for a growing time, whether it has an account or not.
/// Whoever has a second factor is led on to it.
#[utoipa::path(
    post, path = "/v1/auth/login", tag = "identity", operation_id = "login",
    request_body = Request, security(()),
    responses(
        (status = 200, body = TokenPair),
        (status = 400, body = ProblemDocument, description = "`email_invalid`, `field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`credentials_invalid`; `second_factor_needed` with `challenge` and `expires_at`: go on at `/v1/auth/second-factor`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`audience_not_granted`, `not_staff`, `insecure_transport`: plain HTTP from another machine", content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, description = "`shop_ambiguous` with `shops`", content_type = "application/problem+json"),
        (status = 429, body = ProblemDocument, description = "`account_locked` with `locked_until`, `rate_limited`", content_type = "application/problem+json"),
        (status = 503, body = ProblemDocument, description = "`unavailable`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(accounts): State<Accounts>,
    visitor: Visitor,
    _: Confidential,
    Json(request): Json<Request>,
) -> Result<Json<TokenPair>, Problem> {
    let sign_in = SignInAs {
        sign_in: SignIn {
            email: request.email,
            password: request.password,
            device: visitor.device,
            address: visitor.address,
        },
        audience: request.audience,
        shop: request.shop,
    };
    Ok(Json(accounts.login(&visitor.ctx, sign_in).await?))
}

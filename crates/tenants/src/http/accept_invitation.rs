use crate::Shops;
use axum::extract::State;
use contracts::tenants::{Invitee, Joining};
use httpkit::{Buyer, Confidential, Json, Problem, ProblemDocument};
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = AcceptInvitationRequest)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// From the mailed link.
    token: String,
}

/// Accepts an invitation to a shop's staff, by the mailed link and with a buyer's token of the account whose address it
/// was mailed to. Sign in again with audience `seller` to work for the shop.
#[utoipa::path(
    post, path = "/v1/invitations/accept", tag = "tenants", operation_id = "accept_invitation",
    request_body = Request, security(("bearer" = [])),
    responses(
        (status = 200, body = Joining),
        (status = 400, body = ProblemDocument, description = "`link_invalid`, `field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `invited_another`: the link was mailed to another address, `email_unverified`, `insecure_transport`: plain HTTP from another machine", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`already_staff`, `shop_closed`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(shops): State<Shops>,
    buyer: Buyer,
    _: Confidential,
    Json(request): Json<Request>,
) -> Result<Json<Joining>, Problem> {
    let invitee = Invitee {
        user: buyer.user,
        email: buyer.principal.email,
        email_verified: buyer.principal.email_verified,
    };
    let joining = shops
        .accept_invitation(&buyer.ctx, &invitee, &request.token)
        .await?;
    Ok(Json(joining))
}

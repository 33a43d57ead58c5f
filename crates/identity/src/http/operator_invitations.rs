//! Inviting people to work for the marketplace itself, over HTTP.

use crate::Accounts;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::people::OperatorInvitation;
use httpkit::{Admin, Buyer, Confidential, Json, Path, Problem, ProblemDocument, perm};
use kernel::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Serialize, ToSchema)]
#[schema(as = OperatorInvitations)]
pub struct Found {
    /// The latest first, at most 200.
    items: Vec<OperatorInvitation>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = InviteOperatorRequest)]
pub struct Invite {
    #[schema(max_length = 254, example = "pablo@market.example")]
    email: String,
    /// `support`, `moderator`, `finance` or `admin`.
    role: Role,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AcceptOperatorInvitationRequest)]
pub struct Accept {
    /// From the mailed link.
    token: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = JoinedOperators)]
pub struct Joined {
    /// What the account may do for the marketplace from now on.
    role: Role,
}

/// Lists whom administrators invited to work for the marketplace itself.
#[utoipa::path(
    get, path = "/v1/admin/invitations", tag = "identity", operation_id = "list_operator_invitations",
    security(("bearer" = [])),
    responses(
        (status = 200, body = Found),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(accounts): State<Accounts>,
    admin: Admin<perm::ManageSystem>,
) -> Result<Json<Found>, Problem> {
    let items = accounts.operator_invitations(&admin.ctx).await?;
    Ok(Json(Found { items }))
}

/// Invites somebody to work for the marketplace itself, and mails a link that is good once, for seven days. The answer is the
/// same whether the address has an account or none.
#[utoipa::path(
    post, path = "/v1/admin/invitations", tag = "identity", operation_id = "invite_operator",
    request_body = Invite, security(("bearer" = [])),
    responses(
        (status = 201, body = OperatorInvitation),
        (status = 400, body = ProblemDocument, description = "`json_malformed`, `field_invalid`, `email_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`already_invited`, `already_operator`, `invitations_too_many`: at most 100 wait", content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, description = "`role_out_of_place`: it is no role with the marketplace", content_type = "application/problem+json"),
    )
)]
pub async fn invite(
    State(accounts): State<Accounts>,
    admin: Admin<perm::ManageSystem>,
    Json(request): Json<Invite>,
) -> Result<(StatusCode, Json<OperatorInvitation>), Problem> {
    let invited = accounts
        .invite_operator(&admin.ctx, &request.email, request.role)
        .await?;
    Ok((StatusCode::CREATED, Json(invited)))
}

/// Takes an invitation back: its link opens nothing any more. Taken back twice, it changes nothing.
#[utoipa::path(
    delete, path = "/v1/admin/invitations/{id}", tag = "identity", operation_id = "withdraw_operator_invitation",
    params(("id" = String, Path, format = Uuid)), security(("bearer" = [])),
    responses(
        (status = 204, description = "taken back"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`invitation_over`: it was accepted", content_type = "application/problem+json"),
    )
)]
pub async fn withdraw(
    State(accounts): State<Accounts>,
    admin: Admin<perm::ManageSystem>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    accounts.withdraw_invitation(&admin.ctx, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Accepts an invitation to work for the marketplace itself, by the mailed link and with a buyer's token of the account whose
/// address it was mailed to. Sign in again with audience `admin` to work.
#[utoipa::path(
    post, path = "/v1/operator-invitations/accept", tag = "identity", operation_id = "accept_operator_invitation",
    request_body = Accept, security(("bearer" = [])),
    responses(
        (status = 200, body = Joined),
        (status = 400, body = ProblemDocument, description = "`link_invalid`, `json_malformed`, `field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `invited_another`: the link was mailed to another address, `email_unverified`, `insecure_transport`: plain HTTP from another machine", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`already_operator`", content_type = "application/problem+json"),
    )
)]
pub async fn accept(
    State(accounts): State<Accounts>,
    buyer: Buyer,
    _: Confidential,
    Json(request): Json<Accept>,
) -> Result<Json<Joined>, Problem> {
    let role = accounts
        .join_operators(&buyer.ctx, buyer.user, &request.token)
        .await?;
    Ok(Json(Joined { role }))
}

use super::staff::StaffRole;
use crate::Shops;
use crate::domain::{Invitation, InvitationState};
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::{DateTime, Role, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = StaffInvitations)]
pub struct Response {
    /// The latest first, at most 500.
    items: Vec<StaffInvitation>,
}

/// Somebody who is, or was, invited to the shop's staff. Whether they have an account is not told.
#[derive(Serialize, utoipa::ToSchema)]
pub struct StaffInvitation {
    id: Uuid,
    email: String,
    role: Role,
    state: InvitationState,
    invited_at: DateTime,
    /// When the mail went out last.
    sent_at: DateTime,
    /// Until when it can be accepted.
    expires_at: DateTime,
}

impl StaffInvitation {
    fn of(invitation: Invitation, now: Timestamp) -> Self {
        Self {
            state: invitation.state(now),
            id: invitation.id,
            email: invitation.email,
            role: invitation.role,
            invited_at: invitation.invited_at,
            sent_at: invitation.sent_at,
            expires_at: invitation.expires_at,
        }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = InviteStaffRequest)]
#[serde(deny_unknown_fields)]
pub struct Request {
    #[schema(example = "mateo@example.org", max_length = 254)]
    email: String,
    #[schema(value_type = StaffRole, inline)]
    role: Role,
}

/// Whom the shop invited to its staff, and what became of it.
#[utoipa::path(
    get, path = "/v1/seller/invitations", tag = "tenants", operation_id = "list_invitations",
    security(("bearer" = [])),
    responses(
        (status = 200, body = Response),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(shops): State<Shops>,
    seller: Seller<perm::ManageStaff>,
) -> Result<Json<Response>, Problem> {
    let now = seller.ctx.now;
    let invitations = shops.invitations(seller.tenant).await?;
    let items = invitations.into_iter().map(|i| StaffInvitation::of(i, now));
    Ok(Json(Response {
        items: items.collect(),
    }))
}

/// Invites somebody to the staff. A link is mailed to the address, good for seven days; whoever accepts it, signed in with
/// that address, joins, and has no rights before. The answer is the same whether the address has an account or not.
#[utoipa::path(
    post, path = "/v1/seller/invitations", tag = "tenants", operation_id = "invite_staff",
    request_body = Request, security(("bearer" = [])),
    responses(
        (status = 201, body = StaffInvitation),
        (status = 400, body = ProblemDocument, description = "`email_invalid`, `role_invalid`, `field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`already_staff`, `already_invited`, `shop_closed`", content_type = "application/problem+json"),
        (status = 429, body = ProblemDocument, description = "`rate_limited`, with Retry-After: the address was mailed a moment ago", content_type = "application/problem+json"),
    )
)]
pub async fn invite(
    State(shops): State<Shops>,
    seller: Seller<perm::ManageStaff>,
    Json(request): Json<Request>,
) -> Result<(StatusCode, Json<StaffInvitation>), Problem> {
    let invitation = shops
        .invite(&seller.ctx, seller.tenant, &request.email, request.role)
        .await?;
    let told = StaffInvitation::of(invitation, seller.ctx.now);
    Ok((StatusCode::CREATED, Json(told)))
}

/// Mails an invitation again, pending or expired, for another seven days. The link before is void.
#[utoipa::path(
    post, path = "/v1/seller/invitations/{id}/resend", tag = "tenants", operation_id = "resend_invitation",
    params(("id" = String, Path, format = Uuid)), security(("bearer" = [])),
    responses(
        (status = 200, body = StaffInvitation),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`invitation_over` with `state`, `shop_closed`", content_type = "application/problem+json"),
        (status = 429, body = ProblemDocument, description = "`rate_limited`, with Retry-After: it was mailed a moment ago", content_type = "application/problem+json"),
    )
)]
pub async fn resend(
    State(shops): State<Shops>,
    seller: Seller<perm::ManageStaff>,
    Path(id): Path<Uuid>,
) -> Result<Json<StaffInvitation>, Problem> {
    let invitation = shops.resend_invitation(&seller.ctx, seller.tenant, id).await?;
    Ok(Json(StaffInvitation::of(invitation, seller.ctx.now)))
}

/// Takes an invitation back: its link is void. Taken back twice, it changes nothing.
#[utoipa::path(
    delete, path = "/v1/seller/invitations/{id}", tag = "tenants", operation_id = "revoke_invitation",
    params(("id" = String, Path, format = Uuid)), security(("bearer" = [])),
    responses(
        (status = 204, description = "taken back"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`invitation_over` with `state`: it was accepted", content_type = "application/problem+json"),
    )
)]
pub async fn revoke(
    State(shops): State<Shops>,
    seller: Seller<perm::ManageStaff>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    shops.revoke_invitation(&seller.ctx, seller.tenant, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

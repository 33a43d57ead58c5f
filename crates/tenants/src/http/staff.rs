use crate::Shops;
use crate::domain::Member;
use axum::extract::State;
use axum::http::StatusCode;
use httpkit::{Json, Path, Problem, ProblemDocument, Seller, perm};
use kernel::{DateTime, Role, UserId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Staff)]
pub struct Response {
    items: Vec<StaffMember>,
}

/// Somebody who works for the shop.
#[derive(Serialize, utoipa::ToSchema)]
pub struct StaffMember {
    id: Uuid,
    email: String,
    user: UserId,
    role: Role,
    joined_at: DateTime,
}

impl From<Member> for StaffMember {
    fn from(member: Member) -> Self {
        Self {
            id: member.id,
            email: member.email,
            user: member.user,
            role: member.role,
            joined_at: member.joined_at,
        }
    }
}

/// The roles that staff of a shop may have; the marketplace knows others.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "only described")]
pub(super) enum StaffRole {
    Owner,
    Manager,
    Clerk,
    Analyst,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = SetStaffRoleRequest)]
#[serde(deny_unknown_fields)]
pub struct SetRole {
    #[schema(value_type = StaffRole, inline)]
    role: Role,
}

/// Who works for the shop, in the order in which they joined.
#[utoipa::path(
    get, path = "/v1/seller/staff", tag = "tenants", operation_id = "list_staff",
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
    let staff = shops.staff(seller.tenant).await?;
    let items = staff.into_iter().map(StaffMember::from).collect();
    Ok(Json(Response { items }))
}

/// Changes somebody's role. The last owner stays one.
#[utoipa::path(
    patch, path = "/v1/seller/staff/{id}", tag = "tenants", operation_id = "set_staff_role",
    params(("id" = String, Path, format = Uuid)), request_body = SetRole, security(("bearer" = [])),
    responses(
        (status = 200, body = StaffMember),
        (status = 400, body = ProblemDocument, description = "`role_invalid`, `field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`last_owner`", content_type = "application/problem+json"),
    )
)]
pub async fn set_role(
    State(shops): State<Shops>,
    seller: Seller<perm::ManageStaff>,
    Path(id): Path<Uuid>,
    Json(request): Json<SetRole>,
) -> Result<Json<StaffMember>, Problem> {
    let member = shops
        .set_staff_role(&seller.ctx, seller.tenant, id, request.role)
        .await?;
    Ok(Json(member.into()))
}

/// Takes somebody off the staff. Their sessions for the shop end within seconds.
#[utoipa::path(
    delete, path = "/v1/seller/staff/{id}", tag = "tenants", operation_id = "dismiss_staff",
    params(("id" = String, Path, format = Uuid)), security(("bearer" = [])),
    responses(
        (status = 204, description = "off the staff"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`last_owner`", content_type = "application/problem+json"),
    )
)]
pub async fn dismiss(
    State(shops): State<Shops>,
    seller: Seller<perm::ManageStaff>,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    shops.dismiss(&seller.ctx, seller.tenant, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

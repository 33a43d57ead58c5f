use super::body::{OnboardingItem, OwnShop};
use super::staff::StaffMember;
use crate::Shops;
use crate::store::transition::Step;
use axum::extract::State;
use contracts::tenants::ShopStatus;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::{DateTime, TenantId};
use serde::Serialize;

#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ShopDossier)]
pub struct Response {
    shop: OwnShop,
    onboarding: Vec<OnboardingItem>,
    staff: Vec<StaffMember>,
    /// The newest first.
    history: Vec<HistoryStep>,
}

/// One change of a shop's status.
#[derive(Serialize, utoipa::ToSchema)]
pub struct HistoryStep {
    /// Absent for the application.
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<ShopStatus>,
    to: ShopStatus,
    reason: String,
    /// Who did it.
    #[schema(value_type = Object)]
    actor: serde_json::Value,
    at: DateTime,
}

impl From<Step> for HistoryStep {
    fn from(step: Step) -> Self {
        Self {
            from: step.from,
            to: step.to,
            reason: step.reason,
            actor: step.actor,
            at: step.at,
        }
    }
}

/// All there is to know about a shop.
#[utoipa::path(
    get, path = "/v1/admin/shops/{id}", tag = "tenants", operation_id = "shop_dossier",
    params(("id" = String, Path, format = Uuid)), security(("bearer" = [])),
    responses(
        (status = 200, body = Response),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(shops): State<Shops>,
    _admin: Admin<perm::ApproveSellers>,
    Path(id): Path<TenantId>,
) -> Result<Json<Response>, Problem> {
    let dossier = shops.dossier(id).await?;
    Ok(Json(Response {
        shop: dossier.record.into(),
        onboarding: dossier.onboarding.into_iter().map(OnboardingItem::from).collect(),
        staff: dossier.staff.into_iter().map(StaffMember::from).collect(),
        history: dossier.history.into_iter().map(HistoryStep::from).collect(),
    }))
}

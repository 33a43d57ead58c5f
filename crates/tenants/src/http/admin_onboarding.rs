use super::body::OnboardingItem;
use super::{REASON_CHARS_MAX, item_of};
use crate::Shops;
use crate::domain::ItemState;
use axum::extract::State;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm, text};
use kernel::TenantId;
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = JudgeOnboardingItemRequest)]
#[serde(deny_unknown_fields)]
pub struct Request {
    verdict: Verdict,
    /// What the seller should know; required to reject.
    #[serde(default)]
    #[schema(max_length = 500)]
    remark: String,
}

/// What the operator may say of an item.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OnboardingVerdict)]
pub enum Verdict {
    Accepted,
    Rejected,
    Waived,
}

/// Accepts, rejects or waives one item of a shop's check-list.
#[utoipa::path(
    put, path = "/v1/admin/shops/{id}/onboarding/{item}", tag = "tenants", operation_id = "judge_onboarding_item",
    params(
        ("id" = String, Path, format = Uuid),
        ("item" = String, Path, description = "`identity`, `bank_account` or `legal_documents`", example = "bank_account"),
    ),
    request_body = Request, security(("bearer" = [])),
    responses(
        (status = 200, body = OnboardingItem),
        (status = 400, body = ProblemDocument, description = "`text_empty`, `text_too_long`, `text_control`, `field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`nothing_stated`, `shop_closed`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(shops): State<Shops>,
    admin: Admin<perm::ApproveSellers>,
    Path((id, item)): Path<(TenantId, String)>,
    Json(request): Json<Request>,
) -> Result<Json<OnboardingItem>, Problem> {
    let item = item_of(&item)?;
    let (state, remark) = match request.verdict {
        Verdict::Accepted => (ItemState::Accepted, optional(&request.remark)?),
        Verdict::Waived => (ItemState::Waived, optional(&request.remark)?),
        Verdict::Rejected => {
            let remark = text::line("/remark", &request.remark, REASON_CHARS_MAX)?;
            (ItemState::Rejected, remark)
        }
    };
    let line = shops.judge_item(&admin.ctx, id, item, state, &remark).await?;
    Ok(Json(line.into()))
}

fn optional(remark: &str) -> Result<String, kernel::Fault> {
    text::optional_line("/remark", remark, REASON_CHARS_MAX)
}

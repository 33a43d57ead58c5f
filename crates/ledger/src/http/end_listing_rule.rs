use super::end_commission_rule::RuleEnd;
use super::listing_rule::ListingRule;
use crate::app::Ledger;
use axum::extract::State;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::ListingRuleId;

/// Ends a rule about listed products. What was charged by it stays charged; an end is not changed.
#[utoipa::path(
    post, path = "/v1/admin/ledger/listing-rules/{id}/end", tag = "ledger", operation_id = "end_listing_rule",
    params(("id" = ListingRuleId, Path, description = "The rule")),
    request_body = RuleEnd,
    security(("bearer" = [])),
    responses(
        (status = 200, body = ListingRule),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such rule", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`rule_ended`: it has an end already", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(ledger): State<Ledger>,
    admin: Admin<perm::ManageLedger>,
    Path(rule): Path<ListingRuleId>,
    Json(request): Json<RuleEnd>,
) -> Result<Json<ListingRule>, Problem> {
    let (at, note) = request.read()?;
    let row = ledger.end_listing_rule(&admin.ctx, rule, at, &note).await?;
    Ok(Json(ListingRule::new(row)?))
}

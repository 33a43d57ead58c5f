use super::commission_rule::CommissionRule;
use super::place_hold::NOTE_CHARS_MAX;
use crate::app::Ledger;
use axum::extract::State;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, moment, perm, text};
use kernel::{CommissionRuleId, DateTime, Fault};
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleEnd {
    /// At least ten seconds ahead, which is also what is meant if it is absent. A rule that has not begun by then never
    /// holds.
    #[serde(default)]
    at: Option<DateTime>,
    /// Why, for whoever looks back.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

impl RuleEnd {
    pub fn read(self) -> Result<(Option<DateTime>, String), Fault> {
        let at = self.at.map(|at| moment("/at", at)).transpose()?;
        Ok((at, text::line("/note", &self.note, NOTE_CHARS_MAX)?))
    }
}

/// Ends a commission rule. An end is not changed.
#[utoipa::path(
    post, path = "/v1/admin/ledger/commission-rules/{id}/end", tag = "ledger", operation_id = "end_commission_rule",
    params(("id" = CommissionRuleId, Path, description = "The rule")),
    request_body = RuleEnd,
    security(("bearer" = [])),
    responses(
        (status = 200, body = CommissionRule),
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
    Path(rule): Path<CommissionRuleId>,
    Json(request): Json<RuleEnd>,
) -> Result<Json<CommissionRule>, Problem> {
    let (at, note) = request.read()?;
    let row = ledger.end_rule(&admin.ctx, rule, at, &note).await?;
    Ok(Json(CommissionRule::new(row)?))
}

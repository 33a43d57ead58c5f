use crate::Desk;
use axum::extract::State;
use contracts::search::tuning::SearchReport;
use httpkit::{Admin, Json, Problem, ProblemDocument, Query, perm};
use serde::Deserialize;

/// Days that are told of if nothing is said.
const DAYS: u16 = 7;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The last days: 1 to 90, 7 if absent.
    #[param(minimum = 1, maximum = 90, example = 7)]
    days: Option<u16>,
}

/// Tells what people searched for, what found nothing, what they looked at and ordered, and how clicks fall with the place.
#[utoipa::path(
    get, path = "/v1/admin/search/report", tag = "search", operation_id = "get_search_report",
    params(Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, body = SearchReport),
        (status = 400, description = "`parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(desk): State<Desk>,
    admin: Admin<perm::ManageSearch>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<SearchReport>, Problem> {
    Ok(Json(
        desk.report(&admin.ctx, parameters.days.unwrap_or(DAYS)).await?,
    ))
}

use super::{ListOf, Note};
use crate::Desk;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use contracts::search::tuning::{self as api, RuleAction, RuleWhen, SearchPreview};
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::{Actor, DateTime, SearchRuleId};
use serde::{Deserialize, Serialize};

/// What comes first, last or not at all in some searches. It is never changed, only ended.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SearchRule {
    id: SearchRuleId,
    #[schema(example = "Bowls of the season")]
    name: String,
    when: RuleWhen,
    actions: Vec<RuleAction>,
    starts_at: DateTime,
    /// The first moment at which it does not hold any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends_at: Option<DateTime>,
    note: String,
    #[schema(value_type = Object)]
    made_by: Actor,
    made_at: DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    ended_by: Option<Actor>,
    /// When somebody ended it.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_note: Option<String>,
}

impl From<api::SearchRuleCard> for SearchRule {
    fn from(card: api::SearchRuleCard) -> Self {
        Self {
            id: card.id,
            name: card.name,
            when: card.when,
            actions: card.actions,
            starts_at: card.starts_at,
            ends_at: card.ends_at,
            note: card.note,
            made_by: card.made_by,
            made_at: card.made_at,
            ended_by: card.ended_by,
            ended_at: card.ended_at,
            end_note: card.end_note,
        }
    }
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSearchRule {
    #[schema(example = "Bowls of the season", min_length = 1, max_length = 80)]
    name: String,
    /// Words, a category, or both.
    when: RuleWhen,
    /// Positions are 1 to 24, percents 10 to 1000. What is hidden is hidden, whatever else is said of it.
    #[schema(min_items = 1, max_items = 50)]
    actions: Vec<RuleAction>,
    /// At once if absent.
    #[serde(default)]
    starts_at: Option<DateTime>,
    /// The first moment at which it does not hold any more; it holds until somebody ends it, if absent.
    #[serde(default)]
    ends_at: Option<DateTime>,
    /// Why, for whoever looks back.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

/// Lists rules: those that hold or will, the latest first, then the last that were ended.
#[utoipa::path(
    get, path = "/v1/admin/search/rules", tag = "search", operation_id = "list_search_rules",
    security(("bearer" = [])),
    responses(
        (status = 200, body = ListOf<SearchRule>),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(desk): State<Desk>,
    _admin: Admin<perm::ManageSearch>,
) -> Result<Json<ListOf<SearchRule>>, Problem> {
    let cards = desk.list_rules().await?;
    let items = cards.into_iter().map(SearchRule::from).collect();
    Ok(Json(ListOf { items }))
}

/// Makes a rule. Every process heeds it within seconds. Buyers see its effect and nothing of it.
#[utoipa::path(
    post, path = "/v1/admin/search/rules", tag = "search", operation_id = "make_search_rule",
    request_body = NewSearchRule,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "It holds, or will", body = SearchRule),
        (status = 400, description = "`json_malformed`, `field_invalid`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`too_many`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn make(
    State(desk): State<Desk>,
    admin: Admin<perm::ManageSearch>,
    Json(request): Json<NewSearchRule>,
) -> Result<(StatusCode, Json<SearchRule>), Problem> {
    let new = api::NewSearchRule {
        name: request.name,
        when: request.when,
        actions: request.actions,
        starts_at: request.starts_at,
        ends_at: request.ends_at,
        note: request.note,
    };
    let card = desk.new_rule(&admin.ctx, new).await?;
    Ok((StatusCode::CREATED, Json(card.into())))
}

/// Ends a rule. An end is not changed.
#[utoipa::path(
    post, path = "/v1/admin/search/rules/{id}/end", tag = "search", operation_id = "end_search_rule",
    params(("id" = SearchRuleId, Path, description = "The rule")),
    request_body = Note,
    security(("bearer" = [])),
    responses(
        (status = 200, body = SearchRule),
        (status = 400, description = "`json_malformed`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such rule", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`ended`: somebody ended it already", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn end(
    State(desk): State<Desk>,
    admin: Admin<perm::ManageSearch>,
    Path(id): Path<SearchRuleId>,
    Json(request): Json<Note>,
) -> Result<Json<SearchRule>, Problem> {
    let card = desk.stop_rule(&admin.ctx, id, &request.note).await?;
    Ok(Json(card.into()))
}

/// Shows a page of a search as buyers find it, with the reasons for each product's place and with what rules hide. It takes what
/// `GET /v1/search` takes.
#[utoipa::path(
    get, path = "/v1/admin/search/preview", tag = "search", operation_id = "preview_search",
    params(super::search::Parameters),
    security(("bearer" = [])),
    responses(
        (status = 200, body = SearchPreview),
        (status = 400, body = ProblemDocument, description = "as of `GET /v1/search`", content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, body = ProblemDocument, description = "`unavailable` while the index is built, `search_busy`", content_type = "application/problem+json"),
    )
)]
pub async fn preview(
    State(desk): State<Desk>,
    admin: Admin<perm::ManageSearch>,
    RawQuery(query): RawQuery,
) -> Result<Json<SearchPreview>, Problem> {
    let query = super::search::read(query.as_deref().unwrap_or(""))?;
    Ok(Json(desk.searches().preview(query, admin.ctx.now).await?))
}

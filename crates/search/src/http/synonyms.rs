use super::{ListOf, Note};
use crate::Desk;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::Language;
use contracts::search::tuning as api;
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm};
use kernel::{Actor, DateTime, SynonymId};
use serde::{Deserialize, Serialize};

/// Words that mean the same in searches. They are never changed, only ended.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Synonym {
    id: SynonymId,
    /// Searches in which it holds; in all if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<Language>,
    #[schema(example = json!(["couch", "sofa"]))]
    words: Vec<String>,
    /// What each of `words` finds as well. Where there are none, the words find each other.
    also: Vec<String>,
    note: String,
    #[schema(value_type = Object)]
    made_by: Actor,
    made_at: DateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    ended_by: Option<Actor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<DateTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_note: Option<String>,
}

impl From<api::SynonymCard> for Synonym {
    fn from(card: api::SynonymCard) -> Self {
        Self {
            id: card.id,
            language: card.language,
            words: card.words,
            also: card.also,
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
pub struct NewSynonym {
    /// Searches in which it holds; in all if absent.
    #[serde(default)]
    language: Option<Language>,
    /// Words or phrases. Without `also`, each of them finds all the others: two at least.
    #[schema(example = json!(["couch", "sofa"]), min_items = 1, max_items = 20)]
    words: Vec<String>,
    /// What each of `words` finds as well, while these do not find `words`.
    #[serde(default)]
    #[schema(max_items = 20)]
    also: Vec<String>,
    /// Why, for whoever looks back.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

/// Lists synonyms: those that hold, the latest first, then the last that were ended.
#[utoipa::path(
    get, path = "/v1/admin/search/synonyms", tag = "search", operation_id = "list_search_synonyms",
    security(("bearer" = [])),
    responses(
        (status = 200, body = ListOf<Synonym>),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(desk): State<Desk>,
    _admin: Admin<perm::ManageSearch>,
) -> Result<Json<ListOf<Synonym>>, Problem> {
    let cards = desk.list_synonyms().await?;
    let items = cards.into_iter().map(Synonym::from).collect();
    Ok(Json(ListOf { items }))
}

/// Makes words mean the same in searches. Every process heeds it within seconds; no product is indexed anew.
#[utoipa::path(
    post, path = "/v1/admin/search/synonyms", tag = "search", operation_id = "make_search_synonym",
    request_body = NewSynonym,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "It holds", body = Synonym),
        (status = 400, description = "`json_malformed`, `field_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`too_many`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn make(
    State(desk): State<Desk>,
    admin: Admin<perm::ManageSearch>,
    Json(request): Json<NewSynonym>,
) -> Result<(StatusCode, Json<Synonym>), Problem> {
    let new = api::NewSynonym {
        language: request.language,
        words: request.words,
        also: request.also,
        note: request.note,
    };
    let card = desk.new_synonym(&admin.ctx, new).await?;
    Ok((StatusCode::CREATED, Json(card.into())))
}

/// Ends a synonym. An end is not changed.
#[utoipa::path(
    post, path = "/v1/admin/search/synonyms/{id}/end", tag = "search", operation_id = "end_search_synonym",
    params(("id" = SynonymId, Path, description = "The synonym")),
    request_body = Note,
    security(("bearer" = [])),
    responses(
        (status = 200, body = Synonym),
        (status = 400, description = "`json_malformed`, `parameter_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such synonym", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`ended`: it has ended already", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn end(
    State(desk): State<Desk>,
    admin: Admin<perm::ManageSearch>,
    Path(id): Path<SynonymId>,
    Json(request): Json<Note>,
) -> Result<Json<Synonym>, Problem> {
    let card = desk.stop_synonym(&admin.ctx, id, &request.note).await?;
    Ok(Json(card.into()))
}

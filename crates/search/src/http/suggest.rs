use super::search::{language, pairs, unknown};
use crate::Searches;
use axum::extract::{RawQuery, State};
use contracts::Language;
use contracts::search::Suggestions;
use httpkit::{Anyone, Json, Problem, ProblemDocument};
use kernel::Fault;

#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "only described")]
struct Parameters {
    /// What was typed so far, at most 256 characters.
    #[param(example = "cera", max_length = 256)]
    q: String,
    /// Of whoever types: products have the titles that are for its readers, where their sellers translated them.
    #[param(inline)]
    language: Option<Language>,
}

/// Suggests products, categories and shops whose names go on as typed, a few of each.
#[utoipa::path(
    get, path = "/v1/search/suggest", tag = "search", operation_id = "suggest", params(Parameters), security((), ("bearer" = [])),
    responses(
        (status = 200, body = Suggestions),
        (status = 400, body = ProblemDocument, description = "`parameter_unknown`, `parameter_missing`, `parameter_repeated`, `parameter_invalid`, `text_too_long`, `text_control`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_invalid`", content_type = "application/problem+json"),
        (status = 429, body = ProblemDocument, description = "`rate_limited`", content_type = "application/problem+json"),
        (status = 503, body = ProblemDocument, description = "`unavailable` while the index is built, `search_busy`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(searches): State<Searches>,
    caller: Anyone,
    RawQuery(query): RawQuery,
) -> Result<Json<Suggestions>, Problem> {
    let (q, language) = read(query.as_deref().unwrap_or(""))?;
    Ok(Json(searches.complete(q, language, caller.ctx.now).await?))
}

fn read(text: &str) -> Result<(String, Option<Language>), Fault> {
    let (mut typed, mut read_in) = (None, None);
    for (name, value) in pairs(text)? {
        let is_repeated = match name.as_str() {
            "q" => typed.replace(value).is_some(),
            "language" => read_in.replace(language(&value)?).is_some(),
            _ => return Err(unknown(&name, "q, language")),
        };
        if is_repeated {
            let detail = format!("`{name}` may be given once.");
            return Err(Fault::field("parameter_repeated", name, detail));
        }
    }
    let typed = typed.ok_or_else(|| Fault::field("parameter_missing", "q", "Give what was typed as `q`."))?;
    Ok((typed, read_in))
}

//! Filters of big tables that people keep under a name, over HTTP. They are a person's own, apart for each shop at which
//! they work; whoever may see a table may keep views of it. A shop's API key is nobody who does.

use super::SignedIn;
use crate::Accounts;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::identity::{Audience, Principal};
use contracts::saved_views::{SavedView, ViewOwner, ViewTable};
use httpkit::{Json, Path, Problem, ProblemDocument, Query};
use kernel::{Fault, Kind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Which table is looked at: `seller_products`, `seller_orders` and `seller_stock` by shops' staff, the others by the
    /// marketplace's.
    #[param(inline)]
    table: ViewTable,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SavedViews)]
pub struct Found {
    /// By name, at most 20.
    items: Vec<SavedView>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SaveViewRequest)]
pub struct Save {
    table: ViewTable,
    #[schema(min_length = 1, max_length = 40, example = "To send")]
    name: String,
    /// As an address has them; the place in the list is left out.
    #[schema(max_length = 500, example = "state=packed&q=bowl")]
    query: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RenameViewRequest)]
pub struct Rename {
    #[schema(min_length = 1, max_length = 40, example = "Today")]
    name: String,
}

/// Lists the caller's views of one table.
#[utoipa::path(
    get, path = "/v1/saved-views", tag = "identity", operation_id = "list_saved_views",
    params(Asked), security(("bearer" = [])),
    responses(
        (status = 200, body = Found),
        (status = 400, body = ProblemDocument, description = "`parameter_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
    )
)]
pub async fn list(
    State(accounts): State<Accounts>,
    caller: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Json<Found>, Problem> {
    let whose = owner(&caller.principal)?;
    sees(&caller.principal, asked.table)?;
    let items = accounts.own_views(whose, asked.table).await?;
    Ok(Json(Found { items }))
}

/// Keeps filters of a table under a name. Under one that is there already they take the place of those before.
#[utoipa::path(
    post, path = "/v1/saved-views", tag = "identity", operation_id = "save_view",
    request_body = Save, security(("bearer" = [])),
    responses(
        (status = 201, body = SavedView),
        (status = 400, body = ProblemDocument, description = "`json_malformed`, `field_invalid`, `view_name_invalid`, `view_too_long`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`views_too_many`: a table has at most 20", content_type = "application/problem+json"),
    )
)]
pub async fn save(
    State(accounts): State<Accounts>,
    caller: SignedIn,
    Json(request): Json<Save>,
) -> Result<(StatusCode, Json<SavedView>), Problem> {
    let whose = owner(&caller.principal)?;
    sees(&caller.principal, request.table)?;
    let saved = accounts.keep_view(&caller.ctx, whose, request.table, &request.name, &request.query);
    Ok((StatusCode::CREATED, Json(saved.await?)))
}

/// Gives one of the caller's views another name.
#[utoipa::path(
    patch, path = "/v1/saved-views/{id}", tag = "identity", operation_id = "rename_view",
    params(("id" = String, Path, format = Uuid)),
    request_body = Rename, security(("bearer" = [])),
    responses(
        (status = 204, description = "renamed"),
        (status = 400, body = ProblemDocument, description = "`json_malformed`, `field_invalid`, `view_name_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`view_name_taken`", content_type = "application/problem+json"),
    )
)]
pub async fn rename(
    State(accounts): State<Accounts>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Json(request): Json<Rename>,
) -> Result<StatusCode, Problem> {
    let whose = owner(&caller.principal)?;
    sees(&caller.principal, accounts.table_of_view(whose, id).await?)?;
    accounts.rename_view(whose, id, &request.name).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Deletes one of the caller's views.
#[utoipa::path(
    delete, path = "/v1/saved-views/{id}", tag = "identity", operation_id = "delete_view",
    params(("id" = String, Path, format = Uuid)), security(("bearer" = [])),
    responses(
        (status = 204, description = "deleted"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
    )
)]
pub async fn delete(
    State(accounts): State<Accounts>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    let whose = owner(&caller.principal)?;
    sees(&caller.principal, accounts.table_of_view(whose, id).await?)?;
    accounts.delete_view(whose, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whose views are meant: of a shop's staff there, or of the marketplace's own. Who only shops has no tables.
fn owner(principal: &Principal) -> Result<ViewOwner, Fault> {
    match principal.audience {
        Audience::Seller => Ok(ViewOwner {
            user: principal.user,
            tenant: principal.tenant,
        }),
        Audience::Admin => Ok(ViewOwner {
            user: principal.user,
            tenant: None,
        }),
        Audience::Buyer | Audience::Partner => Err(elsewhere()),
    }
}

fn sees(principal: &Principal, table: ViewTable) -> Result<(), Fault> {
    if table.is_of_shops() != (principal.audience == Audience::Seller) {
        return Err(elsewhere());
    }
    if principal.role.may(table.permission()) {
        return Ok(());
    }
    let detail = format!(
        "Your role {:?} does not include {:?}. Ask the shop's owner or the operator.",
        principal.role,
        table.permission()
    );
    Err(Fault::new(Kind::Forbidden, "permission_missing", detail))
}

fn elsewhere() -> Fault {
    let detail = "Tables of shops need a token for audience `seller`, the marketplace's own one for `admin`. Sign in for it.";
    Fault::new(Kind::Forbidden, "wrong_audience", detail)
}

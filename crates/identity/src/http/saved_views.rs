//! Filters of big tables that people keep under a name, over HTTP. They are a person's own, apart for each shop at which
//! they work; whoever may see a table may keep views of it. A shop's API key is nobody who does.

use crate::Accounts;
use crate::app::view_name;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::identity::Principal;
use contracts::saved_views::{SavedView, ViewOwner, ViewTable};
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, Query, Seller, perm};
use kernel::{Ctx, Fault, Kind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// All of a shop's people have it, and no API key does.
type Staff = Seller<perm::ReadNotices>;
/// Nobody has less who sees a table of which views are kept.
type Operator = Admin<perm::ReadAnyOrder>;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Which table is looked at: `seller_products`, `seller_orders` and `seller_stock` are shops', the others the
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

/// Whoever calls: whose views are meant, and what they may see.
struct Caller<'a> {
    ctx: &'a Ctx,
    whose: ViewOwner,
    principal: &'a Principal,
}

impl<'a> From<&'a Staff> for Caller<'a> {
    fn from(staff: &'a Staff) -> Self {
        Self {
            ctx: &staff.ctx,
            whose: ViewOwner {
                user: staff.user,
                tenant: Some(staff.tenant),
            },
            principal: &staff.principal,
        }
    }
}

impl<'a> From<&'a Operator> for Caller<'a> {
    fn from(operator: &'a Operator) -> Self {
        Self {
            ctx: &operator.ctx,
            whose: ViewOwner {
                user: operator.user,
                tenant: None,
            },
            principal: &operator.principal,
        }
    }
}

impl Caller<'_> {
    /// Shops' tables are looked at there, the marketplace's in its back office.
    fn sees(&self, table: ViewTable) -> Result<(), Fault> {
        let is_here = table.is_of_shops() == self.whose.tenant.is_some();
        if is_here && self.principal.role.may(table.permission()) {
            return Ok(());
        }
        let detail = format!(
            "Your role {:?} does not include {:?}. Ask the shop's owner or the operator.",
            self.principal.role,
            table.permission()
        );
        Err(Fault::new(Kind::Forbidden, "permission_missing", detail))
    }

    async fn list(&self, accounts: &Accounts, asked: &Asked) -> Result<Json<Found>, Problem> {
        self.sees(asked.table)?;
        let items = accounts.own_views(self.whose, asked.table).await?;
        Ok(Json(Found { items }))
    }

    async fn save(
        &self,
        accounts: &Accounts,
        request: &Save,
    ) -> Result<(StatusCode, Json<SavedView>), Problem> {
        self.sees(request.table)?;
        let saved = accounts.keep_view(self.ctx, self.whose, request.table, &request.name, &request.query);
        Ok((StatusCode::CREATED, Json(saved.await?)))
    }

    async fn rename(&self, accounts: &Accounts, id: Uuid, request: &Rename) -> Result<StatusCode, Problem> {
        // What is no name is refused whichever view it is for.
        let name = view_name(&request.name)?;
        self.sees(accounts.table_of_view(self.whose, id).await?)?;
        accounts.rename_view(self.whose, id, &name).await?;
        Ok(StatusCode::NO_CONTENT)
    }

    async fn delete(&self, accounts: &Accounts, id: Uuid) -> Result<StatusCode, Problem> {
        self.sees(accounts.table_of_view(self.whose, id).await?)?;
        accounts.delete_view(self.whose, id).await?;
        Ok(StatusCode::NO_CONTENT)
    }
}

/// Lists the caller's views of one table.
#[utoipa::path(
    get, path = "/v1/seller/saved-views", tag = "identity", operation_id = "list_seller_views",
    params(Asked), security(("bearer" = [])),
    responses(
        (status = 200, body = Found),
        (status = 400, body = ProblemDocument, description = "`parameter_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
    )
)]
pub async fn list_of_staff(
    State(accounts): State<Accounts>,
    staff: Staff,
    Query(asked): Query<Asked>,
) -> Result<Json<Found>, Problem> {
    Caller::from(&staff).list(&accounts, &asked).await
}

/// Keeps filters of a table under a name. Under one that is there already they take the place of those before.
#[utoipa::path(
    post, path = "/v1/seller/saved-views", tag = "identity", operation_id = "save_seller_view",
    request_body = Save, security(("bearer" = [])),
    responses(
        (status = 201, body = SavedView),
        (status = 400, body = ProblemDocument, description = "`json_malformed`, `field_invalid`, `view_name_invalid`, `view_too_long`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`views_too_many`: a table has at most 20", content_type = "application/problem+json"),
    )
)]
pub async fn save_of_staff(
    State(accounts): State<Accounts>,
    staff: Staff,
    Json(request): Json<Save>,
) -> Result<(StatusCode, Json<SavedView>), Problem> {
    Caller::from(&staff).save(&accounts, &request).await
}

/// Gives one of the caller's views another name.
#[utoipa::path(
    patch, path = "/v1/seller/saved-views/{id}", tag = "identity", operation_id = "rename_seller_view",
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
pub async fn rename_of_staff(
    State(accounts): State<Accounts>,
    staff: Staff,
    Path(id): Path<Uuid>,
    Json(request): Json<Rename>,
) -> Result<StatusCode, Problem> {
    Caller::from(&staff).rename(&accounts, id, &request).await
}

/// Deletes one of the caller's views.
#[utoipa::path(
    delete, path = "/v1/seller/saved-views/{id}", tag = "identity", operation_id = "delete_seller_view",
    params(("id" = String, Path, format = Uuid)), security(("bearer" = [])),
    responses(
        (status = 204, description = "deleted"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
    )
)]
pub async fn delete_of_staff(
    State(accounts): State<Accounts>,
    staff: Staff,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    Caller::from(&staff).delete(&accounts, id).await
}

/// Lists the caller's views of one table.
#[utoipa::path(
    get, path = "/v1/admin/saved-views", tag = "identity", operation_id = "list_operator_views",
    params(Asked), security(("bearer" = [])),
    responses(
        (status = 200, body = Found),
        (status = 400, body = ProblemDocument, description = "`parameter_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
    )
)]
pub async fn list_of_operator(
    State(accounts): State<Accounts>,
    operator: Operator,
    Query(asked): Query<Asked>,
) -> Result<Json<Found>, Problem> {
    Caller::from(&operator).list(&accounts, &asked).await
}

/// Keeps filters of a table under a name. Under one that is there already they take the place of those before.
#[utoipa::path(
    post, path = "/v1/admin/saved-views", tag = "identity", operation_id = "save_operator_view",
    request_body = Save, security(("bearer" = [])),
    responses(
        (status = 201, body = SavedView),
        (status = 400, body = ProblemDocument, description = "`json_malformed`, `field_invalid`, `view_name_invalid`, `view_too_long`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`views_too_many`: a table has at most 20", content_type = "application/problem+json"),
    )
)]
pub async fn save_of_operator(
    State(accounts): State<Accounts>,
    operator: Operator,
    Json(request): Json<Save>,
) -> Result<(StatusCode, Json<SavedView>), Problem> {
    Caller::from(&operator).save(&accounts, &request).await
}

/// Gives one of the caller's views another name.
#[utoipa::path(
    patch, path = "/v1/admin/saved-views/{id}", tag = "identity", operation_id = "rename_operator_view",
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
pub async fn rename_of_operator(
    State(accounts): State<Accounts>,
    operator: Operator,
    Path(id): Path<Uuid>,
    Json(request): Json<Rename>,
) -> Result<StatusCode, Problem> {
    Caller::from(&operator).rename(&accounts, id, &request).await
}

/// Deletes one of the caller's views.
#[utoipa::path(
    delete, path = "/v1/admin/saved-views/{id}", tag = "identity", operation_id = "delete_operator_view",
    params(("id" = String, Path, format = Uuid)), security(("bearer" = [])),
    responses(
        (status = 204, description = "deleted"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
    )
)]
pub async fn delete_of_operator(
    State(accounts): State<Accounts>,
    operator: Operator,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    Caller::from(&operator).delete(&accounts, id).await
}

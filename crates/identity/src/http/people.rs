//! People over HTTP, for administrators.

use crate::Accounts;
use axum::extract::State;
use contracts::people::{Person, PersonCard};
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, Query, perm};
use kernel::{DateTime, Role, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody with an account.
#[derive(Serialize, ToSchema)]
#[schema(as = Person)]
pub struct View {
    id: UserId,
    #[schema(example = "olga@market.example")]
    email: String,
    name: String,
    email_verified: bool,
    registered_at: DateTime,
    /// With the marketplace itself: `support`, `moderator`, `finance` or `admin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    /// Since when a code is asked for after the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    second_factor_since: Option<DateTime>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = People)]
pub struct Found {
    /// By name, at most 500.
    items: Vec<View>,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Whose address this is, whether they work for the marketplace or not.
    #[serde(default)]
    #[param(example = "olga@market.example")]
    email: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SetPersonRoleRequest)]
pub struct SetRole {
    /// `support`, `moderator`, `finance` or `admin`.
    role: Role,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RemoveSecondFactorRequest)]
pub struct RemoveFactor {
    /// How it is known that it is them: it stays in the audit trail.
    #[schema(min_length = 1, max_length = 500, example = "Came by with a passport.")]
    reason: String,
}

/// Lists the marketplace's own staff; with `email`, whoever has that address.
#[utoipa::path(
    get, path = "/v1/admin/people", tag = "identity", operation_id = "list_people",
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
    admin: Admin<perm::ManageSystem>,
    Query(asked): Query<Asked>,
) -> Result<Json<Found>, Problem> {
    let people = match asked.email {
        None => accounts.staff().await?,
        Some(email) => {
            let found = accounts.find_person(&admin.ctx, &email).await?;
            found.into_iter().map(|card| card.person).collect()
        }
    };
    let items = people.into_iter().map(View::from).collect();
    Ok(Json(Found { items }))
}

/// Gives somebody a role with the marketplace, in the place of the one they have. Given twice, it changes nothing.
#[utoipa::path(
    put, path = "/v1/admin/people/{id}/role", tag = "identity", operation_id = "set_person_role",
    params(("id" = UserId, Path, description = "Whose")),
    request_body = SetRole, security(("bearer" = [])),
    responses(
        (status = 200, body = View),
        (status = 400, body = ProblemDocument, description = "`field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`last_admin`: somebody else has to be an administrator first", content_type = "application/problem+json"),
        (status = 422, body = ProblemDocument, description = "`role_out_of_place`: it is no role with the marketplace", content_type = "application/problem+json"),
    )
)]
pub async fn set_role(
    State(accounts): State<Accounts>,
    admin: Admin<perm::ManageSystem>,
    Path(id): Path<UserId>,
    Json(request): Json<SetRole>,
) -> Result<Json<View>, Problem> {
    let card = accounts
        .set_operators_role(&admin.ctx, id, Some(request.role))
        .await?;
    Ok(Json(View::from(card)))
}

/// Takes somebody's role with the marketplace. Taken twice, it is gone.
#[utoipa::path(
    delete, path = "/v1/admin/people/{id}/role", tag = "identity", operation_id = "take_person_role",
    params(("id" = UserId, Path, description = "Whose")), security(("bearer" = [])),
    responses(
        (status = 200, body = View),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`last_admin`: somebody else has to be an administrator first", content_type = "application/problem+json"),
    )
)]
pub async fn take_role(
    State(accounts): State<Accounts>,
    admin: Admin<perm::ManageSystem>,
    Path(id): Path<UserId>,
) -> Result<Json<View>, Problem> {
    let card = accounts.set_operators_role(&admin.ctx, id, None).await?;
    Ok(Json(View::from(card)))
}

/// Signs somebody out on all devices. Access tokens die within seconds.
#[utoipa::path(
    post, path = "/v1/admin/people/{id}/end-sessions", tag = "identity", operation_id = "end_person_sessions",
    params(("id" = UserId, Path, description = "Whose")), security(("bearer" = [])),
    responses(
        (status = 200, body = View),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
    )
)]
pub async fn end_sessions(
    State(accounts): State<Accounts>,
    admin: Admin<perm::ManageSystem>,
    Path(id): Path<UserId>,
) -> Result<Json<View>, Problem> {
    let card = accounts.end_sessions(&admin.ctx, id).await?;
    Ok(Json(View::from(card)))
}

/// Removes the second factor of somebody who has lost the app and the recovery codes. They are told by mail.
#[utoipa::path(
    post, path = "/v1/admin/people/{id}/remove-second-factor", tag = "identity", operation_id = "remove_person_second_factor",
    params(("id" = UserId, Path, description = "Whose")),
    request_body = RemoveFactor, security(("bearer" = [])),
    responses(
        (status = 200, body = View),
        (status = 400, body = ProblemDocument, description = "`field_invalid`, `text_empty`, `text_too_long`, `text_control`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`no_second_factor`; `own_second_factor`: one's own is turned off on its own page", content_type = "application/problem+json"),
    )
)]
pub async fn remove_second_factor(
    State(accounts): State<Accounts>,
    admin: Admin<perm::ManageSystem>,
    Path(id): Path<UserId>,
    Json(request): Json<RemoveFactor>,
) -> Result<Json<View>, Problem> {
    let card = accounts.remove_factor(&admin.ctx, id, &request.reason).await?;
    Ok(Json(View::from(card)))
}

impl From<Person> for View {
    fn from(person: Person) -> Self {
        Self {
            id: person.user,
            email: person.email,
            name: person.name,
            email_verified: person.email_verified,
            registered_at: person.registered_at,
            role: person.role,
            second_factor_since: person.second_factor_since,
        }
    }
}

impl From<PersonCard> for View {
    fn from(card: PersonCard) -> Self {
        Self::from(card.person)
    }
}

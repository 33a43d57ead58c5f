use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::{Checkout, OrderRefund};
use httpkit::{Admin, Json, PageQuery, Problem, ProblemDocument, Query, perm};
use kernel::{Cursor, Page};
use serde::Deserialize;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Parameters {
    /// Where to read on: `next` of the page before.
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
}

/// Lists the refunds that payment providers refuse, or that came back from the buyer's bank, latest first: buyers wait for this
/// money. Each can be tried again.
#[utoipa::path(
    get,
    path = "/v1/admin/refused-refunds",
    tag = "checkout",
    operation_id = "list_refused_refunds",
    params(Parameters),
    responses(
        (status = 200, description = "A page of refunds", body = Page<OrderRefund>),
        (status = 400, description = "`limit_out_of_range`, `cursor_invalid`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    admin: Admin<perm::ReadAnyOrder>,
    Query(parameters): Query<Parameters>,
) -> Result<Json<Page<OrderRefund>>, Problem> {
    let page = PageQuery {
        after: parameters.after,
        limit: parameters.limit,
    };
    let limit = page.limit()?.get() as u16;
    Ok(Json(
        checkouts.refused_refunds(&admin.ctx, page.after, limit).await?,
    ))
}

use super::body::PublicShop;
use crate::Shops;
use crate::app::Where;
use crate::domain::Slug;
use axum::extract::State;
use httpkit::{Anyone, Json, Problem, ProblemDocument, Query};
use kernel::{Cursor, Fault, Page, PageLimit, geo};
use serde::Deserialize;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// Where to read on: `next` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[serde(default)]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// ISO 3166-1 alpha-2.
    #[serde(default)]
    #[param(example = "ES")]
    country: Option<String>,
    /// ISO 3166-2.
    #[serde(default)]
    #[param(example = "ES-SE")]
    region: Option<String>,
}

/// Active shops, by slug.
#[utoipa::path(
    get, path = "/v1/shops", tag = "tenants", operation_id = "list_shops",
    params(Params), security((), ("bearer" = [])),
    responses(
        (status = 200, body = Page<PublicShop>),
        (status = 400, body = ProblemDocument, description = "`parameter_invalid`, `limit_out_of_range`, `cursor_invalid`, `country_unknown`, `region_unknown`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_invalid`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(shops): State<Shops>,
    _anyone: Anyone,
    Query(params): Query<Params>,
) -> Result<Json<Page<PublicShop>>, Problem> {
    let limit = limit(params.limit)?;
    let place = place(params.country, params.region)?;
    if params
        .after
        .as_ref()
        .is_some_and(|after| !Slug::is_form(&after.0))
    {
        let detail = "Pass `next` of the page before, unchanged.";
        return Err(Problem(Fault::field("cursor_invalid", "after", detail)));
    }
    let page = shops.active_page(params.after.as_ref(), &place, limit).await?;
    Ok(Json(page.map(PublicShop::from)))
}

pub(super) fn limit(limit: Option<u16>) -> Result<PageLimit, Fault> {
    limit.map_or(Ok(PageLimit::DEFAULT), |n| {
        PageLimit::new(n)
            .ok_or_else(|| Fault::field("limit_out_of_range", "limit", "`limit` must be 1 to 100."))
    })
}

fn place(country: Option<String>, region: Option<String>) -> Result<Where, Fault> {
    if country.as_deref().is_some_and(|c| geo::country(c).is_none()) {
        let detail = "This is not a country; use an ISO 3166-1 alpha-2 code such as ES.";
        return Err(Fault::field("country_unknown", "country", detail));
    }
    if region.as_deref().is_some_and(|r| geo::subdivision(r).is_none()) {
        let detail = "This is not a region; use an ISO 3166-2 code such as ES-SE.";
        return Err(Fault::field("region_unknown", "region", detail));
    }
    Ok(Where { country, region })
}

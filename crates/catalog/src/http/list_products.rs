use crate::Products;
use crate::app::Place;
use axum::extract::State;
use contracts::catalog::Listing;
use httpkit::{Anyone, Json, PageQuery, Problem, ProblemDocument, Query};
use kernel::{Cursor, Fault, Page, geo};
use serde::Deserialize;

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct Params {
    /// Where to read on: `next` of the page before.
    #[serde(default)]
    #[param(value_type = Option<String>, min_length = 1)]
    after: Option<Cursor>,
    /// Items on the page: 1 to 100, 24 if absent.
    #[serde(default)]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u16>,
    /// Where the shops are: the ISO 3166-2 code of a region such as a province, or the ISO 3166-1 code of a country.
    #[param(example = "ES-SE")]
    region: String,
}

/// What shops of a place have for sale, newest first. It is read from the table of products, and so has everything from the
/// moment on at which it is for sale. To find and to sort, search.
#[utoipa::path(
    get,
    path = "/v1/products",
    operation_id = "list_products",
    tag = "catalog",
    params(Params),
    responses(
        (status = 200, description = "A page", body = Page<Listing>),
        (status = 400, description = "`cursor_invalid`, `limit_out_of_range`, `parameter_invalid`, `region_unknown`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security((), ("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    anyone: Anyone,
    Query(params): Query<Params>,
) -> Result<Json<Page<Listing>>, Problem> {
    let place = place(&params.region)?;
    let page = PageQuery {
        after: params.after,
        limit: params.limit,
    };
    let limit = page.limit().map_err(Problem)?;
    let page = products
        .page_of_place(&anyone.ctx, place, page.after.as_ref(), limit)
        .await?;
    Ok(Json(page))
}

fn place(code: &str) -> Result<Place, Fault> {
    // Shops are in provinces, never in the communities that are made of them.
    if let Some(region) = geo::subdivision(code).filter(|region| !region.is_whole()) {
        return Ok(Place {
            country: region.country.to_owned(),
            region: Some(region.code.to_owned()),
        });
    }
    if let Some(country) = geo::country(code) {
        return Ok(Place {
            country: country.code.to_owned(),
            region: None,
        });
    }
    let detail = "`region` must be the ISO 3166-2 code of a region such as ES-SE, or the ISO 3166-1 code of a country such as ES.";
    Err(Fault::field("region_unknown", "region", detail))
}

use super::body::OwnShop;
use crate::Shops;
use crate::app::ShopChange;
use axum::extract::State;
use contracts::tenants::{DeliveryOption, Location};
use httpkit::{IfMatch, Json, Problem, ProblemDocument, Seller, perm};
use serde::{Deserialize, Deserializer};

/// What is absent stays as it is.
#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = ChangeShopRequest)]
#[serde(deny_unknown_fields)]
pub struct Request {
    #[serde(default)]
    #[schema(max_length = 80)]
    name: Option<String>,
    #[serde(default)]
    #[schema(min_length = 3, max_length = 40)]
    slug: Option<String>,
    #[serde(default)]
    #[schema(max_length = 4000)]
    story: Option<String>,
    /// `#rrggbb`, or null to take it away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, example = "#b4532a")]
    accent: Option<Option<String>>,
    #[serde(default)]
    location: Option<Location>,
    #[serde(default)]
    #[schema(max_length = 4000)]
    return_policy: Option<String>,
    /// Days from delivery in which buyers may ask to send something back. Holds for what is bought from then on.
    #[serde(default)]
    #[schema(maximum = 365)]
    return_days: Option<u16>,
    /// Whether tax is in your prices; if not, it comes on top of them at checkout. Holds for what is bought from then on.
    #[serde(default)]
    prices_include_tax: Option<bool>,
    #[serde(default)]
    delivery: Option<Vec<DeliveryOption>>,
}

/// Tells a field that is null from one that is absent.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// One's own shop, in whatever status.
#[utoipa::path(
    get, path = "/v1/seller/shop", tag = "tenants", operation_id = "own_shop",
    security(("bearer" = [])),
    responses(
        (status = 200, body = OwnShop, headers(("ETag" = String, description = "the version"))),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
    )
)]
pub async fn get(State(shops): State<Shops>, seller: Seller<perm::ReadShop>) -> Result<OwnShop, Problem> {
    Ok(shops.own(seller.tenant).await?.into())
}

/// Changes one's own shop, if it is still as one saw it.
#[utoipa::path(
    patch, path = "/v1/seller/shop", tag = "tenants", operation_id = "change_shop",
    params(("If-Match" = String, Header, description = "the `ETag` of the version that was read", example = "\"3\"")),
    request_body = Request, security(("bearer" = [])),
    responses(
        (status = 200, body = OwnShop, headers(("ETag" = String, description = "the new version"))),
        (status = 400, body = ProblemDocument, description = "`if_match`, `text_empty`, `text_too_long`, `text_control`, `slug_invalid`, `slug_reserved`, `colour_invalid`, `location_invalid`, `delivery_invalid`, `return_days_out_of_range`, `fields_invalid`, `field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`, `permission_missing`", content_type = "application/problem+json"),
        (status = 404, body = ProblemDocument, description = "`not_found`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`slug_taken`, `slug_fixed`, `shop_closed`", content_type = "application/problem+json"),
        (status = 412, body = ProblemDocument, description = "`version_changed` with `version`", content_type = "application/problem+json"),
    )
)]
pub async fn patch(
    State(shops): State<Shops>,
    seller: Seller<perm::EditShop>,
    IfMatch(seen): IfMatch,
    Json(request): Json<Request>,
) -> Result<OwnShop, Problem> {
    let change = ShopChange {
        name: request.name,
        slug: request.slug,
        story: request.story,
        accent: request.accent,
        location: request.location,
        return_policy: request.return_policy,
        return_days: request.return_days,
        prices_include_tax: request.prices_include_tax,
        delivery: request.delivery,
    };
    let record = shops.configure(&seller.ctx, seller.tenant, seen, change).await?;
    Ok(record.into())
}

use super::body::OwnShop;
use crate::Shops;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use contracts::tenants::{ApplyForShop, DeliveryOption, Location, return_days};
use httpkit::{Buyer, Json, Problem, ProblemDocument};
use kernel::Currency;
use serde::Deserialize;

#[derive(Deserialize, utoipa::ToSchema)]
#[schema(as = ApplyForShopRequest)]
#[serde(deny_unknown_fields)]
pub struct Request {
    #[schema(example = "Alfarería Romero", max_length = 80)]
    name: String,
    /// The shop's name in addresses; made from its name if absent.
    #[serde(default)]
    #[schema(example = "alfareria-romero", min_length = 3, max_length = 40)]
    slug: Option<String>,
    #[serde(default)]
    #[schema(max_length = 4000)]
    story: String,
    /// What the shop sells in. It stays.
    currency: Currency,
    location: Location,
    /// `#rrggbb`
    #[serde(default)]
    #[schema(example = "#b4532a")]
    accent: Option<String>,
    #[serde(default)]
    #[schema(max_length = 4000)]
    return_policy: String,
    /// Days from delivery in which buyers may ask to send something back; 14 if absent.
    #[serde(default)]
    #[schema(maximum = 365)]
    return_days: Option<u16>,
    /// A sensible default by distance if absent.
    #[serde(default)]
    delivery: Vec<DeliveryOption>,
}

/// Applies for a shop. The caller becomes its owner; sign in again with audience `seller` to work through its check-list.
#[utoipa::path(
    post, path = "/v1/shops", tag = "tenants", operation_id = "apply_for_shop",
    request_body = Request, security(("bearer" = [])),
    responses(
        (status = 201, body = OwnShop, headers(("ETag" = String, description = "the version"))),
        (status = 400, body = ProblemDocument, description = "`text_empty`, `text_too_long`, `text_control`, `slug_invalid`, `slug_reserved`, `colour_invalid`, `location_invalid`, `delivery_invalid`, `return_days_out_of_range`, `fields_invalid`, `field_invalid`", content_type = "application/problem+json"),
        (status = 401, body = ProblemDocument, description = "`token_missing`, `token_invalid`", content_type = "application/problem+json"),
        (status = 403, body = ProblemDocument, description = "`wrong_audience`", content_type = "application/problem+json"),
        (status = 409, body = ProblemDocument, description = "`slug_taken`", content_type = "application/problem+json"),
    )
)]
pub async fn handler(
    State(shops): State<Shops>,
    buyer: Buyer,
    Json(request): Json<Request>,
) -> Result<impl IntoResponse, Problem> {
    let apply = ApplyForShop {
        name: request.name,
        slug: request.slug,
        story: request.story,
        currency: request.currency,
        location: request.location,
        accent: request.accent,
        return_policy: request.return_policy,
        return_days: request.return_days.unwrap_or_else(return_days),
        delivery: request.delivery,
    };
    let shop = shops.apply(&buyer.ctx, buyer.user, apply).await?;
    let own = OwnShop::from(shops.own(shop.id).await?);
    Ok((StatusCode::CREATED, own))
}

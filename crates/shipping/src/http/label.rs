use crate::Shipments;
use axum::extract::State;
use httpkit::{LanguageQuery, Path, Pdf, Problem, ProblemDocument, Query, Seller, perm};
use kernel::ShipmentId;

/// Reads the label of a shipment of the shop's, as its carrier prints it: PDF of four by six inches.
#[utoipa::path(
    get,
    path = "/v1/seller/shipments/{id}/label.pdf",
    tag = "shipping",
    operation_id = "get_label",
    params(("id" = ShipmentId, Path, description = "The shipment"), LanguageQuery),
    responses(
        (status = 200, description = "The label", body = Vec<u8>, content_type = "application/pdf"),
        (status = 400, description = "`parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`not_booked`, with `from`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`: the carrier does not answer, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(shipments): State<Shipments>,
    seller: Seller<perm::ReadSales>,
    Path(id): Path<ShipmentId>,
    Query(query): Query<LanguageQuery>,
) -> Result<Pdf, Problem> {
    Ok(Pdf(shipments.label_of(seller.tenant, id, query.lang).await?))
}

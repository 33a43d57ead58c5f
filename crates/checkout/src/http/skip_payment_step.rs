use super::ByHand;
use crate::Checkouts;
use axum::extract::State;
use contracts::checkout::{Intervention, PaymentDesk as _, PaymentSaga, SagaAnswer};
use httpkit::{Admin, Json, Path, Problem, ProblemDocument, perm, text};
use kernel::{Fault, OrderId};
use serde::Deserialize;
use utoipa::ToSchema;

/// Characters of a provider's reference.
const REFERENCE_CHARS_MAX: usize = 120;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SkipStep {
    /// What the provider did, as you read it there: one of the `answers` of the payment or refund.
    answer: SagaAnswer,
    /// Under which the provider knows it. Needed for `captured` and `refunded`.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 120)]
    reference: Option<String>,
    /// Kept in its timeline.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

impl SkipStep {
    /// Its note, and what is to be done.
    pub(super) fn read(self) -> Result<(String, Intervention), Fault> {
        let note = ByHand { note: self.note }.note()?;
        let reference = self
            .reference
            .map(|reference| text::line("/reference", &reference, REFERENCE_CHARS_MAX))
            .transpose()?;
        let skip = Intervention::Skip {
            answer: self.answer,
            reference,
        };
        Ok((note, skip))
    }
}

/// Goes on with a payment as if its provider had answered: for a provider that does not, but whose books you have read.
#[utoipa::path(
    post, path = "/v1/admin/payments/{order}/skip", tag = "checkout", operation_id = "skip_payment_step",
    params(("order" = OrderId, Path, description = "The order that is paid")),
    request_body = SkipStep,
    security(("bearer" = [])),
    responses(
        (status = 200, body = PaymentSaga, description = "The payment as it stands now"),
        (status = 400, description = "`json_malformed`, `field_invalid`, `text_empty`, `text_too_long`, `text_control`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`payment_busy`, with Retry-After; `payment_ended` and `step_not_skippable`, with what is `allowed`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 429, description = "`till_busy`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "`unavailable`, with Retry-After", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn handler(
    State(checkouts): State<Checkouts>,
    admin: Admin<perm::ManagePayments>,
    Path(order): Path<OrderId>,
    Json(request): Json<SkipStep>,
) -> Result<Json<PaymentSaga>, Problem> {
    let (note, skip) = request.read()?;
    let saga = checkouts.intervene(&admin.ctx, order, admin.user, note, skip);
    Ok(Json(saga.await?))
}

use crate::Shipments;
use crate::app::EVENTS_MAX;
use axum::extract::State;
use contracts::shipping::{DeliveryProof, ShipmentState, TrackingEvent, TrackingKind};
use httpkit::{Json, Partner, Path, Problem, ProblemDocument, moment, scope};
use kernel::{DateTime, Fault};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What happened to a parcel.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PushedEvent)]
pub(super) struct Pushed {
    /// The carrier's: the same id is the same event.
    #[schema(example = "scan-4711", min_length = 1, max_length = 100)]
    id: String,
    kind: TrackingKind,
    /// When it happened.
    at: DateTime,
    #[serde(default)]
    #[schema(example = "Sevilla", max_length = 80)]
    place: String,
    #[serde(default)]
    #[schema(max_length = 300)]
    note: String,
    /// Who took it, when it was delivered.
    #[serde(default)]
    proof: Option<DeliveryProof>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PushEventsRequest)]
pub(super) struct Request {
    /// In any order; what was told before changes nothing.
    #[schema(min_items = 1, max_items = 50)]
    events: Vec<Pushed>,
    /// When the parcel is to arrive; none where that is as it was.
    #[serde(default)]
    eta: Option<DateTime>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PushEventsResponse)]
pub(super) struct Response {
    /// How many of the events had not been told before.
    new: usize,
    /// Where the parcel stands, by all that was told of it.
    state: ShipmentState,
}

/// Tells what happened to a parcel of the carrier whose key this is: all of it is taken, or none. Needs a key with
/// `shipments_push`.
#[utoipa::path(
    post,
    path = "/v1/partner/shipments/{tracking}/events",
    tag = "shipping",
    operation_id = "push_partner_events",
    params(("tracking" = String, Path, description = "The carrier's number", example = "SB000000000017")),
    request_body = Request,
    responses(
        (status = 200, description = "It was taken", body = Response),
        (status = 400, description = "`field_invalid`, `events_count`, `event_time`, `text_empty`, `text_too_long`, `text_control`, `parameter_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_malformed`, `api_key_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`scope_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no parcel of this carrier", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 409, description = "`event_id_taken`: something else was told under this id", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("partner" = []))
)]
pub(super) async fn handler(
    State(shipments): State<Shipments>,
    partner: Partner<scope::ShipmentsPush>,
    Path(tracking): Path<String>,
    Json(request): Json<Request>,
) -> Result<Json<Response>, Problem> {
    if !(1..=EVENTS_MAX).contains(&request.events.len()) {
        let detail = format!("Tell 1 to {EVENTS_MAX} events at once.");
        return Err(Problem(Fault::field("events_count", "/events", detail)));
    }
    let eta = request.eta.map(|at| moment("/eta", at)).transpose()?;
    let events = request.events.into_iter().map(TrackingEvent::from).collect();
    let told = shipments
        .tracked(&partner.ctx, &partner.carrier, &tracking, events, eta)
        .await?;
    Ok(Json(Response {
        new: told.new,
        state: told.state,
    }))
}

impl From<Pushed> for TrackingEvent {
    fn from(pushed: Pushed) -> Self {
        Self {
            id: pushed.id,
            kind: pushed.kind,
            at: pushed.at,
            place: pushed.place,
            note: pushed.note,
            proof: pushed.proof,
        }
    }
}

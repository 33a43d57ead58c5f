use crate::app::Notices;
use axum::extract::State;
use axum::http::StatusCode;
use contracts::notifications::{Device, NewDevice};
use httpkit::{Anyone, Json, Path, Problem, ProblemDocument};
use kernel::DeviceId;
use serde::Serialize;

#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = NotificationDevices)]
pub struct Devices {
    /// The one that was added last comes first; at most 20.
    items: Vec<Device>,
}

/// Lists the caller's devices that take pushes. Their tokens are not told.
#[utoipa::path(
    get, path = "/v1/me/devices", tag = "notifications", operation_id = "list_notification_devices",
    security(("bearer" = [])),
    responses(
        (status = 200, description = "All of them", body = Devices),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn list(State(notices): State<Notices>, caller: Anyone) -> Result<Json<Devices>, Problem> {
    let ways = notices.ways(&caller.ctx, super::user(&caller)?).await?;
    Ok(Json(Devices { items: ways.devices }))
}

/// Registers a device for pushes. A token that is known stays one device, of whoever registered it last; of more than 20 devices
/// the one that was added first gives way. A device that its push service calls gone is removed by itself.
#[utoipa::path(
    post, path = "/v1/me/devices", tag = "notifications", operation_id = "register_notification_device",
    request_body = NewDevice,
    security(("bearer" = [])),
    responses(
        (status = 201, description = "It takes pushes from now on", body = Device),
        (status = 400, description = "`json_malformed`, `field_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn register(
    State(notices): State<Notices>,
    caller: Anyone,
    Json(device): Json<NewDevice>,
) -> Result<(StatusCode, Json<Device>), Problem> {
    let user = super::user(&caller)?;
    let added = notices.add_device(&caller.ctx, user, device).await?;
    Ok((StatusCode::CREATED, Json(added)))
}

/// Removes one of the caller's devices.
#[utoipa::path(
    delete, path = "/v1/me/devices/{id}", tag = "notifications", operation_id = "delete_notification_device",
    params(("id" = DeviceId, Path, description = "The device")),
    security(("bearer" = [])),
    responses(
        (status = 204, description = "It takes no more pushes"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`: no such device of yours", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub async fn delete(
    State(notices): State<Notices>,
    caller: Anyone,
    Path(id): Path<DeviceId>,
) -> Result<StatusCode, Problem> {
    notices.drop_device(super::user(&caller)?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

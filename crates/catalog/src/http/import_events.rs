use crate::Products;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream;
use httpkit::{Path, Problem, ProblemDocument, Seller, perm};
use kernel::{Fault, ImportId, TenantId};
use serde::Serialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Connections that listen at once.
static LISTENERS: Semaphore = Semaphore::const_new(64);
const PACE: Duration = Duration::from_millis(500);
/// A listener is let go after so many events: it comes again, and goes on.
const EVENTS_MAX: u32 = 1_200;

/// One event.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct Progress {
    finished: bool,
    rows_done: u64,
    rows_failed: u64,
    created: u64,
    updated: u64,
    unchanged: u64,
    /// Of the file; 0 where it was not kept.
    percent: u8,
    rows_per_s: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
}

/// How far an upload is, as server-sent events: `progress` twice a second, and `done` at its end.
#[utoipa::path(
    get,
    path = "/v1/seller/imports/{id}/events",
    operation_id = "follow_import",
    tag = "catalog",
    params(("id" = ImportId, Path)),
    responses(
        (status = 200, description = "Server-sent events, twice a second and `done` at the end; the data of each is JSON: `finished`, `rows_done`, `rows_failed`, `created`, `updated`, `unchanged`, `percent`, `rows_per_s`", body = Object, content_type = "text/event-stream"),
        (status = 401, description = "`token_missing`, `token_invalid`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 403, description = "`wrong_audience`, `permission_missing`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = ProblemDocument, content_type = "application/problem+json"),
        (status = 503, description = "Too many listen: ask for the upload itself now and then", body = ProblemDocument, content_type = "application/problem+json"),
    ),
    security(("bearer" = []))
)]
pub(super) async fn handler(
    State(products): State<Products>,
    seller: Seller<perm::ReadCatalog>,
    Path(id): Path<ImportId>,
) -> Result<Response, Problem> {
    let place = LISTENERS
        .try_acquire()
        .map_err(|_| Problem(Fault::unavailable("events")))?;
    let mut listener = Listener {
        products,
        tenant: seller.tenant,
        id,
        events: 0,
        is_over: false,
        _place: place,
    };
    // Whoever may not see it hears so at once.
    let first = listener.look().await?;
    let events = stream::unfold((listener, Some(first)), |(mut listener, first)| async move {
        if listener.is_over || listener.events >= EVENTS_MAX {
            return None;
        }
        let look = match first {
            Some(look) => Ok(look),
            None => {
                tokio::time::sleep(PACE).await;
                listener.look().await
            }
        };
        listener.events += 1;
        let event = match look {
            Ok(progress) => {
                listener.is_over = progress.finished || progress.failure.is_some();
                let name = if listener.is_over { "done" } else { "progress" };
                let data = serde_json::to_string(&progress).unwrap_or_default();
                Event::default().event(name).data(data)
            }
            // The next look may succeed.
            Err(_) => Event::default().comment("unavailable"),
        };
        Some((Ok::<_, Infallible>(event), (listener, None)))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

struct Listener {
    products: Products,
    tenant: TenantId,
    id: ImportId,
    events: u32,
    is_over: bool,
    _place: SemaphorePermit<'static>,
}

impl Listener {
    async fn look(&mut self) -> Result<Progress, crate::Error> {
        let progress = self.products.progress(self.tenant, self.id).await?;
        let upload = progress.upload;
        Ok(Progress {
            finished: upload.finished,
            rows_done: upload.rows_done,
            rows_failed: upload.rows_failed,
            created: upload.counts.created,
            updated: upload.counts.updated,
            unchanged: upload.counts.unchanged,
            percent: progress.percent,
            rows_per_s: progress.rows_per_s,
            failure: upload.failure,
        })
    }
}

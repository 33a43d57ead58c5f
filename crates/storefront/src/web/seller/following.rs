//! How far a file is, told while it goes on.

use crate::i18n::Locale;
use crate::web::Shop;
use crate::web::failure::Failure;
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use contracts::catalog::uploads::FileState;
use futures::stream;
use kernel::{Ctx, Fault, ImportId, Permission, TenantId};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Pages that listen at once. Others look again by themselves.
static LISTENERS: Semaphore = Semaphore::const_new(256);
const PACE: Duration = Duration::from_millis(500);
/// A listener is let go after so many looks, and comes again by itself.
const LOOKS_MAX: u32 = 1_200;

struct Listener {
    shop: Shop,
    ctx: Ctx,
    tenant: TenantId,
    id: ImportId,
    locale: Locale,
    looks: u32,
    is_over: bool,
    _place: SemaphorePermit<'static>,
}

pub async fn events(
    State(shop): State<Shop>,
    visit: Visit,
    Path(id): Path<ImportId>,
) -> Result<Response, Failure> {
    let tenant = visit.seller(Permission::EditCatalog)?;
    let mut listener = Listener {
        shop,
        ctx: visit.ctx.clone(),
        tenant,
        id,
        locale: visit.locale,
        looks: 0,
        is_over: false,
        _place: LISTENERS
            .try_acquire()
            .map_err(|_| Fault::unavailable("events"))?,
    };
    // Whoever may not see it hears so at once.
    let first = listener.look().await?;
    let events = stream::unfold((listener, Some(first)), |(mut listener, first)| async move {
        if listener.is_over || listener.looks >= LOOKS_MAX {
            return None;
        }
        let look = match first {
            Some(look) => Ok(look),
            None => {
                tokio::time::sleep(PACE).await;
                listener.look().await
            }
        };
        listener.looks += 1;
        let event = match look {
            Ok(Some(parts)) => Event::default().event("progress").data(parts.to_string()),
            Ok(None) => {
                listener.is_over = true;
                Event::default().event("done").data("{}")
            }
            // The next look may succeed.
            Err(_) => Event::default().comment("unavailable"),
        };
        Some((Ok::<_, Infallible>(event), (listener, None)))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

impl Listener {
    /// What the page shows by now; `None` once there is nothing more to wait for.
    async fn look(&mut self) -> Result<Option<Value>, Fault> {
        let state = self
            .shop
            .intake
            .file_state(&self.ctx, self.tenant, self.id)
            .await?;
        let number = |n: u64| self.locale.number(n);
        if let Some((state, check)) = state
            && state != FileState::Started
        {
            return Ok((state == FileState::Checking).then(|| {
                json!({
                    "rows": number(check.rows), "created": number(check.created), "updated": number(check.updated),
                    "unchanged": number(check.unchanged), "failed": number(check.rows_failed),
                })
            }));
        }
        let progress = self.shop.intake.progress(&self.ctx, self.tenant, self.id).await?;
        let upload = &progress.upload;
        let speed = self
            .locale
            .t("upload.speed")
            .arg("n", number(progress.rows_per_s));
        Ok((!upload.finished && upload.failure.is_none()).then(|| {
            json!({
                "percent": progress.percent, "speed": speed.to_string(), "rows": number(upload.rows_done),
                "created": number(upload.counts.created), "updated": number(upload.counts.updated),
                "unchanged": number(upload.counts.unchanged), "failed": number(upload.rows_failed),
            })
        }))
    }
}

//! When the marketplace captures what its buyers pay: set by its staff, and told to the audit trail.

use crate::app::Checkouts;
use crate::error::Error;
use contracts::audit::{AuditSubject, Changed};
use contracts::checkout::CaptureSetting;
use contracts::payments::CaptureTime;
use kernel::{Ctx, Timestamp};
use serde_json::{Value, json};
use sqlx::PgConnection;
use sqlx::types::Json;
use store::{Scope, log};

/// Characters of the reason.
const NOTE_CHARS_MAX: usize = 500;

impl Checkouts {
    /// What a payment that begins now is captured by.
    pub(crate) async fn capture_time(&self) -> Result<CaptureTime, Error> {
        Ok(self.read_capture_setting().await?.capture)
    }

    pub(crate) async fn read_capture_setting(&self) -> Result<CaptureSetting, Error> {
        let mut conn = self.db().pool().acquire().await?;
        read(&mut conn).await
    }

    /// Somebody sets it and says why. It is told to the trail each time: also that somebody looked and left it.
    pub(crate) async fn change_capture(
        &self,
        ctx: &Ctx,
        capture: CaptureTime,
        note: &str,
    ) -> Result<CaptureSetting, Error> {
        let note = httpkit::text::line("/note", note, NOTE_CHARS_MAX)?;
        let mut tx = self.db().begin(Scope::System).await?;
        // Two that set it at once come one after the other, so that each tells what it took the place of.
        sqlx::query("lock table checkout.capture_time in share row exclusive mode")
            .execute(&mut *tx)
            .await?;
        let before = read(&mut tx).await?;
        sqlx::query(
            "insert into checkout.capture_time (capture, note, changed_by, changed_at)
             values ($1, $2, $3, $4)
             on conflict on constraint capture_time_pkey do update
                set capture = excluded.capture, note = excluded.note, changed_by = excluded.changed_by,
                    changed_at = excluded.changed_at",
        )
        .bind(capture.name())
        .bind(&note)
        .bind(Json(&ctx.actor))
        .bind(ctx.now)
        .execute(&mut *tx)
        .await?;
        let after = CaptureSetting {
            capture,
            note,
            changed_at: Some(ctx.now),
        };
        let about = AuditSubject::new("capture_time", "capture_time", "");
        let told = Changed::new("payment.capture_time_set", about)
            .before(said(&before))
            .after(said(&after));
        log::append(&mut tx, ctx, &told).await?;
        tx.commit().await?;
        Ok(after)
    }
}

fn said(setting: &CaptureSetting) -> Value {
    json!({"capture": setting.capture, "note": setting.note})
}

async fn read(conn: &mut PgConnection) -> Result<CaptureSetting, Error> {
    let row: Option<(String, String, Timestamp)> =
        sqlx::query_as("select capture, note, changed_at from checkout.capture_time")
            .fetch_optional(conn)
            .await?;
    let Some((capture, note, changed_at)) = row else {
        return Ok(CaptureSetting {
            capture: CaptureTime::AtOnce,
            note: String::new(),
            changed_at: None,
        });
    };
    Ok(CaptureSetting {
        capture: CaptureTime::named(&capture).ok_or(Error::Internal)?,
        note,
        changed_at: Some(changed_at),
    })
}

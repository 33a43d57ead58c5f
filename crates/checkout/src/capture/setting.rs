//! When the marketplace captures what its buyers pay: set by its staff, and told to the audit trail. Each process keeps it in mind
//! for a moment, so that not every payment reads it.

use crate::app::Checkouts;
use crate::error::Error;
use contracts::audit::{AuditSubject, Changed};
use contracts::checkout::CaptureSetting;
use contracts::payments::CaptureTime;
use kernel::{Ctx, Timestamp};
use serde_json::{Value, json};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::{Scope, log};

/// Characters of the reason.
const NOTE_CHARS_MAX: usize = 500;
/// How long a payment may still begin as it was set before, where another process set it.
const KEPT_FOR: Duration = Duration::from_secs(1);

/// What a process knows of it, and since when.
#[derive(Debug, Default)]
pub(crate) struct Kept(Mutex<Option<(CaptureTime, Instant)>>);

impl Kept {
    fn at(&self, now: Instant) -> Option<CaptureTime> {
        let kept = *self.lock();
        kept.filter(|(_, since)| now.saturating_duration_since(*since) < KEPT_FOR)
            .map(|(capture, _)| capture)
    }

    /// As it was `since` then. What is known since later stays: somebody set it while it was being read.
    fn keep(&self, capture: CaptureTime, since: Instant) {
        let mut kept = self.lock();
        if kept.is_none_or(|(_, known)| known <= since) {
            *kept = Some((capture, since));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<(CaptureTime, Instant)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Checkouts {
    /// What a payment that begins now is captured by.
    pub(crate) async fn capture_time(&self) -> Result<CaptureTime, Error> {
        let since = Instant::now();
        if let Some(kept) = self.kept_capture().at(since) {
            return Ok(kept);
        }
        let capture = self.read_capture_setting().await?.capture;
        self.kept_capture().keep(capture, since);
        Ok(capture)
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
        self.kept_capture().keep(capture, Instant::now());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_kept_for_a_moment_and_no_longer() {
        let (kept, since) = (Kept::default(), Instant::now());
        assert_eq!(kept.at(since), None);
        kept.keep(CaptureTime::OnDispatch, since);
        let almost = Duration::from_millis(999);
        assert_eq!(kept.at(since + almost), Some(CaptureTime::OnDispatch));
        assert_eq!(kept.at(since + KEPT_FOR), None);
    }

    #[test]
    fn what_is_set_while_it_is_being_read_is_what_is_known() {
        let (kept, since) = (Kept::default(), Instant::now());
        let set = since + Duration::from_millis(3);
        kept.keep(CaptureTime::OnDispatch, set);
        kept.keep(CaptureTime::AtOnce, since);
        assert_eq!(kept.at(set), Some(CaptureTime::OnDispatch));
    }
}

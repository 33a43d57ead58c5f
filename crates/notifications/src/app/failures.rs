//! Operators look at what failed for good, and try it again or give it up.

use super::Notices;
use crate::error::Error;
use ::store::failed::{self, Failed, FailedId, Place};
use ::store::{Scope, log};
use contracts::audit::{AuditSubject, Changed};
use contracts::notifications::{FailedWork, FailureAct, FailureDecision};
use kernel::{Ctx, Cursor, Page, Timestamp, UserId, uuid_at};
use serde_json::json;
use sqlx::FromRow;
use std::collections::HashMap;

#[derive(FromRow)]
struct DecisionRow {
    name: String,
    topic: Option<String>,
    error: String,
    act: String,
    by_id: Option<UserId>,
    at: Timestamp,
}

fn work(failed: Failed) -> FailedWork {
    FailedWork {
        id: failed.id,
        name: failed.name,
        topic: failed.topic,
        error: failed.error,
        attempts: u32::try_from(failed.attempts).unwrap_or(0),
        since: failed.since,
        behind: u32::try_from(failed.behind).unwrap_or(u32::MAX),
    }
}

/// Microseconds, and the id.
fn cursor(work: &FailedWork) -> Cursor {
    Cursor(format!("{}~{}", work.since.timestamp_micros(), work.id))
}

fn place(Cursor(text): &Cursor) -> Result<Place, Error> {
    let read = || {
        let (micros, id) = text.split_once('~')?;
        let since = Timestamp::from_timestamp_micros(micros.parse().ok()?)?;
        Some((httpkit::moment("after", since).ok()?, id.to_owned()))
    };
    read().ok_or_else(Error::cursor)
}

fn name(act: FailureAct) -> &'static str {
    match act {
        FailureAct::Retry => "retry",
        FailureAct::Dismiss => "dismiss",
    }
}

impl Notices {
    pub async fn failures(&self, after: Option<Cursor>, limit: u16) -> Result<Page<FailedWork>, Error> {
        let after = after.as_ref().map(place).transpose()?;
        let found = failed::list(self.db(), after.as_ref(), i64::from(limit) + 1).await?;
        let is_more = found.len() > usize::from(limit);
        let items: Vec<FailedWork> = found.into_iter().take(usize::from(limit)).map(work).collect();
        let next = items.last().filter(|_| is_more).map(cursor);
        Ok(Page { items, next })
    }

    /// Tries it again or gives it up. Who did is written down first: an attempt without its author would be worse than an
    /// author without an attempt.
    pub async fn decide(&self, ctx: &Ctx, id: &str, act: FailureAct) -> Result<(), Error> {
        let id: FailedId = id.parse().map_err(|_| Error::NoFailure)?;
        let known = failed::find(self.db(), &id).await?.ok_or(Error::NoFailure)?;
        let mut tx = self.db().begin(Scope::System).await?;
        sqlx::query(
            "insert into notifications.decision (id, failed, name, topic, error, act, by_id, at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(uuid_at(ctx.now))
        .bind(&known.id)
        .bind(&known.name)
        .bind(&known.topic)
        .bind(&known.error)
        .bind(name(act))
        .bind(ctx.user())
        .bind(ctx.now)
        .execute(&mut *tx)
        .await?;
        let kind = match act {
            FailureAct::Retry => "dead_letter.retried",
            FailureAct::Dismiss => "dead_letter.dismissed",
        };
        let about = AuditSubject::new("dead_letter", &known.id, known.name.clone());
        let told = Changed::new(kind, about).before(json!({"error": known.error}));
        log::append(&mut tx, ctx, &told).await?;
        tx.commit().await?;
        let done = match act {
            FailureAct::Retry => failed::retry(self.db(), &id, ctx.now).await?,
            FailureAct::Dismiss => failed::discard(self.db(), &id).await?,
        };
        // Somebody else was quicker.
        done.then_some(()).ok_or(Error::NoFailure)
    }

    /// The latest first.
    pub async fn decisions(&self, ctx: &Ctx, limit: u16) -> Result<Vec<FailureDecision>, Error> {
        let rows: Vec<DecisionRow> = sqlx::query_as(
            "select name, topic, error, act, by_id, at from notifications.decision order by id desc limit $1",
        )
        .bind(i64::from(limit))
        .fetch_all(self.db().pool())
        .await?;
        let mut people: Vec<UserId> = rows.iter().filter_map(|row| row.by_id).collect();
        people.sort_unstable();
        people.dedup();
        let cards = match people.is_empty() {
            true => Vec::new(),
            false => self.identity().users(ctx, people).await.unwrap_or_default(),
        };
        let names: HashMap<UserId, String> = cards.into_iter().map(|card| (card.id, card.name)).collect();
        Ok(rows
            .into_iter()
            .map(|row| FailureDecision {
                act: match row.act.as_str() {
                    "retry" => FailureAct::Retry,
                    _ => FailureAct::Dismiss,
                },
                by: row.by_id.and_then(|by| names.get(&by).cloned()),
                name: row.name,
                topic: row.topic,
                error: row.error,
                at: row.at,
            })
            .collect())
    }
}

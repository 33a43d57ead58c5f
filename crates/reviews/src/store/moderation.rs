//! The moderators' queue.

use super::{ReviewRow, columns, named};
use crate::error::Error;
use contracts::reviews::{EarlierReview, ReviewReport, ReviewStatus};
use kernel::{Ctx, ReviewId, Timestamp};
use sqlx::types::Json;
use sqlx::{AssertSqlSafe, FromRow, PgConnection};
use std::collections::HashMap;
use uuid::Uuid;

/// Reports and earlier texts that are shown of each review.
const SHOWN_MAX: i64 = 10;

/// What a moderator says.
#[derive(Clone, Debug)]
pub struct Decision {
    pub status: ReviewStatus,
    pub rejection: Option<String>,
}

/// Those that wait for a moderator, the longest first; or all of a status, the latest first.
pub async fn queue(
    conn: &mut PgConnection,
    status: ReviewStatus,
    after: Option<ReviewId>,
    limit: i64,
) -> Result<Vec<ReviewRow>, sqlx::Error> {
    let list = columns!();
    let rest = match status {
        ReviewStatus::Queued => {
            "waits_since is not null
                and ($1::uuid is null or (waits_since, id) > (select w.waits_since, w.id from reviews.review w where w.id = $1))
              order by waits_since, id"
        }
        ReviewStatus::Published => "status = 'published' and ($1::uuid is null or id < $1) order by id desc",
        ReviewStatus::Rejected => "status = 'rejected' and ($1::uuid is null or id < $1) order by id desc",
    };
    let sql = format!("select {list} from reviews.review where deleted_at is null and {rest} limit $2");
    sqlx::query_as(AssertSqlSafe(sql))
        .bind(after)
        .bind(limit)
        .fetch_all(conn)
        .await
}

/// Writes a decision; what readers reported until then is looked at with it.
pub async fn decide(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: ReviewId,
    decision: &Decision,
) -> Result<ReviewRow, Error> {
    sqlx::query("update reviews.report set settled_at = $2 where review_id = $1 and settled_at is null")
        .bind(id)
        .bind(ctx.now)
        .execute(&mut *conn)
        .await?;
    let row = sqlx::query_as(concat!(
        "update reviews.review
            set status = $2, rejection = $3, waits_since = null, reports = 0, decided_by = $4, decided_at = $5
          where id = $1
         returning ",
        columns!()
    ))
    .bind(id)
    .bind(super::name(decision.status)?)
    .bind(&decision.rejection)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .fetch_one(conn)
    .await?;
    Ok(row)
}

#[derive(FromRow)]
struct ReportRow {
    review_id: ReviewId,
    reason: String,
    note: String,
    at: Timestamp,
}

/// What readers said of some reviews and nobody has looked at, the latest first.
pub async fn reported(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<HashMap<ReviewId, Vec<ReviewReport>>, Error> {
    let rows: Vec<ReportRow> = sqlx::query_as(
        "select r.review_id, r.reason, r.note, r.at from unnest($1::uuid[]) as wanted (id),
                lateral (select * from reviews.report p where p.review_id = wanted.id and p.settled_at is null
                          order by p.at desc limit $2) r
          order by r.at desc",
    )
    .bind(ids)
    .bind(SHOWN_MAX)
    .fetch_all(conn)
    .await?;
    let mut found: HashMap<ReviewId, Vec<ReviewReport>> = HashMap::new();
    for row in rows {
        found.entry(row.review_id).or_default().push(ReviewReport {
            reason: named(&row.reason)?,
            note: row.note,
            at: row.at,
        });
    }
    Ok(found)
}

#[derive(FromRow)]
struct EarlierRow {
    review_id: ReviewId,
    version: i32,
    stars: i16,
    title: String,
    text: String,
    at: Timestamp,
}

/// What some reviews said before, the latest first.
pub async fn earlier(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> Result<HashMap<ReviewId, Vec<EarlierReview>>, sqlx::Error> {
    let rows: Vec<EarlierRow> = sqlx::query_as(
        "select e.review_id, e.version, e.stars, e.title, e.text, e.at from unnest($1::uuid[]) as wanted (id),
                lateral (select * from reviews.earlier v where v.review_id = wanted.id order by v.version desc limit $2) e
          order by e.version desc",
    )
    .bind(ids)
    .bind(SHOWN_MAX)
    .fetch_all(conn)
    .await?;
    let mut found: HashMap<ReviewId, Vec<EarlierReview>> = HashMap::new();
    for row in rows {
        found.entry(row.review_id).or_default().push(EarlierReview {
            version: row.version,
            stars: super::stars_of(row.stars),
            title: row.title,
            text: row.text,
            at: row.at,
        });
    }
    Ok(found)
}

//! Moderators look at what rules, the classifier or readers doubt.

use super::{Ratings, counted, lists, tell_published};
use crate::error::Error;
use crate::store::{self, Decision, ReviewRow};
use ::store::{Scope, log};
use contracts::reviews::{ModeratedReview, ReviewDecided, ReviewStatus, Verdict};
use httpkit::text;
use kernel::{Ctx, Cursor, Page, ReviewId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Characters of what an author is told of a rejection.
const REASON_CHARS_MAX: usize = 500;

impl Ratings {
    pub async fn queue(
        &self,
        status: ReviewStatus,
        cursor: Option<Cursor>,
        wanted: u16,
    ) -> Result<Page<ModeratedReview>, Error> {
        let limit = lists::limit(wanted);
        let mut tx = self.db.begin(Scope::System).await?;
        let rows = store::queue(&mut tx, status, lists::after(cursor)?, limit.plus_one()).await?;
        let (rows, next) = lists::page(rows, limit);
        let items = moderated(&mut tx, rows).await?;
        tx.commit().await?;
        Ok(Page { items, next })
    }

    /// Lets a review stand, or not. The moderator names the version that was read: another may say something else.
    pub async fn decide(
        &self,
        ctx: &Ctx,
        id: ReviewId,
        version: i32,
        verdict: Verdict,
    ) -> Result<ModeratedReview, Error> {
        let decision = match verdict {
            Verdict::Approve => Decision {
                status: ReviewStatus::Published,
                rejection: None,
            },
            Verdict::Reject { reason } => Decision {
                status: ReviewStatus::Rejected,
                rejection: Some(text::line("/reason", &reason, REASON_CHARS_MAX)?),
            },
        };
        let mut tx = self.db.begin(Scope::System).await?;
        let before = store::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
        if before.version != version {
            return Err(Error::Changed(before.version));
        }
        let after = store::decide(&mut tx, ctx, id, &decision).await?;
        if before.is_published() != after.is_published() {
            let mut deltas = counted(&before, -1);
            deltas.extend(counted(&after, 1));
            store::rate(&mut tx, ctx, &deltas).await?;
        }
        let event = ReviewDecided {
            review: id,
            product: after.product_id,
            shop: after.tenant_id,
            buyer: after.buyer_id,
            published: after.is_published(),
        };
        log::append(&mut tx, ctx, &event).await?;
        if !before.is_published() && after.is_published() {
            tell_published(&mut tx, ctx, &after).await?;
        }
        let seen = moderated(&mut tx, vec![after]).await?.pop();
        tx.commit().await?;
        log::wake();
        seen.ok_or(Error::NotFound)
    }
}

async fn moderated(conn: &mut PgConnection, rows: Vec<ReviewRow>) -> Result<Vec<ModeratedReview>, Error> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
    let mut reported = store::reported(conn, &ids).await?;
    let mut earlier = store::earlier(conn, &ids).await?;
    rows.into_iter()
        .map(|row| {
            Ok(ModeratedReview {
                status: row.status()?,
                version: row.version,
                suspicions: row.suspicions()?,
                score: u16::try_from(row.score).unwrap_or(0),
                reports: store::count(row.reports),
                reported: reported.remove(&row.id).unwrap_or_default(),
                earlier: earlier.remove(&row.id).unwrap_or_default(),
                rejection: row.rejection.clone(),
                review: row.review(),
            })
        })
        .collect()
}

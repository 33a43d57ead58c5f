//! Reviews are written, changed, voted for, reported and answered here.

mod lists;
mod moderate;

use crate::domain::{byline, checked, judge, paragraph};
use crate::error::Error;
use crate::store::{self, Delta, Draft, Drafts, ReviewRow};
use ::store::{Db, Scope, log};
use contracts::identity::Identity;
use contracts::reviews::{
    BATCH_MAX, NewReview, OwnReview, PastReview, ReportReason, Review, ReviewAnswered, ReviewPublished,
    ReviewText,
};
use httpkit::text;
use kernel::{Ctx, OrderId, ProductId, ReviewId, TenantId, UserId};
use sqlx::PgConnection;
use std::collections::HashMap;
use std::sync::Arc;

/// Characters of what somebody says to a report.
const NOTE_CHARS_MAX: usize = 500;

/// The reviews context.
#[derive(Clone)]
pub struct Ratings {
    db: Db,
    identity: Arc<dyn Identity>,
}

impl Ratings {
    #[must_use]
    pub fn new(db: Db, identity: Arc<dyn Identity>) -> Self {
        Self { db, identity }
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    /// Writes a buyer's review of something that was bought and received.
    pub async fn write(&self, ctx: &Ctx, buyer: UserId, new: NewReview) -> Result<OwnReview, Error> {
        let says = checked(new.says)?;
        let names = self.bylines(ctx, vec![buyer]).await?;
        let mut drafts = Drafts::default();
        drafts.push(Draft {
            buyer,
            order: new.order,
            product: new.product,
            author: names.get(&buyer).cloned().unwrap_or_default(),
            judgement: judge(&says),
            says,
            at: ctx.now,
        })?;
        let mut tx = self.db.begin(Scope::System).await?;
        let Some(row) = store::insert(&mut tx, &drafts).await?.into_iter().next() else {
            let has_bought = store::has_bought(&mut tx, buyer, new.order, new.product).await?;
            return Err(if has_bought {
                Error::Reviewed
            } else {
                Error::NotBought
            });
        };
        store::rate(&mut tx, ctx, &counted(&row, 1)).await?;
        if row.is_published() {
            tell_published(&mut tx, ctx, &row).await?;
        }
        tx.commit().await?;
        log::wake();
        row.own()
    }

    /// Writes many, each as if its buyer had at its time; with them the shops' replies. What may not be written, or is
    /// already, is left out.
    pub async fn write_past(&self, ctx: &Ctx, reviews: Vec<PastReview>) -> Result<u32, Error> {
        if reviews.len() > BATCH_MAX {
            return Err(Error::TooMany(BATCH_MAX));
        }
        let names = self
            .bylines(ctx, reviews.iter().map(|past| past.buyer).collect())
            .await?;
        let mut drafts = Drafts::default();
        let mut said: HashMap<(OrderId, ProductId), (String, kernel::Timestamp)> = HashMap::new();
        for past in reviews {
            let says = checked(past.new.says)?;
            if let Some(reply) = past.reply {
                let reply = paragraph("/reply", &reply)?;
                said.insert((past.new.order, past.new.product), (reply, past.at));
            }
            drafts.push(Draft {
                buyer: past.buyer,
                order: past.new.order,
                product: past.new.product,
                author: names.get(&past.buyer).cloned().unwrap_or_default(),
                judgement: judge(&says),
                says,
                at: past.at,
            })?;
        }
        let mut tx = self.db.begin(Scope::System).await?;
        let rows = store::insert(&mut tx, &drafts).await?;
        let deltas: Vec<Delta> = rows.iter().flat_map(|row| counted(row, 1)).collect();
        store::rate(&mut tx, ctx, &deltas).await?;
        let replies: Vec<_> = rows
            .iter()
            .filter(|row| row.is_published())
            .filter_map(|row| {
                let (reply, at) = said.remove(&(row.order_id, row.product_id))?;
                Some((row.id, reply, at))
            })
            .collect();
        store::reply_many(&mut tx, ctx, &replies).await?;
        tx.commit().await?;
        log::wake();
        Ok(u32::try_from(rows.len()).unwrap_or(u32::MAX))
    }

    /// Changes what a review says; what it said is kept, and moderation looks again.
    pub async fn edit(
        &self,
        ctx: &Ctx,
        buyer: UserId,
        id: ReviewId,
        says: ReviewText,
    ) -> Result<OwnReview, Error> {
        let says = checked(says)?;
        let judgement = judge(&says);
        let mut tx = self.db.begin(Scope::System).await?;
        let before = own(store::lock(&mut tx, id).await?, buyer)?;
        let after = store::rewrite(&mut tx, id, &says, &judgement, ctx.now).await?;
        let mut deltas = counted(&before, -1);
        deltas.extend(counted(&after, 1));
        if before.stars != after.stars || before.is_published() != after.is_published() {
            store::rate(&mut tx, ctx, &deltas).await?;
        }
        tx.commit().await?;
        log::wake();
        after.own()
    }

    /// Takes a review back. Its purchase may be reviewed anew.
    pub async fn delete(&self, ctx: &Ctx, buyer: UserId, id: ReviewId) -> Result<(), Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let row = own(store::lock(&mut tx, id).await?, buyer)?;
        store::delete(&mut tx, id, ctx.now).await?;
        store::rate(&mut tx, ctx, &counted(&row, -1)).await?;
        tx.commit().await?;
        log::wake();
        Ok(())
    }

    /// Says whether a buyer finds a review helpful, and answers how many do.
    pub async fn vote(&self, ctx: &Ctx, buyer: UserId, id: ReviewId, helpful: bool) -> Result<u32, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let row = public(store::lock(&mut tx, id).await?)?;
        if row.buyer_id == buyer {
            return Err(Error::Own);
        }
        let count = store::vote(&mut tx, id, buyer, helpful, ctx.now).await?;
        tx.commit().await?;
        Ok(store::count(count))
    }

    /// Reports a review to the moderators. It stays where it is until one has looked.
    pub async fn report(
        &self,
        ctx: &Ctx,
        buyer: UserId,
        id: ReviewId,
        reason: ReportReason,
        note: &str,
    ) -> Result<(), Error> {
        let note = text::paragraphs("/note", note, NOTE_CHARS_MAX)?;
        let mut tx = self.db.begin(Scope::System).await?;
        let row = public(store::lock(&mut tx, id).await?)?;
        if row.buyer_id == buyer {
            return Err(Error::Own);
        }
        store::report(&mut tx, id, buyer, reason, &note, ctx.now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The shop's reply, or another in its place.
    pub async fn reply(&self, ctx: &Ctx, shop: TenantId, id: ReviewId, said: &str) -> Result<Review, Error> {
        let said = paragraph("/text", said)?;
        let mut tx = self.db.begin(Scope::Tenant(shop)).await?;
        let row = store::reply(&mut tx, ctx, id, &said)
            .await?
            .ok_or(Error::NotFound)?;
        let event = ReviewAnswered {
            review: row.id,
            product: row.product_id,
            shop,
            buyer: row.buyer_id,
        };
        log::append(&mut tx, ctx, &event).await?;
        tx.commit().await?;
        log::wake();
        Ok(row.review())
    }

    /// How buyers are named to strangers.
    async fn bylines(&self, ctx: &Ctx, mut buyers: Vec<UserId>) -> Result<HashMap<UserId, String>, Error> {
        buyers.sort_unstable();
        buyers.dedup();
        let cards = self.identity.users(ctx, buyers).await?;
        Ok(cards
            .into_iter()
            .map(|card| (card.id, byline(&card.name)))
            .collect())
    }
}

async fn tell_published(conn: &mut PgConnection, ctx: &Ctx, row: &ReviewRow) -> Result<(), Error> {
    let event = ReviewPublished {
        review: row.id,
        product: row.product_id,
        shop: row.tenant_id,
        buyer: row.buyer_id,
        stars: u8::try_from(row.stars).unwrap_or(0),
    };
    Ok(log::append(conn, ctx, &event).await?)
}

/// What a review counts for: nothing where nobody reads it.
fn counted(row: &ReviewRow, count: i32) -> Vec<Delta> {
    row.is_published().then(|| row.delta(count)).into_iter().collect()
}

fn own(row: Option<ReviewRow>, buyer: UserId) -> Result<ReviewRow, Error> {
    row.filter(|row| row.buyer_id == buyer).ok_or(Error::NotFound)
}

fn public(row: Option<ReviewRow>) -> Result<ReviewRow, Error> {
    row.filter(ReviewRow::is_published).ok_or(Error::NotFound)
}

//! All SQL of reviews.

mod lists;
mod moderation;
mod rating;

pub use lists::{Place, of_buyer, of_orders, of_product, of_seller, of_shop, reviewable, votes};
pub use moderation::{Decision, decide, earlier, queue, reported};
pub use rating::{Delta, miscounted, product_ratings, product_summary, rate, shop_ratings, shop_summary};

use crate::domain::Judgement;
use crate::error::Error;
use contracts::reviews::{OwnReview, ReportReason, Review, ReviewReply, ReviewStatus, ReviewText, Suspicion};
use kernel::{Ctx, ImageId, OrderId, ProductId, ReviewId, TenantId, Timestamp, UserId};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

/// Every column of a review that is read.
macro_rules! columns {
    () => {
        "id, tenant_id, product_id, order_id, buyer_id, author, stars, title, text, photos, status, version, at, edited_at, \
         suspicions, score, rejection, helpful, reports, reply, replied_at, reply_edited_at"
    };
}
pub(crate) use columns;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ReviewRow {
    pub id: ReviewId,
    pub tenant_id: TenantId,
    pub product_id: ProductId,
    pub order_id: OrderId,
    pub buyer_id: UserId,
    pub author: String,
    pub stars: i16,
    pub title: String,
    pub text: String,
    pub photos: Vec<Uuid>,
    pub status: String,
    pub version: i32,
    pub at: Timestamp,
    pub edited_at: Option<Timestamp>,
    pub suspicions: Vec<String>,
    pub score: i16,
    pub rejection: Option<String>,
    pub helpful: i32,
    pub reports: i32,
    pub reply: Option<String>,
    pub replied_at: Option<Timestamp>,
    pub reply_edited_at: Option<Timestamp>,
}

/// The name under which a value is kept.
pub fn name<T: serde::Serialize>(value: T) -> Result<String, Error> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(name) => Ok(name),
        other => Err(Error::Broken(format!("`{other}` is no name"))),
    }
}

/// The value that is kept under a name.
pub fn named<T: serde::de::DeserializeOwned>(name: &str) -> Result<T, Error> {
    serde_json::from_value(serde_json::Value::String(name.to_owned()))
        .map_err(|_| Error::Broken(format!("`{name}` is unknown")))
}

/// A count that the table keeps at 0 or above.
pub fn count(count: i32) -> u32 {
    u32::try_from(count).unwrap_or(0)
}

fn stars_of(stars: i16) -> u8 {
    // The table keeps them between 1 and 5.
    u8::try_from(stars).unwrap_or(1)
}

impl ReviewRow {
    pub fn status(&self) -> Result<ReviewStatus, Error> {
        named(&self.status)
    }

    pub fn suspicions(&self) -> Result<Vec<Suspicion>, Error> {
        self.suspicions.iter().map(|suspicion| named(suspicion)).collect()
    }

    pub fn is_published(&self) -> bool {
        self.status == "published"
    }

    /// What its stars add where it is read, or take where it is not read any more.
    pub fn delta(&self, count: i32) -> Delta {
        Delta {
            product: self.product_id,
            shop: self.tenant_id,
            stars: self.stars,
            count,
        }
    }

    pub fn review(self) -> Review {
        let reply = self.reply.zip(self.replied_at).map(|(text, at)| ReviewReply {
            text,
            at,
            edited_at: self.reply_edited_at,
        });
        Review {
            id: self.id,
            product: self.product_id,
            shop: self.tenant_id,
            stars: stars_of(self.stars),
            title: self.title,
            text: self.text,
            author: self.author,
            photos: self.photos.into_iter().map(ImageId).collect(),
            helpful: count(self.helpful),
            at: self.at,
            edited_at: self.edited_at,
            reply,
        }
    }

    pub fn own(self) -> Result<OwnReview, Error> {
        Ok(OwnReview {
            order: self.order_id,
            status: self.status()?,
            version: self.version,
            rejection: self.rejection.clone(),
            review: self.review(),
        })
    }
}

/// Who received what, column by column.
#[derive(Clone, Debug, Default)]
pub struct Purchases {
    orders: Vec<Uuid>,
    products: Vec<Uuid>,
    buyers: Vec<Uuid>,
    shops: Vec<Uuid>,
    delivered: Vec<Timestamp>,
}

impl Purchases {
    pub fn push(&mut self, order: OrderId, product: ProductId, buyer: UserId, shop: TenantId, at: Timestamp) {
        self.orders.push(order.0);
        self.products.push(product.0);
        self.buyers.push(buyer.0);
        self.shops.push(shop.0);
        self.delivered.push(at);
    }
}

pub async fn note_purchases(conn: &mut PgConnection, purchases: &Purchases) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into reviews.purchase (order_id, product_id, buyer_id, shop_id, delivered_at)
         select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::timestamptz[])
         on conflict on constraint purchase_pkey do nothing",
    )
    .bind(&purchases.orders)
    .bind(&purchases.products)
    .bind(&purchases.buyers)
    .bind(&purchases.shops)
    .bind(&purchases.delivered)
    .execute(conn)
    .await?;
    Ok(())
}

/// Reviews on their way into the table, column by column.
#[derive(Clone, Debug, Default)]
pub struct Drafts {
    ids: Vec<Uuid>,
    buyers: Vec<Uuid>,
    orders: Vec<Uuid>,
    products: Vec<Uuid>,
    authors: Vec<String>,
    stars: Vec<i16>,
    titles: Vec<String>,
    texts: Vec<String>,
    photos: Vec<serde_json::Value>,
    statuses: Vec<String>,
    suspicions: Vec<serde_json::Value>,
    scores: Vec<i16>,
    at: Vec<Timestamp>,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Draft {
    pub buyer: UserId,
    pub order: OrderId,
    pub product: ProductId,
    pub author: String,
    pub says: ReviewText,
    pub judgement: Judgement,
    pub at: Timestamp,
}

fn photos(says: &ReviewText) -> Vec<Uuid> {
    says.photos.iter().map(|photo| photo.0).collect()
}

fn suspicions(judgement: &Judgement) -> Result<Vec<String>, Error> {
    judgement.suspicions.iter().map(name).collect()
}

impl Drafts {
    pub fn push(&mut self, draft: Draft) -> Result<(), Error> {
        self.ids.push(ReviewId::new(draft.at).0);
        self.buyers.push(draft.buyer.0);
        self.orders.push(draft.order.0);
        self.products.push(draft.product.0);
        self.authors.push(draft.author);
        self.stars.push(i16::from(draft.says.stars));
        self.photos.push(serde_json::to_value(photos(&draft.says))?);
        self.titles.push(draft.says.title);
        self.texts.push(draft.says.text);
        self.statuses.push(name(draft.judgement.status())?);
        self.suspicions
            .push(serde_json::to_value(suspicions(&draft.judgement)?)?);
        self.scores
            .push(i16::try_from(draft.judgement.score).unwrap_or(i16::MAX));
        self.at.push(draft.at);
        Ok(())
    }
}

/// Writes those of what was bought by who writes, and not reviewed yet; the others are left out.
pub async fn insert(conn: &mut PgConnection, drafts: &Drafts) -> Result<Vec<ReviewRow>, sqlx::Error> {
    sqlx::query_as(concat!(
        "insert into reviews.review (id, tenant_id, product_id, order_id, buyer_id, author, stars, title, text, photos,
                                     status, suspicions, score, at, waits_since)
         select d.id, p.shop_id, d.product_id, d.order_id, d.buyer_id, d.author, d.stars, d.title, d.text,
                array(select jsonb_array_elements_text(d.photos)::uuid), d.status,
                array(select jsonb_array_elements_text(d.suspicions)), d.score, d.at,
                case when d.status = 'queued' then d.at end
           from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::smallint[], $7::text[], $8::text[],
                       $9::jsonb[], $10::text[], $11::jsonb[], $12::smallint[], $13::timestamptz[])
                as d (id, buyer_id, order_id, product_id, author, stars, title, text, photos, status, suspicions, score, at)
           join reviews.purchase p using (order_id, product_id, buyer_id)
         on conflict (order_id, product_id) where deleted_at is null do nothing
         returning ",
        columns!()
    ))
    .bind(&drafts.ids)
    .bind(&drafts.buyers)
    .bind(&drafts.orders)
    .bind(&drafts.products)
    .bind(&drafts.authors)
    .bind(&drafts.stars)
    .bind(&drafts.titles)
    .bind(&drafts.texts)
    .bind(&drafts.photos)
    .bind(&drafts.statuses)
    .bind(&drafts.suspicions)
    .bind(&drafts.scores)
    .bind(&drafts.at)
    .fetch_all(conn)
    .await
}

pub async fn has_bought(
    conn: &mut PgConnection,
    buyer: UserId,
    order: OrderId,
    product: ProductId,
) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select exists (select from reviews.purchase where order_id = $1 and product_id = $2 and buyer_id = $3)",
    )
    .bind(order)
    .bind(product)
    .bind(buyer)
    .fetch_one(conn)
    .await
}

pub async fn find(conn: &mut PgConnection, id: ReviewId) -> Result<Option<ReviewRow>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from reviews.review where id = $1 and deleted_at is null"
    ))
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// The same, which nobody else changes until the transaction ends.
pub async fn lock(conn: &mut PgConnection, id: ReviewId) -> Result<Option<ReviewRow>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from reviews.review where id = $1 and deleted_at is null for update"
    ))
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Keeps what a review said, and writes what it says now.
pub async fn rewrite(
    conn: &mut PgConnection,
    id: ReviewId,
    says: &ReviewText,
    judgement: &Judgement,
    now: Timestamp,
) -> Result<ReviewRow, Error> {
    let row = sqlx::query_as(concat!(
        "with kept as (
             insert into reviews.earlier (review_id, version, stars, title, text, photos, at)
             select id, version, stars, title, text, photos, coalesce(edited_at, at) from reviews.review where id = $1
         )
         update reviews.review
            set stars = $2, title = $3, text = $4, photos = $5, status = $6, suspicions = $7, score = $8,
                waits_since = case when $6 = 'queued' or reports > 0 then coalesce(waits_since, $9) end,
                version = version + 1, edited_at = $9, rejection = null, decided_by = null, decided_at = null
          where id = $1
         returning ",
        columns!()
    ))
    .bind(id)
    .bind(i16::from(says.stars))
    .bind(&says.title)
    .bind(&says.text)
    .bind(photos(says))
    .bind(name(judgement.status())?)
    .bind(suspicions(judgement)?)
    .bind(i16::try_from(judgement.score).unwrap_or(i16::MAX))
    .bind(now)
    .fetch_one(conn)
    .await?;
    Ok(row)
}

pub async fn delete(conn: &mut PgConnection, id: ReviewId, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("update reviews.review set deleted_at = $2 where id = $1")
        .bind(id)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}

/// Adds or takes a buyer's vote, and answers how many there are: the count moves only with a vote that was not there, or was.
pub async fn vote(
    conn: &mut PgConnection,
    id: ReviewId,
    buyer: UserId,
    helpful: bool,
    now: Timestamp,
) -> Result<i32, sqlx::Error> {
    let moved = if helpful {
        sqlx::query(
            "insert into reviews.vote (review_id, buyer_id, at) values ($1, $2, $3)
             on conflict on constraint vote_pkey do nothing",
        )
        .bind(id)
        .bind(buyer)
        .bind(now)
    } else {
        sqlx::query("delete from reviews.vote where review_id = $1 and buyer_id = $2")
            .bind(id)
            .bind(buyer)
    };
    // One row at most.
    let moved = i32::from(moved.execute(&mut *conn).await?.rows_affected() > 0);
    sqlx::query_scalar("update reviews.review set helpful = helpful + $2 where id = $1 returning helpful")
        .bind(id)
        .bind(if helpful { moved } else { -moved })
        .fetch_one(conn)
        .await
}

/// Notes a report and lets the review wait for a moderator; one buyer reports one review once.
pub async fn report(
    conn: &mut PgConnection,
    id: ReviewId,
    buyer: UserId,
    reason: ReportReason,
    note: &str,
    now: Timestamp,
) -> Result<(), Error> {
    sqlx::query(
        "with noted as (
             insert into reviews.report (review_id, buyer_id, reason, note, at) values ($1, $2, $3, $4, $5)
             on conflict on constraint report_pkey do nothing returning 1
         )
         update reviews.review
            set reports = reports + 1, waits_since = coalesce(waits_since, $5),
                suspicions = case when 'reported' = any(suspicions) then suspicions else array_append(suspicions, 'reported') end
          where id = $1 and exists (select from noted)",
    )
    .bind(id)
    .bind(buyer)
    .bind(name(reason)?)
    .bind(note)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes a shop's reply, or another in its place. The caller acts for the shop and sees no other's reviews.
pub async fn reply(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: ReviewId,
    text: &str,
) -> Result<Option<ReviewRow>, sqlx::Error> {
    sqlx::query_as(concat!(
        "update reviews.review
            set reply = $2, replied_by = $3, replied_at = coalesce(replied_at, $4),
                reply_edited_at = case when replied_at is not null then $4 end
          where id = $1 and status = 'published' and deleted_at is null
         returning ",
        columns!()
    ))
    .bind(id)
    .bind(text)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .fetch_optional(conn)
    .await
}

/// The shops' replies to some reviews that were just written.
pub async fn reply_many(
    conn: &mut PgConnection,
    ctx: &Ctx,
    replies: &[(ReviewId, String, Timestamp)],
) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = replies.iter().map(|reply| reply.0.0).collect();
    let texts: Vec<&str> = replies.iter().map(|reply| reply.1.as_str()).collect();
    let at: Vec<Timestamp> = replies.iter().map(|reply| reply.2).collect();
    sqlx::query(
        "update reviews.review r set reply = d.text, replied_by = $4, replied_at = d.at
           from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as d (id, text, at)
          where r.id = d.id",
    )
    .bind(ids)
    .bind(texts)
    .bind(at)
    .bind(Json(&ctx.actor))
    .execute(conn)
    .await?;
    Ok(())
}

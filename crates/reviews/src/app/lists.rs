//! Reviews are read here.

use super::{Ratings, own};
use crate::error::Error;
use crate::store::{self, Place, ReviewRow};
use ::store::Scope;
use contracts::reviews::{
    OrderReviews, OwnReview, ProductRating, Review, ReviewPage, ReviewQuery, Reviewable, STARS, ShopRating,
    Summary,
};
use kernel::{Cursor, OrderId, Page, PageLimit, ProductId, ReviewId, TenantId, UserId};
use uuid::Uuid;

/// Purchases of one order that are looked through at once: more than an order has lines.
const OF_ORDER_MAX: i64 = 500;

fn cursor_invalid() -> Error {
    Error::Field {
        code: "cursor_invalid",
        field: "after",
        detail: "Pass `next` of the page before, unchanged.".to_owned(),
    }
}

pub(super) fn after(cursor: Option<Cursor>) -> Result<Option<ReviewId>, Error> {
    cursor
        .map(|cursor| cursor.0.parse().map_err(|_| cursor_invalid()))
        .transpose()
}

/// A page of rows of which one more than wanted was asked for.
pub(super) fn page(mut rows: Vec<ReviewRow>, limit: PageLimit) -> (Vec<ReviewRow>, Option<Cursor>) {
    let has_more = rows.len() > limit.get();
    rows.truncate(limit.get());
    let next = rows
        .last()
        .filter(|_| has_more)
        .map(|row| Cursor(row.id.to_string()));
    (rows, next)
}

pub(super) fn limit(limit: u16) -> PageLimit {
    PageLimit::new(limit).unwrap_or_default()
}

/// What is asked for of published reviews, once it is in order.
struct Wanted {
    query: ReviewQuery,
    place: Option<Place>,
    limit: PageLimit,
}

impl Wanted {
    fn read(query: ReviewQuery) -> Result<Self, Error> {
        if query.stars.is_some_and(|stars| !STARS.contains(&stars)) {
            return Err(Error::Field {
                code: "parameter_invalid",
                field: "stars",
                detail: "Ask for one star to five.".to_owned(),
            });
        }
        Ok(Self {
            place: query.after.as_ref().map(Place::read).transpose()?,
            limit: limit(query.limit),
            query,
        })
    }

    fn answer(self, summary: Summary, mut rows: Vec<ReviewRow>) -> ReviewPage {
        let has_more = rows.len() > self.limit.get();
        rows.truncate(self.limit.get());
        let last = rows.last().filter(|_| has_more);
        ReviewPage {
            summary,
            next: last.map(|row| Place::after(row, self.query.sort)),
            items: rows.into_iter().map(ReviewRow::review).collect(),
        }
    }
}

impl Ratings {
    pub async fn ratings(&self, products: Vec<ProductId>) -> Result<Vec<ProductRating>, Error> {
        let ids: Vec<Uuid> = products.into_iter().map(|id| id.0).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rated = store::product_ratings(&self.db, ids).await?.into_iter();
        Ok(rated
            .map(|(id, rating)| ProductRating {
                product: ProductId(id),
                rating,
            })
            .collect())
    }

    pub async fn shop_ratings(&self, shops: Vec<TenantId>) -> Result<Vec<ShopRating>, Error> {
        let ids: Vec<Uuid> = shops.into_iter().map(|id| id.0).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rated = store::shop_ratings(&self.db, ids).await?.into_iter();
        Ok(rated
            .map(|(id, rating)| ShopRating {
                shop: TenantId(id),
                rating,
            })
            .collect())
    }

    pub async fn of_product(&self, product: ProductId, query: ReviewQuery) -> Result<ReviewPage, Error> {
        let wanted = Wanted::read(query)?;
        let (sort, stars, limit) = (wanted.query.sort, wanted.query.stars, wanted.limit.plus_one());
        let mut tx = self.db.begin(Scope::System).await?;
        let summary = store::product_summary(&mut tx, product).await?;
        let rows = store::of_product(&mut tx, product, sort, stars, wanted.place, limit).await?;
        tx.commit().await?;
        Ok(wanted.answer(summary, rows))
    }

    pub async fn of_shop(&self, shop: TenantId, query: ReviewQuery) -> Result<ReviewPage, Error> {
        let wanted = Wanted::read(query)?;
        let (sort, stars, limit) = (wanted.query.sort, wanted.query.stars, wanted.limit.plus_one());
        let mut tx = self.db.begin(Scope::System).await?;
        let summary = store::shop_summary(&mut tx, shop).await?;
        let rows = store::of_shop(&mut tx, shop, sort, stars, wanted.place, limit).await?;
        tx.commit().await?;
        Ok(wanted.answer(summary, rows))
    }

    pub async fn of_order(&self, buyer: UserId, order: OrderId) -> Result<OrderReviews, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let open = store::reviewable(&mut tx, buyer, Some(order), OF_ORDER_MAX).await?;
        let written = store::of_orders(&mut tx, buyer, order).await?;
        tx.commit().await?;
        let written: Result<_, Error> = written.into_iter().map(ReviewRow::own).collect();
        Ok(OrderReviews {
            open,
            written: written?,
        })
    }

    pub async fn of_buyer(
        &self,
        buyer: UserId,
        cursor: Option<Cursor>,
        wanted: u16,
    ) -> Result<Page<OwnReview>, Error> {
        let limit = limit(wanted);
        let mut tx = self.db.begin(Scope::System).await?;
        let rows = store::of_buyer(&mut tx, buyer, after(cursor)?, limit.plus_one()).await?;
        tx.commit().await?;
        let (rows, next) = page(rows, limit);
        let items: Result<_, Error> = rows.into_iter().map(ReviewRow::own).collect();
        Ok(Page { items: items?, next })
    }

    pub async fn reviewable(&self, buyer: UserId, wanted: u16) -> Result<Vec<Reviewable>, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let found = store::reviewable(&mut tx, buyer, None, i64::from(wanted)).await?;
        tx.commit().await?;
        Ok(found)
    }

    pub async fn own(&self, buyer: UserId, id: ReviewId) -> Result<OwnReview, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let row = store::find(&mut tx, id).await?;
        tx.commit().await?;
        own(row, buyer)?.own()
    }

    pub async fn votes(&self, buyer: UserId, ids: Vec<ReviewId>) -> Result<Vec<ReviewId>, Error> {
        let ids: Vec<Uuid> = ids.into_iter().map(|id| id.0).collect();
        let mut tx = self.db.begin(Scope::System).await?;
        let found = store::votes(&mut tx, buyer, &ids).await?;
        tx.commit().await?;
        Ok(found)
    }

    pub async fn of_seller(
        &self,
        shop: TenantId,
        unanswered: bool,
        cursor: Option<Cursor>,
        wanted: u16,
    ) -> Result<Page<Review>, Error> {
        let limit = limit(wanted);
        let mut tx = self.db.begin(Scope::Tenant(shop)).await?;
        let rows = store::of_seller(&mut tx, unanswered, after(cursor)?, limit.plus_one()).await?;
        tx.commit().await?;
        let (rows, next) = page(rows, limit);
        Ok(Page {
            items: rows.into_iter().map(ReviewRow::review).collect(),
            next,
        })
    }
}

//! How many published reviews give how many stars.

use crate::error::Error;
use ::store::Db;
use ::store::log::Outbox;
use contracts::reviews::{Rating, RatingChanged, Summary};
use kernel::{Ctx, ProductId, TenantId};
use sqlx::{FromRow, PgConnection};
use std::collections::BTreeMap;
use uuid::Uuid;

/// So many published reviews more of a product, or fewer, that give so many stars.
#[derive(Clone, Copy, Debug)]
pub struct Delta {
    pub product: ProductId,
    pub shop: TenantId,
    pub stars: i16,
    pub count: i32,
}

#[derive(Clone, Copy, Debug, Default, FromRow)]
struct Histogram {
    one: i32,
    two: i32,
    three: i32,
    four: i32,
    five: i32,
}

impl Histogram {
    fn add(&mut self, stars: i16, count: i32) {
        match stars {
            1 => self.one += count,
            2 => self.two += count,
            3 => self.three += count,
            4 => self.four += count,
            _ => self.five += count,
        }
    }

    fn counts(self) -> [u32; 5] {
        [self.one, self.two, self.three, self.four, self.five].map(super::count)
    }
}

#[derive(FromRow)]
struct Rated {
    product_id: ProductId,
    shop_id: TenantId,
    #[sqlx(flatten)]
    histogram: Histogram,
}

/// Changes the ratings of products and of their shops, and tells of each product's. Rows are written in the order of their
/// keys, products before shops, so that no two writers wait for each other in a circle.
pub async fn rate(conn: &mut PgConnection, ctx: &Ctx, deltas: &[Delta]) -> Result<(), Error> {
    let (mut products, mut shops) = (BTreeMap::new(), BTreeMap::new());
    for delta in deltas {
        let product: &mut (TenantId, Histogram) = products
            .entry(delta.product)
            .or_insert((delta.shop, Histogram::default()));
        product.1.add(delta.stars, delta.count);
        let shop: &mut Histogram = shops.entry(delta.shop).or_default();
        shop.add(delta.stars, delta.count);
    }
    if products.is_empty() {
        return Ok(());
    }
    let mut outbox = Outbox::new();
    for rated in write_products(conn, &products).await? {
        let rating = Rating::of_histogram(rated.histogram.counts());
        let event = RatingChanged {
            product: rated.product_id,
            shop: rated.shop_id,
            count: rating.count,
            average_hundredths: rating.average_hundredths,
        };
        outbox.push(ctx, &event)?;
    }
    write_shops(conn, &shops).await?;
    outbox.append(conn).await?;
    Ok(())
}

fn columns<'a>(histograms: impl Iterator<Item = &'a Histogram>) -> [Vec<i32>; 5] {
    let mut columns: [Vec<i32>; 5] = Default::default();
    for histogram in histograms {
        let counts = [
            histogram.one,
            histogram.two,
            histogram.three,
            histogram.four,
            histogram.five,
        ];
        for (column, count) in columns.iter_mut().zip(counts) {
            column.push(count);
        }
    }
    columns
}

async fn write_products(
    conn: &mut PgConnection,
    products: &BTreeMap<ProductId, (TenantId, Histogram)>,
) -> Result<Vec<Rated>, sqlx::Error> {
    let ids: Vec<Uuid> = products.keys().map(|id| id.0).collect();
    let shops: Vec<Uuid> = products.values().map(|(shop, _)| shop.0).collect();
    let [one, two, three, four, five] = columns(products.values().map(|(_, histogram)| histogram));
    // A constraint looks at the row that is proposed before it is known to be there, so that what is taken is taken by the
    // update alone.
    sqlx::query_as(
        "with moved as (
             select * from unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[])
                    as d (product_id, shop_id, one, two, three, four, five)
         )
         insert into reviews.product_rating as r (product_id, shop_id, one, two, three, four, five)
         select product_id, shop_id, greatest(one, 0), greatest(two, 0), greatest(three, 0), greatest(four, 0), greatest(five, 0)
           from moved order by product_id
         on conflict on constraint product_rating_pkey do update
            set (one, two, three, four, five) =
                (select r.one + m.one, r.two + m.two, r.three + m.three, r.four + m.four, r.five + m.five
                   from moved m where m.product_id = r.product_id)
         returning r.product_id, r.shop_id, r.one, r.two, r.three, r.four, r.five",
    )
    .bind(ids)
    .bind(shops)
    .bind(one)
    .bind(two)
    .bind(three)
    .bind(four)
    .bind(five)
    .fetch_all(conn)
    .await
}

async fn write_shops(
    conn: &mut PgConnection,
    shops: &BTreeMap<TenantId, Histogram>,
) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = shops.keys().map(|id| id.0).collect();
    let [one, two, three, four, five] = columns(shops.values());
    sqlx::query(
        "with moved as (
             select * from unnest($1::uuid[], $2::int[], $3::int[], $4::int[], $5::int[], $6::int[])
                    as d (shop_id, one, two, three, four, five)
         )
         insert into reviews.shop_rating as r (shop_id, one, two, three, four, five)
         select shop_id, greatest(one, 0), greatest(two, 0), greatest(three, 0), greatest(four, 0), greatest(five, 0)
           from moved order by shop_id
         on conflict on constraint shop_rating_pkey do update
            set (one, two, three, four, five) =
                (select r.one + m.one, r.two + m.two, r.three + m.three, r.four + m.four, r.five + m.five
                   from moved m where m.shop_id = r.shop_id)",
    )
    .bind(ids)
    .bind(one)
    .bind(two)
    .bind(three)
    .bind(four)
    .bind(five)
    .execute(conn)
    .await?;
    Ok(())
}

/// Of each of some products or shops that has published reviews.
async fn ratings(db: &Db, sql: &'static str, ids: Vec<Uuid>) -> Result<Vec<(Uuid, Rating)>, sqlx::Error> {
    let rows = db.reads().query(sql, &[&ids]).await?;
    let rated = rows.iter().map(|row| {
        let histogram: [i32; 5] = std::array::from_fn(|at| row.get(at + 1));
        (row.get(0), Rating::of_histogram(histogram.map(super::count)))
    });
    Ok(rated.filter(|(_, rating)| rating.count > 0).collect())
}

pub async fn product_ratings(db: &Db, ids: Vec<Uuid>) -> Result<Vec<(Uuid, Rating)>, sqlx::Error> {
    let sql = "select product_id, one, two, three, four, five from reviews.product_rating where product_id = any($1)";
    ratings(db, sql, ids).await
}

pub async fn shop_ratings(db: &Db, ids: Vec<Uuid>) -> Result<Vec<(Uuid, Rating)>, sqlx::Error> {
    let sql = "select shop_id, one, two, three, four, five from reviews.shop_rating where shop_id = any($1)";
    ratings(db, sql, ids).await
}

fn summary(histogram: Option<Histogram>) -> Summary {
    Summary::of(histogram.unwrap_or_default().counts())
}

pub async fn product_summary(conn: &mut PgConnection, product: ProductId) -> Result<Summary, sqlx::Error> {
    let sql = "select one, two, three, four, five from reviews.product_rating where product_id = $1";
    Ok(summary(
        sqlx::query_as(sql).bind(product).fetch_optional(conn).await?,
    ))
}

pub async fn shop_summary(conn: &mut PgConnection, shop: TenantId) -> Result<Summary, sqlx::Error> {
    let sql = "select one, two, three, four, five from reviews.shop_rating where shop_id = $1";
    Ok(summary(
        sqlx::query_as(sql).bind(shop).fetch_optional(conn).await?,
    ))
}

/// Counts that differ from what they count: what, of which, as it is kept, and as it is.
pub async fn miscounted(
    conn: &mut PgConnection,
    limit: i64,
) -> Result<Vec<(String, Uuid, String, String)>, sqlx::Error> {
    sqlx::query_as(include_str!("miscounted.sql"))
        .bind(limit)
        .fetch_all(conn)
        .await
}

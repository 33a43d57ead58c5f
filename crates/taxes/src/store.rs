//! All SQL of taxes.

use crate::app::{NewCategory, NewLiability, NewRate, NewRegion};
use crate::domain::{Book, Category, Liability, Rate, Region};
use crate::error::Error;
use contracts::taxes::TaxOwner;
use kernel::{Actor, Ctx, TaxRateId, Timestamp};
use sqlx::PgConnection;
use sqlx::types::Json;

/// A region, with who made it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RegionRow {
    pub code: String,
    pub name: String,
    pub country: String,
    pub provinces: Vec<String>,
    pub postcodes: Vec<String>,
    pub note: String,
    pub made_by: Json<Actor>,
    pub made_at: Timestamp,
}

/// A category, with who made it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CategoryRow {
    pub code: String,
    pub name: String,
    pub otherwise: Option<String>,
    pub note: String,
    pub made_by: Json<Actor>,
    pub made_at: Timestamp,
}

/// A rate, with who made and ended it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RateRow {
    pub id: TaxRateId,
    pub region: String,
    pub category: String,
    pub name: String,
    pub millionths: i32,
    pub valid_from: Timestamp,
    pub valid_until: Option<Timestamp>,
    pub source: String,
    pub note: String,
    pub made_by: Json<Actor>,
    pub made_at: Timestamp,
    pub ended_by: Option<Json<Actor>>,
    pub ended_at: Option<Timestamp>,
    pub end_note: Option<String>,
}

/// Who owes the tax from a moment on, with who said so.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LiabilityRow {
    pub valid_from: Timestamp,
    pub owner: String,
    pub note: String,
    pub made_by: Json<Actor>,
    pub made_at: Timestamp,
}

/// Which rates to list.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub region: Option<String>,
    pub category: Option<String>,
    /// Only those that hold at this moment.
    pub at: Option<Timestamp>,
    /// Only those after this one.
    pub after: Option<TaxRateId>,
}

macro_rules! rates {
    ($rest:literal) => {
        concat!(
            "select id, region, category, name, millionths, valid_from, valid_until, source, note, made_by, made_at,
                    ended_by, ended_at, end_note
               from taxes.rate ",
            $rest
        )
    };
}

impl RateRow {
    fn rate(self) -> Result<Rate, Error> {
        let millionths = u32::try_from(self.millionths).map_err(|e| Error::Broken(e.to_string()))?;
        Ok(Rate {
            id: self.id,
            region: self.region,
            category: self.category,
            name: self.name,
            millionths,
            from: self.valid_from,
            until: self.valid_until,
        })
    }
}

impl LiabilityRow {
    pub fn owner(&self) -> Result<TaxOwner, Error> {
        match self.owner.as_str() {
            "seller" => Ok(TaxOwner::Seller),
            "marketplace" => Ok(TaxOwner::Marketplace),
            other => Err(Error::Broken(format!("`{other}` owes taxes"))),
        }
    }
}

fn owner_name(owner: TaxOwner) -> &'static str {
    match owner {
        TaxOwner::Seller => "seller",
        TaxOwner::Marketplace => "marketplace",
    }
}

/// Tells everybody who remembers taxes that they are others now. Whoever changes them does so alone until then.
pub async fn changed(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("update taxes.version set version = version + 1")
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn version(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select version from taxes.version")
        .fetch_one(conn)
        .await
}

/// All that holds at a moment or will.
pub async fn book(conn: &mut PgConnection, at: Timestamp) -> Result<Book, Error> {
    let region = |row: RegionRow| Region {
        code: row.code,
        name: row.name,
        country: row.country,
        provinces: row.provinces,
        postcodes: row.postcodes,
    };
    let category = |row: CategoryRow| Category {
        code: row.code,
        otherwise: row.otherwise,
    };
    let regions = regions(conn).await?.into_iter().map(region).collect();
    let categories = categories(conn).await?.into_iter().map(category).collect();
    let rates: Vec<RateRow> = sqlx::query_as(rates!("where valid_until is null or valid_until > $1"))
        .bind(at)
        .fetch_all(&mut *conn)
        .await?;
    let rates: Result<_, Error> = rates.into_iter().map(RateRow::rate).collect();
    let liabilities = liabilities(conn).await?;
    let liabilities: Result<_, Error> = liabilities
        .iter()
        .map(|row| {
            Ok(Liability {
                owner: row.owner()?,
                from: row.valid_from,
            })
        })
        .collect();
    Ok(Book::new(regions, categories, rates?, liabilities?))
}

pub async fn regions(conn: &mut PgConnection) -> Result<Vec<RegionRow>, sqlx::Error> {
    sqlx::query_as(
        "select code, name, country, provinces, postcodes, note, made_by, made_at from taxes.region order by code",
    )
    .fetch_all(conn)
    .await
}

pub async fn has_region(conn: &mut PgConnection, code: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from taxes.region where code = $1)")
        .bind(code)
        .fetch_one(conn)
        .await
}

pub async fn insert_region(
    conn: &mut PgConnection,
    ctx: &Ctx,
    new: &NewRegion,
) -> Result<RegionRow, sqlx::Error> {
    let region = &new.region;
    sqlx::query_as(
        "insert into taxes.region (code, name, country, provinces, postcodes, note, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         returning code, name, country, provinces, postcodes, note, made_by, made_at",
    )
    .bind(&region.code)
    .bind(&region.name)
    .bind(&region.country)
    .bind(&region.provinces)
    .bind(&region.postcodes)
    .bind(&new.note)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .fetch_one(conn)
    .await
}

pub async fn categories(conn: &mut PgConnection) -> Result<Vec<CategoryRow>, sqlx::Error> {
    sqlx::query_as("select code, name, otherwise, note, made_by, made_at from taxes.category order by code")
        .fetch_all(conn)
        .await
}

pub async fn has_category(conn: &mut PgConnection, code: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from taxes.category where code = $1)")
        .bind(code)
        .fetch_one(conn)
        .await
}

pub async fn insert_category(
    conn: &mut PgConnection,
    ctx: &Ctx,
    new: &NewCategory,
) -> Result<CategoryRow, sqlx::Error> {
    sqlx::query_as(
        "insert into taxes.category (code, name, otherwise, note, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6)
         returning code, name, otherwise, note, made_by, made_at",
    )
    .bind(&new.code)
    .bind(&new.name)
    .bind(&new.otherwise)
    .bind(&new.note)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .fetch_one(conn)
    .await
}

pub async fn rates(
    conn: &mut PgConnection,
    wanted: &Wanted,
    limit: i64,
) -> Result<Vec<RateRow>, sqlx::Error> {
    sqlx::query_as(rates!(
        "where ($1::text is null or region = $1) and ($2::text is null or category = $2)
           and ($3::timestamptz is null or valid_from <= $3 and (valid_until is null or valid_until > $3))
           and ($4::uuid is null or id > $4)
         order by id limit $5"
    ))
    .bind(&wanted.region)
    .bind(&wanted.category)
    .bind(wanted.at)
    .bind(wanted.after)
    .bind(limit)
    .fetch_all(conn)
    .await
}

pub async fn find_rate(conn: &mut PgConnection, id: TaxRateId) -> Result<Option<RateRow>, sqlx::Error> {
    sqlx::query_as(rates!("where id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// How many rates hold at a moment or will.
pub async fn live(conn: &mut PgConnection, at: Timestamp) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select count(*) from taxes.rate where valid_until is null or valid_until > $1")
        .bind(at)
        .fetch_one(conn)
        .await
}

/// The name of a rate that holds for the same region and category in some of the same time.
pub async fn overlapping(
    conn: &mut PgConnection,
    new: &NewRate,
    from: Timestamp,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(
        "select name
           from taxes.rate
          where region = $1 and category = $2
            and tstzrange(valid_from, valid_until) && tstzrange($3, $4)
          order by valid_from
          limit 1",
    )
    .bind(&new.region)
    .bind(&new.category)
    .bind(from)
    .bind(new.valid_until)
    .fetch_optional(conn)
    .await
}

pub async fn insert_rate(
    conn: &mut PgConnection,
    ctx: &Ctx,
    rate: &Rate,
    source: &str,
    note: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into taxes.rate
                (id, region, category, name, millionths, valid_from, valid_until, source, note, made_by, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(rate.id)
    .bind(&rate.region)
    .bind(&rate.category)
    .bind(&rate.name)
    .bind(i32::try_from(rate.millionths).unwrap_or(i32::MAX))
    .bind(rate.from)
    .bind(rate.until)
    .bind(source)
    .bind(note)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn end_rate(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: TaxRateId,
    at: Timestamp,
    note: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update taxes.rate
            set valid_until = $2, ended_by = $3, ended_at = $4, end_note = $5
          where id = $1",
    )
    .bind(id)
    .bind(at)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .bind(note)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn liabilities(conn: &mut PgConnection) -> Result<Vec<LiabilityRow>, sqlx::Error> {
    sqlx::query_as(
        "select valid_from, owner, note, made_by, made_at from taxes.liability order by valid_from desc limit 1000",
    )
    .fetch_all(conn)
    .await
}

/// What was said before for the same moment is said anew.
pub async fn insert_liability(
    conn: &mut PgConnection,
    ctx: &Ctx,
    new: &NewLiability,
    from: Timestamp,
) -> Result<LiabilityRow, sqlx::Error> {
    sqlx::query_as(
        "insert into taxes.liability (valid_from, owner, note, made_by, made_at)
         values ($1, $2, $3, $4, $5)
         on conflict (valid_from) do update
            set owner = excluded.owner, note = excluded.note, made_by = excluded.made_by, made_at = excluded.made_at
         returning valid_from, owner, note, made_by, made_at",
    )
    .bind(from)
    .bind(owner_name(new.owner))
    .bind(&new.note)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .fetch_one(conn)
    .await
}

/// Pairs of rates that both hold for one region and category at some moment.
pub async fn both_hold(
    conn: &mut PgConnection,
    limit: i64,
) -> Result<Vec<(String, String, String, String)>, sqlx::Error> {
    sqlx::query_as(
        "select a.region, a.category, a.name, b.name
           from taxes.rate a
           join taxes.rate b on b.region = a.region and b.category = a.category and b.id > a.id
            and tstzrange(a.valid_from, a.valid_until) && tstzrange(b.valid_from, b.valid_until)
          order by a.region, a.category
          limit $1",
    )
    .bind(limit)
    .fetch_all(conn)
    .await
}

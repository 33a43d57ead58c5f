use crate::domain::{Configuration, Slug};
use contracts::tenants::{Location, Shop, ShopStatus, Tier};
use kernel::{Currency, ImageId, TenantId, Timestamp, UserId};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::PgExecutor;
use uuid::Uuid;

/// A shop with what only its staff and the operator see.
#[derive(Clone, Debug, PartialEq)]
pub struct ShopRecord {
    pub shop: Shop,
    pub owner: UserId,
    pub version: i64,
    pub applied_at: Timestamp,
    pub updated_at: Timestamp,
}

#[must_use]
pub fn status_name(status: ShopStatus) -> &'static str {
    match status {
        ShopStatus::Applied => "applied",
        ShopStatus::Active => "active",
        ShopStatus::Suspended => "suspended",
        ShopStatus::Closed => "closed",
    }
}

struct Row {
    tenant_id: TenantId,
    slug: String,
    name: String,
    story: String,
    status: String,
    tier: String,
    currency: String,
    country: String,
    region: Option<String>,
    postcode: String,
    town: String,
    accent: Option<String>,
    logo: Option<ImageId>,
    banner: Option<ImageId>,
    return_policy: String,
    return_days: i32,
    prices_include_tax: bool,
    delivery: Value,
    owner_id: UserId,
    version: i64,
    applied_at: Timestamp,
    updated_at: Timestamp,
}

fn decode(error: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

/// A word of a column as the enum that spells it so.
pub(super) fn word<T: DeserializeOwned>(text: String) -> Result<T, sqlx::Error> {
    serde_json::from_value(Value::String(text)).map_err(decode)
}

impl Row {
    fn read(self) -> Result<ShopRecord, sqlx::Error> {
        Ok(ShopRecord {
            shop: Shop {
                id: self.tenant_id,
                slug: self.slug,
                name: self.name,
                story: self.story,
                status: word::<ShopStatus>(self.status)?,
                tier: word::<Tier>(self.tier)?,
                currency: self.currency.parse::<Currency>().map_err(decode)?,
                location: Location {
                    country: self.country,
                    region: self.region,
                    postcode: self.postcode,
                    town: self.town,
                },
                accent: self.accent,
                logo: self.logo,
                banner: self.banner,
                return_policy: self.return_policy,
                return_days: u16::try_from(self.return_days).map_err(decode)?,
                prices_include_tax: self.prices_include_tax,
                delivery: serde_json::from_value(self.delivery).map_err(decode)?,
            },
            owner: self.owner_id,
            version: self.version,
            applied_at: self.applied_at,
            updated_at: self.updated_at,
        })
    }
}

/// Shops by a condition; the columns are those of [`Row`].
macro_rules! shops {
    ($condition:tt, $($arg:expr),* $(,)?) => {
        sqlx::query_as!(
            Row,
            r#"select tenant_id as "tenant_id: TenantId", slug, name, story, status, tier, currency, country, region,
                      postcode, town, accent, logo as "logo: ImageId", banner as "banner: ImageId", return_policy,
                      return_days, prices_include_tax, delivery, owner_id as "owner_id: UserId", version, applied_at, updated_at
                 from tenants.shop "# + $condition,
            $($arg),*
        )
    };
}

fn read_all(rows: Vec<Row>) -> Result<Vec<ShopRecord>, sqlx::Error> {
    rows.into_iter().map(Row::read).collect()
}

pub async fn get(db: impl PgExecutor<'_>, tenant: TenantId) -> Result<Option<ShopRecord>, sqlx::Error> {
    shops!("where tenant_id = $1", tenant.0)
        .fetch_optional(db)
        .await?
        .map(Row::read)
        .transpose()
}

/// Reads a shop and keeps others from changing it until the transaction ends.
pub async fn lock(db: impl PgExecutor<'_>, tenant: TenantId) -> Result<Option<ShopRecord>, sqlx::Error> {
    shops!("where tenant_id = $1 for update", tenant.0)
        .fetch_optional(db)
        .await?
        .map(Row::read)
        .transpose()
}

pub async fn by_ids(db: impl PgExecutor<'_>, tenants: &[Uuid]) -> Result<Vec<ShopRecord>, sqlx::Error> {
    read_all(shops!("where tenant_id = any($1)", tenants).fetch_all(db).await?)
}

pub async fn active_by_slug(db: impl PgExecutor<'_>, slug: &str) -> Result<Option<ShopRecord>, sqlx::Error> {
    shops!("where slug = $1 and status = 'active'", slug)
        .fetch_optional(db)
        .await?
        .map(Row::read)
        .transpose()
}

pub async fn active_by_name(db: impl PgExecutor<'_>, limit: i64) -> Result<Vec<ShopRecord>, sqlx::Error> {
    read_all(
        shops!(
            "where status = 'active' order by lower(name), tenant_id limit $1",
            limit
        )
        .fetch_all(db)
        .await?,
    )
}

/// Active shops by slug, starting behind `after`, of one country or region if given.
pub async fn active_page(
    db: impl PgExecutor<'_>,
    after: Option<&str>,
    country: Option<&str>,
    region: Option<&str>,
    limit: i64,
) -> Result<Vec<ShopRecord>, sqlx::Error> {
    read_all(
        shops!(
            "where status = 'active'
               and ($1::text is null or slug > $1)
               and ($2::text is null or country = $2)
               and ($3::text is null or region = $3)
             order by slug
             limit $4",
            after,
            country,
            region,
            limit,
        )
        .fetch_all(db)
        .await?,
    )
}

/// All shops, the newest application first, starting below `before` (ids are time-ordered), of one status if given.
pub async fn page(
    db: impl PgExecutor<'_>,
    before: Option<TenantId>,
    status: Option<ShopStatus>,
    limit: i64,
) -> Result<Vec<ShopRecord>, sqlx::Error> {
    read_all(
        shops!(
            "where ($1::uuid is null or tenant_id < $1)
               and ($2::text is null or status = $2)
             order by tenant_id desc
             limit $3",
            before.map(|t| t.0),
            status.map(status_name),
            limit,
        )
        .fetch_all(db)
        .await?,
    )
}

/// How many shops there are in each status.
pub async fn tally(db: impl PgExecutor<'_>) -> Result<Vec<(String, u64)>, sqlx::Error> {
    let rows = sqlx::query!(r#"select status, count(*) as "count!" from tenants.shop group by status"#)
        .fetch_all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.status, u64::try_from(row.count).unwrap_or(0)))
        .collect())
}

/// A shop that is being applied for.
#[derive(Debug)]
pub struct NewShop<'a> {
    pub tenant: TenantId,
    pub owner: UserId,
    pub currency: Currency,
    pub configuration: &'a Configuration,
}

/// Inserts a shop; false when the slug is taken.
pub async fn insert(
    db: impl PgExecutor<'_>,
    new: &NewShop<'_>,
    slug: &Slug,
    delivery: &Value,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let c = new.configuration;
    let done = sqlx::query!(
        "insert into tenants.shop (tenant_id, slug, name, story, status, currency, country, region, postcode, town,
                                   accent, return_policy, delivery, owner_id, applied_at, updated_at, return_days,
                                   prices_include_tax)
         values ($1, $2, $3, $4, 'applied', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15, $16)
         on conflict (slug) do nothing",
        new.tenant.0,
        slug.as_str(),
        c.name,
        c.story,
        new.currency.code(),
        c.location.country,
        c.location.region,
        c.location.postcode,
        c.location.town,
        c.accent,
        c.return_policy,
        delivery,
        new.owner.0,
        now,
        i32::from(c.return_days),
        c.prices_include_tax,
    )
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Writes the configuration as the next version and returns its number.
pub async fn configure(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    slug: &str,
    c: &Configuration,
    delivery: &Value,
    now: Timestamp,
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        "update tenants.shop
            set slug = $2, name = $3, story = $4, country = $5, region = $6, postcode = $7, town = $8, accent = $9,
                return_policy = $10, delivery = $11, updated_at = $12, return_days = $13, prices_include_tax = $14,
                version = version + 1
          where tenant_id = $1
      returning version",
        tenant.0,
        slug,
        c.name,
        c.story,
        c.location.country,
        c.location.region,
        c.location.postcode,
        c.location.town,
        c.accent,
        c.return_policy,
        delivery,
        now,
        i32::from(c.return_days),
        c.prices_include_tax,
    )
    .fetch_one(db)
    .await
}

pub async fn set_status(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    status: ShopStatus,
    now: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update tenants.shop set status = $2, updated_at = $3, version = version + 1 where tenant_id = $1",
        tenant.0,
        status_name(status),
        now,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Activates those that are applied for; returns which.
pub async fn activate_many(
    db: impl PgExecutor<'_>,
    tenants: &[Uuid],
    now: Timestamp,
) -> Result<Vec<TenantId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"update tenants.shop set status = 'active', updated_at = $2, version = version + 1
            where tenant_id = any($1) and status = 'applied'
        returning tenant_id as "tenant: TenantId""#,
        tenants,
        now,
    )
    .fetch_all(db)
    .await
}

/// Sets the pictures that are given and returns the status; none when there is no such shop.
pub async fn set_images(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    logo: Option<ImageId>,
    banner: Option<ImageId>,
    now: Timestamp,
) -> Result<Option<ShopStatus>, sqlx::Error> {
    let status = sqlx::query_scalar!(
        "update tenants.shop
            set logo = coalesce($2, logo), banner = coalesce($3, banner), updated_at = $4, version = version + 1
          where tenant_id = $1
      returning status",
        tenant.0,
        logo.map(|i| i.0),
        banner.map(|i| i.0),
        now,
    )
    .fetch_optional(db)
    .await?;
    status.map(word).transpose()
}

//! What the operator decided about features: for all shops, and for some.

use crate::domain::stands;
use contracts::tenants::{Feature, FeatureState, OwnState, ShopFeature};
use kernel::{TenantId, Timestamp};
use sqlx::PgExecutor;

/// Shops with a state of their own that are listed.
const OWN_STATES_MAX: i64 = 500;

fn names() -> Vec<&'static str> {
    Feature::ALL.iter().map(|feature| feature.name()).collect()
}

/// A feature that this program does not know any more is passed over.
fn known(name: &str) -> Option<Feature> {
    Feature::of_name(name)
}

/// All features, in their order, and for how many shops each is otherwise.
pub async fn all(db: impl PgExecutor<'_>) -> Result<Vec<FeatureState>, sqlx::Error> {
    let rows: Vec<(String, bool, i64, Option<Timestamp>)> = sqlx::query_as(
        "select known.name, coalesce(feature.is_on, true),
                (select count(*) from tenants.shop_feature own
                  where own.name = known.name and own.is_on <> coalesce(feature.is_on, true)),
                feature.changed_at
           from unnest($1::text[]) with ordinality as known (name, place)
           left join tenants.feature on feature.name = known.name
          order by known.place",
    )
    .bind(names())
    .fetch_all(db)
    .await?;
    let read = |(name, on, differing, changed_at): (String, bool, i64, Option<Timestamp>)| {
        Some(FeatureState {
            feature: known(&name)?,
            on,
            differing: u64::try_from(differing).unwrap_or(0),
            changed_at,
        })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Shops with a state of their own, by feature and by name.
pub async fn own_states(db: impl PgExecutor<'_>) -> Result<Vec<OwnState>, sqlx::Error> {
    let rows: Vec<(String, TenantId, String, String, bool)> = sqlx::query_as(
        "select own.name, shop.tenant_id, shop.slug, shop.name, own.is_on
           from tenants.shop_feature own
           join tenants.shop on shop.tenant_id = own.tenant_id
          order by array_position($1::text[], own.name), shop.name, shop.slug
          limit $2",
    )
    .bind(names())
    .bind(OWN_STATES_MAX)
    .fetch_all(db)
    .await?;
    let read = |(feature, shop, slug, name, on): (String, TenantId, String, String, bool)| {
        Some(OwnState {
            feature: known(&feature)?,
            shop,
            slug,
            name,
            on,
        })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// How all features stand for a shop, in their order.
pub async fn of_shop(db: impl PgExecutor<'_>, tenant: TenantId) -> Result<Vec<ShopFeature>, sqlx::Error> {
    let rows: Vec<(String, Option<bool>, Option<bool>)> = sqlx::query_as(
        "select known.name, feature.is_on, own.is_on
           from unnest($1::text[]) with ordinality as known (name, place)
           left join tenants.feature on feature.name = known.name
           left join tenants.shop_feature own on own.tenant_id = $2 and own.name = known.name
          order by known.place",
    )
    .bind(names())
    .bind(tenant.0)
    .fetch_all(db)
    .await?;
    let read = |(name, for_all, own): (String, Option<bool>, Option<bool>)| {
        Some(ShopFeature {
            feature: known(&name)?,
            on: stands(own, for_all),
            for_all: stands(None, for_all),
            own,
        })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// Sets what holds for all; false if it held before.
pub async fn set_for_all(
    db: impl PgExecutor<'_>,
    feature: Feature,
    on: bool,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let written = sqlx::query(
        "insert into tenants.feature (name, is_on, changed_at)
         select $1::text, $2::boolean, $3::timestamptz
          where not $2 or exists (select from tenants.feature where name = $1)
         on conflict (name) do update set is_on = excluded.is_on, changed_at = excluded.changed_at
          where feature.is_on <> excluded.is_on",
    )
    .bind(feature.name())
    .bind(on)
    .bind(now)
    .execute(db)
    .await?;
    Ok(written.rows_affected() > 0)
}

/// Sets a shop's own state; false if it was that before.
pub async fn set_own(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    feature: Feature,
    on: bool,
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let written = sqlx::query(
        "insert into tenants.shop_feature (tenant_id, name, is_on, changed_at) values ($1, $2, $3, $4)
         on conflict (tenant_id, name) do update set is_on = excluded.is_on, changed_at = excluded.changed_at
          where shop_feature.is_on <> excluded.is_on",
    )
    .bind(tenant.0)
    .bind(feature.name())
    .bind(on)
    .bind(now)
    .execute(db)
    .await?;
    Ok(written.rows_affected() > 0)
}

/// Clears a shop's own state; false if it had none.
pub async fn clear_own(
    db: impl PgExecutor<'_>,
    tenant: TenantId,
    feature: Feature,
) -> Result<bool, sqlx::Error> {
    let cleared = sqlx::query("delete from tenants.shop_feature where tenant_id = $1 and name = $2")
        .bind(tenant.0)
        .bind(feature.name())
        .execute(db)
        .await?;
    Ok(cleared.rows_affected() > 0)
}

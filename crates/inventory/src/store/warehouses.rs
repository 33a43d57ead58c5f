//! Warehouses and the rule of routing.

use crate::app::{Warehouse, WarehouseDraft};
use crate::domain::Rule;
use kernel::{TenantId, Timestamp, WarehouseId};
use sqlx::PgConnection;

macro_rules! columns {
    () => {
        "id, code, name, priority, country, region, postcode, town, parcel_cost, closed_at"
    };
}

/// The shop's default warehouse, which carries the shop's id. Two that want it first at once conflict by its key or by its code;
/// nobody else has the code while it is not there, as whoever opens another sees to the default one before.
pub async fn ensure_default(conn: &mut PgConnection, tenant: TenantId) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into inventory.warehouse (tenant_id, id, code, name)
         values ($1, $1, 'main', 'Main warehouse')
         on conflict do nothing",
        tenant.0,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The default one first, then open ones by priority, then closed ones.
pub async fn all(conn: &mut PgConnection, tenant: TenantId) -> Result<Vec<Warehouse>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from inventory.warehouse where tenant_id = $1
           order by id <> tenant_id, closed_at is not null, priority, id"
    ))
    .bind(tenant)
    .fetch_all(conn)
    .await
}

/// Keeps a warehouse from being closed until the transaction ends; says whether it is closed. `None` if there is none.
pub async fn hold(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: WarehouseId,
) -> Result<Option<bool>, sqlx::Error> {
    sqlx::query_scalar(
        "select closed_at is not null from inventory.warehouse where tenant_id = $1 and id = $2 for key share",
    )
    .bind(tenant)
    .bind(id)
    .fetch_optional(conn)
    .await
}

pub async fn lock(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: WarehouseId,
) -> Result<Option<Warehouse>, sqlx::Error> {
    sqlx::query_as(concat!(
        "select ",
        columns!(),
        " from inventory.warehouse where tenant_id = $1 and id = $2 for update"
    ))
    .bind(tenant)
    .bind(id)
    .fetch_optional(conn)
    .await
}

/// Locks the default warehouse for those who open others, and counts the open ones.
pub async fn lock_open(conn: &mut PgConnection, tenant: TenantId) -> Result<usize, sqlx::Error> {
    sqlx::query("select from inventory.warehouse where tenant_id = $1 and id = $1 for update")
        .bind(tenant)
        .execute(&mut *conn)
        .await?;
    let open: i64 = sqlx::query_scalar(
        "select count(*) from inventory.warehouse where tenant_id = $1 and closed_at is null",
    )
    .bind(tenant)
    .fetch_one(conn)
    .await?;
    Ok(usize::try_from(open).unwrap_or(usize::MAX))
}

pub async fn insert(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: WarehouseId,
    draft: &WarehouseDraft,
) -> Result<Warehouse, sqlx::Error> {
    write(
        conn,
        concat!(
            "insert into inventory.warehouse
                    (tenant_id, id, code, name, priority, country, region, postcode, town, parcel_cost)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             returning ",
            columns!()
        ),
        tenant,
        id,
        draft,
    )
    .await
}

pub async fn update(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: WarehouseId,
    draft: &WarehouseDraft,
) -> Result<Warehouse, sqlx::Error> {
    write(
        conn,
        concat!(
            "update inventory.warehouse
                set code = $3, name = $4, priority = $5, country = $6, region = $7, postcode = $8, town = $9,
                    parcel_cost = $10
              where tenant_id = $1 and id = $2
             returning ",
            columns!()
        ),
        tenant,
        id,
        draft,
    )
    .await
}

async fn write(
    conn: &mut PgConnection,
    statement: &'static str,
    tenant: TenantId,
    id: WarehouseId,
    draft: &WarehouseDraft,
) -> Result<Warehouse, sqlx::Error> {
    sqlx::query_as(statement)
        .bind(tenant)
        .bind(id)
        .bind(&draft.code)
        .bind(&draft.name)
        .bind(draft.priority)
        .bind(&draft.country)
        .bind(&draft.region)
        .bind(&draft.postcode)
        .bind(&draft.town)
        .bind(draft.parcel_cost)
        .fetch_one(conn)
        .await
}

/// Units on hand and on their way.
pub async fn contents(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: WarehouseId,
) -> Result<(i64, i64), sqlx::Error> {
    sqlx::query_as(
        "select coalesce(sum(on_hand), 0)::bigint, coalesce(sum(incoming), 0)::bigint
           from inventory.level where tenant_id = $1 and warehouse_id = $2",
    )
    .bind(tenant)
    .bind(id)
    .fetch_one(conn)
    .await
}

pub async fn close(
    conn: &mut PgConnection,
    tenant: TenantId,
    id: WarehouseId,
    at: Timestamp,
) -> Result<Warehouse, sqlx::Error> {
    sqlx::query_as(concat!(
        "update inventory.warehouse set closed_at = $3 where tenant_id = $1 and id = $2 returning ",
        columns!()
    ))
    .bind(tenant)
    .bind(id)
    .bind(at)
    .fetch_one(conn)
    .await
}

pub async fn rule(conn: &mut PgConnection, tenant: TenantId) -> Result<Rule, sqlx::Error> {
    let rule = sqlx::query_scalar("select rule from inventory.routing where tenant_id = $1")
        .bind(tenant)
        .fetch_optional(conn)
        .await?;
    Ok(rule.unwrap_or_default())
}

pub async fn set_rule(conn: &mut PgConnection, tenant: TenantId, rule: Rule) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into inventory.routing (tenant_id, rule) values ($1, $2)
         on conflict on constraint routing_pkey do update set rule = excluded.rule",
    )
    .bind(tenant)
    .bind(rule)
    .execute(conn)
    .await?;
    Ok(())
}

//! Categories that are taken away again.

use crate::domain::category::CategoryPath;
use contracts::catalog::CategoryRef;
use kernel::{CategoryId, ImportId};
use sqlx::{PgConnection, PgExecutor, Row};
use uuid::Uuid;

/// Waits until nobody writes products any more, and keeps all from it until the end of the transaction. What was written
/// before is seen by the statements that follow; what is written later finds out what is gone ([`absent`]).
pub async fn lock(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('catalog categories', 0))")
        .execute(conn)
        .await?;
    Ok(())
}

/// A category that is gone, and the version under which that is noted.
#[derive(Clone, Debug)]
pub struct Removed {
    pub id: CategoryId,
    pub path: String,
    pub version: i64,
}

/// Removes what an upload made and nobody needs: no product that is there lies in it, whatever its state and whoever sells
/// it; no buyer sees one in it, whose change waits to be looked at; nobody changed it; and nothing that stays lies below it.
/// The tree must be locked.
pub async fn remove_of(conn: &mut PgConnection, import: ImportId) -> Result<Vec<Removed>, sqlx::Error> {
    let rows = sqlx::query(
        "with shown as materialized (
             select distinct l.document #>> '{category,id}' as id
               from catalog.held h
               join catalog.listing l on l.product_id = h.product_id
              where l.status = 'active'
         ), free as materialized (
             select c.id
               from catalog.category c
              where c.import_id = $1
                and c.version = c.made_version
                and not exists (select from catalog.product p where p.category_id = c.id and p.deleted_at is null)
                and not exists (select from shown s where s.id = c.id::text)
         ), gone as (
             delete from catalog.category c
              using free f
              where c.id = f.id
                and not exists (
                    select from catalog.category below
                     where below.path <@ c.path
                       and below.id <> c.id
                       and not exists (select from free other where other.id = below.id))
             returning c.id, c.path, c.name, c.name_es, c.position, c.version + 1 as version
         )
         insert into catalog.category_removed (category_id, path, name, name_es, position, version)
         select g.id, g.path, g.name, g.name_es, g.position, g.version
           from gone g
          order by g.path
         on conflict (category_id) do update
            set path = excluded.path, name = excluded.name, name_es = excluded.name_es,
                position = excluded.position, version = excluded.version
         returning category_id, path::text as path, version",
    )
    .bind(import)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Removed {
                id: CategoryId(row.try_get("category_id")?),
                path: CategoryPath::of_ltree(row.try_get("path")?),
                version: row.try_get("version")?,
            })
        })
        .collect()
}

/// Which of these categories are not there. The shop must be locked, so that the answer stays true.
pub async fn absent(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<CategoryId>, sqlx::Error> {
    let absent: Vec<Uuid> = sqlx::query_scalar(
        "select w.id
           from unnest($1::uuid[]) as w (id)
          where not exists (select from catalog.category c where c.id = w.id)",
    )
    .bind(ids)
    .fetch_all(conn)
    .await?;
    Ok(absent.into_iter().map(CategoryId).collect())
}

/// Categories that are gone, as they were.
pub async fn all(executor: impl PgExecutor<'_>) -> Result<Vec<CategoryRef>, sqlx::Error> {
    let rows = sqlx::query("select category_id, path::text as path, name from catalog.category_removed")
        .fetch_all(executor)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(CategoryRef {
                id: CategoryId(row.try_get("category_id")?),
                path: CategoryPath::of_ltree(row.try_get("path")?),
                name: row.try_get("name")?,
            })
        })
        .collect()
}

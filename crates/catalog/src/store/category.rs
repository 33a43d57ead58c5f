//! The category tree.

use crate::domain::category::CategoryPath;
use contracts::catalog::{Category, CategoryAttribute, CategoryChange};
use kernel::{Actor, CategoryId, ImportId, Timestamp};
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::types::Json;
use sqlx::{PgConnection, PgExecutor, Row};
use uuid::Uuid;

/// A category as it is kept.
#[derive(Clone, Debug)]
pub struct KeptCategory {
    pub category: Category,
    pub version: i64,
    /// What it defines itself.
    pub attributes: Vec<CategoryAttribute>,
}

/// The whole tree, parents before children, siblings by position and name.
pub async fn all(executor: impl PgExecutor<'_>) -> Result<Vec<KeptCategory>, sqlx::Error> {
    let rows = sqlx::query(
        "select id, path::text as path, slug, name, name_es, nlevel(path) as depth, position, version, attributes
           from catalog.category
          order by nlevel(path), position, name, path",
    )
    .fetch_all(executor)
    .await?;
    rows.iter().map(kept).collect()
}

fn kept(row: &PgRow) -> Result<KeptCategory, sqlx::Error> {
    let path: String = row.try_get("path")?;
    let depth: i32 = row.try_get("depth")?;
    let attributes: Json<Vec<CategoryAttribute>> = row.try_get("attributes")?;
    Ok(KeptCategory {
        category: Category {
            id: CategoryId(row.try_get("id")?),
            path: CategoryPath::of_ltree(&path),
            slug: row.try_get("slug")?,
            name: row.try_get("name")?,
            name_es: row.try_get("name_es")?,
            depth: u16::try_from(depth).unwrap_or(u16::MAX),
            position: row.try_get("position")?,
        },
        version: row.try_get("version")?,
        attributes: attributes.0,
    })
}

/// Whoever changes what is there does so one after the other, and while nothing is added.
pub async fn lock(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("lock table catalog.category in share row exclusive mode")
        .execute(conn)
        .await?;
    Ok(())
}

/// A category to be kept.
#[derive(Clone, Debug)]
pub struct NewCategory {
    pub id: CategoryId,
    pub path: CategoryPath,
    pub name: String,
    pub name_es: String,
    pub position: i32,
    /// None leaves them as they are.
    pub attributes: Option<Vec<CategoryAttribute>>,
}

/// Adds those that are missing, and gives them; those that exist stay as they are. One that was removed comes back under
/// its id and as it was. `import` is the upload that makes them, if one does.
pub async fn add_missing(
    conn: &mut PgConnection,
    categories: &[NewCategory],
    import: Option<ImportId>,
) -> Result<Vec<PutCategory>, sqlx::Error> {
    if categories.is_empty() {
        return Ok(Vec::new());
    }
    let columns = Columns::of(categories);
    let rows = sqlx::query(
        "with wanted as (
             select c.id, c.path::ltree as path, c.slug, c.name, c.name_es, c.position
               from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[])
                    as c (id, path, slug, name, name_es, position)
         ), back as (
             delete from catalog.category_removed r
              using wanted w
              where r.path = w.path
                and not exists (select from catalog.category there where there.path = r.path)
             returning r.category_id, r.path, r.name, r.name_es, r.position, r.version + 1 as version
         )
         insert into catalog.category (id, path, slug, name, name_es, position, import_id, version, made_version)
         select coalesce(b.category_id, w.id), w.path, w.slug, coalesce(b.name, w.name), coalesce(b.name_es, w.name_es),
                coalesce(b.position, w.position), $7::uuid, coalesce(b.version, 1), coalesce(b.version, 1)
           from wanted w
           left join back b on b.path = w.path
          order by w.path
         on conflict (path) do nothing
         returning id, path::text as path, version, false as existed",
    )
    .bind(&columns.ids)
    .bind(&columns.paths)
    .bind(&columns.slugs)
    .bind(&columns.names)
    .bind(&columns.names_es)
    .bind(&columns.positions)
    .bind(import)
    .fetch_all(conn)
    .await?;
    rows.iter().map(put_of).collect()
}

/// A category that was added or reads differently now.
#[derive(Clone, Debug)]
pub struct PutCategory {
    pub id: CategoryId,
    pub path: String,
    pub version: i64,
    pub existed: bool,
}

/// Adds or renames, and gives those that are new or read differently now.
pub async fn put(
    conn: &mut PgConnection,
    categories: &[NewCategory],
) -> Result<Vec<PutCategory>, sqlx::Error> {
    let columns = Columns::of(categories);
    let rows = sqlx::query(
        "insert into catalog.category as known (id, path, slug, name, name_es, position, attributes)
         select c.id, c.path::ltree, c.slug, c.name, c.name_es, c.position, coalesce(c.attributes, '[]')
           from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[], $7::jsonb[])
                as c (id, path, slug, name, name_es, position, attributes)
          order by c.path
         on conflict (path) do update set
                name = excluded.name, name_es = excluded.name_es, position = excluded.position,
                attributes = case when known.path::text = any($8) then excluded.attributes else known.attributes end,
                version = known.version + 1
          where (known.name, known.name_es, known.position)
                is distinct from (excluded.name, excluded.name_es, excluded.position)
             or known.path::text = any($8) and known.attributes <> excluded.attributes
         returning id, path::text as path, version, id <> all($1::uuid[]) as existed",
    )
    .bind(&columns.ids)
    .bind(&columns.paths)
    .bind(&columns.slugs)
    .bind(&columns.names)
    .bind(&columns.names_es)
    .bind(&columns.positions)
    .bind(&columns.attributes)
    .bind(&columns.stated)
    .fetch_all(conn)
    .await?;
    rows.iter().map(put_of).collect()
}

fn put_of(row: &PgRow) -> Result<PutCategory, sqlx::Error> {
    Ok(PutCategory {
        id: CategoryId(row.try_get("id")?),
        path: CategoryPath::of_ltree(row.try_get("path")?),
        version: row.try_get("version")?,
        existed: row.try_get("existed")?,
    })
}

/// Adds one category; false where its path is taken.
pub async fn add(conn: &mut PgConnection, new: &NewCategory) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "insert into catalog.category (id, path, slug, name, name_es, position, attributes)
         values ($1, $2::text::ltree, $3, $4, $5, $6, $7)
         on conflict (path) do nothing",
    )
    .bind(new.id.0)
    .bind(new.path.ltree())
    .bind(new.path.leaf())
    .bind(&new.name)
    .bind(&new.name_es)
    .bind(new.position)
    .bind(Json(new.attributes.as_deref().unwrap_or(&[])))
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes what a category says of itself, and the next version.
pub async fn rewrite(
    conn: &mut PgConnection,
    id: CategoryId,
    name: &str,
    name_es: &str,
    attributes: &[CategoryAttribute],
) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "update catalog.category
            set name = $2, name_es = $3, attributes = $4, version = version + 1
          where id = $1
         returning version",
    )
    .bind(id.0)
    .bind(name)
    .bind(name_es)
    .bind(Json(attributes))
    .fetch_one(conn)
    .await
}

/// Takes a category with everything below it to another path, and gives all of them.
pub async fn take_to(
    conn: &mut PgConnection,
    from: &CategoryPath,
    to: &CategoryPath,
) -> Result<Vec<CategoryId>, sqlx::Error> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "update catalog.category
            set path = case when path = $1::text::ltree then $2::text::ltree
                            else $2::text::ltree || subpath(path, nlevel($1::text::ltree)) end,
                slug = case when path = $1::text::ltree then $3 else slug end,
                version = case when path = $1::text::ltree then version else version + 1 end
          where path <@ $1::text::ltree
         returning id",
    )
    .bind(from.ltree())
    .bind(to.ltree())
    .bind(to.leaf())
    .fetch_all(conn)
    .await?;
    Ok(ids.into_iter().map(CategoryId).collect())
}

/// Numbers categories in the order given, from 0.
pub async fn number(conn: &mut PgConnection, in_order: &[CategoryId]) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = in_order.iter().map(|id| id.0).collect();
    sqlx::query(
        "update catalog.category c
            set position = (o.place - 1)::int
           from unnest($1::uuid[]) with ordinality as o (id, place)
          where c.id = o.id and c.position <> (o.place - 1)::int",
    )
    .bind(ids)
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes who changed what.
pub async fn note(
    conn: &mut PgConnection,
    at: Timestamp,
    actor: &Actor,
    changes: &[(CategoryId, i64, Value)],
) -> Result<(), sqlx::Error> {
    let (mut ids, mut versions, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for (id, version, change) in changes {
        ids.push(id.0);
        versions.push(*version);
        values.push(Json(change));
    }
    sqlx::query(
        "insert into catalog.category_change (category_id, version, at, actor, change)
         select c.id, c.version, $1, $2, c.change
           from unnest($3::uuid[], $4::bigint[], $5::jsonb[]) as c (id, version, change)",
    )
    .bind(at)
    .bind(Json(actor))
    .bind(ids)
    .bind(versions)
    .bind(values)
    .execute(conn)
    .await?;
    Ok(())
}

/// The latest changes of a category, newest first.
pub async fn changes(
    executor: impl PgExecutor<'_>,
    id: CategoryId,
    limit: i64,
) -> Result<Vec<CategoryChange>, sqlx::Error> {
    let rows = sqlx::query(
        "select version, at, actor, change
           from catalog.category_change
          where category_id = $1
          order by version desc
          limit $2",
    )
    .bind(id.0)
    .bind(limit)
    .fetch_all(executor)
    .await?;
    rows.iter()
        .map(|row| {
            let actor: Json<Actor> = row.try_get("actor")?;
            Ok(CategoryChange {
                version: row.try_get("version")?,
                at: row.try_get("at")?,
                actor: actor.0,
                change: row.try_get("change")?,
            })
        })
        .collect()
}

#[derive(Default)]
struct Columns {
    ids: Vec<Uuid>,
    paths: Vec<String>,
    slugs: Vec<String>,
    names: Vec<String>,
    names_es: Vec<String>,
    positions: Vec<i32>,
    attributes: Vec<Option<Json<Vec<CategoryAttribute>>>>,
    /// Paths of those whose attributes were said.
    stated: Vec<String>,
}

impl Columns {
    fn of(categories: &[NewCategory]) -> Self {
        let mut columns = Self::default();
        for category in categories {
            let path = category.path.ltree();
            if category.attributes.is_some() {
                columns.stated.push(path.clone());
            }
            columns.ids.push(category.id.0);
            columns.paths.push(path);
            columns.slugs.push(category.path.leaf().to_owned());
            columns.names.push(category.name.clone());
            columns.names_es.push(category.name_es.clone());
            columns.positions.push(category.position);
            columns.attributes.push(category.attributes.clone().map(Json));
        }
        columns
    }
}

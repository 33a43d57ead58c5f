//! The category tree.

use crate::domain::category::CategoryPath;
use contracts::catalog::Category;
use kernel::CategoryId;
use sqlx::PgPool;
use uuid::Uuid;

/// The whole tree, parents before children, siblings by position and name.
pub async fn all(pool: &PgPool) -> Result<Vec<Category>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select id as "id: CategoryId", path::text as "path!", slug, name, name_es, nlevel(path) as "depth!", position
             from catalog.category
            order by nlevel(path), position, name, path"#
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Category {
            id: row.id,
            path: CategoryPath::of_ltree(&row.path),
            slug: row.slug,
            name: row.name,
            name_es: row.name_es,
            depth: u16::try_from(row.depth).unwrap_or(u16::MAX),
            position: row.position,
        })
        .collect())
}

/// A category to be kept.
#[derive(Clone, Debug)]
pub struct NewCategory {
    pub id: CategoryId,
    pub path: CategoryPath,
    pub name: String,
    pub name_es: String,
    pub position: i32,
}

/// Adds those that are missing; those that exist stay as they are.
pub async fn add_missing(pool: &PgPool, categories: &[NewCategory]) -> Result<(), sqlx::Error> {
    let columns = Columns::of(categories);
    sqlx::query!(
        "insert into catalog.category (id, path, slug, name, name_es, position)
         select c.id, c.path::ltree, c.slug, c.name, c.name_es, c.position
           from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[])
                as c (id, path, slug, name, name_es, position)
          order by c.path
         on conflict (path) do nothing",
        &columns.ids,
        &columns.paths,
        &columns.slugs,
        &columns.names,
        &columns.names_es,
        &columns.positions
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Adds or renames.
pub async fn put(pool: &PgPool, categories: &[NewCategory]) -> Result<(), sqlx::Error> {
    let columns = Columns::of(categories);
    sqlx::query!(
        "insert into catalog.category (id, path, slug, name, name_es, position)
         select c.id, c.path::ltree, c.slug, c.name, c.name_es, c.position
           from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[])
                as c (id, path, slug, name, name_es, position)
          order by c.path
         on conflict (path) do update set
                name = excluded.name, name_es = excluded.name_es, position = excluded.position",
        &columns.ids,
        &columns.paths,
        &columns.slugs,
        &columns.names,
        &columns.names_es,
        &columns.positions
    )
    .execute(pool)
    .await?;
    Ok(())
}

#[derive(Default)]
struct Columns {
    ids: Vec<Uuid>,
    paths: Vec<String>,
    slugs: Vec<String>,
    names: Vec<String>,
    names_es: Vec<String>,
    positions: Vec<i32>,
}

impl Columns {
    fn of(categories: &[NewCategory]) -> Self {
        let mut columns = Self::default();
        for category in categories {
            columns.ids.push(category.id.0);
            columns.paths.push(category.path.ltree());
            columns.slugs.push(category.path.leaf().to_owned());
            columns.names.push(category.name.clone());
            columns.names_es.push(category.name_es.clone());
            columns.positions.push(category.position);
        }
        columns
    }
}

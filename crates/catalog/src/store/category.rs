//! The category tree.

use crate::domain::category::CategoryPath;
use contracts::catalog::Category;
use kernel::CategoryId;
use sqlx::{PgConnection, PgPool};
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

/// Adds those that are missing, and gives them; those that exist stay as they are.
pub async fn add_missing(
    conn: &mut PgConnection,
    categories: &[NewCategory],
) -> Result<Vec<CategoryId>, sqlx::Error> {
    let columns = Columns::of(categories);
    sqlx::query_scalar!(
        r#"insert into catalog.category (id, path, slug, name, name_es, position)
           select c.id, c.path::ltree, c.slug, c.name, c.name_es, c.position
             from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[])
                  as c (id, path, slug, name, name_es, position)
            order by c.path
           on conflict (path) do nothing
           returning id as "id: CategoryId""#,
        &columns.ids,
        &columns.paths,
        &columns.slugs,
        &columns.names,
        &columns.names_es,
        &columns.positions
    )
    .fetch_all(conn)
    .await
}

/// Adds or renames, and gives those that are new or read differently now; the flag says which of them existed before.
pub async fn put(
    conn: &mut PgConnection,
    categories: &[NewCategory],
) -> Result<Vec<(CategoryId, bool)>, sqlx::Error> {
    let columns = Columns::of(categories);
    let rows = sqlx::query!(
        r#"insert into catalog.category as known (id, path, slug, name, name_es, position)
           select c.id, c.path::ltree, c.slug, c.name, c.name_es, c.position
             from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::int[])
                  as c (id, path, slug, name, name_es, position)
            order by c.path
           on conflict (path) do update set
                  name = excluded.name, name_es = excluded.name_es, position = excluded.position
            where (known.name, known.name_es, known.position)
                  is distinct from (excluded.name, excluded.name_es, excluded.position)
           returning id as "id: CategoryId", id <> all($1::uuid[]) as "existed!""#,
        &columns.ids,
        &columns.paths,
        &columns.slugs,
        &columns.names,
        &columns.names_es,
        &columns.positions
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.existed)).collect())
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

use contracts::saved_views::{SavedView, VIEWS_MAX, ViewOwner, ViewTable};
use kernel::Timestamp;
use sqlx::PgExecutor;
use uuid::Uuid;

type Row = (Uuid, String, String);

fn read((id, name, query): Row) -> SavedView {
    SavedView { id, name, query }
}

/// By name.
pub async fn list(
    db: impl PgExecutor<'_>,
    whose: ViewOwner,
    table: ViewTable,
) -> Result<Vec<SavedView>, sqlx::Error> {
    let rows: Vec<Row> = sqlx::query_as(
        "select id, name, query
           from identity.saved_view
          where account_id = $1 and acts_for is not distinct from $2 and of_table = $3
          order by lower(name), name",
    )
    .bind(whose.user.0)
    .bind(whose.tenant.map(|tenant| tenant.0))
    .bind(table.name())
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(read).collect())
}

/// In the place of the one of this name, if there is one; none where there are too many.
pub async fn save(
    db: impl PgExecutor<'_>,
    whose: ViewOwner,
    table: ViewTable,
    view: &SavedView,
    now: Timestamp,
) -> Result<Option<SavedView>, sqlx::Error> {
    let row: Option<Row> = sqlx::query_as(
        "with own as materialized (
             select name
               from identity.saved_view
              where account_id = $2 and acts_for is not distinct from $3 and of_table = $4
         )
         insert into identity.saved_view (id, account_id, acts_for, of_table, name, query, created_at)
         select $1, $2, $3, $4, $5, $6, $7
          where (select count(*) from own) < $8 or exists (select from own where name = $5)
             on conflict on constraint saved_view_name_once do update set query = excluded.query
         returning id, name, query",
    )
    .bind(view.id)
    .bind(whose.user.0)
    .bind(whose.tenant.map(|tenant| tenant.0))
    .bind(table.name())
    .bind(&view.name)
    .bind(&view.query)
    .bind(now)
    .bind(i64::from(VIEWS_MAX))
    .fetch_optional(db)
    .await?;
    Ok(row.map(read))
}

/// Of which table one of theirs is.
pub async fn table_of(
    db: impl PgExecutor<'_>,
    whose: ViewOwner,
    id: Uuid,
) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar(
        "select of_table
           from identity.saved_view
          where id = $3 and account_id = $1 and acts_for is not distinct from $2",
    )
    .bind(whose.user.0)
    .bind(whose.tenant.map(|tenant| tenant.0))
    .bind(id)
    .fetch_optional(db)
    .await
}

/// False when there is none of theirs.
pub async fn rename(
    db: impl PgExecutor<'_>,
    whose: ViewOwner,
    id: Uuid,
    name: &str,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "update identity.saved_view set name = $4
          where id = $3 and account_id = $1 and acts_for is not distinct from $2",
    )
    .bind(whose.user.0)
    .bind(whose.tenant.map(|tenant| tenant.0))
    .bind(id)
    .bind(name)
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// False when there is none of theirs.
pub async fn delete(db: impl PgExecutor<'_>, whose: ViewOwner, id: Uuid) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "delete from identity.saved_view
          where id = $3 and account_id = $1 and acts_for is not distinct from $2",
    )
    .bind(whose.user.0)
    .bind(whose.tenant.map(|tenant| tenant.0))
    .bind(id)
    .execute(db)
    .await?;
    Ok(done.rows_affected() > 0)
}

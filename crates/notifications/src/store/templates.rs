//! The words that operators wrote.

use contracts::Language;
use contracts::notifications::TemplateKind;
use kernel::{Timestamp, UserId};
use sqlx::{FromRow, PgConnection, PgExecutor};

#[derive(FromRow)]
pub struct TemplateRow {
    pub kind: String,
    pub version: i64,
    pub title: String,
    pub text: String,
    pub author_id: Option<UserId>,
    pub at: Timestamp,
    pub restored: Option<i64>,
}

/// The latest of each kind.
pub async fn latest(db: impl PgExecutor<'_>, language: Language) -> Result<Vec<TemplateRow>, sqlx::Error> {
    sqlx::query_as(
        "select distinct on (kind) kind, version, title, text, author_id, at, restored
           from notifications.template where language = $1 order by kind, version desc",
    )
    .bind(language.code())
    .fetch_all(db)
    .await
}

/// The latest of one kind.
pub async fn newest(
    db: impl PgExecutor<'_>,
    kind: TemplateKind,
    language: Language,
) -> Result<Option<TemplateRow>, sqlx::Error> {
    sqlx::query_as(
        "select kind, version, title, text, author_id, at, restored
           from notifications.template where kind = $1 and language = $2 order by version desc limit 1",
    )
    .bind(kind.name())
    .bind(language.code())
    .fetch_optional(db)
    .await
}

/// All of a kind, the latest first.
pub async fn versions(
    db: impl PgExecutor<'_>,
    kind: TemplateKind,
    language: Language,
) -> Result<Vec<TemplateRow>, sqlx::Error> {
    sqlx::query_as(
        "select kind, version, title, text, author_id, at, restored
           from notifications.template where kind = $1 and language = $2 order by version desc",
    )
    .bind(kind.name())
    .bind(language.code())
    .fetch_all(db)
    .await
}

/// Words to be kept.
pub struct Draft<'d> {
    pub kind: TemplateKind,
    pub language: Language,
    /// The version that they take the place of.
    pub seen: i64,
    pub title: &'d str,
    pub text: &'d str,
    pub author: Option<UserId>,
    pub at: Timestamp,
    pub restored: Option<i64>,
}

/// False where another version came before.
pub async fn insert(conn: &mut PgConnection, draft: &Draft<'_>) -> Result<bool, sqlx::Error> {
    let inserted = sqlx::query(
        "insert into notifications.template (kind, language, version, title, text, author_id, at, restored)
         select $1, $2, $3 + 1, $4, $5, $6, $7, $8
          where $3 = coalesce((select max(version) from notifications.template where kind = $1 and language = $2), 0)
         on conflict on constraint template_pkey do nothing",
    )
    .bind(draft.kind.name())
    .bind(draft.language.code())
    .bind(draft.seen)
    .bind(draft.title)
    .bind(draft.text)
    .bind(draft.author)
    .bind(draft.at)
    .bind(draft.restored)
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

//! In which language somebody is mailed.

use contracts::Language;
use kernel::UserId;
use sqlx::PgExecutor;

/// English where nobody said.
pub async fn of(db: impl PgExecutor<'_>, user: UserId) -> Result<Language, sqlx::Error> {
    let kept: Option<String> = sqlx::query_scalar("select language from identity.account where id = $1")
        .bind(user.0)
        .fetch_optional(db)
        .await?;
    let mut known = [Language::En, Language::Es].into_iter();
    let found = known.find(|language| kept.as_deref() == Some(language.code()));
    Ok(found.unwrap_or_default())
}

pub async fn keep(db: impl PgExecutor<'_>, user: UserId, language: Language) -> Result<(), sqlx::Error> {
    sqlx::query("update identity.account set language = $2 where id = $1")
        .bind(user.0)
        .bind(language.code())
        .execute(db)
        .await?;
    Ok(())
}

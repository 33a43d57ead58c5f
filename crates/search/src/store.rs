//! The SQL of what operators say about searches.

pub mod promoted;
pub mod sums;

use crate::error::Error;
use contracts::Language;
use contracts::search::tuning::{
    NewSearchRule, NewSynonym, RuleAction, RuleWhen, SearchRuleCard, SynonymCard,
};
use kernel::{Actor, Ctx, SearchRuleId, SynonymId, Timestamp};
use sqlx::PgConnection;
use sqlx::types::Json;

/// Ended ones that are still listed.
const ENDED_LISTED: i64 = 50;

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SynonymRow {
    id: SynonymId,
    language: Option<String>,
    words: Vec<String>,
    also: Vec<String>,
    note: String,
    made_by: Json<Actor>,
    made_at: Timestamp,
    ended_by: Option<Json<Actor>>,
    ended_at: Option<Timestamp>,
    end_note: Option<String>,
}

impl From<SynonymRow> for SynonymCard {
    fn from(row: SynonymRow) -> Self {
        Self {
            id: row.id,
            // The table takes no other.
            language: row.language.map(|code| match code.as_str() {
                "es" => Language::Es,
                _ => Language::En,
            }),
            words: row.words,
            also: row.also,
            note: row.note,
            made_by: row.made_by.0,
            made_at: row.made_at,
            ended_by: row.ended_by.map(|by| by.0),
            ended_at: row.ended_at,
            end_note: row.end_note,
        }
    }
}

#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RuleRow {
    id: SearchRuleId,
    name: String,
    conditions: Json<RuleWhen>,
    actions: Json<Vec<RuleAction>>,
    starts_at: Timestamp,
    ends_at: Option<Timestamp>,
    note: String,
    made_by: Json<Actor>,
    made_at: Timestamp,
    ended_by: Option<Json<Actor>>,
    ended_at: Option<Timestamp>,
    end_note: Option<String>,
}

impl From<RuleRow> for SearchRuleCard {
    fn from(row: RuleRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            when: row.conditions.0,
            actions: row.actions.0,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            note: row.note,
            made_by: row.made_by.0,
            made_at: row.made_at,
            ended_by: row.ended_by.map(|by| by.0),
            ended_at: row.ended_at,
            end_note: row.end_note,
        }
    }
}

/// Tells everybody who remembers these that they are others now. Whoever changes them does so alone until then.
pub async fn changed(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("update search.version set version = version + 1")
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn version(conn: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar("select version from search.version")
        .fetch_one(conn)
        .await
}

macro_rules! synonyms {
    ($rest:literal) => {
        concat!(
            "select id, language, words, also, note, made_by, made_at, ended_by, ended_at, end_note from search.synonym ",
            $rest
        )
    };
}

macro_rules! rules {
    ($rest:literal) => {
        concat!(
            "select id, name, conditions, actions, starts_at, ends_at, note, made_by, made_at, ended_by, ended_at, end_note
               from search.rule ",
            $rest
        )
    };
}

/// Those that hold, the latest first, and then the last that were ended.
pub async fn synonyms(conn: &mut PgConnection) -> Result<Vec<SynonymRow>, sqlx::Error> {
    let mut rows = live_synonyms(&mut *conn).await?;
    rows.reverse();
    let ended = synonyms!("where ended_at is not null order by ended_at desc, id limit $1");
    rows.extend(
        sqlx::query_as::<_, SynonymRow>(ended)
            .bind(ENDED_LISTED)
            .fetch_all(conn)
            .await?,
    );
    Ok(rows)
}

/// Those that hold, in the order in which they were made.
pub async fn live_synonyms(conn: &mut PgConnection) -> Result<Vec<SynonymRow>, sqlx::Error> {
    sqlx::query_as(synonyms!("where ended_at is null order by id"))
        .fetch_all(conn)
        .await
}

pub async fn make_synonym(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: SynonymId,
    new: &NewSynonym,
    most: i64,
) -> Result<(), Error> {
    // Whoever came here changes these alone, so that the count holds.
    let made = sqlx::query(
        "insert into search.synonym (id, language, words, also, note, made_by, made_at)
         select $1, $2, $3, $4, $5, $6, $7
          where (select count(*) from search.synonym where ended_at is null) < $8",
    )
    .bind(id)
    .bind(new.language.map(Language::code))
    .bind(&new.words)
    .bind(&new.also)
    .bind(&new.note)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .bind(most)
    .execute(conn)
    .await?;
    if made.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Error::TooMany(most))
    }
}

pub async fn synonym(conn: &mut PgConnection, id: SynonymId) -> Result<Option<SynonymRow>, sqlx::Error> {
    sqlx::query_as(synonyms!("where id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Whether it held until now.
pub async fn end_synonym(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: SynonymId,
    note: &str,
) -> Result<bool, sqlx::Error> {
    let ended = sqlx::query(
        "update search.synonym set ended_at = $2, ended_by = $3, end_note = $4 where id = $1 and ended_at is null",
    )
    .bind(id)
    .bind(ctx.now)
    .bind(Json(&ctx.actor))
    .bind(note)
    .execute(conn)
    .await?;
    Ok(ended.rows_affected() == 1)
}

/// As [`synonyms`]. One whose time is over without anybody's doing stays among the first.
pub async fn rules(conn: &mut PgConnection) -> Result<Vec<RuleRow>, sqlx::Error> {
    let mut rows: Vec<RuleRow> = sqlx::query_as(rules!("where ended_at is null order by id desc"))
        .fetch_all(&mut *conn)
        .await?;
    let ended = rules!("where ended_at is not null order by ended_at desc, id limit $1");
    rows.extend(
        sqlx::query_as::<_, RuleRow>(ended)
            .bind(ENDED_LISTED)
            .fetch_all(conn)
            .await?,
    );
    Ok(rows)
}

/// Those that hold or will, in the order in which they were made.
pub async fn live_rules(conn: &mut PgConnection, now: Timestamp) -> Result<Vec<RuleRow>, sqlx::Error> {
    let live = rules!("where ended_at is null and (ends_at is null or ends_at > $1) order by id");
    sqlx::query_as(live).bind(now).fetch_all(conn).await
}

pub async fn make_rule(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: SearchRuleId,
    new: &NewSearchRule,
    most: i64,
) -> Result<(), Error> {
    let made = sqlx::query(
        "insert into search.rule (id, name, conditions, actions, starts_at, ends_at, note, made_by, made_at)
         select $1, $2, $3, $4, $5, $6, $7, $8, $9
          where (select count(*) from search.rule where ended_at is null) < $10",
    )
    .bind(id)
    .bind(&new.name)
    .bind(Json(&new.when))
    .bind(Json(&new.actions))
    .bind(new.starts_at.unwrap_or(ctx.now))
    .bind(new.ends_at)
    .bind(&new.note)
    .bind(Json(&ctx.actor))
    .bind(ctx.now)
    .bind(most)
    .execute(conn)
    .await?;
    if made.rows_affected() == 1 {
        Ok(())
    } else {
        Err(Error::TooMany(most))
    }
}

pub async fn rule(conn: &mut PgConnection, id: SearchRuleId) -> Result<Option<RuleRow>, sqlx::Error> {
    sqlx::query_as(rules!("where id = $1"))
        .bind(id)
        .fetch_optional(conn)
        .await
}

/// Whether it held until now, or would.
pub async fn end_rule(
    conn: &mut PgConnection,
    ctx: &Ctx,
    id: SearchRuleId,
    note: &str,
) -> Result<bool, sqlx::Error> {
    let ended = sqlx::query(
        "update search.rule set ended_at = $2, ended_by = $3, end_note = $4 where id = $1 and ended_at is null",
    )
    .bind(id)
    .bind(ctx.now)
    .bind(Json(&ctx.actor))
    .bind(note)
    .execute(conn)
    .await?;
    Ok(ended.rows_affected() == 1)
}

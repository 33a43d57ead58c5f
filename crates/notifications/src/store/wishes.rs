//! How people want to be told.

use contracts::notifications::NoticeTopic;
use kernel::{Timestamp, UserId};
use sqlx::{FromRow, PgConnection, PgExecutor};

/// When somebody is not mailed, texted or pushed.
#[derive(FromRow)]
pub struct RhythmRow {
    pub time_zone: String,
    pub quiet_from: Option<i16>,
    pub quiet_until: Option<i16>,
}

/// Whether somebody wants a mail, and from when on.
#[derive(FromRow)]
pub struct Wish {
    pub declined: bool,
    /// The end of the quiet hours that it is in.
    pub quiet_until: Option<Timestamp>,
}

/// The topics of which somebody wants nothing in a channel.
pub async fn declined(
    db: impl PgExecutor<'_>,
    user: UserId,
    channel: &str,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("select topic from notifications.declined where user_id = $1 and channel = $2")
        .bind(user)
        .bind(channel)
        .fetch_all(db)
        .await
}

pub async fn rhythm(db: impl PgExecutor<'_>, user: UserId) -> Result<Option<RhythmRow>, sqlx::Error> {
    sqlx::query_as("select time_zone, quiet_from, quiet_until from notifications.rhythm where user_id = $1")
        .bind(user)
        .fetch_optional(db)
        .await
}

/// Whether a time zone is one of the IANA's; PostgreSQL knows them, and takes other words for zones as well.
pub async fn is_time_zone(db: impl PgExecutor<'_>, name: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from pg_timezone_names where name = $1)")
        .bind(name)
        .fetch_one(db)
        .await
}

/// Writes what somebody wants of some topics in a channel.
pub async fn choose(
    conn: &mut PgConnection,
    user: UserId,
    channel: &str,
    choices: &[(NoticeTopic, bool)],
) -> Result<(), sqlx::Error> {
    let (wanted, unwanted): (Vec<_>, Vec<_>) = choices.iter().partition(|(_, wanted)| *wanted);
    let names = |of: Vec<&(NoticeTopic, bool)>| -> Vec<&'static str> {
        of.into_iter().map(|(topic, _)| topic.name()).collect()
    };
    let (wanted, unwanted) = (names(wanted), names(unwanted));
    sqlx::query("delete from notifications.declined where user_id = $1 and channel = $2 and topic = any($3)")
        .bind(user)
        .bind(channel)
        .bind(wanted)
        .execute(&mut *conn)
        .await?;
    sqlx::query(
        "insert into notifications.declined (user_id, topic, channel) select $1, topic, $2 from unnest($3::text[]) as topic
         on conflict on constraint declined_pkey do nothing",
    )
    .bind(user)
    .bind(channel)
    .bind(unwanted)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn set_rhythm(
    conn: &mut PgConnection,
    user: UserId,
    time_zone: &str,
    quiet: Option<(i16, i16)>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into notifications.rhythm (user_id, time_zone, quiet_from, quiet_until) values ($1, $2, $3, $4)
         on conflict on constraint rhythm_pkey do update
            set time_zone = excluded.time_zone, quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until",
    )
    .bind(user)
    .bind(time_zone)
    .bind(quiet.map(|(from, _)| from))
    .bind(quiet.map(|(_, until)| until))
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether somebody wants a mail of a topic, and when quiet hours end that are now. Their clock is read as the zone's is then:
/// quiet hours end when it shows their end, whatever hour was skipped or came twice meanwhile.
pub async fn wish(
    db: impl PgExecutor<'_>,
    user: UserId,
    topic: NoticeTopic,
    now: Timestamp,
) -> Result<Wish, sqlx::Error> {
    sqlx::query_as(
        "with there as (
             select time_zone, quiet_from, quiet_until, date_trunc('day', local) as today,
                    extract(hour from local)::int * 60 + extract(minute from local)::int as minute
               from (select *, $3::timestamptz at time zone time_zone as local
                       from notifications.rhythm where user_id = $1 and quiet_from is not null) as r),
         ends as (
             select time_zone, today + make_interval(mins => quiet_until,
                        days => case when quiet_from > quiet_until and minute >= quiet_from then 1 else 0 end) as local_end
               from there
              where case when quiet_from < quiet_until then minute >= quiet_from and minute < quiet_until
                         else minute >= quiet_from or minute < quiet_until end)
         select exists (select from notifications.declined where user_id = $1 and topic = $2 and channel = 'email') as declined,
                (select local_end at time zone time_zone from ends) as quiet_until",
    )
    .bind(user)
    .bind(topic.name())
    .bind(now)
    .fetch_one(db)
    .await
}

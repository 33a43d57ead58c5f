//! Telephones, the codes that were sent to them, and devices.

use contracts::Language;
use contracts::notifications::{Device, DevicePlatform, NewDevice, NoticeTopic};
use kernel::{DeviceId, TenantId, Timestamp, UserId};
use sqlx::{FromRow, PgConnection, PgExecutor};
use uuid::Uuid;

/// Codes of somebody, to a number and of all that were sent lately.
#[derive(FromRow)]
pub struct CodesSent {
    pub of_user: i64,
    pub to_number: i64,
    pub of_all: i64,
}

/// A code that may be sent back.
#[derive(FromRow)]
pub struct CodeRow {
    pub id: Uuid,
    pub sealed: Vec<u8>,
}

/// A code as it is sent.
pub struct NewCode<'a> {
    pub id: Uuid,
    pub user: UserId,
    pub number: &'a str,
    pub language: Language,
    pub sealed: &'a [u8],
    pub at: Timestamp,
    pub until: Timestamp,
}

/// In which way somebody is reached: by text message, where there is no device.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct WayRow {
    pub user_id: UserId,
    pub device: Option<DeviceId>,
}

/// Of what somebody of a shop's staff wants to be texted.
#[derive(Clone, Debug, FromRow)]
pub struct StaffTextedRow {
    pub shop_id: TenantId,
    pub topic: String,
    pub user_id: UserId,
}

/// Where a message goes, and whether it is wanted there.
#[derive(FromRow)]
pub struct TargetRow {
    pub address: String,
    /// Of a device.
    pub platform: Option<String>,
    pub language: String,
    pub wanted: bool,
}

#[derive(FromRow)]
struct DeviceRow {
    id: DeviceId,
    platform: String,
    name: String,
    added_at: Timestamp,
}

impl From<DeviceRow> for Device {
    fn from(row: DeviceRow) -> Self {
        Self {
            id: row.id,
            // A check of the table's holds that it is one.
            platform: DevicePlatform::named(&row.platform).unwrap_or(DevicePlatform::Web),
            name: row.name,
            added_at: row.added_at,
        }
    }
}

/// The number that somebody's messages go to, and the one to which a code went that may still be sent back.
pub async fn phone(
    db: impl PgExecutor<'_>,
    user: UserId,
    now: Timestamp,
    tries_max: i16,
) -> Result<(Option<String>, Option<String>), sqlx::Error> {
    sqlx::query_as(
        "select (select number from notifications.phone where user_id = $1),
                (select number from notifications.phone_code
                  where user_id = $1 and ended_at is null and until > $2 and tries < $3)",
    )
    .bind(user)
    .bind(now)
    .bind(tries_max)
    .fetch_one(db)
    .await
}

/// Codes are counted and written one after another: of a person, to a number, then of all.
pub async fn lock(conn: &mut PgConnection, user: UserId, number: &str) -> Result<(), sqlx::Error> {
    for of in [
        format!("codes of {user}"),
        format!("codes to {number}"),
        "codes of all".to_owned(),
    ] {
        sqlx::query("select pg_advisory_xact_lock(hashtextextended('notifications ' || $1::text, 0))")
            .bind(of)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

pub async fn codes_sent(
    conn: &mut PgConnection,
    code: &NewCode<'_>,
    since: Timestamp,
    to_number_since: Timestamp,
) -> Result<CodesSent, sqlx::Error> {
    sqlx::query_as(
        "select (select count(*) from notifications.phone_code where user_id = $1 and at > $2) as of_user,
                (select count(*) from notifications.phone_code where number = $3 and at > $4) as to_number,
                (select count(*) from notifications.phone_code where at > $2) as of_all",
    )
    .bind(code.user)
    .bind(since)
    .bind(code.number)
    .bind(to_number_since)
    .fetch_one(conn)
    .await
}

/// The code before it is none any more.
pub async fn write_code(conn: &mut PgConnection, code: &NewCode<'_>) -> Result<(), sqlx::Error> {
    end_codes(conn, code.user, code.at).await?;
    sqlx::query(
        "insert into notifications.phone_code (id, user_id, number, language, sealed, at, until)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(code.id)
    .bind(code.user)
    .bind(code.number)
    .bind(code.language.code())
    .bind(code.sealed)
    .bind(code.at)
    .bind(code.until)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn end_codes(conn: &mut PgConnection, user: UserId, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query("update notifications.phone_code set ended_at = $2 where user_id = $1 and ended_at is null")
        .bind(user)
        .bind(now)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn drop_code(conn: &mut PgConnection, id: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query("delete from notifications.phone_code where id = $1")
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// The code that somebody may send back, which they now try.
pub async fn try_code(
    conn: &mut PgConnection,
    user: UserId,
    now: Timestamp,
    tries_max: i16,
) -> Result<Option<CodeRow>, sqlx::Error> {
    sqlx::query_as(
        "update notifications.phone_code set tries = tries + 1
          where user_id = $1 and ended_at is null and until > $2 and tries < $3
      returning id, sealed",
    )
    .bind(user)
    .bind(now)
    .bind(tries_max)
    .fetch_optional(conn)
    .await
}

/// The number of a code is its owner's from now on; the code is used.
pub async fn verified(conn: &mut PgConnection, code: Uuid, now: Timestamp) -> Result<(), sqlx::Error> {
    sqlx::query(
        "with used as (
             update notifications.phone_code set ended_at = $2 where id = $1 and ended_at is null
          returning user_id, number, language)
         insert into notifications.phone (user_id, number, language, verified_at)
         select user_id, number, language, $2 from used
         on conflict on constraint phone_pkey do update
            set number = excluded.number, language = excluded.language, verified_at = excluded.verified_at",
    )
    .bind(code)
    .bind(now)
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn drop_phone(conn: &mut PgConnection, user: UserId) -> Result<(), sqlx::Error> {
    sqlx::query("delete from notifications.phone where user_id = $1")
        .bind(user)
        .execute(conn)
        .await?;
    Ok(())
}

/// Where nobody takes messages any more: as it was then, should another number have come meanwhile.
pub async fn drop_number(conn: &mut PgConnection, user: UserId, number: &str) -> Result<(), sqlx::Error> {
    sqlx::query("delete from notifications.phone where user_id = $1 and number = $2")
        .bind(user)
        .bind(number)
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn devices(db: impl PgExecutor<'_>, user: UserId) -> Result<Vec<Device>, sqlx::Error> {
    let rows: Vec<DeviceRow> = sqlx::query_as(
        "select id, platform, name, added_at from notifications.device
          where user_id = $1 order by added_at desc, id desc",
    )
    .bind(user)
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(Device::from).collect())
}

pub async fn add_device(
    conn: &mut PgConnection,
    user: UserId,
    device: &NewDevice,
    now: Timestamp,
) -> Result<Device, sqlx::Error> {
    let row: DeviceRow = sqlx::query_as(
        "insert into notifications.device as d (id, user_id, platform, token, name, language, added_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict on constraint device_token do update
            set id = case when d.user_id = excluded.user_id then d.id else excluded.id end,
                user_id = excluded.user_id, platform = excluded.platform, name = excluded.name,
                language = excluded.language, added_at = excluded.added_at
      returning d.id, d.platform, d.name, d.added_at",
    )
    .bind(DeviceId::new(now))
    .bind(user)
    .bind(device.platform.name())
    .bind(&device.token)
    .bind(&device.name)
    .bind(device.language.code())
    .bind(now)
    .fetch_one(conn)
    .await?;
    Ok(row.into())
}

/// Those that were added first give way. `newest` stays.
pub async fn keep_devices(
    conn: &mut PgConnection,
    user: UserId,
    newest: DeviceId,
    most: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "delete from notifications.device
          where id in (select id from notifications.device where user_id = $1
                        order by id = $2 desc, added_at desc, id desc offset $3)",
    )
    .bind(user)
    .bind(newest)
    .bind(most)
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether it was there.
pub async fn drop_device(
    conn: &mut PgConnection,
    user: UserId,
    device: DeviceId,
) -> Result<bool, sqlx::Error> {
    let dropped = sqlx::query("delete from notifications.device where user_id = $1 and id = $2")
        .bind(user)
        .bind(device)
        .execute(conn)
        .await?;
    Ok(dropped.rows_affected() == 1)
}

/// In which ways some people are reached.
pub async fn ways(conn: &mut PgConnection, users: &[Uuid]) -> Result<Vec<WayRow>, sqlx::Error> {
    sqlx::query_as(
        "select user_id, null::uuid as device from notifications.phone where user_id = any($1)
         union all
         select user_id, id from notifications.device where user_id = any($1)",
    )
    .bind(users)
    .fetch_all(conn)
    .await
}

/// Where a message of a topic goes, if anybody is still there.
pub async fn target(
    db: impl PgExecutor<'_>,
    user: UserId,
    device: Option<DeviceId>,
    topic: NoticeTopic,
) -> Result<Option<TargetRow>, sqlx::Error> {
    sqlx::query_as(
        "select number as address, null::text as platform, language,
                exists (select from notifications.texted t where t.user_id = $1 and t.topic = $3) as wanted
           from notifications.phone where user_id = $1 and $2::uuid is null
         union all
         select token, platform, language,
                not exists (select from notifications.declined d
                             where d.user_id = $1 and d.topic = $3 and d.channel = 'push')
           from notifications.device where user_id = $1 and id = $2",
    )
    .bind(user)
    .bind(device)
    .bind(topic.name())
    .fetch_optional(db)
    .await
}

/// Of the staff of some shops, who wants to be texted of what, and has a telephone.
pub async fn staff_texted(
    conn: &mut PgConnection,
    shops: &[Uuid],
) -> Result<Vec<StaffTextedRow>, sqlx::Error> {
    sqlx::query_as(
        "select t.shop_id, t.topic, t.user_id
           from notifications.staff_texted t join notifications.phone p on p.user_id = t.user_id
          where t.shop_id = any($1)",
    )
    .bind(shops)
    .fetch_all(conn)
    .await
}

/// Where a text message of what a shop is told goes to one of its staff, if they have a telephone.
pub async fn staff_target(
    db: impl PgExecutor<'_>,
    user: UserId,
    shop: TenantId,
    topic: NoticeTopic,
) -> Result<Option<TargetRow>, sqlx::Error> {
    sqlx::query_as(
        "select number as address, null::text as platform, language,
                exists (select from notifications.staff_texted t
                         where t.shop_id = $2 and t.topic = $3 and t.user_id = $1) as wanted
           from notifications.phone where user_id = $1",
    )
    .bind(user)
    .bind(shop)
    .bind(topic.name())
    .fetch_optional(db)
    .await
}

/// The topics of which somebody wants text messages, of what a shop is told where they work.
pub async fn texted_in(
    db: impl PgExecutor<'_>,
    user: UserId,
    shop: TenantId,
) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("select topic from notifications.staff_texted where user_id = $1 and shop_id = $2")
        .bind(user)
        .bind(shop)
        .fetch_all(db)
        .await
}

/// Choices as a statement takes them.
fn columns(choices: &[(NoticeTopic, bool)]) -> (Vec<&'static str>, Vec<bool>) {
    let pair = |(topic, wanted): &(NoticeTopic, bool)| (topic.name(), *wanted);
    choices.iter().map(pair).unzip()
}

/// As [`text`], of what a shop is told where they work.
pub async fn text_in(
    conn: &mut PgConnection,
    user: UserId,
    shop: TenantId,
    choices: &[(NoticeTopic, bool)],
) -> Result<(), sqlx::Error> {
    let (topics, wanted) = columns(choices);
    sqlx::query(
        "with said as (select topic, wanted from unnest($3::text[], $4::boolean[]) as s (topic, wanted)),
         gone as (delete from notifications.staff_texted t using said
                   where t.user_id = $1 and t.shop_id = $2 and t.topic = said.topic and not said.wanted)
         insert into notifications.staff_texted (shop_id, topic, user_id) select distinct $2, topic, $1 from said where wanted
         on conflict on constraint staff_texted_pkey do nothing",
    )
    .bind(user)
    .bind(shop)
    .bind(topics)
    .bind(wanted)
    .execute(conn)
    .await?;
    Ok(())
}

/// The topics of which somebody wants text messages.
pub async fn texted(db: impl PgExecutor<'_>, user: UserId) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar("select topic from notifications.texted where user_id = $1")
        .bind(user)
        .fetch_all(db)
        .await
}

/// Writes of which topics somebody wants text messages, and of which not.
pub async fn text(
    conn: &mut PgConnection,
    user: UserId,
    choices: &[(NoticeTopic, bool)],
) -> Result<(), sqlx::Error> {
    let (topics, wanted) = columns(choices);
    sqlx::query(
        "with said as (select topic, wanted from unnest($2::text[], $3::boolean[]) as s (topic, wanted)),
         gone as (delete from notifications.texted t using said
                   where t.user_id = $1 and t.topic = said.topic and not said.wanted)
         insert into notifications.texted (user_id, topic) select distinct $1, topic from said where wanted
         on conflict on constraint texted_pkey do nothing",
    )
    .bind(user)
    .bind(topics)
    .bind(wanted)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets codes that nobody counts any more.
pub async fn forget_codes(conn: &mut PgConnection, before: Timestamp, most: i64) -> Result<u64, sqlx::Error> {
    let forgotten = sqlx::query(
        "delete from notifications.phone_code
          where id in (select id from notifications.phone_code where at < $1 limit $2)",
    )
    .bind(before)
    .bind(most)
    .execute(conn)
    .await?;
    Ok(forgotten.rows_affected())
}

//! Messages that are sent again, some at a time: what waits to be sent stays little however much is asked for, and what happens
//! meanwhile is not behind all of it.

use super::EndpointRow;
use kernel::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

/// Messages that wait to be sent again together. The next ones follow when nothing else is to be sent.
pub const AT_ONCE: i64 = 200;

/// Notes that an endpoint is to be sent again what happened since then and it is told of; how many messages that are. What
/// is asked for while something is being sent again goes on from the earlier of both.
pub async fn begin(conn: &mut PgConnection, row: &EndpointRow, since: Timestamp) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "with wanted as (
            select m.id from webhooks.message m
             where m.tenant_id = $1 and m.id > store.uuid_floor($3) and ($4 = '{}' or m.kind = any($4))
               and m.kind <> 'webhook.test'),
         noted as (
            insert into webhooks.replay as r (tenant_id, endpoint_id, after_id, until_id)
            select $1, $2, store.uuid_floor($3), w.id
              from (select id from wanted order by id desc limit 1) w
            on conflict (tenant_id, endpoint_id) do update
               set after_id = least(r.after_id, excluded.after_id), until_id = greatest(r.until_id, excluded.until_id))
         select count(*) from wanted",
    )
    .bind(row.tenant_id)
    .bind(row.id)
    .bind(since)
    .bind(&row.events)
    .fetch_one(conn)
    .await
}

/// Lets the next messages that are to be sent again wait to be sent; false when there are none. How far it came is written
/// down with them, so that whoever dies in between has them neither left out nor noted twice.
///
/// The endpoint is held before its replay, as by whoever asks for one: what waits to be sent refers to it, and the other way
/// round two would wait for each other.
pub async fn go_on(conn: &mut PgConnection, row: &EndpointRow, now: Timestamp) -> Result<bool, sqlx::Error> {
    let held: Option<Uuid> = sqlx::query_scalar(
        "select e.id from webhooks.endpoint e
          where e.tenant_id = $1 and e.id = $2
            and exists (select from webhooks.replay r where r.tenant_id = $1 and r.endpoint_id = $2)
            for key share of e",
    )
    .bind(row.tenant_id)
    .bind(row.id)
    .fetch_optional(&mut *conn)
    .await?;
    if held.is_none() {
        return Ok(false);
    }
    let left: Option<(Uuid, Uuid)> = sqlx::query_as(
        "select after_id, until_id from webhooks.replay where tenant_id = $1 and endpoint_id = $2 for update",
    )
    .bind(row.tenant_id)
    .bind(row.id)
    .fetch_optional(&mut *conn)
    .await?;
    let Some((after, until)) = left else {
        return Ok(false);
    };
    let (noted, last): (i64, Option<Uuid>) = sqlx::query_as(
        "with next as (
            select m.id from webhooks.message m
             where m.tenant_id = $1 and m.id > $3 and m.id <= $4 and ($5 = '{}' or m.kind = any($5))
               and m.kind <> 'webhook.test'
             order by m.id
             limit $6),
         again as (
            insert into webhooks.delivery (tenant_id, endpoint_id, message_id, state, tries, next_at)
            select $1, $2, n.id, 'pending', 0, $7 from next n
            on conflict (tenant_id, endpoint_id, message_id) do update set state = 'pending', tries = 0, next_at = $7)
         select count(*), (select id from next order by id desc limit 1) from next",
    )
    .bind(row.tenant_id)
    .bind(row.id)
    .bind(after)
    .bind(until)
    .bind(&row.events)
    .bind(AT_ONCE)
    .bind(now)
    .fetch_one(&mut *conn)
    .await?;
    let statement = match last.filter(|_| noted == AT_ONCE) {
        Some(last) => {
            sqlx::query("update webhooks.replay set after_id = $3 where tenant_id = $1 and endpoint_id = $2")
                .bind(row.tenant_id)
                .bind(row.id)
                .bind(last)
        }
        None => sqlx::query("delete from webhooks.replay where tenant_id = $1 and endpoint_id = $2")
            .bind(row.tenant_id)
            .bind(row.id),
    };
    statement.execute(conn).await?;
    Ok(noted > 0)
}

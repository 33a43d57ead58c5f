//! The answer to a call, kept with the call's work in one transaction: a repeated call gets the same answer and
//! does no work.

use kernel::Timestamp;
use kernel::limits::IDEMPOTENCY_TTL_S;
use sqlx::PgConnection;

/// What a key turned out to be.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// Seen for the first time, or forgotten: do the work, then [`record`] in the same transaction.
    New,
    /// Answered before, with this.
    Replay { status: u16, body: serde_json::Value },
    /// Used before for another request.
    Mismatch,
}

/// Claims `key` for the caller's transaction. A concurrent caller of the same key waits here until that transaction
/// ends, then replays its answer, or does the work itself if it was rolled back.
///
/// `scope` keeps callers apart (whose key, for which operation). A transaction that claims and commits without a
/// [`record`] is refused by the database.
pub async fn claim(
    conn: &mut PgConnection,
    scope: &str,
    key: &str,
    request_hash: &[u8],
    now: Timestamp,
) -> Result<Claim, sqlx::Error> {
    loop {
        if insert(conn, scope, key, request_hash, now).await? {
            return Ok(Claim::New);
        }
        // Gone only if it was purged between the two statements: insert again.
        let Some(known) = find(conn, scope, key).await? else {
            continue;
        };
        if known.expires_at <= now {
            if renew(conn, scope, key, request_hash, now).await? {
                return Ok(Claim::New);
            }
            continue;
        }
        return Ok(known.against(request_hash));
    }
}

/// Keeps the answer of the work done under a claimed key.
pub async fn record(
    conn: &mut PgConnection,
    scope: &str,
    key: &str,
    status: u16,
    body: &serde_json::Value,
) -> Result<(), sqlx::Error> {
    let updated = sqlx::query(
        "update store.idempotency_key set status = $3, response = $4 where scope = $1 and key = $2 and status is null",
    )
    .bind(scope)
    .bind(key)
    .bind(i16::try_from(status).unwrap_or(i16::MAX))
    .bind(body)
    .execute(conn)
    .await?;
    match updated.rows_affected() {
        1 => Ok(()),
        _ => Err(sqlx::Error::Protocol(format!(
            "idempotency key {key} of {scope} was answered without being claimed"
        ))),
    }
}

/// How a claim stands whose work is not part of the claim's own transaction: 102, processing.
const UNDER_WAY: i16 = 102;

/// What a key turned out to be that is claimed apart from its work.
#[derive(Clone, Debug, PartialEq)]
pub enum Leased {
    /// The caller's until the lease ends: do the work, then [`finish`] or [`release`].
    New,
    /// Somebody else's lease.
    UnderWay,
    /// Answered before, with this.
    Replay(serde_json::Value),
    /// Used before for another request.
    Mismatch,
}

/// Claims `key` until `ends`, in a transaction of its own: for work that cannot be part of one. Who dies before
/// [`finish`] leaves a key that is free again at `ends`; and since the next lease begins after that, `ends` is also by
/// which a holder is told from the next.
pub async fn lease(
    conn: &mut PgConnection,
    scope: &str,
    key: &str,
    request_hash: &[u8],
    now: Timestamp,
    ends: Timestamp,
) -> Result<Leased, sqlx::Error> {
    let claimed = sqlx::query(
        "insert into store.idempotency_key as k (scope, key, request_hash, status, leased_until, expires_at)
         values ($1, $2, $3, $4, $5, $7)
         on conflict on constraint idempotency_key_pkey do update
            set request_hash = excluded.request_hash, status = excluded.status, response = null,
                leased_until = excluded.leased_until, expires_at = excluded.expires_at
          where k.expires_at <= $6 or (k.status = $4 and k.leased_until <= $6)",
    )
    .bind(scope)
    .bind(key)
    .bind(request_hash)
    .bind(UNDER_WAY)
    .bind(ends)
    .bind(now)
    .bind(expiry(now))
    .execute(&mut *conn)
    .await?;
    if claimed.rows_affected() == 1 {
        return Ok(Leased::New);
    }
    Ok(match find(conn, scope, key).await? {
        Some(known) if known.request_hash != request_hash => Leased::Mismatch,
        Some(Known {
            status: Some(status),
            response: Some(response),
            ..
        }) if status != UNDER_WAY => Leased::Replay(response),
        // Or let go of between the two statements: free at the next attempt.
        _ => Leased::UnderWay,
    })
}

/// Keeps the answer to a key that is still the caller's: the lease that ends at `ends`.
pub async fn finish(
    conn: &mut PgConnection,
    scope: &str,
    key: &str,
    ends: Timestamp,
    answer: &serde_json::Value,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update store.idempotency_key set status = 200, response = $5, leased_until = null
          where scope = $1 and key = $2 and leased_until = $3 and status = $4",
    )
    .bind(scope)
    .bind(key)
    .bind(ends)
    .bind(UNDER_WAY)
    .bind(answer)
    .execute(conn)
    .await
    .map(drop)
}

/// Lets go of a key that is still the caller's.
pub async fn release(
    conn: &mut PgConnection,
    scope: &str,
    key: &str,
    ends: Timestamp,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "delete from store.idempotency_key where scope = $1 and key = $2 and leased_until = $3 and status = $4",
    )
    .bind(scope)
    .bind(key)
    .bind(ends)
    .bind(UNDER_WAY)
    .execute(conn)
    .await
    .map(drop)
}

/// Forgets up to `limit` expired answers and says how many.
pub async fn purge(conn: &mut PgConnection, now: Timestamp, limit: u64) -> Result<u64, sqlx::Error> {
    let deleted = sqlx::query(
        "delete from store.idempotency_key
          where (scope, key) in (
                select scope, key from store.idempotency_key
                 where expires_at <= $1 limit $2 for update skip locked)",
    )
    .bind(now)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .execute(conn)
    .await?;
    Ok(deleted.rows_affected())
}

#[derive(sqlx::FromRow)]
struct Known {
    request_hash: Vec<u8>,
    status: Option<i16>,
    response: Option<serde_json::Value>,
    expires_at: Timestamp,
}

impl Known {
    fn against(self, request_hash: &[u8]) -> Claim {
        if self.request_hash != request_hash {
            return Claim::Mismatch;
        }
        Claim::Replay {
            status: self.status.and_then(|s| u16::try_from(s).ok()).unwrap_or(200),
            body: self.response.unwrap_or_default(),
        }
    }
}

/// Waits for a concurrent insert of the same key to commit (then false) or roll back (then true).
async fn insert(
    conn: &mut PgConnection,
    scope: &str,
    key: &str,
    request_hash: &[u8],
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let inserted = sqlx::query(
        "insert into store.idempotency_key (scope, key, request_hash, expires_at)
         values ($1, $2, $3, $4)
         on conflict on constraint idempotency_key_pkey do nothing",
    )
    .bind(scope)
    .bind(key)
    .bind(request_hash)
    .bind(expiry(now))
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() == 1)
}

async fn find(conn: &mut PgConnection, scope: &str, key: &str) -> Result<Option<Known>, sqlx::Error> {
    sqlx::query_as(
        "select request_hash, status, response, expires_at from store.idempotency_key where scope = $1 and key = $2",
    )
    .bind(scope)
    .bind(key)
    .fetch_optional(conn)
    .await
}

async fn renew(
    conn: &mut PgConnection,
    scope: &str,
    key: &str,
    request_hash: &[u8],
    now: Timestamp,
) -> Result<bool, sqlx::Error> {
    let renewed = sqlx::query(
        "update store.idempotency_key
            set request_hash = $3, expires_at = $4, status = null, response = null
          where scope = $1 and key = $2 and expires_at <= $5",
    )
    .bind(scope)
    .bind(key)
    .bind(request_hash)
    .bind(expiry(now))
    .bind(now)
    .execute(conn)
    .await?;
    Ok(renewed.rows_affected() == 1)
}

fn expiry(now: Timestamp) -> Timestamp {
    now + chrono::TimeDelta::seconds(i64::from(IDEMPOTENCY_TTL_S))
}

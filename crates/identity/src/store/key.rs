use kernel::Timestamp;
use sqlx::{PgConnection, PgExecutor};

#[derive(Clone)]
pub struct KeyRow {
    pub kid: String,
    /// Sealed for [`KeyRow::owner`].
    pub sealed_seed: Vec<u8>,
    pub public_key: Vec<u8>,
    pub signs_from: Timestamp,
    pub signs_until: Timestamp,
    pub verifies_until: Timestamp,
}

/// Keys that may still verify a token, newest first.
pub async fn living(db: impl PgExecutor<'_>, now: Timestamp) -> Result<Vec<KeyRow>, sqlx::Error> {
    sqlx::query_as!(
        KeyRow,
        "select kid, sealed_seed, public_key, signs_from, signs_until, verifies_until
           from identity.signing_key
          where verifies_until > $1
          order by signs_from desc, kid",
        now,
    )
    .fetch_all(db)
    .await
}

/// Serialises the instances that would each make the next key.
pub async fn lock(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('identity.signing_key'))")
        .execute(conn)
        .await?;
    Ok(())
}

pub async fn insert(db: impl PgExecutor<'_>, key: &KeyRow) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into identity.signing_key (kid, sealed_seed, public_key, signs_from, signs_until, verifies_until)
         values ($1, $2, $3, $4, $5, $6)",
        key.kid,
        key.sealed_seed,
        key.public_key,
        key.signs_from,
        key.signs_until,
        key.verifies_until,
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn drop_dead(db: impl PgExecutor<'_>, now: Timestamp) -> Result<u64, sqlx::Error> {
    let done = sqlx::query!("delete from identity.signing_key where verifies_until < $1", now)
        .execute(db)
        .await?;
    Ok(done.rows_affected())
}

/// Replaces a sealed seed by the same one, sealed anew.
pub async fn reseal(db: impl PgExecutor<'_>, kid: &str, sealed_seed: &[u8]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update identity.signing_key set sealed_seed = $2 where kid = $1",
        kid,
        sealed_seed,
    )
    .execute(db)
    .await?;
    Ok(())
}

impl KeyRow {
    /// What a sealed seed belongs to.
    pub fn owner(kid: &str) -> String {
        format!("identity.signing_key/{kid}")
    }
}

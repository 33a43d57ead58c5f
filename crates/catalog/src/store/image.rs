//! Pictures.

use contracts::catalog::Picture;
use kernel::{ImageId, Timestamp};
use sqlx::PgPool;
use std::collections::HashMap;
use uuid::Uuid;

/// A stored picture.
#[derive(Clone, Debug)]
pub struct StoredImage {
    pub id: ImageId,
    pub name: String,
    pub width: i32,
    pub height: i32,
}

impl StoredImage {
    #[must_use]
    pub fn picture(self, alt: String) -> Picture {
        Picture {
            image: self.id,
            alt,
            width: u32::try_from(self.width).unwrap_or(0),
            height: u32::try_from(self.height).unwrap_or(0),
            url: format!("/media/{}", self.name),
        }
    }
}

/// A picture whose files are written and that is not noted yet.
pub struct NewImage {
    pub image: StoredImage,
    pub sha256: [u8; 32],
    /// Of all its sizes.
    pub bytes: i64,
}

/// Pictures by their content's hash.
pub async fn by_sha256(
    pool: &PgPool,
    hashes: &[[u8; 32]],
) -> Result<HashMap<[u8; 32], StoredImage>, sqlx::Error> {
    let hashes: Vec<Vec<u8>> = hashes.iter().map(|hash| hash.to_vec()).collect();
    let rows = sqlx::query!(
        r#"select sha256, id as "id: ImageId", name, width, height from catalog.image where sha256 = any($1)"#,
        &hashes
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let sha256 = row.sha256.try_into().ok()?;
            Some((
                sha256,
                StoredImage {
                    id: row.id,
                    name: row.name,
                    width: row.width,
                    height: row.height,
                },
            ))
        })
        .collect())
}

pub async fn by_ids(pool: &PgPool, ids: &[Uuid]) -> Result<Vec<StoredImage>, sqlx::Error> {
    sqlx::query_as!(
        StoredImage,
        r#"select id as "id: ImageId", name, width, height from catalog.image where id = any($1)"#,
        ids
    )
    .fetch_all(pool)
    .await
}

/// Notes pictures whose files are written; of two who store the same at once, the first is kept.
pub async fn add(pool: &PgPool, new: &[NewImage], now: Timestamp) -> Result<(), sqlx::Error> {
    let ids: Vec<Uuid> = new.iter().map(|n| n.image.id.0).collect();
    let hashes: Vec<Vec<u8>> = new.iter().map(|n| n.sha256.to_vec()).collect();
    let names: Vec<String> = new.iter().map(|n| n.image.name.clone()).collect();
    let widths: Vec<i32> = new.iter().map(|n| n.image.width).collect();
    let heights: Vec<i32> = new.iter().map(|n| n.image.height).collect();
    let bytes: Vec<i64> = new.iter().map(|n| n.bytes).collect();
    sqlx::query!(
        "insert into catalog.image (id, sha256, name, width, height, bytes, created_at)
         select n.*, $7
           from unnest($1::uuid[], $2::bytea[], $3::text[], $4::int[], $5::int[], $6::bigint[]) as n
         on conflict (sha256) do nothing",
        &ids,
        &hashes,
        &names,
        &widths,
        &heights,
        &bytes,
        now
    )
    .execute(pool)
    .await?;
    Ok(())
}

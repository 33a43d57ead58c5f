//! Files that buyers downloaded, once nothing names them and nobody may download them any more: their shop has the room back.

use super::Products;
use crate::error::Error;
use crate::store::{file, upsert};
use ::store::Scope;
use contracts::digital::place;
use kernel::{FileId, TenantId, Timestamp};
use object_store::ObjectStoreExt;
use object_store::path::Path;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const SWEEP: Duration = Duration::from_secs(60 * 60);
/// For how long a file stays that nothing names: a product may name it again, an order may wait for its money, and a version
/// of yesterday may be restored.
const SPARE_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long after the last right to it a file stays: a download that was granted may still run.
const RUNS_ON: Duration = Duration::from_secs(24 * 60 * 60);

/// Background work until `stop`.
pub async fn remove_spare_files(products: &Products, stop: &CancellationToken) {
    loop {
        if let Err(error) = products.free_room().await {
            tracing::warn!(%error, "files that nobody needs cannot be removed; trying again later");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SWEEP) => {}
        }
    }
}

impl Products {
    /// Removes files that nobody needs any more, of all shops; how many.
    pub async fn free_room(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        let (spare, ended) = (now - SPARE_FOR, now - RUNS_ON);
        let mut tx = self.db.begin(Scope::System).await?;
        file::mark_spare(&mut tx, now).await?;
        let shops = file::shops_with_spare(&mut tx, spare, ended).await?;
        tx.commit().await?;
        let mut gone = 0;
        for shop in shops {
            gone += self.free_room_of(shop, spare, ended).await?;
        }
        Ok(gone)
    }

    async fn free_room_of(&self, shop: TenantId, spare: Timestamp, ended: Timestamp) -> Result<usize, Error> {
        let mut tx = self.db.begin(Scope::Tenant(shop)).await?;
        upsert::lock_shop(&mut tx, shop).await?;
        let files: Vec<FileId> = file::remove_spare(&mut tx, shop, spare, ended).await?;
        tx.commit().await?;
        for id in &files {
            let place = Path::from_iter(place(shop, *id));
            match self.media.objects().delete(&place).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(files.len())
    }
}

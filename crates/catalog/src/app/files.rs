//! Files that buyers download: taken in as they arrive, kept where no public address leads.

use super::Products;
use crate::error::Error;
use crate::store::{file, upsert};
use ::store::{Scope, Tx};
use contracts::digital::{DigitalFile, FILE_BYTES_MAX, SHOP_BYTES_MAX, file_name, place};
use kernel::{Ctx, Fault, FileId, Kind, TenantId};
use object_store::ObjectStoreExt;
use object_store::path::Path;
use tokio::io::AsyncRead;

impl Products {
    /// Keeps a file. The same content under the same name is the same file.
    pub async fn keep_product_file(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        name: &str,
        reader: impl AsyncRead + Send,
    ) -> Result<DigitalFile, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let room = room(&mut tx, tenant).await?;
        tx.commit().await?;
        if room == 0 {
            return Err(full());
        }
        let name = file_name(name);
        let id = FileId::new(ctx.now);
        let place = Path::from_iter(place(tenant, id));
        let (bytes, sha256) = self.store_file(&place, reader, FILE_BYTES_MAX.min(room)).await?;
        if bytes == 0 {
            self.media.objects().delete(&place).await?;
            return Err(Error::Upstream(Fault::new(
                Kind::Unprocessable,
                "file_empty",
                "The file is empty. Send its bytes as the body.",
            )));
        }
        let file = DigitalFile { id, name, bytes };
        match self.note_file(tenant, &file, &sha256, ctx).await {
            Ok(None) => Ok(file),
            Ok(Some(same)) => {
                self.media.objects().delete(&place).await?;
                Ok(same)
            }
            Err(error) => {
                // Nothing names it.
                if let Err(error) = self.media.objects().delete(&place).await {
                    tracing::warn!(%error, %place, "a file that nothing names stays");
                }
                Err(error)
            }
        }
    }

    /// Notes a file that is there, unless the same is kept under the same name: that one then. The shop is locked, so that
    /// files that arrive at once share its room.
    async fn note_file(
        &self,
        tenant: TenantId,
        file: &DigitalFile,
        sha256: &[u8; 32],
        ctx: &Ctx,
    ) -> Result<Option<DigitalFile>, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        upsert::lock_shop(&mut tx, tenant).await?;
        if let Some(same) = file::same(&mut tx, tenant, &file.name, sha256).await? {
            tx.commit().await?;
            return Ok(Some(same));
        }
        if room(&mut tx, tenant).await? < file.bytes {
            return Err(full());
        }
        file::add(&mut tx, tenant, file, sha256, ctx.now).await?;
        tx.commit().await?;
        Ok(None)
    }
}

/// Bytes that the shop may keep besides those it has.
async fn room(tx: &mut Tx, tenant: TenantId) -> Result<u64, Error> {
    let kept = file::bytes_of_shop(tx, tenant).await?;
    Ok(SHOP_BYTES_MAX.saturating_sub(u64::try_from(kept).unwrap_or(0)))
}

fn full() -> Error {
    let detail = format!(
        "Your shop keeps {SHOP_BYTES_MAX} bytes of files at most, and this would be more. Ask the marketplace for room."
    );
    Error::Upstream(Fault::new(Kind::Conflict, "files_full", detail))
}

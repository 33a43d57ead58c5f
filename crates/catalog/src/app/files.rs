//! Files that buyers download: taken in as they arrive, kept where no public address leads.

use super::Products;
use crate::error::Error;
use crate::store::digital;
use ::store::Scope;
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
        let kept = digital::bytes_of_shop(&mut tx, tenant).await?;
        tx.commit().await?;
        let room = SHOP_BYTES_MAX.saturating_sub(u64::try_from(kept).unwrap_or(0));
        if room == 0 {
            return Err(Error::Upstream(Fault::new(
                Kind::Conflict,
                "files_full",
                format!(
                    "Your shop keeps {SHOP_BYTES_MAX} bytes of files, which is as much as it may. Ask the marketplace for more."
                ),
            )));
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
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let same = digital::same(&mut tx, tenant, &file.name, &sha256).await?;
        if same.is_none() {
            digital::add(&mut tx, tenant, &file, &sha256, ctx.now).await?;
        }
        tx.commit().await?;
        match same {
            Some(same) => {
                self.media.objects().delete(&place).await?;
                Ok(same)
            }
            None => Ok(file),
        }
    }
}

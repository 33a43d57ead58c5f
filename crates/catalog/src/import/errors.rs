//! What is wrong with the rows of an upload, page by page.

use super::row::RowError;
use crate::Products;
use crate::error::Error;
use crate::store::import;
use ::store::Scope;
use kernel::{Cursor, Fault, ImportId, Page, PageLimit, TenantId};

impl Products {
    /// A page of an upload's errors, in the order of its rows.
    pub async fn import_errors(
        &self,
        tenant: TenantId,
        id: ImportId,
        after: Option<&Cursor>,
        limit: PageLimit,
    ) -> Result<Page<RowError>, Error> {
        let after: i64 = after
            .map(|c| c.0.parse())
            .transpose()
            .map_err(|_| {
                Fault::field(
                    "cursor_invalid",
                    "after",
                    "`after` must be the `next` of an earlier page.",
                )
            })?
            .unwrap_or(0);
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        import::by_id(&mut tx, tenant, id)
            .await?
            .ok_or(Error::NotFound("import"))?;
        let mut errors = import::errors(&mut tx, tenant, id, after, limit.plus_one()).await?;
        tx.commit().await?;
        let has_more = errors.len() > limit.get();
        errors.truncate(limit.get());
        let next = errors
            .last()
            .filter(|_| has_more)
            .map(|(position, _)| Cursor(position.to_string()));
        Ok(Page {
            items: errors.into_iter().map(|(_, error)| error).collect(),
            next,
        })
    }
}

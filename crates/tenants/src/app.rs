//! What can be done with shops, one method per use case.

mod apply;
mod configure;
mod features;
mod invitation;
mod onboarding;
mod operate;
mod read;
mod staff;

pub use configure::ShopChange;
pub use read::Where;
pub(crate) use staff::{RoleJob, SYNC_ROLE};

use crate::Error;
use crate::cache::Cache;
use ::store::Db;
use contracts::identity::Identity;
use contracts::notifications::{MailWords, MailWriter};
use contracts::tenants::{ShopChanged, ShopStatus};
use kernel::{Ctx, TenantId};
use sqlx::PgConnection;
use std::sync::Arc;

/// The tenants context.
#[derive(Clone)]
pub struct Shops(Arc<Inner>);

struct Inner {
    db: Db,
    identity: Arc<dyn Identity>,
    cache: Cache,
    public_url: String,
    writer: MailWriter,
}

impl Shops {
    /// `public_url` is where mailed links lead, without a slash at the end.
    #[must_use]
    pub fn new(db: Db, identity: Arc<dyn Identity>, public_url: &str) -> Self {
        Self(Arc::new(Inner {
            db,
            identity,
            cache: Cache::new(),
            public_url: public_url.trim_end_matches('/').to_owned(),
            writer: MailWriter::default(),
        }))
    }

    /// Whose words mails are in. Set after construction, because notifications need shops first; without, they are in those
    /// of the program.
    pub fn know_words(&self, words: Arc<dyn MailWords>) {
        self.0.writer.know(words);
    }

    pub(crate) fn db(&self) -> &Db {
        &self.0.db
    }

    pub(crate) fn identity(&self) -> &dyn Identity {
        self.0.identity.as_ref()
    }

    pub(crate) fn cache(&self) -> &Cache {
        &self.0.cache
    }

    /// To be called after the commit of a change: what others read is read anew, here at once, elsewhere by the log.
    fn changed(&self, tenant: TenantId) {
        self.0.cache.forget(tenant);
        ::store::log::wake();
    }
}

/// Tells everybody that a shop changed, in the transaction that changes it.
async fn tell_changed(
    conn: &mut PgConnection,
    ctx: &Ctx,
    tenant: TenantId,
    status: ShopStatus,
) -> Result<(), Error> {
    ::store::log::append(conn, ctx, &ShopChanged { tenant, status }).await?;
    Ok(())
}

//! Reading kept files in the background. A worker that dies leaves its upload at the last committed row; when its
//! lease has run out, another takes it up from there.

use super::check::Check;
use super::looked::currency_of;
use super::run::{ImportOptions, Kept, is_final};
use crate::Products;
use crate::error::Error;
use crate::store::import;
use crate::store::kept_file::{self, KeptFile};
use ::store::Scope;
use ::store::jobs::{Job, Queue};
use contracts::catalog::ProductStatus;
use kernel::{Ctx, ImportId, TenantId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Files to be checked or read.
pub(super) const READING: Queue = Queue {
    concurrency: 2,
    attempts_max: 20,
    // Short, so that what a dead process left lying is soon taken up; a living one renews it.
    lease: Duration::from_secs(6),
    backoff_max: Duration::from_secs(60),
    ..Queue::new("catalog.uploads")
};

/// How often old files are looked for.
const SWEEP: Duration = Duration::from_secs(10 * 60);
/// Files are kept for so long after they were last touched.
const KEPT_FOR: Duration = Duration::from_secs(7 * 24 * 60 * 60);
const SWEPT_AT_ONCE: i64 = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Step {
    Check,
    Read,
}

impl Step {
    pub fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Read => "read",
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Task {
    pub tenant: TenantId,
    pub file: ImportId,
    pub step: Step,
    /// Who asked: changes are theirs.
    pub ctx: Ctx,
}

/// Works on kept files until `stop`.
pub async fn read_files(products: &Products, stop: &CancellationToken) {
    let clock = Arc::clone(&products.clock);
    let work = READING.work(&products.db, stop.clone(), clock, |job: &Job| {
        let (products, stop) = (products.clone(), stop.clone());
        Box::pin(async move { products.work_on(job, stop).await })
    });
    tokio::join!(work, sweep(products, stop));
}

async fn sweep(products: &Products, stop: &CancellationToken) {
    loop {
        if let Err(error) = products.remove_old_files().await {
            tracing::warn!(%error, "old uploads cannot be removed");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SWEEP) => {}
        }
    }
}

impl Products {
    async fn work_on(&self, job: &Job, stop: CancellationToken) -> Result<(), Error> {
        let task: Task = job.read().map_err(|error| Error::Unreadable("task", error))?;
        let Some(file) = self.kept_file(task.tenant, task.file).await? else {
            return Ok(());
        };
        let ctx = Ctx {
            now: self.clock.now(),
            ..task.ctx
        };
        let done = match task.step {
            Step::Check => self.run_check(&ctx, task.tenant, &file, stop).await,
            Step::Read => self.read_kept(&ctx, task.tenant, &file, stop).await,
        };
        match done {
            Err(error) if job.attempts >= job.attempts_max => {
                self.give_up(&ctx, &task.step, task.tenant, &file, &error).await
            }
            done => done,
        }
    }

    async fn read_kept(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        file: &KeptFile,
        stop: CancellationToken,
    ) -> Result<(), Error> {
        if self.import_report(tenant, file.id).await?.import.state == "finished" {
            return Ok(());
        }
        let bytes = Arc::new(AtomicU64::new(0));
        let options = ImportOptions {
            currency: currency_of(&file.reading)?,
            default_stock: file.reading.default_stock,
            status: file.reading.status.unwrap_or(ProductStatus::Active),
            resume: Some(file.id),
            mapping: file.reading.mapping.clone(),
            kept: Some(Kept {
                bytes: Arc::clone(&bytes),
                stop,
            }),
            ..ImportOptions::new(file.file_name.clone())
        };
        let reader = self.open_kept(tenant, file.id, bytes).await?;
        match self.import(ctx, tenant, reader, options).await {
            Ok(_) => Ok(()),
            // Its report says what is wrong.
            Err(Error::ImportBroken { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// The last attempt failed too: the seller is told, instead of waiting for ever.
    async fn give_up(
        &self,
        ctx: &Ctx,
        step: &Step,
        tenant: TenantId,
        file: &KeptFile,
        error: &Error,
    ) -> Result<(), Error> {
        tracing::error!(%error, file = %file.id, "an upload is given up");
        let failure = if is_final(error) {
            error.to_string()
        } else {
            "The file could not be read because of a fault of ours. Start it again: what is in stays in."
                .to_owned()
        };
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        match step {
            Step::Read => import::finish(&mut tx, tenant, file.id, Some(&failure), ctx.now).await?,
            Step::Check => {
                let check = Check::broken(file.check.clone(), failure);
                kept_file::put_check(&mut tx, tenant, file.id, &check, 0, ctx.now).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    async fn remove_old_files(&self) -> Result<(), Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let before = self.clock.now() - KEPT_FOR;
        let old = kept_file::remove_old(&mut tx, before, SWEPT_AT_ONCE).await?;
        tx.commit().await?;
        for (tenant, id) in old {
            self.forget_kept(tenant, id).await?;
        }
        Ok(())
    }
}

//! Running an upload: read, write and pass on stock side by side, and keep count where the rows are kept.

use super::assemble::Defaults;
use super::batch::{Batch, Batches, Failure};
use super::format::Format;
use super::layout::{Layout, header_hash};
use super::list::Stand;
use super::row::{Broken, RowError};
use super::source::Source;
use crate::app::{Outcome, RefusedCount, Source as DraftSource, Written, refuse_undone, write};
use crate::domain::Refusal;
use crate::error::Error;
use crate::store::import::{self, Import, Progress};
use crate::store::{kept_file, undo, upsert};
use crate::{Products, Tree};
use ::store::Scope;
use contracts::catalog::ProductStatus;
use contracts::catalog::uploads::ColumnMeaning;
use contracts::inventory::StockCount;
use kernel::{Ctx, Currency, Fault, ImportId, ProductId, TenantId};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio_util::sync::CancellationToken;

/// Errors kept of one upload; all are counted.
pub const ERRORS_KEPT_MAX: i64 = 10_000;
/// Errors in a report.
const ERRORS_SHOWN_MAX: i64 = 100;
/// Bytes at the beginning of a file by which it is recognised.
const FINGERPRINT_BYTES: u64 = 1024 * 1024;

const READ_ELSEWHERE: &str = "import_elsewhere";

/// Called after each batch.
pub type OnProgress = Arc<dyn Fn(&Import) + Send + Sync>;

/// How a file is to be read, where it does not say so itself.
#[derive(Clone)]
pub struct ImportOptions {
    pub file_name: String,
    /// Told by the content if absent.
    pub format: Option<Format>,
    /// Of prices without one; the shop's if absent.
    pub currency: Option<Currency>,
    /// Of rows without stock; nothing is counted if absent.
    pub default_stock: Option<i64>,
    pub status: ProductStatus,
    /// An upload that broke off: its settled rows are passed over.
    pub resume: Option<ImportId>,
    /// What columns mean; where it is empty, what the shop stated for a file of the same header.
    pub mapping: Vec<ColumnMeaning>,
    pub on_progress: Option<OnProgress>,
    /// Set where the file is read in the background.
    pub kept: Option<Kept>,
}

/// A file that is kept and read in the background.
#[derive(Clone)]
pub struct Kept {
    /// Read so far.
    pub bytes: Arc<AtomicU64>,
    /// Whoever reads has to stop between two batches: another takes the upload up where it stands.
    pub stop: CancellationToken,
}

impl ImportOptions {
    #[must_use]
    pub fn new(file_name: impl Into<String>) -> Self {
        Self {
            file_name: file_name.into(),
            format: None,
            currency: None,
            default_stock: None,
            status: ProductStatus::Active,
            resume: None,
            mapping: Vec::new(),
            on_progress: None,
            kept: None,
        }
    }
}

/// How an upload went.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
pub struct ImportReport {
    #[serde(flatten)]
    pub import: Import,
    /// The first errors; the rest is at `/v1/seller/imports/{id}/errors`.
    pub errors: Vec<RowError>,
}

/// Reads a file from disk. One that broke off before, even by a crash, goes on where it stopped.
pub async fn import_file(
    products: &Products,
    ctx: &Ctx,
    tenant: TenantId,
    path: &Path,
    mut options: ImportOptions,
) -> Result<ImportReport, Error> {
    let unreadable = |error: std::io::Error| {
        Error::Upstream(Fault::field(
            "file_unreadable",
            "file",
            format!("{} cannot be read: {error}.", path.display()),
        ))
    };
    let fingerprint = fingerprint(path, &options).await.map_err(unreadable)?;
    if options.resume.is_none() {
        let mut tx = products.db.begin(Scope::Tenant(tenant)).await?;
        options.resume = match import::unfinished(&mut tx, tenant, &fingerprint).await? {
            // What was undone is not taken up again.
            Some(id) if undo::of(&mut tx, tenant, id).await?.is_some() => None,
            unfinished => unfinished,
        };
        tx.commit().await?;
    }
    let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    products
        .run_import(ctx, tenant, Box::pin(file), options, Some(fingerprint))
        .await
}

/// The same file with the same options has the same fingerprint.
async fn fingerprint(path: &Path, options: &ImportOptions) -> std::io::Result<[u8; 32]> {
    let file = tokio::fs::File::open(path).await?;
    let length = file.metadata().await?.len();
    let mut head = Vec::new();
    file.take(FINGERPRINT_BYTES).read_to_end(&mut head).await?;
    let mut hash = Sha256::new();
    hash.update(length.to_be_bytes());
    hash.update(&head);
    hash.update(format!(
        "{:?} {:?} {:?} {:?} {}",
        options.format, options.currency, options.default_stock, options.status, options.file_name
    ));
    Ok(hash.finalize().into())
}

/// One run of an upload.
struct Run {
    products: Products,
    ctx: Ctx,
    tenant: TenantId,
    id: ImportId,
    /// Where the upload's row stands.
    rows_done: i64,
    errors_kept: i64,
    kept: Option<Kept>,
}

/// A batch that is in, and what is left to do for it.
#[derive(Default)]
struct Settled {
    counts: Vec<StockCount>,
    /// The first row of each product.
    rows: HashMap<ProductId, u64>,
}

impl Products {
    /// Reads products from `reader` as they arrive.
    pub async fn import(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        reader: impl AsyncRead + Send + 'static,
        options: ImportOptions,
    ) -> Result<ImportReport, Error> {
        self.run_import(ctx, tenant, Box::pin(reader), options, None)
            .await
    }

    async fn run_import(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        reader: std::pin::Pin<Box<dyn AsyncRead + Send>>,
        options: ImportOptions,
        fingerprint: Option<[u8; 32]>,
    ) -> Result<ImportReport, Error> {
        let defaults = Defaults {
            currency: self.import_currency(ctx, tenant, options.currency).await?,
            stock: options.default_stock,
            status: options.status,
        };
        let source = Source::open(reader, options.format).await.map_err(not_begun)?;
        let layout = self
            .layout_of(tenant, source.header().map(<[_]>::to_vec), &options.mapping)
            .await?;
        let import = self
            .begin_import(ctx, tenant, &options, source.format(), fingerprint)
            .await?;
        let mut run = Run {
            products: self.clone(),
            ctx: ctx.clone(),
            tenant,
            id: import.id,
            rows_done: import.rows_done,
            errors_kept: self.errors_kept(tenant, import.id).await?,
            kept: options.kept.clone(),
        };
        let settled_row = u64::try_from(import.rows_done).unwrap_or(0);
        let batches = Batches::new(source, &layout, defaults, settled_row);
        let outcome = run.read_all(batches, options.on_progress.as_ref()).await;
        match &outcome {
            Ok(()) => run.finish(None).await?,
            // The upload's row belongs to whoever reads it.
            Err(Error::Refused(refusal)) if refusal.code == READ_ELSEWHERE => {}
            // A kept file is taken up again by the next attempt.
            Err(error) if run.kept.is_some() && !is_final(error) => {}
            Err(error) => run.finish(Some(&error.to_string())).await?,
        }
        outcome?;
        self.import_report(tenant, import.id).await
    }

    /// What a mapping states, or what the shop stated before for the same header.
    async fn layout_of(
        &self,
        tenant: TenantId,
        header: Option<Vec<Arc<str>>>,
        mapping: &[ColumnMeaning],
    ) -> Result<Layout, Error> {
        let (true, Some(header)) = (mapping.is_empty(), header) else {
            return Ok(Layout::new(mapping)?);
        };
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let remembered = kept_file::mapping(&mut tx, tenant, &header_hash(&header)).await?;
        tx.commit().await?;
        Ok(Layout::new(&remembered)?)
    }

    pub(super) async fn import_currency(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        stated: Option<Currency>,
    ) -> Result<Currency, Error> {
        if let Some(currency) = stated {
            return Ok(currency);
        }
        let shops = self.tenants.shops(ctx, vec![tenant]).await?;
        Ok(shops.first().ok_or(Error::NotFound("shop"))?.currency)
    }

    async fn begin_import(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        options: &ImportOptions,
        format: Format,
        fingerprint: Option<[u8; 32]>,
    ) -> Result<Import, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let import = match options.resume {
            Some(id) => {
                let import = import::by_id(&mut tx, tenant, id)
                    .await?
                    .ok_or(Error::NotFound("import"))?;
                refuse_undone(&mut tx, tenant, id).await?;
                import::restart(&mut tx, tenant, id, self.clock.now()).await?;
                import
            }
            None => {
                let import = Import {
                    id: ImportId::new(ctx.now),
                    file_name: options
                        .file_name
                        .chars()
                        .filter(|c| !c.is_control())
                        .take(200)
                        .collect(),
                    format: format.name().to_owned(),
                    state: "running".to_owned(),
                    rows_done: 0,
                    rows_failed: 0,
                    created: 0,
                    updated: 0,
                    unchanged: 0,
                    failure: None,
                    started_at: ctx.now,
                    finished_at: None,
                };
                import::start(
                    &mut tx,
                    tenant,
                    &import,
                    fingerprint.as_ref().map(<[u8; 32]>::as_slice),
                )
                .await?;
                import
            }
        };
        tx.commit().await?;
        Ok(import)
    }

    async fn errors_kept(&self, tenant: TenantId, id: ImportId) -> Result<i64, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let kept = import::count_errors(&mut tx, tenant, id).await?;
        tx.commit().await?;
        Ok(kept)
    }

    /// How an upload of this shop stands.
    pub async fn import_report(&self, tenant: TenantId, id: ImportId) -> Result<ImportReport, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let import = import::by_id(&mut tx, tenant, id)
            .await?
            .ok_or(Error::NotFound("import"))?;
        let errors = import::errors(&mut tx, tenant, id, 0, ERRORS_SHOWN_MAX).await?;
        tx.commit().await?;
        Ok(ImportReport {
            import,
            errors: errors.into_iter().map(|(_, error)| error).collect(),
        })
    }
}

impl Run {
    /// While one batch is written, the next is read and inventory takes the stock of the one before.
    async fn read_all(
        &mut self,
        mut batches: Batches,
        on_progress: Option<&OnProgress>,
    ) -> Result<(), Error> {
        let mut read: Option<Batch> = None;
        let mut settled = Settled::default();
        loop {
            if self.kept.as_ref().is_some_and(|kept| kept.stop.is_cancelled()) {
                // What inventory was to hear of the last batch is passed on by the sweep of overdue counts.
                return Err(Fault::unavailable("catalog").into());
            }
            let (batch, to_count) = (read.take(), std::mem::take(&mut settled));
            let products = self.products.clone();
            let (ctx, tenant) = (self.now(), self.tenant);
            let write = async {
                match batch {
                    Some(batch) => self.write(batch).await.map(Some),
                    None => Ok(None),
                }
            };
            let count = products.pass_on(&ctx, tenant, to_count.counts);
            let (next, written, refused) = tokio::join!(batches.next(), write, count);
            self.note_refused(&refused, &to_count.rows).await?;
            let is_idle = written.as_ref().is_ok_and(Option::is_none);
            if let Some(now_settled) = written? {
                settled = now_settled;
                self.tell(on_progress).await?;
            }
            match next {
                Ok(Some(batch)) => read = Some(batch),
                Ok(None) if is_idle && settled.counts.is_empty() => return Ok(()),
                Ok(None) => {}
                Err(broken) if is_idle && settled.counts.is_empty() => {
                    return Err(Error::ImportBroken {
                        import: self.id,
                        broken,
                    });
                }
                Err(_) => {}
            }
        }
    }

    fn now(&self) -> Ctx {
        Ctx {
            now: self.products.clock.now(),
            ..self.ctx.clone()
        }
    }

    async fn write(&mut self, batch: Batch) -> Result<Settled, Error> {
        let ctx = self.now();
        if !batch.categories.is_empty() {
            return self.write_list(&ctx, batch).await;
        }
        let tree = self
            .products
            .tree_of_import(
                &ctx,
                (self.tenant, self.id),
                batch.drafts.iter().filter_map(|d| d.category.as_ref()),
            )
            .await?;
        let batch = Arc::new(batch);
        let (tenant, id, rows_done, errors_kept) = (self.tenant, self.id, self.rows_done, self.errors_kept);
        let (shared_ctx, shared_batch) = (ctx, Arc::clone(&batch));
        let (written, errors_kept) = self
            .products
            .db
            .run_tx("catalog.import", Scope::Tenant(tenant), move |tx| {
                let (ctx, tree, batch) = (shared_ctx.clone(), Arc::clone(&tree), Arc::clone(&shared_batch));
                Box::pin(async move {
                    let written = write_drafts(tx, &ctx, tenant, &tree, &batch, id).await?;
                    let failures = failures(&batch, &written.outcomes);
                    let errors: Vec<RowError> = failures.iter().flat_map(|f| f.errors.clone()).collect();
                    let room = usize::try_from(ERRORS_KEPT_MAX - errors_kept).unwrap_or(0);
                    let kept = &errors[..errors.len().min(room)];
                    import::add_errors(tx, tenant, id, errors_kept, kept).await?;
                    let progress = progress(&batch, &written, &failures);
                    if !import::advance(tx, tenant, id, rows_done, progress, ctx.now).await? {
                        return Err(read_elsewhere());
                    }
                    Ok((written, errors_kept + i64::try_from(kept.len()).unwrap_or(0)))
                })
            })
            .await?;
        self.products.announce(&written);
        self.rows_done = i64::try_from(batch.through_row).unwrap_or(i64::MAX);
        self.errors_kept = errors_kept;
        Ok(settled(&batch, written))
    }

    async fn write_list(&mut self, ctx: &Ctx, batch: Batch) -> Result<Settled, Error> {
        let stand = Stand {
            tenant: self.tenant,
            import: self.id,
            rows_done: self.rows_done,
            errors_kept: self.errors_kept,
        };
        let through_row = batch.through_row;
        self.errors_kept = self.products.write_list(ctx, stand, Arc::new(batch)).await?;
        self.rows_done = i64::try_from(through_row).unwrap_or(i64::MAX);
        Ok(Settled::default())
    }

    /// Stock that inventory refuses: the product is in, the count is not.
    async fn note_refused(
        &mut self,
        refused: &[RefusedCount],
        rows: &HashMap<ProductId, u64>,
    ) -> Result<(), Error> {
        let room = usize::try_from(ERRORS_KEPT_MAX - self.errors_kept).unwrap_or(0);
        let errors: Vec<RowError> = refused
            .iter()
            .take(room)
            .map(|r| {
                let row = rows.get(&r.count.product).copied().unwrap_or(0);
                RowError::new(row, "stock", &r.fault.code, r.fault.detail.clone())
            })
            .collect();
        if errors.is_empty() {
            return Ok(());
        }
        let mut tx = self.products.db.begin(Scope::Tenant(self.tenant)).await?;
        import::add_errors(&mut tx, self.tenant, self.id, self.errors_kept, &errors).await?;
        tx.commit().await?;
        self.errors_kept += i64::try_from(errors.len()).unwrap_or(0);
        Ok(())
    }

    async fn tell(&self, on_progress: Option<&OnProgress>) -> Result<(), Error> {
        if let Some(kept) = &self.kept {
            let read = i64::try_from(kept.bytes.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
            let mut tx = self.products.db.begin(Scope::Tenant(self.tenant)).await?;
            kept_file::set_bytes_read(&mut tx, self.tenant, self.id, read).await?;
            tx.commit().await?;
        }
        if let Some(on_progress) = on_progress {
            let report = self.products.import_report(self.tenant, self.id).await?;
            on_progress(&report.import);
        }
        Ok(())
    }

    async fn finish(&self, failure: Option<&str>) -> Result<(), Error> {
        let mut tx = self.products.db.begin(Scope::Tenant(self.tenant)).await?;
        import::finish(&mut tx, self.tenant, self.id, failure, self.products.clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Whether reading the same file again would end the same way.
pub(super) fn is_final(error: &Error) -> bool {
    matches!(
        error,
        Error::ImportBroken { .. } | Error::Refused(_) | Error::NotFound(_)
    ) || matches!(error, Error::Upstream(fault) if fault.kind == kernel::Kind::Unprocessable)
}

async fn write_drafts(
    tx: &mut ::store::Tx,
    ctx: &Ctx,
    tenant: TenantId,
    tree: &Tree,
    batch: &Batch,
    id: ImportId,
) -> Result<Written, Error> {
    if batch.drafts.is_empty() {
        return Ok(Written::default());
    }
    upsert::lock_shop(tx, tenant).await?;
    refuse_undone(tx, tenant, id).await?;
    write(tx, ctx, tenant, tree, &batch.drafts, DraftSource::Import(id)).await
}

/// Rows refused while reading, and those that what is there refuses.
pub(super) fn failures(batch: &Batch, outcomes: &[Outcome]) -> Vec<Failure> {
    let late = outcomes
        .iter()
        .zip(&batch.origins)
        .filter_map(|(outcome, origin)| match outcome {
            Outcome::Refused(refusal) => Some(Failure {
                first_row: origin.first_row,
                rows: origin.rows,
                errors: origin.errors(refusal),
            }),
            _ => None,
        });
    let mut failures: Vec<Failure> = batch.failures.iter().cloned().chain(late).collect();
    failures.sort_by_key(|f| f.first_row);
    failures
}

fn progress(batch: &Batch, written: &Written, failures: &[Failure]) -> Progress {
    let whole = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let tally = written.tally();
    Progress {
        rows_done: whole(batch.through_row),
        rows_failed: whole(failures.iter().map(|f| f.rows).sum()),
        created: whole(tally.created),
        updated: whole(tally.updated),
        unchanged: whole(tally.unchanged),
    }
}

fn settled(batch: &Batch, written: Written) -> Settled {
    let rows = written
        .outcomes
        .iter()
        .zip(&batch.origins)
        .filter_map(|(outcome, origin)| match outcome {
            Outcome::Created(id) | Outcome::Updated(id) | Outcome::Unchanged(id) => {
                Some((*id, origin.first_row))
            }
            Outcome::Refused(_) => None,
        })
        .collect();
    Settled {
        counts: written.counts,
        rows,
    }
}

pub(super) fn read_elsewhere() -> Error {
    Refusal::new(
        "",
        READ_ELSEWHERE,
        "This upload is being read by another call. Wait for that one.",
    )
    .into()
}

/// A file whose first bytes are unreadable leaves no upload behind.
pub(super) fn not_begun(broken: Broken) -> Error {
    Error::Upstream(
        Fault::new(kernel::Kind::Unprocessable, broken.code, broken.message).with("row", broken.row),
    )
}

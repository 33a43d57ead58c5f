//! Files that are kept: taken in, looked at, told about, given over to be read.

use super::assemble::Defaults;
use super::batch::{Batch, Batches};
use super::format::Format;
use super::layout::{Layout, header_hash};
use super::looked::{COLUMNS_MAPPED_MAX, Look, check_reading, currency_of, landing, proposed, sample, told};
use super::naming::{code_of, guesses};
use super::row::{Broken, RowError};
use super::run::not_begun;
use super::source::Source;
use super::warned::warnings;
use super::work::{READING, Step, Task};
use crate::Products;
use crate::domain::Refusal;
use crate::error::Error;
use crate::store::import::{self, Import};
use crate::store::kept_file::{self, KeptFile};
use ::store::{Scope, jobs};
use contracts::catalog::ProductStatus;
use contracts::catalog::uploads::{FileColumn, FileDraft, FileError, FileState, LandingProduct, Reading};
use futures::TryStreamExt;
use kernel::{Ctx, Fault, ImportId, Kind, TenantId};
use object_store::path::Path;
use object_store::{ObjectStoreExt, WriteMultipart};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio_util::io::StreamReader;

/// Bytes of a file that is kept. Larger ones are read while they arrive.
pub const KEPT_BYTES_MAX: u64 = 1024 * 1024 * 1024;
const CHUNK_BYTES: usize = 256 * 1024;
/// Rows by which a file is judged before it is read.
const ROWS_LOOKED_AT: u64 = 200;
const SAMPLES_SHOWN: usize = 3;
const LANDINGS_SHOWN: usize = 8;
const ERRORS_SHOWN: usize = 50;

fn place(tenant: TenantId, id: ImportId) -> Path {
    Path::from_iter(["uploads", &tenant.to_string(), &id.to_string()])
}

fn too_large(bytes_max: u64) -> Fault {
    Fault::new(
        Kind::TooLarge,
        "file_too_large",
        format!(
            "The file may have at most {bytes_max} bytes. Split it; a list of products can also be sent to /v1/seller/imports at once, of any size."
        ),
    )
}

pub(super) type Reader = std::pin::Pin<Box<dyn AsyncRead + Send>>;

impl Products {
    /// Keeps a file as it arrives and proposes how to read it. The same content gives the same draft until that
    /// is started.
    pub(crate) async fn keep_file(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        name: &str,
        reader: impl AsyncRead + Send,
    ) -> Result<ImportId, Error> {
        self.may_upload(ctx, tenant).await?;
        let id = ImportId::new(ctx.now);
        let (bytes, sha256) = self
            .store_file(&place(tenant, id), reader, KEPT_BYTES_MAX)
            .await?;
        let taken = self.take_in(ctx, tenant, id, name, bytes, &sha256).await;
        if !matches!(taken, Ok(kept) if kept == id) {
            // Another draft has this content already, or it is none that could be read.
            self.media.objects().delete(&place(tenant, id)).await?;
        }
        taken
    }

    async fn take_in(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: ImportId,
        name: &str,
        bytes: u64,
        sha256: &[u8; 32],
    ) -> Result<ImportId, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let same = kept_file::same_content(&mut tx, tenant, sha256).await?;
        tx.commit().await?;
        if let Some(same) = same {
            return Ok(same);
        }
        let look = self.look(tenant, id).await.map_err(not_begun)?;
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let remembered = match &look.header {
            Some(header) => kept_file::mapping(&mut tx, tenant, &header_hash(header)).await?,
            None => Vec::new(),
        };
        let file = KeptFile {
            id,
            file_name: name.chars().filter(|c| !c.is_control()).take(200).collect(),
            bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
            bytes_read: 0,
            state: FileState::Draft,
            reading: Reading {
                mapping: proposed(&look, &remembered),
                remember: !remembered.is_empty(),
                ..Reading::default()
            },
            check: None,
            created_at: ctx.now,
        };
        kept_file::add(&mut tx, tenant, &file, sha256).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Writes a file as it arrives; what is larger than it may be leaves nothing.
    pub(crate) async fn store_file(
        &self,
        place: &Path,
        reader: impl AsyncRead + Send,
        bytes_max: u64,
    ) -> Result<(u64, [u8; 32]), Error> {
        let upload = self.media.objects().put_multipart(place).await?;
        let mut upload = WriteMultipart::new(upload);
        let (mut hash, mut bytes) = (Sha256::new(), 0u64);
        let mut chunk = vec![0; CHUNK_BYTES];
        let mut reader = std::pin::pin!(reader);
        loop {
            let read = match reader.read(&mut chunk).await {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) => {
                    upload.abort().await?;
                    return Err(Error::Upstream(Fault::new(
                        Kind::Unprocessable,
                        "file_unreadable",
                        format!("The file broke off on its way ({error}). Send it again."),
                    )));
                }
            };
            bytes += read as u64;
            if bytes > bytes_max {
                upload.abort().await?;
                return Err(Error::Upstream(too_large(bytes_max)));
            }
            hash.update(&chunk[..read]);
            upload.wait_for_capacity(4).await?;
            upload.write(&chunk[..read]);
        }
        upload.finish().await?;
        Ok((bytes, hash.finalize().into()))
    }

    /// The bytes of a kept file; `counted` grows as they are read.
    pub(super) async fn open_kept(
        &self,
        tenant: TenantId,
        id: ImportId,
        counted: Arc<AtomicU64>,
    ) -> Result<Reader, Error> {
        let object = match self.media.objects().get(&place(tenant, id)).await {
            Ok(object) => object,
            Err(object_store::Error::NotFound { .. }) => return Err(Error::NotFound("file")),
            Err(error) => return Err(error.into()),
        };
        let bytes = object
            .into_stream()
            .inspect_ok(move |chunk| {
                counted.fetch_add(chunk.len() as u64, Ordering::Relaxed);
            })
            .map_err(std::io::Error::other);
        Ok(Box::pin(StreamReader::new(bytes)))
    }

    pub(super) async fn forget_kept(&self, tenant: TenantId, id: ImportId) -> Result<(), Error> {
        match self.media.objects().delete(&place(tenant, id)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) async fn kept_file(&self, tenant: TenantId, id: ImportId) -> Result<Option<KeptFile>, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let file = kept_file::by_id(&mut tx, tenant, id).await?;
        tx.commit().await?;
        Ok(file)
    }

    async fn look(&self, tenant: TenantId, id: ImportId) -> Result<Look, Broken> {
        let gone = |error: Error| Broken::new(0, "file_unreadable", error.to_string());
        let bytes = self.open_kept(tenant, id, Arc::default()).await.map_err(gone)?;
        let mut source = Source::open(bytes, None).await?;
        let mut columns: Vec<(Arc<str>, Vec<String>)> = Vec::new();
        let mut place: HashMap<Arc<str>, usize> = HashMap::new();
        let mut rows = 0;
        // The header is there once a row is, or the file has ended.
        while let Some(row) = source.next().await.unwrap_or(None) {
            rows += 1;
            if let Some(header) = source.header().filter(|_| columns.is_empty()) {
                for name in header {
                    place.entry(Arc::clone(name)).or_insert_with(|| {
                        columns.push((Arc::clone(name), Vec::new()));
                        columns.len() - 1
                    });
                }
            }
            let Ok(row) = row else { continue };
            for (name, value) in row.cells {
                let at = *place.entry(Arc::clone(&name)).or_insert_with(|| {
                    columns.push((name, Vec::new()));
                    columns.len() - 1
                });
                let samples = &mut columns[at].1;
                let sample = sample(&value);
                if samples.len() < SAMPLES_SHOWN && !sample.is_empty() && !samples.contains(&sample) {
                    samples.push(sample);
                }
            }
            if rows >= ROWS_LOOKED_AT {
                break;
            }
        }
        if columns.is_empty() {
            let header = source.header().unwrap_or_default();
            columns = header.iter().map(|name| (Arc::clone(name), Vec::new())).collect();
        }
        if columns.is_empty() {
            return Err(source
                .broken()
                .unwrap_or_else(|| Broken::new(1, "file_empty", "The file has no rows.")));
        }
        columns.truncate(COLUMNS_MAPPED_MAX);
        Ok(Look {
            format: source.format(),
            delimiter: source.delimiter(),
            encoding: source.encoding(),
            platform: source.platform(),
            header: source.header().map(<[_]>::to_vec),
            columns,
        })
    }

    /// A kept file and what reading it as stated would give.
    pub(crate) async fn file_draft(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: ImportId,
    ) -> Result<Option<FileDraft>, Error> {
        let Some(file) = self.kept_file(tenant, id).await? else {
            return Ok(None);
        };
        let look = self.look(tenant, id).await.map_err(not_begun)?;
        let stated: HashMap<&str, &str> = file
            .reading
            .mapping
            .iter()
            .map(|m| (m.column.as_str(), m.field.as_str()))
            .collect();
        let pairs: Vec<(&str, &[String])> = look
            .columns
            .iter()
            .map(|(name, samples)| (&**name, samples.as_slice()))
            .collect();
        let columns: Vec<FileColumn> = look
            .columns
            .iter()
            .zip(guesses(&pairs))
            .map(|((name, samples), guess)| {
                let guessed = code_of(&guess.field);
                let field = stated.get(&**name).map_or(guessed.clone(), |s| (*s).to_owned());
                FileColumn {
                    column: name.to_string(),
                    samples: samples.clone(),
                    confidence: if field == guessed { guess.confidence } else { 100 },
                    field,
                }
            })
            .collect();
        let missing = ["title", "price"]
            .into_iter()
            .filter(|needed| {
                let holds = |code: &str| code == *needed || (*needed == "price" && code == "sale_price");
                look.platform.is_none() && !columns.iter().any(|c| holds(&c.field))
            })
            .map(str::to_owned)
            .collect();
        let (first, errors) = self.landings(ctx, tenant, &file).await?;
        // A look without the shop's settings is still one.
        let shops = self.tenants.shops(ctx, vec![tenant]).await.unwrap_or_default();
        let prices_include_tax = shops.first().is_none_or(|shop| shop.prices_include_tax);
        Ok(Some(FileDraft {
            id,
            file_name: file.file_name,
            bytes: u64::try_from(file.bytes).unwrap_or(0),
            state: file.state,
            format: look.format.name().to_owned(),
            delimiter: look.delimiter.map(String::from),
            encoding: look.encoding.to_owned(),
            platform: look.platform.map(str::to_owned),
            columns,
            missing,
            warnings: warnings(&look, prices_include_tax),
            reading: file.reading,
            first,
            errors,
            check: file.check,
            created_at: file.created_at,
        }))
    }

    async fn landings(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        file: &KeptFile,
    ) -> Result<(Vec<LandingProduct>, Vec<FileError>), Error> {
        let batches = self.batches_of(ctx, tenant, file, Arc::default()).await?;
        let mut batches = batches.first_rows(ROWS_LOOKED_AT);
        let mut landings = Vec::new();
        let mut errors = Vec::new();
        loop {
            match batches.next().await {
                Ok(Some(Batch {
                    drafts,
                    origins,
                    failures,
                    ..
                })) => {
                    let shown = drafts.iter().zip(origins).map(|(d, o)| landing(d, o.first_row));
                    landings.extend(shown.take(LANDINGS_SHOWN - landings.len()));
                    errors.extend(failures.into_iter().flat_map(|f| f.errors));
                }
                Ok(None) => break,
                Err(broken) => {
                    errors.push(RowError::new(broken.row, "", broken.code, broken.message));
                    break;
                }
            }
        }
        errors.truncate(ERRORS_SHOWN);
        Ok((landings, errors.into_iter().map(told).collect()))
    }

    /// The file's products, read as its draft states.
    pub(super) async fn batches_of(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        file: &KeptFile,
        counted: Arc<AtomicU64>,
    ) -> Result<Batches, Error> {
        let layout = Layout::new(&file.reading.mapping)?;
        let defaults = Defaults {
            currency: self
                .import_currency(ctx, tenant, currency_of(&file.reading)?)
                .await?,
            stock: file.reading.default_stock,
            status: file.reading.status.unwrap_or(ProductStatus::Active),
        };
        let bytes = self.open_kept(tenant, file.id, counted).await?;
        let source = Source::open(bytes, None).await.map_err(not_begun)?;
        Ok(Batches::new(source, &layout, defaults, 0))
    }

    /// States how a kept file is to be read, and remembers it for the next one with the same columns if asked to.
    pub(crate) async fn set_reading(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: ImportId,
        mut reading: Reading,
    ) -> Result<(), Error> {
        check_reading(&reading)?;
        let Some(file) = self.kept_file(tenant, id).await? else {
            return Err(Error::NotFound("file"));
        };
        if reading.mapping.is_empty() {
            reading.mapping = file.reading.mapping;
        }
        let header = if reading.remember {
            self.look(tenant, id).await.map_err(not_begun)?.header
        } else {
            None
        };
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        if !kept_file::set_reading(&mut tx, tenant, id, &reading, ctx.now).await? {
            return Err(already_started());
        }
        if let Some(header) = header {
            let hash = header_hash(&header);
            kept_file::remember_mapping(&mut tx, tenant, &hash, &reading.mapping, ctx.now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Has the whole file read without writing anything. Asked for while it runs, it runs once.
    pub(crate) async fn check_file(&self, ctx: &Ctx, tenant: TenantId, id: ImportId) -> Result<(), Error> {
        self.want(ctx, tenant, id, Step::Check).await
    }

    /// Has the file read, from then on an upload of the same id. Asked twice, done once.
    pub(crate) async fn start_file(&self, ctx: &Ctx, tenant: TenantId, id: ImportId) -> Result<(), Error> {
        self.may_upload(ctx, tenant).await?;
        self.want(ctx, tenant, id, Step::Read).await
    }

    async fn want(&self, ctx: &Ctx, tenant: TenantId, id: ImportId, step: Step) -> Result<(), Error> {
        let Some(file) = self.kept_file(tenant, id).await? else {
            return Err(Error::NotFound("file"));
        };
        let format = self.look(tenant, id).await.map_err(not_begun)?.format;
        let (from, to): (&[FileState], _) = match step {
            Step::Check => (&[FileState::Draft, FileState::Checked], FileState::Checking),
            Step::Read => (
                &[FileState::Draft, FileState::Checking, FileState::Checked],
                FileState::Started,
            ),
        };
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        if !kept_file::move_to(&mut tx, tenant, id, from, to, ctx.now).await? {
            return match (step, file.state) {
                (Step::Check, FileState::Started) => Err(already_started()),
                // Asked for before.
                _ => Ok(()),
            };
        }
        if step == Step::Read {
            import::start(&mut tx, tenant, &begun(&file, format, ctx), None).await?;
        }
        let task = Task {
            tenant,
            file: id,
            step,
            ctx: ctx.clone(),
        };
        let key = format!("{tenant}/{id}/{}", step.name());
        READING.enqueue_once(&mut tx, &key, &task, ctx.now).await?;
        tx.commit().await?;
        jobs::wake();
        Ok(())
    }
}

fn begun(file: &KeptFile, format: Format, ctx: &Ctx) -> Import {
    Import {
        id: file.id,
        file_name: file.file_name.clone(),
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
    }
}

fn already_started() -> Error {
    Refusal::new(
        "",
        "import_started",
        "This file has been started already. See how it goes under /v1/seller/imports.",
    )
    .into()
}

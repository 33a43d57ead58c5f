//! Undoing an upload as a whole. What it created goes, what it changed is again what it was, and what somebody changed
//! since stays as it is and is named. It is done in batches, each a transaction that says how far it got, so that whoever
//! asks again goes on where the last one was broken off.

use super::categories::remove_of_import;
use super::delete::delete_all;
use super::edit::{contents_of, draft_again};
use super::upsert::{Outcome, Source, Written, write};
use super::{Products, Tree};
use crate::domain;
use crate::domain::ImageAddress;
use crate::domain::change::{is_deletion, taken_back};
use crate::error::Error;
use crate::store::undo::{self, Step};
use crate::store::{import, picture_address, upsert};
use ::store::jobs::{Job, Queue};
use ::store::{Scope, Tx};
use contracts::catalog::Picture;
use contracts::catalog::history::{UndoReport, UndoSkip, VersionCause};
use kernel::{Ctx, Fault, ImportId, Kind, ProductId, TenantId};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Products of one transaction.
const BATCH_MAX: i64 = 200;
/// Products that the answer names.
const SKIPS_SHOWN_MAX: i64 = 1_000;
/// An upload that was not heard of for so long has lost its reader.
const SILENT: Duration = Duration::from_secs(60);

/// Undos that were broken off: a client that went away, a process that died. Whoever asked works on at first.
const BROKEN_OFF: Queue = Queue {
    concurrency: 2,
    attempts_max: 20,
    ..Queue::new("catalog.undos")
};
const TAKEN_UP_AFTER: Duration = Duration::from_secs(15);

#[derive(Debug, Serialize, Deserialize)]
struct Task {
    tenant: TenantId,
    import: ImportId,
    /// Who asked: changes are theirs.
    ctx: Ctx,
}

/// Brings undos to their end that were broken off, until `stop`.
pub async fn finish_undos(products: &Products, stop: &CancellationToken) {
    let clock = Arc::clone(&products.clock);
    let work = BROKEN_OFF.work(&products.db, stop.clone(), clock, |job: &Job| {
        let (products, task) = (products.clone(), job.read::<Task>());
        Box::pin(async move {
            let task = task.map_err(|error| Error::Unreadable("task", error))?;
            let undone = products.undo_import(&task.ctx, task.tenant, task.import).await;
            undone.map(drop)
        })
    });
    work.await;
}

/// What one batch did.
#[derive(Default)]
struct Done {
    changed: Vec<(ProductId, i64)>,
    deleted: i64,
    restored: Vec<Uuid>,
    skips: Vec<UndoSkip>,
    /// The last product that was looked at; none where there was none left.
    through: Option<ProductId>,
}

#[derive(Clone, Copy)]
enum Pass {
    /// Every product of the upload.
    First,
    /// Those that another product's code was in the way of: it may be free by now.
    Again { after: Option<ProductId> },
}

impl Products {
    /// Undoes an upload. Asked again it goes on, or answers how it went.
    pub async fn undo_import(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        import: ImportId,
    ) -> Result<UndoReport, Error> {
        if !self.begin_undo(ctx, tenant, import).await? {
            while self
                .undo_batch(ctx, tenant, import, Pass::First)
                .await?
                .through
                .is_some()
            {}
            self.retry_codes(ctx, tenant, import).await?;
            self.finish_undo(ctx, tenant, import).await?;
        }
        let report = self.undo_report(tenant, import).await?;
        report.ok_or(Error::NotFound("import"))
    }

    /// How the undo of an upload stands; none if nobody asked for one.
    pub async fn undo_report(&self, tenant: TenantId, import: ImportId) -> Result<Option<UndoReport>, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let stands = undo::of(&mut tx, tenant, import).await?;
        let (skipped, skips) = undo::skips(&mut tx, tenant, import, SKIPS_SHOWN_MAX).await?;
        tx.commit().await?;
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        Ok(stands.map(|stands| UndoReport {
            import,
            deleted: count(stands.deleted),
            restored: count(stands.restored),
            skipped: count(skipped),
            skips,
            started_at: stands.started_at,
            finished_at: stands.finished_at,
        }))
    }

    /// Whether it is finished already.
    async fn begin_undo(&self, ctx: &Ctx, tenant: TenantId, import: ImportId) -> Result<bool, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        // Behind the batch that the upload writes at present: the next one sees that it is undone.
        upsert::lock_shop(&mut tx, tenant).await?;
        let stands = import::by_id(&mut tx, tenant, import)
            .await?
            .ok_or(Error::NotFound("import"))?;
        if let Some(undo) = undo::of(&mut tx, tenant, import).await? {
            return Ok(undo.finished_at.is_some());
        }
        let heard_of = undo::moved_at(&mut tx, tenant, import).await?;
        if stands.state == "running" && heard_of.is_some_and(|at| at + SILENT > ctx.now) {
            return Err(still_running());
        }
        undo::begin(&mut tx, tenant, import, &ctx.actor, ctx.now).await?;
        let task = Task {
            tenant,
            import,
            ctx: ctx.clone(),
        };
        let key = format!("{tenant}/{import}");
        BROKEN_OFF
            .enqueue_once(&mut tx, &key, &task, ctx.now + TAKEN_UP_AFTER)
            .await?;
        tx.commit().await?;
        Ok(false)
    }

    /// Once its products are what they were: the categories that the upload made go, and it is undone.
    async fn finish_undo(&self, ctx: &Ctx, tenant: TenantId, import: ImportId) -> Result<(), Error> {
        let ctx = Ctx {
            now: self.clock.now(),
            ..ctx.clone()
        };
        let removed = self
            .db
            .run_tx("catalog.finish_undo", Scope::System, move |tx| {
                let ctx = ctx.clone();
                Box::pin(async move { finish(tx, &ctx, tenant, import).await })
            })
            .await?;
        if removed {
            self.forget_categories(false);
            ::store::log::wake();
        }
        Ok(())
    }

    /// As often as it helps: what one product gives back, another may take.
    async fn retry_codes(&self, ctx: &Ctx, tenant: TenantId, import: ImportId) -> Result<(), Error> {
        loop {
            let (mut after, mut helped) = (None, false);
            loop {
                let done = self
                    .undo_batch(ctx, tenant, import, Pass::Again { after })
                    .await?;
                helped |= !done.restored.is_empty();
                match done.through {
                    Some(through) => after = Some(through),
                    None => break,
                }
            }
            if !helped {
                return Ok(());
            }
        }
    }

    async fn undo_batch(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        import: ImportId,
        pass: Pass,
    ) -> Result<Done, Error> {
        let tree = self.tree(ctx).await?;
        let ctx = Ctx {
            now: self.clock.now(),
            ..ctx.clone()
        };
        let mut done = self
            .db
            .run_tx("catalog.undo", Scope::Tenant(tenant), move |tx| {
                let (ctx, tree) = (ctx.clone(), Arc::clone(&tree));
                Box::pin(async move {
                    upsert::lock_shop(tx, tenant).await?;
                    take_back(tx, &ctx, tenant, import, &tree, pass).await
                })
            })
            .await?;
        self.announce(&Written {
            changed: std::mem::take(&mut done.changed),
            ..Written::default()
        });
        Ok(done)
    }
}

/// Whether categories went.
async fn finish(tx: &mut Tx, ctx: &Ctx, tenant: TenantId, import: ImportId) -> Result<bool, Error> {
    let removed = remove_of_import(tx, ctx, import).await?;
    undo::finish(tx, tenant, import, ctx.now).await?;
    Ok(removed)
}

/// Refuses to write for an upload that is undone. The shop must be locked.
pub async fn refuse_undone(tx: &mut Tx, tenant: TenantId, import: ImportId) -> Result<(), Error> {
    match undo::of(tx, tenant, import).await? {
        None => Ok(()),
        Some(_) => {
            let detail = "This upload was undone. Upload the file again as a new one.";
            Err(Fault::new(Kind::Conflict, "import_undone", detail)
                .allowing(&[])
                .into())
        }
    }
}

async fn take_back(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    import: ImportId,
    tree: &Tree,
    pass: Pass,
) -> Result<Done, Error> {
    let products = match pass {
        Pass::First => {
            let stands = undo::of(tx, tenant, import).await?;
            let after = stands.and_then(|stands| stands.after);
            undo::next(tx, tenant, import, after, BATCH_MAX).await?
        }
        Pass::Again { after } => undo::without_code(tx, tenant, import, after, BATCH_MAX).await?,
    };
    let Some((through, _)) = products.last().copied() else {
        return Ok(Done::default());
    };
    let mut done = Done {
        through: Some(through),
        ..Done::default()
    };
    let ids: Vec<Uuid> = products.iter().map(|(id, _)| id.0).collect();
    let names = undo::named(tx, tenant, &ids).await?;
    let names: HashMap<ProductId, (String, String)> = names
        .into_iter()
        .map(|(id, key, title)| (id, (key, title)))
        .collect();
    let title = |id: &ProductId| names.get(id).map(|(_, title)| title.clone()).unwrap_or_default();
    let mut steps: HashMap<ProductId, Vec<Step>> = HashMap::with_capacity(products.len());
    for step in undo::steps(tx, tenant, &products).await? {
        steps.entry(step.product_id).or_default().push(step);
    }

    let (mut gone, mut back) = (Vec::new(), Vec::new());
    for (id, first) in products {
        match judged(&steps.remove(&id).unwrap_or_default(), first, import) {
            Verdict::Delete => gone.push(id.0),
            Verdict::Restore { changes, arrived } => back.push((id, changes, arrived)),
            Verdict::Leave { code, reason } => done.skips.push(UndoSkip {
                product: id,
                title: title(&id),
                code: code.to_owned(),
                reason,
            }),
        }
    }
    let source = Source::Undo(import);
    let deleted = delete_all(tx, ctx, tenant, &gone, source).await?;
    done.deleted = i64::try_from(gone.len()).unwrap_or(0);
    done.changed.extend(deleted);

    let mut drafts = Vec::with_capacity(back.len());
    let mut of_draft = Vec::with_capacity(back.len());
    let back_ids: Vec<Uuid> = back.iter().map(|(id, ..)| id.0).collect();
    let present = contents_of(tx, tenant, &back_ids).await?;
    let keys: Vec<String> = back
        .iter()
        .filter(|(.., arrived)| !arrived.is_empty())
        .filter_map(|(id, ..)| names.get(id).map(|(key, _)| key.clone()))
        .collect();
    let fetched = if keys.is_empty() {
        HashMap::new()
    } else {
        picture_address::kept(tx, tenant, &keys).await?
    };
    let refused = |id: ProductId, refusal: domain::Refusal| UndoSkip {
        product: id,
        title: title(&id),
        code: refusal.code.to_owned(),
        reason: refusal.message,
    };
    for (id, changes, arrived) in back {
        let (Some(now), Some((key, _))) = (present.get(&id), names.get(&id)) else {
            continue;
        };
        let mut was = taken_back(now, changes.iter()).map_err(|e| Error::Unreadable("version", e))?;
        // Pictures that came meanwhile stay if the product named their addresses before the upload did.
        for picture in arrived {
            let is_of = |a: &ImageAddress| {
                let kept = fetched.get(&(key.clone(), a.url.clone()));
                kept.is_some_and(|kept| kept.image == picture.image)
            };
            let is_shown = was.images.iter().any(|shown| shown.image == picture.image);
            if !is_shown && was.image_addresses.iter().any(is_of) {
                was.images.push(picture);
            }
        }
        match draft_again(key.clone(), was, tree) {
            Ok(draft) => {
                drafts.push(draft);
                of_draft.push(id);
            }
            Err(refusal) => done.skips.push(refused(id, refusal)),
        }
    }
    let written = write(tx, ctx, tenant, tree, &drafts, source).await?;
    for (id, outcome) in of_draft.into_iter().zip(written.outcomes) {
        match outcome {
            Outcome::Refused(refusal) => done.skips.push(refused(id, refusal)),
            _ => done.restored.push(id.0),
        }
    }
    done.changed.extend(written.changed);

    let cursor = match pass {
        Pass::First => done.through,
        Pass::Again { .. } => {
            undo::unskip(tx, tenant, import, &done.restored).await?;
            None
        }
    };
    undo::skip(tx, tenant, import, &done.skips).await?;
    let restored = i64::try_from(done.restored.len()).unwrap_or(0);
    undo::advance(tx, tenant, import, cursor, done.deleted, restored).await?;
    Ok(done)
}

enum Verdict {
    Delete,
    Restore {
        /// To take back, the latest first.
        changes: Vec<serde_json::Value>,
        /// Pictures that were fetched meanwhile.
        arrived: Vec<Picture>,
    },
    Leave {
        code: &'static str,
        reason: String,
    },
}

/// What becomes of one product: `steps` are its versions from the one before `first`, newest first.
fn judged(steps: &[Step], first: i64, import: ImportId) -> Verdict {
    let causes = || steps.iter().filter_map(|s| s.cause.as_ref().map(|c| &c.0));
    // Uploads that were undone themselves have left nothing behind.
    let undone: HashSet<ImportId> = causes()
        .filter_map(|cause| match cause {
            VersionCause::Undo { import } => Some(*import),
            _ => None,
        })
        .collect();
    let is_ours = |step: &&Step| match step.cause.as_ref().map(|c| &c.0) {
        Some(VersionCause::Upload { import: of }) => *of == import || undone.contains(of),
        // Pictures come by themselves.
        Some(VersionCause::Undo { .. } | VersionCause::Pictures) => true,
        _ => false,
    };
    let since = || steps.iter().filter(|step| step.version >= first);
    if let Some(step) = since().find(|step| !is_ours(step)) {
        return left(step);
    }
    let was_deleted = steps
        .iter()
        .any(|step| step.version < first && is_deletion(&step.change));
    if first == 1 || was_deleted {
        return Verdict::Delete;
    }
    let is_picture = |step: &&Step| matches!(step.cause.as_ref().map(|c| &c.0), Some(VersionCause::Pictures));
    let mut arrived: Vec<Picture> = Vec::new();
    for step in since().filter(is_picture) {
        arrived.extend(pictures(&step.change, "to"));
    }
    Verdict::Restore {
        changes: since().map(|step| step.change.clone()).collect(),
        arrived,
    }
}

/// The pictures on one side of a change.
fn pictures(change: &serde_json::Value, side: &str) -> Vec<Picture> {
    let images = change.get("images").and_then(|sides| sides.get(side));
    images
        .and_then(|images| Vec::deserialize(images).ok())
        .unwrap_or_default()
}

fn left(step: &Step) -> Verdict {
    let version = step.version;
    let (code, reason) = match step.cause.as_ref().map(|c| &c.0) {
        _ if is_deletion(&step.change) => ("deleted_since", "It was deleted after the upload.".to_owned()),
        Some(VersionCause::Upload { .. }) => (
            "uploaded_since",
            format!("A later upload changed it (version {version}). Undo that one first."),
        ),
        _ => (
            "changed_since",
            format!(
                "It was changed after the upload (version {version}). Restore an earlier version of it by hand."
            ),
        ),
    };
    Verdict::Leave { code, reason }
}

fn still_running() -> Error {
    let detail = "This upload is still being read. Wait for its end, then undo it.";
    Fault::new(Kind::Conflict, "import_running", detail).into()
}

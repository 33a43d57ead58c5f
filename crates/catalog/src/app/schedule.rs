//! Changes whose time is to come: asked for, taken back, and applied once by a job.

use super::edit::{OwnProduct, contents_of, draft_saying, write_one};
use super::history::who;
use super::upsert::{Source, Written};
use super::{Products, Tree};
use crate::domain::category::CategoryPath;
use crate::domain::{self, ParsedDraft, Refusal};
use crate::error::Error;
use crate::store::schedule::{self, Scheduled};
use crate::store::{product, upsert};
use ::store::jobs::{self, Job, Queue};
use ::store::{Scope, Tx};
use contracts::Reply;
use contracts::catalog::schedule::{
    Schedule, ScheduleFailure, ScheduleState, ScheduledChange, ScheduledPatch,
};
use contracts::catalog::{DraftImage, DraftSale, ProductDraft};
use kernel::{Ctx, Cursor, DateTime, Fault, Kind, Page, PageLimit, ProductId, ScheduledChangeId, TenantId};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const DUE: Queue = Queue::new("catalog.scheduled_changes");
/// How far ahead a change may be asked for.
const AHEAD_MAX: Duration = Duration::from_secs(366 * 24 * 60 * 60);
/// Changes of one product that may wait.
const WAITING_MAX: i64 = 50;

#[derive(Debug, Serialize, Deserialize)]
struct Due {
    tenant: TenantId,
    change: ScheduledChangeId,
}

/// Applies changes whose time has come, until `stop`.
pub async fn work(products: &Products, stop: &CancellationToken) {
    let clock = Arc::clone(&products.clock);
    DUE.work(&products.db, stop.clone(), clock, |job: &Job| {
        let products = products.clone();
        Box::pin(async move { products.apply_due(job).await })
    })
    .await;
}

impl Products {
    /// Asks for a change at a time to come. What could not be changed now is refused now.
    pub async fn schedule(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        product: ProductId,
        at: DateTime,
        change: ScheduledPatch,
    ) -> Result<ScheduledChange, Error> {
        if change == ScheduledPatch::default() {
            let detail = "Say what is to change: a title, a price, a status ...";
            return Err(Refusal::new("change", "change_empty", detail).into());
        }
        if at <= ctx.now || at > ctx.now + AHEAD_MAX {
            let detail = "Name a time to come, at most a year ahead.";
            return Err(Refusal::new("at", "time_out_of_range", detail).into());
        }
        let tree = self.tree_for(ctx, &change).await?;
        let scheduled = Scheduled {
            id: ScheduledChangeId::new(ctx.now),
            product_id: product,
            at,
            change: Json(change),
            actor: Json(ctx.actor.clone()),
            state: "waiting".to_owned(),
            version: None,
            failure_code: None,
            failure: None,
        };
        let (shared, now) = (scheduled.clone(), ctx.now);
        self.db
            .run_tx("catalog.schedule", Scope::Tenant(tenant), move |tx| {
                let (scheduled, tree) = (shared.clone(), Arc::clone(&tree));
                Box::pin(async move {
                    upsert::lock_shop(tx, tenant).await?;
                    let draft = changed(tx, tenant, &tree, &scheduled).await?;
                    tree_knows(&tree, &draft)?;
                    if schedule::waiting(tx, tenant, product).await? >= WAITING_MAX {
                        return Err(too_many());
                    }
                    schedule::add(tx, tenant, &scheduled, now).await?;
                    let due = Due {
                        tenant,
                        change: scheduled.id,
                    };
                    DUE.enqueue_once(tx, &scheduled.id.to_string(), &due, scheduled.at)
                        .await?;
                    Ok::<_, Error>(())
                })
            })
            .await?;
        jobs::wake();
        self.told_one(ctx, scheduled).await
    }

    /// Of one product, those asked for last first.
    pub async fn scheduled(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        product: ProductId,
        after: Option<&Cursor>,
        limit: PageLimit,
    ) -> Result<Page<ScheduledChange>, Error> {
        let before: Option<ScheduledChangeId> = after.map(|c| c.0.parse()).transpose().map_err(|_| {
            let detail = "`after` must be the `next` of an earlier page.";
            Fault::field("cursor_invalid", "after", detail)
        })?;
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        crate::store::history::present(&mut tx, tenant, product)
            .await?
            .ok_or(Error::NotFound("product"))?;
        let mut rows = schedule::page(&mut tx, tenant, product, before, limit.plus_one()).await?;
        tx.commit().await?;
        let has_more = rows.len() > limit.get();
        rows.truncate(limit.get());
        let next = rows.last().filter(|_| has_more);
        let next = next.map(|row| Cursor(row.id.to_string()));
        let names = self.names(ctx, rows.iter().map(|row| &row.actor.0)).await;
        let told = |row: Scheduled| {
            let who = who(&row.actor.0, &names);
            told(row, who)
        };
        Ok(Page {
            items: rows.into_iter().map(told).collect(),
            next,
        })
    }

    /// Takes a change back whose time has not come.
    pub async fn cancel_scheduled(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        product: ProductId,
        id: ScheduledChangeId,
    ) -> Result<ScheduledChange, Error> {
        let now = ctx.now;
        let scheduled = self
            .db
            .run_tx("catalog.schedule", Scope::Tenant(tenant), move |tx| {
                Box::pin(async move {
                    // Against the job that applies it just now.
                    upsert::lock_shop(tx, tenant).await?;
                    let found = schedule::by_id(tx, tenant, id).await?;
                    let mut scheduled = found
                        .filter(|scheduled| scheduled.product_id == product)
                        .ok_or(Error::NotFound("scheduled_change"))?;
                    match scheduled.state.as_str() {
                        "waiting" => {
                            "cancelled".clone_into(&mut scheduled.state);
                            schedule::settle(tx, tenant, &scheduled, now).await?;
                        }
                        // Asked twice, done once.
                        "cancelled" => {}
                        _ => return Err(over()),
                    }
                    Ok(scheduled)
                })
            })
            .await?;
        self.told_one(ctx, scheduled).await
    }

    async fn apply_due(&self, job: &Job) -> Result<(), Error> {
        let due: Due = job.read().map_err(|e| Error::Unreadable("job", e))?;
        let Due { tenant, change } = due;
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let found = schedule::by_id(&mut tx, tenant, change).await?;
        tx.commit().await?;
        let Some(scheduled) = found else { return Ok(()) };
        let ctx = Ctx {
            actor: scheduled.actor.0,
            ..Ctx::system(DUE.name, self.clock.now())
        };
        let tree = self.tree_for(&ctx, &scheduled.change).await?;
        let written = self
            .db
            .run_tx("catalog.apply_scheduled", Scope::Tenant(tenant), move |tx| {
                let (ctx, tree) = (ctx.clone(), Arc::clone(&tree));
                Box::pin(async move { apply(tx, &ctx, tenant, &tree, change).await })
            })
            .await?;
        self.announce(&written);
        Ok(())
    }

    async fn tree_for(&self, ctx: &Ctx, change: &ScheduledPatch) -> Result<Arc<Tree>, Error> {
        let path = change.category.as_deref().and_then(CategoryPath::parse);
        self.tree_with(ctx, path.iter()).await
    }

    async fn told_one(&self, ctx: &Ctx, scheduled: Scheduled) -> Result<ScheduledChange, Error> {
        let names = self.names(ctx, std::iter::once(&scheduled.actor.0)).await;
        let who = who(&scheduled.actor.0, &names);
        Ok(told(scheduled, who))
    }
}

/// Applies a change, or says why it cannot be; nothing where that was done before, or nobody wants it any more.
async fn apply(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    tree: &Tree,
    change: ScheduledChangeId,
) -> Result<Written, Error> {
    upsert::lock_shop(tx, tenant).await?;
    let found = schedule::by_id(tx, tenant, change).await?;
    let Some(mut scheduled) = found.filter(|scheduled| scheduled.state == "waiting") else {
        return Ok(Written::default());
    };
    let outcome = match changed(tx, tenant, tree, &scheduled).await {
        Ok(draft) => write_one(tx, ctx, tenant, tree, &draft, Source::Schedule(change)).await,
        Err(error) => Err(error),
    };
    let written = match outcome {
        Ok((written, OwnProduct { listing, .. })) => {
            "applied".clone_into(&mut scheduled.state);
            scheduled.version = Some(listing.version);
            written
        }
        // Nothing of it is written: that it failed is.
        Err(Error::Refused(refusal)) => {
            fail(&mut scheduled, refusal.code, &refusal.message);
            Written::default()
        }
        Err(Error::NotFound(_)) => {
            fail(
                &mut scheduled,
                "product_deleted",
                "The product was deleted before its time came.",
            );
            Written::default()
        }
        Err(error) => return Err(error),
    };
    schedule::settle(tx, tenant, &scheduled, ctx.now).await?;
    Ok(written)
}

fn fail(scheduled: &mut Scheduled, code: &str, reason: &str) {
    "failed".clone_into(&mut scheduled.state);
    scheduled.failure_code = Some(code.to_owned());
    scheduled.failure = Some(reason.to_owned());
}

/// The product as the change leaves it.
async fn changed(
    tx: &mut Tx,
    tenant: TenantId,
    tree: &Tree,
    scheduled: &Scheduled,
) -> Result<ParsedDraft, Error> {
    let id = scheduled.product_id;
    let (key, _) = product::key_and_version(tx, tenant, id)
        .await?
        .ok_or(Error::NotFound("product"))?;
    let content = contents_of(tx, tenant, &[id.0])
        .await?
        .remove(&id)
        .ok_or(Error::NotFound("product"))?;
    let images = content.images.clone();
    let mut draft = draft_saying(key, content, tree);
    patch(&mut draft, scheduled.change.0.clone())?;
    // Set behind the parser, which would count a picture and the address that it came from as two.
    draft
        .images
        .retain(|image| matches!(image, DraftImage::Address { .. }));
    let mut parsed = domain::parse(draft)?;
    parsed.images = images;
    Ok(parsed)
}

fn patch(draft: &mut ProductDraft, patch: ScheduledPatch) -> Result<(), Refusal> {
    let ScheduledPatch {
        title,
        description,
        brand,
        category,
        tags,
        status,
        prices,
    } = patch;
    draft.title = title.unwrap_or(std::mem::take(&mut draft.title));
    draft.description = description.unwrap_or(std::mem::take(&mut draft.description));
    draft.brand = brand.unwrap_or(std::mem::take(&mut draft.brand));
    draft.tags = tags.unwrap_or(std::mem::take(&mut draft.tags));
    draft.status = status.or(draft.status);
    if let Some(category) = category {
        draft.category = Some(category).filter(|path| !path.trim().is_empty());
    }
    for (i, price) in prices.into_iter().enumerate() {
        let variant = draft.variants.iter_mut().find(|v| v.code == price.code);
        let variant = variant.ok_or_else(|| {
            let detail = format!("The product has no variant `{}`.", price.code);
            Refusal::new(format!("change/prices/{i}/code"), "variant_unknown", detail)
        })?;
        variant.compare_at = match price.price {
            Some(_) => price.compare_at,
            None => price.compare_at.or(variant.compare_at),
        };
        variant.price = price.price.unwrap_or(variant.price);
        if let Some(sale) = price.sale {
            variant.sale = DraftSale::Is(sale);
        }
        if let Some(breaks) = price.breaks {
            variant.breaks = Some(breaks);
        }
    }
    Ok(())
}

/// A category that there is not would only be found when the time has come.
fn tree_knows(tree: &Tree, draft: &ParsedDraft) -> Result<(), Refusal> {
    match &draft.category {
        Some(path) if tree.at(path.as_str()).is_none() => Err(Refusal::new(
            "change/category",
            "category_unknown",
            format!(
                "There is no category `{}`. Choose one of the list at /v1/categories.",
                path.as_str()
            ),
        )),
        _ => Ok(()),
    }
}

fn told(row: Scheduled, who: String) -> ScheduledChange {
    ScheduledChange {
        id: row.id,
        product: row.product_id,
        at: row.at,
        change: row.change.0,
        who,
        state: match row.state.as_str() {
            "applied" => ScheduleState::Applied,
            "failed" => ScheduleState::Failed,
            "cancelled" => ScheduleState::Cancelled,
            _ => ScheduleState::Waiting,
        },
        version: row.version,
        failure: row.failure_code.map(|code| ScheduleFailure {
            code,
            reason: row.failure.unwrap_or_default(),
        }),
    }
}

fn too_many() -> Error {
    let detail =
        format!("At most {WAITING_MAX} changes of a product may wait. Cancel one that is not needed.");
    Fault::new(Kind::Conflict, "schedules_too_many", detail).into()
}

fn over() -> Error {
    let detail = "Its time has come already. Restore an earlier version of the product instead.";
    Fault::new(Kind::Conflict, "schedule_over", detail)
        .allowing(&[])
        .into()
}

impl Schedule for Products {
    fn schedule<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        product: ProductId,
        at: DateTime,
        change: ScheduledPatch,
    ) -> Reply<'a, ScheduledChange> {
        Box::pin(async move { Ok(Self::schedule(self, ctx, tenant, product, at, change).await?) })
    }

    fn scheduled<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        product: ProductId,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<ScheduledChange>> {
        let limit = PageLimit::new(limit).unwrap_or_default();
        Box::pin(async move { Ok(Self::scheduled(self, ctx, tenant, product, after.as_ref(), limit).await?) })
    }

    fn cancel<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        product: ProductId,
        id: ScheduledChangeId,
    ) -> Reply<'a, ScheduledChange> {
        Box::pin(async move { Ok(self.cancel_scheduled(ctx, tenant, product, id).await?) })
    }
}

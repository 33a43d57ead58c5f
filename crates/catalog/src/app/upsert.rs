//! Writing drafts in batches.

use super::carry::{There, carry_over, lacks_pictures};
use super::categories::bring_back;
use super::moderation::show;
use super::pictures::with_kept;
use super::plan::{self, Found};
use super::{Products, Tree};
use crate::domain::{self, ParsedDraft, Refusal, schema};
use crate::error::Error;
use crate::store::rows::{ProductRow, VariantRow, VersionRow};
use crate::store::{aside, file, picture_address, stock, translations, upsert, word};
use ::store::{Scope, Tx};
use contracts::catalog::history::VersionCause;
use contracts::catalog::{ProductDraft, UpsertCounts};
use contracts::inventory::StockCount;
use kernel::{Ctx, ImportId, ProductId, ScheduledChangeId, TenantId};
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;
use uuid::Uuid;

pub use plan::Outcome;

/// Drafts written in one transaction.
pub const BATCH_DRAFTS_MAX: usize = 500;

/// Where drafts come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Another program of ours: the same again is recognised by its hash.
    Upload,
    /// An upload, and the same of it.
    Import(ImportId),
    /// A change by hand, after which the next upload is compared in full.
    Hand,
    /// What an earlier version said.
    Restore(i64),
    /// What was before an upload.
    Undo(ImportId),
    /// A change whose time has come.
    Schedule(ScheduledChangeId),
    /// Pictures that an upload named by address.
    Pictures,
}

impl Source {
    fn keeps_hash(self) -> bool {
        matches!(self, Self::Upload | Self::Import(_))
    }

    /// The upload that it is.
    fn import(self) -> Option<ImportId> {
        match self {
            Self::Import(import) => Some(import),
            _ => None,
        }
    }

    /// What is kept with the version; none for what people do by hand.
    fn cause(self) -> Option<VersionCause> {
        match self {
            Self::Upload | Self::Hand => None,
            Self::Import(import) => Some(VersionCause::Upload { import }),
            Self::Restore(version) => Some(VersionCause::Restore { version }),
            Self::Undo(import) => Some(VersionCause::Undo { import }),
            Self::Schedule(change) => Some(VersionCause::Schedule { change }),
            Self::Pictures => Some(VersionCause::Pictures),
        }
    }
}

/// What a transaction wrote.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// One per draft, in order.
    pub outcomes: Vec<Outcome>,
    /// Products of which buyers see something new, and their versions.
    pub changed: Vec<(ProductId, i64)>,
    /// To be passed on to inventory after the commit.
    pub counts: Vec<StockCount>,
}

impl Written {
    #[must_use]
    pub fn tally(&self) -> UpsertCounts {
        let mut tally = UpsertCounts::default();
        for outcome in &self.outcomes {
            match outcome {
                Outcome::Created(_) => tally.created += 1,
                Outcome::Updated(_) => tally.updated += 1,
                Outcome::Unchanged(_) => tally.unchanged += 1,
                Outcome::Refused(_) => {}
            }
        }
        tally
    }
}

impl Products {
    /// Writes drafts of one shop, stock included. The first that is refused ends the work; the batches of
    /// [`BATCH_DRAFTS_MAX`] before its own stay written, and repeating the call does not double them.
    pub async fn upsert_drafts(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        drafts: Vec<ProductDraft>,
    ) -> Result<UpsertCounts, Error> {
        let mut total = UpsertCounts::default();
        let mut counts: Vec<StockCount> = Vec::new();
        let mut drafts = drafts.into_iter().peekable();
        let mut first = 0;
        while drafts.peek().is_some() {
            let batch = parse_batch(first, drafts.by_ref().take(BATCH_DRAFTS_MAX)).await?;
            first += batch.len();
            // Inventory takes the counts of the last batch while the database takes this one.
            let earlier = std::mem::take(&mut counts);
            let (written, _) = tokio::join!(
                self.write_batch(ctx, tenant, batch),
                self.pass_on(ctx, tenant, earlier)
            );
            let written = written?;
            let tally = written.tally();
            total.created += tally.created;
            total.updated += tally.updated;
            total.unchanged += tally.unchanged;
            counts = written.counts;
        }
        self.pass_on(ctx, tenant, counts).await;
        Ok(total)
    }

    /// One batch, all or nothing.
    async fn write_batch(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        drafts: Vec<ParsedDraft>,
    ) -> Result<Written, Error> {
        let tree = self
            .tree_with(ctx, drafts.iter().filter_map(|d| d.category.as_ref()))
            .await?;
        let (ctx, drafts) = (ctx.clone(), Arc::new(drafts));
        let written = self
            .db
            .run_tx("catalog.upsert", Scope::Tenant(tenant), move |tx| {
                let (ctx, drafts, tree) = (ctx.clone(), Arc::clone(&drafts), Arc::clone(&tree));
                Box::pin(async move {
                    let written = write(tx, &ctx, tenant, &tree, &drafts, Source::Upload).await?;
                    let refused = written.outcomes.iter().find_map(|o| match o {
                        Outcome::Refused(refusal) => Some(refusal.clone()),
                        _ => None,
                    });
                    refused.map_or(Ok(written), |refusal| Err(Error::Refused(refusal)))
                })
            })
            .await?;
        self.announce(&written);
        Ok(written)
    }

    /// To be called after the commit: what is cached of the changed products is forgotten, the log's readers wake.
    pub(crate) fn announce(&self, written: &Written) {
        for (id, version) in &written.changed {
            self.listings.outdate(*id, *version);
        }
        if !written.changed.is_empty() {
            ::store::log::wake();
        }
    }
}

/// Parses a batch; yields now and then, so that others get a turn on this thread.
async fn parse_batch(
    first: usize,
    drafts: impl Iterator<Item = ProductDraft>,
) -> Result<Vec<ParsedDraft>, Error> {
    let mut parsed: Vec<ParsedDraft> = Vec::with_capacity(BATCH_DRAFTS_MAX);
    let mut keys = HashSet::new();
    for (i, draft) in drafts.enumerate() {
        if i % 16 == 15 {
            tokio::task::yield_now().await;
        }
        let at = |pointer: &str| format!("drafts/{}/{pointer}", first + i);
        let draft = domain::parse(draft).map_err(|mut refusal| {
            refusal.pointer = at(&refusal.pointer);
            refusal
        })?;
        if !keys.insert(draft.key.clone()) {
            return Err(Refusal::new(
                at("key"),
                "key_repeated",
                format!("The key `{}` stands twice in this batch.", draft.key),
            )
            .into());
        }
        parsed.push(draft);
    }
    Ok(parsed)
}

/// Writes a batch in the caller's transaction: one statement per table, whatever the number of drafts.
pub async fn write(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    tree: &Tree,
    drafts: &[ParsedDraft],
    source: Source,
) -> Result<Written, Error> {
    upsert::lock_shop(tx, tenant).await?;
    let drafts = match source {
        Source::Upload | Source::Import(_) => with_kept(tx, tenant, drafts).await?,
        // These say which pictures they mean.
        Source::Hand | Source::Restore(_) | Source::Undo(_) | Source::Schedule(_) | Source::Pictures => {
            Cow::Borrowed(drafts)
        }
    };
    let (mut plan, drafts) = weigh(tx, ctx, tenant, tree, drafts).await?;
    let mut changed = Vec::new();
    if !plan.listings.is_empty() {
        changed = write_changes(tx, ctx, tenant, &drafts, &plan, source).await?;
        let named = plan.listings.iter().flat_map(|(i, listing)| {
            let addresses = drafts[*i].image_addresses.iter();
            addresses.map(|address| (listing.id, address))
        });
        picture_address::note(tx, tenant, ctx.now, &named.collect::<Vec<_>>()).await?;
    }
    if !plan.counts.is_empty() {
        stock::give(tx, tenant, ctx.now + super::stock::OVERDUE, &mut plan.counts).await?;
    }
    Ok(Written {
        outcomes: plan.outcomes,
        changed,
        counts: plan.counts,
    })
}

/// What writing a batch would do, and the drafts with what they leave unsaid. Nothing is written.
pub async fn weigh<'d>(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    tree: &Tree,
    drafts: Cow<'d, [ParsedDraft]>,
) -> Result<(plan::Plan, Cow<'d, [ParsedDraft]>), Error> {
    let keys: Vec<String> = drafts.iter().map(|d| d.key.clone()).collect();
    let existing = upsert::existing(tx, tenant, &keys).await?;
    let products: Vec<Uuid> = existing.values().map(|p| p.id.0).collect();
    let codes: Vec<String> = drafts
        .iter()
        .flat_map(|d| d.variants.iter().map(|v| v.code.clone()))
        .collect();
    let variants = upsert::variants(tx, tenant, &products, &codes).await?;
    let differing: Vec<Uuid> = drafts
        .iter()
        .filter_map(|d| existing.get(&d.key).map(|p| (d, p)))
        .filter(|(draft, product)| product.content_hash.as_deref() != Some(&draft.content_hash))
        .map(|(_, product)| product.id.0)
        .collect();
    let contents = if differing.is_empty() {
        Default::default()
    } else {
        upsert::contents(tx, tenant, &differing).await?
    };
    let content = |draft: &ParsedDraft| contents.get(&existing.get(&draft.key)?.id);
    let lacking: Vec<String> = drafts
        .iter()
        .filter(|draft| content(draft).is_some_and(|content| lacks_pictures(draft, content)))
        .map(|draft| draft.key.clone())
        .collect();
    let fetched = if lacking.is_empty() {
        Default::default()
    } else {
        picture_address::kept(tx, tenant, &lacking).await?
    };
    let there = There {
        tree,
        existing: &existing,
        contents: &contents,
        variants: &variants,
        fetched: &fetched,
    };
    let drafts = fitted(tree, carry_over(drafts, &there));
    let named = drafts.iter().filter_map(|draft| draft.digital.as_ref());
    let named: Vec<Uuid> = named.flat_map(|choice| &choice.files).map(|id| id.0).collect();
    let files = match named.is_empty() {
        true => Default::default(),
        false => file::of_shop(tx, tenant, &named).await?,
    };
    let found = Found {
        tree,
        files,
        existing: &existing,
        variants,
        contents,
    };
    Ok((plan::plan(ctx, tenant, &drafts, found), drafts))
}

/// The drafts with values as their categories have them.
fn fitted<'d>(tree: &Tree, mut drafts: Cow<'d, [ParsedDraft]>) -> Cow<'d, [ParsedDraft]> {
    let fit = |draft: &ParsedDraft| {
        let path = draft.category.as_ref()?;
        schema::fit(tree.schema_at(path.as_str()), &draft.attributes)
    };
    let fits: Vec<_> = drafts.iter().map(fit).enumerate().collect();
    for (i, attributes) in fits {
        if let Some(attributes) = attributes {
            drafts.to_mut()[i].attributes = attributes;
        }
    }
    drafts
}

async fn write_changes(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    drafts: &[ParsedDraft],
    plan: &plan::Plan,
    source: Source,
) -> Result<Vec<(ProductId, i64)>, Error> {
    let listings = plan.listings.iter().map(|(_, listing)| listing);
    let named: Vec<_> = listings.filter_map(|one| one.category.as_ref()).collect();
    bring_back(tx, ctx, &named, source.import()).await?;
    let hash = |draft: &ParsedDraft| source.keeps_hash().then_some(draft.content_hash);
    let products: Vec<ProductRow<'_>> = plan
        .listings
        .iter()
        .map(|(i, listing)| ProductRow::of(&drafts[*i], listing, hash(&drafts[*i])))
        .collect();
    let variants: Vec<VariantRow<'_>> = plan
        .listings
        .iter()
        .flat_map(|(_, listing)| {
            listing
                .variants
                .iter()
                .enumerate()
                .map(|(position, v)| VariantRow {
                    sku: v.sku,
                    product_id: listing.id,
                    position,
                    code: &v.code,
                    options: &v.options,
                    price_minor: v.price.amount,
                    compare_at_minor: v.compare_at.map(|c| c.amount),
                    sale: v.sale.as_ref(),
                    breaks: &v.breaks,
                    currency: v.price.currency.code(),
                    dimensions: v.dimensions,
                    weight_g: v.weight_g,
                    gtin: v.gtin.as_deref(),
                })
        })
        .collect();
    let (skus, of): (Vec<Uuid>, Vec<Uuid>) = plan.new_skus.iter().map(|(s, p)| (s.0, p.0)).unzip();
    upsert::put_products(tx, tenant, ctx.now, &products).await?;
    word::keep(tx, tenant, &named_anew(drafts, plan)).await?;
    upsert::remove_variants(tx, tenant, ctx.now, &plan.removed_skus).await?;
    upsert::put_variants(tx, tenant, &variants).await?;
    upsert::add_offers(tx, tenant, &skus, &of).await?;
    // Whoever says nothing of it leaves it as it is.
    let told = plan.listings.iter().filter(|(i, _)| drafts[*i].making.is_some());
    let making = told.map(|(_, listing)| (listing.id, listing.making.as_deref()));
    aside::MAKING.put(tx, tenant, making).await?;
    let told = plan.listings.iter().filter(|(i, _)| drafts[*i].digital.is_some());
    let digital = told.map(|(_, listing)| (listing.id, listing.digital.as_deref()));
    aside::DIGITAL.put(tx, tenant, digital).await?;
    note_versions(tx, ctx, tenant, source, &plan.versions).await?;
    translations::put(tx, tenant, &plan.words).await?;
    super::items::join(tx, ctx, tenant, plan.listings.iter().map(|(_, listing)| listing)).await?;
    show(
        tx,
        ctx,
        tenant,
        plan.listings.iter().map(|(_, listing)| listing).collect(),
    )
    .await
}

/// What is called otherwise than before, or is new: each with its title and its key.
fn named_anew<'a>(drafts: &'a [ParsedDraft], plan: &'a plan::Plan) -> Vec<(ProductId, &'a str, &'a str)> {
    // A version for each listing.
    let written = plan.listings.iter().zip(&plan.versions);
    written
        .filter(|(_, version)| version.version == 1 || version.change.get("title").is_some())
        .map(|((i, listing), _)| (listing.id, listing.title.as_str(), drafts[*i].key.as_str()))
        .collect()
}

/// Keeps versions with who made them, and why.
pub async fn note_versions(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    source: Source,
    rows: &[VersionRow],
) -> Result<(), Error> {
    let by = upsert::MadeBy {
        actor: &ctx.actor,
        cause: source.cause(),
        import: source.import(),
    };
    Ok(upsert::add_versions(tx, tenant, ctx.now, by, rows).await?)
}

//! A dry run: the whole file is read and compared with what is there, and nothing is written.

use super::batch::Batch;
use super::looked::told;
use super::run::failures;
use crate::Products;
use crate::app::{Outcome, weigh, with_kept};
use crate::domain::{ParsedDraft, Refusal};
use crate::error::Error;
use crate::store::kept_file::{self, KeptFile};
use ::store::Scope;
use contracts::catalog::uploads::FileCheck;
use kernel::{Ctx, Fault, TenantId};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio_util::sync::CancellationToken;

/// Errors kept of a check; all are counted.
const ERRORS_KEPT_MAX: usize = 1_000;

/// What a check has found so far.
#[derive(Default)]
pub(super) struct Check {
    found: FileCheck,
    /// Which product a SKU further up belongs to: hashes, sixteen bytes a variant.
    codes: HashMap<u64, u64>,
}

impl Check {
    /// What was found before it had to be given up.
    pub fn broken(found: Option<FileCheck>, failure: String) -> FileCheck {
        FileCheck {
            failure: Some(failure),
            ..found.unwrap_or_default()
        }
    }

    fn add(&mut self, batch: &Batch, outcomes: &[Outcome]) {
        let failures = failures(batch, outcomes);
        let found = &mut self.found;
        found.rows = batch.through_row;
        found.rows_failed += failures.iter().map(|f| f.rows).sum::<u64>();
        for outcome in outcomes {
            match outcome {
                Outcome::Created(_) => found.created += 1,
                Outcome::Updated(_) => found.updated += 1,
                Outcome::Unchanged(_) => found.unchanged += 1,
                Outcome::Refused(_) => {}
            }
        }
        let room = ERRORS_KEPT_MAX - found.errors.len();
        let errors = failures.into_iter().flat_map(|f| f.errors);
        found.errors.extend(errors.take(room).map(told));
    }

    /// A SKU that a product further up has taken would be refused if that one were written by now.
    fn take_codes(&mut self, draft: &ParsedDraft) -> Result<(), Refusal> {
        let owner = hash(&draft.key);
        for (i, variant) in draft.variants.iter().enumerate() {
            let first = *self.codes.entry(hash(&variant.code)).or_insert(owner);
            if first != owner {
                return Err(Refusal::new(
                    format!("variants/{i}/code"),
                    "sku_taken",
                    format!(
                        "Another product of this file has the SKU `{}` already.",
                        variant.code
                    ),
                ));
            }
        }
        Ok(())
    }
}

fn hash(text: &str) -> u64 {
    let mut hash = DefaultHasher::new();
    text.hash(&mut hash);
    hash.finish()
}

impl Products {
    /// Reads a kept file to its end and keeps what was found; another attempt begins anew.
    pub(super) async fn run_check(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        file: &KeptFile,
        stop: CancellationToken,
    ) -> Result<(), Error> {
        let bytes = Arc::new(AtomicU64::new(0));
        let mut batches = self.batches_of(ctx, tenant, file, Arc::clone(&bytes)).await?;
        let mut check = Check::default();
        loop {
            if stop.is_cancelled() {
                return Err(Fault::unavailable("catalog").into());
            }
            match batches.next().await {
                Ok(Some(mut batch)) => {
                    let (made, there) = self.weigh_list(ctx, &mut batch).await?;
                    let outcomes = self.weigh_batch(ctx, tenant, &batch, &mut check).await?;
                    check.add(&batch, &outcomes);
                    check.found.created += made;
                    check.found.unchanged += there;
                }
                Ok(None) => check.found.finished = true,
                Err(broken) => check.found.failure = Some(broken.to_string()),
            }
            let is_over = check.found.finished || check.found.failure.is_some();
            let read = i64::try_from(bytes.load(Ordering::Relaxed)).unwrap_or(i64::MAX);
            let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
            let wanted =
                kept_file::put_check(&mut tx, tenant, file.id, &check.found, read, self.clock.now()).await?;
            tx.commit().await?;
            // Started, or asked for with another mapping, in the meantime.
            if is_over || !wanted {
                return Ok(());
            }
        }
    }

    async fn weigh_batch(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        batch: &Batch,
        check: &mut Check,
    ) -> Result<Vec<Outcome>, Error> {
        if batch.drafts.is_empty() {
            return Ok(Vec::new());
        }
        let tree = self.tree(ctx).await?;
        // Reading the file would create its categories; a check leaves them out.
        let creates = self.settings.creates_categories;
        let is_new = |draft: &ParsedDraft| {
            creates
                && draft
                    .category
                    .as_ref()
                    .is_some_and(|path| tree.at(path.as_str()).is_none())
        };
        let mut drafts = batch.drafts.clone();
        for draft in &mut drafts {
            if is_new(draft) {
                draft.category = None;
            }
        }
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let drafts = with_kept(&mut tx, tenant, &drafts).await?;
        let (plan, _) = weigh(&mut tx, ctx, tenant, &tree, drafts).await?;
        tx.commit().await?;
        let outcomes = plan
            .outcomes
            .into_iter()
            .zip(&batch.drafts)
            .map(|(outcome, draft)| match (outcome, check.take_codes(draft)) {
                (Outcome::Refused(refusal), _) | (_, Err(refusal)) => Outcome::Refused(refusal),
                (Outcome::Unchanged(id), Ok(())) if is_new(draft) => Outcome::Updated(id),
                (outcome, Ok(())) => outcome,
            });
        Ok(outcomes.collect())
    }
}

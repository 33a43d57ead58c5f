//! Pictures that products name by address: noted with the product, fetched in the background, shown once they are here.

use super::edit::{contents_of, draft_saying};
use super::upsert::{Source, Written, write};
use super::{Products, Tree};
use crate::domain::limits::IMAGES_MAX;
use crate::domain::{self, ParsedDraft};
use crate::error::Error;
use crate::media::{self, Accepted, NoPicture};
use crate::store::picture_address::{self, Due};
use crate::store::{product, upsert};
use ::store::{Scope, Tx};
use contracts::catalog::DraftImage;
use futures::{StreamExt, stream};
use kernel::{Ctx, ImageId, ProductId, TenantId, Timestamp};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// How often addresses are looked for while there are none.
const PAUSE: Duration = Duration::from_secs(2);
const TAKEN_AT_ONCE: i64 = 16;
const FETCHED_AT_ONCE: usize = 4;
/// Longer than fetching and keeping one picture takes.
const AGAIN_AFTER: Duration = Duration::from_secs(120);
/// Pause after the first failure; four times as long after each further one.
const BACKOFF: Duration = Duration::from_secs(30);
const ATTEMPTS_MAX: i32 = 6;

/// Fills in the pictures that are here of those that drafts name by address.
pub async fn with_kept<'d>(
    tx: &mut Tx,
    tenant: TenantId,
    drafts: &'d [ParsedDraft],
) -> Result<Cow<'d, [ParsedDraft]>, Error> {
    let is_named = |draft: &ParsedDraft| draft.images.is_empty() && !draft.image_addresses.is_empty();
    let keys: Vec<String> = drafts
        .iter()
        .filter(|d| is_named(d))
        .map(|d| d.key.clone())
        .collect();
    if keys.is_empty() {
        return Ok(Cow::Borrowed(drafts));
    }
    let kept = picture_address::kept(tx, tenant, &keys).await?;
    if kept.is_empty() {
        return Ok(Cow::Borrowed(drafts));
    }
    let mut drafts = drafts.to_vec();
    for draft in drafts.iter_mut().filter(|d| is_named(d)) {
        draft.images = draft
            .image_addresses
            .iter()
            .filter_map(|address| kept.get(&(draft.key.clone(), address.url.clone())).cloned())
            .collect();
        draft.images.dedup_by_key(|picture| picture.image);
    }
    Ok(Cow::Owned(drafts))
}

/// Fetches pictures until `stop`.
pub async fn fetch_pictures(products: &Products, stop: &CancellationToken) {
    let fetcher = match media::Fetcher::new(products.settings.fetches_from_private) {
        Ok(fetcher) => fetcher,
        Err(error) => {
            tracing::error!(error, "pictures cannot be fetched");
            return;
        }
    };
    loop {
        let fetched = match products.fetch_due(&fetcher).await {
            Ok(fetched) => fetched,
            Err(error) => {
                tracing::warn!(%error, "pictures that wait cannot be fetched");
                0
            }
        };
        let pause = if fetched == 0 { PAUSE } else { Duration::ZERO };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

impl Products {
    async fn fetch_due(&self, fetcher: &media::Fetcher) -> Result<usize, Error> {
        let now = self.clock.now();
        let mut tx = self.db.begin(Scope::System).await?;
        let due = picture_address::take_due(&mut tx, now, now + AGAIN_AFTER, TAKEN_AT_ONCE).await?;
        tx.commit().await?;
        let count = due.len();
        let mut work = stream::iter(due)
            .map(|due| async move {
                let done = self.fetch_one(fetcher, &due).await;
                (due, done)
            })
            .buffer_unordered(FETCHED_AT_ONCE);
        while let Some((due, done)) = work.next().await {
            if let Err(error) = done {
                tracing::warn!(%error, product = %due.product, "a picture is tried again later");
            }
        }
        Ok(count)
    }

    async fn fetch_one(&self, fetcher: &media::Fetcher, due: &Due) -> Result<(), Error> {
        let ctx = Ctx::system("catalog.pictures", self.clock.now());
        let kept = match fetcher.fetch(&due.url).await {
            Ok(bytes) => match self
                .keep_image(&ctx, bytes, due.alt.clone(), Accepted::Pictures)
                .await
            {
                Ok(picture) => Ok(picture.image),
                Err(Error::Refused(refusal)) => Err(NoPicture::Refused(refusal.message)),
                Err(error) => return Err(error),
            },
            Err(none) => Err(none),
        };
        let result = match kept {
            Ok(image) => Fetched::Kept(image),
            Err(NoPicture::Refused(why)) => Fetched::Failed { why, again_at: None },
            Err(NoPicture::Later(why)) => {
                let exponent = u32::try_from(due.attempts - 1).unwrap_or(0).min(8);
                let again_at = (due.attempts < ATTEMPTS_MAX).then(|| ctx.now + BACKOFF * 4u32.pow(exponent));
                Fetched::Failed { why, again_at }
            }
        };
        let tree = self.tree(&ctx).await?;
        let shared = Arc::new((ctx, due.clone(), result, tree));
        let written = self
            .db
            .run_tx("catalog.pictures", Scope::Tenant(due.tenant), move |tx| {
                let shared = Arc::clone(&shared);
                Box::pin(async move {
                    let (ctx, due, result, tree) = &*shared;
                    settle(tx, ctx, due, result, tree).await
                })
            })
            .await?;
        self.announce(&written);
        Ok(())
    }
}

/// What became of an address.
enum Fetched {
    Kept(ImageId),
    Failed {
        why: String,
        again_at: Option<Timestamp>,
    },
}

/// Notes what became of an address and, with the last one of its product, puts the pictures that are here into it: one new
/// version for all of them, not one for each. The shop is locked first, so that of two that come at once one is the last.
async fn settle(tx: &mut Tx, ctx: &Ctx, due: &Due, result: &Fetched, tree: &Tree) -> Result<Written, Error> {
    upsert::lock_shop(tx, due.tenant).await?;
    match result {
        Fetched::Kept(image) => picture_address::keep(tx, due, *image).await?,
        Fetched::Failed { why, again_at } => picture_address::fail(tx, due, why, *again_at).await?,
    }
    if picture_address::is_untried(tx, due.tenant, due.product).await? {
        return Ok(Written::default());
    }
    show(tx, ctx, due.tenant, due.product, tree).await
}

/// Puts the pictures that are here into the product. Those that its seller chose by hand stay in front.
async fn show(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    id: ProductId,
    tree: &Tree,
) -> Result<Written, Error> {
    // Deleted in the meantime.
    let Some((key, _)) = product::key_and_version(tx, tenant, id).await? else {
        return Ok(Written::default());
    };
    let Some(content) = contents_of(tx, tenant, &[id.0]).await?.remove(&id) else {
        return Ok(Written::default());
    };
    let kept = picture_address::kept(tx, tenant, std::slice::from_ref(&key)).await?;
    let mut draft = draft_saying(key.clone(), content, tree);
    let fetched: Vec<_> = draft
        .images
        .iter()
        .filter_map(|image| match image {
            DraftImage::Address { url, .. } => kept.get(&(key.clone(), url.clone())).cloned(),
            DraftImage::Stored(_) => None,
        })
        .collect();
    let (mut stored, addresses): (Vec<_>, Vec<_>) = draft
        .images
        .into_iter()
        .partition(|image| matches!(image, DraftImage::Stored(_)));
    stored.retain(|image| match image {
        DraftImage::Stored(picture) => !fetched.iter().any(|f| f.image == picture.image),
        DraftImage::Address { .. } => false,
    });
    stored.extend(fetched.into_iter().map(DraftImage::Stored));
    draft.images = addresses;
    let mut parsed = domain::parse(draft)?;
    // Set behind the parser, which would count a picture and its address as two.
    parsed.images = stored
        .into_iter()
        .filter_map(|image| match image {
            DraftImage::Stored(picture) => Some(picture),
            DraftImage::Address { .. } => None,
        })
        .take(IMAGES_MAX)
        .collect();
    write(tx, ctx, tenant, tree, &[parsed], Source::Pictures).await
}

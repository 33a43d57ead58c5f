//! Storing pictures.

use super::Products;
use crate::domain::Refusal;
use crate::domain::limits::ALT_CHARS_MAX;
use crate::error::Error;
use crate::media::{self, Accepted};
use crate::store::image::{self, NewImage, StoredImage};
use contracts::catalog::{NewPicture, Picture};
use futures::{StreamExt, TryStreamExt, stream};
use kernel::{Ctx, ImageId};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use uuid::Uuid;

/// Pictures decoded and written at once.
const STORED_AT_ONCE: usize = 16;

impl Products {
    /// What other contexts of this process may store: drawings only where the settings say so.
    pub(crate) fn accepted(&self) -> Accepted {
        if self.settings.takes_svg {
            Accepted::PicturesAndDrawings
        } else {
            Accepted::Pictures
        }
    }

    /// Stores a picture by content: the same bytes are the same picture, and are decoded once.
    pub async fn keep_image(
        &self,
        ctx: &Ctx,
        bytes: Vec<u8>,
        alt: String,
        accepted: Accepted,
    ) -> Result<Picture, Error> {
        let kept = self
            .keep_images(ctx, vec![NewPicture { bytes, alt }], accepted)
            .await?;
        kept.into_iter()
            .next()
            .ok_or_else(|| kernel::Fault::internal().into())
    }

    /// As [`Self::keep_image`], for many at once: one statement asks which are known, one notes the others.
    pub async fn keep_images(
        &self,
        ctx: &Ctx,
        pictures: Vec<NewPicture>,
        accepted: Accepted,
    ) -> Result<Vec<Picture>, Error> {
        let mut alts = Vec::with_capacity(pictures.len());
        let mut hashes: Vec<[u8; 32]> = Vec::with_capacity(pictures.len());
        let mut contents = HashMap::with_capacity(pictures.len());
        for NewPicture { bytes, alt } in pictures {
            alts.push(httpkit::text::optional_line("/alt", &alt, ALT_CHARS_MAX)?);
            let kind = media::sniff(&bytes, accepted)?;
            let sha256: [u8; 32] = Sha256::digest(&bytes).into();
            hashes.push(sha256);
            contents.insert(sha256, (kind, bytes));
        }
        let known = image::by_sha256(self.db.pool(), &hashes).await?;
        contents.retain(|sha256, _| !known.contains_key(sha256));
        let fresh: Vec<NewImage> = stream::iter(contents)
            .map(|(sha256, (kind, bytes))| self.write(ctx, sha256, kind, bytes))
            .buffer_unordered(STORED_AT_ONCE)
            .try_collect()
            .await?;
        let stored = if fresh.is_empty() {
            known
        } else {
            image::add(self.db.pool(), &fresh, ctx.now).await?;
            // Read again rather than trusted: someone else may have stored the same at the same time.
            image::by_sha256(self.db.pool(), &hashes).await?
        };
        hashes
            .iter()
            .zip(alts)
            .map(|(sha256, alt)| {
                let stored = stored.get(sha256).cloned().ok_or_else(kernel::Fault::internal)?;
                Ok(stored.picture(alt))
            })
            .collect()
    }

    /// Renders and writes the files: a picture that is noted is there.
    async fn write(
        &self,
        ctx: &Ctx,
        sha256: [u8; 32],
        kind: media::Kind,
        bytes: Vec<u8>,
    ) -> Result<NewImage, Error> {
        let files = self.media.render(kind, bytes, &sha256).await?;
        let Some(largest) = files.first() else {
            return Err(Refusal::new("", "image_unreadable", "The picture is empty.").into());
        };
        let image = StoredImage {
            id: ImageId::new(ctx.now),
            name: largest.name.clone(),
            width: i32::try_from(largest.width).unwrap_or(i32::MAX),
            height: i32::try_from(largest.height).unwrap_or(i32::MAX),
        };
        let bytes: usize = files.iter().map(|f| f.bytes.len()).sum();
        self.media.put(files).await?;
        Ok(NewImage {
            image,
            sha256,
            bytes: i64::try_from(bytes).unwrap_or(i64::MAX),
        })
    }

    /// Stored pictures by id, in no particular order.
    pub(crate) async fn stored_pictures(&self, ids: &[ImageId]) -> Result<Vec<Picture>, Error> {
        let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
        let stored = image::by_ids(self.db.pool(), &ids).await?;
        Ok(stored
            .into_iter()
            .map(|image| image.picture(String::new()))
            .collect())
    }
}

//! Pictures: told by their content, re-encoded, kept in object storage under names made of their hash.

mod fetch;
mod raster;
mod svg;

pub use fetch::{Fetcher, NoPicture};

use crate::domain::Refusal;
use crate::error::Error;
use bytes::Bytes;
use kernel::limits::IMAGE_BYTES_MAX;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Decoded at once: each may take some hundred megabytes.
const DECODERS_MAX: usize = 2;
/// How long a picture is waited for: a page or a form with it is answered within a second.
const ANSWERS_WITHIN: Duration = Duration::from_millis(800);
/// Characters of the hash in a file's name: 128 bits.
const NAME_HASH_CHARS: usize = 32;

/// Which kinds of picture a door lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// PNG, JPEG, WebP.
    Pictures,
    /// Those and SVG, from within only: SVG can carry script.
    PicturesAndDrawings,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Png,
    Jpeg,
    WebP,
    Svg,
}

/// One size of a picture, ready to be stored.
#[derive(Debug)]
pub struct File {
    pub name: String,
    pub width: u32,
    pub height: u32,
    pub bytes: Vec<u8>,
}

/// What the bytes are, whatever they are called. Refuses what is too large or none of the accepted kinds.
pub fn sniff(bytes: &[u8], accepted: Accepted) -> Result<Kind, Refusal> {
    if bytes.len() > IMAGE_BYTES_MAX {
        return Err(Refusal::new(
            "",
            "image_too_large",
            format!("A picture may have at most {IMAGE_BYTES_MAX} bytes."),
        ));
    }
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Ok(Kind::Png),
        [0xff, 0xd8, 0xff, ..] => Ok(Kind::Jpeg),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Kind::WebP),
        _ if accepted == Accepted::PicturesAndDrawings && svg::is_svg(bytes) => Ok(Kind::Svg),
        _ => Err(Refusal::new(
            "",
            "image_type_unsupported",
            "Send a PNG, JPEG or WebP picture. What counts is its content, not its name.",
        )),
    }
}

/// Object storage and what was lately read from it.
pub struct Media {
    objects: Arc<dyn ObjectStore>,
    decoders: Arc<Semaphore>,
    recent: moka::sync::Cache<String, Bytes>,
}

impl Media {
    pub fn new(objects: Arc<dyn ObjectStore>, cache_bytes: u64) -> Self {
        Self {
            objects,
            decoders: Arc::new(Semaphore::new(DECODERS_MAX)),
            recent: moka::sync::Cache::builder()
                .max_capacity(cache_bytes)
                .weigher(|name: &String, bytes: &Bytes| {
                    u32::try_from(name.len() + bytes.len()).unwrap_or(u32::MAX)
                })
                .build(),
        }
    }

    /// Where pictures are kept, and files that wait to be read.
    pub fn objects(&self) -> &dyn ObjectStore {
        &*self.objects
    }

    /// Makes the sizes that are kept of a picture, the largest first.
    pub async fn render(&self, kind: Kind, bytes: Vec<u8>, sha256: &[u8; 32]) -> Result<Vec<File>, Error> {
        let stem = stem(sha256);
        if kind == Kind::Svg {
            return Ok(vec![svg::check(&stem, bytes)?]);
        }
        let _turn = self
            .decoders
            .acquire()
            .await
            .map_err(|_| kernel::Fault::unavailable("media"))?;
        let files = tokio::task::spawn_blocking(move || raster::render(kind, &bytes, &stem))
            .await
            .map_err(|error| {
                tracing::error!(%error, "a picture's decoder died");
                kernel::Fault::internal()
            })?;
        Ok(files?)
    }

    /// Who cannot be reached is found out before anything is sent, which may take its time.
    pub async fn put(&self, files: Vec<File>) -> Result<(), Error> {
        if let Some(file) = files.first() {
            let there = tokio::time::timeout(ANSWERS_WITHIN, self.objects.head(&path(&file.name))).await;
            match there.map_err(|_| silent())? {
                Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        for file in files {
            self.objects.put(&path(&file.name), file.bytes.into()).await?;
        }
        Ok(())
    }

    /// A stored file, if there is one of this name.
    pub async fn get(&self, name: &str) -> Result<Option<Bytes>, Error> {
        if let Some(bytes) = self.recent.get(name) {
            return Ok(Some(bytes));
        }
        let at = path(name);
        let read = async { self.objects.get(&at).await?.bytes().await };
        let read = tokio::time::timeout(ANSWERS_WITHIN, read).await;
        let bytes = match read.map_err(|_| silent())? {
            Ok(bytes) => bytes,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        self.recent.insert(name.to_owned(), bytes.clone());
        Ok(Some(bytes))
    }
}

fn silent() -> Error {
    let within_ms = ANSWERS_WITHIN.as_millis();
    tracing::warn!(within_ms, "the object store did not answer");
    kernel::Fault::unavailable("The store of pictures and files").into()
}

/// Two characters of folder keep any one folder small.
fn path(name: &str) -> Path {
    Path::from_iter(["media", &name[..2.min(name.len())], name])
}

fn stem(sha256: &[u8; 32]) -> String {
    kernel::hex(&sha256[..NAME_HASH_CHARS / 2])
}

/// The content type of a file that [`Media::render`] could have named; `None` for any other name.
#[must_use]
pub fn content_type(name: &str) -> Option<&'static str> {
    let (stem, extension) = name.rsplit_once('.')?;
    let (hash, width) = stem.split_once('-').unwrap_or((stem, "0"));
    let is_hash = hash.len() == NAME_HASH_CHARS
        && hash
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    let is_width = !width.is_empty() && width.len() <= 4 && width.bytes().all(|b| b.is_ascii_digit());
    if !is_hash || !is_width {
        return None;
    }
    match extension {
        "webp" => Some("image/webp"),
        "svg" => Some("image/svg+xml"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_told_by_their_content() {
        let kind = |bytes: &[u8], accepted| sniff(bytes, accepted).map_err(|r| r.code);
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n...", Accepted::Pictures), Ok(Kind::Png));
        assert_eq!(kind(b"RIFF\0\0\0\0WEBPVP8 ", Accepted::Pictures), Ok(Kind::WebP));
        let drawing = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>";
        assert_eq!(kind(drawing, Accepted::Pictures), Err("image_type_unsupported"));
        assert_eq!(kind(drawing, Accepted::PicturesAndDrawings), Ok(Kind::Svg));
        assert_eq!(
            kind(b"<html>", Accepted::PicturesAndDrawings),
            Err("image_type_unsupported")
        );
        assert_eq!(kind(b"GIF89a", Accepted::Pictures), Err("image_type_unsupported"));
        let large = vec![0xff; IMAGE_BYTES_MAX + 1];
        assert_eq!(kind(&large, Accepted::Pictures), Err("image_too_large"));
    }

    #[test]
    fn only_names_that_we_give_are_served() {
        let hash = "0123456789abcdef0123456789abcdef";
        assert_eq!(content_type(&format!("{hash}.webp")), Some("image/webp"));
        assert_eq!(content_type(&format!("{hash}-320.webp")), Some("image/webp"));
        for bad in [
            "",
            "a.webp",
            &format!("{hash}.jpg"),
            "../etc/passwd",
            &format!("{hash}.html"),
            &format!("{hash}-.webp"),
            &format!("{hash}/x.webp"),
            &format!("{}.webp", hash.to_uppercase()),
        ] {
            assert_eq!(content_type(bad), None, "{bad}");
        }
    }
}

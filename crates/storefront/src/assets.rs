//! Style sheet, script and marks: embedded, named by their content, compressed once.
//!
//! An asset's address holds the hash of its bytes, so a browser may keep it for ever and a new release is seen at once.

use std::io::Write;
use std::sync::{LazyLock, OnceLock};

use axum::extract::Path;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const BROTLI_QUALITY: u32 = 9;
const BROTLI_WINDOW_BITS: u32 = 22;

/// The style sheet is written in parts, by what they dress, and served as two files: this one for all pages. It is kept so
/// small that it travels with the first packets of a connection: those who come to a shop for the first time wait for it.
const STYLE: &str = concat!(
    include_str!("../assets/css/tokens.css"),
    include_str!("../assets/css/base.css"),
    include_str!("../assets/css/frame.css"),
    include_str!("../assets/css/suggest.css"),
    include_str!("../assets/css/controls.css"),
    include_str!("../assets/css/components.css"),
    include_str!("../assets/css/home.css"),
    include_str!("../assets/css/listing.css"),
    include_str!("../assets/css/product.css"),
    include_str!("../assets/css/reviews.css"),
    include_str!("../assets/css/wishes.css"),
    include_str!("../assets/css/cart.css"),
    include_str!("../assets/css/plain.css"),
);

/// And this one for those of accounts, orders, shops' work and the back office.
const MORE_STYLE: &str = concat!(
    include_str!("../assets/css/messages.css"),
    include_str!("../assets/css/notices.css"),
    include_str!("../assets/css/orders.css"),
    include_str!("../assets/css/work.css"),
    include_str!("../assets/css/office.css"),
);

/// The same of the script.
const SCRIPT: &str = concat!(
    include_str!("../assets/stoa.js"),
    include_str!("../assets/suggest.js"),
);

static ASSETS: LazyLock<[Asset; 5]> = LazyLock::new(|| {
    [
        Asset::new("stoa", "css", "text/css; charset=utf-8", STYLE),
        Asset::new("stoa", "js", "text/javascript; charset=utf-8", SCRIPT),
        Asset::new("mark", "svg", "image/svg+xml", include_str!("../assets/mark.svg")),
        // Only pages that hear of changes load it.
        Asset::new(
            "live",
            "js",
            "text/javascript; charset=utf-8",
            include_str!("../assets/live.js"),
        ),
        Asset::new("more", "css", "text/css; charset=utf-8", MORE_STYLE),
    ]
});

/// One embedded file.
#[derive(Debug)]
pub struct Asset {
    /// What templates call it: `stoa.css`.
    name: String,
    /// Where it is served: `/assets/stoa.1a2b3c4d.css`.
    url: String,
    content_type: &'static str,
    bytes: &'static [u8],
    gzip: OnceLock<Vec<u8>>,
    brotli: OnceLock<Vec<u8>>,
}

impl Asset {
    fn new(stem: &str, extension: &str, content_type: &'static str, text: &'static str) -> Asset {
        let hash8 = kernel::hex(&Sha256::digest(text.as_bytes())[..4]);
        Asset {
            name: format!("{stem}.{extension}"),
            url: format!("/assets/{stem}.{hash8}.{extension}"),
            content_type,
            bytes: text.as_bytes(),
            gzip: OnceLock::new(),
            brotli: OnceLock::new(),
        }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn bytes(&self) -> &'static [u8] {
        self.bytes
    }

    fn gzip(&self) -> &[u8] {
        self.gzip.get_or_init(|| {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            encoder.write_all(self.bytes).expect("writing to memory succeeds");
            encoder.finish().expect("writing to memory succeeds")
        })
    }

    fn brotli(&self) -> &[u8] {
        self.brotli.get_or_init(|| {
            let mut encoder =
                brotli::CompressorWriter::new(Vec::new(), 4096, BROTLI_QUALITY, BROTLI_WINDOW_BITS);
            encoder.write_all(self.bytes).expect("writing to memory succeeds");
            encoder.into_inner()
        })
    }

    /// The answer to a request for this asset, in the best encoding the browser takes.
    pub fn respond(&'static self, request: &HeaderMap) -> Response {
        let accepted = request
            .get(ACCEPT_ENCODING)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let takes = |coding: &str| {
            accepted.split(',').any(|item| {
                let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
                name.trim().eq_ignore_ascii_case(coding) && !matches!(parameters.trim(), "q=0" | "q=0.0")
            })
        };
        let (body, coding): (&'static [u8], _) = if takes("br") {
            (self.brotli(), Some(HeaderValue::from_static("br")))
        } else if takes("gzip") {
            (self.gzip(), Some(HeaderValue::from_static("gzip")))
        } else {
            (self.bytes, None)
        };
        let mut response = body.into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(CACHE_CONTROL, FOR_EVER);
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if let Some(coding) = coding {
            headers.insert(CONTENT_ENCODING, coding);
        }
        response
    }
}

/// The address of an asset by its plain name. An unknown name gives an empty address; a test renders every template.
pub fn url(name: &str) -> &'static str {
    ASSETS
        .iter()
        .find(|asset| asset.name == name)
        .map_or("", |asset| &asset.url)
}

/// All assets, for exporting pages as files.
pub fn all() -> &'static [Asset] {
    &*ASSETS
}

/// Compresses everything now, so that the first visitor does not wait for it.
pub fn warm() {
    for asset in all() {
        asset.gzip();
        asset.brotli();
    }
}

/// Serves `/assets/{file}`.
pub fn router<S: Clone + Send + Sync + 'static>() -> axum::Router<S> {
    axum::Router::new()
        .route("/assets/{file}", get(serve))
        .route("/favicon.ico", get(mark))
}

async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let asset = ASSETS
        .iter()
        .find(|asset| asset.url.strip_prefix("/assets/") == Some(file.as_str()));
    asset.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |asset| asset.respond(&headers),
    )
}

/// Browsers ask here for the mark of pages that name none. This address holds no hash, so it is not kept for ever.
async fn mark() -> Response {
    let mut response = ASSETS[2].respond(&HeaderMap::new());
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=86400"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(accept: &'static str) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(accept));
        ASSETS[0].respond(&headers)
    }

    #[test]
    fn the_best_encoding_the_browser_takes_is_sent() {
        assert_eq!(answer("gzip, deflate, br").headers()[CONTENT_ENCODING], "br");
        assert_eq!(answer("gzip, br;q=0").headers()[CONTENT_ENCODING], "gzip");
        assert!(answer("identity").headers().get(CONTENT_ENCODING).is_none());
        assert_eq!(answer("br").headers()[CACHE_CONTROL], FOR_EVER);
    }

    #[test]
    fn addresses_carry_the_hash_of_the_content() {
        assert!(url("stoa.css").starts_with("/assets/stoa.") && url("stoa.css").ends_with(".css"));
        assert_ne!(url("stoa.css"), "/assets/stoa.css");
        assert_eq!(url("absent.css"), "");
    }

    #[test]
    fn what_travels_is_small() {
        let style = ASSETS[0].brotli().len();
        let script = ASSETS[1].bytes.len();
        let more_style = ASSETS[4].brotli().len();
        assert!(style < 13_824, "style sheet: {style} bytes compressed");
        assert!(
            more_style < 7_168,
            "style sheet of work: {more_style} bytes compressed"
        );
        assert!(script < 12_800, "script: {script} bytes");
        let live = ASSETS[3].bytes.len();
        assert!(live < 2_560, "script of pages that hear of changes: {live} bytes");
    }

    #[test]
    fn compressed_forms_hold_the_same_bytes() {
        for asset in all() {
            let mut plain = Vec::new();
            brotli::BrotliDecompress(&mut asset.brotli(), &mut plain).unwrap();
            assert_eq!(plain, asset.bytes);
            let mut plain = Vec::new();
            std::io::copy(&mut flate2::read::GzDecoder::new(asset.gzip()), &mut plain).unwrap();
            assert_eq!(plain, asset.bytes);
        }
    }
}

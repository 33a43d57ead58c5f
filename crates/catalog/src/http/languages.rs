//! Which of a product's languages somebody wants.

use crate::cache::CachedListing;
use crate::error::Error;
use axum::http::{HeaderMap, header};
use contracts::catalog::{Listing, TranslatedWords};
use std::sync::Arc;

/// Languages that are looked at of what a browser sends.
const WANTED_MAX: usize = 16;

/// What `Accept-Language` asks for, best first (RFC 9110, section 12.5.4).
pub fn wanted(headers: &HeaderMap) -> Vec<String> {
    let text = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    let mut ranges: Vec<(u32, String)> = text
        .unwrap_or_default()
        .split(',')
        .take(WANTED_MAX)
        .filter_map(|range| {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().filter(|tag| !tag.is_empty() && *tag != "*")?;
            let quality = parts.find_map(|part| part.strip_prefix("q="));
            let quality = quality.map_or(Some(1_000), thousandths)?;
            (quality > 0).then(|| (quality, tag.to_owned()))
        })
        .collect();
    ranges.sort_by_key(|(quality, _)| std::cmp::Reverse(*quality));
    ranges.into_iter().map(|(_, tag)| tag).collect()
}

/// `0.8` as 800.
fn thousandths(text: &str) -> Option<u32> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part: u32 = format!("{part:0<3}").get(..3)?.parse().ok()?;
    Some(whole.parse::<u32>().ok()?.min(1) * 1_000 + part).map(|q| q.min(1_000))
}

/// The listing with the words of the best language in front, and its own among the others.
pub fn translated(cached: &Arc<CachedListing>, wanted: &[String]) -> Result<Arc<CachedListing>, Error> {
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let listing = cached
        .listing()
        .map_err(|error| Error::Unreadable("listing", error))?;
    let Some((tag, _)) = listing.read_in(&wanted) else {
        return Ok(Arc::clone(cached));
    };
    let tag = tag.to_owned();
    let (title, html) = listing.words_in(&wanted);
    let mut shown = Listing {
        title: title.to_owned(),
        description_html: html.to_owned(),
        ..listing.clone()
    };
    shown.translations.remove(&tag);
    if let Some(own) = shown.language.replace(tag) {
        let words = TranslatedWords {
            title: listing.title.clone(),
            description_html: listing.description_html.clone(),
        };
        shown.translations.insert(own, words);
    }
    Ok(Arc::new(CachedListing::of_listing(shown, None)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_wanted_in_the_order_of_their_quality() {
        let mut headers = HeaderMap::new();
        assert!(wanted(&headers).is_empty());
        let sent = "fr;q=0.5, es-MX, en;q=0.85, *;q=0.1, de;q=0, it;q=x";
        headers.insert(header::ACCEPT_LANGUAGE, sent.parse().expect("a header"));
        assert_eq!(wanted(&headers), ["es-MX", "en", "fr"]);
    }
}

//! What products are called in the language of a page.

use super::Shop;
use super::visit::Visit;
use contracts::checkout::Quote;
use kernel::ProductId;
use std::collections::{HashMap, HashSet};

/// Calls the products of a basket as the page's reader calls them: all of them by one look at what the catalogue remembers.
/// Only what is shown is called so; an order says what its lines were called by their sellers.
pub async fn read_quote(shop: &Shop, visit: &Visit, quote: &mut Quote) {
    let lines = quote.groups.iter().flat_map(|group| &group.lines);
    let products: HashSet<ProductId> = lines.map(|line| line.offer.product).collect();
    let listings = shop.catalog.listings(&visit.ctx, products.into_iter().collect());
    // Where the catalogue is silent, products keep their own titles: the basket is worth more than its words.
    let listings = listings.await.unwrap_or_default();
    let wanted = [visit.locale.code()];
    let called: HashMap<ProductId, &str> = listings
        .iter()
        .filter_map(|listing| Some((listing.id, listing.read_in(&wanted)?.1.title.as_str())))
        .collect();
    for line in quote.groups.iter_mut().flat_map(|group| &mut group.lines) {
        if let Some(title) = called.get(&line.offer.product) {
            line.offer.title = (*title).to_owned();
        }
    }
}

//! What shops of a place sell.

use super::Products;
use crate::error::Error;
use crate::store::place;
use contracts::catalog::Listing;
use kernel::{Ctx, Cursor, Fault, Page, PageLimit, ProductId, Timestamp};

/// A country, or one of its regions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub country: String,
    pub region: Option<String>,
}

impl Products {
    /// A page of what shops of a place have for sale, newest first, straight from the table.
    pub async fn page_of_place(
        &self,
        ctx: &Ctx,
        place: Place,
        after: Option<&Cursor>,
        limit: PageLimit,
    ) -> Result<Page<Listing>, Error> {
        let before = after.map(read).transpose()?;
        let shops = self.tenants.shops_in(ctx, place.country, place.region).await?;
        let listings = place::of_shops(self.db.pool(), &shops, before, limit.plus_one()).await?;
        let is_more = listings.len() > limit.get();
        let mut items = Vec::with_capacity(limit.get());
        for listing in listings.into_iter().take(limit.get()) {
            items.push(self.present(ctx, listing).await?);
        }
        let next = items.last().filter(|_| is_more).map(written);
        Ok(Page { items, next })
    }
}

fn written(last: &Listing) -> Cursor {
    Cursor(format!("{}.{}", last.created_at.timestamp_micros(), last.id))
}

fn read(cursor: &Cursor) -> Result<(Timestamp, ProductId), Fault> {
    let place = cursor.0.split_once('.').and_then(|(micros, id)| {
        let at = Timestamp::from_timestamp_micros(micros.parse().ok()?)?;
        Some((httpkit::moment("after", at).ok()?, id.parse().ok()?))
    });
    place.ok_or_else(|| {
        let detail = "`after` must be the `next` of an earlier page.";
        Fault::field("cursor_invalid", "after", detail)
    })
}

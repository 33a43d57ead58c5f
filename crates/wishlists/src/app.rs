//! Wish lists are filled, shared and read here.

use crate::error::Error;
use crate::store;
use ::store::{Db, Scope};
use contracts::catalog::{Catalog, Listing, ProductStatus};
use contracts::identity::Identity;
use contracts::wishlists::{ITEMS_MAX, SharedWishlist, VIEWED_MAX, Viewed, Wishlist};
use kernel::{Ctx, Money, ProductId, UserId, secret};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Characters of a token: anything longer is none.
const TOKEN_CHARS_MAX: usize = 128;

/// The wishlists context.
#[derive(Clone)]
pub struct Wishes {
    db: Db,
    catalog: Arc<dyn Catalog>,
    identity: Arc<dyn Identity>,
}

/// What a product costs at least, if it is for sale.
fn price(listing: &Listing) -> Option<Money> {
    let least = listing
        .variants
        .iter()
        .map(|variant| variant.price)
        .min_by_key(|price| price.amount);
    least.filter(|_| listing.status == ProductStatus::Active)
}

impl Wishes {
    #[must_use]
    pub fn new(db: Db, catalog: Arc<dyn Catalog>, identity: Arc<dyn Identity>) -> Self {
        Self {
            db,
            catalog,
            identity,
        }
    }

    pub async fn of_buyer(&self, buyer: UserId) -> Result<Wishlist, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let list = Wishlist {
            items: store::items(&mut tx, buyer).await?,
            shared: store::token(&mut tx, buyer).await?,
        };
        tx.commit().await?;
        Ok(list)
    }

    pub async fn wished(&self, buyer: UserId) -> Result<Vec<ProductId>, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let found = store::wished(&mut tx, buyer).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// Adds what is for sale, the last one on top, and answers how many were added. One product that is not for sale is
    /// refused; of several it is left out, and so is what a full list does not hold.
    pub async fn add(&self, ctx: &Ctx, buyer: UserId, products: Vec<ProductId>) -> Result<u32, Error> {
        let wanted: Vec<ProductId> = products.into_iter().take(ITEMS_MAX).collect();
        let listings = self.catalog.listings(ctx, wanted.clone()).await?;
        let prices: HashMap<ProductId, Money> = listings
            .iter()
            .filter_map(|listing| Some((listing.id, price(listing)?)))
            .collect();
        let mut wishes: Vec<(ProductId, Money)> = wanted
            .iter()
            .filter_map(|id| Some((*id, *prices.get(id)?)))
            .collect();
        if wishes.is_empty() {
            return Err(Error::NoProduct);
        }
        let mut tx = self.db.begin(Scope::System).await?;
        store::lock(&mut tx, buyer).await?;
        let there = store::wished(&mut tx, buyer).await?;
        wishes.retain(|(product, _)| !there.contains(product));
        let room = ITEMS_MAX.saturating_sub(there.len());
        if room == 0 && !wishes.is_empty() {
            return Err(Error::Full);
        }
        wishes.truncate(room);
        let added = store::add(&mut tx, buyer, &wishes, ctx.now).await?;
        tx.commit().await?;
        Ok(u32::try_from(added).unwrap_or(u32::MAX))
    }

    /// Takes products off, and answers how many of them were there.
    pub async fn remove(&self, buyer: UserId, products: &[ProductId]) -> Result<u32, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let removed = store::remove(&mut tx, buyer, products).await?;
        tx.commit().await?;
        Ok(u32::try_from(removed).unwrap_or(u32::MAX))
    }

    pub async fn share(&self, buyer: UserId, shared: bool) -> Result<Wishlist, Error> {
        let token = shared.then(secret::token);
        let mut tx = self.db.begin(Scope::System).await?;
        store::set_token(&mut tx, buyer, token.as_deref()).await?;
        tx.commit().await?;
        self.of_buyer(buyer).await
    }

    /// A list as others read it, with the first name of whose it is.
    pub async fn shared(&self, ctx: &Ctx, token: &str) -> Result<SharedWishlist, Error> {
        if token.len() > TOKEN_CHARS_MAX || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Error::NotShared);
        }
        let mut tx = self.db.begin(Scope::System).await?;
        let buyer = store::by_token(&mut tx, token).await?.ok_or(Error::NotShared)?;
        let items = store::items(&mut tx, buyer).await?;
        tx.commit().await?;
        let cards = self.identity.users(ctx, vec![buyer]).await?;
        let name = cards.first().map(|card| card.name.as_str()).unwrap_or_default();
        Ok(SharedWishlist {
            of: name.split_whitespace().next().unwrap_or_default().to_owned(),
            items,
        })
    }

    pub async fn view(&self, buyer: UserId, products: Vec<ProductId>) -> Result<(), Error> {
        // The last ones are the latest.
        let skipped = products.len().saturating_sub(VIEWED_MAX);
        let products: Vec<Uuid> = products.into_iter().skip(skipped).map(|id| id.0).collect();
        let mut tx = self.db.begin(Scope::System).await?;
        store::view(&mut tx, buyer, &products).await?;
        tx.commit().await?;
        Ok(())
    }

    pub async fn viewed(&self, buyer: UserId) -> Result<Viewed, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let viewed = Viewed {
            kept: store::keeps_viewed(&mut tx, buyer).await?,
            products: store::viewed(&mut tx, buyer).await?,
        };
        tx.commit().await?;
        Ok(viewed)
    }

    pub async fn clear_viewed(&self, buyer: UserId) -> Result<(), Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        store::clear_viewed(&mut tx, buyer).await?;
        tx.commit().await?;
        Ok(())
    }

    pub async fn keep_viewed(&self, buyer: UserId, kept: bool) -> Result<Viewed, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        store::set_keeps_viewed(&mut tx, buyer, kept).await?;
        if !kept {
            store::clear_viewed(&mut tx, buyer).await?;
        }
        tx.commit().await?;
        self.viewed(buyer).await
    }
}

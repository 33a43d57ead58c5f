//! Wish lists as others know them.

use crate::app::Wishes;
use contracts::wishlists::{SharedWishlist, Viewed, Wishlist, Wishlists};
use contracts::{Reply, reply};
use kernel::{Ctx, ProductId, UserId};

impl Wishlists for Wishes {
    fn of_buyer<'a>(&'a self, _ctx: &'a Ctx, buyer: UserId) -> Reply<'a, Wishlist> {
        reply(self.of_buyer(buyer))
    }

    fn wished<'a>(&'a self, _ctx: &'a Ctx, buyer: UserId) -> Reply<'a, Vec<ProductId>> {
        reply(self.wished(buyer))
    }

    fn add<'a>(&'a self, ctx: &'a Ctx, buyer: UserId, products: Vec<ProductId>) -> Reply<'a, u32> {
        reply(self.add(ctx, buyer, products))
    }

    fn remove<'a>(&'a self, _ctx: &'a Ctx, buyer: UserId, products: Vec<ProductId>) -> Reply<'a, u32> {
        reply(async move { self.remove(buyer, &products).await })
    }

    fn share<'a>(&'a self, _ctx: &'a Ctx, buyer: UserId, shared: bool) -> Reply<'a, Wishlist> {
        reply(self.share(buyer, shared))
    }

    fn shared<'a>(&'a self, ctx: &'a Ctx, token: String) -> Reply<'a, SharedWishlist> {
        reply(async move { self.shared(ctx, &token).await })
    }

    fn view<'a>(&'a self, _ctx: &'a Ctx, buyer: UserId, products: Vec<ProductId>) -> Reply<'a, ()> {
        reply(self.view(buyer, products))
    }

    fn viewed<'a>(&'a self, _ctx: &'a Ctx, buyer: UserId) -> Reply<'a, Viewed> {
        reply(self.viewed(buyer))
    }

    fn clear_viewed<'a>(&'a self, _ctx: &'a Ctx, buyer: UserId) -> Reply<'a, ()> {
        reply(self.clear_viewed(buyer))
    }

    fn keep_viewed<'a>(&'a self, _ctx: &'a Ctx, buyer: UserId, kept: bool) -> Reply<'a, Viewed> {
        reply(self.keep_viewed(buyer, kept))
    }
}

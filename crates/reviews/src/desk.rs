//! Reviews as others know them.

use crate::app::Ratings;
use contracts::reviews::{
    ModeratedReview, NewReview, OrderReviews, OwnReview, PastReview, ProductRating, ReportReason, Review,
    ReviewPage, ReviewQuery, ReviewStatus, ReviewText, Reviewable, Reviews, ShopRating, Verdict,
};
use contracts::{Reply, reply};
use kernel::{Ctx, Cursor, OrderId, Page, ProductId, ReviewId, TenantId, UserId};

impl Reviews for Ratings {
    fn ratings<'a>(&'a self, _ctx: &'a Ctx, products: Vec<ProductId>) -> Reply<'a, Vec<ProductRating>> {
        reply(self.ratings(products))
    }

    fn shop_ratings<'a>(&'a self, _ctx: &'a Ctx, shops: Vec<TenantId>) -> Reply<'a, Vec<ShopRating>> {
        reply(self.shop_ratings(shops))
    }

    fn of_product<'a>(
        &'a self,
        _ctx: &'a Ctx,
        product: ProductId,
        query: ReviewQuery,
    ) -> Reply<'a, ReviewPage> {
        reply(self.of_product(product, query))
    }

    fn of_shop<'a>(&'a self, _ctx: &'a Ctx, shop: TenantId, query: ReviewQuery) -> Reply<'a, ReviewPage> {
        reply(self.of_shop(shop, query))
    }

    fn of_order<'a>(&'a self, _ctx: &'a Ctx, buyer: UserId, order: OrderId) -> Reply<'a, OrderReviews> {
        reply(self.of_order(buyer, order))
    }

    fn of_buyer<'a>(
        &'a self,
        _ctx: &'a Ctx,
        buyer: UserId,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<OwnReview>> {
        reply(self.of_buyer(buyer, after, limit))
    }

    fn reviewable<'a>(&'a self, _ctx: &'a Ctx, buyer: UserId, limit: u16) -> Reply<'a, Vec<Reviewable>> {
        reply(self.reviewable(buyer, limit))
    }

    fn own<'a>(&'a self, _ctx: &'a Ctx, buyer: UserId, id: ReviewId) -> Reply<'a, OwnReview> {
        reply(self.own(buyer, id))
    }

    fn write<'a>(&'a self, ctx: &'a Ctx, buyer: UserId, new: NewReview) -> Reply<'a, OwnReview> {
        reply(self.write(ctx, buyer, new))
    }

    fn edit<'a>(
        &'a self,
        ctx: &'a Ctx,
        buyer: UserId,
        id: ReviewId,
        says: ReviewText,
    ) -> Reply<'a, OwnReview> {
        reply(self.edit(ctx, buyer, id, says))
    }

    fn delete<'a>(&'a self, ctx: &'a Ctx, buyer: UserId, id: ReviewId) -> Reply<'a, ()> {
        reply(self.delete(ctx, buyer, id))
    }

    fn vote<'a>(&'a self, ctx: &'a Ctx, buyer: UserId, id: ReviewId, helpful: bool) -> Reply<'a, u32> {
        reply(self.vote(ctx, buyer, id, helpful))
    }

    fn votes<'a>(&'a self, _ctx: &'a Ctx, buyer: UserId, ids: Vec<ReviewId>) -> Reply<'a, Vec<ReviewId>> {
        reply(self.votes(buyer, ids))
    }

    fn report<'a>(
        &'a self,
        ctx: &'a Ctx,
        buyer: UserId,
        id: ReviewId,
        reason: ReportReason,
        note: String,
    ) -> Reply<'a, ()> {
        reply(async move { self.report(ctx, buyer, id, reason, &note).await })
    }

    fn of_seller<'a>(
        &'a self,
        _ctx: &'a Ctx,
        shop: TenantId,
        unanswered: bool,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<Review>> {
        reply(self.of_seller(shop, unanswered, after, limit))
    }

    fn reply<'a>(&'a self, ctx: &'a Ctx, shop: TenantId, id: ReviewId, text: String) -> Reply<'a, Review> {
        reply(async move { self.reply(ctx, shop, id, &text).await })
    }

    fn queue<'a>(
        &'a self,
        _ctx: &'a Ctx,
        status: ReviewStatus,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<ModeratedReview>> {
        reply(self.queue(status, after, limit))
    }

    fn decide<'a>(
        &'a self,
        ctx: &'a Ctx,
        id: ReviewId,
        version: i32,
        verdict: Verdict,
    ) -> Reply<'a, ModeratedReview> {
        reply(self.decide(ctx, id, version, verdict))
    }

    fn write_past<'a>(&'a self, ctx: &'a Ctx, reviews: Vec<PastReview>) -> Reply<'a, u32> {
        reply(self.write_past(ctx, reviews))
    }
}

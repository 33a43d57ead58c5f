//! Promotions as the pages of shops and operators know them.

use crate::app::{Owner, Promotions};
use crate::domain::Benefit;
use crate::http::request::{PromotionEnd, Request};
use crate::store::PromotionRow;
use contracts::Reply;
use contracts::promotions::{NewOffer, Offer, PromotionCard, PromotionDesk};
use kernel::{Ctx, Cursor, Fault, Page, PageLimit, PromotionId, TenantId};

fn owner(shop: Option<TenantId>) -> Owner {
    shop.map_or(Owner::Marketplace, Owner::Shop)
}

fn offer(benefit: Benefit) -> Offer {
    match benefit {
        Benefit::Percent(rate) => Offer::Percent { basis_points: rate.0 },
        Benefit::Fixed(amount) => Offer::Fixed { amount },
        Benefit::BuyGet { buy, get, rate } => Offer::BuyGet {
            buy,
            get,
            basis_points: rate.0,
        },
        Benefit::FreeDelivery => Offer::FreeDelivery,
    }
}

fn card(row: PromotionRow) -> Result<PromotionCard, Fault> {
    let count = |n: i64| u64::try_from(n).unwrap_or(0);
    Ok(PromotionCard {
        currency: row.currency()?,
        id: row.id,
        name: row.name,
        code: row.code,
        offer: offer(row.benefit.0),
        category: row.category,
        products: row.products.len() as u64,
        least: row.least,
        most: row.most,
        budget: row.budget,
        uses_max: row.uses_max,
        uses_per_buyer: row.uses_per_buyer,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        uses: count(row.uses),
        spent: row.spent,
        ended_at: row.ended_at,
    })
}

impl PromotionDesk for Promotions {
    fn promotions<'a>(
        &'a self,
        ctx: &'a Ctx,
        shop: Option<TenantId>,
        live: bool,
        after: Option<Cursor>,
        limit: u16,
    ) -> Reply<'a, Page<PromotionCard>> {
        Box::pin(async move {
            let limit = PageLimit::new(limit).unwrap_or_default();
            let wrong = || {
                let detail = "Pass `next` of the page before, unchanged.";
                Fault::field("cursor_invalid", "after", detail)
            };
            let before = after.map(|cursor| cursor.0.parse().map_err(|_| wrong()));
            let live_at = live.then_some(ctx.now);
            let mut rows = self
                .list(owner(shop), live_at, before.transpose()?, limit.plus_one())
                .await?;
            let has_more = rows.len() > limit.get();
            rows.truncate(limit.get());
            let next = rows.last().filter(|_| has_more);
            let next = next.map(|row| Cursor(row.id.to_string()));
            let items = rows.into_iter().map(card).collect::<Result<_, _>>()?;
            Ok(Page { items, next })
        })
    }

    fn make<'a>(&'a self, ctx: &'a Ctx, shop: Option<TenantId>, new: NewOffer) -> Reply<'a, PromotionCard> {
        Box::pin(async move {
            let new = Request::from(new).read(ctx)?;
            card(Promotions::make(self, ctx, owner(shop), new).await?)
        })
    }

    fn end<'a>(
        &'a self,
        ctx: &'a Ctx,
        shop: Option<TenantId>,
        id: PromotionId,
        note: String,
    ) -> Reply<'a, PromotionCard> {
        Box::pin(async move {
            let note = PromotionEnd { note }.note()?;
            card(Promotions::end(self, ctx, owner(shop), id, &note).await?)
        })
    }
}

//! The catalogue as other contexts know it.

use super::{Products, Tree};
use crate::cache::CachedListing;
use contracts::catalog::{
    Catalog, Category, CategoryAttribute, CategoryDraft, CategorySchema, CodedSku, ItemOffer, Listing,
    NewPicture, Offer, OfferStanding, Picture, ProductAddress, ProductDraft, ProductPlace, UpsertCounts,
};
use contracts::{Blob, Reply};
use kernel::{Ctx, Fault, ImageId, ProductId, SkuId, TenantId};
use std::sync::Arc;

impl Catalog for Products {
    fn offers<'a>(&'a self, ctx: &'a Ctx, skus: Vec<SkuId>) -> Reply<'a, Vec<Offer>> {
        Box::pin(async move { Ok(self.offers_by_sku(ctx, &skus).await?) })
    }

    fn skus_by_code<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        codes: Vec<String>,
    ) -> Reply<'a, Vec<CodedSku>> {
        Box::pin(async move { Ok(self.own_skus_by_code(tenant, &codes).await?) })
    }

    fn listings<'a>(&'a self, ctx: &'a Ctx, ids: Vec<ProductId>) -> Reply<'a, Vec<Listing>> {
        Box::pin(async move {
            let listings = self.listings_by_id(ctx, &ids).await?;
            let listing = |cached: &Arc<CachedListing>| cached.listing().cloned();
            let listings: Result<_, _> = listings.iter().map(listing).collect();
            listings.map_err(super::read::unreadable).map_err(Fault::from)
        })
    }

    fn listings_now<'a>(&'a self, ctx: &'a Ctx, ids: Vec<ProductId>) -> Reply<'a, Vec<Listing>> {
        Box::pin(async move { Ok(self.listings_now(ctx, &ids).await?) })
    }

    fn categories<'a>(&'a self, ctx: &'a Ctx) -> Reply<'a, Vec<Category>> {
        Box::pin(async move { Ok(self.tree(ctx).await?.categories.clone()) })
    }

    fn categories_of<'a>(
        &'a self,
        _ctx: &'a Ctx,
        products: Vec<(TenantId, ProductId)>,
    ) -> Reply<'a, Vec<ProductPlace>> {
        contracts::reply(async move { self.places_of(&products).await })
    }

    fn categories_now<'a>(&'a self, ctx: &'a Ctx) -> Reply<'a, Vec<Category>> {
        Box::pin(async move { Ok(self.read_tree(ctx).await?.categories.clone()) })
    }

    fn category_attributes<'a>(&'a self, ctx: &'a Ctx, path: String) -> Reply<'a, Vec<CategoryAttribute>> {
        Box::pin(async move { Ok(self.tree(ctx).await?.schema_at(&path).to_vec()) })
    }

    fn item_offers<'a>(&'a self, ctx: &'a Ctx, product: ProductId) -> Reply<'a, Vec<ItemOffer>> {
        Box::pin(async move { Ok(self.offers_of_item(ctx, product).await?) })
    }

    fn items_of<'a>(&'a self, _ctx: &'a Ctx, products: Vec<ProductId>) -> Reply<'a, Vec<Vec<ProductId>>> {
        Box::pin(async move { Ok(self.members_of_items(&products).await?) })
    }

    fn rank_offers<'a>(
        &'a self,
        _ctx: &'a Ctx,
        items: Vec<Vec<OfferStanding>>,
    ) -> Reply<'a, Vec<Vec<ProductId>>> {
        Box::pin(async move { Ok(self.ranked(items)) })
    }

    fn schemas<'a>(&'a self, ctx: &'a Ctx) -> Reply<'a, Vec<CategorySchema>> {
        Box::pin(async move { Ok(told_schemas(&*self.tree(ctx).await?)) })
    }

    fn schemas_now<'a>(&'a self, ctx: &'a Ctx) -> Reply<'a, Vec<CategorySchema>> {
        Box::pin(async move { Ok(told_schemas(&*self.read_tree(ctx).await?)) })
    }

    fn newest<'a>(&'a self, ctx: &'a Ctx, tenant: Option<TenantId>, limit: u16) -> Reply<'a, Vec<Listing>> {
        Box::pin(async move { Ok(self.newest_listings(ctx, tenant, limit).await?) })
    }

    fn scan<'a>(&'a self, _ctx: &'a Ctx, after: Option<ProductId>, limit: u16) -> Reply<'a, Vec<ProductId>> {
        Box::pin(async move { Ok(self.scan_ids(after, limit).await?) })
    }

    fn scan_shop<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        after: Option<ProductId>,
        limit: u16,
    ) -> Reply<'a, Vec<ProductId>> {
        Box::pin(async move { Ok(self.scan_shop_ids(tenant, after, limit).await?) })
    }

    fn addresses<'a>(
        &'a self,
        _ctx: &'a Ctx,
        tenant: TenantId,
        after: Option<ProductId>,
        limit: u16,
    ) -> Reply<'a, Vec<ProductAddress>> {
        Box::pin(async move { Ok(self.addresses_of(tenant, after, limit).await?) })
    }

    fn upsert<'a>(
        &'a self,
        ctx: &'a Ctx,
        tenant: TenantId,
        drafts: Vec<ProductDraft>,
    ) -> Reply<'a, UpsertCounts> {
        Box::pin(async move { Ok(self.upsert_drafts(ctx, tenant, drafts).await?) })
    }

    fn upsert_categories<'a>(&'a self, ctx: &'a Ctx, categories: Vec<CategoryDraft>) -> Reply<'a, ()> {
        Box::pin(async move { Ok(self.put_categories(ctx, categories).await?) })
    }

    fn store_image<'a>(&'a self, ctx: &'a Ctx, bytes: Blob, alt: String) -> Reply<'a, Picture> {
        Box::pin(async move { Ok(self.keep_image(ctx, bytes.0, alt, self.accepted()).await?) })
    }

    fn store_images<'a>(&'a self, ctx: &'a Ctx, pictures: Vec<NewPicture>) -> Reply<'a, Vec<Picture>> {
        Box::pin(async move { Ok(self.keep_images(ctx, pictures, self.accepted()).await?) })
    }

    fn pictures<'a>(&'a self, _ctx: &'a Ctx, ids: Vec<ImageId>) -> Reply<'a, Vec<Picture>> {
        Box::pin(async move { Ok(self.stored_pictures(&ids).await?) })
    }
}

fn told_schemas(tree: &Tree) -> Vec<CategorySchema> {
    let told = tree
        .with_schemas()
        .filter(|(_, attributes)| !attributes.is_empty());
    let schema = |(category, attributes): (&Category, &[CategoryAttribute])| CategorySchema {
        path: category.path.clone(),
        attributes: attributes.to_vec(),
    };
    told.map(schema).collect()
}

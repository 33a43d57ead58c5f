//! Items: what several shops sell alike, and which of their offers is put first.

use super::Products;
use crate::cache::{CachedListing, Standing};
use crate::domain::Refusal;
use crate::domain::winning::rank;
use crate::error::Error;
use crate::store::items::{self, Named};
use ::store::{Scope, Tx, log};
use contracts::audit::{AuditSubject, Changed};
use contracts::catalog::{
    ItemChanged, ItemOffer, ItemProposal, Listing, OfferStanding, ProductStatus, Variant,
};
use contracts::tenants::{Shop, ShopStatus};
use kernel::{Ctx, Money, ProductId, TenantId};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What an offer says of its shop.
#[derive(Debug)]
pub struct ShopFace {
    name: String,
    slug: String,
    is_open: bool,
    /// The least that it asks for delivery.
    delivery_from: Option<Money>,
}

impl ShopFace {
    fn of(shop: Shop) -> Self {
        let rates = shop.delivery.iter().flat_map(|option| &option.rates);
        Self {
            delivery_from: rates
                .map(contracts::tenants::DeliveryRate::least)
                .min_by_key(|m| m.amount),
            name: shop.name,
            slug: shop.slug,
            is_open: shop.status == ShopStatus::Active,
        }
    }
}

/// A product that is an offer, taken apart.
struct Offered<'a> {
    listing: &'a Listing,
    face: &'a ShopFace,
    shown: &'a Variant,
    in_stock: bool,
}

impl<'a> Offered<'a> {
    /// By its cheapest variant that is in stock, or of all; none of what is not for sale.
    fn of(cached: &'a CachedListing, standing: &Standing, face: &'a ShopFace) -> Option<Self> {
        if cached.head.status != ProductStatus::Active || !face.is_open {
            return None;
        }
        let listing = cached.listing().ok()?;
        let is_there = |v: &&Variant| standing.in_stock.contains(&v.sku);
        let cheapest_there = listing
            .variants
            .iter()
            .filter(is_there)
            .min_by_key(|v| v.price.amount);
        let cheapest = || listing.variants.iter().min_by_key(|v| v.price.amount);
        Some(Self {
            in_stock: cheapest_there.is_some(),
            shown: cheapest_there.or_else(cheapest)?,
            listing,
            face,
        })
    }

    fn standing(&self) -> OfferStanding {
        OfferStanding {
            product: self.listing.id,
            tenant: self.listing.tenant,
            in_stock: self.in_stock,
            price: self.shown.price,
            delivery: self.face.delivery_from,
            since: self.listing.created_at,
        }
    }

    fn told(&self, wins: bool) -> ItemOffer {
        let listing = self.listing;
        ItemOffer {
            product: listing.id,
            slug: listing.slug.clone(),
            shop: listing.tenant,
            shop_name: self.face.name.clone(),
            shop_slug: self.face.slug.clone(),
            price: self.shown.price,
            price_from: listing
                .variants
                .iter()
                .any(|v| v.price.amount > self.shown.price.amount),
            delivery_from: self.face.delivery_from,
            in_stock: self.in_stock,
            sku: Some(self.shown.sku).filter(|_| listing.variants.len() == 1),
            wins,
        }
    }
}

impl Products {
    /// All shops' offers of the item that a product is an offer of, the winner first.
    pub(super) async fn offers_of_item(&self, ctx: &Ctx, id: ProductId) -> Result<Vec<ItemOffer>, Error> {
        let standing = self.standing(id).await?;
        match &*standing.others {
            [] => Ok(Vec::new()),
            others => self.ranked_offers(ctx, id, others).await,
        }
    }

    /// The offers of `id` and `others` that are for sale; nothing where there is only one. Each shop has one: its best.
    pub(super) async fn ranked_offers(
        &self,
        ctx: &Ctx,
        id: ProductId,
        others: &[ProductId],
    ) -> Result<Vec<ItemOffer>, Error> {
        let ids: Vec<ProductId> = std::iter::once(id).chain(others.iter().copied()).collect();
        let listings = self.listings_by_id(ctx, &ids).await?;
        let standings: HashMap<ProductId, Standing> = self.standings(&ids).await?.into_iter().collect();
        let shops = listings.iter().map(|cached| cached.head.tenant).collect();
        let faces = self.faces(ctx, shops).await?;
        let offered: HashMap<ProductId, Offered<'_>> = listings
            .iter()
            .filter_map(|cached| {
                let face = faces.get(&cached.head.tenant)?;
                Some((cached.id, Offered::of(cached, standings.get(&cached.id)?, face)?))
            })
            .collect();
        let mut candidates: Vec<OfferStanding> = offered.values().map(Offered::standing).collect();
        rank(self.settings.winning_rule, &mut candidates);
        // The product that is asked about stands for its own shop, wherever it comes among that shop's.
        let asked_shop = offered.get(&id).map(|own| own.listing.tenant);
        let mut shops = HashSet::new();
        candidates.retain(|c| match asked_shop == Some(c.tenant) {
            true => c.product == id,
            false => shops.insert(c.tenant),
        });
        if candidates.len() < 2 {
            return Ok(Vec::new());
        }
        let told = candidates.iter().enumerate();
        Ok(told
            .filter_map(|(place, c)| Some(offered.get(&c.product)?.told(place == 0)))
            .collect())
    }

    /// The products of each item that one of `ids` is an offer of, where it has several.
    pub(super) async fn members_of_items(&self, ids: &[ProductId]) -> Result<Vec<Vec<ProductId>>, Error> {
        Ok(items::members(self.db.pool(), ids).await?)
    }

    /// Each item's offers in the order of the marketplace's rule.
    pub(super) fn ranked(&self, items: Vec<Vec<OfferStanding>>) -> Vec<Vec<ProductId>> {
        let ranked = items.into_iter().map(|mut offers| {
            rank(self.settings.winning_rule, &mut offers);
            offers.iter().map(|offer| offer.product).collect()
        });
        ranked.collect()
    }

    /// Says that a product is the same thing as another, or as none.
    pub(crate) async fn match_by_hand(
        &self,
        ctx: &Ctx,
        product: ProductId,
        same_as: Option<ProductId>,
    ) -> Result<(), Error> {
        let same_as = same_as.filter(|other| *other != product);
        let mut tx = self.db.begin(Scope::System).await?;
        items::match_alone(&mut tx).await?;
        let before = items::members(&mut *tx, &[product]).await?;
        let owner = items::match_by_hand(&mut tx, &ctx.actor, ctx.now, product, same_as).await?;
        let owner = owner.ok_or(Error::NotFound("product"))?;
        items::settle(&mut tx, product).await?;
        // Those that it leaves; those that it joins are found by it.
        let others = others_of(product, before);
        let now = others_of(product, items::members(&mut *tx, &[product]).await?);
        let told = Changed::new("product.matched", AuditSubject::new("product", product, ""))
            .of(Some(owner))
            .before(json!({"same_as": others}))
            .after(json!({"same_as": now}));
        log::append(&mut tx, ctx, &ItemChanged { product, others }).await?;
        log::append(&mut tx, ctx, &told).await?;
        tx.commit().await?;
        log::wake();
        // Other processes find it out when what they remember of both has had its time.
        for id in std::iter::once(product).chain(same_as) {
            self.standing.invalidate(&id);
        }
        Ok(())
    }

    pub(crate) async fn proposals(&self) -> Result<Vec<ItemProposal>, Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let proposals = items::proposals(&mut tx, None).await?;
        tx.commit().await?;
        Ok(proposals)
    }

    /// What a shop proposes for one of its products.
    pub(crate) async fn proposal_of(
        &self,
        tenant: TenantId,
        product: ProductId,
    ) -> Result<Option<ItemProposal>, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let mut proposals = items::proposals(&mut tx, Some(product)).await?;
        tx.commit().await?;
        Ok(proposals.pop())
    }

    pub(crate) async fn refuse_proposal(&self, ctx: &Ctx, product: ProductId) -> Result<(), Error> {
        let mut tx = self.db.begin(Scope::System).await?;
        let before = items::proposals(&mut tx, Some(product)).await?.pop();
        if !items::settle(&mut tx, product).await? {
            return Err(Error::NotFound("proposal"));
        }
        let label = before.as_ref().map(|one| one.title.clone()).unwrap_or_default();
        let about = AuditSubject::new("product", product, label);
        let mut told = Changed::new("product.match_refused", about);
        // Gone with its product, nobody reads what it was any more.
        if let Some(before) = &before {
            told = told
                .of(Some(before.shop))
                .before(json!({"same_as": before.same_as, "title": before.same_as_title}));
        }
        log::append(&mut tx, ctx, &told).await?;
        tx.commit().await?;
        log::wake();
        Ok(())
    }

    pub(crate) async fn propose_item(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        product: ProductId,
        same_as: ProductId,
    ) -> Result<(), Error> {
        let found = self.listings_by_id(ctx, &[product, same_as]).await?;
        let own = found.iter().find(|c| c.id == product && c.head.tenant == tenant);
        let is_sold = |c: &&Arc<CachedListing>| c.id == same_as && c.head.status == ProductStatus::Active;
        let other = found.iter().find(is_sold);
        let (_, other) = own.zip(other).ok_or(Error::NotFound("product"))?;
        if other.head.tenant == tenant {
            let said =
                "Both are yours. Name another shop's product, or make one of these a variant of the other.";
            return Err(Refusal::new("same_as", "same_shop", said).into());
        }
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        items::propose(&mut tx, tenant, &ctx.actor, ctx.now, product, same_as).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes back what a shop proposes for one of its products. What is decided is none any more.
    pub(crate) async fn withdraw_proposal(&self, tenant: TenantId, product: ProductId) -> Result<(), Error> {
        // As the shop: another's proposals are not there for it.
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let was_there = items::settle(&mut tx, product).await?;
        tx.commit().await?;
        was_there.then_some(()).ok_or(Error::NotFound("proposal"))
    }

    async fn faces(
        &self,
        ctx: &Ctx,
        shops: HashSet<TenantId>,
    ) -> Result<HashMap<TenantId, Arc<ShopFace>>, Error> {
        let (mut faces, mut unknown) = (HashMap::new(), Vec::new());
        for shop in shops {
            match self.shop_faces.get(&shop) {
                Some(face) => {
                    faces.insert(shop, face);
                }
                None => unknown.push(shop),
            }
        }
        if unknown.is_empty() {
            return Ok(faces);
        }
        for shop in self.tenants.shops(ctx, unknown).await? {
            let id = shop.id;
            let face = Arc::new(ShopFace::of(shop));
            self.shop_faces.insert(id, Arc::clone(&face));
            faces.insert(id, face);
        }
        Ok(faces)
    }
}

/// The other products of the item that a product is an offer of.
fn others_of(product: ProductId, items: Vec<Vec<ProductId>>) -> Vec<ProductId> {
    let members = items.into_iter().flatten();
    members.filter(|other| *other != product).collect()
}

/// Matches products that were written with those of other shops that carry the same GTINs, in the transaction of the write.
pub(super) async fn join<'a>(
    tx: &mut Tx,
    ctx: &Ctx,
    tenant: TenantId,
    listings: impl Iterator<Item = &'a Listing>,
) -> Result<(), Error> {
    let (mut named, mut nameless): (Vec<Named>, Vec<ProductId>) = (Vec::new(), Vec::new());
    for listing in listings {
        let digits = listing.variants.iter().filter_map(|v| v.gtin.as_deref());
        let gtins: Vec<String> = digits.filter_map(contracts::catalog::gtin::of_fourteen).collect();
        match (gtins.is_empty(), listing.version) {
            (false, _) => named.push(Named {
                product: listing.id,
                gtins,
            }),
            // What is new was no offer of anything before.
            (true, 1) => {}
            (true, _) => nameless.push(listing.id),
        }
    }
    if !nameless.is_empty() {
        let left = items::part(tx, &nameless).await?;
        tell_left(tx, ctx, left).await?;
    }
    if named.is_empty() {
        return Ok(());
    }
    let mut known = items::of_gtins(tx, &named).await?;
    let new = items::fresh(&named, &known, ctx.now);
    if !new.is_empty() && items::name(tx, &new).await? < new.len() {
        // Another shop came first with some of them.
        known = items::of_gtins(tx, &named).await?;
    } else {
        known.extend(new);
    }
    let matched: Vec<(ProductId, ProductId)> = named
        .iter()
        .filter_map(|one| Some((one.product, items::item_of(one, &known)?)))
        .collect();
    let left = items::put(tx, tenant, ctx.now, &matched).await?;
    tell_left(tx, ctx, left).await
}

/// One product of each item that others have left stands for those that stay.
async fn tell_left(tx: &mut Tx, ctx: &Ctx, left: Vec<ProductId>) -> Result<(), Error> {
    let mut outbox = log::Outbox::new();
    for product in left {
        let others = Vec::new();
        let pushed = outbox.push(ctx, &ItemChanged { product, others });
        pushed.map_err(|error| Error::from(sqlx::Error::Encode(Box::new(error))))?;
    }
    Ok(outbox.append(tx).await?)
}

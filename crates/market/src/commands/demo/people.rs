//! Sellers with their shops, and buyers.

use super::PASSWORD;
use super::Stage;
use super::diary::Diary;
use crate::compose::Market;
use anyhow::anyhow;
use contracts::catalog::NewPicture;
use contracts::identity::UserCard;
use contracts::tenants::{ApplyForShop, DeliveryOption, DeliveryRate, Location, Zone};
use kernel::{Ctx, Currency, Money, TenantId, UserId};
use sampler::{DeliveryZone, EUROPE, Sampler, Seller};

/// A shop of the demo, opened.
pub struct Opened {
    pub seller: Seller,
    pub tenant: TenantId,
}

pub async fn open_shops(stage: &Stage<'_>, sampler: &Sampler, diary: &Diary) -> anyhow::Result<Vec<Opened>> {
    let sellers: Vec<Seller> = sampler.sellers().collect();
    let (market, ctx, all) = (stage.market, stage.ctx(), sellers.len());
    let cards = sellers.iter().map(|s| card(&ctx, &s.email, &s.owner)).collect();
    let owners = market
        .identity
        .register_many(&ctx, cards, PASSWORD.to_owned())
        .await?;
    let mut opened = Vec::with_capacity(all);
    for (n, (seller, owner)) in sellers.into_iter().zip(owners).enumerate() {
        stage.reach(diary.opening(n, all));
        let tenant = open(market, &stage.ctx(), &seller, owner).await?;
        opened.push(Opened { seller, tenant });
    }
    Ok(opened)
}

async fn open(market: &Market, ctx: &Ctx, seller: &Seller, owner: UserId) -> anyhow::Result<TenantId> {
    // A demo that was broken off goes on where it stopped.
    if let Some(shop) = market.tenants.shop_by_slug(ctx, seller.slug.clone()).await? {
        return Ok(shop.id);
    }
    let shop = market.tenants.apply(ctx, owner, application(seller)).await?;
    // At once, because only open shops are found by their slug when the demo goes on.
    market.tenants.approve(ctx, vec![shop.id]).await?;
    let pictures = vec![
        NewPicture {
            bytes: sampler::art::logo(&seller.art).into_bytes(),
            alt: seller.name.clone(),
        },
        NewPicture {
            bytes: sampler::art::banner(&seller.art).into_bytes(),
            alt: String::new(),
        },
    ];
    let stored = market.catalog.store_images(ctx, pictures).await?;
    let image = |at: usize| stored.get(at).map(|p| p.image);
    market
        .tenants
        .set_images(ctx, shop.id, image(0), image(1))
        .await?;
    Ok(shop.id)
}

fn application(seller: &Seller) -> ApplyForShop {
    ApplyForShop {
        name: seller.name.clone(),
        slug: Some(seller.slug.clone()),
        story: seller.story.clone(),
        currency: Currency::EUR,
        location: Location {
            country: seller.place.country.to_owned(),
            region: Some(seller.place.region.to_owned()).filter(|r| !r.is_empty()),
            postcode: seller.place.postcode.to_owned(),
            town: seller.place.town.to_owned(),
        },
        accent: Some(seller.accent.clone()),
        return_policy: seller.return_policy.to_owned(),
        return_days: seller.return_days,
        delivery: seller.delivery.iter().map(delivery).collect(),
    }
}

fn delivery(option: &sampler::DeliveryOption) -> DeliveryOption {
    let eur = |minor: i64| Money::new(minor, Currency::EUR);
    DeliveryOption {
        code: option.code.to_owned(),
        name: option.name.to_owned(),
        closed: Vec::new(),
        rates: option
            .rates
            .iter()
            .map(|rate| DeliveryRate {
                zone: zone(rate.zone),
                price: eur(rate.price_minor),
                per_kg: rate.per_kg_minor.map(eur),
                bands: Vec::new(),
                free_from: rate.free_from_minor.map(eur),
                days_min: rate.days_min,
                days_max: rate.days_max,
            })
            .collect(),
    }
}

fn zone(zone: DeliveryZone) -> Zone {
    match zone {
        DeliveryZone::SameRegion => Zone::SameRegion,
        DeliveryZone::SameCountry => Zone::SameCountry,
        DeliveryZone::Europe => Zone::Countries {
            codes: EUROPE.iter().map(|c| (*c).to_owned()).collect(),
        },
        DeliveryZone::World => Zone::World,
    }
}

/// A buyer of the demo, registered.
pub struct Registered {
    pub buyer: sampler::Buyer,
    pub user: UserId,
}

pub async fn register_buyers(stage: &Stage<'_>, sampler: &Sampler) -> anyhow::Result<Vec<Registered>> {
    let (buyers, ctx): (Vec<sampler::Buyer>, Ctx) = (sampler.buyers().collect(), stage.ctx());
    let cards = buyers.iter().map(|b| card(&ctx, &b.email, &b.name)).collect();
    let users = stage
        .market
        .identity
        .register_many(&ctx, cards, PASSWORD.to_owned())
        .await?;
    if users.len() != buyers.len() {
        return Err(anyhow!(
            "{} buyers were to be registered, {} were",
            buyers.len(),
            users.len()
        ));
    }
    Ok(buyers
        .into_iter()
        .zip(users)
        .map(|(buyer, user)| Registered { buyer, user })
        .collect())
}

fn card(ctx: &Ctx, email: &str, name: &str) -> UserCard {
    UserCard {
        id: UserId::new(ctx.now),
        email: email.to_owned(),
        name: name.to_owned(),
    }
}

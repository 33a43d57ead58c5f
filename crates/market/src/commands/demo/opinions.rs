//! Some of the demo's orders are sent and arrive, and their buyers say how it was: through the doors that sellers and buyers
//! use, reviews a batch at a time.

use super::people::Registered;
use super::sales::Bought;
use crate::compose::Market;
use contracts::orders::{AsOf, NewParcel, OrderStatus, Orders, SubOrder};
use contracts::reviews::{BATCH_MAX, NewReview, PastReview, ReviewText, Reviews};
use futures::{StreamExt, stream};
use kernel::{Clock, Ctx, Fault, ImageId, ParcelId, SystemClock};
use sampler::art::ArtSpec;
use sampler::{Sampler, Seller, Variant};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// One order in so many arrives: the others are there to be packed.
const ARRIVES_EVERY: u32 = 5;
/// Parcels on their way at once.
const AT_ONCE: usize = 8;
/// Reviews hear of what has arrived a moment later, and orders of what is paid.
const PAUSE: Duration = Duration::from_millis(100);
const TRIES: usize = 100;
const CARRIERS: [&str; 4] = ["Correos", "SEUR", "MRW", "DHL"];

/// A review, with what is on its photo: the code of the article that was bought, and in whose home it is.
struct Written {
    review: PastReview,
    photo: Option<(String, u32)>,
}

/// How many parts of orders arrived, and how many reviews were written.
pub async fn write(
    market: &Market,
    sampler: &Sampler,
    buyers: &[Registered],
    bought: &[Bought],
) -> anyhow::Result<(usize, u32)> {
    let arriving = bought.iter().filter(|one| one.index % ARRIVES_EVERY == 0);
    let arrived: Vec<(usize, Vec<Written>)> = stream::iter(arriving)
        .map(|one| async move {
            arrive(market, sampler, buyers, one)
                .await
                .unwrap_or_else(|fault| {
                    tracing::warn!(order = one.index, %fault, "an order of the demo did not arrive");
                    (0, Vec::new())
                })
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let parts = arrived.iter().map(|(parts, _)| parts).sum();
    let written = arrived.into_iter().flat_map(|(_, written)| written).collect();
    let reviews = with_photos(market, sampler, written).await?;
    let mut written = 0;
    for batch in reviews.chunks(BATCH_MAX) {
        written += written_of(market, batch).await?;
    }
    Ok((parts, written))
}

/// Sends and delivers every part of an order; what its buyer says of it.
async fn arrive(
    market: &Market,
    sampler: &Sampler,
    buyers: &[Registered],
    bought: &Bought,
) -> Result<(usize, Vec<Written>), Fault> {
    let orders = &market.books.orders;
    let ctx = || Ctx::system("demo", SystemClock.now());
    let mut order = Orders::order(orders, &ctx(), None, bought.order, AsOf::default()).await?;
    for _ in 0..TRIES {
        if order.status != OrderStatus::Placed {
            break;
        }
        tokio::time::sleep(PAUSE).await;
        order = Orders::order(orders, &ctx(), None, bought.order, AsOf::default()).await?;
    }
    let Some(buyer) = buyers.get(bought.buyer as usize) else {
        return Ok((0, Vec::new()));
    };
    let mut reviews = Vec::new();
    let mut reviewed = HashSet::new();
    let mut said = 0;
    for part in &order.sub_orders {
        send(orders, part, bought.index).await?;
        for line in &part.lines {
            said += 1;
            let Some(opinion) = sampler.opinion(&buyer.buyer, bought.index, said) else {
                continue;
            };
            if !reviewed.insert(line.product) {
                continue;
            }
            let photo = opinion.is_pictured.then(|| (line.code.clone(), bought.buyer));
            let review = PastReview {
                buyer: buyer.user,
                new: NewReview {
                    order: order.id,
                    product: line.product,
                    says: ReviewText {
                        stars: opinion.stars,
                        title: opinion.title,
                        text: opinion.text,
                        photos: Vec::new(),
                    },
                },
                at: SystemClock.now(),
                reply: opinion.reply,
            };
            reviews.push(Written { review, photo });
        }
    }
    Ok((order.sub_orders.len(), reviews))
}

/// Draws the photos, and puts them to their reviews.
async fn with_photos(
    market: &Market,
    sampler: &Sampler,
    mut written: Vec<Written>,
) -> anyhow::Result<Vec<PastReview>> {
    let mut wanted: HashMap<&str, Vec<u32>> = HashMap::new();
    for (code, home) in written.iter().filter_map(|one| one.photo.as_ref()) {
        wanted.entry(code).or_default().push(*home);
    }
    let sellers: Vec<Seller> = sampler.sellers().collect();
    let products = sellers.iter().flat_map(|seller| sampler.products_of(seller));
    let drawn: Vec<((String, u32), ArtSpec)> = products
        .flat_map(|product| {
            let shots = |variant: &Variant| {
                let homes = wanted.get(variant.sku.as_str()).into_iter().flatten();
                let shot = |home: &u32| ((variant.sku.clone(), *home), product.art.at_home_of(*home));
                homes.map(shot).collect::<Vec<_>>()
            };
            product.variants.iter().flat_map(shots).collect::<Vec<_>>()
        })
        .collect();
    let (shots, art): (Vec<(String, u32)>, Vec<ArtSpec>) = drawn.into_iter().unzip();
    let drawings = tokio::task::spawn_blocking(move || super::goods::draw(&art)).await?;
    let ctx = Ctx::system("demo", SystemClock.now());
    let stored = market.catalog.store_images(&ctx, drawings).await?;
    let photos: HashMap<(String, u32), ImageId> = shots
        .into_iter()
        .zip(stored.iter().map(|picture| picture.image))
        .collect();
    for one in &mut written {
        let photo = one.photo.as_ref().and_then(|shot| photos.get(shot));
        one.review.new.says.photos.extend(photo);
    }
    Ok(written.into_iter().map(|one| one.review).collect())
}

async fn send(orders: &orders::Orders, part: &SubOrder, index: u32) -> Result<(), Fault> {
    let ctx = || Ctx::system("demo", SystemClock.now());
    Orders::pack(orders, &ctx(), part.tenant, part.id).await?;
    let parcel = NewParcel {
        id: ParcelId::new(SystemClock.now()),
        lines: None,
        carrier: CARRIERS[index as usize % CARRIERS.len()].to_owned(),
        tracking: format!("PQ{index:07}ES"),
        exchange: None,
    };
    let id = parcel.id;
    Orders::ship(orders, &ctx(), part.tenant, part.id, parcel).await?;
    Orders::deliver(orders, &ctx(), part.tenant, part.id, id).await?;
    Ok(())
}

/// Writes a batch, again while reviews have not heard of all that arrived: what is written already is left out.
async fn written_of(market: &Market, batch: &[PastReview]) -> Result<u32, Fault> {
    let wanted = u32::try_from(batch.len()).unwrap_or(u32::MAX);
    let mut written = 0;
    for _ in 0..TRIES {
        let ctx = Ctx::system("demo", SystemClock.now());
        written += Reviews::write_past(&market.books.reviews, &ctx, batch.to_vec()).await?;
        if written >= wanted {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(written)
}

//! What buyers of the demo say of what arrived, and the photos they took of it.

use super::Stage;
use super::diary::Bought;
use super::people::Registered;
use contracts::orders::{Order, SubOrderStatus};
use contracts::reviews::{BATCH_MAX, NewReview, PastReview, ReviewText, Reviews};
use kernel::{Fault, Timestamp};
use sampler::art::ArtSpec;
use sampler::{Sampler, Seller, Variant};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// Who writes what they think: of three buyers of something, about one.
const SPEAKS_EVERY: u32 = 3;
/// Reviews hear of what has arrived a moment later.
const PAUSE: Duration = Duration::from_millis(40);
const TRIES: usize = 10;

/// A review, with what is on its photo: the code of the article that was bought, and in whose home it is.
pub struct Written {
    review: PastReview,
    photo: Option<(String, u32)>,
}

/// What the buyer of an order says of what has arrived of it.
pub fn of(
    sampler: &Sampler,
    buyer: &Registered,
    bought: Bought,
    order: &Order,
    at: Timestamp,
) -> Vec<Written> {
    if bought.index % SPEAKS_EVERY != 0 {
        return Vec::new();
    }
    let arrived = order
        .sub_orders
        .iter()
        .filter(|part| part.status == SubOrderStatus::Delivered);
    let lines = arrived.flat_map(|part| &part.lines);
    let mut reviewed = HashSet::new();
    let said = (1..).zip(lines).filter_map(|(number, line)| {
        let opinion = sampler.opinion(&buyer.buyer, bought.index, number)?;
        reviewed.insert(line.product).then(|| Written {
            photo: opinion.is_pictured.then(|| (line.code.clone(), bought.buyer)),
            review: PastReview {
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
                at,
                reply: opinion.reply,
            },
        })
    });
    said.collect()
}

/// What can be on photos: the articles of the demo, by their codes.
pub struct Album(HashMap<String, ArtSpec>);

impl Album {
    pub fn of(sampler: &Sampler) -> Self {
        let sellers: Vec<Seller> = sampler.sellers().collect();
        let products = sellers.iter().flat_map(|seller| sampler.products_of(seller));
        let shots = products.flat_map(|product| {
            let shot = |variant: &Variant| (variant.sku.clone(), product.art.clone());
            product.variants.iter().map(shot).collect::<Vec<_>>()
        });
        Self(shots.collect())
    }

    /// Draws the photos, and puts them to their reviews.
    async fn put(&self, stage: &Stage<'_>, written: Vec<Written>) -> anyhow::Result<Vec<PastReview>> {
        let shot = |one: &Written| {
            let (code, home) = one.photo.as_ref()?;
            Some(self.0.get(code)?.at_home_of(*home))
        };
        let shots: Vec<Option<ArtSpec>> = written.iter().map(shot).collect();
        let art: Vec<ArtSpec> = shots.iter().flatten().cloned().collect();
        let drawings = tokio::task::spawn_blocking(move || super::goods::draw(&art)).await?;
        let stored = stage.market.catalog.store_images(&stage.ctx(), drawings).await?;
        let mut photos = stored.iter().map(|picture| picture.image);
        let reviews = written.into_iter().zip(shots).map(|(one, shot)| {
            let mut review = one.review;
            review.new.says.photos.extend(shot.and_then(|_| photos.next()));
            review
        });
        Ok(reviews.collect())
    }
}

/// Writes them, a batch at a time; how many.
pub async fn write(stage: &Stage<'_>, album: &Album, written: Vec<Written>) -> anyhow::Result<u32> {
    let mut count = 0;
    for batch in album.put(stage, written).await?.chunks(BATCH_MAX) {
        count += written_of(stage, batch).await?;
    }
    Ok(count)
}

/// Writes a batch, again while reviews have not heard of all that arrived: what is written already is left out.
async fn written_of(stage: &Stage<'_>, batch: &[PastReview]) -> Result<u32, Fault> {
    let wanted = u32::try_from(batch.len()).unwrap_or(u32::MAX);
    let mut written = 0;
    for _ in 0..TRIES {
        written += Reviews::write_past(&stage.market.books.reviews, &stage.ctx(), batch.to_vec()).await?;
        if written >= wanted {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(written)
}

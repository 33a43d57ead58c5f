//! Prices over time: what buyers are asked from when on, and who is told when a sale begins or ends.

use super::Products;
use crate::error::Error;
use crate::store::{price, product};
use ::store::jobs::{Job, Queue};
use ::store::log::{self, Outbox};
use ::store::{Scope, Tx};
use contracts::catalog::price::{asked, lowest_before, to_come};
use contracts::catalog::{Listing, PricePoint, ProductStatus, Variant};
use kernel::{Ctx, DateTime, Money, ProductId, SkuId, TenantId, Timestamp};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const DUE: Queue = Queue::new("catalog.sales");
/// Prices of one variant that one answer tells, the latest.
const POINTS_MAX: i64 = 200;

#[derive(Debug, Serialize, Deserialize)]
struct Due {
    tenant: TenantId,
}

/// What one variant cost, costs and is to cost.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct PriceHistory {
    pub sku: SkuId,
    /// The seller's own article number.
    pub code: String,
    /// What one unit costs now.
    pub price: Money,
    /// The lowest price of the thirty days before the present one began; absent where it is the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lowest_30_days: Option<Money>,
    /// From when on which price was asked, in order of time.
    pub past: Vec<PricePoint>,
    /// What is to be asked if nobody changes anything.
    pub to_come: Vec<PricePoint>,
}

/// Tells the log of sales that begin and end, until `stop`.
pub async fn work(products: &Products, stop: &CancellationToken) {
    let clock = Arc::clone(&products.clock);
    DUE.work(&products.db, stop.clone(), clock, |job: &Job| {
        let products = products.clone();
        Box::pin(async move { products.tell_due(job).await })
    })
    .await;
}

/// Keeps what buyers are asked for these listings from `now` on, in the transaction that shows them; the shop is locked.
/// Listings whose prices are not the same for ever leave with what tells their lowest price later.
pub async fn record(
    tx: &mut Tx,
    tenant: TenantId,
    now: Timestamp,
    listings: &mut [Cow<'_, Listing>],
) -> Result<(), Error> {
    let for_sale = |listing: &&Cow<'_, Listing>| listing.status == ProductStatus::Active;
    // Of a first version nothing can be known yet.
    let known = listings
        .iter()
        .filter(for_sale)
        .filter(|listing| listing.version > 1);
    let known: Vec<Uuid> = known.flat_map(|l| l.variants.iter().map(|v| v.sku.0)).collect();
    let mut past = match &known[..] {
        [] => HashMap::new(),
        skus => price::forget_planned(tx, tenant, skus, now).await?,
    };
    let (mut new, mut due) = (Vec::new(), BTreeSet::new());
    for listing in listings.iter_mut().filter(|l| l.status == ProductStatus::Active) {
        let mut kept = Vec::new();
        for variant in &listing.variants {
            let past = past.remove(&variant.sku).unwrap_or_default();
            let (points, added) = continued(past, variant, now);
            let added = &points[added..];
            new.extend(added.iter().map(|point| (variant.sku, *point)));
            let later = added.iter().filter(|point| point.at > now);
            due.extend(later.map(|point| (point.at, listing.id)));
            if points.len() > 1 || variant.sale.is_some() {
                kept.push((variant.sku, points));
            }
        }
        if !kept.is_empty() {
            listing.to_mut().price_points = kept.into_iter().collect();
        }
    }
    price::put(tx, tenant, &new).await?;
    price::note_due(tx, tenant, &due).await?;
    let moments: BTreeSet<DateTime> = due.iter().map(|(at, _)| *at).collect();
    for at in moments {
        let key = format!("{tenant} {}", at.timestamp_micros());
        DUE.enqueue_once(tx, &key, &Due { tenant }, at).await?;
    }
    Ok(())
}

/// The prices of the past and those from `now` on, and how many of them were kept before.
fn continued(mut past: Vec<PricePoint>, variant: &Variant, now: Timestamp) -> (Vec<PricePoint>, usize) {
    let mut coming = to_come(variant.price, variant.sale.as_ref(), now);
    if past.last().map(|last| last.price) == coming.first().map(|first| first.price) {
        coming.remove(0);
    }
    let known = past.len();
    past.append(&mut coming);
    (past, known)
}

impl Products {
    async fn tell_due(&self, job: &Job) -> Result<(), Error> {
        let Due { tenant } = job.read().map_err(|e| Error::Unreadable("job", e))?;
        let ctx = Ctx::system(DUE.name, self.clock.now());
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let changed = price::take_due(&mut tx, tenant, ctx.now).await?;
        let mut outbox = Outbox::new();
        for event in &changed {
            outbox
                .push(&ctx, event)
                .map_err(|e| Error::Unreadable("event", e))?;
        }
        outbox.append(&mut tx).await?;
        tx.commit().await?;
        log::wake();
        Ok(())
    }

    /// What a product's variants cost over time.
    pub async fn price_history(
        &self,
        ctx: &Ctx,
        tenant: TenantId,
        id: ProductId,
    ) -> Result<Vec<PriceHistory>, Error> {
        let mut tx = self.db.begin(Scope::Tenant(tenant)).await?;
        let own = product::own(&mut tx, tenant, id)
            .await?
            .ok_or(Error::NotFound("product"))?;
        let skus: Vec<Uuid> = own.listing.variants.iter().map(|v| v.sku.0).collect();
        let mut points = price::history(&mut tx, tenant, &skus, POINTS_MAX).await?;
        tx.commit().await?;
        let told = |variant: Variant| {
            let points = points.remove(&variant.sku).unwrap_or_default();
            let (past, to_come): (Vec<_>, Vec<_>) = points.iter().partition(|point| point.at <= ctx.now);
            let written = asked(variant.price, variant.sale.as_ref(), ctx.now);
            PriceHistory {
                sku: variant.sku,
                code: variant.code,
                price: past.last().map_or(written, |last: &PricePoint| last.price),
                lowest_30_days: lowest_before(&points, ctx.now),
                past,
                to_come,
            }
        };
        Ok(own.listing.variants.into_iter().map(told).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::catalog::Sale;
    use kernel::Currency;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_timestamp(1_790_000_000 + hour * 3_600, 0).expect("in range")
    }

    fn point(hour: i64, amount: i64) -> PricePoint {
        PricePoint {
            at: at(hour),
            price: Money::new(amount, Currency::EUR),
        }
    }

    fn variant(amount: i64, sale: Option<(i64, i64, i64)>) -> Variant {
        Variant {
            sku: SkuId(Uuid::nil()),
            code: "B".to_owned(),
            options: vec![],
            price: Money::new(amount, Currency::EUR),
            compare_at: None,
            lowest_30_days: None,
            sale: sale.map(|(amount, from, until)| Sale {
                price: Money::new(amount, Currency::EUR),
                from: Some(at(from)),
                until: Some(at(until)),
            }),
            breaks: vec![],
            dimensions: None,
            weight_g: 0,
            gtin: None,
        }
    }

    #[test]
    fn what_was_goes_on_with_what_comes() {
        let told = |past: &[PricePoint], variant, now| continued(past.to_vec(), &variant, at(now));
        let first = point(0, 100);
        assert_eq!(told(&[], variant(100, None), 0), (vec![first], 0));
        // The same price again is no change.
        assert_eq!(told(&[first], variant(100, None), 5), (vec![first], 1));
        assert_eq!(
            told(&[first], variant(90, None), 5),
            (vec![first, point(5, 90)], 1)
        );
        // A sale to come, one that is on, and one that is over.
        let sale = Some((70, 10, 20));
        let (begins, ends) = (point(10, 70), point(20, 100));
        assert_eq!(
            told(&[first], variant(100, sale), 5),
            (vec![first, begins, ends], 1)
        );
        assert_eq!(
            told(&[first, begins], variant(100, sale), 15),
            (vec![first, begins, ends], 2)
        );
        assert_eq!(
            told(&[first, begins, ends], variant(100, sale), 25),
            (vec![first, begins, ends], 3)
        );
    }
}

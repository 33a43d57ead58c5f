//! Sales and prices for many of the demo.

use contracts::catalog::{DraftSale, ProductDraft, QuantityBreak, Sale};
use kernel::{Currency, Money, Timestamp};
use sampler::{Product, Variant};
use std::time::Duration;

/// How long the demo's sales last.
const SALE: Duration = Duration::from_secs(21 * 24 * 60 * 60);
/// What there is so much of is cheaper in numbers.
const MANY_UNITS: i64 = 24;
/// And so is only what costs little.
const LITTLE_MINOR: i64 = 3_000;
/// Units, and percent of the price.
const STEPS: [(u32, i64); 2] = [(3, 95), (6, 90)];

/// Those of `drafts` whose products the sampler reduces, on sale.
pub fn reduced(products: &[Product], drafts: &[ProductDraft], now: Timestamp) -> Vec<ProductDraft> {
    let reduced = |(product, draft): (&Product, &ProductDraft)| {
        let is_reduced = |variant: &Variant| variant.compare_at_minor.is_some();
        if !product.variants.iter().any(is_reduced) {
            return None;
        }
        let mut draft = draft.clone();
        for (variant, sampled) in draft.variants.iter_mut().zip(&product.variants) {
            if is_reduced(sampled) {
                variant.sale = DraftSale::Is(Sale {
                    price: Money::new(sampled.price_minor, Currency::EUR),
                    from: None,
                    until: Some(now + SALE),
                });
            }
        }
        Some(draft)
    };
    products.iter().zip(drafts).filter_map(reduced).collect()
}

/// What many of a variant cost, each.
pub fn breaks(variant: &Variant) -> Vec<QuantityBreak> {
    if variant.stock < MANY_UNITS || variant.price_minor > LITTLE_MINOR || variant.compare_at_minor.is_some()
    {
        return Vec::new();
    }
    let step = |(from_quantity, percent): (u32, i64)| QuantityBreak {
        from_quantity,
        price: Money::new(variant.price_minor * percent / 100, Currency::EUR),
    };
    STEPS.map(step).to_vec()
}

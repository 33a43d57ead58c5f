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

/// Whether the sampler reduces something of it.
pub fn is_reduced(product: &Product) -> bool {
    product.variants.iter().any(is_dearer)
}

fn is_dearer(variant: &Variant) -> bool {
    variant.compare_at_minor.is_some()
}

/// The drafts of reduced products, on sale.
pub fn reduced(products: &[Product], mut drafts: Vec<ProductDraft>, now: Timestamp) -> Vec<ProductDraft> {
    for (product, draft) in products.iter().zip(&mut drafts) {
        // What was sold since stays sold.
        draft.variants.iter_mut().for_each(|variant| variant.stock = None);
        let variants = draft.variants.iter_mut().zip(&product.variants);
        for (variant, sampled) in variants.filter(|(_, sampled)| is_dearer(sampled)) {
            variant.sale = DraftSale::Is(Sale {
                price: Money::new(sampled.price_minor, Currency::EUR),
                from: None,
                until: Some(now + SALE),
            });
        }
    }
    drafts
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

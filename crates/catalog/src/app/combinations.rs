//! Combinations of a product that another file lists: what each asks and weighs beyond the product.
//!
//! What the product itself asks is kept by the variant without options that its own file made. Combinations take that variant out of
//! sale and not out of the table, so that the same two files come to the same prices whenever they are read.

use super::carry::as_it_is;
use crate::domain::change::Content;
use crate::domain::limits::{PRICE_MINOR_MAX, WEIGHT_G_MAX};
use crate::domain::slug::slug;
use crate::domain::{ParsedDraft, Refusal, slug_of};
use crate::store::upsert::ExistingVariant;
use kernel::Money;

/// What the product sells, or sold, by itself: the latest of them.
fn base<'v>(of_product: &[&'v ExistingVariant]) -> Option<&'v ExistingVariant> {
    of_product
        .iter()
        .filter(|v| v.kept.options.is_empty())
        .max_by_key(|v| (!v.removed, v.kept.sku))
        .copied()
}

/// Works out what the combinations of a draft ask, from the product that is there. Without one the draft is left as it is.
pub fn stand_beside(draft: &mut ParsedDraft, content: &Content, of_product: &[&ExistingVariant]) {
    let Some(base) = base(of_product).map(|base| &base.kept) else {
        return;
    };
    let Some(surcharges) = draft.surcharges.take() else {
        return;
    };
    draft.title.clone_from(&content.title);
    draft.slug = slug_of(&content.title, &draft.key);
    for (variant, surcharge) in draft.variants.iter_mut().zip(surcharges) {
        let amount = base.price.amount.saturating_add(surcharge.minor);
        variant.price = Money::new(amount, base.price.currency);
        let grams = i64::from(base.weight_g).saturating_add(surcharge.grams);
        variant.weight_g = u32::try_from(grams.max(0))
            .unwrap_or(WEIGHT_G_MAX)
            .min(WEIGHT_G_MAX);
        if variant.code == base.code {
            let code = std::mem::take(&mut variant.code);
            let add =
                |code, option: &contracts::catalog::OptionValue| format!("{code}-{}", slug(&option.value));
            variant.code = variant.options.iter().fold(code, add);
        }
    }
}

/// A product's own row that asks what it asked leaves its combinations as they are.
pub fn keep(draft: &mut ParsedDraft, of_product: &[&ExistingVariant]) {
    let sold: Vec<&ExistingVariant> = of_product.iter().filter(|v| !v.removed).copied().collect();
    let are_combinations = !sold.is_empty() && sold.iter().all(|v| !v.kept.options.is_empty());
    let [row] = draft.variants.as_slice() else { return };
    let asks_the_same = base(of_product).is_some_and(|base| {
        (base.kept.price, base.kept.weight_g) == (row.price, row.weight_g) && row.options.is_empty()
    });
    if are_combinations && asks_the_same {
        draft.variants = sold.iter().map(|v| as_it_is(&v.kept)).collect();
    }
}

/// Why combinations cannot be sold: their product is not there, or asks nothing by itself.
pub fn check(draft: &ParsedDraft, is_there: bool) -> Result<(), Refusal> {
    if draft.surcharges.is_some() {
        return Err(match is_there {
            false => Refusal::new(
                "key",
                "product_unknown",
                format!(
                    "There is no product with the ID `{}`. Upload the file of products first, and this one after it.",
                    draft.key
                ),
            ),
            true => Refusal::new(
                "price",
                "product_without_price",
                "The product of these combinations has no price of its own that they could add to. Upload the file of products again, and this one after it.",
            ),
        });
    }
    let wrong =
        |variant: &crate::domain::ParsedVariant| !(0..=PRICE_MINOR_MAX).contains(&variant.price.amount);
    match draft.variants.iter().position(wrong) {
        Some(i) => Err(Refusal::new(
            format!("variants/{i}/price"),
            "price_out_of_range",
            format!(
                "`{}` takes more off than its product asks. A price must not be negative nor absurd.",
                draft.variants[i].code
            ),
        )),
        None => Ok(()),
    }
}

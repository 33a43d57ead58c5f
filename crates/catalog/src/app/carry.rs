//! What a file is silent about is carried over from the product that is there.

use super::{Tree, combinations};
use crate::domain::category::CategoryPath;
use crate::domain::change::{Content, KeptVariant};
use crate::domain::limits::{IMAGES_MAX, VARIANTS_MAX};
use crate::domain::said::{Part, Said};
use crate::domain::{ParsedDraft, ParsedVariant, description};
use crate::store::upsert::{Existing, ExistingVariant};
use contracts::catalog::{DraftSale, Picture};
use kernel::{ImageId, ProductId};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// What is there of the products at hand.
pub struct There<'a> {
    pub tree: &'a Tree,
    pub existing: &'a HashMap<String, Existing>,
    pub contents: &'a HashMap<ProductId, Content>,
    pub variants: &'a [ExistingVariant],
    /// Pictures that addresses brought, by the product's key and the address.
    pub fetched: &'a HashMap<(String, String), Picture>,
}

/// Whether the product has pictures that the draft does not show.
#[must_use]
pub fn lacks_pictures(draft: &ParsedDraft, content: &Content) -> bool {
    let shows = |picture: &Picture| draft.images.iter().any(|shown| shown.image == picture.image);
    draft.said.is_some() && !content.images.iter().all(shows)
}

/// Completes the drafts of files from what is there.
pub fn carry_over<'d>(mut drafts: Cow<'d, [ParsedDraft]>, there: &There<'_>) -> Cow<'d, [ParsedDraft]> {
    for i in 0..drafts.len() {
        let draft = &drafts[i];
        let content = there
            .existing
            .get(&draft.key)
            .and_then(|product| Some((product.id, there.contents.get(&product.id)?)));
        let (Some(said), Some((id, content))) = (draft.said.clone(), content) else {
            continue;
        };
        if *said == Said::Everything && !draft.lacks_rows && !lacks_pictures(draft, content) {
            continue;
        }
        let draft = &mut drafts.to_mut()[i];
        carry_texts(draft, &said, content, there.tree);
        carry_pictures(draft, &said, content, there.fetched);
        let of_product: Vec<&ExistingVariant> = there.variants.iter().filter(|v| v.product == id).collect();
        let mut kept: Vec<&KeptVariant> = of_product
            .iter()
            .filter(|v| !v.removed)
            .map(|v| &v.kept)
            .collect();
        match *said {
            Said::Combinations(_) => {
                combinations::stand_beside(draft, content, &of_product);
                kept.retain(|variant| !variant.options.is_empty());
            }
            Said::AllButCombinations => combinations::keep(draft, &of_product),
            Said::Everything | Said::Only(_) => {}
        }
        carry_variants(draft, &said, &kept);
    }
    drafts
}

fn carry_texts(draft: &mut ParsedDraft, said: &Said, content: &Content, tree: &Tree) {
    if !said.says(&Part::Description) {
        draft.description.clone_from(&content.description);
        draft.description_html = description::html(&content.description);
    }
    if !said.says(&Part::Brand) {
        draft.brand.clone_from(&content.brand);
    }
    if !said.says(&Part::Category) {
        let category = content.category.and_then(|id| tree.by_id(id));
        draft.category = category.and_then(|c| CategoryPath::parse(&c.path));
    }
    if !said.says(&Part::Tags) {
        draft.tags.clone_from(&content.tags);
    }
    if !said.says(&Part::Status) {
        draft.status = None;
    }
    for (key, value) in &content.attributes {
        if !said.says_attribute(key) {
            draft
                .attributes
                .entry(key.clone())
                .or_insert_with(|| value.clone());
        }
    }
}

/// A file names pictures by address. Those that the seller chose by hand stay in front of them.
fn carry_pictures(
    draft: &mut ParsedDraft,
    said: &Said,
    content: &Content,
    fetched: &HashMap<(String, String), Picture>,
) {
    if !said.says(&Part::Images) {
        draft.images.clone_from(&content.images);
        draft.image_addresses.clone_from(&content.image_addresses);
        return;
    }
    let of_addresses: HashSet<ImageId> = fetched
        .iter()
        .filter(|((key, _), _)| *key == draft.key)
        .map(|(_, picture)| picture.image)
        .collect();
    let by_hand = |picture: &&Picture| !of_addresses.contains(&picture.image);
    let mut images: Vec<Picture> = content.images.iter().filter(by_hand).cloned().collect();
    let named = draft.images.drain(..);
    images.extend(named.filter(|picture| of_addresses.contains(&picture.image)));
    images.truncate(IMAGES_MAX);
    draft.images = images;
}

fn carry_variants(draft: &mut ParsedDraft, said: &Said, kept: &[&KeptVariant]) {
    for variant in &mut draft.variants {
        let Some(kept) = kept.iter().find(|kept| kept.code == variant.code) else {
            continue;
        };
        if !said.says(&Part::Options) {
            variant.options.clone_from(&kept.options);
        }
        if !said.says(&Part::CompareAt) {
            // What is not higher than the price of now is no price to compare with.
            variant.compare_at = kept
                .compare_at
                .filter(|c| c.currency == variant.price.currency && c.amount > variant.price.amount);
        }
        if !said.says(&Part::Sale) {
            variant.sale = DraftSale::Kept;
        }
        if !said.says(&Part::Dimensions) {
            variant.dimensions = kept.dimensions;
        }
        if !said.says(&Part::Weight) {
            variant.weight_g = kept.weight_g;
        }
        if !said.says(&Part::Gtin) {
            variant.gtin.clone_from(&kept.gtin);
        }
    }
    if !draft.lacks_rows {
        return;
    }
    for kept in kept {
        if draft.variants.len() < VARIANTS_MAX && draft.variants.iter().all(|v| v.code != kept.code) {
            draft.variants.push(as_it_is(kept));
        }
    }
}

/// A variant that stays as it is.
pub(super) fn as_it_is(kept: &KeptVariant) -> ParsedVariant {
    ParsedVariant {
        code: kept.code.clone(),
        options: kept.options.clone(),
        price: kept.price,
        compare_at: kept.compare_at,
        sale: kept.sale.clone().into(),
        breaks: Some(kept.breaks.clone()),
        dimensions: kept.dimensions,
        weight_g: kept.weight_g,
        gtin: kept.gtin.clone(),
        stock: None,
    }
}

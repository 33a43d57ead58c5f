//! What channels are told of one variant.

use super::Wanted;
use crate::i18n::Locale;
use crate::markup::Markup;
use crate::web::cards;
use contracts::catalog::{CategoryRef, Listing, Variant};
use contracts::tenants::{DeliveryRate, Shop as Seller, Zone};
use kernel::Money;
use std::collections::HashMap;

const TITLE_CHARS_MAX: usize = 150;
const DESCRIPTION_CHARS_MAX: usize = 5_000;
const GRAMS_PER_KG: u32 = 1_000;

/// One variant, as channels want to know it.
pub(super) struct Goods {
    pub id: String,
    /// The product, where it has several variants.
    pub group: String,
    pub title: String,
    pub description: String,
    pub link: String,
    pub image: String,
    pub price: Money,
    pub sale_price: Option<Money>,
    pub brand: String,
    pub gtin: String,
    pub kind: String,
    pub weight_g: u32,
    /// Country, way and price, where one is known for the whole of the shop's country.
    pub delivery: Option<(String, String, Money)>,
}

/// What categories are called, by their paths.
pub(super) type Names = HashMap<String, String>;

/// None of what a channel would not take: goods without a picture, or without words in the wanted language.
pub(super) fn goods(
    origin: &str,
    names: &Names,
    listing: &Listing,
    variant: &Variant,
    seller: &Seller,
    wanted: Wanted,
) -> Option<Goods> {
    let image = listing.images.first()?;
    if wanted
        .currency
        .is_some_and(|currency| currency != variant.price.currency)
    {
        return None;
    }
    let (title, description) = words(listing, wanted.locale)?;
    let options = cards::options(&variant.options);
    let title = match options.is_empty() {
        true => title.to_owned(),
        false => format!("{title}, {options}"),
    };
    let mut link = format!("{origin}{}", cards::product_href(&listing.slug, listing.id));
    if let Some(locale) = wanted.locale {
        link.push_str(&format!("?lang={}", locale.code()));
    }
    let before = variant
        .compare_at
        .filter(|before| before.amount > variant.price.amount);
    Some(Goods {
        id: variant.sku.to_string(),
        group: match listing.variants.len() {
            0 | 1 => String::new(),
            _ => listing.id.to_string(),
        },
        title: title.chars().take(TITLE_CHARS_MAX).collect(),
        description: plain(description),
        link,
        image: match image.url.starts_with('/') {
            true => format!("{origin}{}", image.url),
            false => image.url.clone(),
        },
        price: before.unwrap_or(variant.price),
        sale_price: before.map(|_| variant.price),
        brand: match listing.brand.is_empty() {
            true => seller.name.clone(),
            false => listing.brand.clone(),
        },
        gtin: variant.gtin.clone().unwrap_or_default(),
        kind: listing
            .category
            .as_ref()
            .map(|category| kind(names, category))
            .unwrap_or_default(),
        weight_g: variant.weight_g,
        delivery: match listing.digital {
            Some(_) => None,
            None => delivery(seller, variant),
        },
    })
}

/// Title and description; a description that is not translated is the product's own.
fn words(listing: &Listing, locale: Option<Locale>) -> Option<(&str, &str)> {
    let own = (listing.title.as_str(), listing.description_html.as_str());
    let Some(locale) = locale else {
        return Some(own);
    };
    let is_in = |tag: &str| tag.split('-').next() == Some(locale.code());
    if listing.language.as_deref().is_none_or(is_in) {
        return Some(own);
    }
    let (_, found) = listing.translations.iter().find(|(tag, _)| is_in(tag))?;
    let description = match found.description_html.is_empty() {
        true => own.1,
        false => found.description_html.as_str(),
    };
    Some((found.title.as_str(), description))
}

/// The names of a category and of all above it. One that was removed has its own name still, and those above it their slugs.
fn kind(names: &Names, category: &CategoryRef) -> String {
    let path = category.path.as_str();
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    let said: Vec<&str> = ends
        .map(|end| {
            let above = path.get(..end).unwrap_or(path);
            match names.get(above) {
                Some(name) => name.as_str(),
                None if above == path => category.name.as_str(),
                None => above.rsplit('/').next().unwrap_or(above),
            }
        })
        .collect();
    said.join(" > ")
}

/// The words alone: signs that stand for others in HTML are those others.
pub(super) fn plain(html: &str) -> String {
    let text = Markup::plain(html, DESCRIPTION_CHARS_MAX);
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
}

/// What the first way costs that goes everywhere in the shop's own country.
fn delivery(seller: &Seller, variant: &Variant) -> Option<(String, String, Money)> {
    let country = &seller.location.country;
    let is_whole = |rate: &&DeliveryRate| match &rate.zone {
        Zone::SameCountry | Zone::World => true,
        Zone::Countries { codes } => codes.contains(country),
        Zone::SameRegion | Zone::Regions { .. } | Zone::Within { .. } => false,
    };
    seller.delivery.iter().find_map(|option| {
        if option.closed.contains(country) {
            return None;
        }
        let rate = option.rates.iter().find(is_whole)?;
        let cost = cost(rate, variant)?;
        Some((country.clone(), option.name.clone(), cost))
    })
}

/// Of one unit alone; none where it is too heavy.
fn cost(rate: &DeliveryRate, variant: &Variant) -> Option<Money> {
    let price = variant.price;
    let is_free = |from: Money| from.currency == price.currency && price.amount >= from.amount;
    if rate.free_from.is_some_and(is_free) {
        return Some(Money {
            amount: 0,
            ..rate.price
        });
    }
    if !rate.bands.is_empty() {
        let band = rate.bands.iter().find(|band| variant.weight_g <= band.up_to_g)?;
        return Some(band.price);
    }
    match rate.per_kg {
        Some(per_kg) => per_kg
            .times(variant.weight_g.div_ceil(GRAMS_PER_KG))
            .and_then(|more| rate.price.add(more))
            .ok(),
        None => Some(rate.price),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::CategoryId;
    use uuid::Uuid;

    #[test]
    fn a_category_is_called_by_its_names_and_those_above_it() {
        let names = [("ceramics", "Ceramics & more"), ("ceramics/bowls", "Bowls")];
        let names: Names = names
            .map(|(path, name)| (path.to_owned(), name.to_owned()))
            .into();
        let at = |path: &str| {
            let category = CategoryRef {
                id: CategoryId(Uuid::nil()),
                path: path.to_owned(),
                name: "Own".to_owned(),
            };
            kind(&names, &category)
        };
        assert_eq!(at("ceramics"), "Ceramics & more");
        assert_eq!(at("ceramics/bowls"), "Ceramics & more > Bowls");
        assert_eq!(at("ceramics/bowls/removed"), "Ceramics & more > Bowls > Own");
        assert_eq!(at("gone/removed"), "gone > Own");
    }
}

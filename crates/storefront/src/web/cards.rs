//! Contracts' words turned into the views' pieces.

use super::facets::NEAR_KM;
use crate::i18n::Locale;
use crate::views::common::{Image, Price, ProductCard, Stock};
use crate::views::reviews::Stars;
use contracts::catalog::{Listing, OptionValue, Picture, Variant};
use contracts::search::{Click, SearchHit, SearchPage};
use contracts::tenants::Location;
use kernel::limits::LOW_STOCK_BELOW;
use kernel::{CartId, Money, SearchId, geo};

pub fn image(picture: &Picture) -> Image {
    let sizes = picture.sizes();
    let srcset = if sizes.len() > 1 {
        sizes
            .iter()
            .map(|(width, url)| format!("{url} {width}w"))
            .collect::<Vec<_>>()
            .join(", ")
    } else {
        String::new()
    };
    Image {
        src: picture.url.clone(),
        srcset,
        alt: picture.alt.clone(),
        width: picture.width,
        height: picture.height,
    }
}

/// Where something is made, in words: "Triana, Sevilla", or with its country from abroad.
pub fn place(location: &Location, locale: Locale) -> String {
    let region = location
        .region
        .as_deref()
        .and_then(geo::subdivision)
        .map(|s| s.name);
    let country =
        geo::country(&location.country).map(|c| if locale == Locale::Es { c.name_es } else { c.name });
    let wider = if location.country == "ES" {
        region.or(country)
    } else {
        country
    };
    match wider {
        Some(wider) if location.town.is_empty() => wider.to_owned(),
        Some(wider) if wider != location.town => format!("{}, {wider}", location.town),
        _ => location.town.clone(),
    }
}

pub fn region_name(code: &str, locale: Locale) -> String {
    if let Some(subdivision) = geo::subdivision(code) {
        return subdivision.name.to_owned();
    }
    geo::country(code)
        .map_or(code, |c| if locale == Locale::Es { c.name_es } else { c.name })
        .to_owned()
}

/// Where it is sent from, and how far that is where the visitor says where they are.
fn sent_from(hit: &SearchHit, locale: Locale) -> String {
    let Some(region) = hit.region.as_deref() else {
        return String::new();
    };
    let place = region_name(region, locale);
    match hit.distance_km {
        None => place,
        Some(km) if km <= NEAR_KM => locale.t("card.near").arg("place", place).to_string(),
        Some(km) => locale
            .t("card.distance")
            .arg("place", place)
            .arg("km", locale.number(u64::from(km)))
            .to_string(),
    }
}

pub fn of_hit(hit: &SearchHit, locale: Locale) -> ProductCard {
    ProductCard {
        product: hit.product.to_string(),
        title: hit.title.clone(),
        href: product_href(&hit.slug, hit.product),
        seller: hit.shop_name.clone(),
        place: sent_from(hit, locale),
        image: hit.image.as_ref().map(image),
        price: Price::new(locale, hit.price),
        from: hit.price_from,
        compare_at: hit.compare_at.map(|m| Price::new(locale, m)),
        lowest_30_days: hit.lowest_30_days.map(|m| Price::new(locale, m)),
        discount: hit
            .compare_at
            .and_then(|was| discount(was.amount, hit.price.amount))
            .map(|p| format!("−{}", locale.percent(p))),
        stock: if hit.in_stock {
            Stock::Plenty
        } else {
            Stock::SoldOut
        },
        rating: hit.rating.and_then(|rating| Stars::of(rating, locale)),
        offers: hit.offers.map(u64::from),
        promoted: hit.promoted,
    }
}

pub fn product_href(slug: &str, id: kernel::ProductId) -> String {
    format!("/p/{slug}-{id}")
}

/// The cards of a page that a search found, whose links tell where they stood. `seen` were on the pages before.
pub fn of_page(found: &SearchPage, search: Option<SearchId>, seen: u64, locale: Locale) -> Vec<ProductCard> {
    let cards = found.hits.iter().map(|hit| of_hit(hit, locale));
    let Some(search) = search else {
        return cards.collect();
    };
    cards
        .zip(seen.saturating_add(1)..)
        .map(|(card, place)| ProductCard {
            href: format!("{}?s={search}&n={place}", card.href),
            ..card
        })
        .collect()
}

/// The click that led to a product's page, if its address tells of one.
pub fn click_in(query: &str, product: kernel::ProductId) -> Option<Click> {
    let (mut search, mut position) = (None, None);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match name.as_ref() {
            "s" => search = value.parse().ok(),
            "n" => position = value.parse().ok(),
            _ => {}
        }
    }
    Some(Click {
        search: search?,
        product,
        position: position?,
        cart: None,
    })
}

/// A click as the form that puts its product into the basket carries it on.
pub fn found(click: &Click) -> String {
    format!("{}.{}.{}", click.search, click.position, click.product)
}

/// What [`found`] wrote, now that it was put into a cart.
pub fn put_into(cart: CartId, found: &str) -> Option<Click> {
    let mut parts = found.splitn(3, '.');
    Some(Click {
        search: parts.next()?.parse().ok()?,
        position: parts.next()?.parse().ok()?,
        product: parts.next()?.parse().ok()?,
        cart: Some(cart),
    })
}

/// What a product costs at least.
pub fn least(listing: &Listing) -> Option<Money> {
    listing
        .variants
        .iter()
        .map(|variant| variant.price)
        .min_by_key(|price| price.amount)
}

/// Percent saved against the compared price, if it is a saving.
pub fn saving(variant: &Variant) -> Option<u32> {
    discount(variant.compare_at?.amount, variant.price.amount)
}

fn discount(was: i64, now: i64) -> Option<u32> {
    if was <= now || was <= 0 {
        return None;
    }
    u32::try_from((was - now) * 100 / was).ok().filter(|p| *p > 0)
}

/// "Large · blue"
pub fn options(options: &[OptionValue]) -> String {
    options
        .iter()
        .map(|o| o.value.as_str())
        .collect::<Vec<_>>()
        .join(" · ")
}

pub fn stock(available: i64) -> Stock {
    Stock::of(
        u64::try_from(available).unwrap_or(0),
        LOW_STOCK_BELOW.unsigned_abs(),
    )
}

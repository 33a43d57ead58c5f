//! The front door.

use super::failure::Failure;
use super::visit::{Visit, category_name};
use super::{Shop, cards, viewed};
use crate::views::common::{Image, ProductCard};
use crate::views::home::{CategoryTile, HomePage, MakerCard, ProvinceCount};
use axum::extract::State;
use axum::response::Response;
use chrono::Datelike;
use contracts::catalog::Category;
use contracts::search::{Facet, SearchHit, SearchQuery};
use contracts::tenants::Shop as Seller;
use kernel::{ImageId, TenantId, Timestamp};
use std::collections::HashMap;

const FRESH_CARDS: usize = 8;
/// How many stand in a row at a desk.
const FRESH_IN_A_ROW: usize = 4;
/// Newest products looked at, and how many of one shop are shown: a shop that filled its shelves today is not all there is.
const FRESH_SEEN: u16 = 72;
const FRESH_PER_SHOP: usize = 2;
const MAKERS_SHOWN: usize = 4;
const TILES_SHOWN: usize = 8;
const SHOPS_MAX: u16 = 500;
const PROVINCES_SHOWN: usize = 12;

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    let title = visit.locale.t("home.page_title").to_string();
    let description = visit.locale.t("home.description").to_string();
    let everything = SearchQuery {
        language: Some(visit.locale.language()),
        limit: FRESH_SEEN,
        facets: true,
        in_stock: true,
        sort: contracts::search::Sort::Newest,
        ..SearchQuery::default()
    };
    let (mut page, found, makers, categories) = futures::join!(
        visit.public_page(&shop, &title, &description, "/"),
        shop.search.search(&visit.ctx, everything),
        shop.tenants.active_shops(&visit.ctx, SHOPS_MAX),
        shop.catalog.categories(&visit.ctx),
    );
    // Without search the front door still opens, with what the others know.
    let found = found.ok();
    let (makers, categories) = (makers.unwrap_or_default(), categories.unwrap_or_default());
    page.image = found
        .as_ref()
        .and_then(|f| f.hits.first()?.image.as_ref().map(|i| i.url.clone()));
    let counts = counts(found.as_ref().map_or(&[][..], |f| &f.facets));
    let top: Vec<&Category> = categories
        .iter()
        .filter(|c| !c.path.contains('/'))
        .take(TILES_SHOWN)
        .collect();
    let introduced = introduced(&makers, visit.ctx.now);
    let (window, logos, viewed) = futures::join!(
        shop.window.pictures(&shop, &visit, &top),
        pictures(&shop, &visit, introduced.iter().filter_map(|maker| maker.logo)),
        async {
            let latest = viewed::latest(&shop, &visit).await;
            viewed::row(&shop, &visit, &latest, None).await
        },
    );
    let tile = |category: &&Category| CategoryTile {
        name: category_name(category, visit.locale).to_owned(),
        href: format!("/c/{}", category.path),
        count: counts
            .categories
            .get(category.path.as_str())
            .copied()
            .unwrap_or(0),
        image: window.get(&category.path).cloned(),
    };
    let view = HomePage {
        viewed,
        compare: None,
        makers_total: makers.len() as u64,
        products_total: found.as_ref().map_or(0, |f| f.total),
        categories: top.iter().map(tile).collect(),
        fresh: full_rows(
            fresh(found.as_ref().map_or(&[][..], |f| &f.hits))
                .map(|hit| cards::of_hit(hit, visit.locale))
                .collect(),
        ),
        makers: introduced
            .iter()
            .map(|maker| maker_card(maker, &visit, &logos, &counts))
            .collect(),
        provinces: provinces(&makers, &visit),
        page,
    };
    Ok(visit.show(&shop, &view))
}

/// How many pieces there are, as the one search for the page counted them.
struct Counts<'f> {
    categories: HashMap<&'f str, u64>,
    sellers: HashMap<&'f str, u64>,
}

fn counts(facets: &[Facet]) -> Counts<'_> {
    let of = |key: &str| {
        let facet = facets.iter().find(|f| f.key == key);
        facet
            .into_iter()
            .flat_map(|f| &f.values)
            .map(|v| (v.value.as_str(), v.count))
            .collect()
    };
    Counts {
        categories: of("category"),
        sellers: of("seller"),
    }
}

/// The newest pieces, a few of each shop.
fn fresh(hits: &[SearchHit]) -> impl Iterator<Item = &SearchHit> {
    let mut of_shop: HashMap<TenantId, usize> = HashMap::new();
    hits.iter()
        .filter(move |hit| {
            let seen = of_shop.entry(hit.tenant).or_default();
            *seen += 1;
            *seen <= FRESH_PER_SHOP
        })
        .take(FRESH_CARDS)
}

/// Without the last ones that would stand alone in a row.
fn full_rows(mut cards: Vec<ProductCard>) -> Vec<ProductCard> {
    if cards.len() > FRESH_IN_A_ROW {
        cards.truncate(cards.len() - cards.len() % FRESH_IN_A_ROW);
    }
    cards
}

/// Makers from different places, others every day, so that the row is not all one street nor all one letter.
fn introduced(makers: &[Seller], now: Timestamp) -> Vec<&Seller> {
    let today = usize::try_from(now.date_naive().num_days_from_ce()).unwrap_or(0);
    let first = today * MAKERS_SHOWN % makers.len().max(1);
    let mut places = std::collections::HashSet::new();
    makers
        .iter()
        .cycle()
        .skip(first)
        .take(makers.len())
        .filter(|m| m.logo.is_some() && places.insert(&m.location.region))
        .take(MAKERS_SHOWN)
        .collect()
}

fn maker_card(
    maker: &Seller,
    visit: &Visit,
    logos: &HashMap<ImageId, Image>,
    counts: &Counts<'_>,
) -> MakerCard {
    MakerCard {
        name: maker.name.clone(),
        href: format!("/shop/{}", maker.slug),
        craft: maker.story.split(". ").next().unwrap_or("").to_owned(),
        place: cards::place(&maker.location, visit.locale),
        image: maker.logo.and_then(|logo| logos.get(&logo).cloned()),
        products: counts.sellers.get(maker.slug.as_str()).copied().unwrap_or(0),
    }
}

/// Shops' own pictures by id. Pages do without those that cannot be read.
pub async fn pictures(
    shop: &Shop,
    visit: &Visit,
    ids: impl Iterator<Item = ImageId>,
) -> HashMap<ImageId, Image> {
    let ids: Vec<ImageId> = ids.collect();
    if ids.is_empty() {
        return HashMap::new();
    }
    let stored = shop.catalog.pictures(&visit.ctx, ids).await.unwrap_or_default();
    stored
        .iter()
        .map(|picture| (picture.image, cards::image(picture)))
        .collect()
}

fn provinces(makers: &[Seller], visit: &Visit) -> Vec<ProvinceCount> {
    let mut counted: HashMap<&str, u64> = HashMap::new();
    for region in makers.iter().filter_map(|m| m.location.region.as_deref()) {
        *counted.entry(region).or_default() += 1;
    }
    let mut provinces: Vec<ProvinceCount> = counted
        .into_iter()
        .map(|(code, makers)| ProvinceCount {
            code: code.to_owned(),
            name: cards::region_name(code, visit.locale),
            href: format!("/search?province={code}"),
            makers,
        })
        .collect();
    provinces.sort_by(|a, b| b.makers.cmp(&a.makers).then_with(|| a.name.cmp(&b.name)));
    provinces.truncate(PROVINCES_SHOWN);
    provinces
}

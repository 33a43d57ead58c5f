//! The front door.

use super::failure::Failure;
use super::visit::{Visit, category_name};
use super::{Shop, cards};
use crate::views::common::Image;
use crate::views::home::{CategoryTile, HomePage, MakerCard, ProvinceCount};
use axum::extract::State;
use axum::response::Response;
use contracts::search::{Facet, SearchQuery};
use contracts::tenants::Shop as Seller;
use kernel::ImageId;
use std::collections::HashMap;

const FRESH_CARDS: u16 = 8;
const MAKERS_SHOWN: usize = 4;
const TILES_SHOWN: usize = 8;
const SHOPS_MAX: u16 = 500;
const PROVINCES_SHOWN: usize = 12;

pub async fn page(State(shop): State<Shop>, visit: Visit) -> Result<Response, Failure> {
    let title = visit.locale.t("home.page_title").to_string();
    let description = visit.locale.t("home.description").to_string();
    let everything = SearchQuery {
        limit: FRESH_CARDS,
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
    let mut tiles = Vec::new();
    for category in categories
        .iter()
        .filter(|c| !c.path.contains('/'))
        .take(TILES_SHOWN)
    {
        tiles.push(CategoryTile {
            name: category_name(category, visit.locale).to_owned(),
            href: format!("/c/{}", category.path),
            count: counts.get(category.path.as_str()).copied().unwrap_or(0),
            image: picture_of(&shop, &visit, &category.path).await,
        });
    }
    let logos = pictures(&shop, &visit, introduced(&makers).filter_map(|maker| maker.logo)).await;
    let view = HomePage {
        makers_total: makers.len() as u64,
        products_total: found.as_ref().map_or(0, |f| f.total),
        categories: tiles,
        fresh: found
            .iter()
            .flat_map(|f| &f.hits)
            .map(|hit| cards::of_hit(hit, visit.locale))
            .collect(),
        makers: introduced(&makers)
            .map(|maker| maker_card(maker, &visit, &logos))
            .collect(),
        provinces: provinces(&makers, &visit),
        page,
    };
    Ok(visit.show(&shop, &view))
}

fn counts(facets: &[Facet]) -> HashMap<&str, u64> {
    let category = facets.iter().find(|f| f.key == "category");
    category
        .iter()
        .flat_map(|f| &f.values)
        .map(|v| (v.value.as_str(), v.count))
        .collect()
}

/// The picture of a category: its first product's.
async fn picture_of(shop: &Shop, visit: &Visit, path: &str) -> Option<Image> {
    let query = SearchQuery {
        category: Some(path.to_owned()),
        limit: 1,
        in_stock: true,
        ..SearchQuery::default()
    };
    let found = shop.search.search(&visit.ctx, query).await.ok()?;
    found.hits.first()?.image.as_ref().map(|picture| Image {
        alt: String::new(),
        ..cards::image(picture)
    })
}

/// Makers from different places, so that the row is not all one street.
fn introduced(makers: &[Seller]) -> impl Iterator<Item = &Seller> {
    let mut places = std::collections::HashSet::new();
    makers
        .iter()
        .filter(move |m| m.logo.is_some() && places.insert(m.location.region.clone()))
        .take(MAKERS_SHOWN)
}

fn maker_card(maker: &Seller, visit: &Visit, logos: &HashMap<ImageId, Image>) -> MakerCard {
    MakerCard {
        name: maker.name.clone(),
        href: format!("/shop/{}", maker.slug),
        craft: maker.story.split(". ").next().unwrap_or("").to_owned(),
        place: cards::place(&maker.location, visit.locale),
        image: maker.logo.and_then(|logo| logos.get(&logo).cloned()),
        products: 0,
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

//! Up to four products side by side. Nothing of it is kept: the address says which.

use super::failure::Failure;
use super::shelf::{self, Shelved};
use super::visit::Visit;
use super::{Shop, product, viewed};
use crate::views::common::Link;
use crate::views::wishlist::{Another, ComparePage, CompareRow, Compared};
use axum::extract::{RawQuery, State};
use axum::response::Response;
use contracts::catalog::CategoryAttribute;
use contracts::search::SearchQuery;
use futures::future;
use kernel::ProductId;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Products beside each other.
const COLUMNS_MAX: usize = 4;
/// Products that are offered to be put beside them.
const OTHERS_MAX: usize = 8;

/// The address at which products are compared.
pub fn href(ids: impl Iterator<Item = ProductId>) -> String {
    let ids: Vec<String> = ids.take(COLUMNS_MAX).map(|id| id.to_string()).collect();
    format!("/compare?ids={}", ids.join(","))
}

/// Those that an address names, each once: `ids` with commas between, or several of them. Beyond the last column there
/// are at most as many more as say that there are too many.
fn named(query: &str) -> Vec<ProductId> {
    let mut ids: Vec<ProductId> = Vec::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if name != "ids" {
            continue;
        }
        for id in value.split(',').filter_map(|id| id.trim().parse().ok()) {
            if !ids.contains(&id) && ids.len() <= COLUMNS_MAX {
                ids.push(id);
            }
        }
    }
    ids
}

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let mut ids = named(query.as_deref().unwrap_or(""));
    let too_many = ids.len() > COLUMNS_MAX;
    ids.truncate(COLUMNS_MAX);
    let (page, shelved) = futures::join!(
        visit.keyed_page(&shop, "compare.title"),
        shelf::of(&shop, &visit, &ids),
    );
    let shelved = shelved?;
    let (schema, others) = futures::join!(schema(&shop, &visit, &shelved), others(&shop, &visit, &shelved));
    let view = ComparePage {
        page,
        rows: rows(&shelved, &schema, &visit),
        columns: shelved.iter().map(|one| column(one, &shelved)).collect(),
        gone: ids.len().saturating_sub(shelved.len()) as u64,
        too_many,
        others,
    };
    Ok(visit.show(&shop, &view))
}

fn column(one: &Shelved, all: &[Shelved]) -> Compared {
    let others = all
        .iter()
        .map(|other| other.listing.id)
        .filter(|id| *id != one.listing.id);
    Compared {
        product: one.card.product.clone(),
        title: one.card.title.clone(),
        href: one.card.href.clone(),
        image: one.card.image.clone(),
        price: one.card.price.clone(),
        from: one.card.from,
        seller: Link::new(one.seller.name.clone(), format!("/shop/{}", one.seller.slug)),
        place: one.card.place.clone(),
        stock: one.card.stock,
        stars: one.card.rating.clone(),
        without: href(others),
    }
}

/// How their categories call attributes. Without it they go by the names that their makers gave them.
async fn schema(shop: &Shop, visit: &Visit, shelved: &[Shelved]) -> BTreeMap<String, Vec<CategoryAttribute>> {
    let paths: BTreeSet<&str> = shelved.iter().map(path).collect();
    let asked = paths.into_iter().map(|path| async move {
        let schema = shop.catalog.category_attributes(&visit.ctx, path.to_owned());
        (path.to_owned(), schema.await.unwrap_or_default())
    });
    future::join_all(asked).await.into_iter().collect()
}

fn path(one: &Shelved) -> &str {
    one.listing.category.as_ref().map_or("", |c| c.path.as_str())
}

/// A row for each attribute that any of them has; those that all of them have stand first.
fn rows(
    shelved: &[Shelved],
    schema: &BTreeMap<String, Vec<CategoryAttribute>>,
    visit: &Visit,
) -> Vec<CompareRow> {
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (at, one) in shelved.iter().enumerate() {
        let known = schema.get(path(one)).map_or(&[][..], Vec::as_slice);
        for attribute in product::attributes(&one.listing, known, visit.locale) {
            let values = named
                .entry(attribute.name)
                .or_insert_with(|| vec![String::new(); shelved.len()]);
            if let Some(value) = values.get_mut(at) {
                *value = attribute.value;
            }
        }
    }
    in_order(named)
}

fn in_order(named: BTreeMap<String, Vec<String>>) -> Vec<CompareRow> {
    let mut rows: Vec<CompareRow> = named
        .into_iter()
        .map(|(name, values)| CompareRow {
            name,
            differs: values.iter().collect::<HashSet<_>>().len() > 1,
            values,
        })
        .collect();
    rows.sort_by_key(|row| Reverse(row.values.iter().filter(|value| !value.is_empty()).count()));
    rows
}

/// What could stand beside them: from the wish list, what was looked at lately, and the same category.
async fn others(shop: &Shop, visit: &Visit, shelved: &[Shelved]) -> Vec<Another> {
    if shelved.len() >= COLUMNS_MAX {
        return Vec::new();
    }
    let there: Vec<ProductId> = shelved.iter().map(|one| one.listing.id).collect();
    let alike = async {
        let Some(first) = shelved.first() else {
            return Vec::new();
        };
        let alike = SearchQuery {
            language: Some(visit.locale.language()),
            category: Some(path(first).to_owned()).filter(|path| !path.is_empty()),
            in_stock: true,
            limit: OTHERS_MAX as u16,
            ..SearchQuery::default()
        };
        let found = shop.search.search(&visit.ctx, alike).await;
        let hits = found.map(|found| found.hits).unwrap_or_default();
        hits.into_iter().map(|hit| hit.product).collect()
    };
    let wished = async {
        match visit.user() {
            Ok(user) => shop.wishlists.wished(&visit.ctx, user).await.unwrap_or_default(),
            Err(_) => visit.kept.wishes.clone(),
        }
    };
    let (wished, viewed, alike) = futures::join!(wished, viewed::latest(shop, visit), alike);
    let mut ids: Vec<ProductId> = Vec::new();
    for id in wished.into_iter().chain(viewed.products).chain(alike) {
        if !ids.contains(&id) && !there.contains(&id) && ids.len() < OTHERS_MAX {
            ids.push(id);
        }
    }
    let found = shelf::of(shop, visit, &ids).await.unwrap_or_default();
    found
        .into_iter()
        .map(|one| Another {
            with: href(there.iter().copied().chain([one.listing.id])),
            title: one.card.title,
            image: one.card.image,
            price: one.card.price,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn an_address_names_each_once_and_one_too_many_at_most() {
        let ids: Vec<ProductId> = (1..=7).map(|n| ProductId(Uuid::from_u128(n))).collect();
        let all = ids.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(named(&format!("ids={}", all.join(","))), ids[..5]);
        assert_eq!(named(&format!("ids={}&ids={}&x=1", all[0], all[1])), ids[..2]);
        assert_eq!(named(&format!("ids={0},{0},nothing", all[0])), ids[..1]);
        assert_eq!(named(""), []);
        assert_eq!(
            href(ids.iter().copied()),
            format!("/compare?ids={}", all[..4].join(","))
        );
    }

    #[test]
    fn what_all_of_them_say_stands_first() {
        let said = |values: [&str; 2]| values.map(str::to_owned).to_vec();
        let rows = in_order(BTreeMap::from([
            ("Capacity".to_owned(), said(["1 l", ""])),
            ("Glaze".to_owned(), said(["Tin", "Salt"])),
            ("Origin".to_owned(), said(["", "Spain"])),
            ("Technique".to_owned(), said(["Thrown", "Thrown"])),
        ]));
        let told: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.differs)).collect();
        assert_eq!(
            told,
            [
                ("Glaze", true),
                ("Technique", false),
                ("Capacity", true),
                ("Origin", true)
            ]
        );
    }
}

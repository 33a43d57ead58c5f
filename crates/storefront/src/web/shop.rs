//! A seller's own page.

use super::facets::Filters;
use super::failure::Failure;
use super::listing::{CARDS_PER_PAGE, from_start, is_lost, sort_choices};
use super::product::DISPATCH_DAYS;
use super::resting::{self, Sought};
use super::visit::{Visit, category_name, redirect};
use super::{Shop, cards, home, messages, reviews};
use crate::markup::Markup;
use crate::views::common::{Accent, Link};
use crate::views::listing::More;
use crate::views::page::Page;
use crate::views::shop::{ShopCategory, ShopPage};
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use contracts::catalog::Category;
use contracts::search::{FacetValue, SearchPage};
use kernel::Fault;

pub async fn page(
    State(shop): State<Shop>,
    visit: Visit,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let seller = shop
        .tenants
        .shop_by_slug(&visit.ctx, slug)
        .await?
        .ok_or_else(|| Fault::not_found("shop"))?;
    let filters = Filters::parse(query.as_deref().unwrap_or("")).selling_in(vec![seller.currency]);
    let mut wanted = filters.query(filters.get("category").map(str::to_owned), CARDS_PER_PAGE);
    wanted.language = Some(visit.locale.language());
    wanted.sellers = vec![seller.slug.clone()];
    let href = format!("/shop/{}", seller.slug);
    let story = Markup::plain(&seller.story, 155);
    let (page, found, tree, pictures, rating, answers) = futures::join!(
        visit.public_page(&shop, &seller.name, &story, &href),
        shop.search.search(&visit.ctx, wanted),
        shop.catalog.categories(&visit.ctx),
        home::pictures(&shop, &visit, seller.logo.into_iter().chain(seller.banner)),
        reviews::of_seller(&shop, &visit, seller.id),
        messages::answers(&shop, &visit, seller.id),
    );
    let found = match found {
        Err(fault) if is_lost(&fault, &filters) => return Ok(redirect(&from_start(&href, &filters))),
        found => resting::sought(found)?,
    };
    let Sought::Found(found) = found else {
        return resting::page(&shop, &visit, page, seller.name, Some(seller.id)).await;
    };
    let tree = tree.unwrap_or_default();
    let seen = filters
        .get("seen")
        .and_then(|s| s.parse::<u64>().ok())
        .unwrap_or(0)
        + found.hits.len() as u64;
    let logo = seller.logo.and_then(|id| pictures.get(&id).cloned());
    let view = ShopPage {
        name: seller.name.clone(),
        place: cards::place(&seller.location, visit.locale),
        since: kernel::uuid_time(seller.id.0)
            .map(|t| t.format("%Y").to_string())
            .unwrap_or_default(),
        accent: seller.accent.as_deref().map(Accent::nearest).unwrap_or_default(),
        banner: seller.banner.and_then(|id| pictures.get(&id).cloned()),
        logo: logo.clone(),
        story: Markup::from_plain_text(&seller.story),
        dispatch_days: DISPATCH_DAYS,
        returns: seller.return_policy.clone(),
        holiday: None,
        rating,
        answers,
        ask: messages::ask_shop_href(&seller.slug),
        total: found.total,
        cards: found
            .hits
            .iter()
            .map(|hit| cards::of_hit(hit, visit.locale))
            .collect(),
        categories: categories(&found, &tree, &href, filters.get("category"), &visit),
        sort: sort_choices(&visit, filters.get("sort").unwrap_or("relevance"), false),
        more: found.next.as_ref().map(|cursor| More {
            href: format!("{}&seen={seen}", filters.with(&href, "cursor", Some(&cursor.0))),
            seen,
        }),
        href,
        page: Page {
            image: seller
                .banner
                .and_then(|id| pictures.get(&id))
                .or(logo.as_ref())
                .map(|picture| picture.src.clone()),
            ..page
        },
    };
    Ok(visit.show(&shop, &view))
}

/// The narrowest categories that the shop sells in, as tabs.
fn categories(
    found: &SearchPage,
    tree: &[Category],
    href: &str,
    current: Option<&str>,
    visit: &Visit,
) -> Vec<ShopCategory> {
    let all = ShopCategory {
        link: Link::new(visit.locale.t("shop.all").to_string(), href),
        value: String::new(),
        current: current.is_none(),
    };
    let facet = found.facets.iter().find(|f| f.key == "category");
    let paths: Vec<&str> = facet
        .into_iter()
        .flat_map(|f| &f.values)
        .map(|v| v.value.as_str())
        .collect();
    let holds_another = |path: &str| {
        let within = |other: &&str| other.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'));
        paths.iter().any(within)
    };
    let name = |value: &FacetValue| {
        let known = tree.iter().find(|c| c.path == value.value);
        known.map_or_else(
            || value.label.clone(),
            |c| category_name(c, visit.locale).to_owned(),
        )
    };
    let own = facet
        .into_iter()
        .flat_map(|f| &f.values)
        .filter(|v| v.count > 0 && !holds_another(&v.value))
        .map(|value| ShopCategory {
            link: Link::new(
                name(value),
                format!("{href}?category={}", super::visit::encode(&value.value)),
            ),
            value: value.value.clone(),
            current: current == Some(value.value.as_str()),
        });
    std::iter::once(all).chain(own).collect()
}

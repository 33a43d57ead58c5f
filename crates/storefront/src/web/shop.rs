//! A seller's own page.

use super::facets::Filters;
use super::failure::Failure;
use super::listing::{CARDS_PER_PAGE, sort_choices};
use super::product::DISPATCH_DAYS;
use super::visit::Visit;
use super::{Shop, cards, home};
use crate::markup::Markup;
use crate::views::common::{Accent, Link};
use crate::views::listing::More;
use crate::views::shop::{ShopCategory, ShopPage};
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use contracts::search::SearchPage;
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
    let filters = Filters::parse(query.as_deref().unwrap_or(""));
    let mut wanted = filters.query(filters.get("category").map(str::to_owned), CARDS_PER_PAGE);
    wanted.sellers = vec![seller.slug.clone()];
    let href = format!("/shop/{}", seller.slug);
    let story = Markup::plain(&seller.story, 155);
    let (page, found) = futures::join!(
        visit.public_page(&shop, &seller.name, &story, &href),
        shop.search.search(&visit.ctx, wanted)
    );
    let found = found?;
    let seen = filters
        .get("seen")
        .and_then(|s| s.parse::<u64>().ok())
        .unwrap_or(0)
        + found.hits.len() as u64;
    let pictures = home::pictures(&shop, &visit, seller.logo.into_iter().chain(seller.banner)).await;
    let view = ShopPage {
        name: seller.name.clone(),
        craft: String::new(),
        place: cards::place(&seller.location, visit.locale),
        since: kernel::uuid_time(seller.id.0)
            .map(|t| t.format("%Y").to_string())
            .unwrap_or_default(),
        accent: seller.accent.as_deref().map(Accent::nearest).unwrap_or_default(),
        banner: seller.banner.and_then(|id| pictures.get(&id).cloned()),
        logo: seller.logo.and_then(|id| pictures.get(&id).cloned()),
        story: Markup::from_plain_text(&seller.story),
        dispatch_days: DISPATCH_DAYS,
        returns: seller.return_policy.clone(),
        holiday: None,
        total: found.total,
        cards: found
            .hits
            .iter()
            .map(|hit| cards::of_hit(hit, visit.locale))
            .collect(),
        categories: categories(&found, &href, filters.get("category"), &visit),
        sort: sort_choices(&visit, filters.get("sort").unwrap_or("relevance")),
        more: found.next.as_ref().map(|cursor| More {
            href: format!("{}&seen={seen}", filters.with(&href, "cursor", Some(&cursor.0))),
            seen,
        }),
        href,
        page,
    };
    Ok(visit.show(&shop, &view))
}

fn categories(found: &SearchPage, href: &str, current: Option<&str>, visit: &Visit) -> Vec<ShopCategory> {
    let all = ShopCategory {
        link: Link::new(visit.locale.t("shop.all").to_string(), href),
        current: current.is_none(),
    };
    let facet = found.facets.iter().find(|f| f.key == "category");
    let own = facet
        .into_iter()
        .flat_map(|f| &f.values)
        .filter(|v| v.value.contains('/'))
        .map(|value| ShopCategory {
            link: Link::new(
                value.label.clone(),
                format!("{href}?category={}", super::visit::encode(&value.value)),
            ),
            current: current == Some(value.value.as_str()),
        });
    std::iter::once(all).chain(own).collect()
}

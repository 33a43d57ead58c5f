//! Lists of products: a category, everything, or what a search found.

use super::facets::{self, Filters, SEARCH};
use super::failure::Failure;
use super::resting::{self, Sought};
use super::visit::{Visit, category_name, encode, redirect};
use super::{Shop, cards, taste};
use crate::views::common::{Choice, Link};
use crate::views::listing::{Facets, ListingPage, More, ZeroHelp};
use crate::views::page::Page;
use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use contracts::catalog::Category;
use contracts::search::{SearchPage, SearchQuery};
use kernel::{Fault, SearchId};

pub const CARDS_PER_PAGE: u16 = 24;
const HELP_CARDS: u16 = 4;

pub async fn category(
    State(shop): State<Shop>,
    visit: Visit,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let path = path.trim_matches('/').to_owned();
    let tree = shop.catalog.categories(&visit.ctx).await?;
    let known = tree
        .iter()
        .find(|c| c.path == path)
        .ok_or_else(|| Fault::not_found("category"))?;
    let name = category_name(known, visit.locale).to_owned();
    let action = format!("/c/{path}");
    let description = visit
        .locale
        .t("listing.category_description")
        .arg("category", &name)
        .to_string();
    let page = visit.public_page(&shop, &name, &description, &action).await;
    let crumbs = crumbs(&tree, &path, &visit);
    let list = List {
        action,
        heading: name,
        crumbs,
        category: Some(path),
        tree,
    };
    let filters = filters_of(&shop, &visit, query.as_deref()).await;
    show(&shop, &visit, page, list, &filters).await
}

async fn filters_of(shop: &Shop, visit: &Visit, query: Option<&str>) -> Filters {
    let query = query.unwrap_or("");
    // Without them prices are what they mostly are.
    let sold_in = shop.tenants.currencies(&visit.ctx).await.unwrap_or_default();
    let filters = Filters::parse(query).remembering(visit.kept.near.as_deref(), query);
    filters.selling_in(sold_in)
}

pub async fn search(
    State(shop): State<Shop>,
    visit: Visit,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let filters = filters_of(&shop, &visit, query.as_deref()).await;
    let words = filters.get("q").unwrap_or("").to_owned();
    let heading = if words.is_empty() {
        visit.locale.t("nav.everything").to_string()
    } else {
        visit
            .locale
            .t("listing.search_title")
            .arg("query", &words)
            .to_string()
    };
    let everything = visit.locale.t("listing.everything_text").to_string();
    let framed = async {
        if words.is_empty() {
            visit.public_page(&shop, &heading, &everything, "/search").await
        } else {
            Page {
                query: words.clone(),
                ..visit.page(&shop, &heading, &everything).await
            }
        }
    };
    let (page, tree) = futures::join!(framed, shop.catalog.categories(&visit.ctx));
    let list = List {
        action: "/search".to_owned(),
        heading,
        crumbs: Vec::new(),
        category: None,
        // Facets have names of their own where the tree is not to be had.
        tree: tree.unwrap_or_default(),
    };
    show(&shop, &visit, page, list, &filters).await
}

struct List {
    action: String,
    heading: String,
    crumbs: Vec<Link>,
    category: Option<String>,
    tree: Vec<Category>,
}

async fn show(
    shop: &Shop,
    visit: &Visit,
    page: Page,
    list: List,
    filters: &Filters,
) -> Result<Response, Failure> {
    let asked = SearchQuery {
        language: Some(visit.locale.language()),
        promoted: true,
        ..filters.query(list.category.clone(), CARDS_PER_PAGE)
    };
    let asked = taste::known(shop, visit, asked).await;
    let found = match shop.search.search(&visit.ctx, asked).await {
        Err(fault) if is_lost(&fault, filters) => return Ok(redirect(&from_start(&list.action, filters))),
        found => resting::sought(found)?,
    };
    let Sought::Found(found) = found else {
        return resting::page(shop, visit, page, list.heading, None).await;
    };
    let seen_before: u64 = filters.get("seen").and_then(|s| s.parse().ok()).unwrap_or(0);
    let seen = seen_before.saturating_add(found.hits.len() as u64);
    // Later pages are of the search of the first.
    let search = found.search.or(filters.search());
    let clear_href = match filters.get("q") {
        Some(q) => format!("{}?q={}", list.action, encode(q)),
        None => list.action.clone(),
    };
    let did_you_mean = found
        .did_you_mean
        .as_ref()
        .map(|q| Link::new(q.clone(), filters.with(&list.action, "q", Some(q))));
    let view = ListingPage {
        did_you_mean: did_you_mean.clone(),
        crumbs: list.crumbs,
        heading: list.heading,
        intro: String::new(),
        query: filters.get("q").unwrap_or("").to_owned(),
        total: found.total,
        approximate: found.approximate && found.total > 0,
        cards: cards::of_page(&found, search, seen_before, visit.locale),
        facets: if found.total == 0 && filters.is_unfiltered() {
            Facets::default()
        } else {
            facets::side(
                filters,
                &found,
                &list.action,
                list.category.as_deref(),
                &list.tree,
                visit.locale,
            )
        },
        chips: filters.chips(&list.action, &found, visit.locale),
        clear_href,
        sort: sort_choices(
            visit,
            filters.get("sort").unwrap_or("relevance"),
            filters.near().is_some(),
        ),
        more: more(&list.action, filters, &found, search, seen),
        help: if found.total == 0 {
            Some(ZeroHelp {
                did_you_mean,
                relaxed: relaxed(&list.action, filters, &found, visit),
                ..help(shop, visit, &list.tree).await
            })
        } else {
            None
        },
        action: list.action,
        page,
    };
    let mut response = visit.show(shop, &view);
    filters.keep_place(shop, visit, &mut response);
    Ok(response)
}

fn more(
    action: &str,
    filters: &Filters,
    found: &SearchPage,
    search: Option<SearchId>,
    seen: u64,
) -> Option<More> {
    let cursor = found.next.as_ref()?;
    let base = filters.with(action, "cursor", Some(&cursor.0));
    let search = search.map_or_else(String::new, |search| format!("&{SEARCH}={search}"));
    Some(More {
        href: format!("{base}&seen={seen}{search}"),
        seen,
    })
}

/// Whether the place in a list is one of another list: of the same in another language, say. It begins anew then.
pub fn is_lost(fault: &Fault, filters: &Filters) -> bool {
    fault.code == "cursor_invalid" && filters.get("cursor").is_some()
}

/// A list's address, without a place in it.
pub fn from_start(action: &str, filters: &Filters) -> String {
    filters.with(action, "cursor", None)
}

/// `near` is a choice for those who say where they are.
pub fn sort_choices(visit: &Visit, current: &str, is_placed: bool) -> Vec<Choice> {
    let codes = ["relevance", "newest", "price_up", "price_down", "near"];
    let choices = codes
        .into_iter()
        .filter(|code| is_placed || *code != "near")
        .map(|code| Choice::new(code, visit.locale.t(&format!("sort.{code}")).to_string()));
    Choice::select(choices.collect(), current)
}

/// This list without each of the filters that stand in the way.
fn relaxed(action: &str, filters: &Filters, found: &SearchPage, visit: &Visit) -> Vec<Link> {
    // A category is the page's own, and leaving it is another page.
    let others = found.relaxed.iter().filter(|one| one.facet != "category");
    let links = others.map(|one| {
        let label = visit
            .locale
            .n("zero.without", one.count)
            .arg("filter", facets::facet_name(&one.facet, visit.locale));
        Link::new(label.to_string(), filters.without_facet(action, &one.facet))
    });
    links.collect()
}

async fn help(shop: &Shop, visit: &Visit, tree: &[Category]) -> ZeroHelp {
    let query = SearchQuery {
        language: Some(visit.locale.language()),
        limit: HELP_CARDS,
        in_stock: true,
        ..SearchQuery::default()
    };
    let hits = shop
        .search
        .search(&visit.ctx, query)
        .await
        .map(|f| f.hits)
        .unwrap_or_default();
    ZeroHelp {
        did_you_mean: None,
        relaxed: Vec::new(),
        categories: tree
            .iter()
            .filter(|c| !c.path.contains('/'))
            .map(|c| Link::new(category_name(c, visit.locale), format!("/c/{}", c.path)))
            .collect(),
        suggestions: hits.iter().map(|hit| cards::of_hit(hit, visit.locale)).collect(),
    }
}

/// The way from the front door to a category.
pub fn crumbs(tree: &[Category], path: &str, visit: &Visit) -> Vec<Link> {
    let mut crumbs = vec![Link::new(visit.locale.t("nav.front").to_string(), "/")];
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    for end in ends {
        if let Some(category) = tree.iter().find(|c| c.path == path[..end]) {
            crumbs.push(Link::new(
                category_name(category, visit.locale),
                format!("/c/{}", category.path),
            ));
        }
    }
    crumbs
}

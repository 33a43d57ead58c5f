//! Filters in the address of a list: read, shown, taken away again.

use super::cards;
use super::visit::{category_name, encode};
use crate::i18n::Locale;
use crate::views::common::Link;
use crate::views::listing::{CategoryLink, FacetGroup, FacetOption, Facets, PriceRange};
use contracts::catalog::Category;
use contracts::search::{Facet, SearchPage, SearchQuery, Sort};
use kernel::{Currency, Cursor, Money};

/// Filters one address may carry.
const FILTERS_MAX: usize = 64;
const FACET_OPEN_BELOW: usize = 3;
/// In which prices are filtered: an amount says nothing about one in another currency.
pub const SHOWN_CURRENCY: Currency = Currency::EUR;

/// The parameters of a list, in order, as they stand in the address.
#[derive(Clone, Debug, Default)]
pub struct Filters(Vec<(String, String)>);

impl Filters {
    pub fn parse(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        Self(
            pairs
                .filter(|(k, v)| k != "lang" && !v.trim().is_empty())
                .take(FILTERS_MAX)
                .collect(),
        )
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str())
    }

    fn all(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(k, _)| k == name)
            .map(|(_, v)| v.clone())
            .collect()
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.0.iter().any(|(k, v)| k == name && v == value)
    }

    /// The search that these filters ask for.
    pub fn query(&self, category: Option<String>, limit: u16) -> SearchQuery {
        let major = |name| {
            self.get(name)
                .and_then(|text| Money::parse(text, SHOWN_CURRENCY).ok())
                .map(|m| m.amount)
                .filter(|amount| *amount >= 0)
        };
        // Whoever mixes the two up means the range between them.
        let (price_min, price_max) = match (major("price_min"), major("price_max")) {
            (Some(min), Some(max)) if min > max => (Some(max), Some(min)),
            range => range,
        };
        let mut query = SearchQuery {
            q: self.get("q").unwrap_or("").to_owned(),
            category,
            sellers: self.all("seller"),
            regions: self.all("province"),
            price_min,
            price_max,
            currency: Some(SHOWN_CURRENCY),
            in_stock: self.get("available").is_some(),
            sort: self.sort(),
            after: self.get("cursor").map(|c| Cursor(c.to_owned())),
            limit,
            facets: true,
            ..SearchQuery::default()
        };
        for (name, value) in &self.0 {
            if let Some(key) = name.strip_prefix("attr.") {
                query
                    .attributes
                    .entry(key.to_owned())
                    .or_default()
                    .push(value.clone());
            }
        }
        query
    }

    fn sort(&self) -> Sort {
        match self.get("sort") {
            Some("newest") => Sort::Newest,
            Some("price_up") => Sort::PriceAsc,
            Some("price_down") => Sort::PriceDesc,
            _ => Sort::Relevance,
        }
    }

    /// Whether nothing narrows the list beside its words.
    pub fn is_unfiltered(&self) -> bool {
        self.0
            .iter()
            .all(|(k, _)| matches!(k.as_str(), "q" | "sort" | "cursor" | "seen"))
    }

    /// This list's address, with one parameter set or, with none, left out. The place in the list is left out too.
    pub fn with(&self, action: &str, name: &str, value: Option<&str>) -> String {
        let kept = self
            .0
            .iter()
            .filter(|(k, _)| k != name && k != "cursor" && k != "seen");
        let pairs = kept
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .chain(value.map(|v| (name, v)));
        address(action, pairs)
    }

    fn without(&self, action: &str, name: &str, value: &str) -> String {
        let kept = self
            .0
            .iter()
            .filter(|(k, v)| !(k == name && v == value) && k != "cursor" && k != "seen");
        address(action, kept.map(|(k, v)| (k.as_str(), v.as_str())))
    }

    /// One chip per active filter.
    pub fn chips(&self, action: &str, found: &SearchPage, locale: Locale) -> Vec<Link> {
        let filters = self
            .0
            .iter()
            .filter(|(k, _)| !matches!(k.as_str(), "q" | "sort" | "cursor" | "seen"));
        filters
            .map(|(name, value)| {
                Link::new(
                    label(name, value, found, locale),
                    self.without(action, name, value),
                )
            })
            .collect()
    }
}

fn address<'a>(action: &str, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let query: Vec<String> = pairs
        .map(|(k, v)| format!("{}={}", encode(k), encode(v)))
        .collect();
    if query.is_empty() {
        action.to_owned()
    } else {
        format!("{action}?{}", query.join("&"))
    }
}

fn label(name: &str, value: &str, found: &SearchPage, locale: Locale) -> String {
    let known = |facet: &str| {
        let facet = found.facets.iter().find(|f| f.key == facet)?;
        facet
            .values
            .iter()
            .find(|v| v.value == value)
            .map(|v| v.label.clone())
    };
    match name {
        "price_min" => format!("≥ {}", amount(value, locale)),
        "price_max" => format!("≤ {}", amount(value, locale)),
        "available" => locale.t("facet.available_now").to_string(),
        "province" => cards::region_name(value, locale),
        "seller" => known("seller").unwrap_or_else(|| value.to_owned()),
        attribute => match attribute.strip_prefix("attr.") {
            Some(key) => format!(
                "{}: {}",
                attribute_name(key, locale),
                attribute_value(value, locale)
            ),
            None => value.to_owned(),
        },
    }
}

/// What somebody typed as a price, as the language writes it.
fn amount(typed: &str, locale: Locale) -> String {
    Money::parse(typed, SHOWN_CURRENCY).map_or_else(|_| typed.to_owned(), |money| locale.money(money))
}

/// The index spells truth in English.
fn attribute_value(value: &str, locale: Locale) -> String {
    match value {
        "yes" => locale.t("word.yes").to_string(),
        "no" => locale.t("word.no").to_string(),
        other => other.to_owned(),
    }
}

/// `capacity_ml` reads "Capacity (ml)"; common names are known in each language.
pub fn attribute_name(key: &str, locale: Locale) -> String {
    const UNITS: [&str; 9] = ["ml", "cl", "l", "g", "kg", "mm", "cm", "m", "w"];
    let (stem, unit) = match key.rsplit_once('_') {
        Some((stem, unit)) if UNITS.contains(&unit) => (stem, Some(unit)),
        _ => (key, None),
    };
    let known = format!("attribute.{}", stem.to_lowercase());
    let name = if locale.messages().get(&known).is_some() {
        locale.t(&known).to_string()
    } else {
        let words = stem.replace('_', " ");
        let mut letters = words.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).collect()
    };
    match unit {
        Some(unit) => format!("{name} ({unit})"),
        None => name,
    }
}

/// The side column.
pub fn side(
    filters: &Filters,
    found: &SearchPage,
    category: Option<&str>,
    tree: &[Category],
    locale: Locale,
) -> Facets {
    let mut side = Facets::default();
    for facet in &found.facets {
        match facet.key.as_str() {
            "category" => side.categories = categories(facet, category, tree, locale),
            "price" => side.price = price(facet, filters),
            "availability" => {}
            key => {
                let open = side.groups.len() < FACET_OPEN_BELOW;
                let group = group(key, facet, filters, open, locale);
                side.groups.extend(group.filter(|g| !repeats(g, &side.groups)));
            }
        }
    }
    if let Some(available) = found.facets.iter().find(|f| f.key == "availability") {
        let count = available
            .values
            .iter()
            .find(|v| v.value == "in_stock" || v.value == "true")
            .map_or(0, |v| v.count);
        side.groups.push(FacetGroup {
            name: "available".to_owned(),
            label: locale.t("facet.available").to_string(),
            open: true,
            options: vec![FacetOption {
                value: "1".to_owned(),
                label: locale.t("facet.available_now").to_string(),
                count,
                selected: filters.get("available").is_some(),
            }],
        });
    }
    side
}

/// Whether a group says nothing that one above it does not: sellers often fill `material` and `materials` alike, or
/// sign as their own brand.
fn repeats(group: &FacetGroup, above: &[FacetGroup]) -> bool {
    let chosen = group.options.iter().any(|o| o.selected);
    let labels = |group: &FacetGroup| group.options.iter().map(|o| o.label.clone()).collect::<Vec<_>>();
    let same = |other: &FacetGroup| other.label == group.label || labels(other) == labels(group);
    !chosen && above.iter().any(same)
}

fn group(key: &str, facet: &Facet, filters: &Filters, open: bool, locale: Locale) -> Option<FacetGroup> {
    let (name, label) = match key {
        "seller" => ("seller".to_owned(), locale.t("facet.seller").to_string()),
        "region" => ("province".to_owned(), locale.t("facet.province").to_string()),
        attribute => {
            let plain = attribute.strip_prefix("attr.").unwrap_or(attribute);
            (format!("attr.{plain}"), attribute_name(plain, locale))
        }
    };
    let options: Vec<FacetOption> = facet
        .values
        .iter()
        .map(|value| FacetOption {
            value: value.value.clone(),
            label: match key {
                "region" => cards::region_name(&value.value, locale),
                "seller" => value.label.clone(),
                _ => attribute_value(&value.label, locale),
            },
            count: value.count,
            selected: filters.has(&name, &value.value),
        })
        .collect();
    let chosen = options.iter().any(|o| o.selected);
    (!options.is_empty()).then_some(FacetGroup {
        name,
        label,
        open: open || chosen,
        options,
    })
}

/// The tree's lines in the operator's order, in the visitor's language.
fn categories(facet: &Facet, current: Option<&str>, tree: &[Category], locale: Locale) -> Vec<CategoryLink> {
    let known = |path: &str| tree.iter().position(|c| c.path == path);
    let mut links: Vec<CategoryLink> = facet
        .values
        .iter()
        .map(|value| CategoryLink {
            label: known(&value.value).map_or_else(
                || value.label.clone(),
                |at| category_name(&tree[at], locale).to_owned(),
            ),
            href: format!("/c/{}", value.value),
            count: value.count,
            depth: u8::try_from(value.value.matches('/').count().min(3)).unwrap_or(3),
            current: current == Some(value.value.as_str()),
        })
        .collect();
    links.sort_by_cached_key(|link| {
        let path = link.href.trim_start_matches("/c/");
        (places(path, tree), path.to_owned())
    });
    links
}

/// Where a path stands in the tree, level by level, so that children follow their parent.
fn places(path: &str, tree: &[Category]) -> Vec<i32> {
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    ends.map(|end| {
        let found = tree.iter().find(|c| c.path == path[..end]);
        found.map_or(i32::MAX, |c| c.position)
    })
    .collect()
}

fn price(facet: &Facet, filters: &Filters) -> Option<PriceRange> {
    let (lowest, highest) = facet.range?;
    let unit = f64::from(10_u32.pow(SHOWN_CURRENCY.decimals()));
    let whole = |minor: f64| format!("{}", (minor / unit).floor());
    Some(PriceRange {
        min: filters.get("price_min").unwrap_or("").to_owned(),
        max: filters.get("price_max").unwrap_or("").to_owned(),
        lowest: whole(lowest),
        highest: whole(highest + unit - 1.0),
        symbol: "€".to_owned(),
    })
}

//! Filters in the address of a list: read, shown, taken away again.

mod currency;
mod names;
mod near;
mod rating;

pub use self::currency::CURRENCY;
use self::names::title;
pub use self::names::{attribute_label, attribute_name, choice_label, facet_name};
pub use self::near::{NEAR, NEAR_KM};
use super::cards;
use super::visit::{category_name, encode};
use crate::i18n::Locale;
use crate::views::common::Link;
use crate::views::listing::{CategoryLink, FacetGroup, FacetOption, Facets, RangeFields, RangePart};
use contracts::catalog::Category;
use contracts::search::{AttributeRange, Facet, SearchPage, SearchQuery, Sort};
use kernel::{Currency, Cursor, Money, SearchId};
use std::collections::BTreeMap;

/// Filters one address may carry.
const FILTERS_MAX: usize = 64;
const FACET_OPEN_BELOW: usize = 3;
/// The parameter that names the search whose later page an address is of.
pub const SEARCH: &str = "s";
/// Parameters that say where in a list one is, not which list it is.
const PLACE: [&str; 3] = ["cursor", "seen", SEARCH];

/// What a range's parameters begin with; then come its unit and its attribute, parted by points.
const FROM: &str = "from.";
const TO: &str = "to.";

/// The parameters of a list, in order, as they stand in the address.
#[derive(Clone, Debug)]
pub struct Filters {
    pairs: Vec<(String, String)>,
    /// Where the visitor said they are on an earlier page, where the address says nothing of it.
    remembered: Option<String>,
    /// In which prices are filtered, ranged and sorted: an amount says nothing about one in another currency.
    currency: Currency,
    /// All in which something is sold.
    sold_in: Vec<Currency>,
}

impl Filters {
    pub fn parse(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        Self {
            pairs: pairs
                .filter(|(k, v)| k != "lang" && !v.trim().is_empty())
                .take(FILTERS_MAX)
                .collect(),
            remembered: None,
            currency: Currency::EUR,
            sold_in: Vec::new(),
        }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(k, _)| k == name)
            .map(|(_, v)| v.as_str())
    }

    fn all(&self, name: &str) -> Vec<String> {
        self.pairs
            .iter()
            .filter(|(k, _)| k == name)
            .map(|(_, v)| v.clone())
            .collect()
    }

    fn has(&self, name: &str, value: &str) -> bool {
        self.pairs.iter().any(|(k, v)| k == name && v == value)
    }

    /// The search that these filters ask for.
    pub fn query(&self, category: Option<String>, limit: u16) -> SearchQuery {
        let major = |name| {
            self.get(name)
                .and_then(|text| Money::parse(text, self.currency).ok())
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
            currency: Some(self.currency),
            in_stock: self.get("available").is_some(),
            sort: self.sort(),
            after: self.get("cursor").map(|c| Cursor(c.to_owned())),
            limit,
            facets: true,
            ..SearchQuery::default()
        };
        for (name, value) in &self.pairs {
            if let Some(key) = name.strip_prefix("attr.") {
                query
                    .attributes
                    .entry(key.to_owned())
                    .or_default()
                    .push(value.clone());
            }
        }
        query.ranges = self.ranges();
        query.rating_min = self.stars().map(f64::from);
        query.near = self.near();
        query.near_km = (query.near.is_some() && self.get("within").is_some()).then_some(NEAR_KM);
        if query.sort == Sort::Distance && query.near.is_none() {
            query.sort = Sort::Relevance;
        }
        query
    }

    /// The search whose later page this is.
    pub fn search(&self) -> Option<SearchId> {
        self.get(SEARCH)?.parse().ok()
    }

    /// Ranges by attribute; ends that are no numbers are left out, and whoever mixes two up means what lies between.
    fn ranges(&self) -> BTreeMap<String, AttributeRange> {
        let mut ranges: BTreeMap<String, AttributeRange> = BTreeMap::new();
        for (name, value) in &self.pairs {
            let Some((is_from, unit, key)) = range_name(name) else {
                continue;
            };
            let Some(number) = number(value) else {
                continue;
            };
            let range = ranges.entry(key.to_owned()).or_default();
            range.unit = unit.to_owned();
            if is_from {
                range.min = Some(number);
            } else {
                range.max = Some(number);
            }
        }
        for range in ranges.values_mut() {
            if let (Some(min), Some(max)) = (range.min, range.max)
                && min > max
            {
                (range.min, range.max) = (Some(max), Some(min));
            }
        }
        ranges
    }

    /// This list's address with one range for an attribute in place of any other.
    fn ranged(&self, action: &str, unit: &str, key: &str, ends: Option<(f64, f64)>) -> String {
        let is_other =
            |name: &str| range_name(name).is_none_or(|(_, _, other)| other != key) && !PLACE.contains(&name);
        let mut pairs: Vec<(String, String)> = self
            .pairs
            .iter()
            .filter(|(name, _)| is_other(name))
            .cloned()
            .collect();
        if let Some((min, max)) = ends {
            pairs.push((format!("{FROM}{unit}.{key}"), min.to_string()));
            pairs.push((format!("{TO}{unit}.{key}"), max.to_string()));
        }
        address(action, pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())))
    }

    /// This list without what was chosen in one facet.
    pub fn without_facet(&self, action: &str, facet: &str) -> String {
        let is_of = |name: &str| match facet {
            "price" => matches!(name, "price_min" | "price_max"),
            "region" => name == "province",
            "availability" => name == "available",
            "distance" => name == "within",
            "category" | "seller" | "rating" => name == facet,
            attribute => {
                let key = attribute.strip_prefix("attr.").unwrap_or(attribute);
                name == attribute || range_name(name).is_some_and(|(_, _, own)| own == key)
            }
        };
        let kept = self
            .pairs
            .iter()
            .filter(|(name, _)| !is_of(name) && !PLACE.contains(&name.as_str()));
        address(action, kept.map(|(k, v)| (k.as_str(), v.as_str())))
    }

    fn sort(&self) -> Sort {
        match self.get("sort") {
            Some("newest") => Sort::Newest,
            Some("price_up") => Sort::PriceAsc,
            Some("price_down") => Sort::PriceDesc,
            Some("near") => Sort::Distance,
            _ => Sort::Relevance,
        }
    }

    /// Whether nothing narrows the list beside its words.
    pub fn is_unfiltered(&self) -> bool {
        self.pairs.iter().all(|(k, _)| {
            PLACE.contains(&k.as_str()) || matches!(k.as_str(), "q" | "sort" | "near" | CURRENCY)
        })
    }

    /// This list's address, with one parameter set or, with none, left out. The place in the list is left out too.
    pub fn with(&self, action: &str, name: &str, value: Option<&str>) -> String {
        let kept = self
            .pairs
            .iter()
            .filter(|(k, _)| k != name && !PLACE.contains(&k.as_str()));
        let pairs = kept
            .map(|(k, v)| (k.as_str(), v.as_str()))
            .chain(value.map(|v| (name, v)));
        address(action, pairs)
    }

    fn without(&self, action: &str, name: &str, value: &str) -> String {
        let kept = self
            .pairs
            .iter()
            .filter(|(k, v)| !(PLACE.contains(&k.as_str()) || k == name && v == value));
        address(action, kept.map(|(k, v)| (k.as_str(), v.as_str())))
    }

    /// One chip per active filter.
    pub fn chips(&self, action: &str, found: &SearchPage, locale: Locale) -> Vec<Link> {
        let filters = self
            .pairs
            .iter()
            .filter(|(k, _)| !PLACE.contains(&k.as_str()) && k != "q" && k != "sort" && k != CURRENCY)
            .filter(|(k, _)| k != "rating" || self.stars().is_some());
        filters
            .map(|(name, value)| {
                let href = match name.as_str() {
                    NEAR => self.elsewhere(action),
                    _ => self.without(action, name, value),
                };
                Link::new(label(name, value, self.currency, found, locale), href)
            })
            .collect()
    }
}

/// Of a range's parameter: whether it is the lower end, its unit and its attribute.
fn range_name(name: &str) -> Option<(bool, &str, &str)> {
    let (is_from, rest) = match (name.strip_prefix(FROM), name.strip_prefix(TO)) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return None,
    };
    let (unit, key) = rest.split_once('.')?;
    Some((is_from, unit, key)).filter(|_| !key.is_empty())
}

/// A number as either language writes it.
fn number(text: &str) -> Option<f64> {
    let number: f64 = text.trim().replace(',', ".").parse().ok()?;
    number.is_finite().then_some(number)
}

/// A number as the language writes it.
pub fn written(number: f64, locale: Locale) -> String {
    decimal(&number.to_string(), locale)
}

/// A number with a point, as the language writes it.
pub fn decimal(plain: &str, locale: Locale) -> String {
    match locale {
        Locale::Es => plain.replace('.', ","),
        Locale::En => plain.to_owned(),
    }
}

fn with_unit(number: &str, unit: &str) -> String {
    if unit.is_empty() {
        number.to_owned()
    } else {
        format!("{number}\u{a0}{unit}")
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

fn label(name: &str, value: &str, currency: Currency, found: &SearchPage, locale: Locale) -> String {
    let known = |facet: &str| {
        let facet = found.facets.iter().find(|f| f.key == facet)?;
        facet
            .values
            .iter()
            .find(|v| v.value == value)
            .map(|v| v.label.clone())
    };
    match name {
        "price_min" | "price_max" => {
            let end = bound(name == "price_min", &amount(value, currency, locale), locale);
            format!("{}: {end}", locale.t("facet.price"))
        }
        "available" => locale.t("facet.available_now").to_string(),
        NEAR => locale.t("facet.near_place").arg("place", value).to_string(),
        "within" => locale.t("facet.near_only").to_string(),
        "province" => cards::region_name(value, locale),
        "rating" => rating::label(value.parse().unwrap_or_default(), locale),
        "seller" => known("seller").unwrap_or_else(|| value.to_owned()),
        range if range_name(range).is_some() => {
            let (is_from, unit, key) = range_name(range).unwrap_or_default();
            let name = titled(key, found, locale);
            let end = number(value).map_or_else(|| value.to_owned(), |end| written(end, locale));
            format!("{name}: {}", bound(is_from, &with_unit(&end, unit), locale))
        }
        attribute => match attribute.strip_prefix("attr.") {
            Some(key) => format!(
                "{}: {}",
                titled(key, found, locale),
                attribute_value(known(attribute).as_deref().unwrap_or(value), locale)
            ),
            None => value.to_owned(),
        },
    }
}

/// One end of a range in words: from what on, or up to what.
fn bound(is_from: bool, value: &str, locale: Locale) -> String {
    let key = if is_from {
        "facet.at_least"
    } else {
        "facet.at_most"
    };
    locale.t(key).arg("value", value).to_string()
}

/// What an attribute is called beside what was found.
fn titled(key: &str, found: &SearchPage, locale: Locale) -> String {
    let facet = found
        .facets
        .iter()
        .find(|f| f.key.strip_prefix("attr.") == Some(key));
    facet.map_or_else(|| attribute_name(key, locale), |facet| title(facet, key, locale))
}

/// What somebody typed as a price, as the language writes it.
fn amount(typed: &str, currency: Currency, locale: Locale) -> String {
    Money::parse(typed, currency).map_or_else(|_| typed.to_owned(), |money| locale.money(money))
}

/// The index spells truth in English.
fn attribute_value(value: &str, locale: Locale) -> String {
    match value {
        "yes" => locale.t("word.yes").to_string(),
        "no" => locale.t("word.no").to_string(),
        other => other.to_owned(),
    }
}

/// The side column.
pub fn side(
    filters: &Filters,
    found: &SearchPage,
    action: &str,
    category: Option<&str>,
    tree: &[Category],
    locale: Locale,
) -> Facets {
    let mut side = Facets {
        price: filters.price_range(None, locale),
        near: filters.near_fields(locale),
        ..Facets::default()
    };
    for facet in &found.facets {
        match facet.key.as_str() {
            "category" => side.categories = categories(facet, category, tree, locale),
            "price" => side.price = filters.price_range(Some(facet), locale),
            "rating" => side.rating = rating::choices(facet, filters, action, locale),
            // It comes last.
            "availability" => {}
            key => {
                let open = side.groups.len() < FACET_OPEN_BELOW;
                let mut group = group(key, facet, filters, action, open, locale);
                if let Some(range) = group.as_mut().and_then(|group| group.range.as_mut()) {
                    range.id = format!("range-{}", side.groups.len());
                }
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
            range: None,
        });
    }
    side
}

/// Whether a group says nothing that one above it does not: sellers often fill `material` and `materials` alike, or
/// sign as their own brand.
fn repeats(group: &FacetGroup, above: &[FacetGroup]) -> bool {
    let is_ranged = |range: &RangeFields| !range.min.is_empty() || !range.max.is_empty();
    let chosen = group.options.iter().any(|o| o.selected) || group.range.as_ref().is_some_and(is_ranged);
    let labels = |group: &FacetGroup| group.options.iter().map(|o| o.label.clone()).collect::<Vec<_>>();
    // Of ranges only the name can be the same.
    let has_labels = !group.options.is_empty();
    let same =
        |other: &FacetGroup| other.label == group.label || (has_labels && labels(other) == labels(group));
    !chosen && above.iter().any(same)
}

fn group(
    key: &str,
    facet: &Facet,
    filters: &Filters,
    action: &str,
    open: bool,
    locale: Locale,
) -> Option<FacetGroup> {
    let (name, label) = match key {
        "seller" => ("seller".to_owned(), locale.t("facet.seller").to_string()),
        "region" => ("province".to_owned(), locale.t("facet.province").to_string()),
        attribute => {
            let plain = attribute.strip_prefix("attr.").unwrap_or(attribute);
            (format!("attr.{plain}"), title(facet, plain, locale))
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
    let range = range(key, facet, filters, action, locale);
    // Among ranges only those values are shown that somebody chose before.
    let options: Vec<FacetOption> = options
        .into_iter()
        .filter(|option| range.is_none() || option.selected)
        .collect();
    let is_ranged = range
        .as_ref()
        .is_some_and(|range| !range.min.is_empty() || !range.max.is_empty());
    let chosen = options.iter().any(|o| o.selected) || is_ranged;
    (!options.is_empty() || range.is_some()).then_some(FacetGroup {
        name,
        label,
        open: open || chosen,
        options,
        range,
    })
}

/// The ends and parts of a facet of many numbers.
fn range(key: &str, facet: &Facet, filters: &Filters, action: &str, locale: Locale) -> Option<RangeFields> {
    let key = key.strip_prefix("attr.")?;
    let chosen = filters.ranges().remove(key);
    let (lowest, highest) = facet.range?;
    if facet.buckets.is_empty() && chosen.is_none() {
        return None;
    }
    let unit = facet.unit.clone().unwrap_or_default();
    let end = |end: Option<f64>| end.map(|end| end.to_string()).unwrap_or_default();
    let chosen = chosen.unwrap_or_default();
    let parts = facet.buckets.iter().map(|bucket| {
        let (min, max) = (written(bucket.min, locale), written(bucket.max, locale));
        let span = if bucket.min < bucket.max {
            format!("{min} – {max}")
        } else {
            min
        };
        // Chosen once more, it is chosen no more.
        let ends = (!bucket.selected).then_some((bucket.min, bucket.max));
        RangePart {
            label: with_unit(&span, &unit),
            href: filters.ranged(action, &unit, key, ends),
            count: bucket.count,
            selected: bucket.selected,
        }
    });
    Some(RangeFields {
        id: String::new(),
        from: format!("{FROM}{unit}.{key}"),
        to: format!("{TO}{unit}.{key}"),
        min: end(chosen.min),
        max: end(chosen.max),
        lowest: lowest.to_string(),
        highest: highest.to_string(),
        parts: parts.collect(),
        unit,
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

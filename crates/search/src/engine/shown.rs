//! What of the counts is shown, whoever counted: which values, in which order, and how much of a tree.

use super::filter::Filter;
use super::quantity::Range;
use super::ranges::Spread;
use contracts::search::{Facet, FacetBucket, FacetValue};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Values shown of one attribute.
pub const VALUES_MAX: usize = 12;
/// Categories, shops and places shown: people look for a name they know, which need not be among the commonest.
pub const NAMES_MAX: usize = 60;
/// Attribute keys shown.
pub const KEYS_MAX: usize = 12;
/// Stars of which there is a choice: so many and more.
pub const STARS: [u16; 4] = [4, 3, 2, 1];
const STARS_MAX: f64 = 5.0;
/// Between the segments of a category's path.
const PATH: char = '/';

/// A value, how people read it, and how many have it. No text is copied before it is known to be shown.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    pub value: &'a str,
    pub label: &'a str,
    pub count: u64,
}

/// What of an attribute is filtered by.
pub struct Chosen<'a> {
    /// In an order of their own, in which those that nothing has are shown.
    pub values: BTreeSet<String>,
    pub range: Option<&'a Range>,
}

fn chosen(filters: &[Filter], pick: impl Fn(&Filter) -> Option<Vec<String>>) -> HashSet<String> {
    filters
        .iter()
        .find_map(pick)
        .unwrap_or_default()
        .into_iter()
        .collect()
}

#[must_use]
pub fn price((min, max): (i64, i64)) -> Facet {
    Facet {
        range: Some((min as f64, max as f64)),
        ..Facet::bare("price")
    }
}

/// So many stars and more; absent where nothing was given any.
#[must_use]
pub fn rating(rated: [u64; STARS.len()], filters: &[Filter]) -> Option<Facet> {
    let chosen = filters.iter().find_map(|filter| match filter {
        Filter::Rating(least) => Some(*least),
        _ => None,
    });
    let buckets = STARS.iter().zip(rated).map(|(&stars, count)| FacetBucket {
        min: f64::from(stars),
        max: STARS_MAX,
        count,
        selected: chosen == Some(u64::from(stars) * 100),
    });
    let any = chosen.is_some() || rated.iter().any(|&count| count > 0);
    any.then(|| Facet {
        buckets: buckets.collect(),
        ..Facet::bare("rating")
    })
}

#[must_use]
pub fn availability(in_stock: u64, filters: &[Filter]) -> Facet {
    Facet {
        values: vec![FacetValue {
            value: "true".to_owned(),
            label: "In stock".to_owned(),
            count: in_stock,
            selected: filters.contains(&Filter::InStock),
        }],
        ..Facet::bare("availability")
    }
}

#[must_use]
pub fn seller(values: Vec<Named<'_>>, filters: &[Filter]) -> Option<Facet> {
    let chosen = chosen(filters, |filter| match filter {
        Filter::Seller(slugs) => Some(slugs.clone()),
        _ => None,
    });
    named("seller", values, &chosen)
}

/// The finest places known; a country appears itself only where no place within it does.
#[must_use]
pub fn region(mut values: Vec<Named<'_>>, filters: &[Filter]) -> Option<Facet> {
    let chosen = chosen(filters, |filter| match filter {
        Filter::Region(codes) => Some(codes.clone()),
        _ => None,
    });
    let divided: HashSet<&str> = values
        .iter()
        .filter_map(|named| named.value.split_once('-'))
        .map(|(country, _)| country)
        .collect();
    values.retain(|named| chosen.contains(named.value) || !divided.contains(named.value));
    named("region", values, &chosen)
}

/// The path of the category above; empty for one at the top.
fn parent_of(path: &str) -> &str {
    path.rsplit_once(PATH).map_or("", |(parent, _)| parent)
}

/// The chosen category with its ancestors, its siblings and its children. Without a choice, the tree's top, and
/// below it for as long as there is only one way down.
#[must_use]
pub fn category(mut values: Vec<Named<'_>>, filters: &[Filter]) -> Option<Facet> {
    let chosen = chosen(filters, |filter| match filter {
        Filter::Category(path) => Some(vec![path.clone()]),
        _ => None,
    });
    let mut children: HashMap<&str, Vec<&str>> = HashMap::new();
    for named in &values {
        children
            .entry(parent_of(named.value))
            .or_default()
            .push(named.value);
    }
    let mut shown: HashSet<&str> = HashSet::new();
    if let Some(path) = chosen.iter().next() {
        let mut place = path.as_str();
        shown.extend(children.remove(place).unwrap_or_default());
        shown.extend(children.remove(parent_of(place)).unwrap_or_default());
        while !place.is_empty() {
            shown.insert(place);
            place = parent_of(place);
        }
    } else {
        let mut place = "";
        while let Some(level) = children.remove(place) {
            shown.extend(&level);
            match level[..] {
                [only] => place = only,
                _ => break,
            }
        }
    }
    values.retain(|named| shown.contains(named.value));
    let ancestors = chosen.iter().flat_map(|path| {
        path.char_indices()
            .filter(|(_, c)| *c == PATH)
            .map(|(at, _)| path[..at].to_owned())
    });
    let kept: HashSet<String> = ancestors.chain(chosen.iter().cloned()).collect();
    let mut facet = named("category", values, &kept)?;
    for value in &mut facet.values {
        value.selected = chosen.contains(&value.value);
    }
    Some(facet)
}

/// An attribute that may be worth showing, before any text of its values is touched.
pub struct Counted<'a, V> {
    pub key: &'a str,
    /// How many have each value, by what whoever counted knows it by.
    pub values: Vec<(u64, V)>,
    pub chosen: Option<&'a Chosen<'a>>,
    pub spread: Option<Spread>,
}

impl<V> Counted<'_, V> {
    /// How many it tells apart: never more than have it.
    fn worth(&mut self) -> u64 {
        let counts = &mut self.values;
        let by_value: u64 = if counts.len() > VALUES_MAX {
            let (most, last, _) = counts.select_nth_unstable_by_key(VALUES_MAX - 1, |&(n, _)| Reverse(n));
            most.iter().map(|(n, _)| n).sum::<u64>() + last.0
        } else {
            counts.iter().map(|(n, _)| n).sum()
        };
        // A range is a coarser choice than a value.
        let parts = self.spread.iter().flat_map(|spread| &spread.parts);
        by_value.max(parts.map(|part| part.count).sum::<u64>() / 2)
    }
}

/// One attribute: its commonest values with those that are chosen, and its quantities.
fn attribute<'a, V>(counted: Counted<'a, V>, text: &impl Fn(V) -> &'a str) -> Facet {
    let Counted {
        key,
        values,
        chosen,
        spread,
    } = counted;
    let is_chosen = |value: &str| chosen.is_some_and(|chosen| chosen.values.contains(value));
    let counted = values.into_iter().map(|(count, value)| (count, text(value)));
    let mut counted: Vec<(u64, &str)> = counted.collect();
    counted.sort_unstable_by_key(|&(count, value)| (Reverse(count), value));
    let kept = counted
        .iter()
        .enumerate()
        .filter(|(rank, (_, value))| *rank < VALUES_MAX || is_chosen(value));
    let of = |value: &str, count| FacetValue {
        value: value.to_owned(),
        label: value.to_owned(),
        count,
        selected: is_chosen(value),
    };
    let mut values: Vec<FacetValue> = kept.map(|(_, &(count, value))| of(value, count)).collect();
    for value in chosen.into_iter().flat_map(|chosen| &chosen.values) {
        if values.iter().all(|known| known.value != *value) {
            values.push(of(value, 0));
        }
    }
    let range = chosen.and_then(|chosen| chosen.range);
    Facet {
        values,
        range: spread.as_ref().map(Spread::range),
        unit: spread
            .as_ref()
            .map(|spread| spread.unit.symbol.to_owned())
            .filter(|unit| !unit.is_empty()),
        buckets: spread.map(|spread| spread.buckets(range)).unwrap_or_default(),
        ..Facet::bare(format!("attr.{key}"))
    }
}

/// Of attributes those that are filtered by, then those that tell most apart.
pub struct WorthShowing<'a, V> {
    /// Shown at most.
    most: usize,
    /// With how many each tells apart.
    offered: Vec<(u64, Counted<'a, V>)>,
    /// How many each tells apart that is not filtered by, the most first.
    free: Vec<u64>,
}

impl<'a, V> WorthShowing<'a, V> {
    /// Where so many attributes are filtered by.
    #[must_use]
    pub fn beside(filtered: usize) -> Self {
        Self {
            most: KEYS_MAX.max(filtered),
            offered: Vec::new(),
            free: Vec::new(),
        }
    }

    pub fn offer(&mut self, mut counted: Counted<'a, V>) {
        let worth = counted.worth();
        if counted.chosen.is_none() {
            let at = self.free.partition_point(|&other| other >= worth);
            self.free.insert(at, worth);
        }
        self.offered.push((worth, counted));
    }

    #[must_use]
    pub fn offered(&self) -> usize {
        self.offered.len()
    }

    /// Whether one that so many have, and that is not filtered by, could be shown beside all that were offered: it tells no
    /// more apart than have it, and of those that tell as much apart the name decides.
    #[must_use]
    pub fn has_place_for(&self, having: u64) -> bool {
        let chosen = self.offered.len() - self.free.len();
        let last = self.most.saturating_sub(chosen).checked_sub(1);
        last.is_some_and(|last| self.free.get(last).is_none_or(|&worth| worth <= having))
    }

    /// The facets; `text` is how people read a value.
    pub fn into_facets(mut self, text: impl Fn(V) -> &'a str) -> Vec<Facet> {
        self.offered
            .sort_by_key(|(worth, counted)| (counted.chosen.is_none(), Reverse(*worth), counted.key));
        let shown = self.offered.into_iter().take(self.most);
        shown.map(|(_, counted)| attribute(counted, &text)).collect()
    }
}

/// The commonest values, and every chosen one whatever its count.
fn named<'a>(key: &str, mut values: Vec<Named<'a>>, chosen: &'a HashSet<String>) -> Option<Facet> {
    let known = values.iter().map(|named| named.value);
    let known: HashSet<&str> = known.filter(|value| chosen.contains(*value)).collect();
    let absent = chosen.iter().filter(|value| !known.contains(value.as_str()));
    values.extend(absent.map(|value| Named {
        value,
        label: value,
        count: 0,
    }));
    if values.is_empty() {
        return None;
    }
    shorten(&mut values, chosen);
    let shown = values.into_iter().map(|named| FacetValue {
        value: named.value.to_owned(),
        label: named.label.to_owned(),
        count: named.count,
        selected: chosen.contains(named.value),
    });
    Some(Facet {
        values: shown.collect(),
        ..Facet::bare(key)
    })
}

/// Commonest first, at most [`NAMES_MAX`] and all that are chosen.
fn shorten(values: &mut Vec<Named<'_>>, chosen: &HashSet<String>) {
    let order = |named: &Named<'_>, other: &Named<'_>| {
        let by_count = other.count.cmp(&named.count);
        by_count.then_with(|| named.value.cmp(other.value))
    };
    if values.len() > NAMES_MAX {
        values.select_nth_unstable_by(NAMES_MAX, order);
        let rest = values.split_off(NAMES_MAX);
        values.extend(rest.into_iter().filter(|named| chosen.contains(named.value)));
    }
    values.sort_unstable_by(order);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted<'a>(key: &'a str, counts: &[u64], chosen: Option<&'a Chosen<'a>>) -> Counted<'a, usize> {
        Counted {
            key,
            values: counts.iter().copied().zip(0..).collect(),
            chosen,
            spread: None,
        }
    }

    fn keys(showing: WorthShowing<'_, usize>) -> Vec<String> {
        let facets = showing.into_facets(|_| "value");
        facets.into_iter().map(|facet| facet.key).collect()
    }

    fn shown(facet: Option<Facet>) -> Vec<(String, u64, bool)> {
        let values = facet.into_iter().flat_map(|facet| facet.values);
        values
            .map(|value| (value.value, value.count, value.selected))
            .collect()
    }

    #[test]
    fn the_commonest_names_are_shown_and_all_that_are_chosen() {
        let slugs: Vec<String> = (0..2 * NAMES_MAX).map(|n| format!("shop-{n:03}")).collect();
        // Two of each count; of these the name decides.
        let values = slugs.iter().zip(0u64..).map(|(slug, n)| Named {
            value: slug,
            label: "Shop",
            count: 1_000 - n / 2,
        });
        let values: Vec<Named> = values.collect();
        let backwards: Vec<Named> = values.iter().rev().copied().collect();
        let chosen = ["shop-001", "shop-100", "shop-none"].map(str::to_owned);
        let filters = [Filter::Seller(chosen.to_vec())];
        let told = |n: usize, selected: bool| (slugs[n].clone(), 1_000 - n as u64 / 2, selected);
        let mut expected: Vec<_> = (0..NAMES_MAX).map(|n| told(n, n == 1)).collect();
        expected.push(told(100, true));
        expected.push(("shop-none".to_owned(), 0, true));
        // In whatever order they were counted.
        assert_eq!(shown(seller(values.clone(), &filters)), expected);
        assert_eq!(shown(seller(backwards, &filters)), expected);
        let alone = shown(seller(values, &[]));
        assert_eq!(alone.len(), NAMES_MAX);
        assert_eq!(alone.last(), Some(&told(NAMES_MAX - 1, false)));
        assert!(seller(Vec::new(), &[]).is_none());
    }

    #[test]
    fn a_country_gives_way_to_its_places_unless_it_is_chosen() {
        let named = |value, count| Named {
            value,
            label: value,
            count,
        };
        let values = vec![named("ES", 5), named("ES-M", 3), named("PT", 2)];
        let told = |value: &str, count: u64, selected: bool| (value.to_owned(), count, selected);
        assert_eq!(
            shown(region(values.clone(), &[])),
            [told("ES-M", 3, false), told("PT", 2, false)]
        );
        let chosen = Filter::Region(vec!["ES".to_owned()]);
        assert_eq!(
            shown(region(values, &[chosen])),
            [told("ES", 5, true), told("ES-M", 3, false), told("PT", 2, false)]
        );
    }

    #[test]
    fn what_tells_most_apart_is_shown_whatever_most_have() {
        let names: Vec<String> = (0..KEYS_MAX).map(|n| format!("key {n:02}")).collect();
        let mut showing = WorthShowing::beside(0);
        // Most have it, but no two the same.
        showing.offer(counted("article", &[1; 500], None));
        for name in &names {
            assert!(showing.has_place_for(30));
            showing.offer(counted(name, &[20, 10], None));
        }
        assert!(!showing.has_place_for(29));
        // It could tell as much apart, and its name come first.
        assert!(showing.has_place_for(30));
        showing.offer(counted("alike", &[15, 15], None));
        let shown = keys(showing);
        assert_eq!(shown.len(), KEYS_MAX);
        assert_eq!(
            shown[..3],
            ["attr.alike", "attr.key 00", "attr.key 01"].map(str::to_owned)
        );
    }

    #[test]
    fn what_is_filtered_by_takes_places_of_others() {
        let chosen = Chosen {
            values: BTreeSet::new(),
            range: None,
        };
        let names: Vec<String> = (0..=KEYS_MAX).map(|n| format!("key {n:02}")).collect();
        let mut showing = WorthShowing::beside(names.len());
        for name in &names[..KEYS_MAX] {
            showing.offer(counted(name, &[1], Some(&chosen)));
        }
        assert!(showing.has_place_for(1));
        showing.offer(counted("free", &[1], None));
        assert!(showing.has_place_for(1));
        assert!(!showing.has_place_for(0));
        showing.offer(counted(&names[KEYS_MAX], &[1], Some(&chosen)));
        assert!(!showing.has_place_for(u64::MAX));
        assert_eq!(keys(showing).last(), Some(&format!("attr.{}", names[KEYS_MAX])));
    }
}

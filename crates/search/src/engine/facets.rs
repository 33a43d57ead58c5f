//! Exact counts beside the results.
//!
//! A facet counts the documents that pass every *other* facet's filter: what would be found if this facet's own
//! choice were different. So a document that fails one filter only still counts, in that filter's facet alone.

use super::columns::{Columns, Entries, FacetColumn, FacetTerms, Terms, View};
use super::filter::Filter;
use super::quantity::Range;
use super::ranges::{PARTS_MAX, Spread};
use contracts::search::{Facet, FacetBucket, FacetValue};
use std::collections::{HashMap, HashSet};
use tantivy::DocId;

/// Values shown of one attribute.
pub const VALUES_MAX: usize = 12;
/// Categories, shops and places shown: people look for a name they know, which need not be among the commonest.
pub const NAMES_MAX: usize = 60;
/// Attribute keys shown.
pub const KEYS_MAX: usize = 12;
/// Keys that are looked at to find the ones worth showing.
const KEYS_SEEN_MAX: usize = 64;
/// Stars of which there is a choice: so many and more.
const STARS: [u16; 4] = [4, 3, 2, 1];
const STARS_MAX: f64 = 5.0;
/// Between the segments of a category's path.
const PATH: char = '/';

/// Counts so far, over all segments seen.
pub struct Counts<'a> {
    filters: &'a [Filter],
    terms: &'a FacetTerms,
    category: Vec<u32>,
    seller: Vec<u32>,
    region: Vec<u32>,
    attribute: Vec<u32>,
    /// By attribute filter, the number of its key.
    keys: Vec<Option<usize>>,
    group_of: Vec<u32>,
    price: Option<(i64, i64)>,
    /// In which prices are ranged.
    currency: Option<u64>,
    in_stock: u64,
    /// By [`STARS`].
    rated: [u64; STARS.len()],
    /// What was counted, where adding up terms would count a document twice.
    kept: Option<Vec<Kept<'a>>>,
}

/// The documents of a segment that were counted.
struct Kept<'a> {
    columns: &'a Columns,
    passing: Vec<DocId>,
    near: Vec<Vec<DocId>>,
}

impl<'a> Counts<'a> {
    #[must_use]
    pub fn new(filters: &'a [Filter], view: &'a View, currency: Option<u64>) -> Self {
        let terms: &FacetTerms = &view.terms;
        let has_several =
            |columns: &Columns| columns.attribute.as_ref().is_some_and(FacetColumn::has_several);
        let keeps = view.columns.iter().any(|columns| has_several(columns));
        let zeros = |terms: &Terms| vec![0; terms.read().len()];
        let attributes = terms.attribute.read();
        let keys = filters.iter().map(|filter| match filter {
            Filter::Attribute { key, .. } => attributes.group_named(key),
            _ => None,
        });
        let restricted = filters.iter().any(|f| matches!(f, Filter::Attribute { .. }));
        let group_of = |n| u32::try_from(attributes.group_of(n)).unwrap_or(u32::MAX);
        Self {
            filters,
            category: zeros(&terms.category),
            seller: zeros(&terms.seller),
            region: zeros(&terms.region),
            attribute: vec![0; attributes.len()],
            keys: keys.collect(),
            group_of: if restricted {
                (0..attributes.len()).map(group_of).collect()
            } else {
                Vec::new()
            },
            terms,
            price: None,
            currency,
            in_stock: 0,
            rated: [0; STARS.len()],
            kept: keeps.then(Vec::new),
        }
    }

    /// Adds one segment: the documents that pass, and by filter those that fail it alone.
    pub fn add(&mut self, columns: &'a Columns, passing: &[DocId], near: &[Vec<DocId>]) {
        self.add_category(columns, passing);
        self.add_seller(columns, passing);
        self.add_region(columns, passing);
        self.add_price(columns, passing);
        self.add_stock(columns, passing);
        self.add_rating(columns, passing);
        if let Some(kept) = &mut self.kept {
            kept.push(Kept {
                columns,
                passing: passing.to_vec(),
                near: near.to_vec(),
            });
        }
        count(&mut self.attribute, columns.attribute.as_ref(), passing, |_| true);
        for (i, docs) in near.iter().enumerate() {
            match &self.filters[i] {
                Filter::Category(_) => self.add_category(columns, docs),
                Filter::Seller(_) => self.add_seller(columns, docs),
                Filter::Region(_) => self.add_region(columns, docs),
                Filter::Price(..) => self.add_price(columns, docs),
                Filter::InStock => self.add_stock(columns, docs),
                Filter::Rating(_) => self.add_rating(columns, docs),
                // No facet is shown of it.
                Filter::Near(..) => {}
                Filter::Attribute { .. } => {
                    let Some(key) = self.keys[i] else { continue };
                    let group_of = &self.group_of;
                    let is_of_key = |number: usize| group_of.get(number).is_some_and(|&g| g as usize == key);
                    count(&mut self.attribute, columns.attribute.as_ref(), docs, is_of_key);
                }
            }
        }
    }

    fn add_category(&mut self, columns: &Columns, docs: &[DocId]) {
        count(&mut self.category, columns.category.as_ref(), docs, |_| true);
    }

    fn add_seller(&mut self, columns: &Columns, docs: &[DocId]) {
        count(&mut self.seller, columns.seller.as_ref(), docs, |_| true);
    }

    fn add_region(&mut self, columns: &Columns, docs: &[DocId]) {
        count(&mut self.region, columns.region.as_ref(), docs, |_| true);
    }

    fn add_price(&mut self, columns: &Columns, docs: &[DocId]) {
        for &doc in docs
            .iter()
            .filter(|&&doc| columns.is_priced_in(self.currency, doc))
        {
            let price = columns.price.get_val(doc);
            let (min, max) = self.price.unwrap_or((price, price));
            self.price = Some((min.min(price), max.max(price)));
        }
    }

    fn add_stock(&mut self, columns: &Columns, docs: &[DocId]) {
        self.in_stock += docs
            .iter()
            .filter(|&&doc| columns.in_stock.get_val(doc) != 0)
            .count() as u64;
    }

    fn add_rating(&mut self, columns: &Columns, docs: &[DocId]) {
        for &doc in docs {
            let rating = columns.rating.get_val(doc);
            for (count, stars) in self.rated.iter_mut().zip(STARS) {
                *count += u64::from(rating >= u64::from(stars) * 100);
            }
        }
    }

    /// The facets as they are shown. `total` is the number of documents that pass everything.
    #[must_use]
    pub fn into_facets(self, total: u64) -> Vec<Facet> {
        let mut facets = Vec::new();
        facets.extend(self.category_facet());
        facets.extend(self.seller_facet());
        facets.extend(self.region_facet());
        if let Some((min, max)) = self.price {
            facets.push(Facet {
                key: "price".to_owned(),
                values: Vec::new(),
                range: Some((min as f64, max as f64)),
                unit: None,
                buckets: Vec::new(),
            });
        }
        facets.extend(self.rating_facet());
        facets.push(Facet {
            key: "availability".to_owned(),
            values: vec![FacetValue {
                value: "true".to_owned(),
                label: "In stock".to_owned(),
                count: self.in_stock,
                selected: self.filters.contains(&Filter::InStock),
            }],
            range: None,
            unit: None,
            buckets: Vec::new(),
        });
        self.attribute_facets(total, &mut facets);
        facets
    }

    fn chosen(&self, pick: impl Fn(&Filter) -> Option<Vec<String>>) -> HashSet<String> {
        self.filters
            .iter()
            .find_map(pick)
            .unwrap_or_default()
            .into_iter()
            .collect()
    }

    /// So many stars and more; absent where nothing was given any.
    fn rating_facet(&self) -> Option<Facet> {
        let chosen = self.filters.iter().find_map(|filter| match filter {
            Filter::Rating(least) => Some(*least),
            _ => None,
        });
        let buckets = STARS.iter().zip(self.rated).map(|(&stars, count)| FacetBucket {
            min: f64::from(stars),
            max: STARS_MAX,
            count,
            selected: chosen == Some(u64::from(stars) * 100),
        });
        let any = chosen.is_some() || self.rated.iter().any(|&count| count > 0);
        any.then(|| Facet {
            key: "rating".to_owned(),
            values: Vec::new(),
            range: None,
            unit: None,
            buckets: buckets.collect(),
        })
    }

    fn seller_facet(&self) -> Option<Facet> {
        let chosen = self.chosen(|filter| match filter {
            Filter::Seller(slugs) => Some(slugs.clone()),
            _ => None,
        });
        facet(
            "seller",
            by_value(&self.terms.seller.read(), &self.seller),
            &chosen,
        )
    }

    /// The finest places known; a country appears itself only where no place within it does.
    fn region_facet(&self) -> Option<Facet> {
        let chosen = self.chosen(|filter| match filter {
            Filter::Region(codes) => Some(codes.clone()),
            _ => None,
        });
        let mut values = by_value(&self.terms.region.read(), &self.region);
        let divided: HashSet<String> = values
            .keys()
            .filter_map(|code| code.split_once('-'))
            .map(|(country, _)| country.to_owned())
            .collect();
        values.retain(|code, _| chosen.contains(code) || !divided.contains(code));
        facet("region", values, &chosen)
    }

    /// The chosen category with its ancestors, its siblings and its children. Without a choice, the tree's top, and
    /// below it for as long as there is only one way down.
    fn category_facet(&self) -> Option<Facet> {
        let chosen = self.chosen(|filter| match filter {
            Filter::Category(path) => Some(vec![path.clone()]),
            _ => None,
        });
        let values = by_value(&self.terms.category.read(), &self.category);
        let parent_of = |path: &str| {
            path.rsplit_once(PATH)
                .map_or(String::new(), |(parent, _)| parent.to_owned())
        };
        let mut children: HashMap<String, Vec<String>> = HashMap::new();
        for path in values.keys() {
            children.entry(parent_of(path)).or_default().push(path.clone());
        }
        let mut shown = HashSet::new();
        if let Some(path) = chosen.iter().next() {
            let mut place = path.clone();
            shown.extend(children.remove(&place).unwrap_or_default());
            shown.extend(children.remove(&parent_of(path)).unwrap_or_default());
            while !place.is_empty() {
                let parent = parent_of(&place);
                shown.insert(std::mem::replace(&mut place, parent));
            }
        } else {
            let mut place = String::new();
            while let Some(level) = children.remove(&place) {
                let only = (level.len() == 1).then(|| level[0].clone());
                shown.extend(level);
                match only {
                    Some(only) => place = only,
                    None => break,
                }
            }
        }
        let ancestors: HashSet<String> = chosen
            .iter()
            .flat_map(|path| {
                path.char_indices()
                    .filter(|(_, c)| *c == PATH)
                    .map(|(at, _)| path[..at].to_owned())
            })
            .collect();
        let mut kept = values;
        kept.retain(|path, _| shown.contains(path));
        let mut facet = facet("category", kept, &ancestors.union(&chosen).cloned().collect())?;
        for value in &mut facet.values {
            value.selected = chosen.contains(&value.value);
        }
        Some(facet)
    }

    /// The keys by which most matches can be told apart, and those that are filtered by.
    fn attribute_facets(&self, total: u64, facets: &mut Vec<Facet>) {
        let entries = self.terms.attribute.read();
        let mut per_key = vec![0u64; entries.groups()];
        for (number, &count) in self.attribute.iter().enumerate() {
            if count > 0 {
                per_key[entries.group_of(number)] += u64::from(count);
            }
        }
        let filtered: HashMap<usize, Chosen> = self
            .filters
            .iter()
            .zip(&self.keys)
            .filter_map(|(filter, key)| match filter {
                Filter::Attribute { values, range, .. } => {
                    let values = values.iter().cloned().collect();
                    let range = range.as_ref();
                    Some(((*key)?, Chosen { values, range }))
                }
                _ => None,
            })
            .collect();
        let mut keys: Vec<usize> = (0..per_key.len()).filter(|&key| per_key[key] > 0).collect();
        let mut is_free = vec![true; per_key.len()];
        filtered.keys().for_each(|&key| is_free[key] = false);
        keys.sort_unstable_by(|&a, &b| {
            let order = is_free[a]
                .cmp(&is_free[b])
                .then_with(|| per_key[b].cmp(&per_key[a]));
            order.then_with(|| entries.group_name(a).cmp(entries.group_name(b)))
        });
        keys.truncate(KEYS_SEEN_MAX.max(filtered.len()));
        let mut place_of = vec![usize::MAX; per_key.len()];
        for (place, &key) in keys.iter().enumerate() {
            place_of[key] = place;
        }
        let mut values: Vec<Vec<(u32, usize)>> = vec![Vec::new(); keys.len()];
        for (number, &count) in self.attribute.iter().enumerate() {
            if count > 0
                && let Some(list) = values.get_mut(place_of[entries.group_of(number)])
            {
                list.push((count, number));
            }
        }
        let mut ready: Vec<(bool, u64, Facet)> = Vec::new();
        for (key, list) in keys.into_iter().zip(values) {
            let chosen = filtered.get(&key);
            // One value that all matches share tells nothing apart.
            if chosen.is_none() && list.len() == 1 && u64::from(list[0].0) >= total {
                continue;
            }
            let facet = self.attribute_facet(&entries, key, list, chosen);
            let by_value: u64 = facet.values.iter().map(|v| v.count).sum();
            // A range is a coarser choice than a value.
            let by_range = facet.buckets.iter().map(|bucket| bucket.count).sum::<u64>() / 2;
            let shown = by_value.max(by_range);
            ready.push((chosen.is_none(), shown, facet));
        }
        ready.sort_by(|a, b| {
            a.0.cmp(&b.0)
                .then(b.1.cmp(&a.1))
                .then_with(|| a.2.key.cmp(&b.2.key))
        });
        let free = KEYS_MAX.max(filtered.len());
        facets.extend(ready.into_iter().take(free).map(|(_, _, facet)| facet));
    }

    fn attribute_facet(
        &self,
        entries: &Entries,
        key: usize,
        mut list: Vec<(u32, usize)>,
        chosen: Option<&Chosen<'_>>,
    ) -> Facet {
        let range = chosen.and_then(|chosen| chosen.range);
        let mut spread = Spread::of(entries, &list, range);
        if let Some(spread) = &mut spread {
            self.count_parts(entries, key, spread);
        }
        let is_chosen = |number: usize| chosen.is_some_and(|c| c.values.contains(entries.label(number)));
        list.sort_unstable_by_key(|&(count, number)| (std::cmp::Reverse(count), entries.label(number)));
        let kept = list
            .iter()
            .enumerate()
            .filter(|(rank, (_, number))| *rank < VALUES_MAX || is_chosen(*number));
        let mut values: Vec<FacetValue> = kept
            .map(|(_, &(count, number))| FacetValue {
                value: entries.label(number).to_owned(),
                label: entries.label(number).to_owned(),
                count: u64::from(count),
                selected: is_chosen(number),
            })
            .collect();
        for value in chosen.into_iter().flat_map(|chosen| &chosen.values) {
            if values.iter().all(|known| known.value != *value) {
                values.push(FacetValue {
                    value: value.clone(),
                    label: value.clone(),
                    count: 0,
                    selected: true,
                });
            }
        }
        Facet {
            key: format!("attr.{}", entries.group_name(key)),
            values,
            range: spread.as_ref().map(Spread::range),
            unit: spread
                .as_ref()
                .map(|spread| spread.unit.symbol.to_owned())
                .filter(|unit| !unit.is_empty()),
            buckets: spread.map(|spread| spread.buckets(range)).unwrap_or_default(),
        }
    }

    /// Counts each document once in each part that it has a quantity of, where some have several.
    fn count_parts(&self, entries: &Entries, key: usize, spread: &mut Spread) {
        let has_several = |kept: &Kept| {
            let column = kept.columns.attribute.as_ref();
            column.is_some_and(|column| column.has_several_of(key))
        };
        let Some(kept) = self.kept.as_ref().filter(|kept| kept.iter().any(has_several)) else {
            return;
        };
        let own_filter = self.keys.iter().position(|filtered| *filtered == Some(key));
        let mut counts = [0u64; PARTS_MAX];
        for segment in kept {
            let Some(column) = &segment.columns.attribute else {
                continue;
            };
            let near = own_filter.and_then(|filter| segment.near.get(filter));
            for &doc in segment.passing.iter().chain(near.into_iter().flatten()) {
                let mut is_in = [false; PARTS_MAX];
                for number in column.numbers_of(doc).filter(|&n| entries.group_of(n) == key) {
                    if let Some(part) = entries.quantity(number).and_then(|q| spread.part_of(&q)) {
                        is_in[part] = true;
                    }
                }
                for (count, is_in) in counts.iter_mut().zip(is_in) {
                    *count += u64::from(is_in);
                }
            }
        }
        for (part, count) in spread.parts.iter_mut().zip(counts) {
            part.count = count;
        }
    }
}

/// What of an attribute is filtered by.
struct Chosen<'a> {
    values: HashSet<String>,
    range: Option<&'a Range>,
}

/// Counts every term of every document, where `wanted` has the term.
fn count(counts: &mut [u32], column: Option<&FacetColumn>, docs: &[DocId], wanted: impl Fn(usize) -> bool) {
    if let Some(column) = column {
        column.count(docs, counts, wanted);
    }
}

/// Counts and label by value. A value that was renamed has two labels for a while; the commoner one is shown.
fn by_value(entries: &Entries, counts: &[u32]) -> HashMap<String, (u64, String)> {
    let mut values: HashMap<usize, (u64, u32, usize)> = HashMap::new();
    for (number, &count) in counts.iter().enumerate() {
        if count > 0 {
            let value = values.entry(entries.group_of(number)).or_insert((0, 0, number));
            value.0 += u64::from(count);
            if count > value.1 {
                (value.1, value.2) = (count, number);
            }
        }
    }
    values
        .into_iter()
        .map(|(group, (count, _, number))| {
            (
                entries.group_name(group).to_owned(),
                (count, entries.label(number).to_owned()),
            )
        })
        .collect()
}

/// The commonest values, and every chosen one whatever its count.
fn facet(key: &str, values: HashMap<String, (u64, String)>, chosen: &HashSet<String>) -> Option<Facet> {
    let absent: Vec<FacetValue> = chosen
        .iter()
        .filter(|value| !values.contains_key(*value))
        .map(|value| FacetValue {
            value: value.clone(),
            label: value.clone(),
            count: 0,
            selected: true,
        })
        .collect();
    let mut list: Vec<FacetValue> = values
        .into_iter()
        .map(|(value, (count, label))| FacetValue {
            selected: chosen.contains(&value),
            value,
            label,
            count,
        })
        .chain(absent)
        .collect();
    if list.is_empty() {
        return None;
    }
    shorten(&mut list);
    Some(Facet {
        key: key.to_owned(),
        values: list,
        range: None,
        unit: None,
        buckets: Vec::new(),
    })
}

/// Commonest first, at most [`NAMES_MAX`] and all that are chosen.
fn shorten(list: &mut Vec<FacetValue>) {
    list.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    let mut rank = 0;
    list.retain(|value| {
        rank += 1;
        rank <= NAMES_MAX || value.selected
    });
}

//! Exact counts beside the results.
//!
//! A facet counts the documents that pass every *other* facet's filter: what would be found if this facet's own
//! choice were different. So a document that fails one filter only still counts, in that filter's facet alone.

use super::columns::{Columns, Entries, FacetTerms, View};
use super::facts::Facts;
use super::filter::Filter;
use super::ranges::{PARTS_MAX, Spread};
use super::rows::{Counted, FacetRows, Indexed};
use super::shown::{self, Chosen, STARS, Values};
use contracts::search::Facet;
use std::cmp::Reverse;
use std::collections::HashMap;
use tantivy::DocId;

/// Keys that are looked at to find the ones worth showing.
const KEYS_SEEN_MAX: usize = 64;

/// Counts so far, over all stretches seen.
pub struct Counts<'a> {
    filters: &'a [Filter],
    terms: &'a FacetTerms,
    counted: Counted,
    /// By attribute filter, the number of its key.
    keys: Vec<Option<usize>>,
    group_of: Vec<u32>,
    price: Option<(i64, i64)>,
    /// In which prices are ranged.
    currency: Option<u32>,
    in_stock: u64,
    /// By [`STARS`].
    rated: [u64; STARS.len()],
    /// What was counted, where adding up terms would count a document twice.
    kept: Option<Vec<Kept<'a>>>,
}

/// The documents of a stretch that were counted.
struct Kept<'a> {
    columns: &'a Columns,
    passing: Vec<DocId>,
    near: Vec<Vec<DocId>>,
}

impl<'a> Counts<'a> {
    #[must_use]
    pub fn new(filters: &'a [Filter], view: &'a View, currency: Option<u32>) -> Self {
        let terms: &FacetTerms = &view.terms;
        let keeps = view.columns.iter().any(|columns| columns.facets.has_several());
        let counted = Indexed::ALL.map(|facet| vec![0; terms.of(facet).read().len()]);
        let attributes = terms.of(Indexed::Attribute).read();
        let keys = filters.iter().map(|filter| match filter {
            Filter::Attribute { key, .. } => attributes.group_named(key),
            _ => None,
        });
        let restricted = filters.iter().any(|f| matches!(f, Filter::Attribute { .. }));
        let group_of = |n| u32::try_from(attributes.group_of(n)).unwrap_or(u32::MAX);
        Self {
            filters,
            counted,
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

    /// Adds a stretch of a segment: the documents that pass, and by filter those that fail it alone.
    pub fn add(&mut self, columns: &'a Columns, passing: Vec<DocId>, near: Vec<Vec<DocId>>) {
        columns.facets.count(&passing, &mut self.counted);
        // One look at each document's facts answers all of it.
        for facts in facts_of(columns, &passing) {
            self.add_price(facts);
            self.add_stock(facts);
            self.add_rating(facts);
        }
        for (i, docs) in near.iter().enumerate() {
            match &self.filters[i] {
                Filter::Category(_) => self.add_all(Indexed::Category, columns, docs),
                Filter::Seller(_) => self.add_all(Indexed::Seller, columns, docs),
                Filter::Region(_) => self.add_all(Indexed::Region, columns, docs),
                Filter::Price(..) => facts_of(columns, docs).for_each(|facts| self.add_price(facts)),
                Filter::InStock => facts_of(columns, docs).for_each(|facts| self.add_stock(facts)),
                Filter::Rating(_) => facts_of(columns, docs).for_each(|facts| self.add_rating(facts)),
                // What other shops offer is found where they are chosen.
                Filter::Wins => {
                    self.add_all(Indexed::Seller, columns, docs);
                    self.add_all(Indexed::Region, columns, docs);
                }
                // No facet is shown of it.
                Filter::Near(..) => {}
                Filter::Attribute { .. } => {
                    let Some(key) = self.keys[i] else { continue };
                    let group_of = &self.group_of;
                    let is_of_key = |number: usize| group_of.get(number).is_some_and(|&g| g as usize == key);
                    let rows = &columns.facets;
                    rows.count_of(Indexed::Attribute, docs, &mut self.counted, is_of_key);
                }
            }
        }
        if let Some(kept) = &mut self.kept {
            kept.push(Kept {
                columns,
                passing,
                near,
            });
        }
    }

    /// Adds what was counted elsewhere in the same view.
    pub fn join(&mut self, next: Self) {
        // Terms that only one of them knows came with a later view: nothing here has them.
        for (counts, next) in self.counted.iter_mut().zip(&next.counted) {
            counts
                .iter_mut()
                .zip(next)
                .for_each(|(count, next)| *count += next);
        }
        let prices = [self.price, next.price].into_iter().flatten();
        self.price = prices.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        self.in_stock += next.in_stock;
        let rated = self.rated.iter_mut().zip(next.rated);
        rated.for_each(|(count, next)| *count += next);
        if let (Some(kept), Some(next)) = (&mut self.kept, next.kept) {
            kept.extend(next);
        }
    }

    fn add_all(&mut self, facet: Indexed, columns: &Columns, docs: &[DocId]) {
        columns.facets.count_of(facet, docs, &mut self.counted, |_| true);
    }

    fn add_price(&mut self, facts: &Facts) {
        if facts.is_priced_in(self.currency) {
            let price = facts.price;
            let (min, max) = self.price.unwrap_or((price, price));
            self.price = Some((min.min(price), max.max(price)));
        }
    }

    fn add_stock(&mut self, facts: &Facts) {
        self.in_stock += u64::from(facts.in_stock);
    }

    fn add_rating(&mut self, facts: &Facts) {
        for (count, stars) in self.rated.iter_mut().zip(STARS) {
            *count += u64::from(facts.rating >= stars * 100);
        }
    }

    /// The facets as they are shown. `total` is the number of documents that pass everything.
    #[must_use]
    pub fn into_facets(self, total: u64) -> Vec<Facet> {
        let mut facets = Vec::new();
        facets.extend(shown::category(self.values(Indexed::Category), self.filters));
        facets.extend(shown::seller(self.values(Indexed::Seller), self.filters));
        facets.extend(shown::region(self.values(Indexed::Region), self.filters));
        facets.extend(self.price.map(shown::price));
        facets.extend(shown::rating(self.rated, self.filters));
        facets.push(shown::availability(self.in_stock, self.filters));
        self.attribute_facets(total, &mut facets);
        facets
    }

    /// How many have each value of a facet, with its label.
    fn values(&self, facet: Indexed) -> Values {
        by_value(&self.terms.of(facet).read(), &self.counted[facet as usize])
    }

    /// The keys by which most matches can be told apart, and those that are filtered by.
    fn attribute_facets(&self, total: u64, facets: &mut Vec<Facet>) {
        let entries = self.terms.of(Indexed::Attribute).read();
        let counted = &self.counted[Indexed::Attribute as usize];
        let mut per_key = vec![0u64; entries.groups()];
        for (number, &count) in counted.iter().enumerate() {
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
        let most = KEYS_SEEN_MAX.max(filtered.len());
        if keys.len() > most {
            let by_count = |&key: &usize| (is_free[key], Reverse(per_key[key]));
            let name = |&key: &usize| entries.group_name(key);
            keys.select_nth_unstable_by(most, |a, b| {
                by_count(a).cmp(&by_count(b)).then_with(|| name(a).cmp(name(b)))
            });
            keys.truncate(most);
        }
        let mut place_of = vec![usize::MAX; per_key.len()];
        for (place, &key) in keys.iter().enumerate() {
            place_of[key] = place;
        }
        let mut values: Vec<Vec<(u32, usize)>> = vec![Vec::new(); keys.len()];
        for (number, &count) in counted.iter().enumerate() {
            if count > 0
                && let Some(list) = values.get_mut(place_of[entries.group_of(number)])
            {
                list.push((count, number));
            }
        }
        let mut ready = Vec::new();
        for (key, list) in keys.into_iter().zip(values) {
            let chosen = filtered.get(&key);
            // One value that all matches share tells nothing apart.
            if chosen.is_none() && list.len() == 1 && u64::from(list[0].0) >= total {
                continue;
            }
            ready.push(self.attribute(&entries, key, list, chosen));
        }
        facets.extend(shown::worth_showing(ready, filtered.len()));
    }

    fn attribute<'e>(
        &self,
        entries: &'e Entries,
        key: usize,
        list: Vec<(u32, usize)>,
        chosen: Option<&'e Chosen<'e>>,
    ) -> shown::Counted<'e> {
        let quantities: Vec<_> = list
            .iter()
            .filter_map(|&(count, number)| Some((u64::from(count), entries.quantity(number)?)))
            .collect();
        let counted = list.iter().map(|&(count, _)| u64::from(count)).sum();
        let range = chosen.and_then(|chosen| chosen.range);
        let mut spread = Spread::of(&quantities, counted, range);
        if let Some(spread) = &mut spread {
            self.count_parts(entries, key, spread);
        }
        let values = list
            .into_iter()
            .map(|(count, number)| (u64::from(count), entries.label(number)));
        shown::Counted {
            key: entries.group_name(key),
            values: values.collect(),
            chosen,
            spread,
        }
    }

    /// Counts each document once in each part that it has a quantity of, where some have several.
    fn count_parts(&self, entries: &Entries, key: usize, spread: &mut Spread) {
        let has_several = |kept: &Kept| kept.columns.facets.has_several_of(key);
        let Some(kept) = self.kept.as_ref().filter(|kept| kept.iter().any(has_several)) else {
            return;
        };
        let own_filter = self.keys.iter().position(|filtered| *filtered == Some(key));
        let mut counts = [0u64; PARTS_MAX];
        for stretch in kept {
            let rows: &FacetRows = &stretch.columns.facets;
            let near = own_filter.and_then(|filter| stretch.near.get(filter));
            for &doc in stretch.passing.iter().chain(near.into_iter().flatten()) {
                let mut is_in = [false; PARTS_MAX];
                let numbers = rows.numbers(Indexed::Attribute, doc);
                for number in numbers.filter(|&n| entries.group_of(n) == key) {
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

fn facts_of<'d>(columns: &'d Columns, docs: &'d [DocId]) -> impl Iterator<Item = &'d Facts> {
    docs.iter().map(|&doc| columns.facts(doc))
}

/// Counts and label by value. A value that was renamed has two labels for a while; the commoner one is shown.
fn by_value(entries: &Entries, counts: &[u32]) -> Values {
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

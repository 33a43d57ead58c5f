//! Exact counts beside the results.
//!
//! A facet counts the documents that pass every *other* facet's filter: what would be found if this facet's own
//! choice were different. So a document that fails one filter only still counts, in that filter's facet alone.

use super::columns::{Columns, Entries, FacetTerms, View};
use super::facts::Facts;
use super::filter::Filter;
use super::ranges::{PARTS_MAX, Spread};
use super::rows::{Counted, FacetRows, Indexed};
use super::shown::{self, Chosen, Named, STARS, WorthShowing};
use contracts::search::Facet;
use std::collections::{BinaryHeap, HashMap};
use tantivy::DocId;

/// Keys that are looked at to find the ones worth showing.
const KEYS_SEEN_MAX: usize = 64;

/// Counts so far, over all segments seen.
pub struct Counts<'a> {
    filters: &'a [Filter],
    terms: &'a FacetTerms,
    counted: Counted,
    /// By attribute filter, the number of its key.
    keys: Vec<Option<usize>>,
    /// By filter, the numbers of its key's terms, rising.
    own_terms: Vec<Vec<usize>>,
    price: Option<(i64, i64)>,
    /// In which prices are ranged.
    currency: Option<u32>,
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
    pub fn new(filters: &'a [Filter], view: &'a View, currency: Option<u32>) -> Self {
        let terms: &FacetTerms = &view.terms;
        let keeps = view.columns.iter().any(|columns| columns.facets.has_several());
        let counted = Indexed::ALL.map(|facet| vec![0; terms.of(facet).read().len()]);
        let attributes = terms.of(Indexed::Attribute).read();
        let keys = filters.iter().map(|filter| match filter {
            Filter::Attribute { key, .. } => attributes.group_named(key),
            _ => None,
        });
        let keys: Vec<Option<usize>> = keys.collect();
        let terms_of =
            |key: &Option<usize>| key.map_or_else(Vec::new, |key| attributes.of_group(key).collect());
        Self {
            filters,
            counted,
            own_terms: keys.iter().map(terms_of).collect(),
            keys,
            terms,
            price: None,
            currency,
            in_stock: 0,
            rated: [0; STARS.len()],
            kept: keeps.then(Vec::new),
        }
    }

    /// Adds one segment: the documents that pass, and by filter those that fail it alone.
    pub fn add(&mut self, columns: &'a Columns, passing: Vec<DocId>, near: Vec<Vec<DocId>>) {
        // One look at each document's facts answers all of it, and they are still near from when they were judged.
        for facts in facts_of(columns, &passing) {
            self.add_price(facts);
            self.add_stock(facts);
            self.add_rating(facts);
        }
        columns.facets.count(&passing, &mut self.counted);
        for (i, docs) in near.iter().enumerate() {
            match &self.filters[i] {
                Filter::Category(_) => self.add_names(&[Indexed::Category], columns, docs),
                Filter::Seller(_) => self.add_names(&[Indexed::Seller], columns, docs),
                Filter::Region(_) => self.add_names(&[Indexed::Region], columns, docs),
                Filter::Price(..) => facts_of(columns, docs).for_each(|facts| self.add_price(facts)),
                Filter::Rating(_) => facts_of(columns, docs).for_each(|facts| self.add_rating(facts)),
                // None of them is in stock.
                Filter::InStock => {}
                // What other shops offer is found where they are chosen.
                Filter::Wins => self.add_names(&[Indexed::Seller, Indexed::Region], columns, docs),
                // No facet is shown of it.
                Filter::Near(..) => {}
                Filter::Attribute { .. } => {
                    let own = &self.own_terms[i];
                    let (Some(&first), Some(&last)) = (own.first(), own.last()) else {
                        continue;
                    };
                    // Those of a key mostly came together: few others lie between its first and last.
                    let is_own = |number: usize| {
                        (first..=last).contains(&number) && own.binary_search(&number).is_ok()
                    };
                    let rows = &columns.facets;
                    rows.count_attributes(docs, &mut self.counted, is_own);
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

    fn add_names(&mut self, facets: &[Indexed], columns: &Columns, docs: &[DocId]) {
        columns.facets.count_names(facets, docs, &mut self.counted);
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
        facets.extend(self.names(Indexed::Category, shown::category));
        facets.extend(self.names(Indexed::Seller, shown::seller));
        facets.extend(self.names(Indexed::Region, shown::region));
        facets.extend(self.price.map(shown::price));
        facets.extend(shown::rating(self.rated, self.filters));
        facets.push(shown::availability(self.in_stock, self.filters));
        self.attribute_facets(total, &mut facets);
        facets
    }

    /// A facet whose values have names, of which `show` picks those that are shown.
    fn names(&self, facet: Indexed, show: fn(Vec<Named<'_>>, &[Filter]) -> Option<Facet>) -> Option<Facet> {
        let entries = self.terms.of(facet).read();
        let values = by_value(&entries, &self.counted[facet as usize]);
        show(values, self.filters)
    }

    /// The keys by which most matches can be told apart, and those that are filtered by.
    fn attribute_facets(&self, total: u64, facets: &mut Vec<Facet>) {
        let entries = self.terms.of(Indexed::Attribute).read();
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
        let mut showing = WorthShowing::beside(filtered.len());
        for (&key, chosen) in &filtered {
            let counted = self.attribute(&entries, key, Some(chosen));
            if !counted.values.is_empty() {
                showing.offer(counted);
            }
        }
        let most = KEYS_SEEN_MAX.max(filtered.len()) - showing.offered();
        self.offer_free(&entries, &mut showing, most, total);
        facets.extend(showing.into_facets(|number| entries.label(number)));
    }

    /// Offers the keys that are not filtered by, `most` of them, those that most have first, until no other could be shown.
    fn offer_free<'e>(
        &self,
        entries: &'e Entries,
        showing: &mut WorthShowing<'e, usize>,
        mut most: usize,
        total: u64,
    ) {
        let counts = &self.counted[Indexed::Attribute as usize];
        let free = (0..entries.groups()).filter(|key| !self.keys.contains(&Some(*key)));
        let free = free.map(|key| (entries.sum_of_group(key, counts), key));
        let mut free: BinaryHeap<(u64, usize)> = free.filter(|(having, _)| *having > 0).collect();
        while let Some(&(having, _)) = free.peek()
            && most > 0
            && showing.has_place_for(having)
        {
            let mut alike = Vec::new();
            while let Some(&(other, key)) = free.peek()
                && other == having
            {
                free.pop();
                alike.push(key);
            }
            if alike.len() > most {
                alike.select_nth_unstable_by_key(most, |&key| entries.group_name(key));
                alike.truncate(most);
            }
            most -= alike.len();
            for key in alike {
                let counted = self.attribute(entries, key, None);
                // One value that all matches share tells nothing apart.
                let tells_nothing = counted.values.len() == 1 && having >= total;
                if !tells_nothing {
                    showing.offer(counted);
                }
            }
        }
    }

    fn attribute<'e>(
        &self,
        entries: &'e Entries,
        key: usize,
        chosen: Option<&'e Chosen<'e>>,
    ) -> shown::Counted<'e, usize> {
        let values: Vec<_> = having(entries, &self.counted[Indexed::Attribute as usize], key).collect();
        let quantities: Vec<_> = values
            .iter()
            .filter_map(|&(count, number)| Some((count, entries.quantity(number)?)))
            .collect();
        let counted = values.iter().map(|(count, _)| count).sum();
        let range = chosen.and_then(|chosen| chosen.range);
        let mut spread = Spread::of(&quantities, counted, range);
        if let Some(spread) = &mut spread {
            self.count_parts(entries, key, spread);
        }
        shown::Counted {
            key: entries.group_name(key),
            values,
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
        for segment in kept {
            let rows: &FacetRows = &segment.columns.facets;
            let near = own_filter.and_then(|filter| segment.near.get(filter));
            for &doc in segment.passing.iter().chain(near.into_iter().flatten()) {
                let mut is_in = [false; PARTS_MAX];
                let numbers = rows.attributes_of(doc);
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

fn facts_of<'c>(columns: &'c Columns, docs: &'c [DocId]) -> impl Iterator<Item = &'c Facts> {
    docs.iter().map(move |&doc| columns.facts(doc))
}

/// The terms of a group that something has, and how many have each.
fn having<'c>(entries: &'c Entries, counts: &'c [u32], group: usize) -> impl Iterator<Item = (u64, usize)> {
    // Terms that came with a later view are in nothing that was counted.
    let counted = entries
        .of_group(group)
        .filter_map(move |number| Some((u64::from(*counts.get(number)?), number)));
    counted.filter(|(count, _)| *count > 0)
}

/// The values that something has. One that was renamed has two labels for a while; the commoner one is shown.
fn by_value<'e>(entries: &'e Entries, counts: &[u32]) -> Vec<Named<'e>> {
    let named = |group: usize| {
        let mut count = 0;
        let mut commonest: Option<(u64, usize)> = None;
        for (times, number) in having(entries, counts, group) {
            count += times;
            if commonest.is_none_or(|(most, _)| times > most) {
                commonest = Some((times, number));
            }
        }
        let (_, number) = commonest?;
        Some(Named {
            value: entries.group_name(group),
            label: entries.label(number),
            count,
        })
    };
    // Of thousands of shops few have what is found.
    let found = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    let mut groups: Vec<usize> = found.map(|(number, _)| entries.group_of(number)).collect();
    groups.sort_unstable();
    groups.dedup();
    groups.into_iter().filter_map(named).collect()
}

//! Ranges to choose from, in facets of many quantities.
//!
//! Parts are cut so that each has about as many products. Their ends are quantities that are there, both included, so that what
//! a part promises is what its ends, given as a filter, find.

use super::quantity::{Quantity, Range, Unit};
use contracts::search::FacetBucket;

/// Parts that a facet is cut into, about.
const PARTS: u64 = 5;
/// Parts at most: what is left over when each has its share makes another one.
pub const PARTS_MAX: usize = 8;
/// Different quantities from which parts are easier to choose from than values.
const PARTED_FROM: usize = 7;
/// Of what is counted, as many must be quantities that compare for a facet to be one of quantities: 3 of 4.
const SHARE: (u64, u64) = (3, 4);

/// How the quantities of a key spread.
#[derive(Debug)]
pub struct Spread {
    pub unit: &'static Unit,
    /// Of the measure's base, as all ends here.
    pub least: f64,
    pub greatest: f64,
    pub parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub min: f64,
    pub max: f64,
    pub count: u64,
}

impl Spread {
    /// Of a key's quantities, each with its count, of so many values that were `counted`. `wanted` is what is filtered by.
    #[must_use]
    pub fn of(quantities: &[(u64, Quantity)], counted: u64, wanted: Option<&Range>) -> Option<Self> {
        let unit = match wanted {
            Some(range) => range.unit,
            None => commonest(quantities, counted)?,
        };
        let mut points: Vec<(f64, u64)> = quantities
            .iter()
            .filter(|(_, quantity)| quantity.unit.measures_as(unit))
            .map(|(count, quantity)| (quantity.base, *count))
            .collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        let ((least, _), (greatest, _)) = (*points.first()?, *points.last()?);
        Some(Self {
            unit,
            least,
            greatest,
            parts: parts(&points),
        })
    }

    /// The part in which a quantity lies.
    #[must_use]
    pub fn part_of(&self, quantity: &Quantity) -> Option<usize> {
        if !quantity.unit.measures_as(self.unit) {
            return None;
        }
        let at = self.parts.partition_point(|part| part.max < quantity.base);
        self.parts
            .get(at)
            .filter(|part| part.min <= quantity.base)
            .map(|_| at)
    }

    #[must_use]
    pub fn range(&self) -> (f64, f64) {
        (self.unit.of_base(self.least), self.unit.of_base(self.greatest))
    }

    #[must_use]
    pub fn buckets(&self, chosen: Option<&Range>) -> Vec<FacetBucket> {
        let is_chosen = |part: &Part| {
            let ends = [part.min, part.max].map(|base| Quantity {
                base,
                unit: self.unit,
            });
            chosen.is_some_and(|range| {
                let exactly = Range {
                    min: part.min,
                    max: part.max,
                    unit: self.unit,
                };
                let asked = [range.min, range.max].map(|base| Quantity {
                    base,
                    unit: range.unit,
                });
                ends.iter().all(|end| range.has(end)) && asked.iter().all(|end| exactly.has(end))
            })
        };
        self.parts
            .iter()
            .map(|part| FacetBucket {
                min: self.unit.of_base(part.min),
                max: self.unit.of_base(part.max),
                count: part.count,
                selected: is_chosen(part),
            })
            .collect()
    }
}

/// The unit that most are written in, of what most measure, if that is nearly all that is counted.
fn commonest(quantities: &[(u64, Quantity)], counted: u64) -> Option<&'static Unit> {
    let mut by_unit: Vec<(&'static Unit, u64)> = Vec::new();
    for (count, quantity) in quantities {
        match by_unit.iter_mut().find(|(unit, _)| *unit == quantity.unit) {
            Some((_, sum)) => *sum += count,
            None => by_unit.push((quantity.unit, *count)),
        }
    }
    // The same whatever the order in which terms were seen.
    by_unit.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.symbol.cmp(b.0.symbol)));
    let measured = |unit: &Unit| {
        let alike = by_unit.iter().filter(|(other, _)| other.measures_as(unit));
        alike.map(|(_, sum)| sum).sum::<u64>()
    };
    let mut most: Option<(&'static Unit, u64)> = None;
    for &(unit, _) in &by_unit {
        let sum = measured(unit);
        if most.is_none_or(|(_, best)| sum > best) {
            most = Some((unit, sum));
        }
    }
    let (unit, sum) = most?;
    (sum * SHARE.1 >= counted * SHARE.0).then_some(unit)
}

/// Rising quantities, cut where a part has its share.
fn parts(points: &[(f64, u64)]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    if points.len() < PARTED_FROM {
        return parts;
    }
    let share = points.iter().map(|(_, count)| count).sum::<u64>().div_ceil(PARTS);
    for &(base, count) in points {
        let is_full = parts.len() == PARTS_MAX;
        match parts.last_mut() {
            Some(part) if is_full || part.count + count / 2 < share => {
                part.max = base;
                part.count += count;
            }
            _ => parts.push(Part {
                min: base,
                max: base,
                count,
            }),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_about_as_much_each_and_leave_nothing_out() {
        let points: Vec<(f64, u64)> = (1..=20).map(|n| (f64::from(n), 10)).collect();
        let cut = parts(&points);
        assert_eq!(cut.len(), 5);
        assert_eq!(
            cut[0],
            Part {
                min: 1.0,
                max: 4.0,
                count: 40
            }
        );
        assert_eq!(cut.iter().map(|part| part.count).sum::<u64>(), 200);
        // One quantity that most have stands alone.
        let mut skewed = points;
        skewed[9].1 = 1_000;
        let cut = parts(&skewed);
        assert!(
            cut.contains(&Part {
                min: 10.0,
                max: 10.0,
                count: 1_000
            }),
            "{cut:?}"
        );
        assert_eq!(cut.iter().map(|part| part.count).sum::<u64>(), 1_190);
        assert!(cut.windows(2).all(|pair| pair[0].max < pair[1].min));
    }

    #[test]
    fn few_quantities_are_chosen_by_value() {
        let points: Vec<(f64, u64)> = (1..=6).map(|n| (f64::from(n), 10)).collect();
        assert!(parts(&points).is_empty());
    }
}

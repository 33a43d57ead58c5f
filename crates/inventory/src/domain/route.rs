//! From which of a shop's warehouses an order is sent. Only SKUs that lie in several of them are thought about.

use super::{Line, Shelves, default_warehouse};
use kernel::{SkuId, TenantId, WarehouseId, geo};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// By which rule a shop's orders are sent from its warehouses.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema, sqlx::Type,
)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Rule {
    /// The shop's own order: lower priority first, of equals the default one.
    #[default]
    Preference,
    /// The one nearest to the buyer's province first.
    Nearest,
    /// The warehouses whose parcels cost least together.
    Cheapest,
    /// As few warehouses as hold it all.
    FewestParcels,
}

/// Where an order goes.
#[derive(Clone, Copy, Debug)]
pub struct Destination<'a> {
    /// ISO 3166-1 alpha-2.
    pub country: &'a str,
    /// ISO 3166-2.
    pub region: Option<&'a str>,
}

/// What routing knows of a warehouse.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Site {
    /// Lower is emptied first.
    pub priority: i16,
    pub country: Option<String>,
    pub region: Option<String>,
    /// Minor units of the shop's currency.
    pub parcel_cost: i64,
}

/// How a shop chooses between a level's warehouse and its default one.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Route {
    pub rule: Rule,
    /// It takes nothing in any more.
    pub is_closed: bool,
    pub here: Site,
    /// The default warehouse, which every SKU has a level in.
    pub main: Site,
}

/// Parcels of one shop that are chosen by trying all combinations. Beyond it, warehouse by warehouse.
const TRIED_TOGETHER_MAX: usize = 3;

/// The warehouses of one shop that hold something of an order, in the order in which they are emptied.
pub(super) struct Preference {
    tenant: TenantId,
    warehouses: Vec<WarehouseId>,
}

impl Preference {
    pub(super) fn of(preferences: &[Self], tenant: TenantId) -> Option<&Self> {
        preferences.iter().find(|p| p.tenant == tenant)
    }

    /// Lower is emptied first.
    pub(super) fn rank(&self, warehouse: WarehouseId) -> usize {
        self.warehouses
            .iter()
            .position(|w| *w == warehouse)
            .unwrap_or(usize::MAX)
    }
}

impl Site {
    /// Whether distances are known comes first, then they do; without one, the same country is nearer than another.
    fn distance(&self, to: Destination<'_>) -> (u8, u32) {
        let here = self.region.as_deref();
        match here
            .zip(to.region)
            .and_then(|(here, there)| geo::distance_km(here, there))
        {
            Some(km) => (0, km),
            None if here.is_some() && here == to.region => (0, 0),
            None if self.country.as_deref() == Some(to.country) => (1, 0),
            None => (2, 0),
        }
    }
}

/// A warehouse that holds something of an order: what is available there of each SKU that the order names.
struct Candidate<'a> {
    warehouse: WarehouseId,
    site: &'a Site,
    available: Vec<i64>,
}

impl Shelves {
    /// How each shop of an order prefers its warehouses; shops whose goods lie in one warehouse each are left out.
    pub(super) fn preferences(&self, lines: &[Line], to: Destination<'_>) -> Vec<Preference> {
        let mut preferences: Vec<Preference> = Vec::new();
        for line in lines {
            let several = self.of(line.tenant, line.sku).len() > 1;
            if several && Preference::of(&preferences, line.tenant).is_none() {
                preferences.push(self.preference(line.tenant, lines, to));
            }
        }
        preferences
    }

    fn preference(&self, tenant: TenantId, lines: &[Line], to: Destination<'_>) -> Preference {
        let mut wanted: Vec<(SkuId, i64)> = Vec::new();
        for line in lines.iter().filter(|l| l.tenant == tenant) {
            match wanted.iter_mut().find(|(sku, _)| *sku == line.sku) {
                Some((_, units)) => *units += line.quantity,
                None => wanted.push((line.sku, line.quantity)),
            }
        }
        let levels_of = |sku: SkuId| self.of(tenant, sku);
        let routes = || {
            let levels = wanted.iter().flat_map(|(sku, _)| levels_of(*sku));
            levels.filter_map(|level| level.route.as_deref())
        };
        let rule = routes().next().map_or(Rule::default(), |route| route.rule);
        let unknown = Site::default();
        let main = routes().next().map_or(&unknown, |route| &route.main);

        let mut candidates: BTreeMap<WarehouseId, Candidate<'_>> = BTreeMap::new();
        for (i, (sku, _)) in wanted.iter().enumerate() {
            for level in levels_of(*sku) {
                let candidate = candidates.entry(level.warehouse).or_insert_with(|| Candidate {
                    warehouse: level.warehouse,
                    site: level.route.as_deref().map_or(main, |route| &route.here),
                    available: vec![0; wanted.len()],
                });
                candidate.available[i] += level.available();
            }
        }
        let mut candidates: Vec<Candidate<'_>> = candidates.into_values().collect();
        let is_other = |c: &Candidate<'_>| c.warehouse != default_warehouse(tenant);
        candidates.sort_by_key(|c| (c.site.priority, is_other(c), c.warehouse));
        let units: Vec<i64> = wanted.iter().map(|(_, units)| *units).collect();
        match rule {
            Rule::Preference => {}
            Rule::Nearest => candidates.sort_by_key(|c| c.site.distance(to)),
            Rule::Cheapest => put_first(&mut candidates, &units, |c| c.site.parcel_cost),
            Rule::FewestParcels => put_first(&mut candidates, &units, |_| 0),
        }
        Preference {
            tenant,
            warehouses: candidates.into_iter().map(|c| c.warehouse).collect(),
        }
    }
}

/// Puts those first that hold it all together for the least cost; of equal ones, those that are fewer, then those the
/// shop prefers.
fn put_first(candidates: &mut Vec<Candidate<'_>>, wanted: &[i64], cost: impl Fn(&Candidate<'_>) -> i64) {
    let chosen = together(candidates, wanted, &cost).unwrap_or_else(|| one_by_one(candidates, wanted));
    let mut first = Vec::with_capacity(candidates.len());
    let mut rest = Vec::new();
    for (i, candidate) in candidates.drain(..).enumerate() {
        if chosen.contains(&i) {
            &mut first
        } else {
            &mut rest
        }
        .push(candidate);
    }
    candidates.append(&mut first);
    candidates.append(&mut rest);
}

/// The cheapest of all combinations of at most [`TRIED_TOGETHER_MAX`] that hold it all.
fn together(
    candidates: &[Candidate<'_>],
    wanted: &[i64],
    cost: &impl Fn(&Candidate<'_>) -> i64,
) -> Option<Vec<usize>> {
    let mut best: Option<(i64, Vec<usize>)> = None;
    let mut round: Vec<Vec<usize>> = (0..candidates.len()).map(|i| vec![i]).collect();
    for size in 1..=TRIED_TOGETHER_MAX {
        for set in round.iter().filter(|set| holds_all(candidates, set, wanted)) {
            let total = set.iter().map(|&i| cost(&candidates[i])).sum();
            // Smaller and preferred sets were tried before: only a lower cost beats them.
            if best.as_ref().is_none_or(|(least, _)| total < *least) {
                best = Some((total, set.clone()));
            }
        }
        if size < TRIED_TOGETHER_MAX {
            round = round
                .iter()
                .flat_map(|set| larger(set, candidates.len()))
                .collect();
        }
    }
    best.map(|(_, set)| set)
}

/// A combination and each warehouse behind its last one.
fn larger(set: &[usize], candidates: usize) -> impl Iterator<Item = Vec<usize>> {
    let next = set.last().map_or(0, |last| last + 1);
    (next..candidates).map(move |i| [set, &[i]].concat())
}

fn holds_all(candidates: &[Candidate<'_>], set: &[usize], wanted: &[i64]) -> bool {
    wanted.iter().enumerate().all(|(sku, units)| {
        let held: i64 = set.iter().map(|&i| candidates[i].available[sku]).sum();
        held >= *units
    })
}

/// Where it takes many: the one that holds most of what is still wanted, until nothing is.
fn one_by_one(candidates: &[Candidate<'_>], wanted: &[i64]) -> Vec<usize> {
    let mut missing = wanted.to_vec();
    let mut chosen = Vec::new();
    while missing.iter().any(|units| *units > 0) {
        let useful = |i: &usize| -> i64 {
            let held = candidates[*i].available.iter().zip(&missing);
            held.map(|(held, missing)| (*held).min(*missing)).sum()
        };
        let free = (0..candidates.len()).filter(|i| !chosen.contains(i));
        let Some(next) = free.rev().max_by_key(useful).filter(|i| useful(i) > 0) else {
            break;
        };
        for (missing, held) in missing.iter_mut().zip(&candidates[next].available) {
            *missing -= (*held).min(*missing);
        }
        chosen.push(next);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;
    use kernel::{ProductId, SkuId};
    use uuid::Uuid;

    const SHOP: TenantId = TenantId(Uuid::from_u128(1));
    const SEVILLA: Destination<'static> = Destination {
        country: "ES",
        region: Some("ES-SE"),
    };

    /// A warehouse by its letter: where it stands, its priority, what its parcels cost, its units of SKU 1 and 2. The
    /// first is the default one.
    type Stocked = (char, &'static str, i16, i64, [i64; 2]);

    fn shelves(rule: Rule, warehouses: &[Stocked]) -> Shelves {
        let site = |w: &Stocked| Site {
            priority: w.2,
            country: w.1.get(..2).map(str::to_owned),
            region: (w.1.len() > 2).then(|| w.1.to_owned()),
            parcel_cost: w.3,
        };
        let main = site(&warehouses[0]);
        let levels = warehouses.iter().enumerate().flat_map(|(i, w)| {
            let route = (i > 0).then(|| {
                Box::new(Route {
                    rule,
                    is_closed: false,
                    here: site(w),
                    main: main.clone(),
                })
            });
            let warehouse = if i == 0 {
                SHOP.0
            } else {
                Uuid::from_u128(w.0.into())
            };
            (0..2).map(move |n| Level {
                tenant: SHOP,
                sku: sku(n),
                warehouse: WarehouseId(warehouse),
                product: ProductId(Uuid::from_u128(7)),
                on_hand: w.4[n],
                reserved: 0,
                incoming: 0,
                low_below: 0,
                route: route.clone(),
            })
        });
        Shelves::new(levels.collect())
    }

    fn sku(n: usize) -> SkuId {
        SkuId(Uuid::from_u128(100 + n as u128))
    }

    /// What each warehouse gives: `A1x2` is two units of SKU 1 from A.
    fn picks(rule: Rule, warehouses: &[Stocked], wanted: &[(usize, i64)], to: Destination<'_>) -> String {
        let lines: Vec<Line> = wanted
            .iter()
            .map(|&(n, quantity)| Line {
                tenant: SHOP,
                sku: sku(n - 1),
                quantity,
            })
            .collect();
        let name = |id: WarehouseId| match id.0 == SHOP.0 {
            true => warehouses[0].0,
            false => char::from_u32(id.0.as_u128() as u32).expect("a letter"),
        };
        let picks = shelves(rule, warehouses)
            .hold(&lines, to)
            .expect("there is enough");
        let told: Vec<String> = picks
            .iter()
            .map(|p| format!("{}{}x{}", name(p.warehouse), wanted[p.line].0, p.quantity))
            .collect();
        told.join(" ")
    }

    #[test]
    fn by_preference_lower_priority_is_emptied_first() {
        let stock = [
            ('A', "", 5, 0, [3, 0]),
            ('B', "", 1, 0, [2, 9]),
            ('C', "", 9, 0, [9, 9]),
        ];
        let go = |wanted: &[(usize, i64)]| picks(Rule::Preference, &stock, wanted, SEVILLA);
        assert_eq!(go(&[(1, 1)]), "B1x1");
        assert_eq!(go(&[(1, 6)]), "B1x2 A1x3 C1x1");
        assert_eq!(go(&[(1, 2), (1, 2)]), "B1x2 A1x2", "lines of one SKU share");
    }

    #[test]
    fn the_nearest_is_emptied_first_and_unknown_places_last() {
        let stock = [
            ('A', "", 0, 0, [9, 9]),
            ('B', "ES-B", 0, 0, [9, 9]),
            ('C', "ES-CO", 9, 0, [2, 9]),
            ('D', "ES", 0, 0, [9, 9]),
        ];
        let go = |wanted: i64, to| picks(Rule::Nearest, &stock, &[(1, wanted)], to);
        assert_eq!(go(3, SEVILLA), "C1x2 B1x1", "Córdoba, then Barcelona");
        assert_eq!(
            go(25, SEVILLA),
            "C1x2 B1x9 D1x9 A1x5",
            "then its country, then anywhere"
        );
        let girona = Destination {
            country: "ES",
            region: Some("ES-GI"),
        };
        assert_eq!(go(3, girona), "B1x3");
        let nowhere = Destination {
            country: "FR",
            region: None,
        };
        assert_eq!(go(3, nowhere), "A1x3", "nothing is known: as preferred");
    }

    #[test]
    fn as_few_parcels_as_hold_it_all() {
        let stock = [
            ('A', "", 0, 0, [1, 0]),
            ('B', "", 1, 0, [0, 1]),
            ('C', "", 2, 0, [1, 1]),
            ('D', "", 3, 0, [4, 0]),
        ];
        let go = |wanted: &[(usize, i64)]| picks(Rule::FewestParcels, &stock, wanted, SEVILLA);
        assert_eq!(go(&[(1, 1)]), "A1x1", "of equals the preferred");
        assert_eq!(go(&[(1, 1), (2, 1)]), "C1x1 C2x1", "one parcel, not two");
        assert_eq!(
            go(&[(1, 2), (2, 1)]),
            "A1x1 C1x1 C2x1",
            "the preferred of the pairs that suffice"
        );
        assert_eq!(go(&[(1, 6), (2, 2)]), "A1x1 C1x1 D1x4 B2x1 C2x1", "all four");
    }

    #[test]
    fn the_cheapest_parcels_even_if_they_are_more() {
        let stock = [
            ('A', "", 0, 900, [5, 5]),
            ('B', "", 1, 300, [5, 0]),
            ('C', "", 2, 400, [0, 5]),
        ];
        let go = |wanted: &[(usize, i64)]| picks(Rule::Cheapest, &stock, wanted, SEVILLA);
        assert_eq!(go(&[(1, 1)]), "B1x1");
        assert_eq!(go(&[(1, 1), (2, 1)]), "B1x1 C2x1", "700 beats 900");
        assert_eq!(go(&[(1, 6)]), "A1x5 B1x1", "it takes both; of both, as preferred");
    }

    proptest::proptest! {
        /// Whatever the rule: an order is granted to the unit, from warehouses that have it; and no rule that looks for
        /// few parcels takes more of them than are needed at least.
        #[test]
        fn every_rule_grants_what_is_there(
            stock in proptest::collection::vec((0i64..5, 0i64..5, 0i64..1000), 1..8),
            wanted in (0i64..9, 0i64..9),
        ) {
            let warehouses: Vec<Stocked> = stock
                .iter()
                .zip('A'..)
                .map(|(&(one, two, cost), name)| (name, "ES-M", 0, cost, [one, two]))
                .collect();
            let lines: Vec<Line> = [(0, wanted.0), (1, wanted.1)]
                .into_iter()
                .filter(|(_, units)| *units > 0)
                .map(|(n, quantity)| Line { tenant: SHOP, sku: sku(n), quantity })
                .collect();
            let there = |n: usize| warehouses.iter().map(|w| w.4[n]).sum::<i64>();
            let enough = there(0) >= wanted.0 && there(1) >= wanted.1;
            for rule in [Rule::Preference, Rule::Nearest, Rule::Cheapest, Rule::FewestParcels] {
                let mut shelves = shelves(rule, &warehouses);
                let held = shelves.hold(&lines, SEVILLA);
                proptest::prop_assert_eq!(held.is_ok(), enough);
                let Ok(picks) = held else { continue };
                for (i, line) in lines.iter().enumerate() {
                    let picked: i64 = picks.iter().filter(|p| p.line == i).map(|p| p.quantity).sum();
                    proptest::prop_assert_eq!(picked, line.quantity);
                }
                if rule == Rule::FewestParcels {
                    let mut parcels: Vec<_> = picks.iter().map(|p| p.warehouse).collect();
                    parcels.sort();
                    parcels.dedup();
                    let least = fewest(&warehouses, wanted);
                    proptest::prop_assert!(parcels.len() == least || least > TRIED_TOGETHER_MAX);
                }
            }
        }
    }

    /// By trying every combination.
    fn fewest(warehouses: &[Stocked], wanted: (i64, i64)) -> usize {
        (0u32..1 << warehouses.len())
            .filter(|set| {
                let held = |n: usize| -> i64 {
                    let chosen = warehouses.iter().enumerate().filter(|(i, _)| set & (1 << i) != 0);
                    chosen.map(|(_, w)| w.4[n]).sum()
                };
                held(0) >= wanted.0 && held(1) >= wanted.1
            })
            .map(u32::count_ones)
            .min()
            .map_or(0, |least| least as usize)
    }
}

//! Who gets what when there is not enough for everybody: whoever came first, and a cart gets all of its lines or none.

use super::route::Preference;
use super::{Destination, Level, Shelves};
use kernel::{SkuId, TenantId, WarehouseId};

/// What one line of a cart asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    pub tenant: TenantId,
    pub sku: SkuId,
    pub quantity: i64,
}

/// Units for one line from one warehouse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pick {
    /// Index of the line.
    pub line: usize,
    pub warehouse: WarehouseId,
    pub quantity: i64,
}

/// A SKU of which a cart asks for more than there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortage {
    pub sku: SkuId,
    /// Over all lines of the cart.
    pub requested: i64,
    pub available: i64,
}

impl Shelves {
    /// Reserves all lines of one cart, or says what is short and changes nothing. Carts are granted in the order of
    /// the calls; lines that share a SKU count together. From which warehouses is decided by each shop's rule.
    pub fn hold(&mut self, lines: &[Line], to: Destination<'_>) -> Result<Vec<Pick>, Vec<Shortage>> {
        let shortages = self.shortages(lines);
        if !shortages.is_empty() {
            return Err(shortages);
        }
        let preferences = self.preferences(lines, to);
        let mut picks = Vec::with_capacity(lines.len());
        for (i, line) in lines.iter().enumerate() {
            self.pick(i, line, Preference::of(&preferences, line.tenant), &mut picks);
        }
        Ok(picks)
    }

    fn shortages(&self, lines: &[Line]) -> Vec<Shortage> {
        let mut shortages = Vec::new();
        for (i, line) in lines.iter().enumerate() {
            let same = |other: &&Line| other.sku == line.sku && other.tenant == line.tenant;
            if lines[..i].iter().any(|other| same(&other)) {
                continue;
            }
            let requested: i64 = lines[i..].iter().filter(same).map(|l| l.quantity).sum();
            let available = self.available(line.tenant, line.sku);
            if requested > available {
                shortages.push(Shortage {
                    sku: line.sku,
                    requested,
                    available,
                });
            }
        }
        shortages
    }

    /// Takes the line from the warehouses in the shop's order; there is enough, or [`Self::shortages`] had said so.
    fn pick(&mut self, index: usize, line: &Line, preference: Option<&Preference>, picks: &mut Vec<Pick>) {
        let levels = self.of_mut(line.tenant, line.sku);
        let mut missing = line.quantity;
        let mut take = |level: &mut Level| {
            let quantity = missing.min(level.available());
            if quantity <= 0 {
                return;
            }
            level.reserved += quantity;
            missing -= quantity;
            picks.push(Pick {
                line: index,
                warehouse: level.warehouse,
                quantity,
            });
        };
        match preference {
            Some(preference) if levels.len() > 1 => {
                let mut order: Vec<&mut Level> = levels.iter_mut().collect();
                order.sort_by_key(|level| preference.rank(level.warehouse));
                order.into_iter().for_each(take);
            }
            _ => levels.iter_mut().for_each(&mut take),
        }
        debug_assert_eq!(missing, 0, "shortages were looked for before");
    }
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;
    use kernel::ProductId;
    use proptest::prelude::*;
    use uuid::Uuid;

    const SHOP: TenantId = TenantId(Uuid::from_u128(1));

    const HERE: Destination<'static> = Destination {
        country: "ES",
        region: Some("ES-SE"),
    };

    fn sku(n: u8) -> SkuId {
        SkuId(Uuid::from_u128(u128::from(n) + 100))
    }

    fn level(n: u8, warehouse: u8, on_hand: i64) -> Level {
        Level {
            tenant: SHOP,
            sku: sku(n),
            warehouse: WarehouseId(Uuid::from_u128(u128::from(warehouse))),
            product: ProductId(Uuid::from_u128(7)),
            on_hand,
            reserved: 0,
            incoming: 0,
            low_below: 0,
            route: None,
        }
    }

    fn line(n: u8, quantity: i64) -> Line {
        Line {
            tenant: SHOP,
            sku: sku(n),
            quantity,
        }
    }

    #[test]
    fn one_unit_goes_to_the_first_of_ten() {
        let mut shelves = Shelves::new(vec![level(1, 1, 1)]);
        let grants: Vec<bool> = (0..10)
            .map(|_| shelves.hold(&[line(1, 1)], HERE).is_ok())
            .collect();
        assert_eq!(grants.iter().filter(|g| **g).count(), 1);
        assert!(grants[0]);
        assert_eq!(
            shelves.crossings(),
            [super::super::Crossing {
                tenant: SHOP,
                sku: sku(1),
                product: ProductId(Uuid::from_u128(7)),
                what: super::super::Crossed::RanOut
            }]
        );
    }

    #[test]
    fn two_lines_of_one_sku_count_together() {
        let mut shelves = Shelves::new(vec![level(1, 1, 5)]);
        assert_eq!(
            shelves.hold(&[line(1, 3), line(1, 3)], HERE),
            Err(vec![Shortage {
                sku: sku(1),
                requested: 6,
                available: 5
            }])
        );
        assert!(shelves.hold(&[line(1, 3), line(1, 2)], HERE).is_ok());
    }

    #[test]
    fn a_cart_with_one_line_short_takes_nothing() {
        let mut shelves = Shelves::new(vec![level(1, 1, 5), level(2, 1, 0)]);
        assert!(shelves.hold(&[line(1, 5), line(2, 1)], HERE).is_err());
        assert_eq!(shelves.changes().count(), 0);
        assert!(
            shelves.hold(&[line(1, 5)], HERE).is_ok(),
            "the next cart is not spoilt"
        );
    }

    #[test]
    fn what_nobody_counted_is_not_there() {
        assert_eq!(
            Shelves::default().hold(&[line(1, 1)], HERE),
            Err(vec![Shortage {
                sku: sku(1),
                requested: 1,
                available: 0
            }])
        );
    }

    fn carts() -> impl Strategy<Value = Vec<Vec<(u8, i64)>>> {
        prop::collection::vec(prop::collection::vec((0u8..4, 1i64..6), 1..5), 0..40)
    }

    proptest! {
        /// However carts arrive: nothing is oversold, nobody is refused what was there, nothing is half granted.
        #[test]
        fn grants_are_exact(
            stock in prop::collection::vec((0u8..4, 0u8..3, 0i64..20), 0..12),
            carts in carts(),
        ) {
            let mut levels: Vec<Level> = Vec::new();
            for (n, warehouse, on_hand) in stock {
                if !levels.iter().any(|l| l.sku == sku(n) && l.warehouse.0.as_u128() == u128::from(warehouse)) {
                    levels.push(level(n, warehouse, on_hand));
                }
            }
            let mut left: Vec<i64> =
                (0..4).map(|n| levels.iter().filter(|l| l.sku == sku(n)).map(|l| l.on_hand).sum()).collect();
            let mut shelves = Shelves::new(levels);
            for cart in carts {
                let lines: Vec<Line> = cart.iter().map(|&(n, q)| line(n, q)).collect();
                let mut wanted = [0i64; 4];
                for &(n, q) in &cart {
                    wanted[usize::from(n)] += q;
                }
                let fits = (0..4).all(|n| wanted[n] <= left[n]);
                match shelves.hold(&lines, HERE) {
                    Ok(picks) => {
                        prop_assert!(fits, "oversold");
                        for (i, line) in lines.iter().enumerate() {
                            let picked: i64 = picks.iter().filter(|p| p.line == i).map(|p| p.quantity).sum();
                            prop_assert_eq!(picked, line.quantity);
                        }
                        (0..4).for_each(|n| left[n] -= wanted[n]);
                    }
                    Err(shortages) => {
                        prop_assert!(!fits, "refused what was there");
                        for shortage in shortages {
                            prop_assert!(shortage.requested > shortage.available);
                        }
                    }
                }
                for (n, &left) in (0u8..).zip(&left) {
                    prop_assert_eq!(shelves.available(SHOP, sku(n)), left);
                    prop_assert!(shelves.of(SHOP, sku(n)).iter().all(|l| l.reserved >= 0 && l.reserved <= l.on_hand));
                }
            }
        }
    }
}

//! Everybody wants something else: two of ten thousand SKUs are in each cart.

use super::{Bench, till};
use crate::baseline::shop::Mix;
use crate::seed::{Good, SHOPS};
use rand::Rng;
use rand::rngs::SmallRng;

pub const BENCH: Bench = Bench {
    name: "till-spread",
    about: "64 buyers order over HTTP, two of 10,000 SKUs in each cart; beside it one transaction per order in pgbench",
    run: |setting| Box::pin(till::run(setting, &TILL)),
};

pub(super) const TILL: till::Till = till::Till {
    name: BENCH.name,
    mix: Mix::Spread,
    goods: 10_000,
    target: 1.5,
    p99_target_ms: None,
    pick,
};

/// Any two of different shops.
fn pick(goods: &[Good], rng: &mut SmallRng) -> [Good; 2] {
    loop {
        let (a, b) = (rng.random_range(0..goods.len()), rng.random_range(0..goods.len()));
        if a % SHOPS != b % SHOPS {
            return [goods[a], goods[b]];
        }
    }
}

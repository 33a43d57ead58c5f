//! Everybody wants the same thing: one SKU is in every cart.

use super::{Bench, till};
use crate::baseline::shop::Mix;
use crate::seed::{Good, SHOPS};
use rand::Rng;
use rand::rngs::SmallRng;

pub const BENCH: Bench = Bench {
    name: "till-hot",
    about: "64 buyers order over HTTP, one SKU is in every cart; beside it one transaction per order in pgbench",
    run: |setting| Box::pin(till::run(setting, &TILL)),
};

const TILL: till::Till = till::Till {
    name: BENCH.name,
    mix: Mix::Hot,
    // 10,000 and the shared one
    goods: 10_001,
    target: 15.0,
    p99_target_ms: Some(25.0),
    pick,
};

/// The shared SKU is the first; the other comes from another shop.
fn pick(goods: &[Good], rng: &mut SmallRng) -> [Good; 2] {
    loop {
        let index = rng.random_range(1..goods.len());
        if index % SHOPS != 0 {
            return [goods[0], goods[index]];
        }
    }
}

//! A hundred thousand lives of orders: placed, paid, declined, retried, expired, cancelled by whomever, packed, sent and
//! given back, with units that are cancelled, returned and exchanged, in small markets where they are in each other's way, with a provider whose answers get lost and processes
//! that die between any two steps.
//!
//! What decides is the real thing: the pure functions of orders, payments, checkout, inventory, promotions and the ledger.
//! What stands around them (the till's tables, the provider, the bank) is a few maps. After every step everything must add up; in the
//! evening nothing may be left open.
//!
//! A failure prints the seed of its market. `STOA_LIVES_SEED=<seed> STOA_LIVES=10` lives it again; other numbers live
//! other lives, and more of them.

mod bank;
mod books;
mod chance;
mod check;
mod evening;
mod goods;
mod market;
mod offers;
mod payment;
mod process;
mod returns;
mod till;

use chance::Tally;
use market::{Market, ORDERS};
use std::sync::atomic::{AtomicU64, Ordering};

const LIVES: u64 = 100_000;
/// In between.
const FEW: u64 = 5_000;
const SEED: u64 = 1_907;

/// What must have happened among so many: a test of lives in which nothing goes wrong would prove nothing.
const SEEN: [&str; 46] = [
    "placed",
    "out of stock",
    "discounted",
    "promotion gone",
    "payment_declined",
    "confirmed",
    "reopened",
    "expired too late, goods gone",
    "expired too late, promotion gone",
    "cancelled",
    "part_cancelled",
    "units_cancelled",
    "return_requested",
    "return_authorised",
    "return_refused",
    "return_withdrawn",
    "return_sent_back",
    "return_received",
    "return_exchanged",
    "return_closed",
    "exchanged goods are gone",
    "cost nothing and is back",
    "back with its last unit",
    "packed",
    "shipped",
    "delivered",
    "refunded",
    "refund promised no more",
    "refund tried again",
    "refund came back",
    "refund given again",
    "answer lost",
    "asked twice",
    "told twice",
    "process died",
    "superseded",
    "webhook",
    "let go",
    "given back unsold",
    "by hand",
    "paid out",
    "payout returned",
    "shop owes",
    "all given back",
    "sold for nothing",
    "tax is the marketplace's",
];

#[test]
fn in_a_few_thousand_lives_everything_adds_up_at_every_step() {
    let seed = setting("STOA_LIVES_SEED").unwrap_or(SEED);
    let lives = setting("STOA_LIVES").unwrap_or(FEW);
    let tally = live(seed, lives.div_ceil(ORDERS));
    println!("{} lives from seed {seed}: {tally}", tally.of("placed"));
}

/// With the stories: it takes its time.
#[test]
fn in_a_hundred_thousand_lives_everything_adds_up_at_every_step() {
    let tally = live(SEED, LIVES.div_ceil(ORDERS));
    println!("{} lives: {tally}", tally.of("placed"));
    assert!(tally.of("placed") >= LIVES, "some were never placed");
    for what in SEEN {
        assert!(tally.of(what) > 0, "nobody saw this: {what}");
    }
}

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Markets have seeds one after the other; each core takes the next one.
fn live(seed: u64, markets: u64) -> Tally {
    let next = AtomicU64::new(0);
    let work = || {
        let mut tally = Tally::default();
        loop {
            let market = next.fetch_add(1, Ordering::Relaxed);
            if market >= markets {
                return tally;
            }
            tally.add(&Market::open(seed.wrapping_add(market)).live());
        }
    };
    std::thread::scope(|scope| {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let hands: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut all = Tally::default();
        for hand in hands {
            match hand.join() {
                Ok(tally) => all.add(&tally),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
}

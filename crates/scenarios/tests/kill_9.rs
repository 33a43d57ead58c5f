//! The server is killed without a warning, again and again, while buyers order and pay. Whoever got an answer can rely on
//! it, whoever got none asks again, and nothing is lost, doubled, or held for ever.

#![allow(clippy::print_stdout, reason = "figures are told")]

use anyhow::{Context, Result};
use bench::program::{Launch, Program, free_address};
use contracts::orders::{CancelReason, Order, OrderEvent, OrderStatus, SubOrderStatus};
use futures::future::join_all;
use futures::{StreamExt, TryStreamExt, stream};
use kernel::{Clock, Currency, DateTime, Money, OrderId, SystemClock};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use rustix::process::{Pid, Signal, kill_process};
use scenarios::{Caller, Front, Guest, Level, Lost, Quote, Shop, Site, Sku};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use testkit::{Response, eventually};

const KILLS: u32 = 50;
/// Every so many kills PostgreSQL is killed as well, so that it has to recover from its log.
const KILLS_OF_ALL: u32 = 10;
const BUYERS: u64 = 16;
/// From readiness to the next kill.
const LIFE_MS: RangeInclusive<u64> = 20..=1_200;
const HOLD_S: u32 = 5;
const STOCK: i64 = 1_000_000;
/// Seeds the moments and the buyers' choices; drawn, and printed, if absent.
const SEED: &str = "STOA_STORY_SEED";
/// What is promised, and held here by the median: this is a program that was not optimised, on a busy machine.
const READY_PROMISED: Duration = Duration::from_secs(2);
const READY_WITHIN: Duration = Duration::from_secs(5);
/// A recovery of PostgreSQL comes on top.
const READY_AFTER_RECOVERY_WITHIN: Duration = Duration::from_secs(20);
/// One second is promised of the finished program on a machine of its own.
const FREED_WITHIN: Duration = Duration::from_secs(5);
/// How buyers pay; one in four does not.
const METHODS: [Option<&str>; 4] = [Some("tok_visa"), Some("tok_visa"), Some("tok_timeout"), None];
/// Every buyer's keys are their own.
const KEY: &str = "once";
const RETRY_PAUSE: Duration = Duration::from_millis(20);
const LOOKED_AT_ONCE: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_doubled_or_held_for_ever() -> Result<()> {
    let seed: u64 = match std::env::var(SEED) {
        Ok(seed) => seed
            .parse()
            .with_context(|| format!("{SEED} should be a number"))?,
        Err(_) => rand::random(),
    };
    println!("{SEED}={seed}");
    let site = Site::new()?;
    let launch = site
        .launch("all")
        .listen(free_address()?)
        .arg("--hold-s")
        .arg(HOLD_S.to_string());
    let program = launch.start().await?;
    let front = Front::of(&program);
    let shops = Shop::open(&launch, &front, &["Alfareria Romero", "Telar del Sur"]).await?;
    let mut goods = Vec::new();
    for shop in &shops {
        goods.push(shop.publish("Jarra", &[1_500], STOCK).await?.remove(0));
    }

    let over = AtomicBool::new(false);
    let stranger = Caller::new(&front);
    let buyers = join_all((0..BUYERS).map(|buyer| {
        let buyer = Buyer {
            stranger: &stranger,
            goods: &goods,
            rng: StdRng::seed_from_u64(seed.wrapping_add(1 + buyer)),
        };
        buyer.shop_until(&over)
    }));
    let reaper = async {
        let reaped = reap(program, &launch, StdRng::seed_from_u64(seed)).await;
        over.store(true, Ordering::Relaxed);
        reaped
    };
    let (purchases, reaped) = futures::join!(buyers, reaper);
    let purchases: Vec<Purchase> = purchases.into_iter().flatten().collect();
    let (program, restarts) = reaped?;
    restarts.report();

    let market = Market {
        shops: &shops,
        goods: &goods,
    };
    market.settle().await;
    let found = look(&purchases).await?;
    check_holds(&purchases, &found, &restarts)?;
    market.check(&found).await?;
    program.stop().await?;
    launch.verify().await?;
    check_answers(&purchases, &found);
    restarts.check();
    Ok(())
}

/// Kills the program at moments that nobody chose, and starts it again.
async fn reap(mut program: Program, launch: &Launch, mut rng: StdRng) -> Result<(Program, Restarts)> {
    let mut restarts = Restarts::default();
    for kill in 1..=KILLS {
        tokio::time::sleep(Duration::from_millis(rng.random_range(LIFE_MS))).await;
        let all = kill % KILLS_OF_ALL == 0;
        let began = SystemClock.now();
        program.kill()?;
        if all {
            kill_database(launch.data_dir())?;
        }
        program = launch
            .start()
            .await
            .with_context(|| format!("start after kill {kill}"))?;
        restarts.downs.push((began, SystemClock.now()));
        let after = if all {
            &mut restarts.after_recovery
        } else {
            &mut restarts.after_kill
        };
        after.push(program.ready_after);
    }
    Ok((program, restarts))
}

/// Kills the main process of PostgreSQL; its sessions end with it.
fn kill_database(data_dir: &Path) -> Result<()> {
    let file = data_dir.join("postgres/cluster/postmaster.pid");
    let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let pid: i32 = text.lines().next().context("an empty pid file")?.parse()?;
    let pid = Pid::from_raw(pid).context("a process has a positive pid")?;
    Ok(kill_process(pid, Signal::KILL)?)
}

/// How long the program was away.
#[derive(Default)]
struct Restarts {
    after_kill: Vec<Duration>,
    after_recovery: Vec<Duration>,
    downs: Vec<(DateTime, DateTime)>,
}

impl Restarts {
    fn report(&self) {
        for (what, times) in [
            ("kills", &self.after_kill),
            ("kills of PostgreSQL as well", &self.after_recovery),
        ] {
            let mut sorted = times.clone();
            sorted.sort_unstable();
            println!(
                "{} {what}: ready again after {:.2} s (median), {:.2} s (worst)",
                sorted.len(),
                sorted[sorted.len() / 2].as_secs_f64(),
                sorted[sorted.len() - 1].as_secs_f64(),
            );
        }
    }

    fn check(&self) {
        let late = |times: &[Duration], limit: Duration| times.iter().filter(|time| **time > limit).count();
        assert_eq!(late(&self.after_kill, READY_WITHIN), 0, "{:?}", self.after_kill);
        assert!(
            late(&self.after_kill, READY_PROMISED) * 2 < self.after_kill.len(),
            "{:?}",
            self.after_kill
        );
        assert_eq!(
            late(&self.after_recovery, READY_AFTER_RECOVERY_WITHIN),
            0,
            "{:?}",
            self.after_recovery
        );
    }

    /// How much of a span of time the program was there.
    fn uptime(&self, from: DateTime, to: DateTime) -> Duration {
        let overlap =
            |&(down, up): &(DateTime, DateTime)| (up.min(to) - down.max(from)).to_std().unwrap_or_default();
        let away: Duration = self.downs.iter().map(overlap).sum();
        (to - from).to_std().unwrap_or_default().saturating_sub(away)
    }
}

/// What a buyer was told.
struct Purchase {
    guest: Guest,
    total: Money,
    /// As it was placed.
    order: Order,
    /// How it is paid; an order without is left unpaid on purpose.
    method: Option<&'static str>,
    /// What paying it ended with: a status, or the code of a refusal.
    paid: Option<String>,
}

struct Buyer<'a> {
    stranger: &'a Caller,
    goods: &'a [Sku],
    rng: StdRng,
}

impl Buyer<'_> {
    async fn shop_until(mut self, over: &AtomicBool) -> Vec<Purchase> {
        let mut purchases = Vec::new();
        while !over.load(Ordering::Relaxed) {
            let method = METHODS[self.rng.random_range(0..METHODS.len())];
            // A cart whose making was not answered is left alone: nobody has its token.
            let Some((guest, total)) = self.fill().await else {
                tokio::time::sleep(RETRY_PAUSE).await;
                continue;
            };
            let placed = persist(|| guest.place(KEY, total)).await;
            let order: Order = placed.expect(201).read();
            let paid = match method {
                Some(method) => Some(pay(&guest, &order, method).await),
                None => None,
            };
            purchases.push(Purchase {
                guest,
                total,
                order,
                method,
                paid,
            });
        }
        purchases
    }

    async fn fill(&mut self) -> Option<(Guest, Money)> {
        let [first, second] = self.goods else {
            unreachable!("two were published")
        };
        let mut guest = match Guest::begin(self.stranger, first, 1).await.ok()? {
            Ok(guest) => guest,
            Err(refused) if is_final(&refused) => panic!("{}", refused.text()),
            Err(_) => return None,
        };
        let units = self.rng.random_range(1..=3);
        let _ = final_one(guest.add(second, units).await)?.expect(200);
        let quote: Quote = final_one(guest.quote().await)?.expect(200).read();
        Some((guest, quote.total))
    }
}

/// Pays until it is known what became of it.
async fn pay(guest: &Guest, order: &Order, method: &str) -> String {
    let id = order.id.to_string();
    loop {
        let answer = persist(|| guest.pay(&id, method)).await;
        let told = answer.json();
        let word = if answer.status == 200 {
            &told["status"]
        } else {
            &told["code"]
        };
        match word.as_str().unwrap_or_else(|| panic!("{told}")) {
            "processing" | "due" => tokio::time::sleep(RETRY_PAUSE).await,
            word => return word.to_owned(),
        }
    }
}

/// Asks again until there is an answer that will not change.
async fn persist<F: Future<Output = Result<Response, Lost>>>(ask: impl Fn() -> F) -> Response {
    loop {
        match final_one(ask().await) {
            Some(answer) => return answer,
            None => tokio::time::sleep(RETRY_PAUSE).await,
        }
    }
}

/// No silence, and no "try again": while its PostgreSQL is away the program says so.
fn final_one(answer: Result<Response, Lost>) -> Option<Response> {
    answer.ok().filter(is_final)
}

fn is_final(answer: &Response) -> bool {
    assert_ne!(
        answer.status,
        500,
        "an outage is no fault of ours: {}",
        answer.text()
    );
    answer.status < 500 && answer.status != 429
}

/// How an order stands in the end.
struct Found {
    order: Order,
    /// When it was cancelled, if it was.
    cancelled_at: Option<DateTime>,
    /// Whether its buyer still finds in their cart what they ordered.
    is_cart_open: bool,
}

/// Looks at every order, and asks for each again: with the same key, and with another.
async fn look(purchases: &[Purchase]) -> Result<Vec<Found>> {
    stream::iter(purchases)
        .map(look_at)
        .buffered(LOOKED_AT_ONCE)
        .try_collect()
        .await
}

async fn look_at(purchase: &Purchase) -> Result<Found> {
    let Purchase {
        guest, total, order, ..
    } = purchase;
    let id = order.id.to_string();
    let cart = guest.caller.get("/v1/cart").await?.expect(200).json();
    let is_cart_open = cart["lines"].as_array().is_none_or(|lines| !lines.is_empty());
    let again: Order = guest.place(KEY, *total).await?.expect(201).read();
    assert_eq!(&again, order, "the same key, the same answer");
    let refusal = guest.place("another", *total).await?.expect(409).json();
    assert_eq!(
        (&refusal["code"], &refusal["order"]),
        (&json!("cart_ordered"), &json!(id))
    );

    let found: Order = guest.order(&id).await?.expect(200).read();
    let path = format!("/v1/orders/{id}/events");
    let history = guest.caller.get(&path).await?.expect(200).json();
    let events: Vec<OrderEvent> = serde_json::from_value(history["items"].clone())?;
    let cancelled = events.iter().find(|event| event.name == "cancelled");
    Ok(Found {
        order: found,
        cancelled_at: cancelled.map(|event| event.at),
        is_cart_open,
    })
}

/// What buyers were told is what is.
fn check_answers(purchases: &[Purchase], found: &[Found]) {
    let mut words: BTreeMap<&str, usize> = BTreeMap::new();
    for (purchase, found) in purchases.iter().zip(found) {
        let word = purchase.paid.as_deref().unwrap_or("unpaid");
        *words.entry(word).or_default() += 1;
        let ended = (found.order.status, found.order.cancel_reason);
        let expected = match word {
            "captured" => (OrderStatus::Confirmed, None),
            _ => (OrderStatus::Cancelled, Some(CancelReason::Expired)),
        };
        assert_eq!(
            ended, expected,
            "{}: {word}, {:?}",
            found.order.id, purchase.method
        );
    }
    println!("{} orders: {words:?}", purchases.len());
    let open = found.iter().filter(|found| found.is_cart_open).count();
    assert_eq!(open, 0, "carts are closed when their order is placed");
}

/// What holds ended with their time, and how late the latest of them.
fn check_holds(purchases: &[Purchase], found: &[Found], restarts: &Restarts) -> Result<()> {
    let mut latest = Duration::ZERO;
    for (purchase, found) in purchases.iter().zip(found) {
        let Some(at) = found.cancelled_at else { continue };
        let end = purchase
            .order
            .reserved_until
            .context("a placed order is held until some time")?;
        assert!(at >= end, "{}: freed at {at}, held until {end}", found.order.id);
        let late = restarts.uptime(end, at);
        assert!(
            late <= FREED_WITHIN,
            "{}: freed {late:?} after {end}",
            found.order.id
        );
        latest = latest.max(late);
    }
    println!(
        "holds freed at most {:.2} s after their time, restarts not counted",
        latest.as_secs_f64()
    );
    Ok(())
}

/// What the sellers see.
struct Market<'a> {
    shops: &'a [Shop],
    goods: &'a [Sku],
}

impl Market<'_> {
    /// Waits until nothing is held any more.
    async fn settle(&self) {
        for (shop, sku) in self.shops.iter().zip(self.goods) {
            eventually("every hold is over", || async {
                let level = shop.level(sku).await.ok()?;
                (level.reserved == 0).then_some(())
            })
            .await;
        }
    }

    /// Exactly the orders that buyers know of; stock and money as those say.
    async fn check(&self, found: &[Found]) -> Result<()> {
        let known: BTreeSet<OrderId> = found.iter().map(|found| found.order.id).collect();
        assert_eq!(known.len(), found.len(), "every order exists once");
        for (shop, sku) in self.shops.iter().zip(self.goods) {
            let parts = shop.sub_orders().await?;
            let theirs: BTreeSet<OrderId> = parts.iter().map(|part| part.order).collect();
            assert_eq!(parts.len(), theirs.len(), "one sub-order of an order");
            assert_eq!(theirs, known, "no order that nobody was told of");

            let sold = || {
                parts
                    .iter()
                    .filter(|part| part.status == SubOrderStatus::Confirmed)
            };
            let units: i64 = sold()
                .flat_map(|part| &part.lines)
                .map(|line| i64::from(line.quantity))
                .sum();
            let level = Level {
                on_hand: STOCK - units,
                reserved: 0,
            };
            assert_eq!(shop.level(sku).await?, level, "{}", shop.name);
            let owed: i64 = sold()
                .map(|part| part.total.amount - part.commission.map_or(0, |kept| kept.amount))
                .sum();
            assert_eq!(
                shop.payable().await?,
                [Money::new(owed, Currency::EUR)],
                "{}",
                shop.name
            );
        }
        Ok(())
    }
}

//! An index is built anew and put in use beside searches, changes and deaths.

use crate::corpus::words;
use crate::world::{Running, World, append, listing, product_id, shop_id, test_db};
use contracts::catalog::{ProductChanged, ProductStatus};
use kernel::{Clock, SystemClock};
use rand::Rng;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::Db;
use testkit::eventually;

const PRODUCTS: u32 = 900;
const KILLS: u32 = 14;
const URL: &str = "STOA_SWAP_TEST_URL";
const FOLDER: &str = "STOA_SWAP_TEST_FOLDER";
/// Says how many products there are.
const KNOWN: &str = "STOA_SWAP_TEST_KNOWN";
/// A process that does not come to its swap by then is killed without.
const SWAP_WITHIN: Duration = Duration::from_secs(4);

fn world(known: &Path) -> std::sync::Arc<World> {
    let world = World::new();
    (0..PRODUCTS).for_each(|n| world.keep(listing(n, &format!("Bowl x{n}")), 1));
    *world.known.lock().unwrap() = Some(known.to_owned());
    world
}

/// Not a test: the process that is killed by the test below, building one index after the other. Without being told
/// where to work it ends at once.
#[tokio::test(flavor = "multi_thread")]
async fn the_killed_builder() {
    let (Ok(url), Ok(folder), Ok(known)) = (std::env::var(URL), std::env::var(FOLDER), std::env::var(KNOWN))
    else {
        return;
    };
    let db = Db::connect(&url, "search").unwrap();
    let running = Running::start(world(known.as_ref()).sources(), db, folder.as_ref());
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(60) {
        running.searches.rebuild();
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_is_lost_or_doubled_by_kill_9_while_an_index_is_swapped() {
    let (test_db, folder, beside) = (
        test_db().await,
        tempfile::tempdir().unwrap(),
        tempfile::tempdir().unwrap(),
    );
    let db = test_db.db("search");
    let known = beside.path().join("known");
    std::fs::write(&known, "0").unwrap();
    let first = Running::start(world(&known).sources(), db.clone(), folder.path());
    first.holds(0).await;
    first.stop().await;

    let (mut told, mut swaps) = (0, 0);
    for round in 1..=KILLS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "swap::the_killed_builder"])
            .env(URL, test_db.url())
            .env(FOLDER, folder.path())
            .env(KNOWN, &known)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let until = PRODUCTS * round / KILLS;
        while told < until {
            let next = (told + 20).min(until);
            // The catalogue has them when the log tells of them.
            let draft = beside.path().join("draft");
            std::fs::write(&draft, next.to_string()).unwrap();
            std::fs::rename(&draft, &known).unwrap();
            let changes: Vec<ProductChanged> = (told..next).map(changed).collect();
            append(&db, &changes).await;
            told = next;
        }
        // Every other one dies as its index is put in use, the others at any time.
        if round % 2 == 0 {
            swaps += u32::from(killed_in_swap(&mut child, folder.path()).await);
        } else {
            let pause_ms = rand::rng().random_range(1..700);
            tokio::time::sleep(Duration::from_millis(pause_ms)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert!(swaps > 0, "none came to its swap");

    let last = Running::start(world(&known).sources(), db, folder.path());
    last.holds(u64::from(PRODUCTS)).await;
    let page = last
        .searches
        .find(words("bowl"), SystemClock.now())
        .await
        .unwrap();
    assert_eq!(page.total, u64::from(PRODUCTS), "each once");
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    last.searches.rebuild();
    eventually("what was left of others is gone", async || {
        // The index in use, its name, and the lock.
        (std::fs::read_dir(folder.path()).unwrap().count() == 3).then_some(())
    })
    .await;
    println!("{swaps} of {KILLS} died in a swap; {left} entries were left in the folder");
    last.stop().await;
}

fn changed(n: u32) -> ProductChanged {
    ProductChanged {
        product: product_id(n),
        tenant: shop_id(),
        version: 1,
        status: ProductStatus::Active,
    }
}

/// Returns as soon as the name of the index in use is being changed, or was changed this moment.
async fn killed_in_swap(child: &mut Child, folder: &Path) -> bool {
    let name = || std::fs::read_to_string(folder.join("CURRENT")).unwrap_or_default();
    let (before, started) = (name(), Instant::now());
    while started.elapsed() < SWAP_WITHIN {
        if folder.join("CURRENT.draft").exists() || name() != before {
            child.kill().unwrap();
            return true;
        }
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn no_search_fails_while_indexes_are_built_and_swapped() {
    const THERE: u32 = 400;
    const REBUILDS: usize = 4;
    let (test_db, folder, world) = (test_db().await, tempfile::tempdir().unwrap(), World::new());
    let db = test_db.db("search");
    (0..THERE).for_each(|n| world.keep(listing(n, &format!("Bowl x{n}")), 1));
    let running = Running::start(world.sources(), db.clone(), folder.path());
    running.holds(u64::from(THERE)).await;

    let (over, answered) = (AtomicBool::new(false), AtomicU64::new(0));
    let searching = async {
        while !over.load(Ordering::Relaxed) {
            let page = running
                .searches
                .find(words("bowl"), SystemClock.now())
                .await
                .unwrap();
            assert_eq!(page.total, u64::from(THERE), "all of them, at every moment");
            answered.fetch_add(1, Ordering::Relaxed);
        }
    };
    let name = || std::fs::read_to_string(folder.path().join("CURRENT")).unwrap_or_default();
    let rebuilding = async {
        for n in 0..REBUILDS {
            let (before, so_far) = (name(), answered.load(Ordering::Relaxed));
            running.searches.rebuild();
            // Cups come meanwhile, which no bowl is counted with.
            let cup = THERE + u32::try_from(n).unwrap();
            world.publish(&db, listing(cup, "Cup")).await;
            eventually("another index in use", async || (name() != before).then_some(())).await;
            running.holds(u64::from(cup) + 1).await;
            assert!(answered.load(Ordering::Relaxed) > so_far, "searches went on");
        }
        over.store(true, Ordering::Relaxed);
    };
    futures::join!(searching, searching_too(&running, &over), rebuilding);
    println!(
        "{} searches beside {REBUILDS} rebuilds",
        answered.load(Ordering::Relaxed)
    );
    running.stop().await;
}

/// Someone who types.
async fn searching_too(running: &Running, over: &AtomicBool) {
    while !over.load(Ordering::Relaxed) {
        let found = running.suggest("bow").await;
        assert!(!found.products.is_empty());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

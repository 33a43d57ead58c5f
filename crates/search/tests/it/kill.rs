//! The follower is killed while it works, again and again; nothing of the log is left out.

use crate::world::{Running, World, append, listing, product_id, shop_id, test_db};
use contracts::catalog::{ProductChanged, ProductStatus};
use kernel::{Clock, SystemClock};
use rand::Rng;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use store::Db;

const PRODUCTS: u32 = 6_000;
const KILLS: u32 = 8;
const URL: &str = "STOA_KILL_TEST_URL";
const FOLDER: &str = "STOA_KILL_TEST_FOLDER";
/// A process that has committed nothing by then is killed without.
const COMMIT_WITHIN: Duration = Duration::from_secs(15);

/// The same products in every process that tells of them.
fn world() -> std::sync::Arc<World> {
    let world = World::new();
    (0..PRODUCTS).for_each(|n| world.keep(listing(n, &format!("Bowl x{n}")), 1));
    world
}

/// Not a test: the process that is killed by the test below, which tells it where to work. Without that it ends at once.
#[tokio::test(flavor = "multi_thread")]
async fn the_killed_one() {
    let (Ok(url), Ok(folder)) = (std::env::var(URL), std::env::var(FOLDER)) else {
        return;
    };
    let db = Db::connect(&url, "search").unwrap();
    let _running = Running::start(world().sources(), db, folder.as_ref());
    tokio::time::sleep(Duration::from_secs(60)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_is_lost_to_kill_9() {
    let (test_db, folder) = (test_db().await, tempfile::tempdir().unwrap());
    let db = test_db.db("search");
    // The first start builds from an empty catalogue, so that all comes through the log.
    let first = Running::start(World::new().sources(), db.clone(), folder.path());
    first.holds(0).await;
    first.stop().await;

    let index = name(folder.path());
    let (mut told, mut moved) = (0, 0);
    for round in 1..=KILLS {
        let before = committed(folder.path());
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::the_killed_one"])
            .env(URL, test_db.url())
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let until = PRODUCTS * round / KILLS;
        let middle = until - PRODUCTS / KILLS / 2;
        let pause_ms = rand::rng().random_range(1..60);
        told = tell(&db, told, middle, pause_ms).await;
        // Every other one dies when it has committed some of it and works on the rest, the others at any time.
        if round % 2 == 0 {
            waits_for_another(&before, folder.path()).await;
        }
        told = tell(&db, told, until, pause_ms).await;
        child.kill().unwrap();
        child.wait().unwrap();
        moved += u32::from(committed(folder.path()) != before);
    }
    println!("{moved} of {KILLS} had committed something when they died");
    assert!(moved > 0, "none of those that were killed had committed anything");
    assert_eq!(
        name(folder.path()),
        index,
        "none was built anew: all came through the log"
    );

    let last = Running::start(world().sources(), db, folder.path());
    last.holds(u64::from(PRODUCTS)).await;
    let page = last
        .searches
        .find(crate::corpus::words("bowl"), SystemClock.now())
        .await
        .unwrap();
    assert_eq!(page.total, u64::from(PRODUCTS), "each once");
    last.stop().await;
}

/// Appends the changes from product `told` up to `until`, in parts; returns `until`.
async fn tell(db: &Db, mut told: u32, until: u32, pause_ms: u64) -> u32 {
    while told < until {
        let next = (told + 50).min(until);
        let changes: Vec<ProductChanged> = (told..next)
            .map(|n| ProductChanged {
                product: product_id(n),
                tenant: shop_id(),
                version: 1,
                status: ProductStatus::Active,
            })
            .collect();
        append(db, &changes).await;
        told = next;
        tokio::time::sleep(Duration::from_millis(pause_ms)).await;
    }
    told
}

/// Returns when there is another commit than `before`, or when that takes too long.
async fn waits_for_another(before: &str, folder: &Path) {
    let started = Instant::now();
    while committed(folder) == before && started.elapsed() < COMMIT_WITHIN {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// The index in use.
fn name(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("CURRENT")).unwrap()
}

/// The place in the log that its last commit carries.
fn committed(folder: &Path) -> String {
    let meta = std::fs::read(folder.join(name(folder)).join("meta.json")).unwrap();
    let meta: serde_json::Value = serde_json::from_slice(&meta).unwrap();
    meta["payload"]
        .as_str()
        .expect("a commit says where it stands")
        .to_owned()
}

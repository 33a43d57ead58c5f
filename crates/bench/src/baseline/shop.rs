//! A shop without a till: each order is a transaction of its own.

use crate::baseline::documents::{Documents, quote};
use crate::baseline::pgbench::{self, Report};
use crate::database::{Cluster, Durability, Row, Session};
use anyhow::{Result, bail};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

const DATABASE: &str = "baseline";
const SELLERS: u32 = 40;
/// So many of each that none runs out.
const STOCK: i64 = 100_000_000;

/// Which articles an order takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mix {
    /// One that everybody takes, and one of many.
    Hot,
    /// Any two of many.
    Spread,
}

/// The shop's database, beside the program's in one cluster, under the same settings.
#[derive(Debug)]
pub struct Shop {
    session: Session,
    script: PathBuf,
    orders: u64,
}

impl Shop {
    /// Makes and stocks it; `articles` are those beside the hot one.
    pub async fn open(
        cluster: &Cluster,
        dir: &Path,
        mix: Mix,
        articles: u32,
        documents: &Documents,
    ) -> Result<Self> {
        let session = cluster.create(DATABASE).await?;
        session.batch_execute(include_str!("shop.sql")).await?;
        let rows =
            (1..=articles + 1).map(|sku| Row::default().with(sku).with(sku).with(sku % SELLERS).with(STOCK));
        session
            .copy("stock (sku, product, seller, on_hand)", rows)
            .await?;
        session.batch_execute("vacuum analyze").await?;
        let script = dir.join("order.sql");
        fs::write(&script, order(mix, articles, documents))?;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o644))?;
        Ok(Self {
            session,
            script,
            orders: 0,
        })
    }

    pub async fn durability(&self) -> Result<Durability> {
        self.session.durability().await
    }

    /// One turn.
    pub async fn sell(&mut self, cluster: &Cluster, time: Duration) -> Result<Report> {
        let report = pgbench::run(cluster, DATABASE, &self.script, time).await?;
        self.orders += report.transactions;
        Ok(report)
    }

    /// The baseline must have done what it was measured at: every order is there, whole, and the stock knows of it.
    pub async fn check(&self) -> Result<()> {
        let expected = i64::try_from(self.orders)?;
        for (what, factor, sql) in [
            ("orders", 1, "select count(*) from purchase"),
            ("claimed keys", 1, "select count(*) from idempotency_key"),
            ("sub-orders", 2, "select count(*) from sub_order"),
            ("lines", 2, "select count(*) from line"),
            ("reservations", 2, "select count(*) from reservation"),
            ("movements", 2, "select count(*) from movement"),
            ("payments", 1, "select count(*) from payment"),
            ("shares", 2, "select count(*) from share"),
            ("events", 1, "select count(*) from stream_event"),
            ("messages", 1, "select count(*) from outbox"),
            ("units held", 2, "select sum(reserved)::bigint from stock"),
        ] {
            let found = self.session.number(sql).await?;
            if found != expected * factor {
                bail!(
                    "the baseline sold {expected} orders and has {found} {what} instead of {}",
                    expected * factor
                );
            }
        }
        Ok(())
    }
}

/// The transaction, as a script for pgbench.
fn order(mix: Mix, articles: u32, documents: &Documents) -> String {
    let (transaction, pick) = match mix {
        // A conversation: what the shop is told after each statement decides the next one.
        Mix::Hot => (
            include_str!("conversation.sql"),
            format!("\\set a 1\n\\set b random(2, {})", articles + 1),
        ),
        // Here nobody waits for a lock, and messages are most of what a conversation costs. So as few of them as there
        // can be: begin, lock and look, one statement that writes it all, commit. The second article follows the first
        // at any distance but that of all the way round.
        Mix::Spread => (
            include_str!("statement.sql"),
            format!(
                "\\set a random(1, {articles})\n\\set b 1 + (:a - 1 + random(1, {})) % {articles}",
                articles - 1
            ),
        ),
    };
    // A seller has one share of an order: where both articles are of one seller, the second goes to the next.
    let pick = format!(
        "{pick}\n\\set seller_a :a % {SELLERS}\n\\set seller_b :b % {SELLERS}\n\
         \\set seller_b case when :seller_a = :seller_b then (:seller_b + 1) % {SELLERS} else :seller_b end"
    );
    transaction
        .replace("{{pick}}", &pick)
        .replace("{{event}}", &quote(&documents.event))
        .replace("{{log}}", &quote(&documents.log))
        .replace("{{actor}}", &quote(&documents.actor))
        .replace("{{response}}", &quote(&documents.response))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both mixes, for real: pgbench against a cluster of its own, and every row of every order found again. Prints
    /// what it saw, since that is what the till is held against.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn both_scripts_sell_whole_orders() {
        let dir = crate::scratch::directory().expect("a directory");
        let data_dir = dir.data_dir();
        let server = pg::Managed::start(pg::Config::new(&data_dir))
            .await
            .expect("a server");
        let cluster = Cluster::share(&data_dir).await.expect("the same server");
        let time = std::env::var("STOA_BENCH_SECONDS")
            .ok()
            .and_then(|s| s.parse().ok())
            .unwrap_or(1);
        for mix in [Mix::Hot, Mix::Spread] {
            let mut shop = Shop::open(&cluster, dir.path(), mix, 10_000, &Documents::sample())
                .await
                .expect("a shop");
            shop.durability()
                .await
                .expect("settings")
                .require("the baseline")
                .expect("durable");
            let report = shop
                .sell(&cluster, Duration::from_secs(time))
                .await
                .expect("a turn");
            println!("{mix:?}: {report:?}");
            assert!(report.transactions > 0);
            shop.check().await.expect("whole orders");
            let hot = shop
                .session
                .number("select reserved from stock where sku = 1")
                .await
                .expect("the hot one");
            assert_eq!(
                mix == Mix::Hot,
                hot == i64::try_from(report.transactions).expect("few")
            );
            drop(shop);
            let session = cluster.session(pg::STOA).await.expect("a session");
            session
                .batch_execute("drop database baseline with (force)")
                .await
                .expect("dropped");
        }
        drop(cluster);
        server.stop().await.expect("stopped");
    }
}

//! pgbench, PostgreSQL's own load generator, with as many clients and threads as ours.

use crate::database::Cluster;
use crate::load::{CLIENTS, THREADS};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::time::Duration;

/// A client's first statements plan and fill its caches, which 64 at once do for about so long. Ours keep theirs from turn
/// to turn, so these seconds do not count.
const WARMING_S: u64 = 3;

/// What a run of pgbench says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Report {
    /// All of them, also those that do not count.
    pub transactions: u64,
    /// When warm.
    pub per_second: f64,
    /// Mean, when warm.
    pub latency_ms: f64,
}

/// Runs a script against a database of the cluster for `time`, and some seconds before it that do not count. Statements
/// are prepared once per client: the fastest of its modes.
pub async fn run(cluster: &Cluster, database: &str, script: &Path, time: Duration) -> Result<Report> {
    let seconds = time.as_secs().max(1) + WARMING_S;
    let mut command = cluster.program("pgbench")?;
    command
        .args(["--no-vacuum", "--protocol", "prepared", "--progress", "1"])
        .args(["--client", &CLIENTS.to_string(), "--jobs", &THREADS.to_string()])
        .args(["--time", &seconds.to_string()])
        .arg("--file")
        .arg(script)
        .arg(database);
    let output = command.output().await.context("running pgbench")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let progress = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("pgbench: {}: {}", output.status, progress.trim());
    }
    parse(&said, &progress).with_context(|| format!("pgbench said nothing to go by: {said}{progress}"))
}

/// The report and the progress lines of versions 15 and later. A run with failed transactions is none.
fn parse(said: &str, progress: &str) -> Option<Report> {
    let after = |label: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(label))?;
        line.split_whitespace().next()
    };
    if after("number of failed transactions:").is_some_and(|failed| failed != "0") {
        return None;
    }
    let mut warm: Vec<Interval> = progress.lines().filter_map(Interval::parse).collect();
    #[allow(clippy::cast_precision_loss)]
    warm.retain(|interval| interval.end_s > WARMING_S as f64 + 0.5);
    let first = warm.first()?;
    // A second that brought no transaction counts as well: then others waited for a lock.
    let time_s = warm.last()?.end_s - first.end_s + 1.0;
    let transactions: f64 = warm.iter().map(|interval| interval.per_second).sum();
    let waited: f64 = warm.iter().map(|i| i.per_second * i.latency_ms).sum();
    Some(Report {
        transactions: after("number of transactions actually processed:")?
            .parse()
            .ok()?,
        per_second: transactions / time_s,
        latency_ms: if transactions > 0.0 {
            waited / transactions
        } else {
            0.0
        },
    })
}

/// One second's line.
struct Interval {
    end_s: f64,
    per_second: f64,
    latency_ms: f64,
}

impl Interval {
    /// "progress: 2.0 s, 507.1 tps, lat 104.323 ms stddev 109.177, 0 failed"
    fn parse(line: &str) -> Option<Self> {
        let mut parts = line.strip_prefix("progress: ")?.split(", ");
        let end_s = parts.next()?.strip_suffix(" s")?.parse().ok()?;
        let per_second = parts.next()?.strip_suffix(" tps")?.parse().ok()?;
        let latency = parts.next()?.strip_prefix("lat ")?;
        Some(Self {
            end_s,
            per_second,
            latency_ms: latency.split(' ').next()?.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "pgbench (15.10)\ntransaction type: hot.sql\nscaling factor: 1\nquery mode: prepared\n\
        number of clients: 64\nnumber of threads: 2\nmaximum number of tries: 1\nduration: 5 s\n\
        number of transactions actually processed: 2785\nnumber of failed transactions: 0 (0.000%)\n\
        latency average = 92.114 ms\ninitial connection time = 61.210 ms\n\
        tps = 694.790000 (without initial connection time)\n";
    const PROGRESS: &str = "pgbench (15.10)\nprogress: 1.0 s, 100.0 tps, lat 500.0 ms stddev 9.1, 0 failed\n\
        progress: 2.0 s, 400.0 tps, lat 160.0 ms stddev 9.1, 0 failed\n\
        progress: 3.0 s, 600.0 tps, lat 100.0 ms stddev 9.1, 0 failed\n\
        progress: 4.0 s, 700.0 tps, lat 90.0 ms stddev 9.1, 0 failed\n\
        progress: 5.0 s, 900.0 tps, lat 74.0 ms stddev 9.1, 0 failed\n";

    #[test]
    fn only_warm_seconds_count() {
        let report = parse(SAID, PROGRESS).expect("a report");
        assert_eq!(
            (report.transactions, report.per_second, report.latency_ms),
            (2785, 800.0, 81.0)
        );
    }

    #[test]
    fn a_run_that_failed_in_part_is_no_baseline() {
        assert_eq!(
            parse(&SAID.replace("transactions: 0 ", "transactions: 3 "), PROGRESS),
            None
        );
        assert_eq!(parse(SAID, ""), None);
        assert_eq!(parse("pgbench: error", PROGRESS), None);
    }
}

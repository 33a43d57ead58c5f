//! pgbench, PostgreSQL's own load generator, with as many clients and threads as ours.

use crate::database::Cluster;
use crate::load::{CLIENTS, THREADS};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::time::Duration;

/// What a run of pgbench says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Report {
    pub transactions: u64,
    pub per_second: f64,
    pub latency_ms: f64,
}

/// Runs a script against a database of the cluster. Statements are prepared once per client: the faster of its modes.
pub async fn run(cluster: &Cluster, database: &str, script: &Path, time: Duration) -> Result<Report> {
    let mut command = cluster.program("pgbench")?;
    command
        .args(["--no-vacuum", "--protocol", "prepared"])
        .args(["--client", &CLIENTS.to_string(), "--jobs", &THREADS.to_string()])
        .args(["--time", &time.as_secs().max(1).to_string()])
        .arg("--file")
        .arg(script)
        .arg(database);
    let output = command.output().await.context("running pgbench")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        bail!("pgbench: {}: {}", output.status, complained.trim());
    }
    parse(&said).with_context(|| format!("pgbench said nothing to go by: {said}{complained}"))
}

/// The report of versions 15 and later. A run with failed transactions is none.
fn parse(text: &str) -> Option<Report> {
    let after = |label: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(label))?;
        line.split_whitespace().next()
    };
    if after("number of failed transactions:").is_some_and(|failed| failed != "0") {
        return None;
    }
    Some(Report {
        transactions: after("number of transactions actually processed:")?
            .parse()
            .ok()?,
        per_second: after("tps =")?.parse().ok()?,
        latency_ms: after("latency average =")?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAID: &str = "pgbench (15.10)\ntransaction type: hot.sql\nscaling factor: 1\nquery mode: prepared\n\
        number of clients: 64\nnumber of threads: 2\nmaximum number of tries: 1\nduration: 4 s\n\
        number of transactions actually processed: 2785\nnumber of failed transactions: 0 (0.000%)\n\
        latency average = 92.114 ms\ninitial connection time = 61.210 ms\n\
        tps = 694.790000 (without initial connection time)\n";

    #[test]
    fn a_report_is_read() {
        let report = parse(SAID).expect("a report");
        assert_eq!(
            (report.transactions, report.per_second, report.latency_ms),
            (2785, 694.79, 92.114)
        );
    }

    #[test]
    fn a_run_that_failed_in_part_is_no_baseline() {
        assert_eq!(parse(&SAID.replace("transactions: 0 ", "transactions: 3 ")), None);
        assert_eq!(parse("pgbench: error"), None);
    }
}

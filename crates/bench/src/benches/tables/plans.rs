//! Plans of what was slow: PostgreSQL's own, of the statements that the program sends, from the server's log.

use crate::database::Session;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Of a statement that is not worth a plan.
const SHORT_MS: u32 = 2;
/// Until the server's log has what was said.
const WRITTEN_AFTER: Duration = Duration::from_millis(500);
/// Lines of a plan that are told.
const LINES_MAX: usize = 60;

/// Has the server write down the plans of sessions that begin from now on.
pub async fn prepare(session: &Session) -> Result<()> {
    let database = pg::STOA;
    session
        .batch_execute("load 'auto_explain'")
        .await
        .context("loading auto_explain, which comes with PostgreSQL's contrib")?;
    session
        .batch_execute(&format!(
            "alter database {database} set session_preload_libraries = 'auto_explain';
             alter database {database} set auto_explain.log_min_duration = '{SHORT_MS}ms';
             alter database {database} set auto_explain.log_analyze = on;
             alter database {database} set auto_explain.log_buffers = on"
        ))
        .await
        .context("asking for plans")?;
    Ok(())
}

/// What the server's log says of the time in which something is done.
pub async fn during(session: &Session, done: impl Future<Output = Result<()>>) -> Result<String> {
    const SIZE: &str = "select (pg_stat_file(pg_current_logfile())).size";
    let before = session.number(SIZE).await?;
    done.await?;
    tokio::time::sleep(WRITTEN_AFTER).await;
    // At midnight there is another file.
    let length = (session.number(SIZE).await? - before).max(0);
    let row = session
        .query_one(
            "select pg_read_binary_file(pg_current_logfile(), $1, $2)",
            &[&before, &length],
        )
        .await
        .context("reading the server's log")?;
    let bytes: Vec<u8> = row.try_get(0)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The plan of the statement that took longest, as far as anybody reads it.
pub fn worst(log: &str) -> Option<String> {
    let plans = log.split(" duration: ").skip(1).filter_map(|said| {
        let (milliseconds, plan) = said.split_once(" ms")?;
        let took: f64 = milliseconds.trim().parse().ok()?;
        plan.trim_start().starts_with("plan:").then_some((took, plan))
    });
    let (took, plan) = plans.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
    let lines: Vec<&str> = plan.lines().skip(1).take(LINES_MAX).collect();
    Some(format!("  worst statement: {took:.1} ms\n{}", lines.join("\n")))
}

/// Keeps all plans of a page in a file of its own.
pub fn write(dir: &Path, page: &str, log: &str) -> Result<PathBuf> {
    fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    let name: String = page
        .chars()
        .map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '-' })
        .collect();
    let path = dir.join(format!("{name}.txt"));
    fs::write(&path, log).with_context(|| format!("writing {}", path.display()))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_statement_is_the_one_that_took_longest() {
        let log = "12:00 [1] LOG:  duration: 3.100 ms  plan:\n\tQuery Text: select 1\n\tResult\n\
                   12:00 [1] LOG:  duration: 90.000 ms  bind s1: select 2\n\
                   12:00 [1] LOG:  duration: 41.500 ms  plan:\n\tQuery Text: select 3\n\tSeq Scan on line\n";
        let worst = worst(log).expect("a plan");
        assert!(
            worst.contains("41.5 ms") && worst.contains("Seq Scan on line"),
            "{worst}"
        );
        assert!(!worst.contains("select 1"), "{worst}");
        assert_eq!(super::worst("nothing of that kind"), None);
    }
}

//! How the machine is while a bench runs on it: figures that explain a strange one, and are never judged themselves.

use crate::stats::median;
use anyhow::{Context, Result};
use serde::Serialize;
use std::fs;
use std::io::{Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// Writes of one block that are timed for the disk's latency.
const SYNCS: usize = 200;
const BLOCK_BYTES: usize = 4096;
/// For how long the cores are watched.
const WATCHED: Duration = Duration::from_millis(500);

/// The machine just before a bench.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Machine {
    pub cores: usize,
    /// Load average of the last minute, where the system tells one.
    pub load_1m: Option<f64>,
    /// Share of all cores that others kept busy just before, 0 to 1.
    pub busy: Option<f64>,
    /// Median time to write 4 kB and have them on the disk.
    pub fdatasync_us: f64,
}

impl Machine {
    /// Looks at the machine, and at the disk below `dir`. Blocks for about a second.
    pub fn look(dir: &Path) -> Result<Self> {
        Ok(Self {
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            load_1m: fs::read_to_string("/proc/loadavg")
                .ok()
                .as_deref()
                .and_then(parse_load),
            busy: busy(),
            fdatasync_us: fdatasync_us(dir)?,
        })
    }
}

impl std::fmt::Display for Machine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} cores, load ", self.cores)?;
        match self.load_1m {
            Some(load) => write!(f, "{load:.2}")?,
            None => f.write_str("unknown")?,
        }
        if let Some(busy) = self.busy {
            write!(f, " (others keep {:.0} % busy)", busy * 100.0)?;
        }
        write!(f, ", fdatasync {:.0} us", self.fdatasync_us)
    }
}

fn fdatasync_us(dir: &Path) -> Result<f64> {
    let path = dir.join("fdatasync");
    let mut file = fs::File::create(&path).with_context(|| format!("making {}", path.display()))?;
    let block = [0x5a; BLOCK_BYTES];
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        // The same block again and again, like the log's tail: the file's size does not change, its data does.
        file.rewind()?;
        let start = Instant::now();
        file.write_all(&block)?;
        file.sync_data()
            .with_context(|| format!("syncing {}", path.display()))?;
        times.push(start.elapsed().as_secs_f64() * 1e6);
    }
    fs::remove_file(&path)?;
    Ok(median(&times))
}

/// proc_loadavg(5): the averages of 1, 5 and 15 minutes, then other things.
fn parse_load(text: &str) -> Option<f64> {
    text.split_whitespace().next()?.parse().ok()
}

fn busy() -> Option<f64> {
    let ticks = || parse_ticks(&fs::read_to_string("/proc/stat").ok()?);
    let (busy_before, all_before) = ticks()?;
    std::thread::sleep(WATCHED);
    let (busy_after, all_after) = ticks()?;
    let all = all_after.checked_sub(all_before).filter(|&all| all > 0)?;
    #[allow(clippy::cast_precision_loss)]
    Some(busy_after.saturating_sub(busy_before) as f64 / all as f64)
}

/// proc_stat(5), first line: ticks of all cores by what they did; the fourth is idle, the fifth waits for disks.
fn parse_ticks(text: &str) -> Option<(u64, u64)> {
    let line = text.lines().next()?.strip_prefix("cpu ")?;
    let ticks: Vec<u64> = line
        .split_whitespace()
        .take(8)
        .map_while(|t| t.parse().ok())
        .collect();
    let all: u64 = ticks.iter().sum();
    let idle = ticks.get(3)? + ticks.get(4)?;
    Some((all - idle, all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_figures_are_read() {
        assert_eq!(parse_load("1.25 0.80 0.40 2/310 4711\n"), Some(1.25));
        let stat = "cpu  10 0 5 80 5 0 0 0 0 0\ncpu0 10 0 5 80 5 0 0 0 0 0\n";
        assert_eq!(parse_ticks(stat), Some((15, 100)));
        assert_eq!(parse_ticks("intr 1"), None);
    }

    #[test]
    fn a_disk_takes_time() {
        let dir = tempfile::tempdir().expect("a directory");
        assert!(fdatasync_us(dir.path()).expect("a figure") > 0.0);
        assert_eq!(fs::read_dir(dir.path()).expect("readable").count(), 0);
    }
}

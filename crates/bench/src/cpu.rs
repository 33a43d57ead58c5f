//! Where the time of the cores went: figures that others on the machine disturb less than they disturb a rate.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

/// USER_HZ: what proc_pid_stat(5) counts in, 100 on all architectures in use.
const TICKS_PER_SECOND: u64 = 100;

/// Time on the cores until now, of the three that share them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cpu {
    pub program: Duration,
    /// Its children: PostgreSQL.
    pub database: Duration,
    /// This process, which makes the load.
    pub load: Duration,
}

impl Cpu {
    /// `None` where the system does not tell.
    pub fn of(program: u32) -> Option<Self> {
        let processes: HashMap<u32, Process> = fs::read_dir("/proc")
            .ok()?
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter_map(|pid: u32| {
                let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
                Some((pid, Process::parse(&text)?))
            })
            .collect();
        let descends = |mut pid: u32| {
            while let Some(process) = processes.get(&pid) {
                if process.parent == program {
                    return true;
                }
                pid = process.parent;
            }
            false
        };
        let database = processes
            .iter()
            .filter(|&(&pid, _)| descends(pid))
            .map(|(_, process)| process.time)
            .sum();
        Some(Self {
            program: processes.get(&program)?.time,
            database,
            load: processes.get(&std::process::id())?.time,
        })
    }

    /// Microseconds since `before` for each of `orders`, of program, database and load.
    #[allow(clippy::cast_precision_loss)]
    pub fn per_order_us(self, before: Self, orders: u64) -> [f64; 3] {
        [
            self.program.saturating_sub(before.program),
            self.database.saturating_sub(before.database),
            self.load.saturating_sub(before.load),
        ]
        .map(|time| time.as_secs_f64() * 1e6 / orders.max(1) as f64)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Process {
    parent: u32,
    time: Duration,
}

impl Process {
    /// proc_pid_stat(5): field 4 is the parent, fields 14 and 15 are ticks in user and system mode. The second field,
    /// the name, may hold anything.
    fn parse(text: &str) -> Option<Self> {
        let (_, after_name) = text.rsplit_once(')')?;
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        let ticks = |field: usize| fields.get(field)?.parse::<u64>().ok();
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            time: Duration::from_millis((ticks(11)? + ticks(12)?) * 1_000 / TICKS_PER_SECOND),
        })
    }
}

/// Time on the cores of one process.
pub fn of_process(pid: u32) -> Option<Duration> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(Process::parse(&text)?.time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_figures_of_a_process_are_read() {
        let stat = "42 (a ) b) S 7 42 42 0 -1 4194304 100 0 0 0 17 5 0 0 20 0 1 0 100 1 2";
        let expected = Process {
            parent: 7,
            time: Duration::from_millis(220),
        };
        assert_eq!(Process::parse(stat), Some(expected));
    }

    #[test]
    fn a_child_counts_as_the_programs() {
        let mut child = std::process::Command::new("sleep")
            .arg("60")
            .spawn()
            .expect("started");
        let cpu = Cpu::of(std::process::id());
        child.kill().expect("killed");
        child.wait().expect("over");
        let cpu = cpu.expect("told");
        assert_eq!(cpu.program, cpu.load);
        assert!(cpu.database < Duration::from_secs(1));
    }
}

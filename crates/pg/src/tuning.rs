//! `stoa.conf`: the settings of the server, from the memory and cores of the machine.
//!
//! The file is written anew at every start. What an operator wants otherwise goes into `local.conf` beside it, which
//! is read after ours and never touched.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::Profile;
use crate::account::Account;
use crate::install::Install;

const MB: u64 = 1 << 20;
const GB: u64 = 1 << 30;

/// Enough for several services with a pool each. Memory per idle connection is small.
const CONNECTIONS_MAX: u32 = 300;

/// What the settings depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Machine {
    pub(crate) memory_bytes: u64,
    pub(crate) cores: usize,
}

impl Machine {
    pub(crate) fn this() -> Self {
        Self {
            memory_bytes: memory_bytes().unwrap_or(2 * GB),
            cores: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        }
    }
}

/// What else goes into the file.
pub(crate) struct Settings<'a> {
    pub(crate) profile: Profile,
    pub(crate) major: u32,
    pub(crate) lz4: bool,
    pub(crate) machine: Machine,
    pub(crate) socket_dir: &'a Path,
    pub(crate) cluster_name: &'a str,
}

impl Settings<'_> {
    pub(crate) fn render(&self) -> String {
        let mut text =
            "# Written by Stoa at every start. Your own settings belong into local.conf.\n".to_owned();
        for (name, value) in self.list() {
            writeln!(text, "{name} = {}", quote(&value)).expect("a String takes all that is written to it");
        }
        text
    }

    fn list(&self) -> Vec<(&'static str, String)> {
        let Machine { memory_bytes, cores } = self.machine;
        let mut list: Vec<(&'static str, String)> = Vec::new();
        let mut set = |name, value: &str| list.push((name, value.to_owned()));

        // Reached through one private directory, and by nothing else.
        set("listen_addresses", "");
        set("port", &crate::socket::PORT.to_string());
        set("unix_socket_directories", &directory_list(self.socket_dir));
        set("unix_socket_permissions", "0700");
        set("cluster_name", self.cluster_name);
        set("max_connections", &CONNECTIONS_MAX.to_string());

        set(
            "shared_buffers",
            &size(shared_buffers(self.profile, memory_bytes)),
        );
        set("effective_cache_size", &size((memory_bytes / 2).max(256 * MB)));
        set("work_mem", &size((memory_bytes / 1500).clamp(4 * MB, 64 * MB)));
        set(
            "maintenance_work_mem",
            &size((memory_bytes / 32).clamp(64 * MB, GB)),
        );
        set("max_worker_processes", &cores.max(8).to_string());
        set("max_parallel_workers", &cores.to_string());
        set(
            "max_parallel_workers_per_gather",
            &(cores / 2).clamp(1, 4).to_string(),
        );
        set(
            "max_parallel_maintenance_workers",
            &(cores / 2).clamp(1, 4).to_string(),
        );

        // Solid-state disks: a random page costs about what a sequential one does.
        set("random_page_cost", "1.1");
        if cfg!(target_os = "linux") {
            // Elsewhere PostgreSQL lacks posix_fadvise and refuses anything but 0.
            set("effective_io_concurrency", "200");
        }
        // Short statements by the thousand: compiling them costs more than it saves.
        set("jit", "off");
        set("autovacuum", "on");

        // Sessions behave alike wherever the server runs.
        set("timezone", "UTC");
        set("log_timezone", "UTC");
        set("lc_messages", "C");
        if self.major >= 16 {
            // Before 16 a creator of roles could always act as them.
            set("createrole_self_grant", "set, inherit");
        }

        // A week of logs in log/, one file per weekday.
        set("logging_collector", "on");
        set("log_directory", "log");
        set("log_filename", "postgresql-%a.log");
        set("log_truncate_on_rotation", "on");
        set("log_rotation_age", "1d");
        set("log_rotation_size", "0");
        set("log_line_prefix", "%m [%p] %q%u@%d/%a ");

        match self.profile {
            Profile::Durable => {
                set("fsync", "on");
                set("synchronous_commit", "on");
                set("full_page_writes", "on");
                if cfg!(target_os = "linux") {
                    // After a crash the file system is synced as a whole. File by file, the thousands of partitions'
                    // files take seconds, in which nobody is served; elsewhere there is no other way.
                    set("recovery_init_sync_method", "syncfs");
                }
                set("wal_compression", if self.lz4 { "lz4" } else { "on" });
                set("min_wal_size", "512MB");
                set("max_wal_size", "4GB");
                set("checkpoint_timeout", "15min");
                set("checkpoint_completion_target", "0.9");
                set("log_checkpoints", "on");
                set("log_lock_waits", "on");
                set("log_min_duration_statement", "1s");
            }
            Profile::Test => {
                set("fsync", "off");
                set("synchronous_commit", "off");
                set("full_page_writes", "off");
                set("wal_level", "minimal");
                set("max_wal_senders", "0");
                set("min_wal_size", "128MB");
                set("max_wal_size", "2GB");
                set("checkpoint_timeout", "15min");
                set("log_checkpoints", "off");
            }
        }
        list
    }
}

/// A quarter of the memory, as the manual advises, but modest on machines that Stoa and others share.
fn shared_buffers(profile: Profile, memory_bytes: u64) -> u64 {
    let limit = match profile {
        Profile::Test => 256 * MB,
        Profile::Durable if memory_bytes <= 24 * GB => GB,
        Profile::Durable => 8 * GB,
    };
    (memory_bytes / 4).min(limit).max(32 * MB)
}

fn size(bytes: u64) -> String {
    format!("{}MB", bytes / MB)
}

/// A value in PostgreSQL's configuration syntax.
fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "''"))
}

/// One directory in a setting that takes a list of them.
fn directory_list(dir: &Path) -> String {
    format!("\"{}\"", dir.display().to_string().replace('"', "\"\""))
}

/// Whether this build can compress with lz4. It is asked to print its settings, given one that only such a build takes;
/// no cluster is touched.
pub(crate) fn has_lz4(account: &Account, install: &Install) -> bool {
    let mut command = account.command(&install.program("postgres"));
    for file in ["config_file", "hba_file", "ident_file"] {
        command.arg("-c").arg(format!("{file}=/dev/null"));
    }
    command
        .args([
            "-c",
            "data_directory=/",
            "-c",
            "wal_compression=lz4",
            "-C",
            "wal_compression",
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The machine's memory, or the part of it that this container may use.
fn memory_bytes() -> Option<u64> {
    let physical = fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| parse_meminfo(&text));
    let physical = physical.or_else(sysctl_memory);
    let allowed = fs::read_to_string("/sys/fs/cgroup/memory.max")
        .ok()
        .and_then(|text| text.trim().parse().ok());
    match (physical, allowed) {
        (Some(physical), Some(allowed)) => Some(physical.min(allowed)),
        (physical, allowed) => physical.or(allowed),
    }
}

/// proc_meminfo(5): "MemTotal:       24593432 kB"
fn parse_meminfo(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// macOS and the BSDs.
fn sysctl_memory() -> Option<u64> {
    let output = std::process::Command::new("sysctl")
        .args(["-n", "hw.memsize"])
        .output()
        .ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(profile: Profile, memory_bytes: u64) -> String {
        Settings {
            profile,
            major: 15,
            lz4: true,
            machine: Machine {
                memory_bytes,
                cores: 4,
            },
            socket_dir: Path::new("/srv/o'brien, \"x\"/run"),
            cluster_name: "stoa-0",
        }
        .render()
    }

    #[test]
    fn shared_buffers_follow_the_memory() {
        for (memory, buffers) in [
            (512 * MB, 128 * MB),
            (2 * GB, 512 * MB),
            (24 * GB, GB),
            (25 * GB, 6400 * MB),
            (256 * GB, 8 * GB),
        ] {
            assert_eq!(shared_buffers(Profile::Durable, memory), buffers, "{memory}");
        }
        assert_eq!(shared_buffers(Profile::Test, 24 * GB), 256 * MB);
    }

    #[test]
    fn only_the_durable_profile_is_durable() {
        let durable = settings(Profile::Durable, 8 * GB);
        assert!(durable.contains("\nfsync = 'on'\n") && durable.contains("\nwal_compression = 'lz4'\n"));
        assert!(settings(Profile::Test, 8 * GB).contains("\nfsync = 'off'\n"));
    }

    #[test]
    fn no_path_breaks_out_of_its_quotes() {
        let text = settings(Profile::Test, GB);
        assert!(
            text.contains("\nunix_socket_directories = '\"/srv/o''brien, \"\"x\"\"/run\"'\n"),
            "{text}"
        );
    }

    #[test]
    fn memory_is_read_from_meminfo() {
        assert_eq!(
            parse_meminfo("MemTotal:       24593432 kB\nMemFree: 1 kB\n"),
            Some(24_593_432 * 1024)
        );
        assert_eq!(parse_meminfo(""), None);
    }
}

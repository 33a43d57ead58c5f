//! How the system is, as the process that is asked sees it.

use crate::service::service;
use kernel::DateTime;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemState {
    /// Of the program.
    pub version: String,
    /// Of PostgreSQL; empty while it cannot be asked.
    pub database: String,
    /// Which of several processes tells this.
    pub instance: String,
    pub dependencies: Vec<Dependency>,
    pub services: Vec<RunningService>,
    /// Those that are behind first. None while the database cannot be asked.
    pub readers: Option<Vec<LogReader>>,
    pub jobs: Option<Vec<JobQueue>>,
}

/// Something that the process depends on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dependency {
    pub name: String,
    /// Whether nothing works without it.
    pub vital: bool,
    pub is_up: bool,
    pub took_ms: u64,
    /// Why it is down.
    pub reason: Option<String>,
}

/// A part of the program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningService {
    pub name: String,
    /// Whether it runs in this process; another one is asked otherwise.
    pub is_here: bool,
    /// What it does by itself.
    pub loops: Vec<String>,
}

/// A reader of the log of public events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogReader {
    pub name: String,
    pub moved_at: DateTime,
    /// When the oldest event was told that it has not handled; none when it has handled all.
    pub waiting_since: Option<DateTime>,
    /// Events set aside that are tried again by themselves, and those behind them.
    pub retrying: u64,
    /// Events set aside that wait for somebody.
    pub dead: u64,
}

/// Jobs of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobQueue {
    pub name: String,
    pub due: u64,
    pub later: u64,
    pub running: u64,
    /// Out of attempts: they wait for somebody.
    pub dead: u64,
    pub due_since: Option<DateTime>,
    /// Why one failed last; empty where none did.
    pub error: String,
}

service! {
    /// The process that answers, and what all of them share.
    System as "system", remote RemoteSystem, served ServedSystem {
        fn state() -> SystemState;
    }
}

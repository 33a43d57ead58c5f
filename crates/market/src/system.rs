//! How this process and what all of them share are, for the operator's page.

use crate::config::Config;
use contracts::system::{Dependency, JobQueue, LogReader, RunningService, System, SystemState};
use contracts::{Reply, reply};
use kernel::{Ctx, Fault, Timestamp};
use runtime::{Check, Health, HealthState, Service};
use std::sync::OnceLock;
use store::{Db, watch};

/// Told what runs here once that is known.
pub struct Watch {
    db: Db,
    instance: String,
    told: OnceLock<(Health, Vec<RunningService>)>,
}

impl Watch {
    #[must_use]
    pub fn new(db: Db, config: &Config) -> Self {
        Self {
            db,
            instance: config.instance.clone(),
            told: OnceLock::new(),
        }
    }

    /// What runs in this process, and what it has others do.
    pub fn know(&self, services: &[Service], database: Check, config: &Config) {
        let checks = services.iter().flat_map(|service| service.checks.iter().cloned());
        let health = Health::new(std::iter::once(database).chain(checks).collect());
        let mut running: Vec<RunningService> = Vec::new();
        for service in services {
            let loops = service.loops.iter().map(|one| one.name.to_owned());
            match running.iter_mut().find(|known| known.name == service.name) {
                Some(known) => known.loops.extend(loops),
                None => running.push(RunningService {
                    name: service.name.to_owned(),
                    is_here: true,
                    loops: loops.collect(),
                }),
            }
        }
        let elsewhere = config.peers.keys().filter(|name| !config.runs(name));
        running.extend(elsewhere.map(|name| RunningService {
            name: name.clone(),
            is_here: false,
            loops: Vec::new(),
        }));
        running.sort_by(|a, b| a.name.cmp(&b.name));
        // Told twice, the first stays: a process is composed once.
        let _ = self.told.set((health, running));
    }

    async fn look(&self, now: Timestamp) -> Result<SystemState, Fault> {
        let (readers, jobs, version, dependencies) = futures::join!(
            watch::readers(&self.db),
            watch::queues(&self.db, now),
            self.db.reads().query("show server_version", &[]),
            async {
                match self.told.get() {
                    Some((health, _)) => health.examine().await,
                    None => Vec::new(),
                }
            },
        );
        let database = version
            .ok()
            .and_then(|rows| rows.first().and_then(|row| row.try_get::<_, String>(0).ok()));
        let services = self.told.get().map(|(_, services)| services.clone());
        Ok(SystemState {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            database: database.unwrap_or_default(),
            instance: self.instance.clone(),
            dependencies: dependencies.into_iter().map(dependency).collect(),
            services: services.unwrap_or_default(),
            // What cannot be read is told as such: the page is for when something is wrong.
            readers: readers.ok().map(|rows| rows.into_iter().map(reader).collect()),
            jobs: jobs.ok().map(|rows| rows.into_iter().map(queue).collect()),
        })
    }
}

fn count(rows: i64) -> u64 {
    u64::try_from(rows).unwrap_or(0)
}

fn dependency(checkup: runtime::Checkup) -> Dependency {
    Dependency {
        name: checkup.name.to_owned(),
        vital: checkup.vital,
        is_up: checkup.state == HealthState::Up,
        took_ms: checkup.took_ms,
        reason: checkup.reason,
    }
}

fn reader(row: watch::Reader) -> LogReader {
    LogReader {
        name: row.consumer,
        moved_at: row.moved_at,
        waiting_since: row.waiting_since,
        retrying: count(row.retrying),
        dead: count(row.dead),
    }
}

fn queue(row: watch::Queue) -> JobQueue {
    JobQueue {
        name: row.queue,
        due: count(row.due),
        later: count(row.later),
        running: count(row.running),
        dead: count(row.dead),
        due_since: row.due_since,
        error: row.error,
    }
}

impl System for Watch {
    fn state<'a>(&'a self, ctx: &'a Ctx) -> Reply<'a, SystemState> {
        reply(self.look(ctx.now))
    }
}

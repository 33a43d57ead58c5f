//! What keeps a process running.
//!
//! [`Service`] is what a context hands over: its routes, the calls it answers for other processes, its background
//! loops and its health checks. [`serve`] puts services behind one listener, with everything a request goes
//! through on its way in and out.

mod health;
mod remote;
mod server;
mod service;
mod tasks;
mod telemetry;

pub use health::{Check, Checkup, Health, State as HealthState};
pub use remote::{Peer, ServiceKey};
pub use server::{ServeError, Server, serve};
pub use service::{Loop, Service};
pub use tasks::Tasks;
pub use telemetry::{LogFormat, Metrics, init_logs, init_metrics};

//! Audit: the log becomes a trail of who changed what.

use super::Wiring;
use audit::Trail;
use contracts::audit::{AuditTrail, RemoteAuditTrail, ServedAuditTrail};
use runtime::{Loop, Service};
use std::sync::Arc;
use store::Db;

/// The trail itself, and whoever answers for it.
pub fn add(w: &mut Wiring<'_>, db: Db) -> (Trail, Arc<dyn AuditTrail>) {
    let trail = Trail::new(db.clone());
    let client: Arc<dyn AuditTrail> = w.client("audit", Arc::new(trail.clone()), |p| {
        Arc::new(RemoteAuditTrail(p))
    });
    w.add(
        Service::new("audit")
            .api(audit::routes(trail.clone()))
            .calls(ServedAuditTrail(Arc::new(trail.clone())))
            .run(Loop::new("audit trail", move |stop| {
                audit::listen(db.clone(), stop)
            })),
    );
    (trail, client)
}

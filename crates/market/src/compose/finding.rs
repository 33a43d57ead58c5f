//! What operators say about searches, and what shops pay for in them.

use super::Wiring;
use contracts::catalog::Catalog;
use contracts::search::promoted::{Promoting, RemotePromoting, ServedPromoting};
use contracts::search::tuning::{RemoteSearchDesk, SearchDesk, ServedSearchDesk};
use contracts::tenants::Tenants;
use kernel::SharedClock;
use runtime::{Loop, Service};
use search::{Desk, Promoter, Searches};
use std::sync::Arc;
use store::Db;

pub struct Finding {
    pub findings: Desk,
    pub search_desk: Arc<dyn SearchDesk>,
    pub promoting: Arc<dyn Promoting>,
}

pub fn add(
    w: &mut Wiring<'_>,
    (db, clock): (Db, SharedClock),
    searches: &Searches,
    catalog: &Arc<dyn Catalog>,
    tenants: &Arc<dyn Tenants>,
) -> Finding {
    let findings = Desk::new(db.clone(), searches.clone());
    let promoter = Promoter::new(db, findings.clone(), catalog.clone(), tenants.clone());
    let begins = promoter.clone();
    w.add(Service::new("search").calls(ServedSearchDesk(Arc::new(findings.clone()))));
    w.add(
        Service::new("search")
            .api(search::promoting_routes(promoter.clone()))
            .calls(ServedPromoting(Arc::new(promoter.clone())))
            .run(Loop::new("promoted listings", move |stop| {
                search::begin_days(begins.clone(), clock.clone(), stop)
            })),
    );
    Finding {
        search_desk: w.client("search", Arc::new(findings.clone()), |p| {
            Arc::new(RemoteSearchDesk(p))
        }),
        promoting: w.client("search", Arc::new(promoter), |p| Arc::new(RemotePromoting(p))),
        findings,
    }
}

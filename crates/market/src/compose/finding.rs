//! What operators say about searches, and what shops pay for in them.

use super::Wiring;
use contracts::catalog::Catalog;
use contracts::search::ServedSearch;
use contracts::search::promoted::{Promoting, RemotePromoting, ServedPromoting};
use contracts::search::tuning::{RemoteSearchDesk, SearchDesk, ServedSearchDesk};
use contracts::tenants::{Features, Tenants};
use kernel::SharedClock;
use runtime::{Check, Loop, Service};
use search::{Desk, Follower, Promoter, Searches};
use std::sync::Arc;
use store::Db;

pub struct Finding {
    pub findings: Desk,
    pub search_desk: Arc<dyn SearchDesk>,
    pub promoting: Arc<dyn Promoting>,
    pub promoter: Promoter,
}

pub fn add(
    w: &mut Wiring<'_>,
    (db, clock): (Db, SharedClock),
    searches: &Searches,
    catalog: &Arc<dyn Catalog>,
    (tenants, features): (&Arc<dyn Tenants>, &Arc<dyn Features>),
) -> Finding {
    let findings = Desk::new(db.clone(), searches.clone());
    let promoter = Promoter::new(db, findings.clone(), catalog.clone(), tenants.clone());
    promoter.know_features(Arc::clone(features));
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
        promoting: w.client("search", Arc::new(promoter.clone()), |p| {
            Arc::new(RemotePromoting(p))
        }),
        promoter,
        findings,
    }
}

/// Answers searches, keeps the index up with the log, and remembers what was searched and what became of it.
pub fn serve(
    w: &mut Wiring<'_>,
    searches: Searches,
    findings: Desk,
    follower: Follower,
    catalog: Arc<dyn Catalog>,
    db: Db,
) {
    let clock = w.clock.clone();
    let sales = (db.clone(), clock.clone());
    let ready = searches.clone();
    let (tuned, c) = (findings.clone(), clock.clone());
    let summed = (findings.clone(), clock.clone());
    let noted = (searches.clone(), db.clone(), clock.clone());
    let titled = (searches.clone(), catalog, clock);
    w.add(
        Service::new("search")
            .api(search::routes(searches.clone()).merge(search::desk_routes(findings)))
            .calls(ServedSearch(Arc::new(searches)))
            .run(Loop::new("search index", move |stop| follower.clone().run(stop)))
            .run(Loop::new("synonyms and rules", move |stop| {
                tuned.clone().keep(c.clone(), stop)
            }))
            .run(Loop::new("labels of facets", move |stop| {
                search::keep_titles(titled.0.clone(), titled.1.clone(), titled.2.clone(), stop)
            }))
            .run(Loop::new("searches", move |stop| {
                search::record(noted.0.clone(), noted.1.clone(), noted.2.clone(), stop)
            }))
            .run(Loop::new("searches and orders", move |stop| {
                search::follow_orders(db.clone(), stop)
            }))
            .run(Loop::new("sums of searches", move |stop| {
                search::sum_up_days(summed.0.clone(), summed.1.clone(), stop)
            }))
            .run(Loop::new("popularity", move |stop| {
                search::count_sales(sales.0.clone(), sales.1.clone(), stop)
            }))
            .check(Check::new("search index", false, move || {
                let up = ready.is_ready();
                async move {
                    if up {
                        Ok(())
                    } else {
                        Err("the index is being built".to_owned())
                    }
                }
            })),
    );
}

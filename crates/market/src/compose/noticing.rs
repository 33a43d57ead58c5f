//! Notifications: the log becomes what people are told.

use super::Wiring;
use contracts::catalog::Catalog;
use contracts::notifications::{Notifications, RemoteNotifications, ServedNotifications};
use contracts::orders::OrderDesk;
use contracts::tenants::Tenants;
use notifications::{Notices, Parts};
use runtime::{Loop, Service};
use std::sync::Arc;
use store::Db;

pub fn add(
    w: &mut Wiring<'_>,
    db: Db,
    catalog: &Arc<dyn Catalog>,
    tenants: &Arc<dyn Tenants>,
    orders: &Arc<dyn OrderDesk>,
) -> Arc<dyn Notifications> {
    let notices = Notices::new(Parts {
        db,
        catalog: catalog.clone(),
        tenants: tenants.clone(),
        orders: orders.clone(),
    });
    let (heard, heard_at) = (notices.clone(), w.clock.clone());
    let (swept, swept_at) = (notices.clone(), w.clock.clone());
    w.add(
        Service::new("notifications")
            .api(notifications::routes(notices.clone()))
            .calls(ServedNotifications(Arc::new(notices.clone())))
            .run(Loop::new("notifications of events", move |stop| {
                notifications::listen(heard.clone(), heard_at.clone(), stop)
            }))
            .run(Loop::new("old notifications", move |stop| {
                notifications::sweep(swept.clone(), swept_at.clone(), stop)
            })),
    );
    w.client("notifications", Arc::new(notices), |p| {
        Arc::new(RemoteNotifications(p))
    })
}

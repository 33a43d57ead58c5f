//! Notifications: the log becomes what people are told.

use super::Wiring;
use contracts::catalog::Catalog;
use contracts::identity::Identity;
use contracts::notifications::{
    DeadLetters, Letters, NoticeTemplates, Notifications, RemoteDeadLetters, RemoteLetters,
    RemoteNoticeTemplates, RemoteNotifications, ServedDeadLetters, ServedLetters, ServedNoticeTemplates,
    ServedNotifications,
};
use contracts::orders::OrderDesk;
use contracts::tenants::Tenants;
use notifications::{Notices, Parts};
use runtime::{Loop, Service};
use std::sync::Arc;
use store::Db;

/// What pages ask, and who mails for other contexts.
pub struct Noticing {
    pub notifications: Arc<dyn Notifications>,
    pub letters: Arc<dyn Letters>,
    pub templates: Arc<dyn NoticeTemplates>,
    pub dead_letters: Arc<dyn DeadLetters>,
}

pub fn add(
    w: &mut Wiring<'_>,
    db: Db,
    identity: &Arc<dyn Identity>,
    catalog: &Arc<dyn Catalog>,
    tenants: &Arc<dyn Tenants>,
    orders: &Arc<dyn OrderDesk>,
) -> Noticing {
    let notices = Notices::new(Parts {
        db,
        catalog: catalog.clone(),
        tenants: tenants.clone(),
        orders: orders.clone(),
        identity: identity.clone(),
        public_url: w.config.public_url.clone(),
        key: w.key.derived("links in mails"),
    });
    let (heard, heard_at) = (notices.clone(), w.clock.clone());
    let (sent, sent_at) = (notices.clone(), w.clock.clone());
    w.add(Service::new("notifications").calls(ServedLetters(Arc::new(notices.clone()))));
    w.add(Service::new("notifications").calls(ServedNoticeTemplates(Arc::new(notices.clone()))));
    w.add(Service::new("notifications").calls(ServedDeadLetters(Arc::new(notices.clone()))));
    let (swept, swept_at) = (notices.clone(), w.clock.clone());
    w.add(
        Service::new("notifications")
            .api(notifications::routes(notices.clone()))
            .calls(ServedNotifications(Arc::new(notices.clone())))
            .run(Loop::new("notifications of events", move |stop| {
                notifications::listen(heard.clone(), heard_at.clone(), stop)
            }))
            .run(Loop::new("mails after quiet hours", move |stop| {
                notifications::send_mails(sent.clone(), sent_at.clone(), stop)
            }))
            .run(Loop::new("old notifications", move |stop| {
                notifications::sweep(swept.clone(), swept_at.clone(), stop)
            })),
    );
    Noticing {
        dead_letters: w.client("notifications", Arc::new(notices.clone()), |p| {
            Arc::new(RemoteDeadLetters(p))
        }),
        templates: w.client("notifications", Arc::new(notices.clone()), |p| {
            Arc::new(RemoteNoticeTemplates(p))
        }),
        letters: w.client("notifications", Arc::new(notices.clone()), |p| {
            Arc::new(RemoteLetters(p))
        }),
        notifications: w.client("notifications", Arc::new(notices), |p| {
            Arc::new(RemoteNotifications(p))
        }),
    }
}

//! Notifications: the log becomes what people are told.

use super::Wiring;
use crate::texting::Texting;
use contracts::catalog::Catalog;
use contracts::identity::Identity;
use contracts::notifications::{
    DeadLetters, Letters, MailWords, NoticeTemplates, Notifications, Reach, RemoteDeadLetters, RemoteLetters,
    RemoteMailWords, RemoteNoticeTemplates, RemoteNotifications, RemoteReach, ServedDeadLetters,
    ServedLetters, ServedMailWords, ServedNoticeTemplates, ServedNotifications, ServedReach,
};
use contracts::orders::OrderDesk;
use contracts::tenants::{RemoteStaffDesk, StaffDesk, Tenants};
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
    pub reach: Arc<dyn Reach>,
}

pub fn add(
    w: &mut Wiring<'_>,
    (db, accounts, shops): (Db, &identity::Accounts, &tenants::Shops),
    identity: &Arc<dyn Identity>,
    catalog: &Arc<dyn Catalog>,
    tenants: &Arc<dyn Tenants>,
    orders: &Arc<dyn OrderDesk>,
) -> anyhow::Result<Noticing> {
    let staff: Arc<dyn StaffDesk> = w.client("tenants", Arc::new(shops.clone()), |p| {
        Arc::new(RemoteStaffDesk(p))
    });
    let notices = Notices::new(Parts {
        sms: w.config.providers.texting.sms(&db, w.clock)?,
        push: Texting::push(&db),
        db,
        catalog: catalog.clone(),
        tenants: tenants.clone(),
        staff,
        orders: orders.clone(),
        identity: identity.clone(),
        public_url: w.config.public_url.clone(),
        key: w.key.derived("links in mails"),
    });
    let (heard, heard_at) = (notices.clone(), w.clock.clone());
    let (sent, sent_at) = (notices.clone(), w.clock.clone());
    w.add(Service::new("notifications").calls(ServedLetters(Arc::new(notices.clone()))));
    w.add(Service::new("notifications").calls(ServedMailWords(Arc::new(notices.clone()))));
    let words: Arc<dyn MailWords> = w.client("notifications", Arc::new(notices.clone()), |p| {
        Arc::new(RemoteMailWords(p))
    });
    accounts.know_words(words.clone());
    shops.know_words(words);
    w.add(Service::new("notifications").calls(ServedNoticeTemplates(Arc::new(notices.clone()))));
    w.add(Service::new("notifications").calls(ServedDeadLetters(Arc::new(notices.clone()))));
    w.add(Service::new("notifications").calls(ServedReach(Arc::new(notices.clone()))));
    let (texted, texted_at) = (notices.clone(), w.clock.clone());
    let (stocked, stocked_at) = (notices.clone(), w.clock.clone());
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
            .run(Loop::new("text messages and pushes", move |stop| {
                notifications::send_messages(texted.clone(), texted_at.clone(), stop)
            }))
            .run(Loop::new("mails of low stock", move |stop| {
                notifications::send_stock_mails(stocked.clone(), stocked_at.clone(), stop)
            }))
            .run(Loop::new("old notifications", move |stop| {
                notifications::sweep(swept.clone(), swept_at.clone(), stop)
            })),
    );
    Ok(Noticing {
        reach: w.client("notifications", Arc::new(notices.clone()), |p| {
            Arc::new(RemoteReach(p))
        }),
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
    })
}

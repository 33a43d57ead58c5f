//! What opens doors beside passwords: keys of programs, and second factors; what people keep of how they look at tables; and
//! who they are, for administrators.

use super::Wiring;
use contracts::identity::{
    ApiKeys, PartnerKeys, RemoteApiKeys, RemotePartnerKeys, RemoteSecondFactors, SecondFactors,
    ServedApiKeys, ServedPartnerKeys, ServedSecondFactors,
};
use contracts::people::{People, RemotePeople, ServedPeople};
use contracts::saved_views::{RemoteSavedViews, SavedViews, ServedSavedViews};
use identity::Accounts;
use runtime::Service;
use std::sync::Arc;

pub struct Keys {
    pub partners: Arc<dyn PartnerKeys>,
    pub shops: Arc<dyn ApiKeys>,
    pub factors: Arc<dyn SecondFactors>,
    pub views: Arc<dyn SavedViews>,
    pub people: Arc<dyn People>,
}

pub fn clients(w: &Wiring<'_>, accounts: &Accounts) -> Keys {
    Keys {
        partners: w.client("identity", Arc::new(accounts.clone()), |p| {
            Arc::new(RemotePartnerKeys(p))
        }),
        shops: w.client("identity", Arc::new(accounts.clone()), |p| {
            Arc::new(RemoteApiKeys(p))
        }),
        factors: w.client("identity", Arc::new(accounts.clone()), |p| {
            Arc::new(RemoteSecondFactors(p))
        }),
        views: w.client("identity", Arc::new(accounts.clone()), |p| {
            Arc::new(RemoteSavedViews(p))
        }),
        people: w.client("identity", Arc::new(accounts.clone()), |p| {
            Arc::new(RemotePeople(p))
        }),
    }
}

pub fn serve(w: &mut Wiring<'_>, accounts: &Accounts) {
    w.add(Service::new("identity").calls(ServedPartnerKeys(Arc::new(accounts.clone()))));
    w.add(Service::new("identity").calls(ServedApiKeys(Arc::new(accounts.clone()))));
    w.add(Service::new("identity").calls(ServedSecondFactors(Arc::new(accounts.clone()))));
    w.add(Service::new("identity").calls(ServedSavedViews(Arc::new(accounts.clone()))));
    w.add(Service::new("identity").calls(ServedPeople(Arc::new(accounts.clone()))));
}

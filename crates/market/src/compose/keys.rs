//! Keys of programs: partners', and shops' own.

use super::Wiring;
use contracts::identity::{
    ApiKeys, PartnerKeys, RemoteApiKeys, RemotePartnerKeys, ServedApiKeys, ServedPartnerKeys,
};
use identity::Accounts;
use runtime::Service;
use std::sync::Arc;

pub struct Keys {
    pub partners: Arc<dyn PartnerKeys>,
    pub shops: Arc<dyn ApiKeys>,
}

pub fn clients(w: &Wiring<'_>, accounts: &Accounts) -> Keys {
    Keys {
        partners: w.client("identity", Arc::new(accounts.clone()), |p| {
            Arc::new(RemotePartnerKeys(p))
        }),
        shops: w.client("identity", Arc::new(accounts.clone()), |p| {
            Arc::new(RemoteApiKeys(p))
        }),
    }
}

pub fn serve(w: &mut Wiring<'_>, accounts: &Accounts) {
    w.add(Service::new("identity").calls(ServedPartnerKeys(Arc::new(accounts.clone()))));
    w.add(Service::new("identity").calls(ServedApiKeys(Arc::new(accounts.clone()))));
}

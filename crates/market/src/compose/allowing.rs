//! Which features shops may use: asked wherever shops begin something.

use super::Wiring;
use contracts::tenants::{Features, RemoteFeatures, ServedFeatures};
use runtime::Service;
use std::sync::Arc;

/// The client; other processes may call it.
pub fn add(w: &mut Wiring<'_>, shops: &tenants::Shops) -> Arc<dyn Features> {
    let local = || Arc::new(shops.clone());
    w.add(Service::new("tenants").calls(ServedFeatures(local())));
    w.client("tenants", local(), |p| Arc::new(RemoteFeatures(p)))
}
